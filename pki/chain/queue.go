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
