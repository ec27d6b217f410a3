package interop

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// house is an authority, senders and recipients by kind of key, and their files.
type house struct {
	t       *testing.T
	dir     string
	root    *testca.Entity
	people  map[testca.KeyKind]*testca.Entity
	friends []*testca.Entity // further recipients
}

const mail = "From: Alice <alice@example.org>\r\nTo: Bob <bob@example.org>\r\nSubject: proof\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
	"Gr\xc3\xbc\xc3\x9fe,\r\n\r\nFrom here on nothing is changed. \r\n.\r\n"

func newHouse(t *testing.T) *house {
	h := &house{t: t, dir: t.TempDir(), people: map[testca.KeyKind]*testca.Entity{}}
	h.root = testca.Root(t, "Interop Root")
	issuing := h.root.Issue(testca.Authority("Interop Issuing CA"))
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.Ed25519} {
		h.people[k] = issuing.Issue(testca.Person("alice@example.org").With(testca.Key(k)))
		h.people[k].Files(h.dir, fileName(k))
	}
	for _, name := range []string{"carol@example.org", "dave@example.org"} {
		h.friends = append(h.friends, issuing.Issue(testca.Person(name)))
		h.friends[len(h.friends)-1].Files(h.dir, name)
	}
	h.root.Files(h.dir, "root")
	issuing.Files(h.dir, "issuing")
	return h
}

func fileName(k testca.KeyKind) string {
	if k == testca.P256 {
		return "P-256"
	}
	return string(k)
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }

func (h *house) write(name string, data []byte) string {
	h.t.Helper()
	if err := os.WriteFile(h.path(name), data, 0o600); err != nil {
		h.t.Fatal(err)
	}
	return h.path(name)
}

func (h *house) read(name string) []byte {
	h.t.Helper()
	data, err := os.ReadFile(h.path(name))
	if err != nil {
		h.t.Fatal(err)
	}
	return data
}

// opener trusts the root and holds every key.
func (h *house) opener() smime.Opener {
	var keys cms.KeyList
	for _, p := range h.people {
		keys = append(keys, cms.Key{Certificate: p.Certificate, Private: p.Key})
	}
	return smime.Opener{Now: testca.Now, Trust: chain.NewAnchors(chain.Anchor{Certificate: h.root.Certificate}), Keys: keys}
}

func parse(t *testing.T, raw []byte) *eml.Message {
	t.Helper()
	m, err := eml.Parse(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// judge opens a mail of ours or a peer's and returns the word and why.
func (h *house) judge(raw []byte) (policy.Word, string) {
	h.t.Helper()
	o := h.opener()
	r, err := o.Open(h.t.Context(), parse(h.t, raw))
	if err != nil {
		return "", err.Error()
	}
	defer r.Close()
	v := policy.Judge(r, policy.Settings{})
	return v.Word, v.Reason
}

// opened returns the mail with its encryption undone.
func (h *house) opened(raw []byte) ([]byte, bool) {
	h.t.Helper()
	o := h.opener()
	r, err := o.Open(h.t.Context(), parse(h.t, raw))
	if err != nil {
		return nil, false
	}
	defer r.Close()
	var out bytes.Buffer
	if err := r.WriteMessage(&out); err != nil || !r.Opened {
		return nil, false
	}
	return out.Bytes(), true
}

// sign signs the mail as one of the people.
func (h *house) sign(raw []byte, k testca.KeyKind, pss, opaque bool) []byte {
	h.t.Helper()
	p := h.people[k]
	signer := smime.Signer(p.Signer(), p.Certificate, testca.Now)
	signer.PSS = pss
	var out bytes.Buffer
	err := smime.Sign(h.t.Context(), &out, parse(h.t, raw), smime.SignOptions{Opaque: opaque,
		CMS: cms.SignedOptions{Signers: []cms.SignerOptions{signer}, Certificates: p.Chain()}})
	if err != nil {
		h.t.Fatalf("sign with %s: %v", fileName(k), err)
	}
	return out.Bytes()
}

// encrypt encrypts a mail to one of the people, and to friends.
func (h *house) encrypt(raw []byte, k testca.KeyKind, o smime.EncryptOptions, friends int) []byte {
	h.t.Helper()
	o.Recipients = []smime.Recipient{{Certificate: h.people[k].Certificate}}
	for _, f := range h.friends[:friends] {
		o.Recipients = append(o.Recipients, smime.Recipient{Certificate: f.Certificate})
	}
	var out bytes.Buffer
	if err := smime.Encrypt(h.t.Context(), &out, parse(h.t, raw), o); err != nil {
		h.t.Fatalf("encrypt to %s: %v", fileName(k), err)
	}
	return out.Bytes()
}
