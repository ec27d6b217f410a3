package cms

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// bufferedSize is how much content the streaming writers hold back, so that small messages come out as DER.
const bufferedSize = 1 << 20

// segmentSize is the length of the segments of a content of unknown size.
const segmentSize = 64 << 10

// NewSignedWriter returns a writer that signs what is written to it and puts it on w as a SignedData.
// Close signs. Up to 1 MiB of content comes out as DER, more with indefinite lengths: the lengths of signatures are not known
// before they are made. Sign, which reads the content twice, always gives DER.
func NewSignedWriter(w io.Writer, o SignedOptions) (io.WriteCloser, error) {
	for i := range o.Signers {
		if o.Signers[i].Unsigned != nil {
			return nil, errors.New("unsigned attributes need Sign")
		}
	}
	d, err := NewDigests(o)
	if err != nil {
		return nil, err
	}
	return &signedWriter{w: w, o: o, d: d}, nil
}

type signedWriter struct {
	w    io.Writer
	o    SignedOptions
	d    *Digests
	held []byte // content not written yet
	open bool   // the beginning was written, with indefinite lengths
	err  error
}

// Write hashes p and writes it when there is too much to hold back.
func (s *signedWriter) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.d.Write(p)
	if s.o.Detached {
		return len(p), nil
	}
	for rest := p; len(rest) > 0 && s.err == nil; {
		room := bufferedSize
		if s.open {
			room = segmentSize
		}
		n := min(len(rest), room-len(s.held))
		s.held = append(s.held, rest[:n]...)
		rest = rest[n:]
		if len(s.held) == room {
			s.segment()
		}
	}
	if s.err != nil {
		return 0, s.err
	}
	return len(p), nil
}

// segment writes what is held back as one segment, and before the first the beginning of the message.
func (s *signedWriter) segment() {
	var b []byte
	if !s.open {
		if b, s.err = s.o.beginIndefinite(); s.err != nil {
			return
		}
		s.open = true
	}
	b = der.AppendHeader(b, der.OctetString, false, int64(len(s.held)))
	if _, s.err = s.w.Write(b); s.err != nil {
		return
	}
	_, s.err = s.w.Write(s.held)
	s.held = s.held[:0]
}

// beginIndefinite writes everything up to the first segment.
func (o *SignedOptions) beginIndefinite() ([]byte, error) {
	head, err := o.head()
	if err != nil {
		return nil, err
	}
	b := der.AppendIndefinite(nil, der.Sequence)
	b = appendElement(b, der.ObjectIdentifier, false, []byte(alg.OIDSignedData))
	b = der.AppendIndefinite(b, der.Context(0))
	b = der.AppendIndefinite(b, der.Sequence)
	b = append(b, head...)
	b = der.AppendIndefinite(b, der.Sequence)
	b = appendElement(b, der.ObjectIdentifier, false, []byte(o.contentType()))
	b = der.AppendIndefinite(b, der.Context(0))
	return der.AppendIndefinite(b, der.OctetString), nil
}

// Close signs and writes the rest.
func (s *signedWriter) Close() error {
	if s.err != nil {
		return s.err
	}
	s.err = errors.New("the writer is closed")
	if s.open {
		return s.closeIndefinite()
	}
	m, err := Sign(s.o, s.d)
	if err != nil {
		return err
	}
	return m.Write(s.w, bytes.NewReader(s.held))
}

func (s *signedWriter) closeIndefinite() error {
	infos := make([][]byte, len(s.o.Signers))
	for i := range s.o.Signers {
		var err error
		if infos[i], err = s.o.Signers[i].info(s.o.contentType(), s.d); err != nil {
			return fmt.Errorf("signer %d: %w", i+1, err)
		}
	}
	tail, err := s.o.tail(infos)
	if err != nil {
		return err
	}
	var b []byte
	if len(s.held) > 0 {
		b = appendElement(b, der.OctetString, false, s.held)
	}
	for range 3 { // the string, [0], EncapsulatedContentInfo
		b = der.AppendEnd(b)
	}
	b = append(b, tail...)
	for range 3 { // SignedData, [0], ContentInfo
		b = der.AppendEnd(b)
	}
	_, err = s.w.Write(b)
	return err
}
