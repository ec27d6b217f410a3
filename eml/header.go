package eml

// Header is a header section, field by field in the order received.
type Header struct {
	Fields []Field
}

// Field is one header field, byte for byte.
type Field struct {
	Name  string // as received, without white space before the colon
	Raw   []byte // the whole field: name, colon, value, folding, line end
	Range Range  // of Raw in the source
}

// Body returns the bytes after the colon as received, without the final line end.
func (f Field) Body() []byte { panic("soon") }

// Value returns the value with folding undone (RFC 5322 §2.2.3) and outer white space trimmed;
// nothing else is decoded.
func (f Field) Value() string { panic("soon") }

// Is compares the field's name, case-insensitively.
func (f Field) Is(name string) bool { panic("soon") }

// Get returns the value of the first field with the name, or "".
func (h Header) Get(name string) string { panic("soon") }

// Lookup returns the first field with the name.
func (h Header) Lookup(name string) (Field, bool) { panic("soon") }

// All returns every field with the name.
func (h Header) All(name string) []Field { panic("soon") }

// Addresses parses every field with the name as one address list.
func (h Header) Addresses(name string) AddressList { panic("soon") }
