package chain

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// ocsp judges an OCSP answer and takes what it says (RFC 6960 §3.2). It tells whether that settles the question.
func (q *question) ocsp(r *pki.OCSPResponse) bool {
	if !q.readable(r) {
		return false
	}
	about := r.For(q.cert, q.issuer)
	if len(about) == 0 {
		q.ignore(finding.EvidenceForeign, "the answer is about another certificate")
		return false
	}
	signer := q.responder(r, nil)
	if signer == nil {
		return false
	}
	return q.take(r, about, signer)
}

// readable refuses answers that say nothing, or that cannot be understood.
func (q *question) readable(r *pki.OCSPResponse) bool {
	if r.Status != pki.OCSPSuccessful {
		q.ignore(finding.EvidenceNone, "the responder reports %v", r.Status)
		return false
	}
	if r.Type != alg.OIDOCSPBasic {
		q.ignore(finding.EvidenceMalformed, "an answer of type %v", r.Type)
		return false
	}
	if f, broken := r.Broken(); broken {
		q.ignore(finding.EvidenceMalformed, "%v", f)
		return false
	}
	if len(r.UnhandledCritical) > 0 {
		q.ignore(finding.EvidenceCritical, "%v", r.UnhandledCritical[0])
		return false
	}
	return true
}

// responder finds who signed the answer: the issuer itself, one to whom it gave the right (RFC 6960 §4.2.2.2), or one who is trusted for it. It is
// nil when nobody may have.
func (q *question) responder(r *pki.OCSPResponse, trusted []*pki.Certificate) *pki.Certificate {
	named, wrong := false, false
	for _, c := range append(append([]*pki.Certificate{q.issuer}, trusted...), r.Certificates...) {
		if q.stop != nil {
			return nil
		}
		if !r.NamesResponder(c) || c.PublicKey == nil {
			continue
		}
		named = true
		if err := q.Budget.Take(limit.PublicKey, 1); err != nil {
			q.stop = err
			return nil
		}
		if r.CheckSignatureBy(c.PublicKey, q.Allow) != nil {
			wrong = true
			continue
		}
		if sameKey(c, q.issuer) || contains(trusted, c) || q.delegated(c) {
			return c
		}
	}
	switch {
	case wrong:
		q.ignore(finding.EvidenceSignature, "the OCSP answer")
	case named:
		q.ignore(finding.EvidenceSigner, "the OCSP answer")
	default:
		q.ignore(finding.EvidenceSigner, "the responder's certificate is not at hand")
	}
	return nil
}

func sameKey(a, b *pki.Certificate) bool {
	return a.Equal(b) || a.Subject.Equal(b.Subject) && string(a.RawSPKI) == string(b.RawSPKI)
}

// delegated applies RFC 6960 §4.2.2.2: the responder's certificate is issued by the authority itself, for this purpose, and valid. Whether it was
// revoked is asked only where it does not say that there is no need to (id-pkix-ocsp-nocheck), and by lists alone.
func (q *question) delegated(c *pki.Certificate) bool {
	_, broken := c.Broken()
	if broken || len(c.UnhandledCritical) > 0 || !c.Issuer.Equal(q.issuer.Subject) || !c.HasUsage(alg.OIDUsageOCSPSigning) ||
		!c.Allows(pki.DigitalSignature|pki.NonRepudiation) || q.Now.Before(c.NotBefore) || q.Time.After(c.NotAfter) {
		return false
	}
	if q.signed(c, q.issuer) != nil {
		return false
	}
	if c.OCSPNoCheck || q.Evidence == nil || q.Revocation == Off || q.depth >= deepestSigner {
		return true
	}
	s := Status{Certificate: c, State: Unknown}
	deeper := *q.verifying
	deeper.depth++
	about := &question{verifying: &deeper, cert: c, issuer: q.issuer, above: q.above, anchor: q.anchor, s: &s}
	about.lists(q.Evidence.CRLs(c))
	if deeper.stop != nil {
		q.stop = deeper.stop
	}
	return s.State != Revoked
}

// take uses the fresh statements about the certificate; of several the worst counts.
func (q *question) take(r *pki.OCSPResponse, about []pki.SingleResponse, signer *pki.Certificate) bool {
	const slack = 5 * time.Minute
	if r.ProducedAt.After(q.Now.Add(slack)) {
		q.ignore(finding.EvidenceFuture, "produced on %s", r.ProducedAt.UTC().Format("2006-01-02 15:04"))
		return false
	}
	if r.ProducedAt.Before(q.cert.NotBefore) {
		q.ignore(finding.EvidenceStale, "produced on %s, before the certificate was valid", r.ProducedAt.UTC().Format("2006-01-02 15:04"))
		return false
	}
	settled := false
	for _, s := range about {
		if r.ProducedAt.After(q.cert.NotAfter) && (s.ArchiveCutoff.IsZero() || s.ArchiveCutoff.After(q.cert.NotAfter)) {
			// RFC 6960 §4.4.4: what became of an expired certificate is known only so far back.
			q.ignore(finding.EvidenceStale, "produced on %s, after the certificate had expired", r.ProducedAt.UTC().Format("2006-01-02 15:04"))
			continue
		}
		if len(s.UnhandledCritical) > 0 {
			q.ignore(finding.EvidenceCritical, "%v", s.UnhandledCritical[0])
			continue
		}
		if !q.fresh(s.ThisUpdate, s.NextUpdate) {
			continue
		}
		q.s.Source, q.s.ThisUpdate, q.s.NextUpdate, q.s.Signer = FromOCSP, s.ThisUpdate, s.NextUpdate, signer
		switch s.Status {
		case pki.OCSPRevoked:
			q.revoked(s.Revoked, s.HasReason, s.Reason, time.Time{})
			q.s.Why = ""
			return true
		case pki.OCSPUnknown:
			q.ignore(finding.EvidenceNone, "the responder does not know the certificate")
			q.s.State, q.s.Source = Unknown, ""
			return false
		}
		q.s.State, q.s.Why, settled = Good, "", true
	}
	return settled
}
