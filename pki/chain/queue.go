package chain

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/pki"
)

// queue is a heap of steps, the likeliest first.
type queue []*step

// Len is part of heap.Interface.
func (q queue) Len() int { return len(q) }

// Less is part of heap.Interface. Of two ways that are equally likely the one that has come further is first.
func (q queue) Less(a, b int) bool {
	x, y := q[a], q[b]
	switch {
	case x.bad != y.bad:
		return x.bad < y.bad
	case x.cost != y.cost:
		return x.cost < y.cost
	case x.depth != y.depth:
		return x.depth > y.depth
	}
	return x.order < y.order
}

// Swap is part of heap.Interface.
func (q queue) Swap(a, b int) { q[a], q[b] = q[b], q[a] }

// Push is part of heap.Interface.
func (q *queue) Push(x any) { *q = append(*q, x.(*step)) }

// Pop is part of heap.Interface.
func (q *queue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// likelihood is the cost of taking a certificate for the issuer of another. RFC 5280 §4.2.1.1: the key identifier helps to choose, and
// says nothing about validity.
func likelihood(c, issuer *pki.Certificate, a *Anchor) int {
	cost := 10
	if a != nil {
		cost = 1
	}
	id := c.AuthorityKey
	switch {
	case id.KeyID == nil || issuer.SubjectKeyID == nil:
		cost += 2
	case !bytes.Equal(id.KeyID, issuer.SubjectKeyID):
		cost += 30
	}
	if id.Serial != nil && issuer.Serial != nil && id.Serial.Cmp(issuer.Serial) != 0 {
		cost += 5
	}
	return cost
}

// isRoot tells whether nothing but the certificate itself can have issued it, as far as its names tell.
func isRoot(c *pki.Certificate) bool {
	id := c.AuthorityKey.KeyID
	return c.SelfIssued() && (id == nil || c.SubjectKeyID == nil || bytes.Equal(id, c.SubjectKeyID))
}

// pool finds certificates by their subject.
type pool struct {
	list    []*pki.Certificate
	indexed int // certificates of list that byName has
	byName  map[string][]*pki.Certificate
	seen    map[[32]byte]bool
}

// named returns the certificates of a subject, each once.
func (p *pool) named(n pki.Name) []*pki.Certificate {
	const few = 8 // an index costs more than it saves
	if len(p.list) <= few && p.byName == nil {
		var out []*pki.Certificate
		for i, c := range p.list {
			if c != nil && c.Subject.Equal(n) && !contains(p.list[:i], c) {
				out = append(out, c)
			}
		}
		return out
	}
	if p.byName == nil {
		p.byName, p.seen = map[string][]*pki.Certificate{}, map[[32]byte]bool{}
	}
	for _, c := range p.list[p.indexed:] {
		if c == nil {
			continue
		}
		if f := c.Fingerprint(); !p.seen[f] {
			p.seen[f] = true
			p.byName[c.Subject.Canonical()] = append(p.byName[c.Subject.Canonical()], c)
		}
	}
	p.indexed = len(p.list)
	return p.byName[n.Canonical()]
}

// add takes up more certificates. The caller's list is not written to.
func (p *pool) add(list []*pki.Certificate) {
	p.list = append(p.list[:len(p.list):len(p.list)], list...)
}

func contains(list []*pki.Certificate, c *pki.Certificate) bool {
	for _, o := range list {
		if o.Equal(c) {
			return true
		}
	}
	return false
}

// contain tells whether a certificate is an anchor's.
func (s *Anchors) contain(c *pki.Certificate) bool {
	for _, a := range s.named(c.Subject) {
		if a.Certificate.Equal(c) {
			return true
		}
	}
	return false
}
