package chain_test

import (
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func noBasic(t *pki.Template) {
	without(t, func(e pki.Extension) bool { return e.ID == alg.OIDExtBasicConstraints })
}

func TestOnlyAnAuthorityIssues(t *testing.T) {
	unknown := pki.Extension{ID: "\x2a\x03\x04", Critical: true, Value: []byte{5, 0}}
	notCA := must[pki.Extension](t)(pki.BasicConstraintsExtension(false, -1))
	for name, c := range map[string]struct {
		issuing testca.Spec
		want    string
	}{
		"an authority":                     {testca.Authority("I"), ""},
		"an authority without keyUsage":    {testca.Authority("I").With(testca.Usage(0)), ""},
		"an authority without keyCertSign": {testca.Authority("I").With(testca.Usage(pki.DigitalSignature | pki.CRLSign)), "path.key-usage"},
		"a person":                         {testca.Person("i@example.org"), "path.not-an-authority path.key-usage"},
		"a person who may sign certificates": {testca.Person("i@example.org").With(testca.Usage(pki.KeyCertSign)),
			"path.not-an-authority"},
		"basicConstraints that say no": {testca.Authority("I").With(testca.Template(func(p *pki.Template) { noBasic(p); p.Extensions = append(p.Extensions, notCA) })),
			"path.not-an-authority"},
		"no basicConstraints":                    {testca.Authority("I").With(testca.Template(noBasic)), "path.not-an-authority"},
		"a certificate of version 1":             {testca.Authority("I").With(testca.Template(func(p *pki.Template) { p.Extensions = nil })), "path.not-an-authority"},
		"one that expired":                       {testca.Authority("I").With(testca.Valid(testca.NotBefore, testca.Now.Add(-time.Second))), "time.expired"},
		"one that is not valid yet":              {testca.Authority("I").With(testca.Valid(testca.Now.Add(time.Second), testca.NotAfter)), "time.not-yet-valid"},
		"one that ends this second":              {testca.Authority("I").With(testca.Valid(testca.Now, testca.Now)), ""},
		"a critical extension that is not known": {testca.Authority("I").With(extend(unknown)), "path.unknown-critical-extension"},
		"an extension twice":                     {testca.Authority("I").With(extend(notCA)), "path.malformed"},
		"one without a name":                     {testca.Authority("").With(testca.Named("", "")), "path.not-an-authority path.malformed"},
		"one whose key is too short":             {testca.Authority("I").With(testca.Key(testca.RSA1024)), "path.weak-algorithm"},
		"one whose length of path is used up":    {testca.Authority("I").With(func(s *testca.Spec) { s.PathLen = 0 }), ""},
	} {
		root := testca.Root(t, "Root")
		expect(t, name, chain.Verify(t.Context(), ask(root.Issue(c.issuing).Issue(testca.Person("alice@example.org")))), c.want)
	}
}

func TestLeavesThatAreBrokenAreRefused(t *testing.T) {
	unknown := pki.Extension{ID: "\x2a\x03\x04", Critical: true, Value: []byte{5, 0}}
	for name, c := range map[string]struct {
		change testca.Change
		want   string
	}{
		"nothing":                       {func(*testca.Spec) {}, ""},
		"expired":                       {testca.Valid(testca.NotBefore, testca.Now.Add(-time.Second)), "time.expired"},
		"not yet valid":                 {testca.Valid(testca.Now.Add(time.Second), testca.NotAfter), "time.not-yet-valid"},
		"an unknown critical extension": {extend(unknown), "path.unknown-critical-extension"},
		"an unknown extension":          {extend(pki.Extension{ID: unknown.ID, Value: unknown.Value}), ""},
		"an extension that is broken":   {extend(pki.Extension{ID: alg.OIDExtPolicyConstraints, Value: []byte{2, 1, 1}}), "path.malformed"},
		"a short key":                   {testca.Key(testca.RSA1024), "path.weak-algorithm"},
		"version 1 has no addresses":    {testca.Template(func(p *pki.Template) { p.Extensions = nil }), ""},
		"every rule at once": {func(s *testca.Spec) {
			extend(unknown)(s)
			testca.Valid(testca.NotBefore, testca.NotBefore)(s)
			testca.Usage(pki.CRLSign)(s)
		}, "time.expired path.unknown-critical-extension path.key-usage"},
	} {
		r := chain.Verify(t.Context(), ask(testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(c.change))))
		expect(t, name, r, c.want)
		if len(r.Path) != 2 || r.Anchor == nil {
			t.Errorf("%s: the path is not shown: %v", name, r.Path)
		}
	}
}

