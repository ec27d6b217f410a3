package chain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// ask is a question about a certificate that trusts one root and has every certificate on the way.
func ask(leaf *testca.Entity) chain.Request {
	root := leaf
	for root.Issuer != nil {
		root = root.Issuer
	}
	return chain.Request{Leaf: leaf.Certificate, Pool: leaf.Chain(), Anchors: anchors(root), Time: testca.Now}
}

func anchors(list ...*testca.Entity) *chain.Anchors {
	var all []chain.Anchor
	for _, e := range list {
		all = append(all, chain.Anchor{Certificate: e.Certificate})
	}
	return chain.NewAnchors(all...)
}

// codes lists the codes of the failures, each once.
func codes(r *chain.Result) (list []string) {
	for _, f := range r.Failures {
		if c := string(f.Code); !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

// expect compares the failures with the codes given, separated by spaces; none for a good path.
func expect(t *testing.T, name string, r *chain.Result, want string) {
	t.Helper()
	got := codes(r)
	slices.Sort(got)
	wanted := strings.Fields(want)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) || r.OK != (len(wanted) == 0) {
		t.Errorf("%s: OK %v, failures %v, want %v: %v", name, r.OK, got, wanted, r.Failures)
	}
	for _, f := range r.Failures {
		if f.Section == "" || f.Severity != finding.Bad || f.Certificate != nil && (f.Index < 0 || !r.Path[f.Index].Equal(f.Certificate)) {
			t.Errorf("%s: a failure without its place: %+v", name, f)
		}
	}
}

func has(list []finding.Finding, c finding.Code) bool {
	return slices.ContainsFunc(list, func(f finding.Finding) bool { return f.Code == c })
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// extend adds extensions to a certificate.
func extend(list ...pki.Extension) testca.Change {
	return func(s *testca.Spec) { s.More = append(slices.Clip(s.More), list...) }
}

// without leaves an extension out.
func without(t *pki.Template, drop func(pki.Extension) bool) {
	t.Extensions = slices.DeleteFunc(t.Extensions, drop)
}
