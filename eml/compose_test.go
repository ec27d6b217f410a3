package eml

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// wellFormed checks that raw is one field with the name, in lines that may be sent.
func wellFormed(t testing.TB, raw []byte, name string) Field {
	t.Helper()
	fields := parsed(t, string(raw)+"\r\n").Root.Header.Fields
	if len(fields) != 1 || fields[0].Name != name || !bytes.HasSuffix(raw, crlf) {
		t.Fatalf("%q: %d fields", raw, len(fields))
	}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\r\n")
		long := len(line) > lineWidth && strings.Count(strings.TrimSpace(line), " ") > 1
		if len(line) > longestLine || long || strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\n\x00") {
			t.Errorf("%q: line %q", raw, line)
		}
	}
	return fields[0]
}

func TestFieldsAreFoldedAndComeBack(t *testing.T) {
	for _, value := range append(texts(), strings.Repeat("word ", 1000), strings.Repeat("wörd ", 300), "<a@b.c> <d@e.f>") {
		raw, err := AppendField(nil, "Subject", value)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		f := wellFormed(t, raw, "Subject")
		want := strings.Trim(value, " ")
		if value == "=?utf-8?Q?a?=" {
			want = "a" // what is encoded already stays
		}
		if got := DecodeWords(f.Value()); got != want {
			t.Errorf("%q: came back as %q through %q", value, got, raw)
		}
	}
}

func TestFieldsLookAsExpected(t *testing.T) {
	for value, want := range map[string]string{
		"":                           "X-Y:\r\n",
		"a":                          "X-Y: a\r\n",
		strings.Repeat("word ", 20):  "X-Y: " + strings.Repeat("word ", 13) + "word\r\n word word word word word word\r\n",
		"Grüße":                      "X-Y: =?utf-8?B?R3LDvMOfZQ==?=\r\n",
		"Re: Grüße aus Wien":         "X-Y: Re: =?utf-8?B?R3LDvMOfZQ==?= aus Wien\r\n",
		"A café somewhere in France": "X-Y: A =?utf-8?Q?caf=C3=A9?= somewhere in France\r\n",
	} {
		if raw, err := AppendField(nil, "X-Y", value); err != nil || string(raw) != want {
			t.Errorf("%q: %q, %v", value, raw, err)
		}
	}
}

// STANDARDS item 26 (CWE-93): no value begins another field.
func TestNoValueInjectsALine(t *testing.T) {
	for _, bad := range []string{"a\r\nBcc: x", "a\nBcc: x", "a\rBcc: x", "a\x00", "\n", "é\r\n X: y"} {
		if _, err := AppendField(nil, "Subject", bad); err == nil {
			t.Errorf("%q passed as a value", bad)
		}
		for _, a := range []Address{{Name: bad, Local: "a", Domain: "b"}, {Local: bad, Domain: "b"}, {Local: "a", Domain: bad}, {Local: "a", Domain: "b", Group: bad}} {
			if raw, err := AppendAddressField(nil, "To", []Address{a}); err == nil {
				t.Errorf("%+v passed as an address: %q", a, raw)
			}
		}
		for _, m := range []MediaType{{Type: bad}, {Type: "a", Subtype: bad}, {Type: "a", Params: []Param{{bad, "x"}}}, {Type: "a", Params: []Param{{"x", bad}}}} {
			if raw, err := AppendTypeField(nil, "Content-Type", m); err == nil {
				t.Errorf("%+v passed as a type: %q", m, raw)
			}
		}
	}
	for _, name := range []string{"", "a b", "a:", "a\r\nb", "é", strings.Repeat("x", 100), "a\x00"} {
		if _, err := AppendField(nil, name, "x"); err == nil {
			t.Errorf("%q passed as a name", name)
		}
		if _, err := AppendAddressField(nil, name, nil); err == nil {
			t.Errorf("%q passed as a name of addresses", name)
		}
		if _, err := AppendTypeField(nil, name, MediaType{Type: "a"}); err == nil {
			t.Errorf("%q passed as a name of a type", name)
		}
	}
	// A line end that only decoding brings forth stays encoded.
	raw, err := AppendField(nil, "Subject", "é =?utf-8?Q?=0D=0ABcc:_x?=")
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, raw, "Subject")
}

