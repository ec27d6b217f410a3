// Package brainpool has the elliptic curves of RFC 5639 that the BSI and the German energy market use: the
// standard library does not know them.
//
//	key := &ecdsa.PrivateKey{PublicKey: ecdsa.PublicKey{Curve: brainpool.P256r1(), X: x, Y: y}, D: d}
//	sig, err := brainpool.Sign(key, digest)
//	secret, err := brainpool.ECDH(key, x, y)
//
// A Curve is an elliptic.Curve, so crypto/ecdsa verifies with it as it is. Sign and ECDH are here and not there
// because crypto/ecdsa computes with math/big on such curves, whose time depends on the secret.
//
// The arithmetic is that of filippo.io/bigmod, whose time does not depend on values. Points are added by
// the complete formulas of Renes, Costello and Batina (https://eprint.iacr.org/2015/1060, the ones that crypto/internal/fips140/nistec
// uses too), which have no special cases, and a multiple of a point is built from windows of four bits that
// are looked up by reading all of them. All work is done on the twisted curves, where a is -3 as on the NIST curves; the others
// are isomorphic to them (RFC 5639 §2.2).
package brainpool

import (
	"crypto/elliptic"
	"encoding/hex"
	"math/big"
	"sync"

	"filippo.io/bigmod"
)

// Curve is a brainpool curve. Those of this package may be compared.
type Curve struct {
	params *elliptic.CurveParams
	p, n   *bigmod.Modulus
	b      *bigmod.Nat // of the twisted curve
	base   *multiples  // of the generator

	// From this curve to the twisted one, x times z2 and y times z3, and back; nil where it is the twisted one.
	z2, z3, back2, back3 *bigmod.Nat
}

// P256r1 is brainpoolP256r1 (RFC 5639 §3.4).
func P256r1() elliptic.Curve { return all()[0] }

// P384r1 is brainpoolP384r1 (RFC 5639 §3.6).
func P384r1() elliptic.Curve { return all()[1] }

// P512r1 is brainpoolP512r1 (RFC 5639 §3.7).
func P512r1() elliptic.Curve { return all()[2] }

// P256t1 is brainpoolP256t1 (RFC 5639 §3.4).
func P256t1() elliptic.Curve { return all()[3] }

// P384t1 is brainpoolP384t1 (RFC 5639 §3.6).
func P384t1() elliptic.Curve { return all()[4] }

// P512t1 is brainpoolP512t1 (RFC 5639 §3.7).
func P512t1() elliptic.Curve { return all()[5] }

// all makes the curves once.
var all = sync.OnceValue(func() []*Curve {
	var regular, twisted []*Curve
	for _, d := range domains {
		r, t := d.curves()
		regular, twisted = append(regular, r), append(twisted, t)
	}
	return append(regular, twisted...)
})

// curves makes both curves of a domain.
func (d *domain) curves() (regular, twisted *Curve) {
	p, n := modulus(d.p), modulus(d.q)
	twisted = &Curve{p: p, n: n, b: element(d.b, p)}
	regular = &Curve{p: p, n: n, b: twisted.b}
	z := element(d.z, p)
	regular.z2, regular.z3 = regular.zero(), regular.zero()
	regular.mul(regular.z2, z, z)
	regular.mul(regular.z3, regular.z2, z)
	regular.back2, regular.back3 = regular.inverse(regular.z2), regular.inverse(regular.z3)

	// RFC 5639 §2.2: the twist has B' = B z^6.
	b := regular.zero()
	regular.mul(b, twisted.b, regular.back3)
	regular.mul(b, b, regular.back3)
	regular.params = d.params("r1", hex.EncodeToString(b.Bytes(p)), d.x, d.y)
	twisted.params = d.params("t1", d.b, d.tx, d.ty)
	for _, c := range []*Curve{regular, twisted} {
		g, ok := c.point(c.params.Gx, c.params.Gy)
		if !ok {
			panic("brainpool: the generator is not on " + c.params.Name)
		}
		c.base = c.multiples(g)
	}
	return regular, twisted
}

func (d *domain) params(kind, b, x, y string) *elliptic.CurveParams {
	p := &elliptic.CurveParams{Name: "brainpoolP" + d.name + kind, P: number(d.p), N: number(d.q), B: number(b), Gx: number(x), Gy: number(y)}
	p.BitSize = p.P.BitLen()
	return p
}

func number(s string) *big.Int { return new(big.Int).SetBytes(octets(s)) }

func octets(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("brainpool: " + err.Error())
	}
	return b
}

func modulus(s string) *bigmod.Modulus {
	m, err := bigmod.NewModulus(octets(s))
	if err != nil {
		panic("brainpool: " + err.Error())
	}
	return m
}

func element(s string, m *bigmod.Modulus) *bigmod.Nat {
	n, err := bigmod.NewNat().SetBytes(octets(s), m)
	if err != nil {
		panic("brainpool: " + err.Error())
	}
	return n
}
