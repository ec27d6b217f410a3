package cms

import (
	"errors"
	"fmt"
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
	object
	octets io.Reader
}

// Type returns id-data.
func (d *Data) Type() der.OID { return alg.OIDData }

// Content returns the octets.
func (d *Data) Content() io.Reader { return d.octets }

func (d *Data) read() (err error) {
	d.octets, err = d.r.Octets(der.OctetString)
	return err
}

// Finish skips what is left of the octets and reads the end of the object.
func (d *Data) Finish() error {
	if _, err := io.Copy(io.Discard, d.octets); err != nil {
		return err
	}
	_, err := d.end(2)
	return err
}

// Read reads a ContentInfo (RFC 5652 §3) up to where its content begins, in DER or BER.
// It fails with ErrNotCMS when the input is something else.
func Read(r io.Reader, b *limit.Budget) (Content, error) {
	o := object{r: der.NewReader(r, b), b: b}
	contentType, err := o.begin()
	if err != nil {
		return nil, err
	}
	c := o.of(contentType)
	if c == nil {
		return nil, fmt.Errorf("%w: content of type %v", ErrNotCMS, contentType)
	}
	if err := c.read(); err != nil {
		return nil, fmt.Errorf("read content of type %v: %w", contentType, err)
	}
	return c, nil
}

// reading is a Content that reads on from its object.
type reading interface {
	Content
	read() error
}

// of returns what reads a content of a type, nil for unknown ones.
func (o object) of(contentType der.OID) reading {
	switch contentType {
	case alg.OIDData:
		return &Data{object: o}
	case alg.OIDSignedData:
		return &Signed{object: o}
	case alg.OIDEnvelopedData, alg.OIDAuthEnvelopedData:
		return &Enveloped{sealed: sealed{object: o}, Authenticated: contentType == alg.OIDAuthEnvelopedData}
	case alg.OIDCompressedData:
		return &Compressed{object: o}
	case alg.OIDEncryptedData:
		return &Encrypted{sealed: sealed{object: o}}
	case alg.OIDDigestedData:
		return &Digested{object: o}
	case alg.OIDAuthenticatedData:
		return &Authenticated{object: o}
	}
	return nil
}