func TestErrorsLeaveTheBufferAsItWas(t *testing.T) {
	dst := []byte("A: b\r\n")
	if got, err := AppendField(dst, "X", "\n"); err == nil || string(got) != string(dst) {
		t.Errorf("%q, %v", got, err)
	}
	got, err := AppendTypeField(dst, "X", MediaType{Type: "a", Params: []Param{{"b", "c"}, {"d", "\n"}}})
	if err == nil || string(got) != string(dst) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAddressFieldsComeBack(t *testing.T) {
	for _, c := range []struct {
		list []Address
		want string
	}{
		{nil, "To:\r\n"},
		{[]Address{{Local: "a", Domain: "b.c"}}, "To: a@b.c\r\n"},
		{[]Address{{Name: "Alice Cooper", Local: "a", Domain: "b.c"}, {Local: "d", Domain: "e.f"}}, "To: Alice Cooper <a@b.c>, d@e.f\r\n"},
		{[]Address{{Name: "Cooper, A.", Local: "a", Domain: "b.c"}}, "To: \"Cooper, A.\" <a@b.c>\r\n"},
		{[]Address{{Name: `A "B" \`, Local: "a", Domain: "b.c"}}, "To: \"A \\\"B\\\" \\\\\" <a@b.c>\r\n"},
		{[]Address{{Name: "Jürgen", Local: "a", Domain: "b.c"}}, "To: =?utf-8?Q?J=C3=BCrgen?= <a@b.c>\r\n"},
		{[]Address{{Name: "=?utf-8?Q?a?=", Local: "a", Domain: "b.c"}}, ""},
		{[]Address{{Name: "bob@good.example", Local: "a", Domain: "b.c"}}, "To: \"bob@good.example\" <a@b.c>\r\n"},
		{[]Address{{Local: "a b", Domain: "b.c"}}, "To: \"a b\"@b.c\r\n"},
		{[]Address{{Local: "", Domain: "b.c"}}, "To: \"\"@b.c\r\n"},
		{[]Address{{Local: "a", Domain: "[192.0.2.1]"}}, "To: a@[192.0.2.1]\r\n"},
		{[]Address{{Local: "jürgen", Domain: "bücher.example"}}, "To: jürgen@bücher.example\r\n"},
		{[]Address{{Group: "Team", Local: "a", Domain: "b"}, {Group: "Team", Local: "c", Domain: "d"}, {Local: "e", Domain: "f"}}, "To: Team: a@b, c@d;, e@f\r\n"},
		{[]Address{{Local: "e", Domain: "f"}, {Group: "Team", Local: "a", Domain: "b"}, {Group: "Other", Local: "c", Domain: "d"}}, "To: e@f, Team: a@b;, Other: c@d;\r\n"},
		{[]Address{{Name: strings.Repeat("Wörd ", 60), Local: "a", Domain: "b.c"}}, ""},
	} {
		raw, err := AppendAddressField(nil, "To", c.list)
		if err != nil || c.want != "" && string(raw) != c.want {
			t.Errorf("%+v: %q, %v", c.list, raw, err)
			continue
		}
		got := ParseAddressList(wellFormed(t, raw, "To").Value())
		if len(got.Addresses) != len(c.list) || len(got.Faults) > 0 {
			t.Errorf("%q: %+v", raw, got)
			continue
		}
		for i, a := range c.list {
			if b := got.Addresses[i]; b.Name != strings.TrimSpace(a.Name) || b.Local != a.Local || b.Domain != a.Domain || b.Group != a.Group {
				t.Errorf("%q: %+v became %+v", raw, a, b)
			}
		}
	}
	if raw, err := AppendAddressField(nil, "To", []Address{{Local: "a", Domain: "bücher.example"}}); err != nil || string(raw) != "To: a@xn--bcher-kva.example\r\n" {
		t.Errorf("%q, %v", raw, err)
	}
	for _, a := range []Address{{}, {Local: "a"}, {Local: "a", Domain: "b c"}, {Local: "a", Domain: "b>, <c@d"}, {Local: "a", Domain: "[x] y"},
		{Local: "a", Domain: "[x]y]"}, {Local: "a", Domain: "b."}, {Local: strings.Repeat("x", 999), Domain: "b"}, {Local: "a\tb", Domain: "c"}} {
		if raw, err := AppendAddressField(nil, "To", []Address{a}); err == nil {
			t.Errorf("%+v passed: %q", a, raw)
		}
	}
}

func TestTypeFieldsComeBack(t *testing.T) {
	for _, value := range append(texts(), `C:\a"b.txt`, " outer space ", "100%", "it's", "a*b", strings.Repeat("a b", 100), strings.Repeat("日本語", 60), "a;b=c") {
		m := MediaType{"application", "pkcs7-mime", []Param{{"smime-type", "signed-data"}, {"name", value}, {"x-other", value}, {"boundary", "=_" + strings.Repeat("b", 68)}}}
		raw, err := AppendTypeField(nil, "Content-Type", m)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		got, faults := ParseMediaType(wellFormed(t, raw, "Content-Type").Value())
		if fmt.Sprint(got) != fmt.Sprint(m) || len(faults) > 0 {
			t.Errorf("%q: came back as %q, %v, through %q", value, got, faults, raw)
		}
	}
	raw, err := AppendTypeField(nil, "Content-Disposition", MediaType{Type: "attachment", Params: []Param{{"filename", "Jürgen.txt"}}})
	if want := "Content-Disposition: attachment; filename*=utf-8''J%C3%BCrgen.txt\r\n"; err != nil || string(raw) != want {
		t.Errorf("%q, %v", raw, err)
	}
}

func TestABoundaryOccursInNoPart(t *testing.T) {
	seed := bytes.NewReader(append(bytes.Repeat([]byte{1}, 20), bytes.Repeat([]byte{2}, 20)...))
	first, err := NewBoundary(bytes.NewReader(bytes.Repeat([]byte{1}, 20)))
	if err != nil || len(first) > 70 {
		t.Fatal(first, err)
	}
	for _, at := range []int{0, windowSize - 10, windowSize, 2*windowSize - 5} {
		seed.Seek(0, 0)
		b, err := NewBoundary(seed, strings.NewReader("other"), strings.NewReader(strings.Repeat("x", at)+first+"y"))
		if err != nil || b == first {
			t.Errorf("at %d: %s, %v", at, b, err)
		}
	}
	if _, err := NewBoundary(bytes.NewReader(nil)); err == nil {
		t.Error("no randomness, no error")
	}
	constant := rand.NewChaCha8([32]byte{})
	if a, err := NewBoundary(constant); err != nil || strings.Trim(a, "=_abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Error(a, err)
	}
}

func TestMultipartsAreWrittenAsTheyAreRead(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("Content-Type: multipart/mixed; boundary=\"b b\"\r\n\r\n")
	m := NewMultipartWriter(&b, "b b")
	parts := []string{"\r\none", "A: b\r\n\r\ntwo\r\n", "\r\n"}
	for _, p := range parts {
		w, err := m.Next()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, p)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	got := parsed(t, b.String())
	if len(got.Root.Children) != len(parts) || !got.Root.Closed || len(got.Faults) > 0 {
		t.Fatalf("%q: %v", b.String(), got.Faults)
	}
	for i, c := range got.Root.Children {
		if s := canonicalOf(t, c); s != parts[i] {
			t.Errorf("part %d is %q", i, s)
		}
	}
	if _, err := m.Next(); err == nil {
		t.Error("a part after the end")
	}
	if err := m.Close(); err == nil {
		t.Error("closed twice")
	}
	if _, err := NewMultipartWriter(&b, "a\r\nb").Next(); err == nil {
		t.Error("a boundary of two lines")
	}
	if _, err := NewMultipartWriter(failingWriter{errToken}, "b").Next(); err != errToken {
		t.Error(err)
	}
}

func FuzzAppendField(f *testing.F) {
	for _, s := range append(texts(), "é =?utf-8?Q?=0D=0ABcc:_x?=", "a\r\nb") {
		f.Add("Subject", s)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		raw, err := AppendField(nil, name, value)
		if err != nil {
			if checkField(name, value) == nil {
				t.Errorf("%q: %v", value, err)
			}
			return
		}
		wellFormed(t, raw, name)
		raw, err = AppendAddressField(nil, "To", []Address{{Name: value, Local: name, Domain: "b.c"}})
		if err == nil {
			l := ParseAddressList(wellFormed(t, raw, "To").Value())
			if len(l.Addresses) != 1 || l.Addresses[0].Domain != "b.c" {
				t.Errorf("%q: %q: %+v", value, raw, l)
			}
		}
	})
}
