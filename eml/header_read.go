package eml

import (
	"bytes"
	"io"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// fieldCost is what a field takes of limit.Bytes beside its bytes.
const fieldCost = 80

// headerLine is what a line inside a header is.
type headerLine int

const (
	noLine     headerLine = iota // the source ends here, or a delimiter line ends the part inside its header
	emptyLine                    // the header ends
	fieldLine                    // a field begins
	foldedLine                   // white space: the field before goes on
	junkLine                     // none of these
)

// readHeader reads a part's header and returns where its body begins.
//
// It is lenient: lines may end in LF, a line without a field name is kept as a field without a name. A part whose
// first line is no field has no header: its writer forgot the empty line.
func (p *parser) readHeader(part *Part) (int64, error) {
	off, body := part.Range.Start, int64(-1)
	var starts []int64
	for body < 0 {
		kind, err := p.headerLineAt(off)
		if err != nil {
			return off, err
		}
		if kind == noLine || len(starts) == 0 && (kind == foldedLine || kind == junkLine && !p.fromLineAt(off)) {
			body = off
			break
		}
		next, err := p.skipField(off, kind)
		if err != nil {
			return off, err
		}
		if kind == emptyLine {
			body = next
			break
		}
		starts = append(starts, off)
		off = next
	}
	part.HeaderRange = Range{part.Range.Start, off}
	part.BodyRange = Range{body, body}
	return body, p.cutFields(part, starts)
}

// skipField returns where the next field begins, and takes this one from the budget.
func (p *parser) skipField(off int64, kind headerLine) (int64, error) {
	most := p.b.Left(limit.HeaderBytes)
	next, err := p.skipLine(off, off+most)
	for err == nil && kind != emptyLine && next <= off+most {
		var data []byte
		if data, err = p.w.from(next, 1); len(data) == 0 || data[0] != ' ' && data[0] != '\t' {
			break
		}
		next, err = p.skipLine(next, off+most)
	}
	if err != nil || kind == emptyLine {
		return next, err
	}
	if err := p.b.Take(limit.HeaderBytes, next-off); err != nil {
		return next, err
	}
	return next, p.b.Take(limit.Bytes, next-off+fieldCost)
}

// headerLineAt looks at the beginning of a line.
func (p *parser) headerLineAt(off int64) (headerLine, error) {
	if d, err := p.delimiterAt(off); d != nil || err != nil {
		return noLine, err
	}
	data, err := p.w.from(off, 2*longestLine)
	if err != nil || len(data) == 0 {
		return noLine, err
	}
	return classify(data), nil
}

// classify tells what the line at the beginning of p is. RFC 5322 §2.2: a field name is printable and without
// space; §4.5: white space may stand before the colon.
func classify(p []byte) headerLine {
	if p[0] == ' ' || p[0] == '\t' {
		return foldedLine
	}
	n := fieldNameLength(p)
	if n > 0 && n < len(p) {
		rest := bytes.TrimLeft(p[n:min(len(p), n+longestLine)], " \t")
		if len(rest) > 0 && rest[0] == ':' {
			return fieldLine
		}
	}
	if rest := bytes.TrimLeft(p[:min(len(p), 8)], "\r"); len(rest) > 0 && rest[0] == '\n' {
		return emptyLine // QUIRK: CR CR LF, of software that adds a CR to each LF
	}
	return junkLine
}

// fieldNameLength returns how many bytes of a field name stand at the beginning of p.
func fieldNameLength(p []byte) int {
	for i, c := range p[:min(len(p), longestLine)] {
		if c <= ' ' || c == ':' || c == 0x7F {
			return i
		}
	}
	return 0
}

func (p *parser) fromLineAt(off int64) bool {
	data, err := p.w.from(off, 8)
	return err == nil && isFromLine(data)
}

// skipLine returns where the next line begins. It does not look far beyond most.
func (p *parser) skipLine(off, most int64) (int64, error) {
	for next := off; ; {
		data, err := p.w.from(next, 1)
		if err != nil {
			return off, err
		}
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return next + int64(i) + 1, nil
		}
		if next += int64(len(data)); next == p.w.size || next > most {
			return next, nil
		}
	}
}

// cutFields makes the fields that begin at starts.
func (p *parser) cutFields(part *Part, starts []int64) error {
	if len(starts) == 0 {
		return nil
	}
	r := part.HeaderRange
	raw, err := p.w.bytes(r)
	if err != nil {
		return err
	}
	fields := make([]Field, len(starts))
	for i, start := range starts {
		end := r.End
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		f := Field{Raw: raw[start-r.Start : end-r.Start : end-r.Start], Range: Range{start, end}}
		if classify(f.Raw) == fieldLine {
			f.Name = string(f.Raw[:fieldNameLength(f.Raw)])
		} else {
			p.fault(part, finding.MIMEHeaderJunk, f.Range, clip(string(f.Body())))
		}
		p.inspect(part, f)
		fields[i] = f
	}
	part.Header.Fields = fields
	return nil
}

// inspect notes what is odd about the bytes of a field.
func (p *parser) inspect(part *Part, f Field) {
	text := bytes.TrimRight(f.Raw, "\r\n")
	if bytes.IndexByte(text, 0) >= 0 || bareCR(text) {
		p.fault(part, finding.MIMEHeaderControl, f.Range, f.Name)
	}
	for len(text) > longestLine {
		i := bytes.IndexByte(text, '\n')
		if i < 0 || i > longestLine+1 { // RFC 5322 §2.1.1
			p.fault(part, finding.MIMELongLine, f.Range, f.Name)
			break
		}
		text = text[i+1:]
	}
}

func bareCR(p []byte) bool {
	for {
		i := bytes.IndexByte(p, '\r')
		if i < 0 {
			return false
		}
		if p = p[i+1:]; len(p) == 0 || p[0] != '\n' {
			return true
		}
	}
}

// cutHeader ends the header where the part ends, which may be before the last line end of the last field.
func (p *Part) cutHeader(end int64) {
	p.HeaderRange.End = min(p.HeaderRange.End, end)
	for i := len(p.Header.Fields) - 1; i >= 0; i-- {
		f := &p.Header.Fields[i]
		if f.Range.End <= end {
			return
		}
		f.Range.End = max(end, f.Range.Start)
		f.Raw = f.Raw[:f.Range.Len():f.Range.Len()]
	}
}

// bytes returns a copy of a range.
func (w *window) bytes(r Range) ([]byte, error) {
	p := make([]byte, r.Len())
	if r.Start >= w.start && r.End <= w.start+int64(len(w.data)) {
		copy(p, w.data[r.Start-w.start:])
		return p, nil
	}
	if n, err := w.src.ReadAt(p, r.Start); n < len(p) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return p, nil
}
