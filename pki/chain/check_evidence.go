package chain

import (
	"context"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// CheckCRL judges a CRL by itself (RFC 5280 §6.3.3): its form, its time, its signer, and whether it covers the certificate. It is stricter than
// Verify, which may take any list of the issuer: where the certificate names the issuer of its lists, only that one's will do, and an indirect
// list only for certificates that ask for one.
func CheckCRL(ctx context.Context, c CRLCheck) *Check {
	k := &Check{Status: Status{Certificate: c.Certificate, State: Unknown}}
	if c.CRL == nil || c.Issuer == nil || c.Time.IsZero() {
		k.Findings = []finding.Finding{finding.New(finding.PathNoMoment)}
		return k
	}
	anchor := NewAnchors(Anchor{Certificate: c.Issuer}).all[0]
	q := &question{judge: newJudge(ctx, Request{Pool: c.Pool, Anchors: only(anchor), Time: c.Time, Now: c.Now, MaxAge: c.MaxAge, Allow: c.Allow,
		Budget: c.Budget, Cache: c.Cache, Revocation: Off}), cert: c.Certificate, issuer: c.Issuer, above: []*pki.Certificate{c.Issuer}, anchor: anchor, alone: true}
	lists := []*pki.CRL{c.CRL}
	if c.Delta != nil {
		lists = append(lists, c.Delta)
	}
	switch {
	case c.CRL.IsDelta():
		q.ignore(finding.EvidenceScope, "a delta CRL says nothing without the list that it changes")
	case c.Certificate != nil:
		q.lists(lists)
	case !c.CRL.Issuer.Equal(c.Issuer.Subject):
		q.ignore(finding.EvidenceForeign, "a list of %s, the authority is %s", c.CRL.Issuer.Display(), c.Issuer.Subject.Display())
	default:
		if s, ok := q.list(c.CRL, lists[1:]); ok {
			k.OK = true
			k.Status.Source, k.Status.ThisUpdate, k.Status.NextUpdate, k.Status.Signer = s.source, s.this, s.next, s.signer
			k.Status.Why = "no certificate was asked about"
		}
	}
	return k.end(q)
}

// CheckOCSP judges an OCSP answer by itself (RFC 6960 §3.2).
func CheckOCSP(ctx context.Context, c OCSPCheck) *Check {
	k := &Check{Status: Status{Certificate: c.Certificate, State: Unknown}}
	if c.Response == nil || c.Certificate == nil || c.Issuer == nil || c.Time.IsZero() {
		k.Findings = []finding.Finding{finding.New(finding.PathNoMoment)}
		return k
	}
	anchor := NewAnchors(Anchor{Certificate: c.Issuer}).all[0]
	q := &question{judge: newJudge(ctx, Request{Time: c.Time, Now: c.Now, MaxAge: c.MaxAge, Allow: c.Allow, Budget: c.Budget, Cache: c.Cache,
		Revocation: Off}), cert: c.Certificate, issuer: c.Issuer, anchor: anchor, alone: true}
	if q.nonce(c.Response, c.Nonce) {
		q.ocsp(c.Response, c.Responders)
	}
	return k.end(q)
}

// end takes over what was found.
func (k *Check) end(q *question) *Check {
	k.Limit = q.limit
	if q.cert != nil {
		k.Status = q.answer()
		k.OK = k.Status.State != Unknown
	}
	if k.Limit != nil {
		k.OK = false
	}
	for _, f := range q.ignored {
		if !k.OK || f.Severity != finding.Bad {
			k.Findings = append(k.Findings, f)
		}
	}
	switch s := &k.Status; {
	case !k.OK && len(k.Findings) == 0:
		k.Findings = append(k.Findings, finding.New(finding.EvidenceScope).Because("%s", s.Why))
	case s.State == Revoked && s.HasReason && s.Reason == pki.CertificateHold:
		k.Findings = append(k.Findings, finding.New(finding.RevocationHold).Because("%s", s.words()))
	case s.State == Revoked:
		k.Findings = append(k.Findings, finding.New(finding.RevocationRevoked).Because("%s", s.words()))
	case s.Later:
		k.Findings = append(k.Findings, finding.New(finding.RevocationLater).Because("%s", s.words()))
	}
	return k
}
