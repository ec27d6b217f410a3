package chain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// rung is what a certificate says about policies; policies are named by letters, "*" is anyPolicy.
type rung struct {
	policies string
	mappings string // "AB CD": A is B, C is D
	explicit int    // -1: absent
	mapping  int
	any      int
	self     bool // the certificate renews the key of the one above under its name
}

func plain(policies string) rung { return rung{policies: policies, explicit: -1, mapping: -1, any: -1} }

func policy(letter rune) der.OID {
	if letter == '*' {
		return alg.OIDAnyPolicy
	}
	return der.MustOID(fmt.Sprintf("1.2.3.%d", letter))
}

func policies(letters string) (list []der.OID) {
	for _, l := range letters {
		list = append(list, policy(l))
	}
	return list
}

func (r rung) change(t testing.TB, s *testca.Spec) {
	s.Policies = policies(r.policies)
	add := extend
	var mappings []pki.PolicyMapping
	for _, m := range strings.Fields(r.mappings) {
		mappings = append(mappings, pki.PolicyMapping{Issuer: policy(rune(m[0])), Subject: policy(rune(m[1]))})
	}
	if mappings != nil {
		add(must[pki.Extension](t)(pki.PolicyMappingsExtension(mappings...)))(s)
	}
	if r.explicit >= 0 || r.mapping >= 0 {
		add(must[pki.Extension](t)(pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: r.explicit, InhibitMapping: r.mapping})))(s)
	}
	if r.any >= 0 {
		add(must[pki.Extension](t)(pki.InhibitAnyPolicyExtension(r.any)))(s)
	}
}

// ladder issues certificates below each other, the last one to a person.
func ladder(t testing.TB, rungs ...rung) *testca.Entity {
	at := testca.Root(t, "Root")
	for i, r := range rungs {
		s := testca.Authority(fmt.Sprint("Rung ", i))
		if i == len(rungs)-1 {
			s = testca.Person("alice@example.org")
		} else if r.self {
			name := at.Certificate.Subject
			s.Subject = &name
		}
		r.change(t, &s)
		at = at.Issue(s)
	}
	return at
}

