package eml

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// naiveCRLF is the definition: a byte at a time.
func naiveCRLF(s string) string {
	var b strings.Builder
	last := byte(0)
	for i := range len(s) {
		if s[i] == '\n' && last != '\r' {
			b.WriteByte('\r')
		}
		b.WriteByte(s[i])
		last = s[i]
	}
	return b.String()
}

func crlfTexts() map[string]string {
	regular := func(end string, n int) string { return strings.Repeat(strings.Repeat("x", 76)+end, n) }
	return map[string]string{
		"empty":                       "",
		"LF alone":                    "\n",
		"CR alone":                    "\r",
		"no line end":                 "hello",
		"LF":                          "a\nb\n\nc",
		"CRLF":                        "a\r\nb\r\n\r\nc\r\n",
		"mixed":                       "a\nb\r\nc\rd\r\r\n\n\re\n\r\n",
		"LF at the start":             "\na\r\n",
		"regular CRLF":                regular("\r\n", 2000),
		"regular LF":                  regular("\n", 2000),
		"one LF hidden in regularity": regular("\r\n", 500) + strings.Repeat("x", 30) + "\n" + strings.Repeat("y", 47) + regular("\r\n", 500),
		"CR for one CRLF":             regular("\r\n", 100) + strings.Repeat("x", 77) + "\n" + regular("\r\n", 500),
		"long line":                   strings.Repeat("z", 100000) + "\n",
		"LF at a block's start":       strings.Repeat("z", crlfBlock) + "\nabc\n",
		"CRLF across blocks":          strings.Repeat("z", crlfBlock-1) + "\r\nabc\n",
	}
}

func TestLineEndsBecomeCRLFHoweverTheTextArrives(t *testing.T) {
	for name, text := range crlfTexts() {
		want := naiveCRLF(text)
		for _, piece := range []int{1, 2, 3, 1000, crlfBlock, len(text) + 1} {
			if piece == 1 && len(text) > 50000 {
				continue
			}
			var b bytes.Buffer
			w := NewCRLFWriter(&b)
			for rest := text; rest != ""; {
				n := min(piece, len(rest))
				if k, err := w.Write([]byte(rest[:n])); k != n || err != nil {
					t.Fatal(k, err)
				}
				rest = rest[n:]
			}
			if b.String() != want {
				t.Errorf("%s, written by %d: differs", name, piece)
			}
		}
		got, err := io.ReadAll(iotest.HalfReader(NewCRLFReader(iotest.HalfReader(strings.NewReader(text)))))
		if err != nil || string(got) != want {
			t.Errorf("%s, read: differs, %v", name, err)
		}
		var b bytes.Buffer
		r := NewCRLFReader(strings.NewReader(text))
		if len(text) > 3 {
			var head [3]byte
			io.ReadFull(r, head[:])
			b.Write(head[:])
		}
		n, err := r.WriteTo(&b)
		if err != nil || b.String() != want || len(text) <= 3 && n != int64(len(want)) {
			t.Errorf("%s, copied: differs, %v", name, err)
		}
	}
}

func TestCanonicalTextReachesTheWriterInOnePiece(t *testing.T) {
	var sizes []int
	w := NewCRLFWriter(writerFunc(func(p []byte) (int, error) { sizes = append(sizes, len(p)); return len(p), nil }))
	text := []byte(strings.Repeat("0123456789\r\n", 100000))
	if _, err := w.Write(text); err != nil || len(sizes) != 1 {
		t.Errorf("%d writes, %v; want one", len(sizes), err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestCRLFPassesErrorsOn(t *testing.T) {
	for _, text := range []string{"a\n", "a\r\n", strings.Repeat("a\r\n", 10000) + "b\n"} {
		if _, err := NewCRLFWriter(failingWriter{io.ErrClosedPipe}).Write([]byte(text)); err != io.ErrClosedPipe {
			t.Errorf("write: %v", err)
		}
	}
	r := NewCRLFReader(iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := r.WriteTo(io.Discard); err != io.ErrUnexpectedEOF {
		t.Errorf("read: %v", err)
	}
}

func BenchmarkCRLF(b *testing.B) {
	prose := "The quick brown fox\r\njumps over the lazy dog, and then it comes back to see whether\r\n\r\n"
	for name, text := range map[string]string{
		"base64 CRLF": strings.Repeat(strings.Repeat("x", 76)+"\r\n", 50000),
		"base64 LF":   strings.Repeat(strings.Repeat("x", 76)+"\n", 50000),
		"prose CRLF":  strings.Repeat(prose, 50000),
		"prose LF":    strings.Repeat(strings.ReplaceAll(prose, "\r", ""), 50000),
		"binary":      string(randomBytes(4 << 20)),
	} {
		p := []byte(text)
		b.Run(fmt.Sprint(name), func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				NewCRLFWriter(onlyWriter{io.Discard}).Write(p)
			}
		})
	}
}

type onlyWriter struct{ io.Writer }
