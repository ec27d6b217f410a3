package eml

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// bare reads an element without angle brackets: an address with comments by the grammar; names, or several
// addresses, in the wild.
func (p *addressParser) bare(t []addressToken) {
	for len(t) > 0 {
		at := indexKind(t, '@')
		if at < 0 {
			p.junk(t)
			return
		}
		local := p.localStart(t, at)
		end := p.domainEnd(t, at)
		for end < len(t) && t[end].kind == '@' { // a@b@c: all but the last are taken for the local part
			at, end = end, p.domainEnd(t, end)
		}
		for end < len(t) && t[end].kind == commentToken {
			end++
		}
		a := Address{}
		if words := withoutKind(t[:local], commentToken); len(words) > 0 {
			a.Name = p.phrase(words)
			p.syntax(t[:end], "address without brackets behind a name")
			p.hide(words, a.Name, InName)
		}
		p.add(a, withoutKind(t[local:at], commentToken), withoutKind(t[at+1:end], commentToken), t[:end])
		if t = t[end:]; len(t) > 0 {
			p.syntax(t, "text after an address")
		}
	}
}

// localStart returns the index of the first token of the local part before an "@".
func (p *addressParser) localStart(t []addressToken, at int) int {
	start, after := at, -1
	for k := at - 1; k >= 0; k-- {
		if t[k].kind == commentToken {
			continue
		}
		if after < 0 {
			if t[k].kind != atomToken && t[k].kind != quotedToken {
				return start
			}
		} else if !p.joined(t[k], t[after]) {
			return start
		}
		start, after = k, k
	}
	return start
}

// domainEnd returns the index behind the domain that follows an "@".
func (p *addressParser) domainEnd(t []addressToken, at int) int {
	end, before := at+1, -1
	for k := at + 1; k < len(t); k++ {
		if t[k].kind == commentToken {
			continue
		}
		if before < 0 {
			if t[k].kind != atomToken && t[k].kind != literalToken {
				return end
			}
		} else if !p.joined(t[before], t[k]) {
			return end
		}
		end, before = k+1, k
	}
	return end
}

// add makes an address of the tokens of its halves, which hold no comments; all are the tokens it was made from.
func (p *addressParser) add(a Address, local, domain, all []addressToken) {
	a.Raw = p.raw(all)
	a.Range = Range{int64(all[0].start), int64(all[len(all)-1].end)}
	a.Group = p.group
	for _, t := range all {
		if t.kind == commentToken {
			a.Comments = append(a.Comments, DecodeWords(p.of(t)))
		}
	}
	p.hideComments(all)
	a.Local = p.local(local)
	end := p.domainEnd(domain, -1)
	for _, t := range domain[:end] {
		a.Domain += text(p.s[t.start:t.end])
	}
	if len(domain) > end {
		p.syntax(domain[end:], "text behind a domain")
		p.hide(domain[end:], p.phrase(domain[end:]), InJunk)
	}
	if a.Local == "" && len(local) == 0 || a.Domain == "" {
		p.syntax(all, "half an address")
		return
	}
	if strings.ContainsFunc(a.Local+a.Domain, func(r rune) bool { return r < ' ' || r == 0x7F }) {
		p.syntax(all, "control character in an address")
	}
	if strings.Contains(a.Local, "@") {
		p.hide(local, a.Local, InLocal)
	}
	if whole := a.Local + "@" + a.Domain; strings.Contains(whole, "=?") {
		if decoded, ok := decodeWords(whole); ok { // RFC 2047 §5: never in an address
			p.syntax(all, "encoded word in an address")
			p.hide(all, decoded, InWord)
		}
	}
	if len(p.list.Addresses) == mostAddresses {
		p.fault(finding.AddressTooMany, int(all[0].start), len(p.s), "too many addresses")
	} else if len(p.list.Addresses) < mostAddresses {
		p.list.Addresses = append(p.list.Addresses, a)
	}
}

// local returns the local part that tokens stand for.
func (p *addressParser) local(t []addressToken) string {
	var b strings.Builder
	regular := true
	for i, x := range t {
		if i > 0 {
			joined := p.joined(t[i-1], x)
			regular = regular && joined
			if x.space && !joined {
				b.WriteByte(' ')
			}
		}
		regular = regular && (x.kind == atomToken || x.kind == quotedToken)
		b.WriteString(p.of(x))
	}
	if !regular {
		p.syntax(t, "local part without quotes")
	}
	return text(unfold(b.String()))
}

// junk notes text that is no address.
func (p *addressParser) junk(t []addressToken) {
	words := withoutKind(t, commentToken)
	if len(words) > 0 {
		p.syntax(words, "no address")
		p.hide(words, p.phrase(words), InJunk)
	}
	p.hideComments(t)
}
