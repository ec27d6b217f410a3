package der

import (
	"errors"
	"fmt"
	"io"
)

// ErrEnd is returned by Reader.Peek at the end of the current element.
var ErrEnd = errors.New("der: end of the element")

// SyntaxError says that the input is not what X.690, or the caller's schema, wants, and where.
type SyntaxError struct {
	Offset int64  // of the element's first octet, from the start of the input
	What   string // what is wrong
	Err    error  // io.ErrUnexpectedEOF for truncated input, else nil
}

// Error returns the fault and its place.
func (e *SyntaxError) Error() string { return fmt.Sprintf("ASN.1: %s at offset %d", e.What, e.Offset) }

// Unwrap returns io.ErrUnexpectedEOF for truncated input.
func (e *SyntaxError) Unwrap() error { return e.Err }

func syntax(offset int64, format string, args ...any) *SyntaxError {
	return &SyntaxError{Offset: offset, What: fmt.Sprintf(format, args...)}
}

func truncated(offset int64, format string, args ...any) *SyntaxError {
	e := syntax(offset, format, args...)
	e.Err = io.ErrUnexpectedEOF
	return e
}
