package smime

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// story is the cast of the tests: one authority, Alice who signs, Bob who reads.
type story struct {
	t          testing.TB
	root, ca   *testca.Entity
	alice, bob *testca.Entity
	mail       string // from Alice to Bob
}

func newStory(t testing.TB) *story {
	s := &story{t: t}
	s.root = testca.Root(t, "Example Root")
	s.ca = s.root.Issue(testca.Authority("Example Issuing CA"))
	s.alice = s.ca.Issue(testca.Person("alice@example.org"))
	s.bob = s.ca.Issue(testca.Person("bob@example.org"))
	s.mail = crlf("From: Alice <alice@example.org>\nTo: Bob <bob@example.org>\nSubject: Lunch\nDate: Wed, 25 Nov 2026 11:00:00 +0000\n" +
		"Message-ID: <1@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nShall we meet at noon?\n")
	return s
}

func crlf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}
func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func (s *story) person(address string, changes ...testca.Change) *testca.Entity {
	return s.ca.Issue(testca.Person(address).With(changes...))
}

// parse reads a mail.
func parse(t testing.TB, mail string) *eml.Message {
	t.Helper()
	m, err := eml.Parse(strings.NewReader(mail), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return m
}

// signing says how a mail is signed by people, with their certificates and those above.
func signing(by ...*testca.Entity) SignOptions {
	var o SignOptions
	for _, e := range by {
		o.CMS.Signers = append(o.CMS.Signers, Signer(e.Signer(), e.Certificate, testca.Now))
		o.CMS.Certificates = append(o.CMS.Certificates, e.Chain()...)
	}
	return o
}

// sign signs a mail.
func (s *story) sign(mail string, o SignOptions) string {
	s.t.Helper()
	var b bytes.Buffer
	if err := Sign(context.Background(), &b, parse(s.t, mail), o); err != nil {
		s.t.Fatalf("sign: %v", err)
	}
	return b.String()
}

func (s *story) clear(mail string, by ...*testca.Entity) string { return s.sign(mail, signing(by...)) }

func (s *story) opaque(mail string, by ...*testca.Entity) string {
	o := signing(by...)
	o.Opaque = true
	return s.sign(mail, o)
}

// encrypt encrypts a mail.
func (s *story) encrypt(mail string, p CipherPolicy, to ...*testca.Entity) string {
	s.t.Helper()
	o := EncryptOptions{Policy: p}
	for _, e := range to {
		o.Recipients = append(o.Recipients, Recipient{Certificate: e.Certificate})
	}
	var b bytes.Buffer
	if err := Encrypt(context.Background(), &b, parse(s.t, mail), o); err != nil {
		s.t.Fatalf("encrypt: %v", err)
	}
	return b.String()
}

func (s *story) compress(mail string) string {
	s.t.Helper()
	var b bytes.Buffer
	if err := Compress(context.Background(), &b, parse(s.t, mail)); err != nil {
		s.t.Fatalf("compress: %v", err)
	}
	return b.String()
}

// opener is Bob, who trusts the root.
func (s *story) opener() *Opener {
	return &Opener{Trust: chain.NewAnchors(chain.Anchor{Certificate: s.root.Certificate, Name: "Example Trust"}), Now: testca.Now,
		Keys: cms.KeyList{{Certificate: s.bob.Certificate, Private: s.bob.Key}}}
}

// open opens a mail as Bob does.
func (s *story) open(mail string) *Report {
	s.t.Helper()
	return s.openAs(s.opener(), mail)
}

func (s *story) openAs(o *Opener, mail string) *Report {
	s.t.Helper()
	r, err := o.Open(context.Background(), parse(s.t, mail))
	if err != nil {
		s.t.Fatalf("open: %v", err)
	}
	s.t.Cleanup(func() {
		if err := r.Close(); err != nil {
			s.t.Errorf("close: %v", err)
		}
	})
	return r
}

func (s *story) openCMS(o *Opener, object []byte) *Report {
	s.t.Helper()
	r, err := o.OpenCMS(context.Background(), bytes.NewReader(object))
	if err != nil {
		s.t.Fatalf("open: %v", err)
	}
	s.t.Cleanup(func() { r.Close() })
	return r
}

// codes lists the codes of findings, the worst first.
func codes(fs []finding.Finding) []finding.Code {
	var list []finding.Code
	for _, severity := range []finding.Severity{finding.Bad, finding.Warn, finding.Info} {
		for _, f := range fs {
			if f.Severity == severity {
				list = append(list, f.Code)
			}
		}
	}
	return list
}

func has(fs []finding.Finding, c finding.Code) bool {
	for _, f := range fs {
		if f.Code == c {
			return true
		}
	}
	return false
}

// wantFinding fails unless a finding is there.
func wantFinding(t testing.TB, fs []finding.Finding, want ...finding.Code) {
	t.Helper()
	for _, c := range want {
		if !has(fs, c) {
			t.Errorf("no %s among %v", c, codes(fs))
		}
	}
}

// wantNothingBad fails on a finding that forbids trust.
func wantNothingBad(t testing.TB, r *Report) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Severity == finding.Bad {
			t.Errorf("%s at %s: %s", f.Code, f.Where, f.Detail)
		}
	}
}

// wantGood fails unless a report is one of a message signed as a whole by one good signer.
func wantGood(t testing.TB, r *Report) {
	t.Helper()
	wantNothingBad(t, r)
	if r.Signed != CoversAll || len(r.Signers) == 0 || len(r.Verified()) == 0 {
		t.Errorf("signed %s by %d signers, %d of them proven", r.Signed, len(r.Signers), len(r.Verified()))
	}
	for _, s := range r.Signers {
		if !s.OK() {
			t.Errorf("%s: digest %v, signature %v, identity %s, %v", s.Where, s.DigestOK, s.SignatureOK, s.Identity.Match, codes(s.Findings))
		}
	}
}

// wantNotGood fails when nothing forbids trust.
func wantNotGood(t testing.TB, r *Report) {
	t.Helper()
	if len(r.Verified()) > 0 {
		t.Errorf("somebody is proven: %s", r.Verified()[0].Address())
	}
	if r.Signed == CoversAll && !anyBad(r.Findings) {
		t.Error("signed as a whole and nothing bad is found")
	}
}

// kinds returns the kinds of layers from the outside in, along the first children.
func kinds(r *Report) string {
	var list []string
	for l := r.Root; l != nil; {
		list = append(list, string(l.Kind))
		if len(l.Children) == 0 {
			break
		}
		l = l.Children[0]
	}
	return strings.Join(list, " ")
}

// plainOf returns what WritePlain writes.
func plainOf(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WritePlain(&b); err != nil {
		t.Fatalf("write plain: %v", err)
	}
	return b.String()
}

func readAll(t testing.TB, src eml.Source) string {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(src, 0, src.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func certificates(list ...*testca.Entity) []*pki.Certificate {
	var out []*pki.Certificate
	for _, e := range list {
		out = append(out, e.Certificate)
	}
	return out
}
