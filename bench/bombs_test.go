package main

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// ask judges Alice's certificate below a root, and counts the public-key operations that takes.
func ask(root, alice *testca.Entity, pool []*pki.Certificate, e chain.Evidence) (*chain.Result, int64) {
	budget := limit.New(limit.Limits{})
	before := budget.Left(limit.PublicKey)
	r := chain.Verify(context.Background(), chain.Request{Leaf: alice.Certificate, Pool: append(alice.Chain(), pool...), Evidence: e,
		Anchors: chain.NewAnchors(chain.Anchor{Certificate: root.Certificate}), Time: testca.Now, Budget: budget})
	return r, before - budget.Left(limit.PublicKey)
}

// policyTree maps every policy to every other one, at every step (RFC 9618 §1).
func policyTree(t testing.TB, n int) func() (*chain.Result, int64) {
	var policies []der.OID
	var mappings []pki.PolicyMapping
	for i := range n {
		policies = append(policies, der.MustOID(fmt.Sprint("1.3.6.1.4.1.99999.", i)))
	}
	for _, a := range policies {
		for _, b := range policies {
			mappings = append(mappings, pki.PolicyMapping{Issuer: a, Subject: b})
		}
	}
	mapped := extended(t)(pki.PolicyMappingsExtension(mappings...))
	with := func(s *testca.Spec) { s.Policies = policies }
	root := testca.Root(t, "Root")
	e := root
	for i := range 24 {
		e = e.Issue(testca.Authority(fmt.Sprint("Authority ", i)).With(with, mapped))
	}
	alice := e.Issue(testca.Person("alice@example.org").With(with))
	return func() (*chain.Result, int64) { return ask(root, alice, nil, nil) }
}

// nameProduct has n addresses in one certificate, and n permitted domains above it, the last of which fits.
func nameProduct(t testing.TB, n int) func() (*chain.Result, int64) {
	var permitted []pki.GeneralSubtree
	spec := testca.Person("alice@example.org")
	spec.Emails = nil
	for i := range n {
		permitted = append(permitted, pki.GeneralSubtree{Base: pki.RFC822(fmt.Sprintf("host%d.example", i)), Maximum: -1})
		spec.Emails = append(spec.Emails, fmt.Sprintf("alice%d@host%d.example", i, n-1))
	}
	root := testca.Root(t, "Root", extended(t)(pki.NameConstraintsExtension(pki.NameConstraints{Permitted: permitted})))
	alice := root.Issue(spec)
	return func() (*chain.Result, int64) { return ask(root, alice, nil, nil) }
}

// maze is n authorities of which each certified each, and no way out.
func maze(t testing.TB, n int) func() (*chain.Result, int64) {
	root, elsewhere := testca.Root(t, "Maze"), testca.Root(t, "Elsewhere")
	var members []*testca.Entity
	for i := range n {
		members = append(members, root.Issue(testca.Authority(fmt.Sprint("Member ", i))))
	}
	var pool []*pki.Certificate
	for _, a := range members {
		for _, b := range members {
			if a != b {
				name := b.Certificate.Subject
				pool = append(pool, a.Renew(b, testca.Authority("x").With(func(s *testca.Spec) { s.Subject = &name })).Certificate)
			}
		}
	}
	alice := members[0].Issue(testca.Person("alice@example.org"))
	return func() (*chain.Result, int64) { return ask(elsewhere, alice, pool, nil) }
}

// bag is a message that carries n certificates, all in the name of the issuer and none of them his.
func bag(t testing.TB, n int) func() (*chain.Result, int64) {
	root := testca.Root(t, "Root")
	issuing := root.Issue(testca.Authority("Issuing"))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	other := testca.Root(t, "Other").Issue(testca.Authority("Crowd").With(func(s *testca.Spec) { s.Subject = &issuing.Certificate.Subject }))
	raws := make([][]byte, n)
	for i := range raws {
		fresh := other.Issuer.Renew(other, testca.Authority("Crowd").With(func(s *testca.Spec) {
			s.Subject, s.Serial = &issuing.Certificate.Subject, big.NewInt(int64(i)+1)
		}))
		raws[i] = fresh.Certificate.Raw
	}
	return func() (*chain.Result, int64) {
		var pool []*pki.Certificate
		for _, raw := range raws {
			c, err := pki.ParseCertificate(raw)
			if err != nil {
				panic(err) // it was read before
			}
			pool = append(pool, c)
		}
		return ask(root, alice, pool, nil)
	}
}

// longList is a CRL of n entries on which nobody stands who is asked for.
func longList(t testing.TB, n int) func() (*chain.Result, int64) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	entries := func(yield func(pki.RevokedEntry) bool) {
		for i := range n {
			if !yield(pki.NewRevokedEntry(big.NewInt(int64(i)+1<<60), testca.Now.AddDate(0, 0, -3), pki.Superseded)) {
				return
			}
		}
	}
	raw, err := pki.CreateCRL(pki.CRLTemplate{Number: big.NewInt(1), ThisUpdate: testca.Now.AddDate(0, 0, -1),
		NextUpdate: testca.Now.AddDate(0, 0, 7), Entries: entries}, root.Certificate, root.Signer())
	if err != nil {
		t.Fatal(err)
	}
	return func() (*chain.Result, int64) {
		crl, err := pki.ParseCRL(raw)
		if err != nil {
			panic(err) // we made it
		}
		return ask(root, alice, nil, chain.AtHand{Lists: []*pki.CRL{crl}})
	}
}

// extended adds an extension to a certificate.
func extended(t testing.TB) func(x pki.Extension, err error) testca.Change {
	return func(x pki.Extension, err error) testca.Change {
		if err != nil {
			t.Fatal(err)
		}
		return func(s *testca.Spec) { s.More = append(s.More, x) }
	}
}
