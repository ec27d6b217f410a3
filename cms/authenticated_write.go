package cms

import (
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// AuthenticateOptions says how to make an AuthenticatedData.
type AuthenticateOptions struct {
	MAC            der.OID // alg.OIDHMACSHA256 and so on; empty: HMAC with SHA-256
	Recipients     []RecipientOptions
	ContentType    der.OID     // of the content; empty: id-data
	AuthAttributes []Attribute // authenticated, beside content-type and message-digest
	Hash           *alg.Hash   // of the content, where there are attributes; nil: SHA-256
}

// NewAuthenticatedWriter returns a writer that puts what is written to it on w as an AuthenticatedData (RFC 5652 §9), with a MAC under a
// fresh key that every recipient gets. Close ends it. Up to 1 MiB of content comes out as DER, more with indefinite lengths.
func NewAuthenticatedWriter(w io.Writer, o AuthenticateOptions) (io.WriteCloser, error) {
	if len(o.Recipients) == 0 {
		return nil, errors.New("authenticate: there is no recipient")
	}
	if o.MAC == "" {
		o.MAC = alg.OIDHMACSHA256
	}
	if o.ContentType == "" {
		o.ContentType = alg.OIDData
	}
	if o.Hash == nil {
		o.Hash = alg.SHA256
	}
	m, err := alg.NewMAC(o.MAC)
	if err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	a := &authenticating{o: o, d: &Digests{}}
	a.d.add(o.Hash)
	key := m.NewKey()
	if a.mac, err = m.New(key); err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	head, err := o.head(key, m)
	if err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	a.out = &encapsulated{w: w, kind: alg.OIDAuthenticatedData, head: head, contentType: o.ContentType}
	return a, nil
}

// head writes everything before the content.
func (o *AuthenticateOptions) head(key []byte, m *alg.MAC) ([]byte, error) {
	var infos [][]byte
	for i := range o.Recipients {
		raw, _, err := o.Recipients[i].seal(key)
		if err != nil {
			return nil, fmt.Errorf("recipient %d: %w", i+1, err)
		}
		infos = append(infos, raw)
	}
	var b der.Builder
	b.Int(0) // RFC 5652 §9.1: without originatorInfo
	b.SetOf(infos)
	m.Identifier().Append(&b)
	b.Raw(append([]byte{0xa1}, o.Hash.Identifier().Bytes()[1:]...)) // digestAlgorithm [1] IMPLICIT
	return b.Bytes()
}

type authenticating struct {
	o   AuthenticateOptions
	d   *Digests
	mac interface {
		io.Writer
		Sum([]byte) []byte
	}
	out    *encapsulated
	closed bool
}

func (a *authenticating) Write(p []byte) (int, error) {
	a.d.Write(p)
	return a.out.Write(p)
}

// Close authenticates the attributes, which hold the digest of the content.
func (a *authenticating) Close() error {
	if a.closed {
		return errors.New("authenticate: the writer is closed")
	}
	a.closed = true
	sum, _ := a.d.Sum(a.o.Hash)
	kind := appendElement(nil, der.ObjectIdentifier, false, []byte(a.o.ContentType))
	set, err := encodeSet(append([]Attribute{{alg.OIDContentType, [][]byte{kind}},
		{alg.OIDMessageDigest, [][]byte{appendElement(nil, der.OctetString, false, sum)}}}, a.o.AuthAttributes...))
	if err != nil {
		return err
	}
	a.mac.Write(set)
	tail := append([]byte{0xa2}, set[1:]...)
	return a.out.finish(appendElement(tail, der.OctetString, false, a.mac.Sum(nil)))
}
