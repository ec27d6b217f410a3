package chain_test

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// cost judges and returns how many public-key operations that took.
func cost(t testing.TB, r chain.Request) (*chain.Result, int64) {
	t.Helper()
	r.Budget = limit.New(limit.Limits{})
	before := r.Budget.Left(limit.PublicKey)
	out := chain.Verify(t.Context(), r)
	return out, before - r.Budget.Left(limit.PublicKey)
}

// cross certifies the key and name of an authority once more, by another.
func cross(by, of *testca.Entity, changes ...testca.Change) *testca.Entity {
	name := of.Certificate.Subject
	return by.Renew(of, testca.Authority("x").With(func(s *testca.Spec) { s.Subject = &name }).With(changes...))
}

func TestAGoodPathIsFoundAmongBadOnes(t *testing.T) {
	old := testca.Valid(testca.NotBefore, testca.NotBefore.AddDate(0, 1, 0))
	root, second := testca.Root(t, "Root"), testca.Root(t, "Second root")
	issuing := root.Issue(testca.Authority("Issuing"))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	name := issuing.Certificate.Subject
	namesake := second.Issue(testca.Authority("Namesake").With(testca.Key(testca.P384), func(s *testca.Spec) { s.Subject, s.NoKeyID = &name, true }))
	for why, c := range map[string]struct {
		pool   []*testca.Entity
		trust  []*testca.Entity
		want   string
		length int
	}{
		"the only one":                         {[]*testca.Entity{issuing}, []*testca.Entity{root}, "", 3},
		"by a cross certificate":               {[]*testca.Entity{issuing, cross(second, root)}, []*testca.Entity{second}, "", 4},
		"the shorter one of two":               {[]*testca.Entity{cross(second, root), issuing, cross(second, issuing)}, []*testca.Entity{second}, "", 3},
		"where one expired":                    {[]*testca.Entity{cross(root, issuing, old), issuing}, []*testca.Entity{root}, "", 3},
		"where the cross certificate expired":  {[]*testca.Entity{issuing, cross(second, root, old)}, []*testca.Entity{second}, "time.expired", 4},
		"where a namesake has another key":     {[]*testca.Entity{namesake, issuing}, []*testca.Entity{root, second}, "", 3},
		"where only the namesake is at hand":   {[]*testca.Entity{namesake}, []*testca.Entity{root, second}, "path.signature", 3},
		"with a loop":                          {[]*testca.Entity{issuing, cross(issuing, root), cross(second, root), cross(root, second)}, []*testca.Entity{second}, "", 4},
		"in a loop without an end":             {[]*testca.Entity{issuing, cross(issuing, root), cross(second, root), cross(root, second)}, nil, "path.no-anchor", 4},
		"with the root sent along":             {[]*testca.Entity{issuing, root}, []*testca.Entity{root}, "", 3},
		"with a root that nobody trusts":       {[]*testca.Entity{issuing, root}, []*testca.Entity{second}, "path.no-anchor", 3},
		"without the intermediate":             {nil, []*testca.Entity{root}, "path.no-anchor", 1},
		"with the intermediate as the anchor":  {nil, []*testca.Entity{issuing}, "", 2},
		"with the leaf as the anchor":          {nil, []*testca.Entity{alice}, "", 1},
		"with several anchors, the right last": {[]*testca.Entity{issuing}, []*testca.Entity{second, namesake, root}, "", 3},
	} {
		r := chain.Request{Leaf: alice.Certificate, Anchors: anchors(c.trust...), Time: testca.Now}
		for _, e := range c.pool {
			r.Pool = append(r.Pool, e.Certificate, e.Certificate) // each twice
		}
		got, operations := cost(t, r)
		expect(t, why, got, c.want)
		if len(got.Path) != c.length || operations > 6 || !got.Path[0].Equal(alice.Certificate) {
			t.Errorf("%s: a path of %d certificates after %d operations: %v", why, len(got.Path), operations, got.Path)
		}
	}
}

// AKI and SKI put candidates in order and decide nothing (RFC 5280 §4.2.1.1).
func TestKeyIdentifiersOnlyHelpToChoose(t *testing.T) {
	root := testca.Root(t, "Root")
	issuing := root.Issue(testca.Authority("Issuing"))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	lying := cross(root, issuing, func(s *testca.Spec) {
		s.NoKeyID = true
		s.More = []pki.Extension{must[pki.Extension](t)(pki.SubjectKeyIDExtension([]byte("lie")))}
	})
	r := chain.Request{Leaf: alice.Certificate, Pool: []*pki.Certificate{lying.Certificate}, Anchors: anchors(root), Time: testca.Now}
	expect(t, "a wrong key identifier", chain.Verify(t.Context(), r), "")

	// Fifty authorities of one name, one of them with the right key: it is tried first.
	name := issuing.Certificate.Subject
	for i := range 50 {
		other := root.Issue(testca.Authority(fmt.Sprint("Other ", i)).With(func(s *testca.Spec) { s.Subject = &name }))
		r.Pool = append(r.Pool, other.Certificate)
	}
	r.Pool = append(r.Pool[1:], issuing.Certificate)
	got, operations := cost(t, r)
	expect(t, "many of one name", got, "")
	if operations != 2 {
		t.Errorf("%d operations", operations)
	}
}

