package forensics

import (
	"bytes"
	"context"
	"io"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
)

// MostBytes is the largest part that a change is looked for in.
const MostBytes = 8 << 20

// mostPaired is the largest text that changes are tried on in pairs.
const mostPaired = 256 << 10

// The bounds of the bytes that are hashed.
const (
	workTimes = 64
	leastWork = 16 << 20
	mostWork  = 256 << 20
)

// Explain looks for the change that broke a signature over part, a whole MIME part as received. sum is the digest
// that was signed, made with h. It returns the causes that, undone together, give that digest; else what is
// suspected, each cause marked so; else nothing. It fails with ctx, a read error or *limit.Error only.
func Explain(ctx context.Context, part eml.Source, h *alg.Hash, sum []byte, l limit.Limits) ([]Cause, error) {
	if part.Size() > MostBytes {
		return nil, nil
	}
	raw, err := io.ReadAll(io.NewSectionReader(part, 0, part.Size()))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(eml.NewCRLFReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, err
	}
	s := &search{ctx: ctx, h: h, want: sum, limits: l, work: min(max(workTimes*len(text), leastWork), mostWork)}
	f, err := s.form(text, nil)
	if err != nil {
		return nil, err
	}
	s.run(f)
	s.found = slices.DeleteFunc(s.found, func(c Cause) bool { return c.Code == "" })
	if len(s.found) == 0 && !s.fits && ctx.Err() == nil {
		s.found = suspicions(f)
	}
	place(s.found, raw)
	return s.found, ctx.Err()
}

// place turns offsets in the canonical text into offsets in the part as received.
func place(causes []Cause, raw []byte) {
	for i := range causes {
		r := &causes[i].Where
		r.Start, r.End = received(raw, r.Start), received(raw, r.End)
	}
}

// received returns where an offset in the canonical text lies in the text as received.
func received(raw []byte, canonical int64) int64 {
	at := int64(0)
	for i, c := range raw {
		if at >= canonical {
			return int64(i)
		}
		if at++; c == '\n' && (i == 0 || raw[i-1] != '\r') {
			at++
		}
	}
	return int64(len(raw))
}

// run tries single changes first, then what is left of the work goes into pairs. No kind of change takes all the work.
func (s *search) run(f *form) {
	s.try(f, Cause{}, len(f.text))
	for _, undo := range undoings {
		s.within(s.work/4, func() { undo(s, f, s.try) })
	}
	if len(f.text) > mostPaired {
		return
	}
	share := s.work / pairedUndoings
	for _, first := range undoings[:pairedUndoings] {
		s.within(share, func() { first(s, f, s.again) })
	}
}

// within does something with a part of the work.
func (s *search) within(share int, do func()) {
	kept := s.work - share
	s.work = share
	do()
	s.work += kept
}

// again takes a changed form as the beginning of another search.
func (s *search) again(f *form, c Cause, from int, pieces ...[]byte) {
	if s.done() {
		return
	}
	text := slices.Concat(append([][]byte{f.text[:from]}, pieces...)...)
	s.work -= len(text)
	next, err := s.form(text, append(slices.Clone(f.causes), c))
	if err != nil {
		return
	}
	s.within(s.work/4, func() {
		for _, undo := range undoings[:secondUndoings] {
			s.within(s.work/4, func() { undo(s, next, s.try) })
		}
	})
}

// yield takes one form that the text may have had: its bytes up to from, and then the pieces.
type yield func(f *form, c Cause, from int, pieces ...[]byte)

// undoings are the changes in the order in which they are tried. The first pairedUndoings are also tried with each of
// the first secondUndoings after them.
var undoings = []func(*search, *form, yield){
	whiteSpace, fromLines, dots, lineEnds, finalLines, footers, addedParts, headers, encodings, wrappings, charsets, characters, flowed, links,
	banners, bothTexts, anyLines,
}

const (
	pairedUndoings = 14
	secondUndoings = 15
)
