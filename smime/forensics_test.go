package smime

import (
	"context"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
)

// What broke a signature is told where it is one of the usual changes, and the signature stays broken.
func TestTheUsualChangesAreRecognised(t *testing.T) {
	const head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	const attachment = "\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJeLjz9MKMSAwIG9iago8PCAvVHlwZSAvQ2F0YWxvZyA+PgplbmRvYmoKJSVFT0YK\r\n--b--\r\n"
	for _, c := range []struct {
		name, signed, arrived string
		kind                  AlterationKind
	}{
		{"a footer", "\r\nHello\r\nAlice\r\n", "\r\nHello\r\nAlice\r\n____\r\nour list\r\nour rules\r\n", AlteredLines},
		{"a banner", "\r\nHello\r\n", "\r\n[EXTERNAL]\r\nCaution!\r\nHello\r\n", AlteredLines},
		{"a disclaimer in the text of several parts", head + "\r\nHello\r\n" + attachment, head + "\r\nHello\r\n-- \r\nThis mail is confidential.\r\n" + attachment, AlteredLines},
		{"bare line feeds", "\nHello\nAlice\n", "\r\nHello\r\nAlice\r\n", AlteredLineEnds},
		{"a line end more", "\r\nHello\r\n", "\r\nHello\r\n\r\n", AlteredFinalLine},
		{"a line end less", "\r\nHello\r\n\r\n", "\r\nHello\r\n", AlteredFinalLine},
		{"no line end", "\r\nHello", "\r\nHello\r\n", AlteredFinalLine},
		{"a mailbox file", "\r\nHi\r\nFrom here on\r\n", "\r\nHi\r\n>From here on\r\n", AlteredFromLine},
		{"the signature separator", "\r\nHi\r\n-- \r\nAlice\r\n", "\r\nHi\r\n--\r\nAlice\r\n", AlteredTrailingSpace},
		{"padding", "\r\nHi\r\nthere\r\n", "\r\nHi  \r\nthere \r\n", AlteredTrailingSpace},
		{"8bit became quoted-printable", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n",
			"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n", AlteredEncoding},
		{"8bit became base64 inside", head + "Content-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n" + attachment,
			head + "Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ==\r\n" + attachment, AlteredEncoding},
		{"another charset", "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe\r\n",
			"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe\r\n", AlteredCharset},
		{"other columns", head + "\r\nHello" + attachment, head + "\r\nHello" + strings.Replace(attachment, "Kgo8PCAv", "Kgo8PCAv", 1)[:110] + "\r\n" + attachment[110:], AlteredWrapping},
		{"another folding", "Content-Type: text/plain;\r\n\tcharset=us-ascii\r\n\r\nHello\r\n", "Content-Type: text/plain; charset=us-ascii\r\n\r\nHello\r\n", ""},
		{"a folding undone", "Content-Type: text/plain; charset=us-ascii\r\n\r\nHello\r\n", "Content-Type: text/plain;\r\n\tcharset=us-ascii\r\n\r\nHello\r\n", AlteredHeader},
		{"another text", "\r\nHello\r\n", "\r\nGoodbye\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := sha256.Sum256([]byte(c.signed))
			x := &opening{Opener: &Opener{}, ctx: context.Background()}
			s := &search{x: x, h: alg.SHA256, want: want[:], text: []byte(c.arrived), work: mostHashed}
			s.run()
			switch {
			case c.kind == "" && s.found != nil:
				t.Errorf("found %s", s.found)
			case c.kind != "" && (s.found == nil || s.found.Kind != c.kind || s.found.By == ""):
				t.Errorf("found %v; want %s", s.found, c.kind)
			}
		})
	}
}

func TestAnExplainedChangeIsStillAChange(t *testing.T) {
	s := newStory(t)
	o := s.opener()
	mail := strings.Replace(s.clear(s.mail, s.alice), "noon?\r\n", "noon?\r\n_____\r\nour list\r\n", 1)
	if r := s.openAs(o, mail); r.Signers[0].Alteration != nil {
		t.Error("nobody asked")
	}
	o.Explain = true
	r := s.openAs(o, mail)
	wantNotGood(t, r)
	if a := r.Signers[0].Alteration; a == nil || a.Kind != AlteredLines || !strings.Contains(a.Detail, "our list") {
		t.Errorf("%+v", a)
	}
	r = s.openAs(o, s.clear(s.mail, s.alice))
	wantGood(t, r)
	if r.Signers[0].Alteration != nil {
		t.Error("a good signature is explained")
	}
}

func TestTheSearchForAChangeIsBounded(t *testing.T) {
	text := strings.Repeat("line\r\n", 300_000)
	s := &search{x: &opening{Opener: &Opener{}, ctx: context.Background()}, h: alg.SHA256, want: []byte("nothing"), text: []byte(text), work: 16 << 20}
	s.run()
	if s.found != nil || s.work < -3*len(text) {
		t.Errorf("found %v, %d left", s.found, s.work)
	}
}
