package keyfile

import (
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// keyBags writes the keys, each encrypted by itself (RFC 7292 §4.2.2), as a ContentInfo; nothing when there are none.
func keyBags(b *Bundle, l labels, s sealer) ([]byte, error) {
	if len(b.Keys) == 0 {
		return nil, nil
	}
	var bags [][]byte
	for i, k := range b.Keys {
		plain, err := plainPKCS8(k.Private)
		if err != nil {
			return nil, err
		}
		encrypted, err := encryptedPKCS8(plain, s)
		if err != nil {
			return nil, err
		}
		raw, err := bag(alg.OIDShroudedKeyBag, l.keys[i], func(b *der.Builder) { b.Raw(encrypted) })
		if err != nil {
			return nil, err
		}
		bags = append(bags, raw)
	}
	contents, err := sequence(bags)
	if err != nil {
		return nil, err
	}
	var out der.Builder
	dataInfo(&out, contents)
	return out.Bytes()
}

// certificateSafe writes the certificates and CRLs as an EncryptedData; nothing when there are none.
func certificateSafe(b *Bundle, l labels, s sealer) ([]byte, error) {
	var bags [][]byte
	add := func(kind, inner der.OID, octets []byte, label Label) error {
		raw, err := bag(kind, label, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.OID(inner)
				b.Explicit(0, func(b *der.Builder) { b.OctetString(octets) })
			})
		})
		bags = append(bags, raw)
		return err
	}
	for _, c := range b.Certificates {
		if err := add(alg.OIDCertBag, alg.OIDBagX509Certificate, c.Raw, l.certs[c]); err != nil {
			return nil, err
		}
	}
	for _, c := range b.CRLs {
		if err := add(alg.OIDCRLBag, alg.OIDBagX509CRL, c, Label{}); err != nil {
			return nil, err
		}
	}
	if len(bags) == 0 {
		return nil, nil
	}
	plain, err := sequence(bags)
	if err != nil {
		return nil, err
	}
	id, ciphertext, err := s.seal(plain)
	if err != nil {
		return nil, err
	}
	return encryptedData(id, ciphertext)
}

// encryptedData writes a ContentInfo with EncryptedData (RFC 5652 §8).
func encryptedData(id alg.Identifier, ciphertext []byte) ([]byte, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OID(alg.OIDEncryptedData)
		b.Explicit(0, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.Int(0)
				b.Sequence(func(b *der.Builder) {
					b.OID(alg.OIDData)
					id.Append(b)
					b.Implicit(der.Context(0), false, func(b *der.Builder) { b.AppendBytes(ciphertext) })
				})
			})
		})
	})
	return b.Bytes()
}

// bag writes a SafeBag.
func bag(kind der.OID, l Label, value func(*der.Builder)) ([]byte, error) {
	var attributes [][]byte
	attribute := func(t der.OID, value func(*der.Builder)) error {
		var b der.Builder
		b.Sequence(func(b *der.Builder) {
			b.OID(t)
			b.Set(value)
		})
		raw, err := b.Bytes()
		attributes = append(attributes, raw)
		return err
	}
	if l.Name != "" {
		name := strings.ToValidUTF8(l.Name, "\uFFFD")
		if err := attribute(alg.OIDFriendlyName, func(b *der.Builder) { b.BMPString(name) }); err != nil {
			return nil, err
		}
	}
	if l.LocalKeyID != nil {
		if err := attribute(alg.OIDLocalKeyID, func(b *der.Builder) { b.OctetString(l.LocalKeyID) }); err != nil {
			return nil, err
		}
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OID(kind)
		b.Explicit(0, value)
		if len(attributes) > 0 {
			b.SetOf(attributes)
		}
	})
	return b.Bytes()
}

// sequence joins elements.
func sequence(elements [][]byte) ([]byte, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		for _, e := range elements {
			b.Raw(e)
		}
	})
	return b.Bytes()
}
