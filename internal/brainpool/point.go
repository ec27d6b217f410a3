package brainpool

import (
	"crypto/subtle"
	"math/big"

	"filippo.io/bigmod"
)

// point is a point of a twisted curve in projective coordinates; z is 0 at infinity.
type point struct{ x, y, z *bigmod.Nat }

// infinity returns the neutral point.
func (c *Curve) infinity() *point { return &point{c.zero(), c.one(), c.zero()} }

// point takes a point of the curve, and not the one at infinity, to the twisted curve.
func (c *Curve) point(x, y *big.Int) (*point, bool) {
	p := &point{z: c.one()}
	var ok [2]bool
	p.x, ok[0] = c.coordinate(x, c.z2)
	p.y, ok[1] = c.coordinate(y, c.z3)
	if !ok[0] || !ok[1] {
		return nil, false
	}
	// y^2 = x^3 - 3x + b
	left, right, t := c.zero(), c.zero(), c.zero()
	c.mul(left, p.y, p.y)
	c.mul(right, p.x, p.x)
	c.mul(right, right, p.x)
	c.add(t, p.x, p.x)
	c.add(t, t, p.x)
	c.sub(right, right, t)
	c.add(right, right, c.b)
	return p, left.Equal(right) == 1
}

// coordinate takes a coordinate to the twisted curve.
func (c *Curve) coordinate(n *big.Int, scale *bigmod.Nat) (*bigmod.Nat, bool) {
	if n == nil || n.Sign() < 0 || n.BitLen() > c.params.BitSize {
		return nil, false
	}
	e, err := new(bigmod.Nat).SetBytes(n.FillBytes(make([]byte, c.p.Size())), c.p)
	if err != nil {
		return nil, false
	}
	if scale != nil {
		e.Mul(scale, c.p)
	}
	return e, true
}

// affine takes a point back from the twisted curve. Infinity is 0, 0.
func (c *Curve) affine(p *point) (x, y *bigmod.Nat) {
	x, y = c.zero(), c.zero()
	inv := c.inverse(p.z)
	c.mul(x, p.x, inv)
	c.mul(y, p.y, inv)
	if c.back2 != nil {
		c.mul(x, x, c.back2)
		c.mul(y, y, c.back3)
	}
	return x, y
}

// multiples are 0 to 15 times a point.
type multiples [16]*point

func (c *Curve) multiples(p *point) *multiples {
	m := multiples{c.infinity(), p}
	for i := 2; i < len(m); i++ {
		m[i] = c.addPoints(m[i-1], p)
	}
	return &m
}

// at returns a copy of a multiple, having read them all.
func (m *multiples) at(c *Curve, i byte) *point {
	p := &point{c.zero(), c.zero(), c.zero()}
	for j, q := range m {
		mask := -uint(subtle.ConstantTimeByteEq(i, byte(j)))
		merge(p.x, q.x, mask)
		merge(p.y, q.y, mask)
		merge(p.z, q.z, mask)
	}
	return p
}

// merge adds the bits of src that mask lets through.
func merge(dst, src *bigmod.Nat, mask uint) {
	d, s := dst.Bits(), src.Bits()
	for i := range d {
		d[i] |= s[i] & mask
	}
}

// times returns the scalar, which is big-endian, times the point of m.
func (c *Curve) times(m *multiples, scalar []byte) *point {
	p := c.infinity()
	for _, b := range scalar {
		for _, window := range [2]byte{b >> 4, b & 15} {
			for range 4 {
				p = c.double(p)
			}
			p = c.addPoints(p, m.at(c, window))
		}
	}
	return p
}