func TestPoliciesAreProcessedAsRFC9618Says(t *testing.T) {
	mapped := func(p, m string) rung { r := plain(p); r.mappings = m; return r }
	explicit := func(p string, n int) rung { r := plain(p); r.explicit = n; return r }
	noMapping := func(p, m string, n int) rung { r := mapped(p, m); r.mapping = n; return r }
	noAny := func(p string, n int) rung { r := plain(p); r.any = n; return r }
	self := func(r rung) rung { r.self = true; return r }
	for why, c := range map[string]struct {
		rungs []rung
		in    chain.PolicyInputs
		want  string // the policies that are left; "!" for a failure
	}{
		"the same all along":               {[]rung{plain("A"), plain("A")}, chain.PolicyInputs{}, "A"},
		"none in common":                   {[]rung{plain("A"), plain("B")}, chain.PolicyInputs{}, ""},
		"none in common, asked for":        {[]rung{plain("A"), plain("B")}, chain.PolicyInputs{RequireExplicit: true}, "!"},
		"none at all":                      {[]rung{plain(""), plain("")}, chain.PolicyInputs{}, ""},
		"none at all, asked for":           {[]rung{plain(""), plain("")}, chain.PolicyInputs{RequireExplicit: true}, "!"},
		"any above":                        {[]rung{plain("*"), plain("AB")}, chain.PolicyInputs{}, "AB"},
		"any below":                        {[]rung{plain("AB"), plain("*")}, chain.PolicyInputs{}, "AB"},
		"any all along":                    {[]rung{plain("*"), plain("*")}, chain.PolicyInputs{}, "*"},
		"any all along, one asked for":     {[]rung{plain("*"), plain("*")}, chain.PolicyInputs{User: policies("C")}, "C"},
		"some are asked for":               {[]rung{plain("ABC"), plain("BC")}, chain.PolicyInputs{User: policies("AB")}, "B"},
		"others are asked for":             {[]rung{plain("A"), plain("A")}, chain.PolicyInputs{User: policies("B")}, ""},
		"others are required":              {[]rung{plain("A"), plain("A")}, chain.PolicyInputs{User: policies("B"), RequireExplicit: true}, "!"},
		"an authority requires one":        {[]rung{explicit("A", 0), plain("B")}, chain.PolicyInputs{}, "!"},
		"an authority requires one, later": {[]rung{explicit("A", 2), plain("B")}, chain.PolicyInputs{}, ""},
		"required, and other than asked":   {[]rung{explicit("A", 0), plain("A")}, chain.PolicyInputs{User: policies("B")}, "!"},
		"the leaf itself requires one":     {[]rung{plain("A"), explicit("B", 0)}, chain.PolicyInputs{}, "!"},
		"any is inhibited":                 {[]rung{plain("A"), plain("*")}, chain.PolicyInputs{InhibitAny: true}, ""},
		"any is inhibited by an authority": {[]rung{noAny("A", 0), plain("*"), plain("A")}, chain.PolicyInputs{}, ""},
		"any is inhibited later":           {[]rung{noAny("A", 1), plain("*"), plain("A")}, chain.PolicyInputs{}, "A"},
		"any is inhibited, self-issued":    {[]rung{noAny("A", 0), self(plain("*")), plain("A")}, chain.PolicyInputs{}, "A"},
		"mapped":                           {[]rung{mapped("A", "AB"), plain("B")}, chain.PolicyInputs{}, "A"},
		"mapped, asked in the top's words": {[]rung{mapped("A", "AB"), plain("B")}, chain.PolicyInputs{User: policies("A"), RequireExplicit: true}, "A"},
		"mapped, asked in the leaf's":      {[]rung{mapped("A", "AB"), plain("B")}, chain.PolicyInputs{User: policies("B"), RequireExplicit: true}, "!"},
		"mapped, and the leaf keeps it":    {[]rung{mapped("A", "AB"), plain("A")}, chain.PolicyInputs{}, ""},
		"mapped twice":                     {[]rung{mapped("A", "AB"), mapped("B", "BC"), plain("C")}, chain.PolicyInputs{}, "A"},
		"mapped to two":                    {[]rung{mapped("A", "AB AC"), plain("C")}, chain.PolicyInputs{}, "A"},
		"two mapped to one":                {[]rung{mapped("AB", "AC BC"), plain("C")}, chain.PolicyInputs{}, "AB"},
		"any is mapped":                    {[]rung{mapped("*", "*B"), plain("B")}, chain.PolicyInputs{}, "!"},
		"mapped to any":                    {[]rung{mapped("A", "A*"), plain("B")}, chain.PolicyInputs{}, "!"},
		"mapped out of any":                {[]rung{mapped("*", "AB"), plain("B")}, chain.PolicyInputs{}, "A"},
		"mapping is inhibited":             {[]rung{mapped("A", "AB"), plain("B")}, chain.PolicyInputs{InhibitMapping: true}, ""},
		"mapping is inhibited above":       {[]rung{noMapping("A", "", 0), mapped("A", "AB"), plain("B")}, chain.PolicyInputs{}, ""},
		"mapping is inhibited later":       {[]rung{noMapping("A", "", 1), mapped("A", "AB"), plain("B")}, chain.PolicyInputs{}, "A"},
		"what is mapped counts no more":    {[]rung{mapped("AX", "AB"), plain("AX")}, chain.PolicyInputs{InhibitMapping: true}, "X"},
	} {
		r := ask(ladder(t, c.rungs...))
		r.Policies = c.in
		got := chain.Verify(t.Context(), r)
		if c.want == "!" {
			expect(t, why, got, "path.policy")
			continue
		}
		expect(t, why, got, "")
		want := policies(c.want)
		slices.Sort(want)
		if !slices.Equal(want, got.Policies) {
			t.Errorf("%s: %v, want %v", why, got.Policies, want)
		}
	}
}

