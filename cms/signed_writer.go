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
// Close signs. Up to 1 MiB of content comes out as DER. So does more of it where SignedOptions.Size is
// given and the signatures have lengths that are known beforehand, as those of RSA and EdDSA have; with
// others the three outer lengths are indefinite, and without a Size the content comes in segments. Sign,
// which reads the content twice, always gives DER.
func NewSignedWriter(w io.Writer, o SignedOptions) (io.WriteCloser, error) {
	d, err := NewDigests(o)
	if err != nil {
		return nil, err
	}
	schemes, err := o.schemes()
	if err != nil {
		return nil, err
	}
	return &signedWriter{w: w, o: o, d: d, schemes: schemes}, nil
}

type signedWriter struct {
	w    io.Writer
	o    SignedOptions
	d    *Digests
	held []byte // content not written yet
	form form
	tail int // with whole: the octets that stand behind the content

	schemes []*alg.SignScheme // of the signers
	err     error
}

// form is how the content is written.
type form int

const (
	held      form = iota // nothing is written before Close
	whole                 // DER: every length was known
	wrapped               // the content is one string, and the lengths around it are indefinite
	segmented             // all lengths are indefinite
)

// Write hashes p and writes it when there is too much to hold back.
func (s *signedWriter) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.d.Write(p)
	switch {
	case s.o.Detached:
		return len(p), nil
	case s.o.Size > 0 && s.d.size > s.o.Size:
		s.err = errChanged
	case s.form == held && s.o.Size > bufferedSize:
		if s.err = s.begin(); s.err == nil {
			_, s.err = s.w.Write(p)
		}
	case s.form == whole || s.form == wrapped:
		_, s.err = s.w.Write(p)
	default:
		s.hold(p)
	}
	if s.err != nil {
		return 0, s.err
	}
	return len(p), nil
}

// hold collects p in segments.
func (s *signedWriter) hold(p []byte) {
	for len(p) > 0 && s.err == nil {
		room := bufferedSize
		if s.form == segmented {
			room = segmentSize
		}
		n := min(len(p), room-len(s.held))
		s.held = append(s.held, p[:n]...)
		p = p[n:]
		if len(s.held) == room {
			s.segment()
		}
	}
}

// segment writes what is held back as one segment, and before the first the beginning of the message.
func (s *signedWriter) segment() {
	var b []byte
	if s.form == held {
		if b, s.err = s.o.beginIndefinite(s.schemes); s.err != nil {
			return
		}
		s.form = segmented
	}
	b = der.AppendHeader(b, der.OctetString, false, int64(len(s.held)))
	if _, s.err = s.w.Write(b); s.err != nil {
		return
	}
	_, s.err = s.w.Write(s.held)
	s.held = s.held[:0]
}

// begin writes everything before a content of known size.
func (s *signedWriter) begin() error {
	infos, ok, err := s.o.placeholders(s.schemes)
	if err != nil {
		return err
	}
	var before []byte
	if ok {
		var m *Message
		if m, err = s.o.message(s.schemes, infos, s.o.Size); err != nil {
			return err
		}
		before, s.tail, s.form = m.before, len(m.after), whole
	} else {
		encap := s.o.encapsulated(s.o.Size)
		if before, err = s.o.beginOuter(s.schemes); err != nil {
			return err
		}
		before = append(der.AppendHeader(before, der.Sequence, true, int64(len(encap))+s.o.Size), encap...)
		s.form = wrapped
	}
	_, err = s.w.Write(before)
	return err
}

// placeholders returns SignerInfos as long as those that will be made, and whether their lengths are known.
func (o *SignedOptions) placeholders(schemes []*alg.SignScheme) (infos [][]byte, ok bool, err error) {
	for i := range o.Signers {
		raw, ok, err := o.Signers[i].placeholder(schemes[i], o.contentType())
		if err != nil {
			return nil, false, fmt.Errorf("signer %d: %w", i+1, err)
		}
		if !ok {
			return nil, false, nil
		}
		infos = append(infos, raw)
	}
	return infos, true, nil
}

// beginOuter writes everything before the EncapsulatedContentInfo, with indefinite lengths.
func (o *SignedOptions) beginOuter(schemes []*alg.SignScheme) ([]byte, error) {
	head, err := o.head(schemes)
	if err != nil {
		return nil, err
	}
	b := der.AppendIndefinite(nil, der.Sequence)
	b = appendElement(b, der.ObjectIdentifier, false, []byte(alg.OIDSignedData))
	b = der.AppendIndefinite(b, der.Context(0))
	return append(der.AppendIndefinite(b, der.Sequence), head...), nil
}

// beginIndefinite writes everything up to the first segment.
func (o *SignedOptions) beginIndefinite(schemes []*alg.SignScheme) ([]byte, error) {
	b, err := o.beginOuter(schemes)
	if err != nil {
		return nil, err
	}
	b = der.AppendIndefinite(b, der.Sequence)
	b = appendElement(b, der.ObjectIdentifier, false, []byte(o.contentType()))
	b = der.AppendIndefinite(b, der.Context(0))
	return der.AppendIndefinite(b, der.OctetString), nil
}

var errClosed = errors.New("the writer is closed")

// Close signs and writes the rest.
func (s *signedWriter) Close() error {
	if s.err != nil {
		return s.err
	}
	s.err = errClosed
	if s.o.Size > 0 && s.d.size != s.o.Size {
		return errChanged
	}
	m, err := Sign(s.o, s.d)
	if err != nil {
		return err
	}
	switch s.form {
	case held:
		return m.Write(s.w, bytes.NewReader(s.held))
	case whole:
		if len(m.after) != s.tail {
			return errors.New("a signature is not as long as its key promised")
		}
		_, err = s.w.Write(m.after)
		return err
	}
	var b []byte
	if s.form == segmented {
		if len(s.held) > 0 {
			b = appendElement(b, der.OctetString, false, s.held)
		}
		b = appendEnds(b, 3) // the string, [0], EncapsulatedContentInfo
	}
	_, err = s.w.Write(appendEnds(append(b, m.after...), 3)) // SignedData, [0], ContentInfo
	return err
}

// appendEnds ends n elements of indefinite length.
func appendEnds(b []byte, n int) []byte {
	for range n {
		b = der.AppendEnd(b)
	}
	return b
}
