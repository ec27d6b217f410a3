package gateway

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// org is an organisation with one authority and three people.
type org struct {
	t                 *testing.T
	root              *testca.Entity
	alice, bob, carol *testca.Entity
}

func newOrg(t *testing.T) *org {
	root := testca.Root(t, "Partner Root")
	return &org{t, root, root.Issue(testca.Person("alice@partner.test")), root.Issue(testca.Person("bob@corp.test")), root.Issue(testca.Person("carol@corp.test"))}
}

const plainMail = "Received: from x by y\r\nFrom: Alice <alice@partner.test>\r\nTo: bob@corp.test\r\nSubject: hello\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: text/plain\r\n\r\nMARKER text\r\n"

func (o *org) parse(raw []byte) *eml.Message {
	m, err := eml.Parse(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		o.t.Fatal(err)
	}
	return m
}

func (o *org) sign(raw string, by *testca.Entity) []byte {
	var out bytes.Buffer
	s := smime.Signer(by.Signer(), by.Certificate, testca.Now)
	err := smime.Sign(o.t.Context(), &out, o.parse([]byte(raw)), smime.SignOptions{CMS: cms.SignedOptions{Certificates: by.Chain(), Signers: []cms.SignerOptions{s}}})
	if err != nil {
		o.t.Fatal(err)
	}
	return out.Bytes()
}

func (o *org) encrypt(raw []byte, protect *smime.Protection, to ...*testca.Entity) []byte {
	var out bytes.Buffer
	e := smime.EncryptOptions{Protect: protect}
	for _, p := range to {
		e.Recipients = append(e.Recipients, smime.Recipient{Certificate: p.Certificate})
	}
	if err := smime.Encrypt(o.t.Context(), &out, o.parse(raw), e); err != nil {
		o.t.Fatal(err)
	}
	return out.Bytes()
}

// ring has keys by address; of "down@" it cannot say.
type ring map[string]*testca.Entity

func (k ring) Of(_ context.Context, address string) (cms.Keys, error) {
	if strings.HasPrefix(address, "down@") {
		return nil, errors.New("vault is away")
	}
	e := k[address]
	if e == nil {
		return nil, nil
	}
	return cms.KeyList{{Certificate: e.Certificate, Private: e.Key}}, nil
}

func (o *org) inbound() *Inbound {
	return &Inbound{ID: "mx.corp.test", Opener: smime.Opener{Trust: chain.NewAnchors(chain.Anchor{Certificate: o.root.Certificate}), Revocation: chain.Off},
		Keys: ring{"bob@corp.test": o.bob, "carol@corp.test": o.carol}}
}

func (o *org) handle(g *Inbound, raw []byte, to ...string) *Outcome {
	o.t.Helper()
	out, err := g.Handle(o.t.Context(), Mail{From: "alice@partner.test", Recipients: to, Content: bytes.NewReader(raw), Arrived: testca.Now})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { out.Close() })
	return out
}

func written(t *testing.T, b *Body) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestASignedMailIsMarkedAndNotChanged(t *testing.T) {
	o := newOrg(t)
	raw := o.sign(plainMail, o.alice)
	var learned []string
	g := o.inbound()
	g.Learn = func(_ context.Context, v smime.Verified) error { learned = append(learned, v.Address()); return nil }
	out := o.handle(g, raw, "bob@corp.test", "zoe@corp.test")
	if len(out.Bodies) != 1 || out.Bodies[0].Action != Deliver || out.Verdict.Word != policy.Genuine {
		t.Fatalf("%+v", out)
	}
	got := written(t, out.Bodies[0])
	head, rest, _ := strings.Cut(got, "Received: from x")
	if "Received: from x"+rest != string(raw) {
		t.Errorf("the mail was changed: %s", got)
	}
	unfolded := strings.ReplaceAll(head, "\r\n ", " ")
	if !strings.HasPrefix(unfolded, "Authentication-Results: mx.corp.test; smime=pass (") || !strings.Contains(unfolded, " body.smime-identifier=alice@partner.test body.smime-part=2 body.smime-serial=") ||
		!strings.Contains(unfolded, "\r\nWaxwing-Verdict: genuine;signed=all;encrypted=none;signer=\"alice@partner.test\";reason=") {
		t.Errorf("marks %q", head)
	}
	if len(learned) != 1 || learned[0] != "alice@partner.test" {
		t.Errorf("learned %v", learned)
	}
}

