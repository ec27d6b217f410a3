package eml

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// NewBoundary returns a boundary drawn from rand that occurs in none of the parts. Its 128 bits are enough without looking; the parts
// are looked through for who wants to be sure. "=_" stands in no text that is encoded as quoted-printable (RFC 2045 §6.7).
func NewBoundary(rand io.Reader, parts ...Source) (string, error) {
	for range 4 {
		var b [16]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "", fmt.Errorf("draw a boundary: %w", err)
		}
		boundary := "=_" + hex.EncodeToString(b[:])
		taken := false
		for _, p := range parts {
			found, err := occurs(p, []byte(boundary))
			if err != nil {
				return "", err
			}
			taken = taken || found
		}
		if !taken {
			return boundary, nil
		}
	}
	return "", errors.New("draw a boundary: the source of randomness repeats itself")
}

// occurs looks for a text in a source.
func occurs(src Source, text []byte) (bool, error) {
	w := newWindow(src)
	for off := int64(0); ; {
		data, err := w.from(off, len(text))
		if err != nil || len(data) < len(text) {
			return false, err
		}
		if bytes.Contains(data, text) {
			return true, nil
		}
		off += int64(len(data) - len(text) + 1)
	}
}

// MultipartWriter writes the body of a multipart (RFC 2046 §5.1).
type MultipartWriter struct {
	w        io.Writer
	boundary string
	parts    int
	closed   bool
}

// NewMultipartWriter returns a writer of the parts between delimiter lines of boundary.
func NewMultipartWriter(w io.Writer, boundary string) *MultipartWriter {
	return &MultipartWriter{w: w, boundary: boundary}
}

var errClosed = errors.New("the multipart is closed")

// Next writes a delimiter line and returns the writer for the next part: its header, empty line and body,
// written as they are.
func (m *MultipartWriter) Next() (io.Writer, error) {
	if m.closed {
		return nil, errClosed
	}
	start := "\r\n" // RFC 2046 §5.1.1: the line end before a delimiter is part of it
	if m.parts == 0 {
		start = ""
	}
	m.parts++
	_, err := io.WriteString(m.w, start+"--"+m.boundary+"\r\n")
	return m.w, err
}

// Close writes the close delimiter.
func (m *MultipartWriter) Close() error {
	if m.closed {
		return errClosed
	}
	m.closed = true
	_, err := io.WriteString(m.w, "\r\n--"+m.boundary+"--\r\n")
	return err
}
