package chain

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// endorsed is somebody who signs evidence below an anchor.
type endorsed struct {
	cert    *pki.Certificate
	purpose Purpose
	anchor  *Anchor
}

// listSigner finds the certificate of the list's signer: the issuer itself, another certificate of that name on the path, or one that leads to
// the same anchor and may sign lists (RFC 5280 §6.3.3 (f), (g)). It is nil when there is none, and then it is noted why.
func (q *question) listSigner(l *pki.CRL) *pki.Certificate {
	wrong, unfit := false, ""
	for _, c := range q.listSigners(l) {
		if !c.Allows(pki.CRLSign) {
			unfit = "cRLSign is missing"
			continue
		}
		err := q.verify(l, c, func() error { return l.CheckSignatureBy(keyOf(c, q.above), q.Allow) })
		switch {
		case q.limit != nil:
			return nil
		case err != nil:
			wrong = true
		case contains(q.above, c) || q.endorse(c, CRLSigning, q.anchor):
			return c
		default:
			unfit = "no good path leads to it from " + q.anchor.Name
		}
		if q.limit != nil {
			return nil
		}
	}
	switch {
	case unfit != "":
		q.ignore(finding.EvidenceSigner, "the list of %s: %s", l.Issuer.Display(), unfit)
	case wrong:
		q.ignore(finding.EvidenceSignature, "the list of %s", l.Issuer.Display())
	default:
		q.ignore(finding.EvidenceSigner, "the certificate of %s is not at hand", l.Issuer.Display())
	}
	return nil
}

// listSigners lists the certificates with the name of the list's issuer, those of the path first, then those with the key that the list names.
func (q *question) listSigners(l *pki.CRL) []*pki.Certificate {
	const most = 32 // more certificates of one name are a maze
	var list []*pki.Certificate
	add := func(c *pki.Certificate) {
		if c.Subject.Equal(l.Issuer) && c.PublicKey != nil && len(list) < most && !contains(list, c) {
			list = append(list, c)
		}
	}
	for _, c := range q.above {
		add(c)
	}
	if q.Evidence != nil && len(list) == 0 && len(q.pool.named(l.Issuer)) == 0 {
		// The signer of a list is asked for as if the list were a certificate that it had issued.
		q.pool.add(q.Evidence.Issuers(&pki.Certificate{Issuer: l.Issuer, RawIssuer: l.RawIssuer,
			CertificateExtensions: pki.CertificateExtensions{AuthorityKey: l.AuthorityKey, Access: l.Access}}))
	}
	pool := q.pool.named(l.Issuer)
	for _, named := range []bool{true, false} {
		for _, c := range pool {
			if id := l.AuthorityKey.KeyID; named == (id != nil && bytes.Equal(id, c.SubjectKeyID)) {
				add(c)
			}
		}
	}
	return list
}

// endorse judges somebody who signs evidence: there must be a good path from the same anchor (RFC 5280 §6.3.3 (f)), and nobody on it may be
// known to be revoked, which is all that is asked even when certainty is wanted on the path itself.
//
// A list may be all there is to say about its own signer (PKITS 4.14.30). Then it is believed for that question: it can only accuse.
func (j *judge) endorse(c *pki.Certificate, p Purpose, anchor *Anchor) bool {
	key := endorsed{c, p, anchor}
	if good, asked := j.peers[key]; asked {
		return good
	}
	if j.peers == nil {
		j.peers = map[endorsed]bool{}
	}
	j.peers[key] = true
	good := false
	for _, at := range j.moments() {
		s := j.search(goal{leaf: c, purpose: p, anchors: only(anchor), at: at})
		if s.good {
			good = !j.anyRevoked(s.best)
			break
		}
	}
	if !good {
		j.peers[key] = false
		for k, s := range j.said { // they may have been found out by trusting it
			if s != nil {
				delete(j.said, k)
			}
		}
	}
	return good
}

// anyRevoked tells whether somebody on the path of a signer of evidence is known to be revoked.
func (j *judge) anyRevoked(a *attempt) bool {
	path := a.path()
	if j.Revocation == Off {
		return false
	}
	for i, c := range path[:len(path)-1] {
		s := j.status(question{cert: c, issuer: path[i+1], above: path[i+1:], anchor: a.top.anchor})
		if s.State == Revoked || j.limit != nil {
			return true
		}
	}
	return false
}

// only returns a set of one anchor, the same one.
func only(a *Anchor) *Anchors {
	return &Anchors{all: []*Anchor{a}, byName: map[string][]*Anchor{a.Certificate.Subject.Canonical(): {a}}}
}
