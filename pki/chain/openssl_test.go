package chain_test

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// both is a chain that OpenSSL judges too.
type both struct {
	name string
	leaf *testca.Entity
	pool []*pki.Certificate // beside those above the leaf
	// differs says why we judge otherwise; empty where both agree.
	differs string
}

// authorities varies the authority in the middle.
func authorities(t *testing.T) (list []both) {
	root := testca.Root(t, "Root")
	add := func(name, differs string, s testca.Spec) {
		issuing := root.Issue(s)
		list = append(list, both{name, issuing.Issue(testca.Person("alice@example.org")), nil, differs})
	}
	basic := testca.Authority("Issuing")
	add("an authority", "", basic)
	add("a person", "", testca.Person("ca@example.org"))
	add("without keyCertSign", "", basic.With(testca.Usage(pki.CRLSign)))
	add("without keyUsage", "", basic.With(testca.Usage(0)))
	add("without basicConstraints", "", basic.With(testca.Template(noBasic)))
	add("of version 1", "", basic.With(testca.Template(func(p *pki.Template) { p.Extensions = nil })))
	add("for servers", "", basic.With(testca.ExtUsage(alg.OIDUsageServerAuth)))
	add("for mail", "", basic.With(testca.ExtUsage(alg.OIDUsageEmailProtection)))
	add("expired", "", basic.With(testca.Valid(testca.NotBefore, testca.NotBefore.AddDate(0, 1, 0))))
	add("not yet valid", "", basic.With(testca.Valid(testca.NotAfter.AddDate(-1, 0, 0), testca.NotAfter)))
	add("with an unknown critical extension", "", basic.With(extend(pki.Extension{ID: "\x2a\x03\x04", Critical: true, Value: []byte{5, 0}})))
	add("with an unknown extension", "", basic.With(extend(pki.Extension{ID: "\x2a\x03\x04", Value: []byte{5, 0}})))
	for _, kind := range []testca.KeyKind{testca.P384, testca.P521, testca.RSA, testca.RSA3072, testca.Ed25519} {
		add("with a key of type "+string(kind), "", basic.With(testca.Key(kind)))
	}
	add("with a short key", "OpenSSL's default level in Debian takes 1,024 bits for 80 bits of strength, which its verify does not refuse",
		basic.With(testca.Key(testca.RSA1024)))
	for root := -1; root <= 1; root++ {
		for first := -1; first <= 1; first++ {
			a := testca.Root(t, "Root", func(s *testca.Spec) { s.PathLen = root }).Issue(testca.Authority("A").With(func(s *testca.Spec) { s.PathLen = first }))
			list = append(list, both{fmt.Sprint("path lengths ", root, " ", first), a.Issue(testca.Authority("B")).Issue(testca.Person("alice@example.org")), nil, ""})
		}
	}
	return list
}

// leaves varies the leaf.
func leaves(t *testing.T) (list []both) {
	root := testca.Root(t, "Root")
	add := func(name, differs string, s testca.Spec) {
		list = append(list, both{name, root.Issue(s), nil, differs})
	}
	alice := testca.Person("alice@example.org")
	for _, u := range []pki.KeyUsage{0, pki.DigitalSignature, pki.NonRepudiation, pki.KeyEncipherment, pki.KeyAgreement, pki.KeyCertSign} {
		add("usage "+u.String(), "", alice.With(testca.Usage(u)))
	}
	for _, u := range [][]der.OID{nil, {alg.OIDUsageEmailProtection}, {alg.OIDUsageServerAuth}, {alg.OIDUsageServerAuth, alg.OIDUsageEmailProtection}, {alg.OIDUsageCodeSigning}} {
		add(fmt.Sprint("purposes ", u), "", alice.With(testca.ExtUsage(u...)))
	}
	add("keyCertSign by a person", "RFC 5280 §4.2.1.9: the certificate contradicts itself, which OpenSSL minds only with -x509_strict",
		alice.With(testca.Usage(pki.DigitalSignature|pki.KeyCertSign)))
	add("any purpose", "RFC 8550 §4.4.4 takes anyExtendedKeyUsage, and OpenSSL 3.0 does not", alice.With(testca.ExtUsage(alg.OIDUsageAny)))
	add("an authority", "S/MIME BR §7.1.2.3 (d): an authority signs no mail", testca.Authority("Issuing"))
	add("expired", "", alice.With(testca.Valid(testca.NotBefore, testca.NotBefore.AddDate(0, 1, 0))))
	add("with an unknown critical extension", "", alice.With(extend(pki.Extension{ID: "\x2a\x03\x04", Critical: true, Value: []byte{5, 0}})))
	return list
}

