package chain

import (
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// Anchor is an authority that is trusted (RFC 5280 §6.1.1 (d)), with what it is trusted for.
type Anchor struct {
	Certificate *pki.Certificate
	Name        string    // what people call it; empty takes the certificate's subject
	Domains     []string  // mail domains it may speak for: "example.org" is that host, ".example.org" all below it; nil: every domain
	Purposes    []Purpose // nil: every purpose
	Until       time.Time // no certificate issued after this moment counts; zero: no end
}

// Anchors is a set of anchors. It is not changed after NewAnchors and is safe for concurrent use.
// A nil *Anchors trusts no one.
type Anchors struct {
	all    []*Anchor
	byName map[string][]*Anchor
}

// NewAnchors returns the set of the anchors given; those without a certificate are left out.
func NewAnchors(list ...Anchor) *Anchors {
	s := &Anchors{byName: make(map[string][]*Anchor, len(list))}
	for _, a := range list {
		if a.Certificate == nil {
			continue
		}
		if a.Name == "" {
			a.Name = authorityName(a.Certificate)
		}
		key := a.Certificate.Subject.Canonical()
		s.all = append(s.all, &a)
		s.byName[key] = append(s.byName[key], &a)
	}
	return s
}

// Len returns the number of anchors.
func (s *Anchors) Len() int {
	if s == nil {
		return 0
	}
	return len(s.all)
}

// named returns the anchors of a name.
func (s *Anchors) named(n pki.Name) []*Anchor {
	if s == nil {
		return nil
	}
	return s.byName[n.Canonical()]
}

// authorityName returns what people may call an authority: its organisation or its common name.
func authorityName(c *pki.Certificate) string {
	if o := c.Subject.Organization(); o != "" {
		return o
	}
	if cn := c.Subject.CommonName(); cn != "" {
		return cn
	}
	return c.Subject.String()
}

// serves tells whether an anchor is trusted for a purpose. Evidence may be signed below every anchor.
func (a *Anchor) serves(p Purpose) bool {
	return a.Purposes == nil || p == OCSPSigning || p == CRLSigning || slices.Contains(a.Purposes, p)
}

// speaksFor tells whether an anchor may speak for every address of a certificate, and else for which it may not. An address that cannot be read
// is none that it may speak for.
func (a *Anchor) speaksFor(c *pki.Certificate) (string, bool) {
	if a.Domains == nil {
		return "", true
	}
	for _, e := range c.Emails() {
		m, ok := readMailbox(e.Address)
		inside := func(d string) bool {
			base, good := readBase(d)
			return good && m.host.in(base, exactHost)
		}
		if !ok || !slices.ContainsFunc(a.Domains, inside) {
			return e.Address, false
		}
	}
	return "", true
}