// GATEWAY 27
func TestEachKindOfBadSignatureHasItsResult(t *testing.T) {
	o := newOrg(t)
	stranger := testca.Root(t, "Other Root").Issue(testca.Person("alice@partner.test"))
	old := o.root.Issue(testca.Person("alice@partner.test").With(testca.Valid(testca.Now.AddDate(-2, 0, 0), testca.Now.AddDate(-1, 0, 0))))
	for name, c := range map[string]struct {
		raw    string
		result string
		word   policy.Word
	}{
		"altered":      {strings.Replace(string(o.sign(plainMail, o.alice)), "MARKER text", "MARKER Text", 1), "smime=fail (", policy.Altered},
		"impostor":     {string(o.sign(plainMail, o.bob)), "smime=policy (", policy.Impostor},
		"untrusted":    {string(o.sign(plainMail, stranger)), "smime=policy (", policy.Untrusted},
		"expired":      {string(o.sign(plainMail, old)), "smime=policy (", policy.Expired},
		"not signed":   {plainMail, "smime=none", policy.Unsigned},
		"a part of it": {"From: alice@partner.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nnot signed\r\n--x\r\n" + part(string(o.sign(plainMail, o.alice))) + "\r\n--x--\r\n", "smime=policy (", policy.Untrusted},
	} {
		out := o.handle(o.inbound(), []byte(c.raw), "bob@corp.test")
		got := written(t, out.Bodies[0])
		if out.Verdict.Word != c.word || !strings.Contains(got, "mx.corp.test; "+c.result) || !strings.Contains(got, "Waxwing-Verdict: "+string(c.word)+";") || strings.Contains(got, "smime=pass") {
			t.Errorf("%s: %s\n%.600s", name, out.Verdict.Word, got)
		}
	}
	g := o.inbound()
	g.Actions = map[policy.Word]Action{policy.Altered: Refuse}
	out := o.handle(g, []byte(strings.Replace(string(o.sign(plainMail, o.alice)), "MARKER", "MARKET", 1)), "bob@corp.test")
	if b := out.Bodies[0]; b.Action != Refuse || b.Enhanced != "5.7.7" || b.Reply == "" {
		t.Errorf("%+v", b)
	}
}

// part cuts the fields that a part has no use for.
func part(mail string) string { return mail[strings.Index(mail, "Content-Type: multipart/signed"):] }

