package pki

import (
	"crypto"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// RequestTemplate is a certification request to be made (RFC 2986 §4).
type RequestTemplate struct {
	Subject    Name
	Extensions []Extension       // asked for by extensionRequest (RFC 2985 §5.4.2)
	Attributes []AttributeValues // added to it
	Signing    alg.SignOptions
}

// CreateRequest makes a certification request for the signer's key in DER. A key that cannot sign,
// such as X25519, cannot be asked for in this way.
func CreateRequest(t RequestTemplate, signer crypto.Signer) ([]byte, error) {
	scheme, err := alg.SignatureFor(signer.Public(), t.Signing)
	if err != nil {
		return nil, fmt.Errorf("create certification request: %w", err)
	}
	spki, err := alg.MarshalPublicKey(signer.Public())
	if err != nil {
		return nil, fmt.Errorf("create certification request: %w", err)
	}
	attributes, err := t.attributes()
	if err != nil {
		return nil, fmt.Errorf("create certification request: %w", err)
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(0) // RFC 2986 §4.1: version 1
		t.Subject.build(b)
		b.Raw(spki)
		// RFC 2986 §4.1: [0] IMPLICIT SET OF, present even when empty.
		b.Implicit(der.Context(0), true, func(b *der.Builder) { b.SortedRaw(attributes) })
	})
	tbs, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("create certification request: %w", err)
	}
	return SignTBS(tbs, scheme, signer)
}

// attributes returns the encoded attributes.
func (t RequestTemplate) attributes() ([][]byte, error) {
	list := t.Attributes
	if len(t.Extensions) > 0 {
		var b der.Builder
		buildExtensions(&b, t.Extensions)
		value, err := b.Bytes()
		if err != nil {
			return nil, err
		}
		list = append([]AttributeValues{{Type: alg.OIDExtensionRequest, Values: [][]byte{value}}}, list...)
	}
	var out [][]byte
	for _, a := range list {
		var b der.Builder
		b.Sequence(func(b *der.Builder) {
			b.OID(a.Type)
			b.SetOf(a.Values)
		})
		raw, err := b.Bytes()
		if err != nil {
			return nil, err
		}
		out = append(out, raw)
	}
	return out, nil
}
