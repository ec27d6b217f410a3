package chain

import (
	"bytes"
	"context"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// CheckCRL judges a CRL by itself (RFC 5280 §6.3.3).
func CheckCRL(ctx context.Context, q CRLCheck) *Check {
	if q.Now.IsZero() {
		q.Now = q.Time
	}
	if q.Budget == nil {
		q.Budget = limit.New(limit.Limits{})
	}
	anchor := &Anchor{Certificate: q.Issuer}
	v := &verifying{ctx: ctx, edges: map[edge]error{}, Request: Request{Pool: q.Pool, Anchors: NewAnchors(*anchor), Time: q.Time, Now: q.Now,
		MaxAge: q.MaxAge, Allow: q.Allow, Budget: q.Budget, Cache: q.Cache, Revocation: Off}}
	k := &Check{Status: Status{Certificate: q.Certificate, State: Unknown}}
	ask := &question{verifying: v, cert: q.Certificate, issuer: q.Issuer, anchor: anchor, s: &k.Status, alone: true}
	if q.Certificate == nil {
		if !q.CRL.Issuer.Equal(q.Issuer.Subject) {
			ask.ignore(finding.EvidenceForeign, "a list of %s, the authority is %s", q.CRL.Issuer.Display(), q.Issuer.Subject.Display())
		} else if ask.usable(q.CRL) {
			k.OK = true
			k.Status.ThisUpdate, k.Status.NextUpdate, k.Status.Source = q.CRL.ThisUpdate, q.CRL.NextUpdate, FromCRL
		}
		return k.end(ask)
	}
	lists := []*pki.CRL{q.CRL}
	if q.Delta != nil {
		lists = append(lists, q.Delta)
	}
	if q.CRL.IsDelta() {
		ask.ignore(finding.EvidenceScope, "a delta CRL says nothing without the list that it changes")
	} else {
		ask.lists(lists)
	}
	k.OK = k.Status.State != Unknown
	return k.end(ask)
}

// end takes over what was found.
func (k *Check) end(q *question) *Check {
	k.Limit = q.stop
	switch {
	case k.OK:
		if k.Status.State == Revoked {
			k.Findings = append(k.Findings, finding.New(finding.RevocationRevoked).Because("%s", k.Status.words()))
		}
	case len(q.findings) == 0:
		k.Findings = append(k.Findings, finding.New(finding.EvidenceScope).Because("%s", k.Status.Why))
	default:
		k.Findings = q.findings
	}
	return k
}

// CheckOCSP judges an OCSP answer by itself (RFC 6960 §3.2).
func CheckOCSP(ctx context.Context, q OCSPCheck) *Check {
	if q.Now.IsZero() {
		q.Now = q.Time
	}
	if q.Budget == nil {
		q.Budget = limit.New(limit.Limits{})
	}
	v := &verifying{ctx: ctx, edges: map[edge]error{}, Request: Request{Time: q.Time, Now: q.Now, MaxAge: q.MaxAge, Allow: q.Allow,
		Budget: q.Budget, Cache: q.Cache, Revocation: Off}}
	k := &Check{Status: Status{Certificate: q.Certificate, State: Unknown}}
	ask := &question{verifying: v, cert: q.Certificate, issuer: q.Issuer, anchor: &Anchor{Certificate: q.Issuer}, s: &k.Status}
	if !ask.readable(q.Response) {
		return k.end(ask)
	}
	if q.Nonce != nil && !bytes.Equal(q.Nonce, q.Response.Nonce) {
		ask.ignore(finding.EvidenceNonce, "%d octets", len(q.Response.Nonce))
		return k.end(ask)
	}
	about := q.Response.For(q.Certificate, q.Issuer)
	if len(about) == 0 {
		ask.ignore(finding.EvidenceForeign, "the answer is about another certificate")
		return k.end(ask)
	}
	if signer := ask.responder(q.Response, q.Responders); signer != nil {
		k.OK = ask.take(q.Response, about, signer)
	}
	return k.end(ask)
}