// GATEWAY 30
func TestForgedMarksAreGoneAndOthersStay(t *testing.T) {
	o := newOrg(t)
	for _, f := range []string{
		"Authentication-Results: mx.corp.test; smime=pass", "authentication-results:mx.corp.test;smime=pass", "AUTHENTICATION-RESULTS : mx.corp.test; smime=pass",
		"Authentication-Results: MX.Corp.TEST; smime=pass", "Authentication-Results: mx.corp.test.; smime=pass", "Authentication-Results: mx.corp.test 1; smime=pass",
		"Authentication-Results: (comment) mx.corp.test; smime=pass", "Authentication-Results: (a (b) c) mx.corp.test (d); smime=pass", "Authentication-Results: \"mx.corp.test\"; smime=pass",
		"Authentication-Results: \"mx.\\corp.test\"; smime=pass", "Authentication-Results:\r\n\tmx.corp.test;\r\n\tsmime=pass", "Authentication-Results: mx.corp(x).test; smime=pass",
		"Authentication-Results: ; smime=pass", "Authentication-Results: smime=pass", "Authentication-Results:", "Authentication-Results: =?utf-8?Q?mx.corp.test?=; smime=pass",
		"Authentication-Results: mx.corp.te\u200bst; smime=pass", "Authentication-Results: ｍｘ.corp.test; smime=pass", "Authentication-Results: mx.c\u043erp.test; smime=pass",
		"Authentication-Results: mx。corp。test; smime=pass", "Authentication-Results: x mx.corp.test; smime=pass", "Authentication-Results: (mx.corp.test; smime=pass",
		"Waxwing-Verdict: genuine", "waxwing-verdict : genuine", "X-Waxwing: v=1", "X-Waxwing-Ingress: v=1", "WAXWING-FOO: x",
	} {
		out := o.handle(o.inbound(), []byte(f+"\r\n"+plainMail), "bob@corp.test")
		got := written(t, out.Bodies[0])
		if head, _, _ := strings.Cut(got, "Received: from x"); strings.Count(strings.ToLower(head), "authentication-results") != 1 || strings.Count(strings.ToLower(head), "waxwing-") != 1 || strings.Contains(head, "pass") || strings.Contains(head, "genuine") {
			t.Errorf("%q is left: %q", f, head)
		}
	}
	for _, f := range []string{"Authentication-Results: mx.other.test; spf=pass", "Authentication-Results: spam.example 1; dkim=pass (mx)", "ARC-Authentication-Results: i=1; mx.corp.test; dkim=pass"} {
		out := o.handle(o.inbound(), []byte(f+"\r\n"+plainMail), "bob@corp.test")
		if got := written(t, out.Bodies[0]); !strings.Contains(got, f+"\r\n") {
			t.Errorf("%q is gone", f)
		}
	}
}

// GATEWAY 23, 25, 26
func TestAnEncryptedMailIsOpenedForThoseWhoHaveKeysHere(t *testing.T) {
	o := newOrg(t)
	raw := o.encrypt(o.sign(plainMail, o.alice), nil, o.bob)
	out := o.handle(o.inbound(), raw, "bob@corp.test", "carol@corp.test", "zoe@corp.test", "down@corp.test")
	got := map[string]*Body{}
	for _, b := range out.Bodies {
		for _, r := range b.For {
			got[r] = b
		}
	}
	bob := written(t, got["bob@corp.test"])
	unfolded := strings.ReplaceAll(bob, "\r\n ", " ")
	if got["bob@corp.test"].Opened == nil || !strings.Contains(bob, "MARKER text") || !strings.Contains(bob, "smime=pass") || !strings.Contains(unfolded, " body.smime-part=1/2 ") || !strings.Contains(unfolded, "Waxwing-Verdict: genuine;signed=all;encrypted=all;opened=?1") {
		t.Errorf("bob gets %s", bob)
	}
	r, err := (&smime.Opener{Trust: o.inbound().Opener.Trust, Now: testca.Now, Revocation: chain.Off}).Open(t.Context(), o.parse([]byte(bob)))
	if err != nil || !r.Signers[0].OK() {
		t.Errorf("the signature did not survive: %v", err)
	}
	for _, who := range []string{"carol@corp.test", "zoe@corp.test"} { // carol has a key, and the mail is not for it
		b := got[who]
		text := written(t, b)
		if b.Opened != nil || b.Action != Deliver || !strings.HasSuffix(text, string(raw)) || !strings.Contains(text, "smime=neutral") || !strings.Contains(text, "Waxwing-Verdict: unreadable;") {
			t.Errorf("%s gets %s", who, text)
		}
	}
	if b := got["down@corp.test"]; b.Action != Defer {
		t.Errorf("%+v", b)
	}
	if len(got) != 4 {
		t.Errorf("%d recipients", len(got))
	}
}

