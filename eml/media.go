package eml

// MediaType is a Content-Type or Content-Disposition value, read leniently (RFC 2045 §5.1).
type MediaType struct {
	Type, Subtype string  // lower case; Subtype is empty for a disposition
	Params        []Param // in order of first appearance, continuations joined
}

// Param is one parameter, with RFC 2231 continuations joined and charset decoded.
type Param struct {
	Name  string // lower case, without RFC 2231 decoration
	Value string // UTF-8
}

// ParseMediaType reads a Content-Type or Content-Disposition value, unfolded or not.
func ParseMediaType(value string) (MediaType, []Fault) { panic("soon") }

// Is compares with "type/subtype" in lower case.
func (t MediaType) Is(name string) bool { return t.String() == name }

// String returns "type/subtype" without parameters.
func (t MediaType) String() string {
	if t.Subtype == "" {
		return t.Type
	}
	return t.Type + "/" + t.Subtype
}

// Param returns the value of the first parameter with the name (lower case), or "".
func (t MediaType) Param(name string) string {
	for _, p := range t.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
