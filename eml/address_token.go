package eml

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// The kinds of tokens; specials stand for themselves.
const (
	atomToken    = 'a' // with its dots
	quotedToken  = 'q'
	literalToken = 'l' // [...]
	commentToken = 'c'
	junkToken    = 'j' // a bracket or quote without its other half
)

// addressToken is a piece of an address field.
type addressToken struct {
	start, end int32
	kind       byte
	space      bool // white space or a comment stands before it
}

// addressParser reads one address field.
type addressParser struct {
	s      string
	tokens []addressToken
	words  wordScanner
	group  string // name of the group being read
	inside bool   // a group is being read
	list   AddressList
}

func (p *addressParser) fault(code finding.Code, start, end int, detail string) {
	if len(p.list.Faults) < mostAddressFaults {
		p.list.Faults = append(p.list.Faults,
			Fault{Code: code, Range: Range{int64(start), int64(end)}, Detail: clip(text(detail)), Count: 1})
	}
}

// syntax notes a fault about a run of tokens.
func (p *addressParser) syntax(t []addressToken, what string) {
	if len(t) > 0 && len(p.list.Faults) < mostAddressFaults {
		start, end := int(t[0].start), int(t[len(t)-1].end)
		p.fault(finding.AddressSyntax, start, end, what+": "+clip(p.s[start:end]))
	}
}

// tokenize cuts the field into tokens.
func (p *addressParser) tokenize() {
	p.words.s = p.s
	closed := [256]bool{'(': true, '"': true, '[': true} // false once one was found to be open to the end
	space := false
	for i := 0; i < len(p.s); {
		c := p.s[i]
		if isSpace(c) {
			space = true
			i++
			continue
		}
		kind, n := c, 1
		switch c {
		case '(', '"', '[':
			if kind = junkToken; closed[c] {
				if n = enclosed(p.s[i:]); n == 0 {
					closed[c], n = false, 1
				} else {
					kind = map[byte]byte{'(': commentToken, '"': quotedToken, '[': literalToken}[c]
				}
			}
		case ')', ']', '\\':
			kind = junkToken
		case '<', '>', '@', ',', ';', ':':
		default:
			kind, n = atomToken, p.atomLength(i)
		}
		t := addressToken{int32(i), int32(i + n), kind, space}
		if kind == junkToken {
			p.syntax([]addressToken{t}, "stray character")
		}
		p.tokens = append(p.tokens, t)
		space = kind == commentToken
		i += n
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// enclosed returns the length of the comment, quoted string or literal at the start of s; 0 if it is not closed.
func enclosed(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case s[0] == '(' && c == '(':
			depth++
		case s[0] == '(' && c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case i > 0 && (s[0] == '"' && c == '"' || s[0] == '[' && c == ']'):
			return i + 1
		}
	}
	return 0
}

// atomLength returns how far an atom goes: to a special or white space. An encoded word is one atom, with the
// spaces and commas that many programs leave in it, but not with an address that stands in it in the clear.
func (p *addressParser) atomLength(i int) int {
	if word, ok := p.words.word(i); ok && !strings.ContainsAny(p.s[i:word.end], "<>@\"") {
		return word.end - i
	}
	for n := i; n < len(p.s); n++ {
		if c := p.s[n]; isSpace(c) || strings.IndexByte("()<>[]:;@\\,\"", c) >= 0 {
			return n - i
		}
	}
	return len(p.s) - i
}

// raw returns what stands from the first to the last of some tokens.
func (p *addressParser) raw(t []addressToken) string {
	if len(t) == 0 {
		return ""
	}
	return p.s[t[0].start:t[len(t)-1].end]
}

// of returns the text of a token without quotes.
func (p *addressParser) of(t addressToken) string {
	s := p.s[t.start:t.end]
	if t.kind == quotedToken || t.kind == commentToken {
		return unquoted(s)
	}
	return s
}

// phrase returns tokens as a person reads them: without comments and quotes, decoded.
func (p *addressParser) phrase(t []addressToken) string {
	var b strings.Builder
	for _, t := range t {
		if t.kind == commentToken {
			continue
		}
		if t.space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.of(t))
	}
	return strings.TrimSpace(DecodeWords(unfold(b.String())))
}

// joined tells whether two tokens belong to one dot-atom, white space between them or not (RFC 5322 §4.4).
func (p *addressParser) joined(a, b addressToken) bool {
	word := func(t addressToken) bool { return t.kind == atomToken || t.kind == quotedToken }
	return word(a) && word(b) &&
		(a.kind == atomToken && p.s[a.end-1] == '.' || b.kind == atomToken && p.s[b.start] == '.')
}
