package pki_test

import (
	"crypto/ed25519"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// key signs everything that is crafted.
var key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// parts are the encoded fields of a certificate, each to be replaced by a test. Nil ones are left out.
type parts struct {
	version, serial, inner, issuer, validity, subject, spki, uniqueIDs []byte

	extensions [][]byte // each a whole Extension
	algorithm  []byte   // the outer one
	unused     int      // bits of the signature
	after      []byte   // behind the certificate
}

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

func seq(contents ...[]byte) []byte      { return el(der.Sequence, true, contents...) }
func set(contents ...[]byte) []byte      { return el(der.Set, true, contents...) }
func oid(o der.OID) []byte               { return enc(func(b *der.Builder) { b.OID(o) }) }
func octets(p []byte) []byte             { return el(der.OctetString, false, p) }
func str(t der.Tag, s string) []byte     { return el(t, false, []byte(s)) }
func utcTime(s string) []byte            { return str(der.UTCTime, s) }
func integer(body ...byte) []byte        { return el(der.Integer, false, body) }
func ctx(n uint32, p ...[]byte) []byte   { return el(der.Context(n), true, p...) }
func ctxPrim(n uint32, p []byte) []byte  { return el(der.Context(n), false, p) }
func rdn(t der.OID, value []byte) []byte { return set(seq(oid(t), value)) }

// ext is an Extension.
func ext(id der.OID, critical bool, value []byte) []byte {
	if critical {
		return seq(oid(id), el(der.Boolean, false, []byte{0xff}), octets(value))
	}
	return seq(oid(id), octets(value))
}

func spkiOf(t testing.TB, public any) []byte {
	t.Helper()
	raw, err := alg.MarshalPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// craft makes a certificate with changes, well signed.
func craft(t testing.TB, change func(*parts)) []byte {
	t.Helper()
	ed := alg.Identifier{OID: alg.OIDEd25519}.Bytes()
	name := seq(rdn(alg.OIDAttrCommonName, str(der.UTF8String, "Crafted")))
	p := parts{
		version: ctx(0, integer(2)), serial: integer(7), inner: ed, algorithm: ed, issuer: name, subject: name,
		validity: seq(utcTime("250101000000Z"), utcTime("350101000000Z")), spki: spkiOf(t, key.Public()),
	}
	if change != nil {
		change(&p)
	}
	var extensions []byte
	if len(p.extensions) > 0 {
		extensions = ctx(3, seq(p.extensions...))
	}
	tbs := seq(p.version, p.serial, p.inner, p.issuer, p.validity, p.subject, p.spki, p.uniqueIDs, extensions)
	signature := append([]byte{byte(p.unused)}, ed25519.Sign(key, tbs)...)
	return append(seq(tbs, p.algorithm, el(der.TagBitString, false, signature)), p.after...)
}
