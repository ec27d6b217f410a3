package eml

import (
	"strings"
	"unicode"

	"github.com/waxwing-mail/waxwing/finding"
)

// MediaType is a Content-Type or Content-Disposition value, read leniently (RFC 2045 §5.1).
type MediaType struct {
	Type, Subtype string  // lower case; Subtype is empty for a disposition
	Params        []Param // in order of first appearance, continuations joined
}

// Param is one parameter, with RFC 2231 continuations joined and charset decoded.
type Param struct {
	Name  string // lower case, without RFC 2231 decoration
	Value string // UTF-8; of a boundary the bytes as they stand
}

// Is compares with "type/subtype" in lower case.
func (t MediaType) Is(name string) bool {
	if t.Subtype == "" {
		return t.Type == name
	}
	n := len(t.Type)
	return len(name) == n+1+len(t.Subtype) && name[:n] == t.Type && name[n] == '/' && name[n+1:] == t.Subtype
}

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

// longestMediaType is how much of a value is read. Nobody needs a hundredth of it.
const longestMediaType = 64 << 10

// ParseMediaType reads a Content-Type or Content-Disposition value, unfolded or not.
//
// It is lenient with what is common: comments anywhere, values with spaces and brackets that are not quoted, encoded
// words in file names (RFC 2231 §5 wanted an end of them), parameters without semicolon. Of a parameter given
// twice the first counts. What it made out of faulty text is told.
func ParseMediaType(value string) (MediaType, []Fault) {
	r := &mediaReader{s: withoutControls(unfold(value))}
	if len(r.s) > longestMediaType {
		r.fault(finding.MIMEParameter, longestMediaType, len(r.s), "too long")
		r.s = r.s[:longestMediaType]
	}
	t := r.name()
	for {
		p, ok := r.param()
		if !ok {
			break
		}
		r.pieces = append(r.pieces, p)
	}
	t.Params = r.join()
	return t, r.faults
}

// name reads "type/subtype" or a disposition.
func (r *mediaReader) name() MediaType {
	end := strings.IndexByte(r.s, ';')
	if end < 0 {
		end = len(r.s)
	}
	head := r.s[:end]
	if strings.Contains(head, "(") { // a semicolon may stand in the comment
		end = r.commented()
		head = withoutComments(r.s[:end])
	}
	r.i = end
	kind, sub, _ := strings.Cut(head, "/")
	if i := strings.IndexByte(sub, '='); i >= 0 && end == len(kind)+1+len(sub) { // "text/plain charset=utf-8"
		if i = strings.LastIndexAny(strings.TrimRight(sub[:i], " \t"), " \t"); i > 0 {
			r.i = len(kind) + 1 + i
			r.fault(finding.MIMEParameter, 0, r.i, "no semicolon after "+head[:r.i])
		}
	}
	return MediaType{Type: token(kind), Subtype: token(sub)}
}

// commented returns where the type ends: at the first semicolon outside comments.
func (r *mediaReader) commented() int {
	depth := 0
	for i := 0; i < len(r.s); i++ {
		switch r.s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			depth = max(0, depth-1)
		case ';':
			if depth == 0 {
				return i
			}
		}
	}
	return len(r.s)
}

// withoutControls makes control characters blanks, as they become when the field is written for a signature.
func withoutControls(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c == 0x7f {
			b[i] = ' '
		}
	}
	return string(b)
}

// token returns the first word in lower case, without quotes around it.
func token(s string) string {
	s = strings.Trim(s, " \t\"")
	if i := strings.IndexAny(s, " \t\","); i >= 0 {
		s = s[:i]
	}
	return strings.ToLower(text(s))
}
