package kit_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/smime"
)

// person is somebody who has had certificates for years: a pair in use, and the encryption keys of two years before.
type person struct {
	root     *testca.Entity
	issuing  *testca.Entity
	officer  *testca.Entity // signs profiles
	signing  *testca.Entity
	current  *testca.Entity // for encryption
	old      []*testca.Entity
	keys     kit.FileKeys
	contents kit.Contents
}

const address = "alice@example.org"

// newPerson makes a person with keys of a kind. A dual one has one key for both uses.
func newPerson(t *testing.T, kind testca.KeyKind, dual bool) *person {
	p := &person{root: testca.Root(t, "Kit Root")}
	p.issuing = p.root.Issue(testca.Authority("Kit Issuing CA"))
	p.officer = p.issuing.Issue(testca.Person("pki@example.org").With(testca.Named("Example Org PKI", "Example Org")))
	encryption := pki.KeyEncipherment
	if kind != testca.RSA {
		encryption = pki.KeyAgreement
	}
	year := func(y int) testca.Change {
		return testca.Valid(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	subject, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "Alice Example"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	issue := func(k testca.KeyKind, changes ...testca.Change) *testca.Entity {
		n++ // each with a key of its own: they are kept by name
		s := testca.Person(address).With(append([]testca.Change{testca.Key(k)}, changes...)...)
		s.Name, s.Subject = fmt.Sprint("Alice ", n), &subject
		return p.issuing.Issue(s)
	}
	if dual {
		p.signing = issue(kind)
		p.current = p.signing
	} else {
		p.signing = issue(kind, testca.Usage(pki.DigitalSignature))
		p.current = issue(kind, testca.Usage(encryption))
	}
	for _, y := range []int{2025, 2024} {
		p.old = append(p.old, issue(kind, testca.Usage(encryption), year(y)))
	}
	p.contents = kit.Contents{Name: "Alice Example", Address: address, Chain: []*pki.Certificate{p.issuing.Certificate, p.root.Certificate}}
	p.hold(p.signing)
	if !dual {
		p.hold(p.current)
	}
	for _, e := range p.old {
		p.hold(e)
	}
	return p
}

func (p *person) hold(e *testca.Entity) {
	id := string(rune('0' + len(p.keys)))
	p.keys = append(p.keys, keyfile.Key{Private: e.Key})
	p.contents.Keys = append(p.contents.Keys, kit.Held{ID: id, Certificates: []*pki.Certificate{e.Certificate}})
}

// profile is how this person's authority signs profiles.
func (p *person) profile() *kit.Profile {
	return &kit.Profile{Organisation: "Example Org", Identifier: "org.example.smime", Key: p.officer.Signer(), Certificate: p.officer.Certificate,
		Chain: []*pki.Certificate{p.issuing.Certificate}, Mail: &kit.MailServer{Incoming: "imap.example.org", Outgoing: "smtp.example.org"}}
}

func (p *person) make(t *testing.T, o kit.Options) *kit.Kit {
	t.Helper()
	o.Now, o.By = testca.Now, "test"
	if o.Form == kit.Apple && o.Profile == nil {
		o.Profile = p.profile()
	}
	k, err := (&kit.Maker{Keys: p.keys}).Make(t.Context(), p.contents, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func own(t *testing.T, text string) *kit.Password {
	t.Helper()
	p, err := kit.OwnPassword(text)
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

const secretMail = "From: Bob <bob@example.org>\r\nTo: Alice <alice@example.org>\r\nSubject: offer\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\n\r\nThe answer is 42.\r\n"

// mailTo encrypts a mail for a certificate with the cipher that every program reads.
func mailTo(t *testing.T, c *pki.Certificate) []byte {
	t.Helper()
	m, err := eml.Parse(bytes.NewReader([]byte(secretMail)), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	o := smime.EncryptOptions{Recipients: []smime.Recipient{{Certificate: c}}, Policy: smime.CipherPolicy{Cipher: alg.OIDAES256CBC}}
	if err := smime.Encrypt(t.Context(), &out, m, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// opens tells how many mails our own engine opens with the keys out of a PKCS#12 file.
func opens(t *testing.T, file []byte, password string, mails [][]byte) (n int) {
	t.Helper()
	b, err := keyfile.Read(file, keyfile.Options{Password: []byte(password), Allow: alg.Allow{Legacy: true}})
	if err != nil {
		t.Fatal(err)
	}
	var keys cms.KeyList
	for _, id := range b.Match() {
		for _, c := range id.Others {
			keys = append(keys, cms.Key{Certificate: c, Private: id.Key.Private})
		}
	}
	for _, mail := range mails {
		m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		r, err := (&smime.Opener{Now: testca.Now, Keys: keys}).Open(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if r.Opened {
			n++
		}
		r.Close()
	}
	return n
}
