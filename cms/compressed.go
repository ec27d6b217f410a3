package cms

import (
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Compressed is a CompressedData as it is read (RFC 3274 §1.1).
type Compressed struct {
	Version     int
	Algorithm   alg.Identifier
	ContentType der.OID

	object
	octets *countingReader // compressed
}

// Type returns id-ct-compressedData.
func (c *Compressed) Type() der.OID { return alg.OIDCompressedData }

func (c *Compressed) read() (err error) {
	if err := c.r.Enter(der.Sequence); err != nil {
		return err
	}
	if c.Version, err = c.version(); err != nil {
		return fmt.Errorf("version: %w", err)
	}
	if c.Algorithm, err = c.algorithm(); err != nil {
		return fmt.Errorf("compression algorithm: %w", err)
	}
	if err := c.r.Enter(der.Sequence); err != nil {
		return fmt.Errorf("encapsulated content: %w", err)
	}
	if c.ContentType, err = c.oid(); err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if err := c.r.Enter(der.Context(0)); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	src, err := c.r.Octets(der.OctetString)
	c.octets = &countingReader{r: src}
	return err
}

// ErrCompressed says that the compressed octets are damaged.
var ErrCompressed = errors.New("the compressed content is damaged")

// Content returns the decompressed octets. They count against limit.Expansion and its ratio. Damaged octets
// are ErrCompressed, wherever they are noticed.
func (c *Compressed) Content() (io.Reader, error) {
	if c.Algorithm.OID != alg.OIDZlibCompress {
		return nil, &alg.UnsupportedError{Algorithm: c.Algorithm.String(), Use: string(alg.KindCompression)}
	}
	return &inflating{c: c}, nil
}

// Finish reads what stands behind the content.
func (c *Compressed) Finish() error {
	if _, err := io.Copy(io.Discard, c.octets); err != nil {
		return err
	}
	_, err := c.end(5)
	return err
}

// inflating decompresses within the budget.
type inflating struct {
	c   *Compressed
	z   io.ReadCloser
	out int64
	err error
}

func (i *inflating) Read(p []byte) (int, error) {
	if i.err != nil {
		return 0, i.err
	}
	if i.z == nil {
		if i.z, i.err = zlib.NewReader(i.c.octets); i.err != nil {
			i.err = i.fault(i.err)
			return 0, i.err
		}
	}
	n, err := i.z.Read(p)
	i.out += int64(n)
	if over := i.c.b.Expand(int64(n), i.c.octets.n, i.out); over != nil {
		i.err = over
		return 0, over
	}
	if err != nil {
		i.err = i.fault(err)
	}
	return n, i.err
}

// fault tells damaged octets from errors of the source.
func (i *inflating) fault(err error) error {
	switch {
	case err == io.EOF && i.z != nil:
		return io.EOF
	case i.c.octets.err != nil && i.c.octets.err != io.EOF:
		return i.c.octets.err
	}
	return fmt.Errorf("%w: %w", ErrCompressed, err)
}

// countingReader counts what is read and keeps the error.
type countingReader struct {
	r   io.Reader
	n   int64
	err error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}
