package smime

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
)

// STANDARDS 33: what stays outside is what the policy says, and HP-Outer records it.
func TestTheHeaderPolicySaysWhatStaysVisible(t *testing.T) {
	s := newStory(t)
	mail := strings.Replace(s.mail, "Subject: Lunch", "Keywords: food\r\nComments: none\r\nSubject: Lunch", 1)
	for _, c := range []struct {
		policy  HeaderPolicy
		visible []string
		hidden  []string
	}{
		{"", []string{"Subject: [...]", "From: Alice <alice@example.org>", "To: Bob <bob@example.org>", "Date: Wed"}, []string{"Lunch", "food", "Comments"}},
		{HeadersBaseline, []string{"Subject: [...]", "From: Alice <alice@example.org>"}, []string{"Lunch", "food", "Comments"}},
		{HeadersShy, []string{"Subject: [...]", "From: alice@example.org", "To: bob@example.org"}, []string{"Lunch", "Alice", "Bob", "food"}},
		{HeadersVisible, []string{"Subject: Lunch", "From: Alice <alice@example.org>", "Keywords: food"}, nil},
	} {
		t.Run(string(c.policy), func(t *testing.T) {
			var b bytes.Buffer
			o := EncryptOptions{Policy: gcm, Recipients: []Recipient{{Certificate: s.bob.Certificate}}, Protect: &Protection{Encrypted: true, Policy: c.policy}}
			if err := Encrypt(context.Background(), &b, parse(t, mail), o); err != nil {
				t.Fatal(err)
			}
			header, _, _ := strings.Cut(b.String(), "\r\n\r\n")
			for _, v := range c.visible {
				if !strings.Contains(header, v) {
					t.Errorf("%q is not visible in %s", v, header)
				}
			}
			for _, h := range c.hidden {
				if strings.Contains(header, h) {
					t.Errorf("%q is visible", h)
				}
			}
			r := s.open(b.String())
			if f := field(r.Headers, "Subject"); f.Value != "Lunch" || (f.State == EncryptedOnly) != (c.policy != HeadersVisible) {
				t.Errorf("%+v", f)
			}
			for _, f := range r.Findings {
				if f.Code == "header.changed-outside" {
					t.Errorf("%s", f.Detail)
				}
			}
		})
	}
}

// STANDARDS 26: a value of a header field cannot add another.
func TestAFieldCannotAddAnother(t *testing.T) {
	s := newStory(t)
	evil := strings.Replace(s.mail, "Subject: Lunch", "Subject: =?utf-8?q?Lunch=0D=0ABcc:_eve=40example.net?=", 1)
	for _, encrypted := range []bool{false, true} {
		mail := s.protected(evil, encrypted)
		if encrypted {
			mail = s.encrypt(mail, gcm, s.bob)
		}
		header, _, _ := strings.Cut(mail, "\r\n\r\n")
		if strings.Contains(strings.ToLower(header), "\nbcc:") {
			t.Errorf("a field was added: %s", header)
		}
		if out := plainOf(t, s.open(mail)); strings.Contains(strings.ToLower(out), "\nbcc:") {
			t.Errorf("a field was added: %s", out)
		}
	}
}

// STANDARDS 34: what was signed is what is written, each time.
func TestSigningWritesTheSameBytesThatItHashed(t *testing.T) {
	s := newStory(t)
	for _, mail := range []string{s.mail, withFooter(s.mail), strings.ReplaceAll(s.mail, "noon", "n\u00f6\u00f6n")} {
		m := parse(t, mail)
		e, err := newEntity(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		var a, b bytes.Buffer
		if err := e.writeBody(&a); err != nil {
			t.Fatal(err)
		}
		if err := e.writeBody(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("two forms of one entity (%v)", err)
		}
		if n, err := e.size(); err != nil || n != int64(a.Len()) {
			t.Errorf("size %d of %d, %v", n, a.Len(), err)
		}
	}
}

func TestNoSignerAndNoRecipientAreErrors(t *testing.T) {
	s := newStory(t)
	if err := Sign(context.Background(), io.Discard, parse(t, s.mail), SignOptions{}); err == nil {
		t.Error("signed by nobody")
	}
	if err := Encrypt(context.Background(), io.Discard, parse(t, s.mail), EncryptOptions{}); err == nil {
		t.Error("encrypted to nobody")
	}
}

// failing is a writer that is full.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestAFullDiskStopsEveryVerb(t *testing.T) {
	s := newStory(t)
	ctx := context.Background()
	sealed := s.open(s.encrypt(s.mail, gcm, s.bob))
	o := signing(s.alice)
	opaque := o
	opaque.Opaque = true
	for name, f := range map[string]func(io.Writer) error{
		"sign":          func(w io.Writer) error { return Sign(ctx, w, parse(t, s.mail), o) },
		"sign opaque":   func(w io.Writer) error { return Sign(ctx, w, parse(t, s.mail), opaque) },
		"compress":      func(w io.Writer) error { return Compress(ctx, w, parse(t, s.mail)) },
		"write plain":   sealed.WritePlain,
		"write message": sealed.WriteMessage,
		"encrypt": func(w io.Writer) error {
			return Encrypt(ctx, w, parse(t, s.mail), EncryptOptions{Recipients: []Recipient{{Certificate: s.bob.Certificate}}})
		},
	} {
		for _, room := range []int{0, 100, 300} {
			if err := f(&failing{room}); err == nil && room < 100 {
				t.Errorf("%s with room for %d bytes: no error", name, room)
			}
		}
	}
}
