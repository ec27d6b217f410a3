package cms

import (
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// NewEnvelopedWriter returns a writer that encrypts what is written to it under a fresh key and puts it on w
// as an AuthEnvelopedData (AEAD ciphers) or an EnvelopedData (CBC). Close ends it; it fails when the content was not as long as
// EnvelopeOptions.Size said. Nothing is written to w before every recipient has the key.
func NewEnvelopedWriter(w io.Writer, o EnvelopeOptions) (io.WriteCloser, error) {
	if len(o.Recipients) == 0 {
		return nil, errors.New("encrypt: there is no recipient")
	}
	cipher, err := alg.NewCipher(o.Cipher)
	if err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if o.DeriveKey {
		cipher = cipher.UnderHKDF()
	}
	e := &envelope{o: o, cipher: cipher, authenticated: cipher.AEAD()}
	cek := cipher.NewKey()
	if err := e.recipients(cek); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	if err := e.attributes(); err != nil {
		return nil, fmt.Errorf("encrypt: %w", err)
	}
	kind := alg.OIDEnvelopedData
	if e.authenticated {
		kind = alg.OIDAuthEnvelopedData
	}
	s := &sealing{w: w, kind: kind, head: e.head(), contentType: e.o.contentType(), cipher: cipher, tail: e.tail, tailSize: e.tailSize()}
	return s.begin(cek, o.Size, e.aad)
}

func (o *EnvelopeOptions) contentType() der.OID {
	if o.ContentType == "" {
		return alg.OIDData
	}
	return o.ContentType
}

// envelope is what an EnvelopedData or AuthEnvelopedData holds beside its content.
type envelope struct {
	o             EnvelopeOptions
	cipher        *alg.Cipher
	authenticated bool

	infos    [][]byte
	kinds    []*Recipient
	aad      []byte // the authenticated attributes as a SET OF; nil for none
	openAttr []byte // the attributes that nothing protects, with their tag; nil for none
}

func (e *envelope) recipients(cek []byte) error {
	for i := range e.o.Recipients {
		raw, r, err := e.o.Recipients[i].seal(cek)
		if err != nil {
			return fmt.Errorf("recipient %d: %w", i+1, err)
		}
		e.infos, e.kinds = append(e.infos, raw), append(e.kinds, r)
	}
	return nil
}

// attributes encodes both sets of attributes. RFC 5083 §2.1: a content that is not id-data is named by one.
func (e *envelope) attributes() error {
	list := e.o.AuthAttributes
	if len(list) > 0 && !e.authenticated {
		return errors.New("authenticated attributes need a cipher that authenticates")
	}
	if _, named := find(list, alg.OIDContentType); e.authenticated && !named && e.o.contentType() != alg.OIDData {
		var b der.Builder
		b.OID(e.o.contentType())
		raw, err := b.Bytes()
		if err != nil {
			return err
		}
		list = append([]Attribute{{Type: alg.OIDContentType, Values: [][]byte{raw}}}, list...)
	}
	var err error
	if len(list) > 0 {
		if e.aad, err = encodeSet(list); err != nil {
			return err
		}
	}
	if len(e.o.Attributes) == 0 {
		return nil
	}
	set, err := encodeSet(e.o.Attributes)
	if err != nil {
		return err
	}
	tag := byte(0xa1)
	if e.authenticated {
		tag = 0xa2
	}
	e.openAttr = append([]byte{tag}, set[1:]...)
	return nil
}

// head writes version, originatorInfo and recipientInfos.
func (e *envelope) head() []byte {
	version := 0
	if !e.authenticated {
		var originator *CertificateSet
		if len(e.o.Originator) > 0 {
			originator = &CertificateSet{Certificates: e.o.Originator}
		}
		version = envelopeVersion(e.kinds, originator, len(e.o.Attributes) > 0)
	}
	var b der.Builder
	b.Int(int64(version))
	if len(e.o.Originator) > 0 {
		b.Implicit(der.Context(0), true, func(b *der.Builder) {
			b.Implicit(der.Context(0), true, func(b *der.Builder) {
				var list [][]byte
				for _, c := range e.o.Originator {
					list = append(list, c.Raw)
				}
				b.SortedRaw(list)
			})
		})
	}
	b.SetOf(e.infos)
	raw, _ := b.Bytes() // all of it was encoded before
	return raw
}

// tail writes what stands behind the ciphertext.
func (e *envelope) tail(tag []byte) []byte {
	var b []byte
	if e.authenticated {
		if e.aad != nil {
			b = append(append(b, 0xa1), e.aad[1:]...)
		}
		b = appendElement(b, der.OctetString, false, tag)
	}
	return append(b, e.openAttr...)
}

func (e *envelope) tailSize() int64 { return int64(len(e.tail(make([]byte, e.cipher.TagSize)))) }
