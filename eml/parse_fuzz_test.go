package eml

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/limit"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{"A: b\n\nc", mixed + "--b\n\na\n--b\nContent-Type: message/rfc822\n\nX: y\n\nz\n--b--\n", deep(3),
		"From x\nContent-Type: multipart/signed; boundary=\"b\"\r\n\r\n--b\r\n\r\n\xe9 \r\n--bx\r\n--b--"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse(bytes.NewReader(data), limit.New(limit.Limits{}))
		var e *limit.Error
		if errors.As(err, &e) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := tiles(m); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if NewEdit(m.Root).WriteTo(&b); !bytes.Equal(b.Bytes(), data[m.Envelope.End:]) {
			t.Fatalf("an edit without a change gave %q", b.Bytes())
		}
		out := signed(t, m.Root)
		again, err := Parse(strings.NewReader(out), limit.New(limit.Limits{}))
		if err != nil {
			return // limits: an encoded form is longer
		}
		if hasFrozen(m) || unsafeBoundary(m) {
			return
		}
		if c := signed(t, again.Root); c != out {
			t.Errorf("written again, changed at %s", firstDifference(c, out))
		}
		var s Survey
		io.WriteString(&s, out)
		if s.BareCR || s.BareLF || s.LongLine && !unfoldable(m) || s.TrailingWS || s.NUL {
			t.Errorf("would not survive: %+v: %q", s, out)
		}
		if err := sameContent(m.Root, again.Root); err != "" && len(m.Root.Header.Fields) > 0 {
			t.Error(err)
		}
	})
}

// unsafeBoundary tells whether a boundary cannot survive in a line, which nothing can be done about.
func unsafeBoundary(m *Message) bool {
	for p := range m.Parts() {
		if !plainText(p.Boundary) {
			return true
		}
	}
	return false
}

func FuzzDecoders(f *testing.F) {
	f.Add([]byte("aGVsbG8=\r\naGVs=bG8"))
	f.Add([]byte("a=20b=\r\nc =\n=4"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, e := range []Encoding{Base64, QuotedPrintable} {
			got, err := io.ReadAll(e.Decode(bytes.NewReader(data)))
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			w := e.Encode(&b)
			w.Write(got)
			w.Close()
			again, err := io.ReadAll(e.Decode(&b))
			if err != nil || !bytes.Equal(again, got) {
				t.Errorf("%s: %q became %q", e, got, again)
			}
			var copied bytes.Buffer
			if _, err := io.Copy(&copied, e.Decode(bytes.NewReader(data))); err != nil || !bytes.Equal(copied.Bytes(), got) {
				t.Errorf("%s: copied, %q became %q", e, got, copied.Bytes())
			}
		}
	})
}

// unfoldable tells whether a header field has a word too long for a line, a name that leaves no place for one or is none, or a type that is none: nothing can be done about those.
func unfoldable(m *Message) bool {
	for p := range m.Parts() {
		if !plainText(p.Type.Type) || !plainText(p.Type.Subtype) {
			return true // a type that is no token cannot be written anew
		}
		for _, f := range p.Header.Fields {
			for _, word := range bytes.Fields(f.Raw) {
				if len(word) > 900 || len(f.Name) > 60 || !plainText(f.Name) {
					return true
				}
			}
		}
	}
	return false
}
