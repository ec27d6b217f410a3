package kit_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
)

func TestAKitHasTheChainAndTheOldEncryptionKeys(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	k := p.make(t, kit.Options{})
	b, err := keyfile.Read(k.File, keyfile.Options{Password: []byte(k.Password.Reveal())})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Keys) != 4 || len(b.Certificates) != 6 || k.FileName != "alice@example.org.p12" || !k.Password.Generated() {
		t.Errorf("%d keys and %d certificates in %s", len(b.Keys), len(b.Certificates), k.FileName)
	}
	if name := b.Match()[0].Key.Name; name != "Alice Example, signing, until 2045-01-01" {
		t.Errorf("the first key is called %q", name)
	}
	current := 0
	for _, i := range k.Items {
		if i.Key && i.Current {
			current++
		}
	}
	if current != 2 {
		t.Errorf("%d keys are said to be current", current)
	}
}

// AUTHORITY 43: on a new laptop the history kit decrypts the mails of three years.
func TestTheHistoryKitOpensTheMailOfThreeYears(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	k := p.make(t, kit.Options{Form: kit.History})
	mails := [][]byte{mailTo(t, p.current.Certificate), mailTo(t, p.old[0].Certificate), mailTo(t, p.old[1].Certificate)}
	if n := opens(t, k.File, k.Password.Reveal(), mails); n != 3 {
		t.Errorf("%d of 3 mails are opened", n)
	}
	b, err := keyfile.Read(k.File, keyfile.Options{Password: []byte(k.Password.Reveal())})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range b.Match() {
		if id.Certificate.Equal(p.signing.Certificate) {
			t.Error("the history kit gives away the signing key")
		}
	}
	if k.FileName != "alice@example.org.history.p12" {
		t.Error(k.FileName)
	}
}

func TestARenewalThatKeptItsKeyGoesInWithBothCertificates(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	again := p.issuing.Renew(p.current, testca.Person(address).With(testca.Usage(pki.KeyAgreement), testca.Valid(testca.Now, testca.Now.Add(1000*time.Hour))))
	p.contents.Keys[1].Certificates = []*pki.Certificate{again.Certificate, p.current.Certificate}
	k := p.make(t, kit.Options{})
	if n := opens(t, k.File, k.Password.Reveal(), [][]byte{mailTo(t, again.Certificate), mailTo(t, p.current.Certificate)}); n != 2 {
		t.Errorf("%d of 2 mails are opened", n)
	}
}

func TestWhatCannotBecomeAKitIsRefusedWithTheReason(t *testing.T) {
	p := newPerson(t, testca.P256, false)
	m := &kit.Maker{Keys: p.keys}
	for _, c := range []struct {
		name, want string
		change     func(*kit.Contents, *kit.Options)
	}{
		{"no address", "mailbox", func(c *kit.Contents, _ *kit.Options) { c.Address = "" }},
		{"no key", "no key", func(c *kit.Contents, _ *kit.Options) { c.Keys = nil }},
		{"no encryption key for the history", "no key", func(c *kit.Contents, o *kit.Options) { c.Keys, o.Form = c.Keys[:1], kit.History }},
		{"no certificate", "no certificate", func(c *kit.Contents, _ *kit.Options) { c.Keys = []kit.Held{{ID: "0"}} }},
		{"a key that is not there", "no key", func(c *kit.Contents, _ *kit.Options) {
			c.Keys = []kit.Held{{ID: "99", Certificates: c.Keys[0].Certificates}}
		}},
		{"an unknown form", "modern, compatible, apple, history", func(_ *kit.Contents, o *kit.Options) { o.Form = "zip" }},
	} {
		contents, o := p.contents, kit.Options{Now: testca.Now}
		c.change(&contents, &o)
		if _, err := m.Make(t.Context(), contents, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAFileNameIsOneOnEverySystem(t *testing.T) {
	p := newPerson(t, testca.P256, true)
	for address, want := range map[string]string{
		"../etc/x@example.org": "_etc_x@example.org.p12", `a:b"c@example.org`: "a_b_c@example.org.p12", "-rf@example.org": "rf@example.org.p12", "jörg@exämple.org": "jörg@exämple.org.p12",
	} {
		p.contents.Address = address
		if got := p.make(t, kit.Options{Form: kit.Compatible}).FileName; got != want {
			t.Errorf("%q becomes %q, want %q", address, got, want)
		}
	}
}

func TestCertificatesAloneForThoseWhoKeptTheirKey(t *testing.T) {
	peer.Need(t, "openssl")
	p := newPerson(t, testca.P256, true)
	own := []*pki.Certificate{p.current.Certificate}
	p7c, err := kit.Certificates(own, p.contents.Chain)
	if err != nil {
		t.Fatal(err)
	}
	out := peer.Run(t, p7c, "openssl", "pkcs7", "-inform", "DER", "-print_certs")
	if n := bytes.Count(out, []byte("BEGIN CERTIFICATE")); n != 3 {
		t.Errorf("OpenSSL finds %d certificates in the .p7c", n)
	}
	text := kit.CertificatesPEM(own, p.contents.Chain)
	if first, _ := pem.Decode(text); !bytes.Equal(first.Bytes, own[0].Raw) || bytes.Count(text, []byte("BEGIN CERTIFICATE")) != 3 {
		t.Error("the PEM does not begin with the person's certificate, or lacks some")
	}
	// The answer to a request for a key that never left the person: it goes with his key.
	dir := t.TempDir()
	key, chain := filepath.Join(dir, "own.key"), filepath.Join(dir, "chain.pem")
	for path, data := range map[string][]byte{key: p.current.KeyPEM(), chain: text} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	peer.Run(t, nil, "openssl", "pkcs12", "-export", "-inkey", key, "-in", chain, "-passout", "pass:x", "-out", filepath.Join(dir, "own.p12"))
}