// names varies constraints and names.
func names(t *testing.T) (list []both) {
	for _, c := range []struct {
		permitted, excluded string
		names               []pki.GeneralName
		differs             string
	}{
		{"example.org", "", []pki.GeneralName{pki.RFC822("alice@example.org")}, ""},
		{"example.org", "", []pki.GeneralName{pki.RFC822("alice@EXAMPLE.org")}, ""},
		{"example.org", "", []pki.GeneralName{pki.RFC822("alice@mail.example.org")}, ""},
		{"example.org", "", []pki.GeneralName{pki.RFC822("alice@notexample.org")}, ""},
		{".example.org", "", []pki.GeneralName{pki.RFC822("alice@mail.example.org")}, ""},
		{".example.org", "", []pki.GeneralName{pki.RFC822("alice@example.org")}, ""},
		{"alice@example.org", "", []pki.GeneralName{pki.RFC822("alice@example.org")}, ""},
		{"alice@example.org", "", []pki.GeneralName{pki.RFC822("bob@example.org")}, ""},
		{"", "example.org", []pki.GeneralName{pki.RFC822("alice@example.org")}, ""},
		{"", "example.org", []pki.GeneralName{pki.RFC822("alice@example.net")}, ""},
		{"", ".example.org", []pki.GeneralName{pki.RFC822("alice@a.b.example.org")}, ""},
		{"", "alice@example.org", []pki.GeneralName{pki.RFC822("alice@example.org")}, ""},
		{"example.org", "", []pki.GeneralName{pki.RFC822("alice@example.org"), pki.RFC822("alice@evil.example")}, ""},
		{"example.org", "", []pki.GeneralName{pki.DNS("evil.example")}, ""},
		{"", "example.org", []pki.GeneralName{pki.RFC822("alice@example.org.")}, "CVE-2026-8763: a dot at the end escapes in OpenSSL 3.0"},
		{"", "example.org", []pki.GeneralName{pki.SmtpUTF8("用户@example.org")}, ""},
		{"", "alice@example.org", []pki.GeneralName{pki.RFC822("ALICE@example.org")}, "the local part is compared exactly in OpenSSL; mail gets there all the same"},
	} {
		var permitted, excluded []pki.GeneralSubtree
		if c.permitted != "" {
			permitted = trees(pki.RFC822(c.permitted))
		}
		if c.excluded != "" {
			excluded = trees(pki.RFC822(c.excluded))
		}
		issuing := testca.Root(t, "Root").Issue(testca.Authority("Issuing").With(constrained(t, permitted, excluded)))
		list = append(list, both{fmt.Sprintf("permitted %q, excluded %q: %v", c.permitted, c.excluded, c.names), issuing.Issue(named(c.names...)), nil, c.differs})
	}
	return list
}

func TestOpenSSLJudgesTheSame(t *testing.T) {
	peer.Need(t, "openssl")
	dir := t.TempDir()
	write := func(name string, list ...*pki.Certificate) string {
		var out []byte
		for _, c := range list {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, out, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	agree := 0
	for _, c := range append(append(authorities(t), leaves(t)...), names(t)...) {
		r := ask(c.leaf)
		got := chain.Verify(t.Context(), r)
		root := c.leaf
		for root.Issuer != nil {
			root = root.Issuer
		}
		argv := []string{"openssl", "verify", "-purpose", "smimesign", "-attime", fmt.Sprint(testca.Now.Unix()), "-CAfile", write("root.pem", root.Certificate)}
		if pool := append(c.leaf.Chain()[1:], c.pool...); len(pool) > 0 {
			argv = append(argv, "-untrusted", write("pool.pem", pool...))
		}
		out, errOut, err := peer.Try(t, nil, append(argv, write("leaf.pem", c.leaf.Certificate))...)
		if same := got.OK == (err == nil); same == (c.differs == "") {
			agree++
			continue
		}
		t.Errorf("%s: we say %v, OpenSSL %v (%q expected)\nwe: %v\nOpenSSL: %s %s", c.name, got.OK, err == nil, c.differs, got.Failures, out, errOut)
	}
	t.Logf("%d chains", agree)
}