func TestEvidenceIsAskedForIssuersThatAreMissing(t *testing.T) {
	root := testca.Root(t, "Root")
	top := root.Issue(testca.Authority("Top"))
	issuing := top.Issue(testca.Authority("Issuing"))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	e := &asked{AtHand: chain.AtHand{Certificates: []*pki.Certificate{issuing.Certificate, top.Certificate}}}
	r := chain.Request{Leaf: alice.Certificate, Anchors: anchors(root), Time: testca.Now, Evidence: e}
	expect(t, "two are missing", chain.Verify(t.Context(), r), "")
	if e.issuers != 2 {
		t.Errorf("asked %d times", e.issuers)
	}
	e.issuers = 0
	r.Pool = alice.Chain()
	expect(t, "none is missing", chain.Verify(t.Context(), r), "")
	if e.issuers != 0 {
		t.Errorf("asked %d times without need", e.issuers)
	}
}

// asked counts questions.
type asked struct {
	chain.AtHand
	issuers, lists, answers int
}

func (a *asked) Issuers(c *pki.Certificate) []*pki.Certificate {
	a.issuers++
	return a.AtHand.Issuers(c)
}
func (a *asked) CRLs(c *pki.Certificate) []*pki.CRL { a.lists++; return a.AtHand.CRLs(c) }
func (a *asked) OCSP(c, i *pki.Certificate) []*pki.OCSPResponse {
	a.answers++
	return a.AtHand.OCSP(c, i)
}

// clique is a set of authorities that all certify each other.
func clique(t testing.TB, n int) (list []*testca.Entity, pool []*pki.Certificate) {
	root := testca.Root(t, "Clique root")
	for i := range n {
		list = append(list, root.Issue(testca.Authority(fmt.Sprint("Member ", i))))
	}
	for _, a := range list {
		for _, b := range list {
			if a != b {
				pool = append(pool, cross(a, b).Certificate)
			}
		}
	}
	return list, pool
}

func TestAMazeCostsNoMoreThanItsSize(t *testing.T) {
	members, pool := clique(t, 20)
	alice := members[0].Issue(testca.Person("alice@example.org"))
	r := chain.Request{Leaf: alice.Certificate, Pool: pool, Time: testca.Now}

	got, operations := cost(t, r)
	expect(t, "no exit", got, "path.no-anchor")
	if most := int64(len(pool)) + 1; operations > most {
		t.Errorf("no exit: %d operations for %d certificates", operations, len(pool))
	}

	outside := testca.Root(t, "Outside")
	r.Pool = append(pool, cross(outside, members[13]).Certificate)
	r.Anchors = anchors(outside)
	got, operations = cost(t, r)
	expect(t, "one exit", got, "")
	if len(got.Path) != 4 || operations > 60 {
		t.Errorf("one exit: %d certificates, %d operations", len(got.Path), operations)
	}

	r.Pool = append(pool, cross(outside, members[13], constrained(t, trees(pki.RFC822("example.net")), nil)).Certificate)
	got, operations = cost(t, r)
	if got.OK || !has(got.Findings, "path.name-constraint") || operations > int64(len(pool))+2 {
		t.Errorf("an exit that is closed: %v after %d operations", codes(got), operations)
	}
}

// Layers in which every authority is certified by every one of the next layer: the number of paths grows by a power.
func TestLayersOfAuthoritiesAreNoBomb(t *testing.T) {
	const layers, wide = 8, 6
	root := testca.Root(t, "Layers root", constrained(t, trees(pki.RFC822("example.net")), nil))
	var pool []*pki.Certificate
	above := []*testca.Entity{root}
	for l := range layers {
		var here []*testca.Entity
		for i := range wide {
			first := above[0].Issue(testca.Authority(fmt.Sprint("Layer ", l, " ", i)))
			pool, here = append(pool, first.Certificate), append(here, first)
			for _, a := range above[1:] {
				pool = append(pool, cross(a, first).Certificate)
			}
		}
		above = here
	}
	for want, email := range map[string]string{"": "alice@example.net", "path.name-constraint": "alice@example.org"} {
		alice := above[0].Issue(testca.Person(email))
		got, operations := cost(t, chain.Request{Leaf: alice.Certificate, Pool: pool, Anchors: anchors(root), Time: testca.Now})
		expect(t, email, got, want)
		if operations > int64(len(pool))+1 || got.Tried > 512 || got.Limit != nil {
			t.Errorf("%s: %d operations, %d paths: %v", email, operations, got.Tried, got.Limit)
		}
	}
}

