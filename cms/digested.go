package cms

import (
	"bytes"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Digested is a DigestedData as it is read (RFC 5652 §7): a checksum, which proves nothing about
// anybody. Digest and OK are known after Finish.
type Digested struct {
	Version     int
	Algorithm   alg.Identifier
	ContentType der.OID
	Detached    bool
	Digest      []byte
	OK          bool // the content has the digest; false where it is detached or the digest is unknown

	object
	content *hashing
	digests Digests
}

// Type returns id-digestedData.
func (d *Digested) Type() der.OID { return alg.OIDDigestedData }

// Content returns the octets; nil when Detached.
func (d *Digested) Content() io.Reader {
	if d.content == nil {
		return nil
	}
	return d.content
}

func (d *Digested) read() (err error) {
	if err := d.r.Enter(der.Sequence); err != nil {
		return err
	}
	if d.Version, err = d.version(); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if d.Algorithm, err = d.algorithm(); err != nil {
		return fmt.Errorf("digest algorithm: %w", err)
	}
	if h, err := alg.HashOf(d.Algorithm); err == nil {
		d.digests.add(h)
	}
	var src io.Reader
	if d.ContentType, src, err = d.readContent(); err != nil {
		return fmt.Errorf("encapsulated content: %w", err)
	}
	if d.Detached = src == nil; !d.Detached {
		d.content = &hashing{src: src, d: &d.digests}
	}
	return nil
}

// readContent reads an EncapsulatedContentInfo up to its octets (RFC 5652 §5.2): nil when they are not there.
func (o *object) readContent() (contentType der.OID, src io.Reader, err error) {
	if err := o.r.Enter(der.Sequence); err != nil {
		return "", nil, err
	}
	if contentType, err = o.oid(); err != nil {
		return "", nil, err
	}
	_, present, err := o.next()
	if err != nil || !present {
		return contentType, nil, err
	}
	if err := o.r.Enter(der.Context(0)); err != nil {
		return contentType, nil, err
	}
	src, _, err = o.octets()
	return contentType, src, err
}

// leaveContent leaves an EncapsulatedContentInfo whose octets, if there were any, have been read.
func (o *object) leaveContent(present bool) error {
	if present {
		if err := o.r.Leave(); err != nil {
			return err
		}
	}
	return o.r.Leave()
}

// Finish skips what is left of the content and compares the digest.
func (d *Digested) Finish() error {
	if d.content != nil {
		if err := d.content.drain(); err != nil {
			return err
		}
	}
	if err := d.leaveContent(d.content != nil); err != nil {
		return err
	}
	if err := d.parse(func(c *der.Cursor) { d.Digest = c.OctetString() }); err != nil {
		return fmt.Errorf("digest: %w", err)
	}
	if h, err := alg.HashOf(d.Algorithm); err == nil && d.content != nil {
		sum, _ := d.digests.Sum(h)
		d.OK = bytes.Equal(sum, d.Digest)
	}
	_, err := d.end(3)
	return err
}

// NewDigestedWriter returns a writer that puts what is written to it on w as a DigestedData. contentType is id-data when empty. Close
// ends it. Up to 1 MiB of content comes out as DER, more with indefinite lengths.
func NewDigestedWriter(w io.Writer, h *alg.Hash, contentType der.OID) (io.WriteCloser, error) {
	version := int64(2) // RFC 5652 §7
	if contentType == "" || contentType == alg.OIDData {
		contentType, version = alg.OIDData, 0
	}
	var head der.Builder
	head.Int(version)
	h.Identifier().Append(&head)
	raw, err := head.Bytes()
	if err != nil {
		return nil, err
	}
	return &digesting{sum: h.New(), out: &encapsulated{w: w, kind: alg.OIDDigestedData, head: raw, contentType: contentType}}, nil
}

type digesting struct {
	sum    hash.Hash
	out    *encapsulated
	closed bool
}

func (d *digesting) Write(p []byte) (int, error) {
	d.sum.Write(p)
	return d.out.Write(p)
}

func (d *digesting) Close() error {
	if d.closed {
		return errors.New("digest: the writer is closed")
	}
	d.closed = true
	return d.out.finish(appendElement(nil, der.OctetString, false, d.sum.Sum(nil)))
}
