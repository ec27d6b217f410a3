package eml

import "io"

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

// Decode returns a reader that undoes the encoding.
func (e Encoding) Decode(r io.Reader) io.Reader { panic("soon") }

// Encode returns a writer that applies the encoding and must be closed. CRLF line ends.
func (e Encoding) Encode(w io.Writer) io.WriteCloser { panic("soon") }

// Survey is what a body contains, as far as the choice of a transfer encoding needs it.
// It is an io.Writer: write the body into it.
type Survey struct {
	Size       int64
	NonASCII   int64 // bytes above 126 and control characters other than tab, CR, LF
	NUL        bool
	BareCR     bool  // CR not followed by LF
	BareLF     bool  // LF not after CR
	LongLine   bool  // more than 998 bytes
	TrailingWS bool  // white space before a line end or at the end
	FromLine   bool  // a line that begins with "From "
	last       byte
}

// Write surveys more of the body.
func (s *Survey) Write(p []byte) (int, error) { panic("soon") }

// ForSigning returns the encoding that survives transport unchanged: 7bit only where nothing on the
// way has a reason to touch the body (RFC 8551 §3.1.3; STANDARDS item 24).
func (s *Survey) ForSigning() Encoding { panic("soon") }
