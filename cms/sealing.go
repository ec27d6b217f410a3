package cms

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// sealing writes an object around a ciphertext: EnvelopedData, AuthEnvelopedData or EncryptedData.
type sealing struct {
	w           io.Writer
	kind        der.OID // of the object
	head        []byte  // everything before the EncryptedContentInfo
	contentType der.OID
	cipher      *alg.Cipher
	tail        func(tag []byte) []byte // everything behind it
	tailSize    int64

	enc     *alg.Encrypter
	aad     []byte
	size    int64 // of the content; -1: not known
	written int64
	seg     *segments // of a ciphertext of unknown size
	err     error
}

// begin writes what stands before the ciphertext.
func (s *sealing) begin(cek []byte, size int64, aad []byte) (io.WriteCloser, error) {
	s.size, s.aad = size, aad
	out := s.w
	if size < 0 {
		s.seg = &segments{w: s.w}
		out = s.seg
	}
	var err error
	if s.enc, err = s.cipher.NewEncrypter(cek, out, alg.Ahead{Known: true, AAD: aad, Size: size}); err != nil {
		return nil, err
	}
	if _, err := s.w.Write(s.before()); err != nil {
		return nil, err
	}
	return s, nil
}

// before encodes everything up to the octets of the ciphertext.
func (s *sealing) before() []byte {
	kind := appendElement(nil, der.ObjectIdentifier, false, []byte(s.kind))
	info := appendElement(nil, der.ObjectIdentifier, false, []byte(s.contentType))
	info = append(info, s.cipher.Identifier().Bytes()...)
	if s.size < 0 {
		b := append(der.AppendIndefinite(nil, der.Sequence), kind...)
		b = der.AppendIndefinite(b, der.Context(0))
		b = append(der.AppendIndefinite(b, der.Sequence), s.head...)
		b = append(der.AppendIndefinite(b, der.Sequence), info...)
		return der.AppendIndefinite(b, der.Context(0))
	}
	ciphertext := s.cipher.CiphertextSize(s.size)
	infoLen := int64(len(info)) + der.ElementLen(der.Context(0), ciphertext)
	object := int64(len(s.head)) + der.ElementLen(der.Sequence, infoLen) + s.tailSize
	explicit := der.ElementLen(der.Sequence, object)
	b := der.AppendHeader(nil, der.Sequence, true, int64(len(kind))+der.ElementLen(der.Context(0), explicit))
	b = append(b, kind...)
	b = der.AppendHeader(b, der.Context(0), true, explicit)
	b = der.AppendHeader(b, der.Sequence, true, object)
	b = append(b, s.head...)
	b = der.AppendHeader(b, der.Sequence, true, infoLen)
	b = append(b, info...)
	return der.AppendHeader(b, der.Context(0), false, ciphertext)
}

// Write encrypts.
func (s *sealing) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.written += int64(len(p)); s.size >= 0 && s.written > s.size {
		s.err = errSize
		return 0, s.err
	}
	if _, err := s.enc.Write(p); err != nil {
		s.err = err
		return 0, err
	}
	return len(p), nil
}

var errSize = errors.New("encrypt: the content is not as long as was said")

// Close writes the rest.
func (s *sealing) Close() error {
	if s.err != nil {
		return s.err
	}
	s.err = errors.New("encrypt: the writer is closed")
	if s.size >= 0 && s.written != s.size {
		return errSize
	}
	tag, err := s.enc.Finish(s.aad)
	if err != nil {
		return err
	}
	var b []byte
	if s.seg != nil {
		if err := s.seg.flush(); err != nil {
			return err
		}
		b = der.AppendEnd(der.AppendEnd(b)) // the string, EncryptedContentInfo
	}
	b = append(b, s.tail(tag)...)
	if s.seg != nil {
		for range 3 { // the object, [0], ContentInfo
			b = der.AppendEnd(b)
		}
	}
	_, err = s.w.Write(b)
	return err
}

// segments writes octets as the segments of a constructed string.
type segments struct {
	w    io.Writer
	held []byte
	head []byte
}

func (s *segments) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), segmentSize-len(s.held))
		s.held = append(s.held, rest[:n]...)
		rest = rest[n:]
		if len(s.held) == segmentSize {
			if err := s.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(p), nil
}

// flush writes what is held back as one segment.
func (s *segments) flush() error {
	if len(s.held) == 0 {
		return nil
	}
	s.head = der.AppendHeader(s.head[:0], der.OctetString, false, int64(len(s.held)))
	if _, err := s.w.Write(s.head); err != nil {
		return err
	}
	_, err := s.w.Write(s.held)
	s.held = s.held[:0]
	return err
}
