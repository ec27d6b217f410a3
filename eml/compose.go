package eml

import "io"

// AppendField appends "name: value" with encoded words (RFC 2047) where needed, folded, CRLF at the end.
// A CR, LF or NUL in the value, or a name that is no field name, is an error: no value can add a field.
func AppendField(dst []byte, name, value string) ([]byte, error) { panic("soon") }

// AppendAddressField appends a field of addresses, display names encoded or quoted, folded.
func AppendAddressField(dst []byte, name string, list []Address) ([]byte, error) { panic("soon") }

// AppendTypeField appends a Content-Type or Content-Disposition field, parameters quoted or in
// RFC 2231 form as needed, folded.
func AppendTypeField(dst []byte, name string, t MediaType) ([]byte, error) { panic("soon") }

// NewBoundary returns a boundary drawn from rand that occurs in none of the parts.
func NewBoundary(rand io.Reader, parts ...Source) (string, error) { panic("soon") }

// MultipartWriter writes the body of a multipart (RFC 2046 §5.1).
type MultipartWriter struct{ w io.Writer }

// NewMultipartWriter returns a writer of the parts between delimiter lines of boundary.
func NewMultipartWriter(w io.Writer, boundary string) *MultipartWriter { panic("soon") }

// Next writes a delimiter line and returns the writer for the next part: its header, empty line and body,
// written as they are.
func (m *MultipartWriter) Next() (io.Writer, error) { panic("soon") }

// Close writes the close delimiter.
func (m *MultipartWriter) Close() error { panic("soon") }

// WriteSignable writes a part as it should be signed: CRLF line ends, and each leaf whose body would not survive
// transport re-encoded as quoted-printable or base64, with its Content-Transfer-Encoding changed to match
// (RFC 8551 §3.1.3). A multipart/signed inside stays byte for byte.
// The fields of p itself are those given, in place of p's own.
func WriteSignable(w io.Writer, p *Part, fields []Field) error { panic("soon") }
