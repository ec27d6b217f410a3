package eml

import (
	"fmt"
	"io"
)

// Source is a message's bytes at rest: a *bytes.Reader, an *io.SectionReader
// (io.NewSectionReader(file, 0, size) for a file) or a *Spool.
type Source interface {
	io.ReaderAt
	Size() int64
}

// Range is a run of bytes in a Source, from Start up to but not including End.
type Range struct {
	Start int64 `json:"start"`
	End   int64 `json:"end"`
}

// Len returns the number of bytes.
func (r Range) Len() int64 { return r.End - r.Start }

// Contains tells whether o lies inside r.
func (r Range) Contains(o Range) bool { return r.Start <= o.Start && o.End <= r.End }

// String returns the range as "start-end".
func (r Range) String() string { return fmt.Sprintf("%d-%d", r.Start, r.End) }

// Section returns the bytes of a range, to be read, sought in, or parsed as a Source.
func Section(src Source, r Range) *io.SectionReader {
	return io.NewSectionReader(src, r.Start, r.Len())
}
