package eml

import "io"

// LineEnd is how written lines end.
type LineEnd string

// The line ends.
const (
	CRLF LineEnd = "\r\n"
	LF   LineEnd = "\n"
)

// NewBase64Encoder returns a writer of base64 in lines of columns characters (76, 72 or 64; a multiple of 4),
// each ended by end. Close writes the last line.
func NewBase64Encoder(w io.Writer, columns int, end LineEnd) io.WriteCloser { panic("soon") }

// Base64Decoder decodes the base64 of mails (RFC 2045 §6.8).
type Base64Decoder struct {
	Junk         int64 // bytes skipped that are neither alphabet nor white space nor padding
	AfterPadding bool  // data went on after padding
	Incomplete   bool  // the text ended inside a group of four
}

// NewBase64Decoder returns a decoder that skips white space and, as RFC 2045 §6.8 demands, all bytes
// outside the alphabet, and counts these. Errors are those of r.
func NewBase64Decoder(r io.Reader) *Base64Decoder { panic("soon") }

// Read implements io.Reader.
func (d *Base64Decoder) Read(p []byte) (int, error) { panic("soon") }

// WriteTo implements io.WriterTo.
func (d *Base64Decoder) WriteTo(w io.Writer) (int64, error) { panic("soon") }
