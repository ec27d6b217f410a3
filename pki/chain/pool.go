package chain

import (
	"hash/maphash"

	"github.com/waxwing-mail/waxwing/pki"
)

// pool finds certificates by their subject, each once, in the order in which they came.
type pool struct {
	list    []*pki.Certificate
	looked  int // how often the whole list was looked through
	seed    maphash.Seed
	indexed int // certificates of list that byName has
	byName  map[string]*bucket
}

// bucket holds the certificates of one name.
type bucket struct {
	list []*pki.Certificate
	seen map[uint64]*pki.Certificate // by a hash of their bytes; nil while they are few
}

// named returns the certificates of a subject. A judgement asks for few names: for those the list is looked through; an index is made when there are many.
func (p *pool) named(n pki.Name) []*pki.Certificate {
	const few = 16
	if p.byName == nil {
		if p.looked++; p.looked <= few {
			var b bucket
			for _, c := range p.list {
				if c != nil && c.Subject.Equal(n) {
					b.add(p, c)
				}
			}
			return b.list
		}
		p.byName = map[string]*bucket{}
	}
	for _, c := range p.list[p.indexed:] {
		if c == nil {
			continue
		}
		b := p.byName[c.Subject.Canonical()]
		if b == nil {
			b = &bucket{}
			p.byName[c.Subject.Canonical()] = b
		}
		b.add(p, c)
	}
	p.indexed = len(p.list)
	if b := p.byName[n.Canonical()]; b != nil {
		return b.list
	}
	return nil
}

// add takes a certificate that is not there yet.
func (b *bucket) add(p *pool, c *pki.Certificate) {
	const few = 8
	if b.seen == nil && len(b.list) < few {
		if !contains(b.list, c) {
			b.list = append(b.list, c)
		}
		return
	}
	if p.seed == (maphash.Seed{}) {
		p.seed = maphash.MakeSeed()
	}
	if b.seen == nil {
		b.seen = map[uint64]*pki.Certificate{}
		for _, o := range b.list {
			b.seen[maphash.Bytes(p.seed, o.Raw)] = o
		}
	}
	h := maphash.Bytes(p.seed, c.Raw)
	if b.seen[h].Equal(c) {
		return
	}
	b.seen[h] = c
	b.list = append(b.list, c)
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
