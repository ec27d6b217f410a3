package chain

import (
	"bytes"
	"slices"

	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// The bounds of a search. Real paths have two to four certificates and a handful of alternatives.
const (
	longestPath = 24
	mostSteps   = 20_000 // certificates that were put on a path
	mostJudged  = 256    // paths that reached an anchor and failed
)

// way is a path that is being built, the leaf first.
type way []*pki.Certificate

// search tries paths, the shortest first, until one is good. strict leaves out certificates that can be no authority at this time.
func (v *verifying) search(strict bool) bool {
	steps, judged := 0, 0
	for ways := []way{{v.Leaf}}; len(ways) > 0 && v.stop == nil; {
		w := ways[0]
		ways = ways[1:]
		if err := v.ctx.Err(); err != nil {
			v.stop = err
			return false
		}
		for _, a := range v.Anchors.named(w.last().Issuer) {
			if judged++; judged > mostJudged {
				return false
			}
			if v.judge(w, a) {
				return true
			}
		}
		if len(w) == 1 { // a leaf that is itself trusted
			for _, a := range v.Anchors.named(v.Leaf.Subject) {
				if a.Certificate.Equal(v.Leaf) && v.judge(nil, a) {
					return true
				}
			}
		}
		if len(w) >= longestPath {
			continue
		}
		for _, issuer := range v.issuers(w, strict) {
			if steps++; steps > mostSteps {
				v.stop = &limit.Error{What: limit.PublicKey, Max: mostSteps}
				return false
			}
			ways = append(ways, append(slices.Clone(w), issuer))
		}
	}
	return false
}

func (w way) last() *pki.Certificate { return w[len(w)-1] }

// issuers lists the certificates that may have issued the last one of a way, the likeliest first. Their signatures fit. No name stands twice
// on a path with the same key (RFC 5280 §6.1: a certificate must not appear more than once).
func (v *verifying) issuers(w way, strict bool) []*pki.Certificate {
	c := w.last()
	if c.SelfIssued() && len(w) > 1 && v.signed(c, c) == nil {
		return nil // a root that nobody trusts
	}
	var list []*pki.Certificate
	for _, pool := range [][]*pki.Certificate{v.Pool, v.fetched(c)} {
		for _, p := range pool {
			if v.stop != nil {
				return nil
			}
			if !p.Subject.Equal(c.Issuer) || w.has(p) || contains(list, p) || v.isAnchor(p) || strict && !v.mayIssue(p) {
				continue
			}
			if err := v.signed(c, p); err != nil && strict {
				continue
			}
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *pki.Certificate) int { return v.rank(c, b) - v.rank(c, a) })
	return list
}

// fetched asks the evidence for issuers.
func (v *verifying) fetched(c *pki.Certificate) []*pki.Certificate {
	if v.Evidence == nil {
		return nil
	}
	return v.Evidence.Issuers(c)
}

// has tells whether a name and key stand on the way already.
func (w way) has(c *pki.Certificate) bool {
	for _, o := range w {
		if o.Equal(c) || o.Subject.Equal(c.Subject) && bytes.Equal(o.RawSPKI, c.RawSPKI) {
			return true
		}
	}
	return false
}

func contains(list []*pki.Certificate, c *pki.Certificate) bool {
	for _, o := range list {
		if o.Equal(c) {
			return true
		}
	}
	return false
}

// isAnchor tells whether a certificate of the pool is one of an anchor: the path ends there without it.
func (v *verifying) isAnchor(c *pki.Certificate) bool {
	for _, a := range v.Anchors.named(c.Subject) {
		if a.Certificate.Equal(c) {
			return true
		}
	}
	return false
}

// mayIssue tells whether a certificate could be an authority's at the moment that counts.
func (v *verifying) mayIssue(c *pki.Certificate) bool {
	_, broken := c.Broken()
	return !broken && c.Basic.CA && c.Allows(pki.KeyCertSign) && !v.Time.Before(c.NotBefore) && !v.Time.After(c.NotAfter)
}

// rank orders possible issuers: by the key identifier that the certificate names, then the newest.
func (v *verifying) rank(c, issuer *pki.Certificate) int {
	n := 0
	if id := c.AuthorityKey.KeyID; id != nil && bytes.Equal(id, issuer.SubjectKeyID) {
		n += 4
	}
	if v.mayIssue(issuer) {
		n += 2
	}
	return n
}
