package keycheck

import "math/big"

// SmallFactor returns the smallest factor of a modulus below 752, or 0 (S/MIME BR §6.1.6).
func SmallFactor(n *big.Int) int64 {
	var rest big.Int
	for p := int64(2); p < 752; p++ {
		if rest.Mod(n, big.NewInt(p)).Sign() == 0 {
			return p
		}
	}
	return 0
}

// PrimePower says that a modulus is a prime, a square or a cube, and "" otherwise; higher powers have factors that are
// too short for any key.
func PrimePower(n *big.Int) string {
	if n.ProbablyPrime(0) {
		return "it is a prime"
	}
	root := new(big.Int).Sqrt(n)
	if new(big.Int).Mul(root, root).Cmp(n) == 0 {
		return "it is a square"
	}
	root = cubeRoot(n)
	return unless(new(big.Int).Exp(root, big.NewInt(3), nil).Cmp(n) != 0, "it is a cube")
}

// cubeRoot is the floor of the cube root, by Newton's method from above.
func cubeRoot(n *big.Int) *big.Int {
	x := new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()/3+1))
	for {
		y := new(big.Int).Mul(x, x)
		y.Div(n, y)
		y.Add(y, new(big.Int).Lsh(x, 1))
		y.Div(y, big.NewInt(3))
		if y.Cmp(x) >= 0 {
			return x
		}
		x = y
	}
}

// HasROCAPrint is the test of Nemec, Sys, Svenda, Klinec and Matyas (2017): primes of the broken generator are powers
// of 65537 modulo many small primes, and so is their product.
func HasROCAPrint(n *big.Int) bool {
	var rest big.Int
	for _, p := range []int64{3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
		101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167} {
		if !isPower(65537%p, rest.Mod(n, big.NewInt(p)).Int64(), p) {
			return false
		}
	}
	return true
}

// isPower reports whether v is a power of g modulo p.
func isPower(g, v, p int64) bool {
	x := int64(1)
	for range p {
		if x == v {
			return true
		}
		x = x * g % p
	}
	return false
}

// fermatRounds is how far apart the primes may be for FermatFactors to find them: CVE-2022-26320 needs one round, and
// S/MIME BR §6.1.1.3 wants a hundred.
const fermatRounds = 100

// FermatFactors reports whether n is soon written as a difference of squares, from the root upwards.
func FermatFactors(n *big.Int) bool {
	if n.Bit(0) == 0 {
		return false
	}
	a := new(big.Int).Sqrt(n)
	var square, b big.Int
	for range fermatRounds {
		if square.Mul(a, a).Cmp(n) >= 0 {
			square.Sub(&square, n)
			b.Sqrt(&square)
			if b.Mul(&b, &b).Cmp(&square) == 0 {
				return true
			}
		}
		a.Add(a, big.NewInt(1))
	}
	return false
}
