package eml

import "io"

// Edit changes header fields of a part and keeps every other byte.
type Edit struct {
	p *Part
}

// NewEdit returns an edit of the part's header.
func NewEdit(p *Part) *Edit { panic("soon") }

// Delete removes every field with the name and returns how many there were.
func (e *Edit) Delete(name string) int { panic("soon") }

// Remove removes the field at index i of Header.Fields.
func (e *Edit) Remove(i int) { panic("soon") }

// Replace puts field, as AppendField made it, in the place of the field at index i.
func (e *Edit) Replace(i int, field []byte) { panic("soon") }

// Prepend adds a field before all others; the last one given stands first.
func (e *Edit) Prepend(field []byte) { panic("soon") }

// Append adds a field after all others.
func (e *Edit) Append(field []byte) { panic("soon") }

// WriteHeader writes the edited fields without the empty line. New fields end their lines as the message does.
func (e *Edit) WriteHeader(w io.Writer) error { panic("soon") }

// WriteTo writes the whole part with its edited header.
func (e *Edit) WriteTo(w io.Writer) (int64, error) { panic("soon") }
