package eml

import (
	"bytes"
	"io"
	"slices"
)

// Edit changes header fields of a part and keeps every other byte.
type Edit struct {
	p        *Part
	fields   [][]byte // in place of Header.Fields; nil for one that was removed
	first    [][]byte // before all others, in reverse
	last     [][]byte // after all others
	changed  bool
	replaced map[int]bool
}

// NewEdit returns an edit of the part's header.
func NewEdit(p *Part) *Edit {
	e := &Edit{p: p, fields: make([][]byte, len(p.Header.Fields)), replaced: map[int]bool{}}
	for i, f := range p.Header.Fields {
		e.fields[i] = f.Raw
	}
	return e
}

// Delete removes every field with the name that was received and returns how many there were.
func (e *Edit) Delete(name string) int {
	n := 0
	for i, f := range e.p.Header.Fields {
		if f.Is(name) && e.fields[i] != nil && !e.replaced[i] {
			e.Remove(i)
			n++
		}
	}
	return n
}

// Remove removes the field at index i of Header.Fields.
func (e *Edit) Remove(i int) { e.fields[i], e.changed = nil, true }

// Replace puts field, as AppendField made it, in the place of the field at index i.
func (e *Edit) Replace(i int, field []byte) {
	e.fields[i], e.changed, e.replaced[i] = e.ended(field), true, true
}

// Prepend adds a field before all others; the last one given stands first.
func (e *Edit) Prepend(field []byte) { e.first, e.changed = append(e.first, e.ended(field)), true }

// Append adds a field after all others.
func (e *Edit) Append(field []byte) { e.last, e.changed = append(e.last, e.ended(field)), true }

// ended returns the field with line ends as the message has them.
func (e *Edit) ended(field []byte) []byte {
	field = bytes.TrimRight(field, "\r\n")
	field = bytes.ReplaceAll(field, []byte("\r\n"), []byte("\n"))
	field = append(bytes.Clone(field), '\n')
	if e.p.msg.lineEnd == "\n" {
		return field
	}
	return bytes.ReplaceAll(field, []byte("\n"), crlf)
}

// header returns the edited fields.
//
// A line that is no field may not come to stand first, where it would end the header: if it did not stand there
// before, it goes.
func (e *Edit) header() []byte {
	if !e.changed {
		var whole []byte
		for _, f := range e.p.Header.Fields {
			whole = append(whole, f.Raw...)
		}
		return whole
	}
	fields := slices.Clone(e.first)
	slices.Reverse(fields)
	for i, f := range e.fields {
		junk := e.p.Header.Fields[i].Name == "" && !e.replaced[i]
		if f == nil || junk && i > 0 && len(fields) == 0 {
			continue
		}
		fields = append(fields, f)
	}
	fields = append(fields, e.last...)
	var b []byte
	for i, f := range fields {
		b = append(b, f...)
		if i+1 < len(fields) && !bytes.HasSuffix(f, []byte("\n")) { // the part ended in its header
			b = append(b, e.p.msg.lineEnd...)
		}
	}
	return b
}

// WriteHeader writes the edited fields without the empty line. New fields end their lines as the message does.
func (e *Edit) WriteHeader(w io.Writer) error {
	_, err := w.Write(e.header())
	return err
}

// WriteTo writes the whole part with its edited header.
func (e *Edit) WriteTo(w io.Writer) (int64, error) {
	p := e.p
	header := e.header()
	if rest := (Range{p.HeaderRange.End, p.Range.End}); e.changed && rest.Len() > 0 && p.BodyRange.Start == rest.Start &&
		len(header) > 0 {
		header = append(header, p.msg.lineEnd...) // the body began without an empty line
	}
	n, err := w.Write(header)
	if err != nil {
		return int64(n), err
	}
	buf := borrow()
	defer giveBack(buf)
	k, err := io.CopyBuffer(struct{ io.Writer }{w}, onlyReader{Section(p.msg.Source, Range{p.HeaderRange.End, p.Range.End})}, *buf)
	return int64(n) + k, err
}
