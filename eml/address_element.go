package eml

import "github.com/waxwing-mail/waxwing/finding"

// elements cuts the field at its commas and reads each piece, and the groups around them.
func (p *addressParser) elements() {
	start := 0 // of the element, in tokens
	for i := 0; i < len(p.tokens); {
		switch t := p.tokens[i]; t.kind {
		case '<':
			i = p.angleEnd(i)
			continue
		case ',':
			p.element(p.tokens[start:i])
			start = i + 1
		case ';':
			p.element(p.tokens[start:i])
			if !p.inside {
				p.syntax(p.tokens[i:i+1], "semicolon outside a group")
			}
			start, p.inside, p.group = i+1, false, ""
		case ':':
			if p.openGroup(p.tokens[start:i], t) {
				start = i + 1
			}
		}
		i++
	}
	p.element(p.tokens[start:])
	if p.inside {
		p.fault(finding.AddressSyntax, len(p.s), len(p.s), "the group is not closed")
	}
}

// angleEnd returns the index behind the angle brackets at i. Open ones end at the next comma or the like.
func (p *addressParser) angleEnd(i int) int {
	stop := 0
	for k := i + 1; k < len(p.tokens); k++ {
		switch p.tokens[k].kind {
		case '>':
			return k + 1
		case '<':
			if stop == 0 {
				stop = k
			}
			return stop
		case ',', ';':
			if stop == 0 {
				stop = k
			}
		}
	}
	if stop == 0 {
		stop = len(p.tokens)
	}
	return stop
}

// openGroup begins a group with the name that stands before a colon.
func (p *addressParser) openGroup(name []addressToken, colon addressToken) bool {
	for _, t := range name {
		if t.kind == '<' {
			p.syntax([]addressToken{colon}, "stray character")
			return false
		}
	}
	if p.inside {
		p.syntax(name, "group inside a group")
	}
	p.checkPhrase(name)
	p.inside, p.group = true, p.phrase(name)
	if len(p.list.Groups) < mostAddresses {
		p.list.Groups = append(p.list.Groups, p.group)
	}
	p.hide(name, p.group, InGroup)
	p.hideComments(name)
	return true
}

// element reads what stands between two commas: one mailbox by the grammar, any number in the wild.
func (p *addressParser) element(t []addressToken) {
	for len(t) > 0 {
		open := indexKind(t, '<')
		if open < 0 {
			p.bare(t)
			return
		}
		end, closed := len(t), false
		for k := open + 1; k < len(t); k++ {
			if t[k].kind == '>' || t[k].kind == '<' {
				end, closed = k, t[k].kind == '>'
				break
			}
		}
		if !closed {
			p.syntax(t[open:end], "open bracket")
		}
		next := end
		if closed {
			next++
		}
		for next < len(t) && t[next].kind == commentToken {
			next++
		}
		p.angle(t[:open], t[open+1:end], t[:next])
		if t = t[next:]; len(t) > 0 {
			p.syntax(t, "text after an address")
		}
	}
}

func indexKind(t []addressToken, kind byte) int {
	for i := range t {
		if t[i].kind == kind {
			return i
		}
	}
	return -1
}

// angle reads "name <spec>"; all are the tokens it consists of.
func (p *addressParser) angle(name, spec, all []addressToken) {
	a := Address{Name: p.phrase(name)}
	p.checkPhrase(name)
	p.hide(name, a.Name, InName)
	spec = p.withoutRoute(spec)
	if indexKind(spec, ',') >= 0 {
		p.syntax(spec, "several addresses in brackets")
		for i := indexKind(spec, ','); i >= 0; i = indexKind(spec, ',') {
			p.bare(spec[:i])
			spec = spec[i+1:]
		}
	}
	spec = withoutKind(spec, commentToken)
	at := -1
	for i, t := range spec {
		if t.kind == '@' {
			at = i
		}
	}
	if at < 0 {
		p.syntax(all, "no address in brackets")
		p.hide(spec, p.phrase(spec), InJunk)
		p.hideComments(all)
		return
	}
	p.add(a, spec[:at], spec[at+1:], all)
}

// checkPhrase notes a name that holds more than words.
func (p *addressParser) checkPhrase(name []addressToken) {
	for _, t := range name {
		if t.kind != atomToken && t.kind != quotedToken && t.kind != commentToken {
			p.syntax(name, "name without quotes")
			return
		}
	}
}

// withoutRoute removes "@a,@b:" (RFC 5322 §4.4) and "mailto:".
func (p *addressParser) withoutRoute(spec []addressToken) []addressToken {
	colon := indexKind(spec, ':')
	if colon < 0 {
		return spec
	}
	p.syntax(spec[:colon+1], "route or scheme before an address")
	return spec[colon+1:]
}

// withoutKind returns the tokens of other kinds.
func withoutKind(t []addressToken, kind byte) []addressToken {
	if indexKind(t, kind) < 0 {
		return t
	}
	kept := make([]addressToken, 0, len(t))
	for _, t := range t {
		if t.kind != kind {
			kept = append(kept, t)
		}
	}
	return kept
}
