package cms

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Message is a SignedData that lacks nothing but its content.
type Message struct {
	before, after []byte // of the content's octets
	size          int64  // of the content
	detached      bool
}

// Sign signs the content whose digests are d. Each signer's key is used once.
func Sign(o SignedOptions, d *Digests) (*Message, error) {
	schemes, err := o.schemes()
	if err != nil {
		return nil, err
	}
	infos := make([][]byte, len(o.Signers))
	for i := range o.Signers {
		if infos[i], err = o.Signers[i].info(schemes[i], o.contentType(), d); err != nil {
			return nil, fmt.Errorf("signer %d: %w", i+1, err)
		}
	}
	return o.message(schemes, infos, d.size)
}

// schemes returns how each of the signers' keys signs.
func (o *SignedOptions) schemes() ([]*alg.SignScheme, error) {
	list := make([]*alg.SignScheme, len(o.Signers))
	for i := range o.Signers {
		var err error
		if list[i], err = o.Signers[i].scheme(); err != nil {
			return nil, fmt.Errorf("signer %d: %w", i+1, err)
		}
	}
	return list, nil
}

// contentType returns the eContentType.
func (o *SignedOptions) contentType() der.OID {
	if o.ContentType == "" {
		return alg.OIDData
	}
	return o.ContentType
}

// message puts the SignedData around a content of the given size.
func (o *SignedOptions) message(schemes []*alg.SignScheme, infos [][]byte, size int64) (*Message, error) {
	head, err := o.head(schemes)
	if err != nil {
		return nil, err
	}
	tail, err := o.tail(infos)
	if err != nil {
		return nil, err
	}
	m := &Message{after: tail, size: size, detached: o.Detached}
	encap := o.encapsulated(size)
	inside := size // octets of content in the encoding
	if o.Detached {
		inside = 0
	}
	encapLen := int64(len(encap)) + inside
	signed := int64(len(head)) + der.ElementLen(der.Sequence, encapLen) + int64(len(tail))
	kind := appendElement(nil, der.ObjectIdentifier, false, []byte(alg.OIDSignedData))
	explicit := der.ElementLen(der.Sequence, signed)
	b := der.AppendHeader(nil, der.Sequence, true, int64(len(kind))+der.ElementLen(der.Context(0), explicit))
	b = append(b, kind...)
	b = der.AppendHeader(b, der.Context(0), true, explicit)
	b = der.AppendHeader(b, der.Sequence, true, signed)
	b = append(b, head...)
	b = der.AppendHeader(b, der.Sequence, true, encapLen)
	m.before = append(b, encap...)
	return m, nil
}

// encapsulated writes the contents of an EncapsulatedContentInfo (RFC 5652 §5.2) up to the octets.
func (o *SignedOptions) encapsulated(size int64) []byte {
	b := appendElement(nil, der.ObjectIdentifier, false, []byte(o.contentType()))
	if o.Detached {
		return b
	}
	b = der.AppendHeader(b, der.Context(0), true, der.ElementLen(der.OctetString, size))
	return der.AppendHeader(b, der.OctetString, false, size)
}

// head writes version and digestAlgorithms.
func (o *SignedOptions) head(schemes []*alg.SignScheme) ([]byte, error) {
	var digests [][]byte
	for i, scheme := range schemes {
		digests = appendOnce(digests, o.Signers[i].digestAlgorithm(scheme).Bytes())
	}
	var b der.Builder
	b.Int(int64(o.version()))
	b.SetOf(digests)
	return b.Bytes()
}

// appendOnce appends an element that is not in the list yet.
func appendOnce(list [][]byte, raw []byte) [][]byte {
	for _, old := range list {
		if bytes.Equal(old, raw) {
			return list
		}
	}
	return append(list, raw)
}

// version returns the version that the contents ask for (RFC 5652 §5.1; STANDARDS item 32).
func (o *SignedOptions) version() int {
	v := 1
	if o.contentType() != alg.OIDData {
		v = 3
	}
	for i := range o.Signers {
		if id := o.Signers[i].id(); id.ByKeyID() {
			v = 3
		}
	}
	if len(o.OCSP) > 0 {
		v = 5
	}
	return v
}

// tail writes certificates, revocation information and signerInfos, the sets in the order of DER.
func (o *SignedOptions) tail(infos [][]byte) ([]byte, error) {
	var certificates, revocation [][]byte
	for _, c := range o.Certificates {
		certificates = appendOnce(certificates, c.Raw)
	}
	for _, c := range o.CRLs {
		revocation = appendOnce(revocation, c.Raw)
	}
	for _, r := range o.OCSP {
		var b der.Builder
		b.Implicit(der.Context(1), true, func(b *der.Builder) { // RFC 5652 §10.2.1, RFC 5940 §2
			b.OID(alg.OIDRevocationOCSP)
			b.Raw(r.Raw)
		})
		raw, err := b.Bytes()
		if err != nil {
			return nil, err
		}
		revocation = appendOnce(revocation, raw)
	}
	var b der.Builder
	if len(certificates) > 0 {
		b.Implicit(der.Context(0), true, func(b *der.Builder) { b.SortedRaw(certificates) })
	}
	if len(revocation) > 0 {
		b.Implicit(der.Context(1), true, func(b *der.Builder) { b.SortedRaw(revocation) })
	}
	b.SetOf(infos)
	return b.Bytes()
}

// Detached returns the DER without the content.
func (m *Message) Detached() []byte { return append(append([]byte{}, m.before...), m.after...) }

// Size returns how many octets Write writes.
func (m *Message) Size() int64 {
	n := int64(len(m.before) + len(m.after))
	if !m.detached {
		n += m.size
	}
	return n
}

var errChanged = errors.New("the content is not as long as what was signed")

// Write writes the DER with the content, which must be what was hashed. With SignedOptions.Detached,
// content is not read and may be nil.
func (m *Message) Write(w io.Writer, content io.Reader) error {
	body, err := m.Begin(w)
	if err != nil {
		return err
	}
	if !m.detached {
		if _, err := io.Copy(body, content); err != nil {
			return err
		}
	}
	return body.Close()
}

// Begin writes what stands before the content and returns the writer that takes the content. Close writes the rest; it
// fails when the content was not as long as what was signed.
func (m *Message) Begin(w io.Writer) (io.WriteCloser, error) {
	if _, err := w.Write(m.before); err != nil {
		return nil, err
	}
	return &messageBody{m: m, w: w}, nil
}

type messageBody struct {
	m *Message
	w io.Writer
	n int64
}

func (b *messageBody) Write(p []byte) (int, error) {
	if b.n += int64(len(p)); b.m.detached || b.n > b.m.size {
		return 0, errChanged
	}
	return b.w.Write(p)
}

func (b *messageBody) Close() error {
	if !b.m.detached && b.n != b.m.size {
		return errChanged
	}
	_, err := b.w.Write(b.m.after)
	return err
}
