package eml

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// undecorated takes "name*1*" apart (RFC 2231 §3, §4.1).
func undecorated(name string) piece {
	p := piece{name: name, section: -1}
	base, extended := strings.CutSuffix(name, "*")
	head, number, found := strings.Cut(base, "*")
	if found {
		n, err := strconv.ParseUint(number, 10, 24)
		if err != nil {
			return p // the asterisks belong to the name
		}
		p.section = int(n)
	}
	p.name, p.extended = head, extended
	return p
}

// join makes parameters of the pieces: of each name the first plain or the RFC 2231 form, which wins.
func (r *mediaReader) join() []Param {
	byName := make(map[string][]piece)
	var names []string
	for _, p := range r.pieces {
		if len(byName[p.name]) == 0 {
			names = append(names, p.name)
		}
		byName[p.name] = append(byName[p.name], p)
	}
	params := make([]Param, 0, len(names))
	for _, name := range names {
		params = append(params, Param{name, r.joined(name, byName[name])})
	}
	if len(params) == 0 {
		return nil
	}
	return params
}

// joined returns the value of one parameter.
func (r *mediaReader) joined(name string, all []piece) string {
	if whole := pick(all, func(p piece) bool { return p.section < 0 && p.extended }); len(whole) > 0 {
		r.twice(name, whole)
		return r.decoded(name, whole[:1])
	}
	if sections := pick(all, func(p piece) bool { return p.section >= 0 }); len(sections) > 0 {
		return r.decoded(name, r.ordered(name, sections))
	}
	r.twice(name, all)
	p := all[0]
	switch {
	case name == "boundary":
		return p.value
	case isFileName(name):
		return DecodeWords(p.value)
	}
	return text(p.value)
}

func pick(all []piece, is func(piece) bool) []piece {
	var some []piece
	for _, p := range all {
		if is(p) {
			some = append(some, p)
		}
	}
	return some
}

// twice notes another value for a name.
func (r *mediaReader) twice(name string, all []piece) {
	for _, p := range all[1:] {
		if p.value != all[0].value {
			r.fault(finding.MIMEParameterTwice, 0, len(r.s), name+"="+p.value)
			return
		}
	}
}

// ordered puts continuations into their order. What comes after a gap is kept: it was lost less likely than
// misnumbered.
func (r *mediaReader) ordered(name string, sections []piece) []piece {
	slices.SortStableFunc(sections, func(a, b piece) int { return cmp.Compare(a.section, b.section) })
	if kept := slices.CompactFunc(slices.Clone(sections), func(a, b piece) bool { return a.section == b.section }); len(kept) < len(sections) {
		r.fault(finding.MIMEParameterTwice, 0, len(r.s), name)
		sections = kept
	}
	if sections[0].section > 1 || sections[len(sections)-1].section-sections[0].section != len(sections)-1 {
		r.fault(finding.MIMEParameter, 0, len(r.s), "a piece is missing of "+name)
	}
	return sections
}

// decoded joins the bytes of pieces and converts them (RFC 2231 §4).
func (r *mediaReader) decoded(name string, pieces []piece) string {
	var b []byte
	charset := ""
	for i, p := range pieces {
		value := p.value
		if !p.extended {
			b = append(b, value...)
			continue
		}
		if i == 0 {
			set, rest, ok := strings.Cut(value, "'")
			_, data, ok2 := strings.Cut(rest, "'")
			if ok && ok2 {
				charset, value = set, data
			} else {
				r.fault(finding.MIMEParameter, 0, len(r.s), "no charset in "+name)
			}
		}
		b = appendPercentDecoded(b, value)
	}
	if name == "boundary" {
		return string(b)
	}
	if charset != "" {
		if s, ok := decodeCharset(charset, b); ok {
			return s
		}
		r.fault(finding.MIMEParameter, 0, len(r.s), "unknown charset "+charset)
	}
	if isFileName(name) && !pieces[0].extended {
		return DecodeWords(string(b)) // QUIRK: encoded words cut into continuations
	}
	return guessed(b)
}

// appendPercentDecoded undoes "%41"; a percent sign without two digits stays.
func appendPercentDecoded(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) < 16 && hexValue(s[i+2]) < 16 {
			dst = append(dst, hexValue(s[i+1])<<4|hexValue(s[i+2]))
			i += 2
			continue
		}
		dst = append(dst, s[i])
	}
	return dst
}
