package policy

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/vectors"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime"
)

// workshop makes the attack collection.
type workshop struct {
	t                   *testing.T
	root, ca            *testca.Entity
	alice, bob, mallory *testca.Entity
	stranger            *testca.Entity // an authority that nobody trusts
	made                []vectors.Vector
}

const lunch = "From: Alice <alice@example.org>\r\nTo: Bob <bob@example.org>\r\nSubject: Lunch\r\nDate: Wed, 25 Nov 2026 11:00:00 +0000\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nShall we meet at noon?\r\n"

// header is lunch's without the fields that describe the body.
const header = "From: Alice <alice@example.org>\r\nTo: Bob <bob@example.org>\r\nSubject: Lunch\r\nMIME-Version: 1.0\r\n"

func TestMakeTheAttacks(t *testing.T) {
	if !*update {
		t.Skip("go test ./policy -update makes them")
	}
	w := &workshop{t: t, root: testca.Root(t, "Attacked Root"), stranger: testca.Root(t, "Stranger Root")}
	w.ca = w.root.Issue(testca.Authority("Attacked Issuing CA"))
	w.alice, w.bob, w.mallory = w.person("alice@example.org"), w.person("bob@example.org"), w.person("mallory@example.net")
	w.identity()
	w.objects()
	w.paths()
	w.structures()
	w.secrecy()
	w.transport()
	w.forgedNames()
	w.authorities()
	w.evidence()
	w.wrappings()
	w.envelopes()
	w.oldCertificates()
	w.write()
}

// write replaces the collection.
func (w *workshop) write() {
	dir := vectors.Folder(w.t, "attacks")
	if err := os.RemoveAll(dir); err != nil {
		w.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		w.t.Fatal(err)
	}
	file := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	file("root.pem", w.root.CertificatePEM())
	file("bob.pem", append(w.bob.KeyPEM(), w.bob.CertificatePEM()...))
	for _, v := range w.made {
		if _, err := os.Stat(filepath.Join(dir, v.Name+".vector")); err == nil {
			w.t.Errorf("two scenarios are called %s", v.Name)
		}
		file(v.Name+".vector", v.Bytes())
	}
}

// add adds a scenario.
func (w *workshop) add(name string, expect Word, code finding.Code, mail, note string) {
	w.made = append(w.made, vectors.Vector{Name: name, Expect: string(expect), Code: string(code), Note: note, Mail: []byte(mail)})
}

func (w *workshop) person(address string, changes ...testca.Change) *testca.Entity {
	return w.ca.Issue(testca.Person(address).With(changes...))
}

func (w *workshop) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *workshop) parse(mail string) *eml.Message {
	m, err := eml.Parse(strings.NewReader(mail), limit.New(limit.Limits{}))
	w.must(err)
	return m
}

func signing(by ...*testca.Entity) smime.SignOptions {
	var o smime.SignOptions
	for _, e := range by {
		o.CMS.Signers = append(o.CMS.Signers, smime.Signer(e.Signer(), e.Certificate, testca.Now))
		o.CMS.Certificates = append(o.CMS.Certificates, e.Chain()...)
		if len(e.Chain()) == 0 {
			o.CMS.Certificates = append(o.CMS.Certificates, e.Certificate)
		}
	}
	return o
}

func (w *workshop) sign(mail string, o smime.SignOptions) string {
	w.t.Helper()
	var b bytes.Buffer
	w.must(smime.Sign(context.Background(), &b, w.parse(mail), o))
	return b.String()
}

func (w *workshop) clear(mail string, by ...*testca.Entity) string {
	return w.sign(mail, signing(by...))
}

func (w *workshop) opaque(mail string, by ...*testca.Entity) string {
	o := signing(by...)
	o.Opaque = true
	return w.sign(mail, o)
}

func (w *workshop) seal(mail string, gcm bool, to ...*testca.Entity) string {
	o := smime.EncryptOptions{Policy: smime.CipherPolicy{Cipher: alg.OIDAES128CBC}}
	if gcm {
		o.Policy.Cipher = alg.OIDAES256GCM
	}
	for _, e := range to {
		o.Recipients = append(o.Recipients, smime.Recipient{Certificate: e.Certificate})
	}
	var b bytes.Buffer
	w.must(smime.Encrypt(context.Background(), &b, w.parse(mail), o))
	return b.String()
}

// object makes a SignedData.
func (w *workshop) object(content string, o cms.SignedOptions) []byte {
	w.t.Helper()
	d, err := cms.NewDigests(o)
	w.must(err)
	d.Write([]byte(content))
	m, err := cms.Sign(o, d)
	w.must(err)
	var b bytes.Buffer
	w.must(m.Write(&b, strings.NewReader(content)))
	return b.Bytes()
}

func base64Lines(b []byte) string {
	var out strings.Builder
	e := eml.NewBase64Encoder(&out, 76, eml.CRLF)
	e.Write(b)
	e.Close()
	return out.String()
}

// p7m makes a mail of an object.
func p7m(object []byte, kind string) string {
	return header + "Content-Type: application/pkcs7-mime; smime-type=" + kind + "; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines(object)
}

// clearMail makes a multipart/signed of an entity and a signature.
func clearMail(entity string, signature []byte) string {
	return header + "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=\"sig\"\r\n\r\n--sig\r\n" + entity +
		"\r\n--sig\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines(signature) + "--sig--\r\n"
}

const entity = "Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n"

// entityOf returns the fields that describe a mail's body, and the body.
func entityOf(mail string) string {
	head, body, _ := strings.Cut(mail, "\r\n\r\n")
	at := strings.Index(head, "Content-Type:")
	return head[at:] + "\r\n\r\n" + body
}

// around puts entities into a multipart under Alice's header.
func around(subtype string, parts ...string) string {
	var b strings.Builder
	b.WriteString(header + "Content-Type: multipart/" + subtype + "; boundary=\"around\"\r\n\r\n")
	for _, p := range parts {
		b.WriteString("--around\r\n" + p + "\r\n")
	}
	return b.String() + "--around--\r\n"
}
