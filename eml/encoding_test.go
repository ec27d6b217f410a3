package eml

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"
)

func qpDecoded(t testing.TB, text string) string {
	t.Helper()
	got, err := io.ReadAll(QuotedPrintable.Decode(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	half, _ := io.ReadAll(iotest.OneByteReader(QuotedPrintable.Decode(iotest.OneByteReader(strings.NewReader(text)))))
	if !bytes.Equal(got, half) {
		t.Errorf("%q: %q at once, %q byte by byte", text, got, half)
	}
	return string(got)
}

func TestQuotedPrintableIsReadLeniently(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"plain\r\ntext":          "plain\r\ntext",
		"caf=C3=a9":              "café",
		"soft=\r\nbreak":         "softbreak",
		"soft=  \t\r\nbreak":     "softbreak",
		"soft=\nbreak\n":         "softbreak\n",
		"white   \r\nspace \t\n": "white\r\nspace\n",
		"white at the end  ":     "white at the end",
		"kept=20\r\n":            "kept \r\n",
		"not hex =ZZ, = and =4":  "not hex =ZZ, = and =4",
		"= 41":                   "= 41",
		"ends in =":              "ends in ",
		"bare\rcr":               "bare\rcr",
		"raw \xe9 byte":          "raw \xe9 byte",
		"\r\n\r\n=0D=0A":         "\r\n\r\n\r\n",
	} {
		if got := qpDecoded(t, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAnEndlessQuotedPrintableLineIsDecodedPieceByPiece(t *testing.T) {
	text := strings.Repeat("=41b c", 50000)
	got, err := io.ReadAll(QuotedPrintable.Decode(strings.NewReader(text)))
	if want := strings.Repeat("Ab c", 50000); err != nil || string(got) != want {
		t.Errorf("differs: %d bytes, want %d", len(got), len(want))
	}
	for _, text := range []string{strings.Repeat("=", 200000), strings.Repeat(" ", 200000), strings.Repeat("=4", 100000)} {
		if _, err := io.ReadAll(QuotedPrintable.Decode(strings.NewReader(text))); err != nil {
			t.Error(err)
		}
	}
}

func TestQuotedPrintableComesBackFromBothDecoders(t *testing.T) {
	for _, text := range []string{
		"", "hello\r\n", "From here\r\n.\r\n--b\r\n", "trailing \r\ntab\t\r\n", "end ", "\r", "a\rb\r\n", "\r\r\n", "a \rb",
		strings.Repeat("long ", 100), strings.Repeat("é", 60), strings.Repeat("x", 76) + "F" + strings.Repeat("From ", 50),
		string(randomBytes(5000)), "\x00\x7f=", strings.Repeat(".", 300), " \t \t",
	} {
		var b bytes.Buffer
		w := QuotedPrintable.Encode(&b)
		for i := range len(text) {
			w.Write([]byte{text[i]})
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var whole bytes.Buffer
		w = QuotedPrintable.Encode(&whole)
		io.WriteString(w, text)
		w.Close()
		if whole.String() != b.String() {
			t.Errorf("%.40q: depends on how it is written", text)
		}
		if got := qpDecoded(t, b.String()); got != text {
			t.Errorf("%.40q: came back as %.40q through %.80q", text, got, b.String())
		}
		if !strings.Contains(text, "\n") {
			std, err := io.ReadAll(quotedprintable.NewReader(&whole))
			if err != nil || string(std) != text {
				t.Errorf("%.40q: the standard library reads %.40q, %v", text, std, err)
			}
		}
		var s Survey
		s.Write(b.Bytes())
		if !strings.Contains(text, "\n") && !s.transportable() {
			t.Errorf("%.40q: its encoded form would not survive transport: %+v", text, s)
		}
		for line := range strings.Lines(b.String()) {
			if len(strings.TrimRight(line, "\r\n")) > qpLine {
				t.Errorf("line of %d", len(line))
			}
		}
	}
}

func TestUnknownEncodingsPassThrough(t *testing.T) {
	for value, want := range map[string]Encoding{
		"base64": Base64, " BASE64 (really)": Base64, "7bit;": SevenBit, `"quoted-printable"`: QuotedPrintable,
		"Quoted-Printable\r\n ": QuotedPrintable, "x-uuencode": "x-uuencode", "": "",
	} {
		if got := parseEncoding(value); got != want {
			t.Errorf("%q: %q", value, got)
		}
	}
	got, _ := io.ReadAll(Encoding("x-unknown").Decode(strings.NewReader("a=41")))
	if string(got) != "a=41" {
		t.Errorf("got %q", got)
	}
}

// STANDARDS item 24: what a gateway or a mailbox would touch is encoded before it is signed.
func TestSurveyChoosesAnEncodingThatSurvivesTransport(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Encoding
	}{
		{"plain", "hello\r\nworld\r\n", SevenBit},
		{"nothing", "", SevenBit},
		{"no final line end", "hello", SevenBit},
		{"stored with LF", "hello\nworld\n", SevenBit},
		{"tabs inside", "a\tb\r\n", SevenBit},
		{"a line of 998", strings.Repeat("x", 998) + "\r\n", SevenBit},
		{"a line of 999", strings.Repeat("x", 999) + "\r\n", QuotedPrintable},
		{"a line of 999 at the end", "a\r\n" + strings.Repeat("x", 999), QuotedPrintable},
		{"white space before CRLF", "hello \r\n", QuotedPrintable},
		{"white space before LF", "a\nhello\t\n", QuotedPrintable},
		{"white space at the end", "hello ", QuotedPrintable},
		{"a From line", "hello\r\nFrom here\r\n", QuotedPrintable},
		{"a From line at the start", "From here\r\n", QuotedPrintable},
		{"from in small letters", "from here\r\n", SevenBit},
		{"bare CR", "a\rb\r\n", QuotedPrintable},
		{"CR CR LF", "a\r\r\n", QuotedPrintable},
		{"CR at the end", "a\r", QuotedPrintable},
		{"an umlaut", "Gr\xc3\xbc\xc3\x9fe aus M\xc3\xbcnchen und Umgebung\r\nund noch mehr reiner Text\r\n", QuotedPrintable},
		{"Russian", "Здравствуйте\r\n", Base64},
		{"NUL", "a\x00b, followed by much ordinary text", Base64},
		{"a control character", "form\ffeed\r\n", QuotedPrintable},
		{"DEL", "rub\x7fout, and more text\r\n", QuotedPrintable},
	} {
		for _, piece := range []int{len(c.text) + 1, 1, 3} {
			var s Survey
			for rest := []byte(c.text); len(rest) > 0; {
				n := min(piece, len(rest))
				s.Write(rest[:n])
				rest = rest[n:]
			}
			if got := s.ForSigning(); got != c.want || s.Size != int64(len(c.text)) {
				t.Errorf("%s, written by %d: got %s, want %s (%+v)", c.name, piece, got, c.want, s)
			}
		}
	}
}

func BenchmarkTransfer(b *testing.B) {
	line := []byte(strings.Repeat(strings.Repeat("A", 76)+"\r\n", 50000))
	prose := []byte(strings.Repeat("The caf=C3=A9 is closed, and the quick brown fox goes home=20\r\n", 50000))
	b.Run("survey base64", func(b *testing.B) {
		b.SetBytes(int64(len(line)))
		for b.Loop() {
			new(Survey).Write(line)
		}
	})
	b.Run("survey prose", func(b *testing.B) {
		b.SetBytes(int64(len(prose)))
		for b.Loop() {
			new(Survey).Write(prose)
		}
	})
	b.Run("decode quoted-printable", func(b *testing.B) {
		b.SetBytes(int64(len(prose)))
		for b.Loop() {
			io.Copy(io.Discard, QuotedPrintable.Decode(bytes.NewReader(prose)))
		}
	})
	b.Run("encode quoted-printable", func(b *testing.B) {
		b.SetBytes(int64(len(prose)))
		for b.Loop() {
			QuotedPrintable.Encode(io.Discard).Write(prose)
		}
	})
}
