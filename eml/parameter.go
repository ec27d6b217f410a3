package eml

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// mediaReader reads parameters from s.
type mediaReader struct {
	s      string
	i      int
	open   bool // an open comment was met: no bracket behind it begins one
	pieces []piece
	faults []Fault
}

// piece is a parameter as it stands.
type piece struct {
	name     string // lower case, without decoration
	value    string
	section  int  // of a continuation, else -1
	extended bool // "name*=" or "name*0*="
	quoted   bool
}

func (r *mediaReader) fault(code finding.Code, start, end int, detail string) {
	const most = 100
	if len(r.faults) < most {
		r.faults = append(r.faults, Fault{Code: code, Range: Range{int64(start), int64(end)}, Detail: clip(detail), Count: 1})
	}
}

// isFileName tells whether a parameter holds what people called a file, in which nearly anything occurs.
func isFileName(name string) bool { return name == "filename" || name == "name" }

// param reads the next parameter.
func (r *mediaReader) param() (piece, bool) {
	for r.skip(); r.i < len(r.s); r.skip() {
		if r.s[r.i] == ';' {
			r.i++
			continue
		}
		start := r.i
		n := strings.IndexAny(r.s[start:], "=;\"")
		if n < 0 || r.s[start+n] != '=' {
			r.i = len(r.s)
			if n >= 0 {
				r.i = start + n + 1
			}
			r.fault(finding.MIMEParameter, start, r.i, "no value: "+r.s[start:r.i])
			continue
		}
		name := strings.ToLower(strings.TrimSpace(withoutComments(r.s[start : start+n])))
		r.i = start + n + 1
		p := undecorated(name)
		p.value, p.quoted = r.value(p)
		if p.name == "" || strings.ContainsAny(p.name, " \t") {
			r.fault(finding.MIMEParameter, start, r.i, "no name: "+r.s[start:r.i])
			continue
		}
		return p, true
	}
	return piece{}, false
}

// skip passes white space and comments.
func (r *mediaReader) skip() {
	for r.i < len(r.s) {
		switch r.s[r.i] {
		case ' ', '\t':
			r.i++
		case '(':
			n := r.comment()
			if n == 0 {
				return
			}
			r.i += n
		default:
			return
		}
	}
}

// comment returns the length of the comment that begins here; 0 if it is not closed.
func (r *mediaReader) comment() int {
	depth := 0
	for i := r.i; i < len(r.s) && !r.open; i++ {
		switch r.s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1 - r.i
			}
		}
	}
	r.open = true
	return 0
}

// value reads the value behind an equals sign, up to the semicolon or what else ends it.
func (r *mediaReader) value(p piece) (string, bool) {
	r.skip()
	if r.i < len(r.s) && r.s[r.i] == '"' {
		return r.quoted(isFileName(p.name)), true
	}
	start := r.i
	if isFileName(p.name) && !p.extended && p.section < 0 {
		return r.loose(), false
	}
	n := strings.IndexAny(r.s[start:], "; \t(")
	if n < 0 {
		n = len(r.s) - start
	}
	r.i = start + n
	if strings.Contains(r.s[start:r.i], `"`) {
		r.fault(finding.MIMEParameter, start, r.i, "quote inside a value: "+r.s[start:r.i])
	}
	end := r.i
	if r.skip(); r.i < len(r.s) && r.s[r.i] != ';' {
		r.fault(finding.MIMEParameter, start, r.i, "no semicolon after "+r.s[start:end])
		if r.s[r.i] == '(' { // an open comment
			r.i = len(r.s)
		}
	}
	return r.s[start:end], false
}

// quoted reads a quoted string. In file names a backslash that escapes nothing is one: "C:\mail\a.txt".
func (r *mediaReader) quoted(fileName bool) string {
	var b strings.Builder
	start := r.i
	for i := start + 1; i < len(r.s); i++ {
		c := r.s[i]
		if c == '"' {
			r.i = i + 1
			r.afterQuotes(start)
			return b.String()
		}
		if c == '\\' && i+1 < len(r.s) && (!fileName || r.s[i+1] == '"' || r.s[i+1] == '\\') {
			i++
			c = r.s[i]
		}
		b.WriteByte(c)
	}
	n := strings.IndexByte(r.s[start:], ';')
	if n < 0 {
		n = len(r.s) - start
	}
	r.i = start + n
	r.fault(finding.MIMEParameter, start, r.i, "open quote: "+r.s[start:r.i])
	return strings.TrimSpace(r.s[start+1 : r.i])
}

// afterQuotes notes text between a quoted value and the semicolon. It is left to be read as a parameter, since
// what is missing is often the semicolon.
func (r *mediaReader) afterQuotes(start int) {
	if r.skip(); r.i < len(r.s) && r.s[r.i] != ';' {
		r.fault(finding.MIMEParameter, start, r.i, "no semicolon after "+r.s[start:r.i])
		if r.s[r.i] == '"' {
			r.i++
		}
	}
}

// loose reads a file name without quotes: everything up to the semicolon, but not a comment at the end.
func (r *mediaReader) loose() string {
	start, end := r.i, r.i
	for r.i < len(r.s) && r.s[r.i] != ';' {
		n := 0
		if r.s[r.i] == '(' && r.i > start && (r.s[r.i-1] == ' ' || r.s[r.i-1] == '\t') {
			n = r.comment()
		}
		if r.i += max(1, n); n > 0 {
			rest := strings.TrimLeft(r.s[r.i:], " \t")
			if rest == "" || rest[0] == ';' {
				break
			}
		}
		end = r.i
	}
	value := strings.TrimSpace(r.s[start:end])
	if strings.ContainsAny(value, " \t\"()<>@,:\\/[]?=") {
		r.fault(finding.MIMEParameter, start, end, "not quoted: "+value)
	}
	return value
}
