package keycheck

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
)

// edwards is a curve x² a + y² = 1 + d x² y² (RFC 8032 §5.1, §5.2), for the check of points that everybody may see.
type edwards struct {
	p, a, d *big.Int
	octets  int // of a key; the highest bit is the sign of x
	halves  int // the cofactor is 2^halves
}

func edwardsOf(k *key) edwards {
	power := func(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }
	if k.id.OID == alg.OIDEd448 {
		p := power(448)
		p.Sub(p, power(224)).Sub(p, big.NewInt(1))
		return edwards{p: p, a: big.NewInt(1), d: big.NewInt(-39081), octets: 57, halves: 2}
	}
	p := power(255)
	p.Sub(p, big.NewInt(19))
	c := edwards{p: p, a: big.NewInt(-1), octets: 32, halves: 3}
	c.d = c.over(big.NewInt(-121665), big.NewInt(121666))
	return c
}

// over is a fraction modulo p.
func (c edwards) over(a, b *big.Int) *big.Int {
	inverse := new(big.Int).ModInverse(new(big.Int).Mod(b, c.p), c.p)
	if inverse == nil {
		return new(big.Int)
	}
	inverse.Mul(inverse, a)
	return inverse.Mod(inverse, c.p)
}

// checkEdwards decodes the point (RFC 8032 §5.1.3, §5.2.3) and refuses those of small order, whose signatures anybody can make.
func checkEdwards(k *key) string {
	c := edwardsOf(k)
	b := slices.Clone(k.bits)
	b[c.octets-1] &= 0x7f // the sign of x
	slices.Reverse(b)
	y := new(big.Int).SetBytes(b)
	if y.Cmp(c.p) >= 0 {
		return "its coordinate is out of range"
	}
	one := big.NewInt(1)
	y2 := new(big.Int).Mul(y, y)
	below := new(big.Int).Mul(c.d, y2)
	x2 := c.over(new(big.Int).Sub(y2, one), below.Sub(below, c.a))
	if x2.Sign() != 0 && new(big.Int).ModSqrt(x2, c.p) == nil {
		return "the point is not on the curve"
	}
	y2.Mod(y2, c.p)
	for range c.halves {
		y, x2 = c.double(x2, y2)
		y2.Mod(y2.Mul(y, y), c.p)
	}
	if y.Cmp(one) == 0 {
		return fmt.Sprintf("the point has a small order: %d times it is nothing", 1<<c.halves)
	}
	return ""
}

// double returns y and x² of twice a point, of which it wants x² and y².
func (c edwards) double(x2, y2 *big.Int) (y, xx *big.Int) {
	ax2 := new(big.Int).Mul(c.a, x2)
	sum := new(big.Int).Add(y2, ax2) // 1 + d x² y²
	below := new(big.Int).Sub(big.NewInt(2), sum)
	y = c.over(new(big.Int).Sub(y2, ax2), below)
	top := new(big.Int).Mul(x2, y2)
	return y, c.over(top.Lsh(top, 2), sum.Mul(sum, sum))
}
