package forensics

import (
	"bytes"
	"slices"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// The kinds of systems that add text.
const (
	byList   = "a mailing list or a gateway that adds a disclaimer"
	byMarker = "a gateway that marks mail from outside"
)

// mostFooter is the longest run of lines that is taken for a footer or a banner.
const mostFooter = 80

// texts returns the parts that hold text, as they stand.
func texts(f *form) (list []*eml.Part) {
	for p := range f.m.Parts() {
		if len(p.Children) == 0 && !p.IsMultipart() && (p.Type.Type == "text" || p.Type.Type == "message") {
			list = append(list, p)
		}
	}
	return list
}

// cuts returns the offsets at which lines of a text begin, the last ones first and the beginning left out.
func cuts(body []byte, most int) (list []int) {
	end := len(body)
	for len(list) < most {
		i := bytes.LastIndexByte(bytes.TrimSuffix(body[:end], []byte("\n")), '\n') + 1
		if i <= 0 || i >= end {
			break
		}
		list = append(list, i)
		end = i
	}
	return list
}

// footers tries each text without its last lines. Digests up to each line are kept, so that all of them together
// cost one pass, and what follows the text once a line.
func footers(s *search, f *form, y yield) {
	for _, p := range texts(f) {
		body := f.body(p)
		s.warm(f, p, cuts(body, mostFooter))
		for _, cut := range cuts(body, mostFooter) {
			from := int(p.BodyRange.Start) + cut
			c := Cause{Code: finding.ForensicsFooter, What: "text was added at its end: " + quoted(body[cut:]), Who: byList}
			c = c.in(p).at(from, int(p.BodyRange.End))
			rest := f.text[p.BodyRange.End:]
			y(f, c, from, rest)
			if short, n := trimEnds(f.text[:from]); n > 0 && len(rest) > 0 {
				y(f, c, len(short), rest) // the line end before a delimiter is the delimiter's
				if n > 1 {
					y(f, c, len(short)+2, rest)
				}
			}
		}
		encodedFooters(s, f, p, y)
		htmlInsertions(s, f, p, y)
	}
}

// warm keeps the digests at the places where a text may have ended, first to last.
func (s *search) warm(f *form, p *eml.Part, list []int) {
	for _, cut := range slices.Backward(list) {
		if s.done() {
			return
		}
		s.state(f, int(p.BodyRange.Start)+cut)
	}
}

// encodedFooters tries the same where the text is encoded: the gateway decoded, added and encoded again.
func encodedFooters(s *search, f *form, p *eml.Part, y yield) {
	if p.Encoding != eml.QuotedPrintable && p.Encoding != eml.Base64 {
		return
	}
	text := decoded(p)
	for _, cut := range cuts(text, mostFooter/4) {
		c := Cause{Code: finding.ForensicsFooter, What: "text was added at its end: " + quoted(text[cut:]), Who: byList}
		short, _ := trimEnds(text[:cut])
		for _, was := range [][]byte{text[:cut], short} {
			for _, body := range encodedAgain(p, was) {
				y(f, c.in(p), int(p.BodyRange.Start), body, f.text[p.BodyRange.End:])
			}
		}
	}
}

// banners tries each text without its first lines.
func banners(s *search, f *form, y yield) {
	for _, p := range texts(f) {
		body, start := f.body(p), int(p.BodyRange.Start)
		for n, end := 0, 0; n < mostFooter && !s.done(); n++ {
			i := bytes.IndexByte(body[end:], '\n')
			if i < 0 {
				break
			}
			end += i + 1
			c := Cause{Code: finding.ForensicsBanner, What: "text was added at its beginning: " + quoted(body[:end]), Who: byMarker}
			y(f, c.in(p).at(start, start+end), start, body[end:], f.text[p.BodyRange.End:])
		}
		if p.Encoding != eml.QuotedPrintable && p.Encoding != eml.Base64 {
			continue
		}
		text := decoded(p)
		for n, end := 0, 0; n < mostFooter/4 && !s.done(); n++ {
			i := bytes.IndexByte(text[end:], '\n')
			if i < 0 {
				break
			}
			end += i + 1
			c := Cause{Code: finding.ForensicsBanner, What: "text was added at its beginning: " + quoted(text[:end]), Who: byMarker}
			for _, was := range encodedAgain(p, text[end:]) {
				y(f, c.in(p), start, was, f.text[p.BodyRange.End:])
			}
		}
	}
}

// quoted shows a text.
func quoted(b []byte) string { return `"` + clipped(b) + `"` }
