package chain_test

import (
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func TestTrustInAnAuthorityCanBeLimited(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Authority("Issuing")).Issue(testca.Person("alice@Mail.example.org"))
	two := root.Issue(testca.Person("alice@example.org").With(func(s *testca.Spec) { s.Emails = append(s.Emails, "alice@evil.example") }))
	nobody := root.Issue(testca.Person("").With(func(s *testca.Spec) { s.Emails = nil }))
	subject := root.Issue(inSubject(t, "alice@evil.example"))
	const no = "path.authority-limits"
	for why, c := range map[string]struct {
		leaf   *testca.Entity
		anchor chain.Anchor
		want   string
	}{
		"not limited":               {alice, chain.Anchor{}, ""},
		"to its host":               {alice, chain.Anchor{Domains: []string{"mail.example.org"}}, ""},
		"to its domain":             {alice, chain.Anchor{Domains: []string{"example.net", ".Example.org"}}, ""},
		"to the host above":         {alice, chain.Anchor{Domains: []string{"example.org"}}, no},
		"to another":                {alice, chain.Anchor{Domains: []string{".example.net"}}, no},
		"to none":                   {alice, chain.Anchor{Domains: []string{}}, no},
		"to one of two":             {two, chain.Anchor{Domains: []string{"example.org"}}, no},
		"to both":                   {two, chain.Anchor{Domains: []string{"example.org", "evil.example"}}, ""},
		"an address in the subject": {subject, chain.Anchor{Domains: []string{"example.org"}}, no},
		"somebody without address":  {nobody, chain.Anchor{Domains: []string{"example.org"}}, ""},
		"to mail":                   {alice, chain.Anchor{Purposes: []chain.Purpose{chain.SMIMESign, chain.SMIMEEncrypt}}, ""},
		"to timestamps":             {alice, chain.Anchor{Purposes: []chain.Purpose{chain.TimeStamping}}, no},
		"until the issue":           {alice, chain.Anchor{Until: testca.NotBefore}, ""},
		"until before the issue":    {alice, chain.Anchor{Until: testca.NotBefore.Add(-time.Second)}, no},
	} {
		r := ask(c.leaf)
		c.anchor.Certificate = root.Certificate
		r.Anchors = chain.NewAnchors(c.anchor)
		got := chain.Verify(t.Context(), r)
		expect(t, why, got, c.want)
		if got.Anchor == nil || got.Anchor.Name != "Root" {
			t.Errorf("%s: %+v", why, got.Anchor)
		}
	}
}

// RFC 5280 §6.1 takes an anchor for a name and a key. Its certificate is looked at all the same, where it has something to say.
func TestAnAnchorsOwnCertificateIsLookedAt(t *testing.T) {
	for why, c := range map[string]struct {
		change testca.Change
		want   string
	}{
		"as usual":                  {func(*testca.Spec) {}, ""},
		"of version 1":              {testca.Template(func(p *pki.Template) { p.Extensions = nil }), ""},
		"without basicConstraints":  {testca.Template(noBasic), "path.not-an-authority"},
		"without keyCertSign":       {testca.Usage(pki.DigitalSignature), "path.key-usage"},
		"expired":                   {testca.Valid(testca.NotBefore, testca.NotBefore), "time.expired"},
		"with an unknown extension": {extend(pki.Extension{ID: "\x2a\x03\x04", Critical: true, Value: []byte{5, 0}}), "path.unknown-critical-extension"},
		"for servers":               {testca.ExtUsage(alg.OIDUsageServerAuth), "path.purpose"},
		"with a short key":          {testca.Key(testca.RSA1024), "path.weak-algorithm"},
	} {
		expect(t, why, chain.Verify(t.Context(), ask(testca.Root(t, "Root", c.change).Issue(testca.Person("alice@example.org")))), c.want)
	}
}

func TestSomebodyCanBeTrustedHimself(t *testing.T) {
	alice := testca.Root(t, "Alice", func(s *testca.Spec) { *s = testca.Person("alice@example.org") })
	r := ask(alice)
	r.Revocation = chain.Hard
	got := chain.Verify(t.Context(), r)
	expect(t, "self-signed and trusted", got, "")
	if len(got.Path) != 1 || got.Anchor == nil || len(got.Revocation) != 1 || got.Revocation[0].State != chain.NotChecked {
		t.Errorf("%+v", got)
	}
	r.Purpose = chain.TimeStamping
	expect(t, "for timestamps", chain.Verify(t.Context(), r), "path.purpose")
	r = ask(alice)
	r.Time = testca.NotAfter.Add(time.Second)
	expect(t, "later", chain.Verify(t.Context(), r), "time.expired")
	r = ask(alice)
	r.Anchors = anchors(testca.Root(t, "Other"))
	r.Pool = []*pki.Certificate{alice.Certificate}
	expect(t, "self-signed and not trusted", chain.Verify(t.Context(), r), "path.no-anchor")
	// A certificate of the same name with another key is not the trusted one.
	r.Anchors = anchors(testca.Root(t, "Alice", func(s *testca.Spec) { *s = testca.Person("alice@example.org").With(testca.Key(testca.P384)) }))
	if got := chain.Verify(t.Context(), r); got.OK {
		t.Error("a namesake is trusted")
	}
}
