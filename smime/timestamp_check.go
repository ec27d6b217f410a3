package smime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// OpenTimestamp judges an RFC 3161 token, or the whole answer of a timestamp authority, in DER, PEM or base64,
// over the data that it should be about. Without data (nil) the token is read and judged by itself, and is
// not OK. An error means that the reading stopped.
func (o *Opener) OpenTimestamp(ctx context.Context, token io.Reader, data io.Reader) (*TimestampReport, error) {
	x, err := o.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("open timestamp: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(unarmored(x.guard(token)), longestToken+1))
	if err == nil && len(raw) > longestToken {
		err = fmt.Errorf("the token is longer than %d bytes", longestToken)
	}
	if err != nil {
		return nil, fmt.Errorf("open timestamp: %w", err)
	}
	t, err := x.timestamp(raw, func(h *alg.Hash) ([]byte, error) {
		if data == nil {
			return nil, nil
		}
		sum := h.New()
		_, err := io.Copy(sum, x.guard(data))
		return sum.Sum(nil), err
	})
	if err != nil {
		return nil, fmt.Errorf("open timestamp: %w", err)
	}
	return t, nil
}

// longestToken is the most that is read of a token that stands alone, and of the TSTInfo in any token.
const (
	longestToken = 4 << 20
	longestStamp = 64 << 10
)

func (t *TimestampReport) because(c finding.Code, format string, args ...any) {
	t.Findings = append(t.Findings, finding.New(c).Because(format, args...))
}

// why returns the first thing that speaks against the token.
func (t *TimestampReport) why() string {
	for _, f := range t.Findings {
		if f.Severity == finding.Bad {
			return joinDetail(f.Title(), f.Detail)
		}
	}
	return "it was not judged"
}

// by names the authority.
func (t *TimestampReport) by() string {
	if t.Authority == nil {
		return "unknown authority"
	}
	return t.Authority.Subject.Display()
}

// timestamp judges a token. sum returns the digest of what it should be about, nil when there is nothing.
func (x *opening) timestamp(raw []byte, sum func(*alg.Hash) ([]byte, error)) (*TimestampReport, error) {
	t := &TimestampReport{}
	s, info, err := x.readToken(raw)
	if err != nil {
		if stop := x.stops(err); stop != nil {
			return nil, stop
		}
		t.because(finding.TimestampMalformed, "%v", err)
		return t, nil
	}
	t.Time, t.Policy, t.Serial, t.Hash = info.time, info.policy.String(), info.serial.Text(16), alg.Name(info.hash.OID)
	if err := t.compare(info, sum, x.Allow); err != nil {
		return nil, err
	}
	if info.critical {
		t.because(finding.TimestampMalformed, "a critical extension")
	}
	if t.Time.After(x.Now.Add(time.Minute)) {
		t.because(finding.TimestampTime, "%s is in the future", t.Time.UTC().Format(time.RFC3339))
	}
	if err := x.authority(t, s, info); err != nil {
		return nil, err
	}
	t.OK = !anyBad(t.Findings)
	return t, nil
}

// readToken reads the token as RFC 3161 §2.4.2 describes it: a SignedData around a TSTInfo with one signer.
func (x *opening) readToken(raw []byte) (*cms.Signed, *stampInfo, error) {
	raw, err := tokenOf(raw)
	if err != nil {
		return nil, nil, err
	}
	c, err := cms.Read(bytes.NewReader(raw), x.b)
	if err != nil {
		return nil, nil, err
	}
	s, ok := c.(*cms.Signed)
	if !ok || s.Detached || s.ContentType != alg.OIDTSTInfo {
		return nil, nil, errors.New("it is no signed timestamp")
	}
	text, err := io.ReadAll(io.LimitReader(s.Content(), longestStamp))
	if err != nil {
		return nil, nil, err
	}
	if err := s.Finish(); err != nil {
		return nil, nil, err
	}
	if len(s.Signers) != 1 {
		return nil, nil, fmt.Errorf("it has %d signers", len(s.Signers))
	}
	if s.NeedsContent() {
		if err := s.Hash(bytes.NewReader(text)); err != nil {
			return nil, nil, err
		}
	}
	info, err := readStampInfo(text)
	if err != nil {
		return nil, nil, fmt.Errorf("TSTInfo: %w", err)
	}
	return s, info, nil
}

// compare compares the message imprint with what the token should be about (RFC 3161 §2.4.2).
func (t *TimestampReport) compare(info *stampInfo, sum func(*alg.Hash) ([]byte, error), allow alg.Allow) error {
	h, err := alg.HashOf(info.hash)
	if err == nil {
		err = allow.Check(h.Entry)
	}
	if err != nil {
		t.because(finding.TimestampImprint, "%v", err)
		return nil
	}
	want, err := sum(h)
	switch {
	case err != nil:
		return err
	case want == nil:
		t.because(finding.TimestampImprint, "there is nothing to compare it with")
	case !bytes.Equal(want, info.imprint):
		t.because(finding.TimestampImprint, "%x was stamped, %x is here", info.imprint[:min(len(info.imprint), 64)], want)
	}
	return nil
}

// authority judges who made the token. The certificate and those above it must have been good at the time
// of the token: that is what an authority for timestamps is trusted for. What became known about revocation since
// counts, because a stolen key makes tokens of any time (RFC 3161 §4 1, 2).
func (x *opening) authority(t *TimestampReport, s *cms.Signed, info *stampInfo) error {
	x.collect(s.Certificates)
	x.carried.Lists = append(x.carried.Lists, s.CRLs...)
	x.carried.Answers = append(x.carried.Answers, s.OCSP...)
	g := s.Signers[0]
	k, err := s.Check(g, x.pool, x.Allow)
	if err != nil {
		return err
	}
	t.Findings = append(t.Findings, k.Findings...)
	if !k.DigestOK || !k.SignatureOK {
		t.because(finding.TimestampSignature, "%s", k.Algorithm)
	}
	// RFC 3161 §2.4.2 and RFC 5816 §2.2.1: the signer's certificate is named under the signature.
	if a := g.Attributes; a == nil || len(a.SigningCertificate)+len(a.SigningCertificateV2) == 0 {
		t.because(finding.TimestampSignature, "the signing certificate is not confirmed")
	}
	if k.Certificate == nil {
		t.because(finding.TimestampAuthority, "its certificate is not at hand: %s", g.ID.String())
		return nil
	}
	t.Authority, t.Summary = k.Certificate, certificateInfo(k.Certificate)
	if info.tsa != nil && !tsaNames(k.Certificate, info.tsa) {
		t.because(finding.TimestampAuthority, "the token names another authority than its certificate")
	}
	return x.trustAuthority(t)
}

// trustAuthority judges the path to the authority (RFC 3161 §2.3: a key for timestamps alone).
func (x *opening) trustAuthority(t *TimestampReport) error {
	t.Chain = x.verify(t.Authority, t.Time, chain.TimeStamping, chain.PolicyInputs{})
	if err := x.ctx.Err(); err != nil {
		return err
	}
	t.Trust = chainInfo(t.Chain, t.Summary)
	for _, f := range t.Chain.Findings {
		if f.Severity != finding.Bad {
			t.Findings = append(t.Findings, f)
		}
	}
	if !t.Chain.OK {
		why := "no path to somebody who is trusted for timestamps"
		if len(t.Chain.Failures) > 0 {
			f := t.Chain.Failures[0].Finding
			why = joinDetail(f.Title(), f.Detail)
		}
		t.because(finding.TimestampAuthority, "%s", why)
	}
	for _, s := range t.Chain.Revocation {
		if s.Later && !(s.HasReason && harmless(s.Reason)) {
			t.because(finding.TimestampAuthority, "revoked on %s, maybe because its key was stolen", s.Revoked.UTC().Format("2006-01-02"))
		}
	}
	return nil
}

// harmless tells whether a reason for revocation leaves older tokens as they are (RFC 3161 §4 1).
func harmless(r pki.Reason) bool {
	switch r {
	case pki.AffiliationChanged, pki.Superseded, pki.CessationOfOperation:
		return true
	}
	return false
}

// tsaNames tells whether a GeneralName is one of the names of a certificate (RFC 3161 §2.4.2).
func tsaNames(c *pki.Certificate, generalName []byte) bool {
	v, err := der.ParseOne(generalName)
	if err != nil || v.Tag != der.Context(4) {
		return true // other kinds of names are not compared
	}
	n, _, err := pki.ParseName(v.Body)
	if err != nil {
		return false
	}
	if n.Equal(c.Subject) {
		return true
	}
	for _, g := range c.SubjectAlt.Of(pki.DirectoryName) {
		if n.Equal(g.Directory) {
			return true
		}
	}
	return false
}
