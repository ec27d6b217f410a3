package eml

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func signed(t testing.TB, p *Part) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSignable(&b, p, p.Header.Fields); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func canonicalOf(t testing.TB, p *Part) string {
	t.Helper()
	var b bytes.Buffer
	if _, err := p.Canonical().(io.WriterTo).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// transports are ways in which a mail's line ends change between sender and recipient.
var transports = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"LF":       func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") },
	"LF and CRLF": func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
	},
}

// hasFrozen tells whether something in a message may not be changed.
func hasFrozen(m *Message) bool {
	for p := range m.Parts() {
		if frozen(p) || strings.HasPrefix(string(p.Encoding), "x-") || p.IsMultipart() && len(p.Delimiters) == 0 {
			return true
		}
	}
	return false
}

// STANDARDS item 24: what is signed comes back from any storage, and writing it again changes nothing.
func TestWhatIsSignedSurvivesTransport(t *testing.T) {
	for name, data := range mails(t) {
		m := parsed(t, string(data))
		out := signed(t, m.Root)
		if again := signed(t, m.Root); again != out {
			t.Errorf("%s: the second writing differs", name)
		}
		for way, transport := range transports {
			got := parsed(t, transport("MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=\"=_outer\"\r\n\r\n--=_outer\r\n"+
				out+"\r\n--=_outer\r\nContent-Type: text/plain\r\n\r\nsignature\r\n--=_outer--\r\n"))
			if n := len(got.Root.Children); n != 2 {
				t.Errorf("%s, %s: %d parts", name, way, n)
				continue
			}
			part := got.Root.Children[0]
			if c := canonicalOf(t, part); c != out {
				t.Errorf("%s, %s: changed at %s", name, way, firstDifference(c, out))
			}
			if c := signed(t, part); c != out {
				t.Errorf("%s, %s: written again, changed at %s", name, way, firstDifference(c, out))
			}
			if err := sameContent(m.Root, part); err != "" {
				t.Errorf("%s, %s: %s", name, way, err)
			}
		}
		var s Survey
		io.WriteString(&s, out)
		if !hasFrozen(m) && (s.NonASCII > 0 || s.BareCR || s.BareLF || s.LongLine || s.TrailingWS || s.FromLine) {
			t.Errorf("%s: would not survive: %+v", name, s)
		}
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	around := func(s string) string { return s[max(0, i-60):min(len(s), i+60)] }
	return strings.Join([]string{quote(around(a)), "instead of", quote(around(b))}, " ")
}

// sameContent compares two trees: types, and decoded content apart from line ends and what transport may add.
func sameContent(a, b *Part) string {
	if a.Type.String() != b.Type.String() || len(a.Children) != len(b.Children) || a.FileName() != b.FileName() {
		return "part " + a.Path + ": " + a.Type.String() + " became " + b.Type.String()
	}
	for i, c := range a.Children {
		if err := sameContent(c, b.Children[i]); err != "" {
			return err
		}
	}
	if len(a.Children) > 0 || a.IsMultipart() {
		return ""
	}
	content := func(p *Part) string {
		all, _ := io.ReadAll(NewCRLFReader(p.Decoded()))
		return string(all)
	}
	if x, y := content(a), content(b); x != y {
		return "part " + a.Path + ": content changed at " + firstDifference(x, y)
	}
	return ""
}

func TestLeavesAreEncodedOnlyWhereNeeded(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "Content-Type: text/plain\n\nhello\n", "Content-Type: text/plain\r\n\r\nhello\r\n"},
		{"marked as 8bit", "Content-Transfer-Encoding: 8bit\n\nhello\n", "Content-Transfer-Encoding: 7bit\r\n\r\nhello\r\n"},
		{"8bit", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße aus Wien\n",
			"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZSBhdXMgV2llbg0K\r\n"},
		{"8bit, not marked", "Content-Type: text/plain\n\nto the café and on to the next place\n",
			"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nto the caf=C3=A9 and on to the next place\r\n"},
		{"white space at the end of a line", "\nhello \n", "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhello=20\r\n"},
		{"a From line", "\nhello\nFrom here\n", "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nhello\r\n=46rom here\r\n"},
		{"base64 stays", "Content-Transfer-Encoding: base64\n\naGVs\nbG8=\n", "Content-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n"},
		{"base64 with white space", "Content-Transfer-Encoding: base64\n\naGVs \nbG8=\n", "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"},
		{"base64 in one line", "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("aGVs", 300) + "\n",
			"Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("aGVs", 19)+"\r\n", 15) + strings.Repeat("aGVs", 15) + "\r\n"},
		{"quoted-printable with white space", "Content-Transfer-Encoding: quoted-printable\n\na=20b \nc\n", "Content-Transfer-Encoding: quoted-printable\r\n\r\na b\r\nc\r\n"},
		{"bytes", "Content-Type: application/x\nContent-Transfer-Encoding: binary\n\na\nb\r\nc\x00", "Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\nYQpiDQpjAA==\r\n"},
		{"bytes that look like text", "Content-Type: application/x\nContent-Transfer-Encoding: binary\n\na\nb", "Content-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\nYQpi\r\n"},
		{"text marked as binary", "Content-Transfer-Encoding: binary\n\na\nb", "Content-Transfer-Encoding: 7bit\r\n\r\na\r\nb"},
		{"two encodings", "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: base64\n\na \n", "Content-Transfer-Encoding: quoted-printable\r\n\r\na=20\r\n"},
		{"uuencoded", "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n", "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n"},
		{"no header", "\nhello", "Content-Type: text/plain\r\n\r\nhello"},
		{"white space in a header", "Subject: a \n b\t\nX: y\n\nhello", "Subject: a\r\n b\r\nX: y\r\n\r\nhello"},
		{"8-bit file name", "Content-Type: text/plain; name=\"ü.txt\"\n\nhello", "Content-Type: text/plain; name*=utf-8''%C3%BC.txt\r\n\r\nhello"},
		{"8-bit subject", "Subject: café\n\nhello", "Subject: =?utf-8?Q?caf=C3=A9?=\r\n\r\nhello"},
		{"8-bit name in From", "From: café <a@b.c>\n\nhello", "From: =?utf-8?Q?caf=C3=A9?= <a@b.c>\r\n\r\nhello"},
		{"junk in a header", "A: b\njunk\nC: d\n\nhello", "A: b\r\nC: d\r\n\r\nhello"},
		{"NUL in a header", "A: b\x00c\n\nhello", "A: b c\r\n\r\nhello"},
		{"padding behind a delimiter", mixed + "--b \n\nhello\n--b--\t\n", strings.ReplaceAll(mixed+"--b\n\nhello\n--b--\n", "\n", "\r\n")},
		{"no end", mixed + "--b\n\nhello", strings.ReplaceAll(mixed+"--b\n\nhello\n--b--\n", "\n", "\r\n")},
		{"preamble and epilogue", mixed + "pre\n\n--b\n\nhello\n--b--\nepi", strings.ReplaceAll(mixed+"pre\n\n--b\n\nhello\n--b--\nepi", "\n", "\r\n")},
		{"unsafe preamble and epilogue", mixed + "pre \n--b\n\nhello\n--b--\nepi \n", strings.ReplaceAll(mixed+"--b\n\nhello\n--b--\n", "\n", "\r\n")},
		{"a multipart marked as 8bit", "Content-Transfer-Encoding: 8bit\n" + mixed + "--b\n\né\n--b--", "Content-Transfer-Encoding: 7bit\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" +
			"Content-Transfer-Encoding: base64\r\n\r\nw6k=\r\n\r\n--b--"},
		// RFC 2046 §5.2.1: a message is never encoded, its leaves are.
		{"a message", "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nSubject: x\n\na \n",
			"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=20\r\n"},
		{"a global message", "Content-Type: message/global\n\nSubject: é\n\na\n",
			"Content-Type: message/global\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSubject: =C3=A9\r\n\r\na\r\n"},
		{"signed already", "Content-Type: multipart/signed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n--b \n\né \n--b\n\nx\n--b--",
			"Content-Type: multipart/signed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--b \r\n\r\né \r\n--b\r\n\r\nx\r\n--b--"},
		{"around something signed", "Content-Transfer-Encoding: 8bit\n" + mixed + "--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\né\n--c--\n--b--",
			strings.ReplaceAll("Content-Transfer-Encoding: 8bit\n"+mixed+"--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\né\n--c--\n--b--", "\n", "\r\n")},
	} {
		if got := signed(t, parsed(t, c.text).Root); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

func TestFieldsGivenTakeThePlaceOfThePartsOwn(t *testing.T) {
	m := parsed(t, "Subject: old\nContent-Transfer-Encoding: 8bit\n\na \n")
	var b bytes.Buffer
	raw, _ := AppendField(nil, "Subject", "new")
	if err := WriteSignable(&b, m.Root, []Field{{Name: "Subject", Raw: raw}}); err != nil {
		t.Fatal(err)
	}
	if want := "Subject: new\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=20\r\n"; b.String() != want {
		t.Errorf("%q", b.String())
	}
	for _, text := range []string{"A: b\n\na\n", "A: b\n\na \n", mixed + "x\n--b\n\nc\n--b--"} {
		p := parsed(t, text).Root
		if err := WriteSignable(failingWriter{io.ErrClosedPipe}, p, p.Header.Fields); err != io.ErrClosedPipe {
			t.Errorf("%q: %v", text, err)
		}
	}
}
