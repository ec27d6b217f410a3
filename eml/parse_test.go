package eml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// drawing shows a tree with the bytes of its leaves.
func drawing(p *Part) string {
	var b strings.Builder
	for i, c := range p.Children {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(drawing(c))
	}
	switch {
	case p.IsMultipart():
		return p.Type.Subtype + "(" + b.String() + ")"
	case p.IsMessage():
		return "message[" + b.String() + "]"
	}
	body, _ := io.ReadAll(p.Body())
	return fmt.Sprintf("%q", body)
}

func codes(faults []Fault) []finding.Code {
	var all []finding.Code
	for _, f := range faults {
		all = append(all, f.Code)
	}
	return all
}

const mixed = "Content-Type: multipart/mixed; boundary=b\n\n"

// STANDARDS item 24: boundaries as they are met, each with one reading.
func TestBoundaries(t *testing.T) {
	nest := func(outer, inner, rest string) string {
		return "Content-Type: multipart/mixed; boundary=\"" + outer + "\"\n\n--" + outer +
			"\nContent-Type: multipart/alternative; boundary=\"" + inner + "\"\n\n" + rest
	}
	for _, c := range []struct {
		name, text, want string
		faults           []finding.Code
	}{
		{"one part", mixed + "--b\n\none\n--b--\n", `mixed("one")`, nil},
		{"preamble and epilogue", mixed + "pre\n--b\n\none\n--b--\nepi\n", `mixed("one")`, nil},
		{"two parts", mixed + "--b\n\none\n--b\n\ntwo\n\n--b--", `mixed("one" "two\n")`, nil},
		{"an empty part", mixed + "--b\n--b--\n", `mixed("")`, nil},
		{"a part of one empty line", mixed + "--b\n\n--b--\n", `mixed("")`, nil},
		{"a header and nothing else", mixed + "--b\nContent-Type: text/html\n\n--b--\n", `mixed("")`, nil},
		{"a header without an empty line", mixed + "--b\nContent-Type: text/html\n--b--\n", `mixed("")`, nil},
		{"a body without a header", mixed + "--b\none line\nmore\n--b--\n", `mixed("one line\nmore")`, nil},
		{"white space behind the boundary", mixed + "--b \t\n\none\n--b--  \n", `mixed("one")`, nil},
		{"CR CR LF", strings.ReplaceAll(mixed+"--b\n\none\n--b--\n", "\n", "\r\r\n"), `mixed("one\r")`, nil},
		{"no close delimiter", mixed + "--b\n\none\n", `mixed("one\n")`, []finding.Code{finding.MIMEUnclosed}},
		{"no parts", mixed + "text\n", `mixed()`, []finding.Code{finding.MIMENoParts}},
		{"closed at once", mixed + "--b--\n", `mixed()`, nil},
		{"a longer line", mixed + "--b\n\n--bc\n--b--\n", `mixed("--bc")`, []finding.Code{finding.MIMEBoundaryLookalike}},
		{"not at a line's start", mixed + "--b\n\nx--b\n --b\n--b--\n", `mixed("x--b\n --b")`, nil},
		{"after the end", mixed + "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", `mixed("one")`, []finding.Code{finding.MIMEAfterClose}},
		{"no boundary", "Content-Type: multipart/mixed\n\n--b\n\none\n", `"--b\n\none\n"`, []finding.Code{finding.MIMENoBoundary}},
		{"no subtype", "Content-Type: multipart; boundary=b\n\n--b\n\none\n--b--\n", `mixed("one")`, nil},
		{"quotes and a space", "Content-Type: multipart/mixed; boundary=\"b b\"\n\n--b b\n\none\n--b b--\n", `mixed("one")`, nil},
		{"a space at the end", "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b\n\none\n--b--\n", `mixed("one")`, nil},
		{"escaped", "Content-Type: multipart/mixed; boundary=\"b\\\"\\c\"\n\n--b\"c\n\none\n--b\"c--\n", `mixed("one")`, nil},
		{"a colon", "Content-Type: multipart/mixed; boundary=\"b:c\"\n\n--b:c\n\none\n--b:c\nX: y\n--b:c--\n", `mixed("one" "")`, nil},
		{"continued (RFC 2231)", "Content-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n--bc\n\none\n--bc--\n", `mixed("one")`, nil},
		{"an equals sign without quotes", "Content-Type: multipart/mixed; boundary=--=_b=\n\n----=_b=\n\none\n----=_b=--\n", `mixed("one")`, nil},
		{"8-bit", "Content-Type: multipart/mixed; boundary=\"\xe9\"\n\n--\xe9\n\none\n--\xe9--\n", `mixed("one")`, nil},
		{"twice", "Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--c\n--b\n\none\n--b--\n", `mixed("one")`, []finding.Code{finding.MIMEParameterTwice}},
		{"two types", mixed[:len(mixed)-1] + "Content-Type: text/plain\n\n--b\n\none\n--b--\n", `mixed("one")`, []finding.Code{finding.MIMEDuplicate}},
		{"marked as base64", "Content-Transfer-Encoding: base64\n" + mixed + "--b\n\none\n--b--\n", `mixed("one")`, []finding.Code{finding.MIMEEncodedComposite}},

		{"inner begins with outer", nest("b", "bc", "--bc\n\none\n--bc--\n--b\n\ntwo\n--b--\n"), `mixed(alternative("one") "two")`, nil},
		{"outer begins with inner", nest("bc", "b", "--b\n\none\n--b--\n--bc\n\ntwo\n--bc--\n"), `mixed(alternative("one") "two")`, nil},
		{"inner is outer and hyphens", nest("b", "b--", "--b--\n\none\n--b----\n--b--\n"), `mixed(alternative("one"))`, nil},
		{"the same", nest("b", "b", "--b\n\none\n--b--\n--b\n\ntwo\n--b--\n"), `mixed(alternative("one") "two")`, []finding.Code{finding.MIMEBoundaryReused}},
		{"inner not closed", nest("b", "c", "--c\n\none\n--b\n\ntwo\n--b--\n"), `mixed(alternative("one") "two")`, []finding.Code{finding.MIMEUnclosed}},
		{"inner after outer's end", nest("b", "c", "--c\n\none\n--b--\n--c--\n"), `mixed(alternative("one"))`, []finding.Code{finding.MIMEUnclosed}},

		{"a message", "Content-Type: message/rfc822\n\nSubject: x\n\ntext", `message["text"]`, nil},
		{"a message in a multipart", mixed + "--b\nContent-Type: message/rfc822\n\nSubject: x\n\ntext\n--b--\n", `mixed(message["text"])`, nil},
		{"a global message", "Content-Type: message/global\n\nSubject: \xc3\xa9\n\ntext", `message["text"]`, nil},
		{"an encoded message", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA==\n", `"U3ViamVjdDogeA==\n"`,
			[]finding.Code{finding.MIMEEncodedComposite}},
		{"a message that ends in its header", mixed + "--b\nContent-Type: message/rfc822\n\nSubject: x\n--b--\n", `mixed(message[""])`, nil},
		{"an empty message", mixed + "--b\nContent-Type: message/rfc822\n\n--b--\n", `mixed(message[""])`, nil},
		{"a message from an mbox", "Content-Type: message/rfc822\n\n>From x y\nSubject: x\n\ntext", `message["text"]`, []finding.Code{finding.MIMEHeaderJunk}},
		{"a digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\none\n--b\nContent-Type: text/plain\n\ntwo\n--b--\n",
			`digest(message["one"] "two")`, nil},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			if strings.Contains(c.text, "\r") && end == "\r\n" {
				continue
			}
			m := parsed(t, strings.ReplaceAll(c.text, "\n", end))
			if got := strings.ReplaceAll(drawing(m.Root), `\r\n`, `\n`); got != c.want {
				t.Errorf("%s: got %s, want %s", c.name, got, c.want)
			}
			if got := codes(m.Faults); !slices.Equal(got, c.faults) {
				t.Errorf("%s: faults %v, want %v", c.name, m.Faults, c.faults)
			}
			if m.LineEnd() != end && !strings.Contains(c.text, "\r") {
				t.Errorf("%s: line end %q", c.name, m.LineEnd())
			}
		}
	}
}

