package cms

import (
	"errors"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// NewCompressedWriter returns a writer that compresses what is written to it and puts it on w as a
// CompressedData with a content of the given type (id-data when empty). Close ends it. What
// compresses to at most 1 MiB comes out as DER, more with indefinite lengths.
func NewCompressedWriter(w io.Writer, contentType der.OID) (io.WriteCloser, error) {
	if contentType == "" {
		contentType = alg.OIDData
	}
	var head der.Builder
	head.Int(0) // RFC 3274 §1.1: version 0
	alg.Identifier{OID: alg.OIDZlibCompress}.Append(&head)
	raw, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	c := &compressing{out: &encapsulated{w: w, kind: alg.OIDCompressedData, head: raw, contentType: contentType}}
	c.z = zlib.NewWriter(c.out)
	return c, nil
}

type compressing struct {
	z      *zlib.Writer
	out    *encapsulated
	closed bool
}

func (c *compressing) Write(p []byte) (int, error) { return c.z.Write(p) }

func (c *compressing) Close() error {
	if c.closed {
		return errors.New("compress: the writer is closed")
	}
	c.closed = true
	if err := c.z.Close(); err != nil {
		return err
	}
	return c.out.finish(nil)
}

// encapsulated writes an object around an EncapsulatedContentInfo whose size is not known beforehand: CompressedData,
// DigestedData. Up to 1 MiB of octets come out as DER, more with indefinite lengths.
type encapsulated struct {
	w           io.Writer
	kind        der.OID
	head        []byte // everything before the EncapsulatedContentInfo
	contentType der.OID

	held []byte
	seg  *segments // once there is too much to hold
}

func (e *encapsulated) Write(p []byte) (int, error) {
	if e.seg != nil {
		return e.seg.Write(p)
	}
	if len(e.held)+len(p) <= bufferedSize {
		e.held = append(e.held, p...)
		return len(p), nil
	}
	b := der.AppendIndefinite(nil, der.Sequence)
	b = appendElement(b, der.ObjectIdentifier, false, []byte(e.kind))
	b = der.AppendIndefinite(b, der.Context(0))
	b = append(der.AppendIndefinite(b, der.Sequence), e.head...)
	b = der.AppendIndefinite(b, der.Sequence)
	b = appendElement(b, der.ObjectIdentifier, false, []byte(e.contentType))
	b = der.AppendIndefinite(b, der.Context(0))
	b = der.AppendIndefinite(b, der.OctetString)
	if _, err := e.w.Write(b); err != nil {
		return 0, err
	}
	e.seg = &segments{w: e.w}
	if _, err := e.seg.Write(e.held); err != nil {
		return 0, err
	}
	e.held = nil
	return e.seg.Write(p)
}

// finish writes what is held back, the tail and the ends.
func (e *encapsulated) finish(tail []byte) error {
	if e.seg != nil {
		if err := e.seg.flush(); err != nil {
			return err
		}
		b := der.AppendEnd(der.AppendEnd(der.AppendEnd(nil))) // the string, [0], EncapsulatedContentInfo
		b = append(b, tail...)
		_, err := e.w.Write(der.AppendEnd(der.AppendEnd(der.AppendEnd(b))))
		return err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OID(e.kind)
		b.Explicit(0, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.Raw(e.head)
				b.Sequence(func(b *der.Builder) {
					b.OID(e.contentType)
					b.Explicit(0, func(b *der.Builder) { b.OctetString(e.held) })
				})
				b.Raw(tail)
			})
		})
	})
	raw, err := b.Bytes()
	if err != nil {
		return err
	}
	_, err = e.w.Write(raw)
	return err
}
