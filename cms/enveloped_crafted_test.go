package cms_test

import (
	"crypto"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
)

// craftedEnvelope is one that no writer of ours would make.
type craftedEnvelope struct {
	kind        der.OID
	originator  []byte
	infos       [][]byte
	contentType der.OID
	cipher      alg.Identifier
	ciphertext  []byte
	tail        []byte // attributes and tag, as encoded
}

func build(f func(b *der.Builder)) []byte {
	var b der.Builder
	f(&b)
	raw, err := b.Bytes()
	if err != nil {
		panic(err)
	}
	return raw
}

func (c craftedEnvelope) bytes() []byte {
	if c.contentType == "" {
		c.contentType = alg.OIDData
	}
	return build(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.OID(c.kind)
			b.Explicit(0, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) {
					b.Int(2)
					b.Raw(c.originator)
					b.SetOf(c.infos)
					b.Sequence(func(b *der.Builder) {
						b.OID(c.contentType)
						c.cipher.Append(b)
						if c.ciphertext != nil {
							b.Implicit(der.Context(0), false, func(b *der.Builder) { b.AppendBytes(c.ciphertext) })
						}
					})
					b.Raw(c.tail)
				})
			})
		})
	})
}

// encrypted returns the ciphertext and the tag of a content, and puts the cipher in its place.
func (c *craftedEnvelope) encrypt(t *testing.T, oid der.OID, cek, content, aad []byte) (tag []byte) {
	t.Helper()
	cipher, err := alg.NewCipher(oid)
	if err != nil {
		t.Fatal(err)
	}
	var out writerFunc = func(p []byte) { c.ciphertext = append(c.ciphertext, p...) }
	c.ciphertext = []byte{}
	e, err := cipher.NewEncrypter(cek, out, alg.Ahead{Known: true, AAD: aad, Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	e.Write(content)
	if tag, err = e.Finish(aad); err != nil {
		t.Fatal(err)
	}
	c.cipher = cipher.Identifier()
	return tag
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

// ktri is a KeyTransRecipientInfo.
func ktri(c *cms.ID, how alg.Identifier, encrypted []byte) []byte {
	return build(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.Int(0)
			b.Sequence(func(b *der.Builder) { b.Raw(c.RawIssuer); b.BigInt(c.Serial()) })
			how.Append(b)
			b.OctetString(encrypted)
		})
	})
}

// kekri is a KEKRecipientInfo.
func kekri(t *testing.T, kek, cek []byte) []byte {
	t.Helper()
	w, err := alg.NewWrap(map[int]der.OID{16: alg.OIDAES128Wrap, 32: alg.OIDAES256Wrap}[len(kek)])
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := w.Wrap(kek, cek)
	if err != nil {
		t.Fatal(err)
	}
	return build(func(b *der.Builder) {
		b.Implicit(der.Context(2), true, func(b *der.Builder) {
			b.Int(4)
			b.Sequence(func(b *der.Builder) { b.OctetString([]byte("kek")) })
			w.Identifier().Append(b)
			b.OctetString(wrapped)
		})
	})
}

// pwri is a PasswordRecipientInfo; kdf is empty for none.
func pwri(kdf []byte, how alg.Identifier, encrypted []byte) []byte {
	return build(func(b *der.Builder) {
		b.Implicit(der.Context(3), true, func(b *der.Builder) {
			b.Int(0)
			if kdf != nil {
				b.Raw(append([]byte{0xa0}, kdf[1:]...))
			}
			how.Append(b)
			b.OctetString(encrypted)
		})
	})
}

// staticKARI is a KeyAgreeRecipientInfo whose originator is named by a certificate.
func staticKARI(t *testing.T, from cms.ID, fromKey crypto.PrivateKey, to cms.ID, toKey alg.OriginatorKey, ukm, cek []byte) []byte {
	t.Helper()
	wrap, err := alg.NewWrap(alg.OIDAES128Wrap)
	if err != nil {
		t.Fatal(err)
	}
	a, err := alg.AgreementOf(alg.Identifier{OID: alg.OIDStdDHSHA256KDF, Params: wrap.Identifier().Bytes()}, alg.Allow{})
	if err != nil {
		t.Fatal(err)
	}
	kek, err := a.Receive(fromKey, toKey, ukm)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := wrap.Wrap(kek, cek)
	if err != nil {
		t.Fatal(err)
	}
	return build(func(b *der.Builder) {
		b.Implicit(der.Context(1), true, func(b *der.Builder) {
			b.Int(3)
			b.Explicit(0, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) { b.Raw(from.RawIssuer); b.BigInt(from.Serial()) })
			})
			if ukm != nil {
				b.Explicit(1, func(b *der.Builder) { b.OctetString(ukm) })
			}
			a.Identifier().Append(b)
			b.Sequence(func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) {
					b.Sequence(func(b *der.Builder) { b.Raw(to.RawIssuer); b.BigInt(to.Serial()) })
					b.OctetString(wrapped)
				})
			})
		})
	})
}

// originatorInfo carries one certificate.
func originatorInfo(certificate []byte) []byte {
	return build(func(b *der.Builder) {
		b.Implicit(der.Context(0), true, func(b *der.Builder) {
			b.Implicit(der.Context(0), true, func(b *der.Builder) { b.Raw(certificate) })
		})
	})
}

// octetString is an encoded OCTET STRING.
func octetString(p []byte) []byte { return build(func(b *der.Builder) { b.OctetString(p) }) }

// attributeSet is a SET OF Attribute, as it is authenticated.
func attributeSet(list ...cms.Attribute) []byte {
	var elements [][]byte
	for _, a := range list {
		elements = append(elements, build(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) { b.OID(a.Type); b.SetOf(a.Values) })
		}))
	}
	return build(func(b *der.Builder) { b.SetOf(elements) })
}

// retagged gives an element another tag of one octet.
func retagged(tag byte, element []byte) []byte { return append([]byte{tag}, element[1:]...) }
