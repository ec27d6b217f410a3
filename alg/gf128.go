package alg

import (
	"encoding/binary"
	"math/bits"
)

// gf128 is an element of GF(2^128) as GHASH has it (SP 800-38D §6.3): a polynomial over GF(2)
// modulo x^128 + x^7 + x^2 + x + 1. Bit i of lo is the coefficient of x^i, bit i of hi that of x^(64+i).
//
// It serves to join what crypto/cipher has hashed chunk by chunk, a few multiplications for 64 KiB.
// The multiplication has neither branches nor tables, because one factor is secret.
type gf128 struct{ lo, hi uint64 }

// gfElement reads a block. GHASH writes the coefficient of x^0 as the first bit of the first octet.
func gfElement(b *[16]byte) gf128 {
	return gf128{bits.Reverse64(binary.BigEndian.Uint64(b[:8])), bits.Reverse64(binary.BigEndian.Uint64(b[8:]))}
}

// block writes the element as a block.
func (a gf128) block() (b [16]byte) {
	binary.BigEndian.PutUint64(b[:8], bits.Reverse64(a.lo))
	binary.BigEndian.PutUint64(b[8:], bits.Reverse64(a.hi))
	return b
}

func (a gf128) add(b gf128) gf128 { return gf128{a.lo ^ b.lo, a.hi ^ b.hi} }

// mul multiplies by the method of Karatsuba.
func (a gf128) mul(b gf128) gf128 {
	l1, l0 := clmul(a.lo, b.lo)
	h1, h0 := clmul(a.hi, b.hi)
	m1, m0 := clmul(a.lo^a.hi, b.lo^b.hi)
	m1, m0 = m1^l1^h1, m0^l0^h0
	return gfReduce(h1, h0^m1, l1^m0, l0)
}

// square spreads the coefficients: (sum of c_i x^i)^2 is the sum of c_i x^2i.
func (a gf128) square() gf128 {
	l1, l0 := clmul(a.lo, a.lo)
	h1, h0 := clmul(a.hi, a.hi)
	return gfReduce(h1, h0, l1, l0)
}

// pow returns a^n. The exponent is public.
func (a gf128) pow(n uint64) gf128 {
	r := gf128{lo: 1}
	for i := bits.Len64(n) - 1; i >= 0; i-- {
		r = r.square()
		if n>>i&1 == 1 {
			r = r.mul(a)
		}
	}
	return r
}

// gfReduce takes a polynomial of degree below 256, highest word first, modulo the field polynomial:
// x^128 is x^7 + x^2 + x + 1, so the upper half is added to the lower four times.
func gfReduce(w3, w2, w1, w0 uint64) gf128 {
	over := w3>>63 ^ w3>>62 ^ w3>>57 // what shifting the upper half pushes out of it
	w2 ^= over
	w0 ^= w2 ^ w2<<1 ^ w2<<2 ^ w2<<7
	w1 ^= w3 ^ w3<<1 ^ w3<<2 ^ w3<<7 ^ w2>>63 ^ w2>>62 ^ w2>>57
	return gf128{w0, w1}
}

// clmul multiplies two polynomials of degree below 64.
func clmul(x, y uint64) (hi, lo uint64) {
	hi = bits.Reverse64(clmulLow(bits.Reverse64(x), bits.Reverse64(y))) >> 1
	return hi, clmulLow(x, y)
}

// clmulLow returns the lower 64 coefficients of a product. Integer multiplication would carry from
// one coefficient into the next, so only every fourth is multiplied at a time: at most 15 ones can meet in
// one place that counts, and the carries stay in the three free places above it.
func clmulLow(x, y uint64) uint64 {
	const m0, m1, m2, m3 = 0x1111111111111111, 0x2222222222222222, 0x4444444444444444, 0x8888888888888888
	x0, x1, x2, x3 := x&m0, x&m1, x&m2, x&m3
	y0, y1, y2, y3 := y&m0, y&m1, y&m2, y&m3
	z0 := x0*y0 ^ x1*y3 ^ x2*y2 ^ x3*y1
	z1 := x0*y1 ^ x1*y0 ^ x2*y3 ^ x3*y2
	z2 := x0*y2 ^ x1*y1 ^ x2*y0 ^ x3*y3
	z3 := x0*y3 ^ x1*y2 ^ x2*y1 ^ x3*y0
	return z0&m0 | z1&m1 | z2&m2 | z3&m3
}
