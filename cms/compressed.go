package cms

import (
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Compressed is a CompressedData as it is read (RFC 3274 §1.1).
type Compressed struct {
	Version     int
	Algorithm   alg.Identifier
	ContentType der.OID
}

// Type returns id-ct-compressedData.
func (c *Compressed) Type() der.OID { return alg.OIDCompressedData }

// Content returns the decompressed octets. They count against limit.Expansion and its ratio.
func (c *Compressed) Content() (io.Reader, error) { return nil, nil }

// Finish reads what stands behind the content.
func (c *Compressed) Finish() error { return nil }

// NewCompressedWriter returns a writer that compresses what is written to it and puts it on w as a
// CompressedData with a content of the given type (id-data when empty). Close ends it. What
// compresses to at most 1 MiB comes out as DER, more with indefinite lengths.
func NewCompressedWriter(w io.Writer, contentType der.OID) (io.WriteCloser, error) { return nil, nil }
