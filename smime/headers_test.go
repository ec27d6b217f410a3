package smime

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
)

// protected signs a mail with its header, for encryption or not.
func (s *story) protected(mail string, encrypted bool) string {
	o := signing(s.alice)
	o.Protect = &Protection{Encrypted: encrypted}
	return s.sign(mail, o)
}

func field(h *HeaderProtection, name string) ProtectedField {
	for _, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return ProtectedField{}
}

// STANDARDS 33
func TestASignedHeaderIsReported(t *testing.T) {
	s := newStory(t)
	mail := s.protected(s.mail, false)
	for _, m := range []string{mail, lf(mail)} {
		r := s.open(m)
		wantGood(t, r)
		if r.Headers == nil || r.Headers.Mode != HeadersClear || !r.Sender.Protected {
			t.Fatalf("%+v", r.Headers)
		}
		for name, value := range map[string]string{"Subject": "Lunch", "From": "Alice <alice@example.org>", "To": "Bob <bob@example.org>"} {
			if f := field(r.Headers, name); f.Value != value || f.State != SignedOnly {
				t.Errorf("%s: %+v", name, f)
			}
		}
		for _, c := range []finding.Code{finding.HeaderChanged, finding.HeaderUnprotected, finding.HeaderMisplaced, finding.HeaderNotSecret} {
			if has(r.Findings, c) {
				t.Errorf("%s", c)
			}
		}
	}
}

// STANDARDS 33: HP-Outer says what stayed visible; the rest was hidden.
func TestAHiddenHeaderIsReported(t *testing.T) {
	s := newStory(t)
	mail := s.encrypt(s.protected(s.mail, true), gcm, s.bob)
	if strings.Contains(mail, "Lunch") || !strings.Contains(mail, "Subject: [...]") {
		t.Fatalf("the subject is visible: %s", mail[:400])
	}
	r := s.open(mail)
	wantGood(t, r)
	if r.Headers == nil || r.Headers.Mode != HeadersCipher {
		t.Fatalf("%+v", r.Headers)
	}
	if f := field(r.Headers, "Subject"); f.Value != "Lunch" || f.State != SignedAndEncrypted {
		t.Errorf("%+v", f)
	}
	if f := field(r.Headers, "From"); f.State != SignedOnly {
		t.Errorf("%+v", f)
	}
	if has(r.Findings, finding.HeaderChanged) {
		t.Errorf("%v", r.Findings)
	}
	r = s.open(strings.Replace(mail, "Subject: [...]", "Subject: Urgent", 1))
	wantFinding(t, r.Findings, finding.HeaderChanged)
	wantGood(t, r)
}

func TestAHeaderHiddenByEncryptionAloneIsReported(t *testing.T) {
	s := newStory(t)
	var b bytes.Buffer
	err := Encrypt(context.Background(), &b, parse(t, s.mail), EncryptOptions{Policy: gcm, Recipients: []Recipient{{Certificate: s.bob.Certificate}},
		Protect: &Protection{Encrypted: true}})
	if err != nil {
		t.Fatal(err)
	}
	r := s.open(b.String())
	if f := field(r.Headers, "Subject"); f.State != EncryptedOnly {
		t.Errorf("%+v", f)
	}
	if f := field(r.Headers, "From"); f.State != Unprotected {
		t.Errorf("%+v", f)
	}
	wantFinding(t, r.Findings, finding.EncryptionUnsigned)
}

// STANDARDS 33: the outer fields are never merged with the inner ones.
func TestChangesOutsideAProtectedHeaderAreTold(t *testing.T) {
	s := newStory(t)
	mail := s.protected(s.mail, false)
	for _, c := range []struct {
		name, from, to string
		code           finding.Code
		good           bool
	}{
		{"the subject is tagged", "Subject: Lunch", "Subject: [list] Lunch", finding.HeaderChanged, true},
		{"a recipient is added", "To: Bob", "Cc: eve@example.net\r\nTo: Bob", finding.HeaderChanged, true},
		{"the date is removed", "Date: Wed, 25 Nov 2026 11:00:00 +0000\r\n", "", finding.HeaderChanged, true},
		{"the sender is another", "From: Alice <alice@example.org>", "From: boss@example.org", finding.HeaderFromDiffers, false},
		{"the sender's name is another", "From: Alice <", "From: The Boss <", finding.HeaderChanged, true},
		{"a trace field is added", "From: Alice", "Received: by mx\r\nFrom: Alice", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(strings.Replace(mail, c.from, c.to, 1))
			if c.code != "" {
				wantFinding(t, r.Findings, c.code)
			} else if has(r.Findings, finding.HeaderChanged) {
				t.Error("told as a change")
			}
			if c.good {
				wantGood(t, r)
			} else {
				wantNotGood(t, r)
			}
			if r.Sender.Claimed[0] != "alice@example.org" || !r.Sender.Protected {
				t.Errorf("sender %+v", r.Sender.Claimed)
			}
		})
	}
}

