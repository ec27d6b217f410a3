package smime

import (
	"bytes"
	"strings"
	"testing"
)

func messageOf(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteMessage(&b); err != nil {
		t.Fatalf("write message: %v", err)
	}
	return b.String()
}

func TestTheMessageComesBackAsItWasEncrypted(t *testing.T) {
	s := newStory(t)
	clear := s.clear(s.mail, s.alice)
	for name, c := range map[string]struct{ mail, want string }{
		"not encrypted":        {clear, clear},
		"encrypted":            {s.encrypt(s.mail, gcm, s.bob), s.mail},
		"signed and encrypted": {s.encrypt(clear, gcm, s.bob), clear},
		"encrypted twice":      {s.encrypt(s.encrypt(clear, cbc, s.bob), gcm, s.bob), clear},
		"signed outside":       {s.clear(s.encrypt(clear, gcm, s.bob), s.alice), clear},
	} {
		t.Run(name, func(t *testing.T) {
			got := messageOf(t, s.open(c.mail))
			if sortedHeader(got) != sortedHeader(c.want) {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
		})
	}
}

// sortedHeader brings the MIME-Version field, which may stand anywhere, to the front.
func sortedHeader(mail string) string {
	return "MIME-Version: 1.0\r\n" + strings.Replace(mail, "MIME-Version: 1.0\r\n", "", 1)
}

// Bytes are kept: what a signature inside covers comes out as it was, whatever the line ends of the outside.
func TestASignatureInsideStaysGood(t *testing.T) {
	s := newStory(t)
	mail := s.encrypt(s.clear(s.mail, s.alice), gcm, s.bob)
	for _, m := range []string{mail, lf(mail)} {
		out := messageOf(t, s.open(m))
		if lf(out) != lf(s.mail) && strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\n") {
			t.Errorf("mixed line ends: %q", out)
		}
		wantGood(t, s.open(out))
	}
}

// STANDARDS 33: what the author protected replaces what stood outside.
func TestProtectedFieldsTakeTheirPlace(t *testing.T) {
	s := newStory(t)
	r := s.open("Received: by mx\r\n" + s.encrypt(s.protected(s.mail, true), gcm, s.bob))
	out := plainOf(t, r)
	for _, want := range []string{"Subject: Lunch\r\n", "Received: by mx\r\n", "From: Alice <alice@example.org>\r\n"} {
		if strings.Count(out, "\r\n"+want)+strings.Count(out[:len(want)], want) != 1 {
			t.Errorf("%q is not there once: %s", want, out)
		}
	}
	if strings.Contains(strings.Split(out, "\r\n\r\n")[0], "\r\nSubject: [...]") {
		t.Errorf("the placeholder stayed: %s", out)
	}
}

func TestAContentWithoutAHeaderIsWrittenAsText(t *testing.T) {
	s := newStory(t)
	o := signing(s.alice).CMS
	mail := p7m(signedData(t, "just text, no header at all\r\n", o), "application/pkcs7-mime")
	out := plainOf(t, s.open(mail))
	header, text, _ := strings.Cut(out, "\r\n\r\n")
	if text != "just text, no header at all\r\n" || strings.Contains(strings.ToLower(header), "content-") {
		t.Errorf("%q", out)
	}
	mail = p7m(signedData(t, string(signedData(t, lunch, o)), o), "application/pkcs7-mime")
	r := s.open(mail)
	if got := kinds(r); got != "signed signed leaf" {
		t.Errorf("layers %q", got)
	}
	wantGood(t, r)
}
