package brainpool

import "filippo.io/bigmod"

// zero returns a new 0 of the field.
func (c *Curve) zero() *bigmod.Nat { return new(bigmod.Nat).ExpandFor(c.p) }

// one returns a new 1 of the field.
func (c *Curve) one() *bigmod.Nat { return new(bigmod.Nat).SetUint(1).ExpandFor(c.p) }

// add sets dst to x + y. The three may be the same, here and below.
func (c *Curve) add(dst, x, y *bigmod.Nat) {
	if dst == y {
		x, y = y, x
	}
	copy(dst.Bits(), x.Bits())
	dst.Add(y, c.p)
}

// sub sets dst to x - y.
func (c *Curve) sub(dst, x, y *bigmod.Nat) {
	if dst == y {
		t := bigmod.NewNat().ExpandFor(c.p)
		copy(t.Bits(), y.Bits())
		y = t
	}
	copy(dst.Bits(), x.Bits())
	dst.Sub(y, c.p)
}

// mul sets dst to x y.
func (c *Curve) mul(dst, x, y *bigmod.Nat) {
	if dst == y {
		x, y = y, x
	}
	copy(dst.Bits(), x.Bits())
	dst.Mul(y, c.p)
}

// inverse returns 1/x, and 0 for 0: by Fermat, x to the power of p - 2.
func (c *Curve) inverse(x *bigmod.Nat) *bigmod.Nat { return inverse(x, c.p) }

func inverse(x *bigmod.Nat, m *bigmod.Modulus) *bigmod.Nat {
	two := new(bigmod.Nat).SetUint(2).ExpandFor(m)
	e := new(bigmod.Nat).ExpandFor(m).Sub(two, m) // m - 2
	return new(bigmod.Nat).Exp(x, e.Bytes(m), m)
}
