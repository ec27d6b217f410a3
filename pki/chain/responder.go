package chain

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// responder finds who signed an answer: the issuer itself, one to whom it gave the right, or one who is trusted for it (RFC 6960 §4.2.2.2). It is
// nil when nobody may have, and then it is noted why.
func (q *question) responder(r *pki.OCSPResponse, trusted []*pki.Certificate) *pki.Certificate {
	const most = 16 // certificates that an answer carries and that are tried
	wrong, unfit := false, ""
	candidates := append(append([]*pki.Certificate{q.issuer}, trusted...), r.Certificates[:min(len(r.Certificates), most)]...)
	candidates = append(candidates, q.responderAtHand(r)...)
	for i, c := range candidates {
		if c == nil || !r.NamesResponder(c) || c.PublicKey == nil || contains(candidates[:i], c) {
			continue
		}
		err := q.verify(r, c, func() error { return r.CheckSignatureBy(c.PublicKey, q.Allow) })
		if q.limit != nil {
			return nil
		}
		if err != nil {
			wrong = true
			continue
		}
		if c.Equal(q.issuer) || contains(trusted, c) || q.isIssuer(c) {
			return c
		}
		why := q.delegated(c, r.ProducedAt)
		if q.limit != nil {
			return nil
		}
		if why == "" {
			return c
		}
		unfit = why
	}
	switch {
	case unfit != "":
		q.ignore(finding.EvidenceSigner, "the OCSP answer: %s", unfit)
	case wrong:
		q.ignore(finding.EvidenceSignature, "the OCSP answer")
	default:
		q.ignore(finding.EvidenceSigner, "the responder's certificate is not at hand")
	}
	return nil
}

// responderAtHand returns certificates of the pool with the responder's name: an answer need not carry it (RFC 6960 §4.2.1).
func (q *question) responderAtHand(r *pki.OCSPResponse) []*pki.Certificate {
	if r.ResponderName == nil {
		return nil
	}
	const most = 16
	list := q.pool.named(*r.ResponderName)
	return list[:min(len(list), most)]
}

// isIssuer tells another certificate of the issuer's key and name.
func (q *question) isIssuer(c *pki.Certificate) bool {
	return c.Subject.Equal(q.issuer.Subject) && string(c.RawSPKI) == string(q.issuer.RawSPKI)
}

// delegated applies RFC 6960 §4.2.2.2 and returns why somebody may not answer; empty when he may. His certificate is issued directly by the authority that
// issued the one asked about, with the same key, for this purpose; it was valid when he answered, and is at the
// moment judged or at that of the judgement, so that a stolen key ends with its certificate, whatever date its thief writes.
func (q *question) delegated(c *pki.Certificate, produced time.Time) string {
	fault, broken := c.Broken()
	switch {
	case broken:
		return fault.String()
	case len(c.UnhandledCritical) > 0:
		return "its certificate has an unknown critical extension"
	case !c.Issuer.Equal(q.issuer.Subject):
		return "the authority did not issue its certificate"
	case !c.HasUsage(alg.OIDUsageOCSPSigning):
		return "its certificate lacks the purpose OCSPSigning"
	case !c.Allows(pki.DigitalSignature | pki.NonRepudiation):
		return "its certificate lacks the key usage digitalSignature"
	case !validAt(c, produced):
		return "its certificate was not valid when it answered"
	case !validAt(c, q.Time) && !validAt(c, q.Now):
		return "its certificate has expired"
	case c.KeyInfo.Bits > 0 && c.KeyInfo.Bits < leastBits && !q.Allow.Legacy:
		return "its key is too weak"
	}
	if err := q.signedBy(c, q.issuer); err != nil {
		return "the authority did not sign its certificate"
	}
	// RFC 6960 §4.2.2.2.1: a certificate with nocheck is short-lived and not asked about. Of others is asked what lists at hand say.
	if c.OCSPNoCheck || q.Evidence == nil || q.Revocation == Off || q.alone {
		return ""
	}
	key := subject{c, q.issuer, q.anchor}
	if s, asked := q.said[key]; asked {
		if s != nil && s.State == Revoked {
			return "its certificate was revoked"
		}
		return ""
	}
	q.said[key] = nil
	about := question{judge: q.judge, cert: c, issuer: q.issuer, above: q.above, anchor: q.anchor}
	about.lists(q.Evidence.CRLs(c))
	delete(q.said, key)
	if about.answer().State == Revoked {
		return "its certificate was revoked"
	}
	return ""
}

func validAt(c *pki.Certificate, at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}

// moments are the moments at which whoever signs evidence must be good: the one judged, or that of the judgement.
func (j *judge) moments() []time.Time {
	if j.Now.Equal(j.Time) {
		return []time.Time{j.Time}
	}
	return []time.Time{j.Time, j.Now}
}
