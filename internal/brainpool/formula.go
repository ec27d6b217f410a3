package brainpool

// addPoints returns p + q, whatever points they are: the complete addition for a = -3, Algorithm 4 of
// https://eprint.iacr.org/2015/1060.
func (c *Curve) addPoints(p, q *point) *point {
	t0, t1, t2, t3, t4 := c.zero(), c.zero(), c.zero(), c.zero(), c.zero()
	x3, y3, z3 := c.zero(), c.zero(), c.zero()
	c.mul(t0, p.x, q.x) // t0 := X1 * X2
	c.mul(t1, p.y, q.y) // t1 := Y1 * Y2
	c.mul(t2, p.z, q.z) // t2 := Z1 * Z2
	c.add(t3, p.x, p.y) // t3 := X1 + Y1
	c.add(t4, q.x, q.y) // t4 := X2 + Y2
	c.mul(t3, t3, t4)   // t3 := t3 * t4
	c.add(t4, t0, t1)   // t4 := t0 + t1
	c.sub(t3, t3, t4)   // t3 := t3 - t4
	c.add(t4, p.y, p.z) // t4 := Y1 + Z1
	c.add(x3, q.y, q.z) // X3 := Y2 + Z2
	c.mul(t4, t4, x3)   // t4 := t4 * X3
	c.add(x3, t1, t2)   // X3 := t1 + t2
	c.sub(t4, t4, x3)   // t4 := t4 - X3
	c.add(x3, p.x, p.z) // X3 := X1 + Z1
	c.add(y3, q.x, q.z) // Y3 := X2 + Z2
	c.mul(x3, x3, y3)   // X3 := X3 * Y3
	c.add(y3, t0, t2)   // Y3 := t0 + t2
	c.sub(y3, x3, y3)   // Y3 := X3 - Y3
	c.mul(z3, c.b, t2)  // Z3 := b * t2
	c.sub(x3, y3, z3)   // X3 := Y3 - Z3
	c.add(z3, x3, x3)   // Z3 := X3 + X3
	c.add(x3, x3, z3)   // X3 := X3 + Z3
	c.sub(z3, t1, x3)   // Z3 := t1 - X3
	c.add(x3, t1, x3)   // X3 := t1 + X3
	c.mul(y3, c.b, y3)  // Y3 := b * Y3
	c.add(t1, t2, t2)   // t1 := t2 + t2
	c.add(t2, t1, t2)   // t2 := t1 + t2
	c.sub(y3, y3, t2)   // Y3 := Y3 - t2
	c.sub(y3, y3, t0)   // Y3 := Y3 - t0
	c.add(t1, y3, y3)   // t1 := Y3 + Y3
	c.add(y3, t1, y3)   // Y3 := t1 + Y3
	c.add(t1, t0, t0)   // t1 := t0 + t0
	c.add(t0, t1, t0)   // t0 := t1 + t0
	c.sub(t0, t0, t2)   // t0 := t0 - t2
	c.mul(t1, t4, y3)   // t1 := t4 * Y3
	c.mul(t2, t0, y3)   // t2 := t0 * Y3
	c.mul(y3, x3, z3)   // Y3 := X3 * Z3
	c.add(y3, y3, t2)   // Y3 := Y3 + t2
	c.mul(x3, t3, x3)   // X3 := t3 * X3
	c.sub(x3, x3, t1)   // X3 := X3 - t1
	c.mul(z3, t4, z3)   // Z3 := t4 * Z3
	c.mul(t1, t3, t0)   // t1 := t3 * t0
	c.add(z3, z3, t1)   // Z3 := Z3 + t1
	return &point{x3, y3, z3}
}

// double returns p + p: Algorithm 6.
func (c *Curve) double(p *point) *point {
	t0, t1, t2, t3 := c.zero(), c.zero(), c.zero(), c.zero()
	x3, y3, z3 := c.zero(), c.zero(), c.zero()
	c.mul(t0, p.x, p.x) // t0 := X ^ 2
	c.mul(t1, p.y, p.y) // t1 := Y ^ 2
	c.mul(t2, p.z, p.z) // t2 := Z ^ 2
	c.mul(t3, p.x, p.y) // t3 := X * Y
	c.add(t3, t3, t3)   // t3 := t3 + t3
	c.mul(z3, p.x, p.z) // Z3 := X * Z
	c.add(z3, z3, z3)   // Z3 := Z3 + Z3
	c.mul(y3, c.b, t2)  // Y3 := b * t2
	c.sub(y3, y3, z3)   // Y3 := Y3 - Z3
	c.add(x3, y3, y3)   // X3 := Y3 + Y3
	c.add(y3, x3, y3)   // Y3 := X3 + Y3
	c.sub(x3, t1, y3)   // X3 := t1 - Y3
	c.add(y3, t1, y3)   // Y3 := t1 + Y3
	c.mul(y3, x3, y3)   // Y3 := X3 * Y3
	c.mul(x3, x3, t3)   // X3 := X3 * t3
	c.add(t3, t2, t2)   // t3 := t2 + t2
	c.add(t2, t2, t3)   // t2 := t2 + t3
	c.mul(z3, c.b, z3)  // Z3 := b * Z3
	c.sub(z3, z3, t2)   // Z3 := Z3 - t2
	c.sub(z3, z3, t0)   // Z3 := Z3 - t0
	c.add(t3, z3, z3)   // t3 := Z3 + Z3
	c.add(z3, z3, t3)   // Z3 := Z3 + t3
	c.add(t3, t0, t0)   // t3 := t0 + t0
	c.add(t0, t3, t0)   // t0 := t3 + t0
	c.sub(t0, t0, t2)   // t0 := t0 - t2
	c.mul(t0, t0, z3)   // t0 := t0 * Z3
	c.add(y3, y3, t0)   // Y3 := Y3 + t0
	c.mul(t0, p.y, p.z) // t0 := Y * Z
	c.add(t0, t0, t0)   // t0 := t0 + t0
	c.mul(z3, t0, z3)   // Z3 := t0 * Z3
	c.sub(x3, x3, z3)   // X3 := X3 - Z3
	c.mul(z3, t0, t1)   // Z3 := t0 * t1
	c.add(z3, z3, z3)   // Z3 := Z3 + Z3
	c.add(z3, z3, z3)   // Z3 := Z3 + Z3
	return &point{x3, y3, z3}
}
