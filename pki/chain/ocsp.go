package chain

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// ocsp judges an OCSP answer (RFC 6960 §3.2) and takes what it says about the certificate. trusted are responders that may answer for
// everybody.
func (q *question) ocsp(r *pki.OCSPResponse, trusted []*pki.Certificate) {
	if q.useless++; q.useless > maxUseless || !q.answered(r) {
		return
	}
	// RFC 6960 §3.2 (1): bound to the certificate by its serial number and by the name and key of its issuer (STANDARDS item 21).
	about := r.For(q.cert, q.issuer)
	if len(about) == 0 {
		q.ignore(finding.EvidenceForeign, "the answer is about another certificate")
		return
	}
	switch {
	case r.ProducedAt.IsZero() || r.ProducedAt.After(q.Now.Add(slack)):
		q.undated(future, "an answer", r.ProducedAt, r.ProducedAt)
		return
	case r.ProducedAt.Before(q.cert.NotBefore):
		q.ignore(finding.EvidenceStale, "an answer of %s, before the certificate was valid", r.ProducedAt.UTC().Format(minute))
		return
	}
	if signer := q.responder(r, trusted); signer != nil {
		q.single(r, about, signer)
	}
}

// answered refuses answers that say nothing, and those that say something that is not understood.
func (q *question) answered(r *pki.OCSPResponse) bool {
	switch {
	case r.Status != pki.OCSPSuccessful:
		q.ignore(finding.EvidenceNone, "the responder reports %v", r.Status)
		return false
	case r.Type != alg.OIDOCSPBasic:
		q.ignore(finding.EvidenceMalformed, "an answer of type %v", r.Type)
		return false
	case len(r.UnhandledCritical) > 0:
		q.ignore(finding.EvidenceCritical, "%v", r.UnhandledCritical[0])
		return false
	}
	if f, broken := r.Broken(); broken {
		q.ignore(finding.EvidenceMalformed, "%v", f)
		return false
	}
	return true
}

// single takes what a verified answer says. Of several statements about one certificate the worst counts: revoked, then unknown.
func (q *question) single(r *pki.OCSPResponse, about []pki.SingleResponse, signer *pki.Certificate) {
	var good *statement
	unknown := false
	for _, x := range about {
		if len(x.UnhandledCritical) > 0 {
			q.ignore(finding.EvidenceCritical, "%v", x.UnhandledCritical[0])
			unknown = true // it may take back what another says
			continue
		}
		s := statement{source: FromOCSP, this: x.ThisUpdate, next: x.NextUpdate, signer: signer,
			revoked: x.Status == pki.OCSPRevoked, at: x.Revoked, hasReason: x.HasReason, reason: x.Reason, invalid: x.Invalid}
		w := q.dated(x.ThisUpdate, x.NextUpdate)
		switch {
		case w == future, w == outdated && (!s.revoked || s.hold() || q.alone):
			q.undated(w, "an answer", x.ThisUpdate, x.NextUpdate)
		case s.revoked:
			q.statements = append(q.statements, s)
			return
		case x.Status == pki.OCSPUnknown:
			q.ignore(finding.EvidenceNone, "the responder does not know the certificate")
			unknown = true
		case r.ProducedAt.After(q.cert.NotAfter) && (x.ArchiveCutoff.IsZero() || x.ArchiveCutoff.After(q.cert.NotAfter)):
			// RFC 6960 §4.4.4: what became of an expired certificate is known only so far back.
			q.ignore(finding.EvidenceStale, "an answer of %s, after the certificate had expired", r.ProducedAt.UTC().Format(minute))
		default:
			good = &s
		}
	}
	if good != nil && !unknown {
		q.statements = append(q.statements, *good)
	}
}

// nonce compares the nonce of an answer with what was sent. RFC 9654 §2.1: an answer from a cache has none; it is told by its time.
func (q *question) nonce(r *pki.OCSPResponse, sent []byte) bool {
	switch {
	case sent == nil || bytes.Equal(sent, r.Nonce):
		return true
	case r.Nonce == nil:
		q.ignore(finding.EvidenceNoNonce, "it is as old as %s", r.ProducedAt.UTC().Format(minute))
		return true
	}
	q.ignore(finding.EvidenceNonce, "%x", r.Nonce[:min(len(r.Nonce), 32)])
	return false
}
