package keyfile_test

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// enc encodes what f writes.
func enc(f func(*der.Builder)) []byte {
	var b der.Builder
	f(&b)
	raw, err := b.Bytes()
	if err != nil {
		panic(err)
	}
	return raw
}

// el is an element with the contents of others.
func el(t der.Tag, constructed bool, contents ...[]byte) []byte {
	return enc(func(b *der.Builder) {
		b.Implicit(t, constructed, func(b *der.Builder) {
			for _, c := range contents {
				b.AppendBytes(c)
			}
		})
	})
}

func seq(contents ...[]byte) []byte     { return el(der.Sequence, true, contents...) }
func set(contents ...[]byte) []byte     { return el(der.Set, true, contents...) }
func oid(o der.OID) []byte              { return enc(func(b *der.Builder) { b.OID(o) }) }
func octets(p []byte) []byte            { return el(der.OctetString, false, p) }
func integer(n int64) []byte            { return enc(func(b *der.Builder) { b.Int(n) }) }
func ctx(n uint32, p ...[]byte) []byte  { return el(der.Context(n), true, p...) }
func ctxPrim(n uint32, p []byte) []byte { return el(der.Context(n), false, p) }
func bits(p []byte) []byte              { return el(der.TagBitString, false, []byte{0}, p) }
func null() []byte                      { return []byte{5, 0} }

// ber is a constructed element of indefinite length.
func ber(tag byte, contents ...[]byte) []byte {
	out := []byte{tag, 0x80}
	for _, c := range contents {
		out = append(out, c...)
	}
	return append(out, 0, 0)
}

// info is a ContentInfo of octets.
func info(p []byte) []byte { return seq(oid(alg.OIDData), ctx(0, octets(p))) }

// pfx is a PKCS#12 file without a MAC around entries of its AuthenticatedSafe.
func pfx(safes ...[]byte) []byte { return seq(integer(3), info(seq(safes...))) }

// keyBag and certBag are SafeBags without attributes.
func keyBag(pkcs8 []byte) []byte { return seq(oid(alg.OIDKeyBag), ctx(0, pkcs8)) }

func certBag(raw []byte) []byte {
	return seq(oid(alg.OIDCertBag), ctx(0, seq(oid(alg.OIDBagX509Certificate), ctx(0, octets(raw)))))
}

// pkcs8 is a OneAsymmetricKey.
func pkcs8(version int64, id alg.Identifier, key []byte, more ...[]byte) []byte {
	return seq(append([][]byte{integer(version), id.Bytes(), octets(key)}, more...)...)
}
