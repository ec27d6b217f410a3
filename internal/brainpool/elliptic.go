package brainpool

import (
	"crypto/elliptic"
	"math/big"

	"filippo.io/bigmod"
)

var _ elliptic.Curve = (*Curve)(nil)

// Params returns the numbers of the curve. On a regular curve a is not -3, so that the methods of what
// is returned are not for use.
func (c *Curve) Params() *elliptic.CurveParams { return c.params }

// IsOnCurve reports whether x, y is a point other than infinity.
func (c *Curve) IsOnCurve(x, y *big.Int) bool {
	_, ok := c.point(x, y)
	return ok
}

// Add returns the sum of two points. Infinity is 0, 0; what is no point counts as that, here and below.
func (c *Curve) Add(x1, y1, x2, y2 *big.Int) (x, y *big.Int) {
	return c.numbers(c.addPoints(c.orInfinity(x1, y1), c.orInfinity(x2, y2)))
}

// Double returns twice a point.
func (c *Curve) Double(x1, y1 *big.Int) (x, y *big.Int) {
	return c.numbers(c.double(c.orInfinity(x1, y1)))
}

// ScalarMult returns k, which is big-endian, times a point.
func (c *Curve) ScalarMult(x1, y1 *big.Int, k []byte) (x, y *big.Int) {
	return c.numbers(c.times(c.multiples(c.orInfinity(x1, y1)), k))
}

// ScalarBaseMult returns k, which is big-endian, times the generator.
func (c *Curve) ScalarBaseMult(k []byte) (x, y *big.Int) {
	return c.numbers(c.times(c.base, k))
}

func (c *Curve) orInfinity(x, y *big.Int) *point {
	if p, ok := c.point(x, y); ok {
		return p
	}
	return c.infinity()
}

func (c *Curve) numbers(p *point) (x, y *big.Int) {
	nx, ny := c.affine(p)
	return c.number(nx), c.number(ny)
}

func (c *Curve) number(n *bigmod.Nat) *big.Int { return new(big.Int).SetBytes(n.Bytes(c.p)) }

// Decompress returns the y of a compressed point, which is odd or even as asked (SEC 1 §2.3.4);
// nil when there is none.
func (c *Curve) Decompress(x *big.Int, odd bool) (y *big.Int) {
	if x.Sign() < 0 || x.Cmp(c.params.P) >= 0 {
		return nil
	}
	p := c.params.P
	// y^2 = x^3 + a x + b, with a = -3 / z^4
	a := big.NewInt(-3)
	if c.back2 != nil {
		b2 := c.number(c.back2)
		a.Mul(a, b2).Mul(a, b2)
	}
	y = new(big.Int).Mul(x, x)
	y.Add(y, a).Mul(y, x).Add(y, c.params.B).Mod(y, p)
	if y.ModSqrt(y, p) == nil {
		return nil
	}
	if (y.Bit(0) == 1) != odd {
		y.Sub(p, y)
	}
	if !c.IsOnCurve(x, y) {
		return nil
	}
	return y
}