// A forger shows one name outside and signs inside with his own.
func TestAnInnerFromDoesNotHideTheOuterOne(t *testing.T) {
	s := newStory(t)
	mallory := s.person("mallory@example.net")
	o := signing(mallory)
	o.Protect = &Protection{}
	mail := s.sign(strings.ReplaceAll(s.mail, "Alice <alice@example.org>", "mallory@example.net"), o)
	wantGood(t, s.open(mail))
	r := s.open(strings.Replace(mail, "From: mallory@example.net", "From: Alice <alice@example.org>", 1))
	wantFinding(t, r.Findings, finding.HeaderFromDiffers)
	wantNotGood(t, r)
	if len(r.Sender.Outer) != 1 || r.Sender.Outer[0] != "alice@example.org" {
		t.Errorf("outer %v", r.Sender.Outer)
	}
}

func TestMarksOfProtectionCountAtTheRootOnly(t *testing.T) {
	s := newStory(t)
	faked := strings.Replace(s.mail, "text/plain;", "text/plain; hp=\"clear\";", 1)
	r := s.open(faked)
	wantFinding(t, r.Findings, finding.HeaderMisplaced)
	if r.Headers != nil {
		t.Error("an unsigned mail has a protected header")
	}
	r = s.open(s.compress(faked))
	if r.Headers != nil {
		t.Error("compression protects nothing")
	}
	r = s.open("HP-Outer: Subject: x\r\n" + s.clear(s.mail, s.alice))
	wantFinding(t, r.Findings, finding.HeaderMisplaced, finding.HeaderUnprotected)
	inner := around(faked, "mixed", nil, nil)
	r = s.open(s.clear(inner, s.alice))
	if r.Headers != nil {
		t.Error("a part below the root has a protected header")
	}
	wantFinding(t, r.Findings, finding.HeaderMisplaced)
}

func TestASecretThatWasPassedOnInTheClearIsTold(t *testing.T) {
	s := newStory(t)
	r := s.open(s.protected(s.mail, true))
	wantFinding(t, r.Findings, finding.HeaderNotSecret)
}

// STANDARDS 33: S/MIME 3.1 wrapped a whole message; that is accepted and not written.
func TestTheWrappedFormIsAccepted(t *testing.T) {
	s := newStory(t)
	wrapped := func(outer, params string) string {
		return s.clear(outer+"MIME-Version: 1.0\r\nContent-Type: message/rfc822"+params+"\r\n\r\n"+s.mail, s.alice)
	}
	const same = "From: alice@example.org\r\nSubject: Lunch\r\nTo: Bob <bob@example.org>\r\nDate: Wed, 25 Nov 2026 11:00:00 +0000\r\n"
	for _, c := range []struct {
		name, mail string
		wrapped    bool
	}{
		{"the same author", wrapped(same, ""), true},
		{"it says so", wrapped(same, "; forwarded=no"), true},
		{"it says that it is forwarded", wrapped(same, "; forwarded=yes"), false},
		{"another author", wrapped("From: bob@example.org\r\n", ""), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.open(c.mail)
			is := r.Headers != nil && r.Headers.Mode == HeadersWrapped
			if is != c.wrapped || has(r.Findings, finding.HeaderWrapped) != c.wrapped || len(r.Forwarded) != map[bool]int{true: 0, false: 1}[c.wrapped] {
				t.Errorf("wrapped %v, %d inside, %v", is, len(r.Forwarded), codes(r.Findings))
			}
			if c.wrapped {
				wantGood(t, r)
				if text := plainOf(t, r); !strings.HasSuffix(text, "\r\n\r\nShall we meet at noon?\r\n") || strings.Contains(text, "rfc822") {
					t.Errorf("%q", text)
				}
			}
		})
	}
	r := s.open(s.clear("From: boss@example.org\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822; forwarded=no\r\n\r\n"+s.mail, s.alice))
	wantFinding(t, r.Findings, finding.HeaderFromDiffers)
	wantNotGood(t, r)
}

func TestHiddenRecipientsInsideAreTold(t *testing.T) {
	s := newStory(t)
	_, entity := entityOf(s.mail)
	payload := strings.Replace(entity, "text/plain;", "text/plain; hp=\"clear\";", 1)
	mail := s.clear("From: alice@example.org\r\nMIME-Version: 1.0\r\n"+"X: y\r\n"+payload, s.alice)
	mail = strings.Replace(mail, "Content-Type: text/plain", "Content-Type: text/plain", 1)
	r := s.open(mail)
	if r.Headers == nil {
		t.Fatal("no protected header")
	}
	o := signing(s.alice).CMS
	o.Detached = true
	inner := "From: alice@example.org\r\nBcc: carol@example.org\r\n" + payload
	r = s.open(clearMail(inner, signedData(t, inner, o), "sha-256"))
	wantFinding(t, r.Findings, finding.HeaderBcc)
	if !strings.Contains(s.protected("Bcc: carol@example.org\r\n"+s.mail, false), "Bcc") {
		return
	}
	for _, f := range s.open(s.protected("Bcc: carol@example.org\r\n"+s.mail, false)).Headers.Fields {
		if f.Name == "Bcc" {
			t.Error("Sign put Bcc inside")
		}
	}
}

func TestFieldsThatContradictThemselvesAreTold(t *testing.T) {
	s := newStory(t)
	r := s.open("Subject: Other\r\n" + s.clear(s.mail, s.alice))
	wantFinding(t, r.Findings, finding.HeaderDuplicate)
	r = s.open("Subject: Lunch\r\n" + s.clear(s.mail, s.alice))
	if has(r.Findings, finding.HeaderDuplicate) {
		t.Error("the same value twice contradicts nothing")
	}
}
