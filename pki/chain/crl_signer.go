package chain

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

const oidScope = alg.OIDExtIssuingDistributionPoint

// deepestSigner is how far questions about the signers of lists go into each other.
const deepestSigner = 3

// signedBy finds the certificate of the list's signer: the issuer itself, another certificate of the same name on the path, or one that leads to
// the same anchor and may sign lists (RFC 5280 §6.3.3 (f), (g)).
func (q *question) signedBy(l *pki.CRL) bool {
	wrong, unfit := false, false
	for _, c := range q.signers(l) {
		if q.stop != nil {
			return false
		}
		if !c.Allows(pki.CRLSign) {
			unfit = true
			continue
		}
		if err := q.Budget.Take(limit.PublicKey, 1); err != nil {
			q.stop = err
			return false
		}
		if l.CheckSignatureBy(c.PublicKey, q.Allow) != nil {
			wrong = true
			continue
		}
		if !q.onPath(c) && !q.leadsToAnchor(c) {
			unfit = true
			continue
		}
		q.s.Signer = c
		return true
	}
	switch {
	case q.stop != nil:
	case unfit:
		q.ignore(finding.EvidenceSigner, "the list of %s", l.Issuer.Display())
	case wrong:
		q.ignore(finding.EvidenceSignature, "the list of %s", l.Issuer.Display())
	default:
		q.ignore(finding.EvidenceSigner, "the certificate of %s is not at hand", l.Issuer.Display())
	}
	return false
}

// signers lists the certificates with the name of the list's issuer, those of the path first, then those with the key that the list names.
func (q *question) signers(l *pki.CRL) []*pki.Certificate {
	var first, others []*pki.Certificate
	add := func(c *pki.Certificate, onPath bool) {
		if !c.Subject.Equal(l.Issuer) || c.PublicKey == nil || contains(first, c) || contains(others, c) {
			return
		}
		if onPath || l.AuthorityKey.KeyID != nil && bytes.Equal(l.AuthorityKey.KeyID, c.SubjectKeyID) {
			first = append(first, c)
			return
		}
		others = append(others, c)
	}
	add(q.issuer, true)
	for _, c := range q.above {
		add(c, true)
	}
	for _, c := range q.Pool {
		add(c, false)
	}
	const most = 16 // certificates of one name: more are a maze
	return append(first, others[:min(len(others), most)]...)
}

// onPath tells whether a certificate stands above the one asked about, so that it is judged with the path.
func (q *question) onPath(c *pki.Certificate) bool { return c.Equal(q.issuer) || contains(q.above, c) }

// leadsToAnchor judges a separate signer of lists: it must lead to the same anchor (RFC 5280 §6.3.3 (f)), and must not be revoked, which a list
// that it signed itself cannot say.
func (q *question) leadsToAnchor(c *pki.Certificate) bool {
	if q.depth >= deepestSigner || c.Equal(q.cert) {
		return false
	}
	r := q.Request
	r.Leaf, r.Purpose, r.Policies = c, CRLSigning, PolicyInputs{}
	if r.Revocation == Hard {
		r.Revocation = Soft // its own status counts where it is known; what decides is asked on the path itself
	}
	anchor := *q.anchor
	anchor.Domains, anchor.Purposes = nil, nil
	r.Anchors = NewAnchors(anchor)
	v := &verifying{Request: r, ctx: q.ctx, edges: q.edges, depth: q.depth + 1}
	out := v.run()
	if out.Limit != nil {
		q.stop = out.Limit
	}
	return out.OK
}
