package eml

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// partCost is what a part takes of limit.Bytes beside its header, about its size in memory.
const partCost = 512

// parser reads a message from front to back, once. The open parts are a list, not a recursion, so depth costs
// nothing but what limit.Layers allows.
type parser struct {
	w     *window
	b     *limit.Budget
	msg   *Message
	depth int     // layers around the message
	open  []*Part // root first; each one's parent stands before it
	seen  map[faultKey]faultPlace
}

type faultKey struct {
	part *Part
	code finding.Code
}

type faultPlace struct {
	index int   // in msg.Faults
	last  int64 // where it was seen last
}

// run reads the part at off and everything that follows.
func (p *parser) run(off int64) error {
	off, err := p.begin(off)
	for err == nil {
		var d *delimiter
		if d, err = p.findDelimiter(off); d == nil || err != nil {
			break
		}
		off, err = p.take(d)
	}
	if err == nil {
		p.close(0, p.w.size)
	}
	return err
}

// begin opens a part at off, inside the innermost open one, and the message in it if it holds one. It returns where
// the first text of a body begins.
func (p *parser) begin(off int64) (int64, error) {
	for {
		part, err := p.newPart(off)
		if err != nil {
			return off, err
		}
		if off, err = p.readHeader(part); err != nil {
			return off, err
		}
		p.open = append(p.open, part)
		p.understand(part)
		if part.IsMultipart() || !holdsMessage(part) {
			return off, nil
		}
	}
}

func (p *parser) newPart(off int64) (*Part, error) {
	part := &Part{Path: "1", Depth: p.depth + len(p.open) + 1, Range: Range{off, off}, msg: p.msg}
	if len(p.open) > 0 {
		part.Parent = p.open[len(p.open)-1]
		part.Path = part.Parent.Path + "." + strconv.Itoa(len(part.Parent.Children)+1)
		part.Parent.Children = append(part.Parent.Children, part)
	} else {
		p.msg.Root = part
	}
	p.msg.parts = append(p.msg.parts, part)
	if err := p.b.Take(limit.Parts, 1); err != nil {
		return nil, err
	}
	if err := p.b.Take(limit.Bytes, int64(partCost+len(part.Path))); err != nil {
		return nil, err
	}
	return part, p.b.Within(limit.Layers, int64(part.Depth))
}

// take ends the parts that a delimiter line ends, and begins the one after it. It returns where to go on.
func (p *parser) take(d *delimiter) (int64, error) {
	multi := p.open[d.level]
	floor := multi.BodyRange.Start
	if len(p.open) > d.level+1 {
		floor = p.open[d.level+1].Range.Start
	}
	// RFC 2046 §5.1.1: the line end before a delimiter is part of it. That of an empty line after a header is
	// taken too: the part then consists of its header alone.
	end, err := p.lineEndBefore(d.line.Start, floor)
	if err != nil {
		return 0, err
	}
	p.close(d.level+1, end)
	if len(multi.Delimiters) == 0 {
		multi.Preamble = Range{multi.BodyRange.Start, end}
	}
	multi.Delimiters = append(multi.Delimiters, Range{end, d.line.End})
	if d.closes {
		multi.Closed = true
		return d.line.End, nil
	}
	return p.begin(d.line.End)
}

// close ends the open parts from a level on.
func (p *parser) close(level int, end int64) {
	for i := len(p.open) - 1; i >= level; i-- {
		part := p.open[i]
		part.Range = Range{min(part.Range.Start, end), end} // a message in a body that turned out to be empty
		part.HeaderRange.Start = part.Range.Start
		part.BodyRange = Range{min(part.BodyRange.Start, end), end}
		part.cutHeader(end)
		if part.IsMultipart() {
			p.closeMultipart(part, end)
		}
	}
	p.open = p.open[:level]
}

func (p *parser) closeMultipart(part *Part, end int64) {
	part.Epilogue = Range{end, end}
	n := len(part.Delimiters)
	if n == 0 {
		part.Preamble = part.BodyRange
		p.fault(part, finding.MIMENoParts, part.BodyRange, clip(part.Boundary))
		return
	}
	last := &part.Delimiters[n-1]
	last.End = min(last.End, end)
	if part.Closed {
		part.Epilogue.Start = last.End
	} else {
		p.fault(part, finding.MIMEUnclosed, Range{end, end}, clip(part.Boundary))
	}
}

// fault notes an oddity: the first of its kind in a part with its place, the others by their number.
func (p *parser) fault(part *Part, code finding.Code, r Range, detail string) {
	key := faultKey{part, code}
	if at, ok := p.seen[key]; ok {
		if r.Start > at.last { // some lines are looked at twice
			p.msg.Faults[at.index].Count++
			p.seen[key] = faultPlace{at.index, r.Start}
		}
		return
	}
	if p.seen == nil {
		p.seen = map[faultKey]faultPlace{}
	}
	p.seen[key] = faultPlace{len(p.msg.Faults), r.Start}
	p.msg.Faults = append(p.msg.Faults, Fault{Code: code, Part: part.Path, Range: r, Detail: detail, Count: 1})
}

// sortFaults puts the faults in order of place.
func sortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Range.Start, b.Range.Start) })
}