// RFC 2046 §5.1.1: the line end before a delimiter is not the part's, even that of an empty line.
func TestRangesOfASignedPartExcludeTheLineEndBeforeTheDelimiter(t *testing.T) {
	for text, want := range map[string]string{
		"Content-Type: text/plain\r\n\r\nhello\r\n":     "Content-Type: text/plain\r\n\r\nhello",
		"Content-Type: text/plain\r\n\r\nhello\r\n\r\n": "Content-Type: text/plain\r\n\r\nhello\r\n",
		"Content-Type: text/plain\r\n\r\n":              "Content-Type: text/plain\r\n",
		"Content-Type: text/plain\r\n":                  "Content-Type: text/plain",
		"\r\n":                                          "",
		"\r\nhello\r\n":                                 "\r\nhello",
		"":                                              "",
	} {
		m := parsed(t, strings.ReplaceAll(mixed, "\n", "\r\n")+"--b\r\n"+text+"--b--\r\n")
		if got := canonicalOf(t, m.Root.Children[0]); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestHeadersAreReadLeniently(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // "Name=value"
		body       string
		faults     []finding.Code
	}{
		{"LF", "A: 1\nB: 2\n\nbody", []string{"A=1", "B=2"}, "body", nil},
		{"CRLF", "A: 1\r\nB: 2\r\n\r\nbody", []string{"A=1", "B=2"}, "body", nil},
		{"mixed", "A: 1\nB: 2\r\n\nbody", []string{"A=1", "B=2"}, "body", nil},
		{"folded", "A: 1\n 2\n\t3\r\n\n", []string{"A=1 2\t3"}, "", nil},
		{"folded before the value", "A:\n 1\n\n", []string{"A=1"}, "", nil},
		{"obsolete folding with a blank line", "A: 1\n \n 2\n\n", []string{"A=1  2"}, "", nil},
		{"space before the colon", "A : 1\n\n", []string{"A=1"}, "", nil},
		{"no space after it", "A:1\n\n", []string{"A=1"}, "", nil},
		{"no value", "A:\nB: 2\n\n", []string{"A=", "B=2"}, "", nil},
		{"no body", "A: 1\n", []string{"A=1"}, "", nil},
		{"no line end", "A: 1", []string{"A=1"}, "", nil},
		{"no header", "\nbody", nil, "body", nil},
		{"nothing", "", nil, "", nil},
		{"text alone", "Hello world\nA: 1\n", nil, "Hello world\nA: 1\n", nil},
		{"text that begins with a space", " A: 1\n", nil, " A: 1\n", nil},
		{"a line without a colon", "A: 1\njunk\nB: 2\n\nbody", []string{"A=1", "=junk", "B=2"}, "body", []finding.Code{finding.MIMEHeaderJunk}},
		{"a colon without a name", "A: 1\n: junk\n\nbody", []string{"A=1", "=: junk"}, "body", []finding.Code{finding.MIMEHeaderJunk}},
		{"a name with a space", "A: 1\nB C: junk\n\n", []string{"A=1", "=B C: junk"}, "", []finding.Code{finding.MIMEHeaderJunk}},
		{"mbox", "From a@b Mon\nA: 1\n\nbody", []string{"A=1"}, "body", nil},
		{"quoted mbox", ">From a@b Mon\nA: 1\n\nbody", []string{"A=1"}, "body", nil},
		{"byte order mark", "\xEF\xBB\xBFA: 1\n\nbody", []string{"A=1"}, "body", nil},
		{"NUL", "A: 1\x002\n\n", []string{"A=1\x002"}, "", []finding.Code{finding.MIMEHeaderControl}},
		{"bare CR", "A: 1\rB: 2\n\n", []string{"A=1 B: 2"}, "", []finding.Code{finding.MIMEHeaderControl}},
		{"CR CR LF", "A: 1\r\r\n\r\r\nbody", []string{"A=1"}, "body", nil},
		{"a long line", "A: " + strings.Repeat("x", 1000) + "\n\n", []string{"A=" + strings.Repeat("x", 1000)}, "", []finding.Code{finding.MIMELongLine}},
		{"a long folded field", "A: x\n" + strings.Repeat(" y\n", 1000) + "\n", []string{"A=x" + strings.Repeat(" y", 1000)}, "", nil},
	} {
		m := parsed(t, c.text)
		var got []string
		for _, f := range m.Root.Header.Fields {
			got = append(got, f.Name+"="+f.Value())
		}
		body, _ := io.ReadAll(m.Root.Body())
		if !slices.Equal(got, c.want) || string(body) != c.body {
			t.Errorf("%s: got %q and %q", c.name, got, body)
		}
		if got := codes(m.Faults); !slices.Equal(got, c.faults) {
			t.Errorf("%s: faults %v", c.name, m.Faults)
		}
	}
}

func TestFieldsAreFoundByName(t *testing.T) {
	h := parsed(t, "Received: 1\nreceived: 2\nTo: a@b.c\nTO: d@e.f\n\n").Root.Header
	if h.Get("RECEIVED") != "1" || len(h.All("Received")) != 2 || h.Get("none") != "" {
		t.Error(h)
	}
	if _, ok := h.Lookup("none"); ok {
		t.Error("found none")
	}
	if list := h.Addresses("to"); len(list.Addresses) != 2 {
		t.Error(list)
	}
}

func TestDefaultsOfAPart(t *testing.T) {
	for text, want := range map[string]string{
		"\n":                              "text/plain 7bit",
		"Content-Type: garbage\n\n":       "text/plain 7bit",
		"Content-Type: TEXT/Html\n\n":     "text/html 7bit",
		"Content-Type: text\n\n":          "text/plain 7bit",
		"Content-Transfer-Encoding: 8BIT": "text/plain 8bit",
	} {
		p := parsed(t, text).Root
		if got := p.Type.String() + " " + string(p.Encoding); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestNamesOfFilesAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"Content-Disposition: attachment; filename=a.txt\nContent-Type: text/plain; name=b.txt\n\n": "a.txt",
		"Content-Type: text/plain; name=b.txt\n\n":                                                  "b.txt",
		"Content-Disposition: attachment; filename*=utf-8''%C3%A9.txt\n\n":                          "é.txt",
		"\n": "",
	} {
		if got := parsed(t, text).Root.FileName(); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// deep returns a message of n multiparts inside each other.
func deep(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	return b.String() + "\ntext\n"
}

// STANDARDS item 28: nesting is counted with the layers of S/MIME.
func TestLimitsEndAReading(t *testing.T) {
	messages := strings.Repeat("Content-Type: message/rfc822\n\n", 200_000)
	parts := mixed + strings.Repeat("--b\n\n\n", 100_000)
	for _, c := range []struct {
		name, text string
		what       limit.What
	}{
		{"multiparts in multiparts", deep(100_000), limit.Layers},
		{"messages in messages", messages, limit.Layers},
		{"parts", parts, limit.Parts},
		{"a large header", strings.Repeat("A: "+strings.Repeat("x", 60)+"\n", 400_000), limit.HeaderBytes},
		{"one large field", "A: " + strings.Repeat("x", 20<<20), limit.HeaderBytes},
		{"small fields", strings.Repeat("A:\n", 2_000_000), limit.Bytes},
		{"folded lines", "A:\n" + strings.Repeat(" \n", 10_000_000), limit.HeaderBytes},
	} {
		_, err := Parse(strings.NewReader(c.text), limit.New(limit.Limits{}))
		var e *limit.Error
		if !errors.As(err, &e) || e.What != c.what {
			t.Errorf("%s: %v, want the limit of %s", c.name, err, c.what)
		}
	}
	if _, err := ParseNested(strings.NewReader("\n"), limit.New(limit.Limits{Layers: 5}), 5); err == nil {
		t.Error("the layers around a message are not counted")
	}
	if m, err := ParseNested(strings.NewReader("\n"), limit.New(limit.Limits{Layers: 5}), 4); err != nil || m.Root.Depth != 5 {
		t.Error(m, err)
	}
}

func TestAHundredThousandPartsAreReadWhereAllowed(t *testing.T) {
	text := mixed + strings.Repeat("--b\n\n--bx\n", 100_000)
	m, err := Parse(strings.NewReader(text), limit.New(limit.Limits{Parts: 200_000, Bytes: 1 << 30}))
	if err != nil || len(m.Root.Children) != 100_000 {
		t.Fatal(err)
	}
	for _, f := range m.Faults {
		if f.Code == finding.MIMEBoundaryLookalike && f.Count != 100_000 {
			t.Errorf("%d lines that look like delimiters", f.Count)
		}
	}
	if len(m.Faults) > 2 {
		t.Errorf("%d faults", len(m.Faults))
	}
}

type failingSource struct {
	*bytes.Reader
	at int64
}

func (f failingSource) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.at {
		return 0, io.ErrClosedPipe
	}
	return f.Reader.ReadAt(p, off)
}

type lyingSource struct{ *bytes.Reader }

func (lyingSource) Size() int64 { return 1000 }

func TestReadErrorsEndAReading(t *testing.T) {
	text := []byte(mixed + strings.Repeat("--b\n\n"+strings.Repeat("x", 1000)+"\n", 1000))
	for _, at := range []int64{0, 300_000, 600_000} {
		if _, err := Parse(failingSource{bytes.NewReader(text), at}, limit.New(limit.Limits{})); err != io.ErrClosedPipe {
			t.Errorf("at %d: %v", at, err)
		}
	}
	if _, err := Parse(lyingSource{bytes.NewReader([]byte("A: b\n\n"))}, limit.New(limit.Limits{})); err != io.ErrUnexpectedEOF {
		t.Errorf("a source shorter than it says: %v", err)
	}
}

// A line may stand across the pieces in which a message is read, wherever they end.
func TestWindowsDoNotChangeTheReading(t *testing.T) {
	for shift := range 12 {
		filler := strings.Repeat("x", windowSize-len(mixed)-len("--b\r\n\r\n")-6+shift)
		m := parsed(t, strings.ReplaceAll(mixed, "\n", "\r\n")+"--b\r\n\r\n"+filler+"\r\n--b\r\n\r\ntwo\r\n--b--\r\n")
		if got := len(m.Root.Children); got != 2 || m.Root.Children[0].BodyRange.Len() != int64(len(filler)) {
			t.Errorf("shifted by %d: %d parts", shift, got)
		}
	}
}
