package keyfile

import (
	"crypto/sha1"
	"errors"
	"unicode/utf16"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// PKCS12Options says how to write a PKCS#12 file.
type PKCS12Options struct {
	Password   []byte // required
	Iterations int    // of the key derivations; zero takes 600,000, or 100,000 for Compatible

	// Compatible protects the file with 3DES and SHA-1, for systems that read nothing else: Windows before 10
	// (1709) and Apple's before 2023. It is the one old form that is written anywhere here, and its strength is that
	// of the password.
	Compatible bool

	// PBMAC1 checks the file by RFC 9579, which few programs read yet, instead of the key derivation of PKCS#12.
	PBMAC1 bool
}

// MarshalPKCS12 writes the keys and certificates of a bundle. Each key is tied to its certificate by a localKeyID, and
// carries its name, else that of the certificate's subject.
func MarshalPKCS12(b *Bundle, o PKCS12Options) ([]byte, error) {
	if o.Password == nil {
		return nil, errors.New("a PKCS#12 file needs a password")
	}
	if o.Iterations == 0 {
		if o.Iterations = 600_000; o.Compatible {
			o.Iterations = 100_000
		}
	}
	labels := labelsOf(b)
	keys, err := o.keyBags(b, labels)
	if err != nil {
		return nil, err
	}
	certificates, err := o.certificateSafe(b, labels)
	if err != nil {
		return nil, err
	}
	var safe der.Builder
	safe.Sequence(func(s *der.Builder) {
		if certificates != nil {
			s.Raw(certificates)
		}
		if len(b.Keys) > 0 {
			dataInfo(s, keys)
		}
	})
	raw, err := safe.Bytes()
	if err != nil {
		return nil, err
	}
	mac, err := o.mac(raw)
	if err != nil {
		return nil, err
	}
	var pfx der.Builder
	pfx.Sequence(func(p *der.Builder) {
		p.Int(3)
		dataInfo(p, raw)
		p.Raw(mac)
	})
	return pfx.Bytes()
}

// dataInfo writes a ContentInfo of octets.
func dataInfo(b *der.Builder, octets []byte) {
	b.Sequence(func(b *der.Builder) {
		b.OID(alg.OIDData)
		b.Explicit(0, func(b *der.Builder) { b.OctetString(octets) })
	})
}

// labels are the labels of keys, by index, and of certificates.
type labels struct {
	keys  []Label
	certs map[*pki.Certificate]Label
}

// labelsOf gives every key and its first certificate the same localKeyID.
func labelsOf(b *Bundle) labels {
	l := labels{certs: map[*pki.Certificate]Label{}}
	for _, c := range b.Certificates {
		l.certs[c] = Label{Name: b.Labels[c].Name}
	}
	for _, id := range b.Match() {
		one := id.Key.Label
		if id.Certificate != nil {
			print := sha1.Sum(id.Certificate.Raw)
			one.LocalKeyID = print[:]
			if one.Name == "" {
				one.Name = id.Certificate.Subject.Display()
			}
			l.certs[id.Certificate] = one
		}
		l.keys = append(l.keys, one)
	}
	return l
}

// keyBags writes the SafeContents with the keys, each encrypted by itself.
func (o *PKCS12Options) keyBags(b *Bundle, l labels) ([]byte, error) {
	var bags [][]byte
	for i, k := range b.Keys {
		plain, err := plainPKCS8(k.Private)
		if err != nil {
			return nil, err
		}
		id, ciphertext, err := o.encrypt(plain)
		if err != nil {
			return nil, err
		}
		raw, err := bag(alg.OIDShroudedKeyBag, l.keys[i], func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				id.Append(b)
				b.OctetString(ciphertext)
			})
		})
		if err != nil {
			return nil, err
		}
		bags = append(bags, raw)
	}
	return sequence(bags)
}

// certificateSafe writes the certificates and CRLs as an EncryptedData; nil when there are none.
func (o *PKCS12Options) certificateSafe(b *Bundle, l labels) ([]byte, error) {
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
	id, ciphertext, err := o.encrypt(plain)
	if err != nil {
		return nil, err
	}
	var e der.Builder
	e.Sequence(func(b *der.Builder) {
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
	return e.Bytes()
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
		if err := attribute(alg.OIDFriendlyName, func(b *der.Builder) {
			b.Implicit(der.BMPString, false, func(b *der.Builder) { b.AppendBytes(toBMP(l.Name)) })
		}); err != nil {
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

func toBMP(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return out
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
