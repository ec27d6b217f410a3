package lint

import (
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
)

// rsaRules are about the numbers of an RSA key (S/MIME BR §6.1.5, §6.1.6, §6.1.1.3).
func rsaRules() []Rule {
	const refuse = "refuse the key and ask for another one"
	return []Rule{
		{Name: "rsa.size", Section: "RFC 8550 §4.3, S/MIME BR §6.1.5", Severity: Error, Title: "an RSA modulus has at least 2048 bits", Advice: refuse, when: whenRSA,
			Same: []string{"e_rsa_mod_less_than_2048_bits", "cabf.rsa_modulus_length_too_short"}, check: rsaCheck(func(n, _ *big.Int) string { return unless(n.BitLen() >= 2048, fmt.Sprintf("%d bits", n.BitLen())) })},
		{Name: "rsa.octets", Section: "S/MIME BR §6.1.5", Severity: Error, Title: "the length of an RSA modulus is divisible by 8", Advice: refuse, when: whenRSA, From: brEffective,
			Same: []string{"cabf.rsa_modulus_invalid_length"}, check: rsaCheck(func(n, _ *big.Int) string { return unless(n.BitLen()%8 == 0, fmt.Sprintf("%d bits", n.BitLen())) })},
		{Name: "rsa.exponent", Section: "S/MIME BR §6.1.6", Severity: Error, Title: "an RSA exponent is odd and at least 3", Advice: refuse, when: whenRSA,
			Same:  []string{"e_rsa_public_exponent_not_odd", "e_rsa_public_exponent_too_small", "cabf.rsa_exponent_prohibited_value"},
			check: rsaCheck(func(_, e *big.Int) string { return unless(e.Bit(0) == 1 && e.Cmp(big.NewInt(3)) >= 0, e.String()) })},
		{Name: "rsa.exponent-range", Section: "S/MIME BR §6.1.6", Severity: Warning, Title: "an RSA exponent is between 2^16+1 and 2^256-1", Advice: "use 65537", when: whenRSA,
			Same:  []string{"w_rsa_public_exponent_not_in_range"},
			check: rsaCheck(func(_, e *big.Int) string { return unless(e.BitLen() >= 17 && e.BitLen() <= 256, e.String()) })},
		{Name: "rsa.small-factor", Section: "S/MIME BR §6.1.6", Severity: Error, Title: "an RSA modulus has no factor below 752", Advice: refuse, when: whenRSA,
			Same: []string{"w_rsa_mod_factors_smaller_than_752", "cabf.rsa_modulus_has_small_prime_factor"}, check: rsaCheck(smallFactor)},
		{Name: "rsa.composite", Section: "S/MIME BR §6.1.6", Severity: Error, Title: "an RSA modulus is neither a prime nor a power of one", Advice: refuse, when: whenRSA,
			check: rsaCheck(primePower)},
		{Name: "rsa.roca", Section: "S/MIME BR §6.1.1.3, CVE-2017-15361", Severity: Error, Title: "an RSA modulus was not made by the broken generator of Infineon chips (ROCA)", Advice: refuse, when: whenRSA,
			check: rsaCheck(func(n, _ *big.Int) string { return unless(!hasROCAPrint(n), "it has the fingerprint") })},
		{Name: "rsa.fermat", Section: "S/MIME BR §6.1.1.3, CVE-2022-26320", Severity: Error, Title: "the primes of an RSA modulus are not close to each other", Advice: refuse, when: whenRSA,
			Same: []string{"e_rsa_fermat_factorization"}, check: rsaCheck(func(n, _ *big.Int) string { return unless(!fermatFactors(n), "Fermat's method factors it") })},
	}
}

// maxChecked bounds the arithmetic: the key of a hostile certificate may be long.
const maxChecked = 8192

func whenRSA(s *subject) bool {
	n, _ := s.rsaNumbers()
	return n != nil
}

// rsaNumbers reads modulus and exponent, those too that package alg refuses; nil when there are none.
func (s *subject) rsaNumbers() (n, e *big.Int) {
	if s.keyKind() != rsaKey {
		return nil, nil
	}
	seq := der.NewCursor(s.KeyInfo.Raw).Sequence()
	n, e = seq.Int(), seq.Int()
	if seq.Done() != nil || n.Sign() <= 0 || e.Sign() <= 0 || n.BitLen() > maxChecked {
		return nil, nil
	}
	return n, e
}

func rsaCheck(check func(n, e *big.Int) string) func(*subject) string {
	return func(s *subject) string { return check(s.rsaNumbers()) }
}

func smallFactor(n, _ *big.Int) string {
	var rest big.Int
	for p := int64(2); p < 752; p++ {
		if rest.Mod(n, big.NewInt(p)).Sign() == 0 {
			return fmt.Sprintf("it is divisible by %d", p)
		}
	}
	return ""
}

// primePower finds primes, squares and cubes; higher powers have factors that are too short for any key.
func primePower(n, _ *big.Int) string {
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

// hasROCAPrint is the test of Nemec, Sys, Svenda, Klinec and Matyas (2017): primes of the broken generator are powers
// of 65537 modulo many small primes, and so is their product.
func hasROCAPrint(n *big.Int) bool {
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

// fermatRounds is how far apart the primes may be for fermatFactors to find them: CVE-2022-26320 needs one round.
const fermatRounds = 100

// fermatFactors writes n as a difference of squares, from the root upwards.
func fermatFactors(n *big.Int) bool {
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