// RFC 5280 §6.1.4 (l), (m): self-issued certificates do not count, and neither does the last one.
func TestAPathMayBeAsLongAsItsAuthoritiesAllow(t *testing.T) {
	length := func(n int) testca.Change { return func(s *testca.Spec) { s.PathLen = n } }
	for name, c := range map[string]struct {
		root int
		lens []int // of the authorities, from the root down
		self bool  // the last one renews its key by a self-issued certificate
		want string
	}{
		"no limit":                      {-1, []int{-1, -1, -1}, false, ""},
		"zero, directly above the leaf": {-1, []int{-1, 0}, false, ""},
		"zero, one above":               {-1, []int{0, -1}, false, "path.too-long"},
		"one, one above":                {-1, []int{1, -1}, false, ""},
		"one, two above":                {-1, []int{1, -1, -1}, false, "path.too-long"},
		"the narrowest counts":          {-1, []int{5, 0, 5}, false, "path.too-long"},
		"a later one cannot widen it":   {-1, []int{1, 9, 9}, false, "path.too-long"},
		"the root's own":                {0, []int{-1}, false, "path.too-long"},
		"the root's own, kept":          {1, []int{-1}, false, ""},
		"self-issued ones do not count": {-1, []int{0}, true, ""},
	} {
		at := testca.Root(t, "Root", length(c.root))
		for i, n := range c.lens {
			at = at.Issue(testca.Authority("Authority " + string(rune('A'+i))).With(length(n)))
		}
		if c.self {
			name := at.Certificate.Subject
			at = at.Issue(testca.Authority("again").With(func(s *testca.Spec) { s.Subject = &name }))
		}
		expect(t, name, chain.Verify(t.Context(), ask(at.Issue(testca.Person("alice@example.org")))), c.want)
	}
}

func TestAFailureNamesCertificateRuleAndSection(t *testing.T) {
	root := testca.Root(t, "Root")
	old := root.Issue(testca.Authority("Old CA").With(testca.Valid(testca.NotBefore, testca.NotBefore.AddDate(0, 1, 0))))
	r := chain.Verify(t.Context(), ask(old.Issue(testca.Person("alice@example.org"))))
	if len(r.Failures) != 1 {
		t.Fatal(r.Failures)
	}
	f := r.Failures[0]
	if !f.Certificate.Equal(old.Certificate) || f.Index != 1 || f.Section != "RFC 5280 §6.1.3 (a)(2)" || f.Where != "Old CA" ||
		f.Detail != "valid until 2025-02-01 00:00, judged as of 2026-11-25 12:00" {
		t.Errorf("%+v", f)
	}
	if len(r.Path) != 3 || !r.Path[2].Equal(root.Certificate) || r.Anchor.Name != "Root" || r.Tried != 1 {
		t.Errorf("%v, %v, %d", r.Path, r.Anchor, r.Tried)
	}
}

func TestWithoutAMomentOrALeafNothingIsJudged(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	r := ask(alice)
	r.Time = time.Time{}
	expect(t, "no time", chain.Verify(t.Context(), r), "path.no-moment")
	expect(t, "nothing", chain.Verify(t.Context(), chain.Request{}), "path.no-moment")
	expect(t, "no anchors", chain.Verify(t.Context(), chain.Request{Leaf: alice.Certificate, Time: testca.Now}), "path.no-anchor")
}
