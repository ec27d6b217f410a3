package eml

import (
	"io"
	"strings"
)

// Encoding is a Content-Transfer-Encoding (RFC 2045 §6).
type Encoding string

// The transfer encodings. Any other value in a message is kept as received, in lower case, and
// its bytes are passed through.
const (
	SevenBit        Encoding = "7bit"
	EightBit        Encoding = "8bit"
	Binary          Encoding = "binary"
	QuotedPrintable Encoding = "quoted-printable"
	Base64          Encoding = "base64"
)

// parseEncoding reads a field value: comments and white space around the token are common.
func parseEncoding(value string) Encoding {
	value = strings.ToLower(strings.TrimSpace(withoutComments(value)))
	if i := strings.IndexAny(value, "; \t"); i >= 0 {
		value = value[:i]
	}
	return Encoding(strings.Trim(value, `"`))
}

// known tells whether the encoding is one of RFC 2045.
func (e Encoding) known() bool { return e.identity() || e == QuotedPrintable || e == Base64 }

// identity tells whether the encoding leaves the bytes as they are.
func (e Encoding) identity() bool { return e == SevenBit || e == EightBit || e == Binary }

// Decode returns a reader that undoes the encoding.
func (e Encoding) Decode(r io.Reader) io.Reader {
	switch e {
	case Base64:
		return NewBase64Decoder(r)
	case QuotedPrintable:
		return &qpDecoder{r: r}
	}
	return r
}

// Encode returns a writer that applies the encoding and must be closed; w stays open.
// Base64 is written in lines of 76 characters and CRLF.
func (e Encoding) Encode(w io.Writer) io.WriteCloser {
	switch e {
	case Base64:
		return NewBase64Encoder(w, 76, CRLF)
	case QuotedPrintable:
		return &qpEncoder{w: w}
	}
	return openWriter{w}
}

// openWriter has a Close that leaves w open.
type openWriter struct{ io.Writer }

func (openWriter) Close() error { return nil }
