package eml

import (
	"bytes"
	"io"
)

// Edit changes header fields of a part and keeps every other byte.
type Edit struct {
	p        *Part
	removed  map[int]bool
	replaced map[int][]byte
	before   [][]byte // in the order in which they stand
	after    [][]byte
}

// NewEdit returns an edit of the part's header.
func NewEdit(p *Part) *Edit { return &Edit{p: p, removed: map[int]bool{}, replaced: map[int][]byte{}} }

// Delete removes every field with the name and returns how many there were.
func (e *Edit) Delete(name string) int {
	n := 0
	for i, f := range e.p.Header.Fields {
		if f.Is(name) && !e.removed[i] {
			e.removed[i] = true
			n++
		}
	}
	return n
}

// Remove removes the field at index i of Header.Fields.
func (e *Edit) Remove(i int) { e.removed[i] = true }

// Replace puts field, as AppendField made it, in the place of the field at index i.
func (e *Edit) Replace(i int, field []byte) { e.replaced[i] = field }

// Prepend adds a field before all others; the last one given stands first.
func (e *Edit) Prepend(field []byte) { e.before = append([][]byte{field}, e.before...) }

// Append adds a field after all others.
func (e *Edit) Append(field []byte) { e.after = append(e.after, field) }

// WriteHeader writes the edited fields without the empty line. New fields end their lines as the message does.
func (e *Edit) WriteHeader(w io.Writer) error {
	var out []byte
	for _, f := range e.before {
		out = append(out, e.stored(f)...)
	}
	for i, f := range e.p.Header.Fields {
		switch {
		case e.replaced[i] != nil:
			out = append(out, e.stored(e.replaced[i])...)
		case !e.removed[i]:
			out = append(out, f.Raw...)
		}
	}
	for _, f := range e.after {
		if n := len(out); n > 0 && out[n-1] != '\n' { // the last field of a header that the message ends in
			out = append(out, e.p.msg.LineEnd()...)
		}
		out = append(out, e.stored(f)...)
	}
	_, err := w.Write(out)
	return err
}

// stored returns a field with the line ends of the message.
func (e *Edit) stored(field []byte) []byte {
	if e.p.msg.LineEnd() == "\n" {
		return bytes.ReplaceAll(field, crlf, []byte("\n"))
	}
	return field
}

// WriteTo writes the whole part with its edited header.
func (e *Edit) WriteTo(w io.Writer) (int64, error) {
	c := &countingWriter{w: w}
	if err := e.WriteHeader(c); err != nil {
		return c.n, err
	}
	rest := Range{e.p.HeaderRange.End, e.p.Range.End}
	_, err := io.Copy(c, Section(e.p.msg.Source, rest))
	return c.n, err
}
