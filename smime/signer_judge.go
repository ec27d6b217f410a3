package smime

import (
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// judgeSigners states the facts about each signer of a layer, each by itself (STANDARDS 16). forms may tell
// why a digest does not fit; nil when there is nothing to tell.
func (x *opening) judgeSigners(l *Layer, s *cms.Signed, forms *otherForms) error {
	for i, g := range s.Signers {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		k, err := s.Check(g, x.pool, x.Allow)
		if err != nil {
			return err // a limit
		}
		if err := x.lineEnds(l, g, k, s.ContentType, forms); err != nil {
			return err
		}
		r, err := x.signer(g, k, fmt.Sprintf("%s/signer %d", l.Path, i+1))
		if err != nil {
			return err
		}
		if forms != nil {
			if err := x.explain(r, g, k, forms.covered); err != nil {
				return err
			}
		}
		l.Signers = append(l.Signers, r)
	}
	return nil
}

func (s *SignerReport) note(f finding.Finding) { s.Findings = append(s.Findings, f.At(s.Where)) }

// signer states everything about one signer that does not depend on the header of the message.
func (x *opening) signer(g *cms.Signer, k cms.Check, where string) (*SignerReport, error) {
	r := &SignerReport{Where: where, ID: g.ID.String(), Certificate: k.Certificate, Algorithm: k.Algorithm,
		DigestOK: k.DigestOK, SignatureOK: k.SignatureOK, Attributes: g.Attributes != nil}
	for _, f := range k.Findings {
		r.note(f)
	}
	if err := x.stamps(r, g); err != nil {
		return nil, err
	}
	if err := r.counter(g); err != nil {
		return nil, err
	}
	r.Basis = x.basis(r.Timestamps)
	x.claims(r, g)
	if k.Certificate == nil {
		r.note(finding.New(finding.SignerUnknown).Because("%s", r.ID))
		return r, nil
	}
	r.Summary = certificateInfo(k.Certificate)
	return r, x.path(r)
}

// stamps checks the RFC 3161 tokens in the signature. Each is made over the signature value.
func (x *opening) stamps(r *SignerReport, g *cms.Signer) error {
	for _, raw := range g.Timestamps() {
		t, err := x.timestamp(raw, func(h *alg.Hash) ([]byte, error) { return h.Sum(g.Signature), nil })
		if err != nil {
			return err
		}
		r.Timestamps = append(r.Timestamps, t)
		switch {
		case t.OK:
			r.note(finding.New(finding.SignerTimestamp).Because("%s, %s", t.Time.UTC().Format(time.RFC3339), t.by()))
		default:
			r.note(finding.New(finding.SignerTimestampBad).Because("%s", t.why()))
		}
	}
	return nil
}

// counter counts the signatures over this signature. They have no weight.
func (r *SignerReport) counter(g *cms.Signer) error {
	list, err := g.Countersignatures()
	var over *limit.Error
	if errors.As(err, &over) {
		return err
	}
	if r.Countersignatures = len(list); len(list) > 0 {
		r.note(finding.New(finding.SignerCountersigned).Because("%s", list[0].ID.String()))
	}
	return nil
}

// basis returns the moment at which a signer is judged: a trusted timestamp, else the reception, else now.
// The signer's own claim is never used (STANDARDS 20).
func (x *opening) basis(stamps []*TimestampReport) TimeBasis {
	var first *TimestampReport
	for _, t := range stamps {
		if t.OK && (first == nil || t.Time.Before(first.Time)) {
			first = t
		}
	}
	switch {
	case first != nil:
		return TimeBasis{BasisTimestamp, first.Time}
	case !x.Received.IsZero():
		return TimeBasis{BasisReceived, x.Received}
	}
	return TimeBasis{BasisNow, x.Now}
}

// clockSkew is how far a clock may be ahead without being strange.
const clockSkew = 24 * time.Hour

// claims takes over what the signer says about itself.
func (x *opening) claims(r *SignerReport, g *cms.Signer) {
	a := g.Attributes
	if a == nil {
		return
	}
	r.Claimed = a.SigningTime
	r.Capabilities = a.Capabilities
	if p := a.EncryptionKey; p != nil {
		for _, c := range x.pool {
			if p.ID.Matches(c) {
				r.EncryptionKey = c
				break
			}
		}
	}
	switch c := r.Certificate; {
	case r.Claimed.IsZero():
	case r.Claimed.After(x.Now.Add(clockSkew)):
		r.note(finding.New(finding.SignerTimeStrange).Because("%s is in the future", r.Claimed.UTC().Format(time.RFC3339)))
	case c != nil && !c.NotAfter.IsZero() && (r.Claimed.Before(c.NotBefore) || r.Claimed.After(c.NotAfter)):
		r.note(finding.New(finding.SignerTimeStrange).Because("%s is outside the certificate's validity", r.Claimed.UTC().Format(time.RFC3339)))
	}
}

// path judges the way from the signer's certificate to somebody who is trusted.
func (x *opening) path(r *SignerReport) error {
	purpose := x.Purpose
	if purpose == "" {
		purpose = chain.SMIMESign
	}
	r.Chain = x.verify(r.Certificate, r.Basis.Time, purpose, x.Policies)
	if r.Chain.Limit != nil {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		r.note(finding.New(finding.SignerNotJudged).Because("%v", r.Chain.Limit))
	}
	r.Trust = chainInfo(r.Chain, r.Summary)
	for _, f := range r.Chain.Findings {
		r.Findings = append(r.Findings, placed(f, r.Where))
	}
	if !r.Chain.OK && !anyBad(r.Chain.Findings) && r.Chain.Limit == nil {
		r.note(finding.New(finding.SignerNotJudged).Because("the certificate's path"))
	}
	return nil
}

// placed says in a finding about a certificate which signer it is about.
func placed(f finding.Finding, where string) finding.Finding {
	if f.Where != "" {
		f.Detail = joinDetail(f.Where, f.Detail)
	}
	return f.At(where)
}

func joinDetail(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

// verify asks package chain with all that the message brought along.
func (x *opening) verify(c *pki.Certificate, at time.Time, purpose chain.Purpose, p chain.PolicyInputs) *chain.Result {
	return chain.Verify(x.ctx, chain.Request{
		Leaf: c, Pool: x.pool, Anchors: x.Trust,
		Evidence: chain.Joined{x.carried, x.Evidence}, // STANDARDS 21: CRLs inside the message count
		Time:     at, Now: x.Now,
		Purpose: purpose, Policies: p, Revocation: x.Revocation, MaxAge: x.MaxAge,
		Allow: x.Allow, Budget: x.b, Cache: x.Cache,
	})
}
