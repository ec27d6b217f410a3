package chain

import (
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// maxComparisons bounds, for one judgement, how often a name is compared with a constraint: each is cheap, and the product of many names
// with many constraints is not.
const maxComparisons = 500_000

// checkConstraints applies the name constraints of a certificate to all below it (RFC 5280 §6.1.3 (b), (c)). To apply
// each authority's by themselves is the same as to intersect the permitted subtrees and to join the excluded ones.
func (j *judge) checkConstraints(t *step) {
	rules := j.constraintsOf(t.cert)
	for below := t.below; below != nil; below = below.below {
		if below.depth > 1 && below.cert.SelfIssued() {
			continue // RFC 5280 §6.1.3 (b): unless it is the last certificate of the path
		}
		names := j.namesOf(below.cert)
		for i := range names {
			n := &names[i]
			why := j.violates(n, rules)
			if j.comparisons > maxComparisons {
				t.fail(t.depth-1, t.cert, "RFC 5280 §6.1.3 (b), (c)", finding.New(finding.PathSearch).Because("more than %d comparisons of names with constraints", maxComparisons))
				return
			}
			if why != "" {
				t.fail(below.depth-1, below.cert, "RFC 5280 §6.1.3 (b), (c)", finding.New(finding.PathNames).Because("%s: %s, says %s", n.text, why, t.cert.Subject.Display()))
				break
			}
		}
	}
}

// nameSet is what constraints are about: the names of a certificate, and the constraints of an authority, both made ready to compare.
type nameSet struct {
	names []name
	rules *rules
}

// rules are name constraints by the kind of name that they are about.
type rules struct {
	permitted, excluded [pki.RegisteredID + 1][]constraint
}

// constraint is the base of a subtree.
type constraint struct {
	pki.GeneralSubtree
	host domain
	ok   bool // it can be compared
}

func (j *judge) setOf(c *pki.Certificate) *nameSet {
	s := j.sets[c]
	if s == nil {
		if j.sets == nil {
			j.sets = map[*pki.Certificate]*nameSet{}
		}
		s = &nameSet{}
		j.sets[c] = s
	}
	return s
}

func (j *judge) namesOf(c *pki.Certificate) []name {
	s := j.setOf(c)
	if s.names == nil {
		s.names = readNames(c)
	}
	return s.names
}

func (j *judge) constraintsOf(c *pki.Certificate) *rules {
	s := j.setOf(c)
	if s.rules == nil {
		s.rules = &rules{}
		for _, g := range c.Constraints.Permitted {
			s.rules.permitted[g.Base.Kind] = append(s.rules.permitted[g.Base.Kind], readConstraint(g))
		}
		for _, g := range c.Constraints.Excluded {
			s.rules.excluded[g.Base.Kind] = append(s.rules.excluded[g.Base.Kind], readConstraint(g))
		}
	}
	return s.rules
}

// readConstraint makes a constraint ready to compare. RFC 5280 §4.2.1.10: one with other bounds than the usual, or of a kind whose
// meaning is not defined, cannot be processed; then a certificate with a name of that kind is refused.
func readConstraint(g pki.GeneralSubtree) constraint {
	c := constraint{GeneralSubtree: g}
	switch g.Base.Kind {
	case pki.RFC822Name, pki.DNSName, pki.URIName:
		c.host, c.ok = readBase(g.Base.Text)
		if c.host.mailbox && g.Base.Kind != pki.RFC822Name {
			c.ok = false
		}
	case pki.DirectoryName:
		c.ok = true
	case pki.IPAddress:
		c.ok = goodNetwork(g.Base.Bytes)
	}
	c.ok = c.ok && g.Minimum == 0 && g.Maximum < 0
	return c
}

// violates returns why constraints forbid a name; empty when they do not. A name that cannot be compared is forbidden as soon as anything constrains
// its kind: what is odd about it may be what is to deceive the comparison.
func (j *judge) violates(n *name, r *rules) string {
	for _, e := range r.excluded[n.kind] {
		if !n.concerns(&e) {
			continue
		}
		j.comparisons++
		switch {
		case !n.ok || !e.ok:
			return "cannot be compared with " + e.Base.String()
		case n.in(&e, true):
			return "excluded by " + e.Base.String()
		}
	}
	restricted := false
	for _, p := range r.permitted[n.kind] {
		if !n.concerns(&p) {
			continue
		}
		restricted = true
		if j.comparisons++; n.ok && p.ok && n.in(&p, false) {
			return ""
		}
	}
	if restricted {
		return "not among the names that are permitted"
	}
	return ""
}
