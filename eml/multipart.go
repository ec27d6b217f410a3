package eml

import (
	"bytes"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
)

// NewBoundary returns a boundary drawn from rand that occurs in none of the parts. It needs quotes as a parameter:
// "=_" is in no text of base64 or quoted-printable.
func NewBoundary(rand io.Reader, parts ...Source) (string, error) {
	for range 8 {
		var b [20]byte
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "", fmt.Errorf("draw a boundary: %w", err)
		}
		boundary := "=_" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
		found, err := occurs(boundary, parts)
		if err != nil {
			return "", err
		}
		if !found {
			return boundary, nil
		}
	}
	return "", errors.New("draw a boundary: the parts contain everything that was drawn")
}

// occurs tells whether a boundary stands in one of the parts.
func occurs(boundary string, parts []Source) (bool, error) {
	for _, src := range parts {
		w := newWindow(src)
		for off := int64(0); ; {
			data, err := w.from(off, len(boundary))
			if err != nil {
				return false, err
			}
			if bytes.Contains(data, []byte(boundary)) {
				return true, nil
			}
			if len(data) < len(boundary) || off+int64(len(data)) == w.size {
				break
			}
			off += int64(len(data) - len(boundary) + 1)
		}
	}
	return false, nil
}

// MultipartWriter writes the body of a multipart (RFC 2046 §5.1), lines ended by CRLF.
type MultipartWriter struct {
	w        io.Writer
	boundary string
	begun    bool
	closed   bool
}

// NewMultipartWriter returns a writer of the parts between delimiter lines of boundary.
func NewMultipartWriter(w io.Writer, boundary string) *MultipartWriter {
	return &MultipartWriter{w: w, boundary: boundary}
}

// Next writes a delimiter line and returns the writer for the next part: its header, empty line and body,
// written as they are.
func (m *MultipartWriter) Next() (io.Writer, error) {
	if err := m.delimiter("\r\n"); err != nil {
		return nil, err
	}
	return m.w, nil
}

// Close writes the close delimiter.
func (m *MultipartWriter) Close() error {
	err := m.delimiter("--\r\n")
	m.closed = true
	return err
}

// delimiter writes a delimiter line. RFC 2046 §5.1.1: the line end before it is part of it.
func (m *MultipartWriter) delimiter(end string) error {
	if m.closed {
		return errors.New("write a multipart: it is closed")
	}
	if m.boundary == "" || len(m.boundary) > longestBoundary || strings.ContainsAny(m.boundary, "\r\n\x00") {
		return errors.New("write a multipart: the boundary cannot stand in a line")
	}
	line := "--" + m.boundary + end
	if m.begun {
		line = "\r\n" + line
	}
	m.begun = true
	_, err := io.WriteString(m.w, line)
	return err
}
