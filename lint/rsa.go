package lint

import (
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// rsaRules are about the numbers of an RSA key (S/MIME BR §6.1.5, §6.1.6, §6.1.1.3).
func rsaRules() []Rule {
	const refuse = "refuse the key and ask for another one"
	return []Rule{
		{Name: "rsa.size", Section: "RFC 8550 §4.3, S/MIME BR §6.1.5", Severity: Error, Title: "an RSA modulus has at least 2048 bits", Advice: refuse, when: whenRSA,
			Same: []string{"e_mp_modulus_must_be_2048_bits_or_more", "e_rsa_mod_less_than_2048_bits", "cabf.rsa_modulus_invalid_length"}, check: rsaCheck(func(n, _ *big.Int) string { return unless(n.BitLen() >= 2048, fmt.Sprintf("%d bits", n.BitLen())) })},
		{Name: "rsa.octets", Section: "S/MIME BR §6.1.5", Severity: Error, Title: "the length of an RSA modulus is divisible by 8", Advice: refuse, when: whenRSA, From: brEffective,
			Same: []string{"e_mp_modulus_must_be_divisible_by_8", "cabf.rsa_modulus_invalid_length"}, check: rsaCheck(func(n, _ *big.Int) string { return unless(n.BitLen()%8 == 0, fmt.Sprintf("%d bits", n.BitLen())) })},
		{Name: "rsa.exponent", Section: "S/MIME BR §6.1.6", Severity: Error, Title: "an RSA exponent is odd and at least 3", Advice: refuse, when: whenRSA,
			Same:  []string{"e_rsa_public_exponent_not_odd", "e_rsa_public_exponent_too_small", "e_mp_exponent_cannot_be_one", "cabf.rsa_exponent_prohibited_value"},
			check: rsaCheck(func(_, e *big.Int) string { return unless(e.Bit(0) == 1 && e.Cmp(big.NewInt(3)) >= 0, e.String()) })},
		{Name: "rsa.exponent-range", Section: "S/MIME BR §6.1.6", Severity: Warning, Title: "an RSA exponent is between 2^16+1 and 2^256-1", Advice: "use 65537", when: whenRSA,
			Same:  []string{"w_rsa_public_exponent_not_in_range", "cabf.rsa_exponent_not_in_recommended_range"},
			check: rsaCheck(func(_, e *big.Int) string { return unless(e.BitLen() >= 17 && e.BitLen() <= 256, e.String()) })},
		{Name: "rsa.common-size", Section: "Gmail, S/MIME certificate profiles", Severity: Notice, Title: "an RSA modulus has 2048, 3072 or 4096 bits, which Gmail accepts", Advice: "make a key of one of these sizes", when: whenRSA,
			Same: []string{"googl.prohibited_rsa_modulus_length"}, check: rsaCheck(func(n, _ *big.Int) string {
				return unless(n.BitLen() == 2048 || n.BitLen() == 3072 || n.BitLen() == 4096, fmt.Sprintf("%d bits", n.BitLen()))
			})},
		{Name: "rsa.small-factor", Section: "S/MIME BR §6.1.6", Severity: Error, Title: "an RSA modulus has no factor below 752", Advice: refuse, when: whenRSA,
			Same: []string{"w_rsa_mod_factors_smaller_than_752", "cabf.rsa_modulus_has_small_prime_factor"}, check: rsaCheck(smallFactor)},
		{Name: "rsa.composite", Section: "S/MIME BR §6.1.6", Severity: Error, Title: "an RSA modulus is neither a prime nor a power of one", Advice: refuse, when: whenRSA,
			check: rsaCheck(primePower)},
		{Name: "rsa.roca", Section: "S/MIME BR §6.1.1.3, CVE-2017-15361", Severity: Error, Title: "an RSA modulus was not made by the broken generator of Infineon chips (ROCA)", Advice: refuse, when: whenRSA,
			check: rsaCheck(func(n, _ *big.Int) string { return unless(!keycheck.HasROCAPrint(n), "it has the fingerprint") })},
		{Name: "rsa.fermat", Section: "S/MIME BR §6.1.1.3, CVE-2022-26320", Severity: Error, Title: "the primes of an RSA modulus are not close to each other", Advice: refuse, when: whenRSA,
			Same: []string{"e_rsa_fermat_factorization"}, check: rsaCheck(func(n, _ *big.Int) string { return unless(!keycheck.FermatFactors(n), "Fermat's method factors it") })},
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
	p := keycheck.SmallFactor(n)
	return unless(p == 0, fmt.Sprintf("it is divisible by %d", p))
}

func primePower(n, _ *big.Int) string { return keycheck.PrimePower(n) }