// RFC 9618 §1: a tree of policies can be made to grow by a power; a graph grows with the certificates.
func TestPolicyTreesAreNoBomb(t *testing.T) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	var all []string
	for _, a := range letters[:12] {
		for _, b := range letters[:12] {
			all = append(all, string(a)+string(b))
		}
	}
	bomb := rung{policies: letters[:12], mappings: strings.Join(all, " "), explicit: -1, mapping: -1, any: -1}
	rungs := slices.Repeat([]rung{bomb}, 24)
	for _, last := range []string{letters[:12], "z"} {
		r := ask(ladder(t, append(slices.Clone(rungs), plain(last))...))
		r.Policies.RequireExplicit = true
		got := chain.Verify(t.Context(), r)
		want := ""
		if last == "z" {
			want = "path.policy"
		}
		expect(t, "each policy is each other, ending in "+last, got, want)
		if want == "" && len(got.Policies) != 12 {
			t.Errorf("%d policies", len(got.Policies))
		}
	}
}

// S/MIME BR §7.1.6.1: what the authority says it checked counts as far as its policy is valid along the path.
func TestTheLevelIsWhatThePathAllows(t *testing.T) {
	strict, mailbox := alg.OIDPolicySponsorStrict, alg.OIDPolicyMailboxStrict
	for why, c := range map[string]struct {
		authority, leaf []der.OID
		in              chain.PolicyInputs
		want, words     string
	}{
		"asserted by both": {[]der.OID{strict}, []der.OID{strict}, chain.PolicyInputs{}, "sponsor strict", "Root checked the organisation and the person."},
		"below any":        {[]der.OID{alg.OIDAnyPolicy}, []der.OID{policy('A'), mailbox}, chain.PolicyInputs{}, "mailbox strict", "Root checked that the mailbox answers, and not who the person is."},
		"asserted by the leaf alone": {[]der.OID{mailbox}, []der.OID{strict}, chain.PolicyInputs{}, "",
			"Root does not say by a public standard what it checked."},
		"the authority says nothing": {nil, []der.OID{strict}, chain.PolicyInputs{}, "", "Root does not say by a public standard what it checked."},
		"others are asked for":       {[]der.OID{strict, mailbox}, []der.OID{strict}, chain.PolicyInputs{User: []der.OID{mailbox}}, "", "Root does not say by a public standard what it checked."},
	} {
		issuing := testca.Root(t, "Root").Issue(testca.Authority("Issuing").With(func(s *testca.Spec) { s.Policies = c.authority }))
		r := ask(issuing.Issue(testca.Person("alice@example.org").With(func(s *testca.Spec) { s.Policies = c.leaf })))
		r.Policies = c.in
		got := chain.Verify(t.Context(), r)
		expect(t, why, got, "")
		if got.Level.String() != c.want || got.Level.Words(got.Anchor.Name) != c.words {
			t.Errorf("%s: %q, %q", why, got.Level, got.Level.Words(got.Anchor.Name))
		}
	}
}

// RFC 5280 §4.2.1.4: a critical extension must be understood with its qualifiers.
func TestQualifiersThatAreNotUnderstood(t *testing.T) {
	with := func(critical bool, id der.OID) testca.Change {
		e := must[pki.Extension](t)(pki.PoliciesExtension(pki.PolicyInformation{ID: policy('A'), Qualifiers: []pki.PolicyQualifier{{ID: id, CPS: "https://example.org/cps"}}}))
		e.Critical = critical
		return extend(e)
	}
	root := testca.Root(t, "Root")
	for why, c := range map[string]struct {
		change testca.Change
		want   string
	}{
		"known, critical":       {with(true, alg.OIDQualifierCPS), ""},
		"unknown, not critical": {with(false, "\x2a\x03"), ""},
		"unknown, critical":     {with(true, "\x2a\x03"), "path.unknown-critical-extension"},
	} {
		expect(t, why, chain.Verify(t.Context(), ask(root.Issue(testca.Person("alice@example.org").With(c.change)))), c.want)
	}
}