// GATEWAY 32: CVE-2026-27443, CVE-2026-29143
func TestNothingFromInsideIsTakenForAHeader(t *testing.T) {
	o := newOrg(t)
	inside := "From: ceo@corp.test\r\nSubject: [signed OK] pay\r\nReply-To: evil@x.test\r\nAuthentication-Results: mx.corp.test; smime=pass\r\nWaxwing-Verdict: genuine\r\n" +
		"List-Id: <x>\r\nX-Priority: 1\r\nReceived: from inside\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Language: de\r\n\r\nMARKER\n.\nlf only\n"
	// Encrypt takes the content fields of a mail inside; here everything goes in.
	var out bytes.Buffer
	_, options, err := smime.Envelope(smime.EncryptOptions{Recipients: []smime.Recipient{{Certificate: o.bob.Certificate}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := cmsEncrypt(&out, options, inside); err != nil {
		t.Fatal(err)
	}
	raw := "From: Mallory <m@x.test>\r\nSubject: hi\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n" + out.String()
	got := written(t, o.handle(o.inbound(), []byte(raw), "bob@corp.test").Bodies[0])
	for _, bad := range []string{"ceo@", "signed OK", "Reply-To", "smime=pass", "genuine", "List-Id", "X-Priority", "from inside"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q came out", bad)
		}
	}
	for _, good := range []string{"From: Mallory <m@x.test>\r\n", "Subject: hi\r\n", "Content-Language: de\r\n", "\r\n\r\nMARKER\r\n.\r\nlf only\r\n"} {
		if !strings.Contains(got, good) {
			t.Errorf("%q is missing in %s", good, got)
		}
	}
}

func TestAProtectedSubjectComesOut(t *testing.T) {
	o := newOrg(t)
	p := &smime.Protection{Encrypted: true}
	var signed bytes.Buffer
	s := smime.Signer(o.alice.Signer(), o.alice.Certificate, testca.Now)
	if err := smime.Sign(t.Context(), &signed, o.parse([]byte(plainMail)), smime.SignOptions{CMS: cms.SignedOptions{Certificates: o.alice.Chain(), Signers: []cms.SignerOptions{s}}, Protect: p}); err != nil {
		t.Fatal(err)
	}
	raw := o.encrypt(signed.Bytes(), nil, o.bob)
	if strings.Contains(string(raw), "Subject: hello") {
		t.Fatal("the subject is not protected")
	}
	got := written(t, o.handle(o.inbound(), raw, "bob@corp.test").Bodies[0])
	head, _, _ := strings.Cut(got, "\r\n\r\n")
	if strings.Count(head, "Subject:") != 1 || !strings.Contains(head, "Subject: hello") || strings.Count(head, "\r\nFrom:") != 1 || !strings.Contains(head, "smime=pass") {
		t.Errorf("header %s", head)
	}
}

// GATEWAY 39: what stands beside ciphertext never gets the plaintext.
func TestCiphertextBesideOtherPartsStaysClosed(t *testing.T) {
	o := newOrg(t)
	secret := string(o.encrypt([]byte(plainMail), nil, o.bob))
	secret = secret[strings.Index(secret, "Content-Type:"):]
	raw := "From: m@x.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<img src=\"http://x.test/\r\n--x\r\n" + secret + "\r\n--x\r\nContent-Type: text/html\r\n\r\n\">\r\n--x--\r\n"
	out := o.handle(o.inbound(), []byte(raw), "bob@corp.test")
	if b := out.Bodies[0]; b.Opened != nil || strings.Contains(written(t, b), "MARKER") {
		t.Error("the plaintext came out")
	}
}

// GATEWAY 42
func TestAMailBeyondALimitIsRefused(t *testing.T) {
	o := newOrg(t)
	g := o.inbound()
	g.Opener.Limits.Set(limit.Parts, 5)
	raw := "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\npart\r\n", 50) + "--x--\r\n"
	out := o.handle(g, []byte(raw), "bob@corp.test")
	if b := out.Bodies[0]; b.Action != Refuse || b.Enhanced != "5.6.0" {
		t.Errorf("%+v", b)
	}
	if _, err := g.Handle(t.Context(), Mail{Content: bytes.NewReader(nil)}); err == nil {
		t.Error("a mail without time was judged")
	}
}

func cmsEncrypt(out *bytes.Buffer, o cms.EnvelopeOptions, content string) error {
	var der bytes.Buffer
	w, err := cms.NewEnvelopedWriter(&der, o)
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(content)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	e := eml.NewBase64Encoder(out, 76, eml.CRLF)
	e.Write(der.Bytes())
	return e.Close()
}
