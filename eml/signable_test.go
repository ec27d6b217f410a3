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
