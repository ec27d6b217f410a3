package eml

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/finding"
)

// longestBoundary is the most that is taken for a boundary. RFC 2046 §5.1.1 allows 70; a line holds 998.
const longestBoundary = 900

// delimiter is a delimiter line of an open multipart.
type delimiter struct {
	level  int  // index of the multipart in parser.open
	closes bool // "--boundary--"
	line   Range
}

// findDelimiter returns the first delimiter line at or after off, which is the start of a line; nil at the end.
func (p *parser) findDelimiter(off int64) (*delimiter, error) {
	if !p.awaiting() {
		return nil, nil
	}
	for {
		if d, err := p.delimiterAt(off); d != nil || err != nil {
			return d, err
		}
		var err error
		if off, err = p.nextCandidate(off); off < 0 || err != nil {
			return nil, err
		}
	}
}

// nextCandidate returns the start of the next line that begins with two hyphens, or -1.
func (p *parser) nextCandidate(off int64) (int64, error) {
	for {
		data, err := p.w.from(off, 3)
		if err != nil || len(data) < 3 {
			return -1, err
		}
		if i := nextDashes(data); i >= 0 {
			return off + int64(i) + 1, nil
		}
		off += int64(len(data)) - 2 // "\n-" may be the end of what was seen
	}
}

// awaiting tells whether any open part is a multipart. After its close delimiter the epilogue is looked through for
// what other programs may take for parts.
func (p *parser) awaiting() bool {
	for _, part := range p.open {
		if part.Boundary != "" {
			return true
		}
	}
	return false
}

// delimiterAt returns the delimiter line at the start of a line, or nil.
//
// RFC 2046 §5.1.1: the boundary, then nothing but white space. That section also lets readers take any line that
// begins with the boundary; they would then misread a multipart whose boundary is the beginning of another's, so
// such lines are text here, and told. The innermost multipart comes first: it may use the boundary of an outer one.
func (p *parser) delimiterAt(off int64) (*delimiter, error) {
	data, err := p.w.from(off, 2*longestLine)
	if err != nil || len(data) < 2 || data[0] != '-' || data[1] != '-' {
		return nil, err
	}
	var imitated *Part
	for i := len(p.open) - 1; i >= 0; i-- {
		part := p.open[i]
		if part.Boundary == "" || part.Closed {
			continue
		}
		rest, ok := bytes.CutPrefix(data[2:], []byte(part.Boundary))
		if !ok {
			continue
		}
		n, ok := padding(rest)
		tail, closes := bytes.CutPrefix(rest, []byte("--"))
		if !ok && closes {
			n, ok = padding(tail)
			n += 2
		}
		if ok {
			end := off + 2 + int64(len(part.Boundary)) + int64(n)
			return &delimiter{level: i, closes: closes, line: Range{off, end}}, nil
		}
		imitated = part
	}
	if imitated != nil {
		line, _, _ := bytes.Cut(data, []byte("\n"))
		p.fault(imitated, finding.MIMEBoundaryLookalike, Range{off, off + int64(len(line))}, clip(string(line)))
	}
	p.afterClose(off, data)
	return nil, nil
}

// padding returns the length of the white space up to and with the line end.
func padding(p []byte) (int, bool) {
	p = p[:min(len(p), longestLine)]
	for i, c := range p {
		switch {
		case c == '\n':
			return i + 1, true
		case c == '\r' && i+1 < len(p) && p[i+1] != '\n' && p[i+1] != '\r':
			return 0, false
		case c != ' ' && c != '\t' && c != '\r':
			return 0, false
		}
	}
	return len(p), len(p) < longestLine
}

// lineEndBefore returns where the line end before off begins (RFC 2046 §5.1.1: it belongs to the delimiter), but
// nothing before floor.
func (p *parser) lineEndBefore(off, floor int64) (int64, error) {
	start := max(floor, off-2)
	data, err := p.w.from(start, int(off-start))
	if err != nil || start >= off {
		return off, err
	}
	n := off - start
	if data[n-1] != '\n' {
		return off, nil
	}
	if n == 2 && data[0] == '\r' {
		return start, nil
	}
	return off - 1, nil
}

// clip shortens a value for people.
func clip(s string) string {
	const most = 100
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