func TestTenThousandCertificatesAreNoBurden(t *testing.T) {
	root := testca.Root(t, "Root")
	issuing := root.Issue(testca.Authority("Issuing"))
	alice := issuing.Issue(testca.Person("alice@example.org"))
	one := *root.Issue(testca.Authority("Crowd")).Certificate
	r := chain.Request{Leaf: alice.Certificate, Anchors: anchors(root), Time: testca.Now}
	namesakes := r
	for i := range 10_000 {
		// Certificates that differ in their bytes and their keys.
		c := one
		c.Raw = fmt.Appendf(nil, "%s%d", one.Raw, i)
		c.RawSPKI = fmt.Appendf(nil, "%s%d", one.RawSPKI, i)
		r.Pool = append(r.Pool, &c)
		n := c
		n.Subject = issuing.Certificate.Subject
		namesakes.Pool = append(namesakes.Pool, &n)
	}
	r.Pool = append(r.Pool, issuing.Certificate)
	got, operations := cost(t, r)
	expect(t, "a crowd", got, "")
	if operations != 2 {
		t.Errorf("%d operations", operations)
	}
	got, operations = cost(t, namesakes)
	if got.OK || operations > 100 || got.Limit != nil {
		t.Errorf("a crowd of namesakes: %d operations, %v", operations, got.Limit)
	}
	namesakes.Pool = append(namesakes.Pool, issuing.Certificate)
	got, _ = cost(t, namesakes)
	expect(t, "a crowd of namesakes and the right one", got, "")
}

func TestLimitsEndTheSearch(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Authority("Issuing")).Issue(testca.Person("alice@example.org"))
	r := ask(alice)
	r.Budget = limit.New(limit.Limits{PublicKey: 1})
	got := chain.Verify(t.Context(), r)
	var e *limit.Error
	if got.OK || !errors.As(got.Limit, &e) || e.What != limit.PublicKey {
		t.Errorf("%v %v", got.OK, got.Limit)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := chain.Verify(ctx, ask(alice)); got.OK || !errors.Is(got.Limit, context.Canceled) || len(got.Path) == 0 {
		t.Errorf("%v %v", got.OK, got.Limit)
	}
}

// A product of many names with many constraints is bounded (crypto/x509 CVE-2018-16875 and its kind).
func TestNamesTimesConstraintsAreBounded(t *testing.T) {
	var permitted []pki.GeneralName
	for i := range 2000 {
		permitted = append(permitted, pki.RFC822(fmt.Sprintf("host%d.example", i)))
	}
	spec := named()
	for i := range 2000 {
		spec.Emails = append(spec.Emails, fmt.Sprintf("alice%d@host1999.example", i))
	}
	root := testca.Root(t, "Root", constrained(t, trees(permitted...), nil))
	got, _ := cost(t, ask(root.Issue(spec)))
	expect(t, "four million comparisons", got, "path.search-cut-short")
	spec.Emails = spec.Emails[:200]
	got, _ = cost(t, ask(root.Issue(spec)))
	expect(t, "four hundred thousand", got, "")
}

func TestALongPathIsGivenUp(t *testing.T) {
	at := testca.Root(t, "Root")
	for i := range 32 {
		at = at.Issue(testca.Authority(fmt.Sprint("Authority ", i)).With(func(s *testca.Spec) { s.Serial = big.NewInt(int64(i + 1)) }))
		want := ""
		if i == 31 {
			want = "path.search-cut-short"
		}
		if i%10 == 0 || i == 31 {
			expect(t, fmt.Sprint(i+3, " certificates"), chain.Verify(t.Context(), ask(at.Issue(testca.Person("alice@example.org")))), want)
		}
	}
}

// An authority may renew its own certificate with the same name and key: the anchor's key vouches for it.
func TestAnAnchorVouchesForItsOwnRenewal(t *testing.T) {
	root := testca.Root(t, "Root")
	renewed := testca.Root(t, "Root", func(s *testca.Spec) { s.Serial = big.NewInt(77) })
	r := ask(renewed)
	r.Anchors, r.Purpose = anchors(root), chain.CA
	got := chain.Verify(t.Context(), r)
	expect(t, "renewed", got, "")
	if len(got.Path) != 2 {
		t.Errorf("%v", got.Path)
	}
}

// Thousands of lists and answers in a message cost no more than some.
func TestEvidenceIsBounded(t *testing.T) {
	p := newPeople(t)
	var junk []any
	one := list(testca.Root(t, "Issuing", testca.Key(testca.P384), testca.Named("Issuing", "Issuing")), days(-1), days(1))
	reply := answer(t, testca.Root(t, "Stranger"), nil, says{about: p.alice})
	for range 5000 {
		junk = append(junk, must[*pki.CRL](t)(pki.ParseCRL(one.Raw)), must[*pki.OCSPResponse](t)(pki.ParseOCSPResponse(reply.Raw)))
	}
	r := p.ask(append(junk, list(p.issuing, days(0), days(2)))...)
	got, operations := cost(t, r)
	expect(t, "junk", got, "")
	if got.Revocation[0].State != chain.Good || operations > 200 {
		t.Errorf("%d operations: %+v", operations, got.Revocation[0])
	}
}
