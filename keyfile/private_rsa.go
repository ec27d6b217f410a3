package keyfile

import (
	"crypto/rsa"
	"errors"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
)

// The lengths of moduli that are read, in bits. Short keys are for old mail only, and not written.
const (
	shortestRSA = 512
	longestRSA  = 16384
)

// rsaKey reads an RSAPrivateKey (RFC 8017 Appendix A.1.2) and checks its numbers against each other. What follows
// from the others (exponents and coefficient of the Chinese remainder theorem) is computed, not taken.
func (r *reader) rsaKey(octets []byte) (*rsa.PrivateKey, error) {
	c := der.NewCursor(octets)
	s := c.Sequence()
	version := s.SmallInt()
	var n [8]*big.Int // modulus, exponents, primes, and what follows from them
	for i := range n {
		n[i] = s.Int()
	}
	switch {
	case s.Err() == nil && version == 1:
		return nil, errors.New("it has more than two primes, which is not implemented; make a new key")
	case s.Done() != nil || c.Done() != nil || version != 0:
		return nil, errors.New("malformed")
	}
	for _, i := range n[:5] {
		if i.Sign() <= 0 || i.BitLen() > longestRSA {
			return nil, errors.New("a number is out of range")
		}
	}
	if n[0].BitLen() < shortestRSA || !n[1].IsInt64() || n[1].Int64() < 3 || n[1].Int64() > 1<<31-1 {
		return nil, errors.New("its size or exponent is out of range")
	}
	if err := r.work(n[0].BitLen()); err != nil {
		return nil, err
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n[0], E: int(n[1].Int64())}, D: n[2], Primes: []*big.Int{n[3], n[4]}}
	if err := checkRSA(key); err != nil {
		return nil, err
	}
	key.Precompute()
	return key, nil
}

// checkRSA tells whether the numbers belong together. Keys under 1024 bits the standard library does not look at.
func checkRSA(key *rsa.PrivateKey) error {
	errNumbers := errors.New("its numbers do not belong together")
	one := big.NewInt(1)
	p, q, e := key.Primes[0], key.Primes[1], big.NewInt(int64(key.E))
	if new(big.Int).Mul(p, q).Cmp(key.N) != 0 || p.Cmp(one) <= 0 || q.Cmp(one) <= 0 {
		return errNumbers
	}
	if key.N.BitLen() >= 1024 {
		if key.Validate() != nil {
			return errNumbers
		}
		return nil
	}
	for _, prime := range key.Primes {
		order := new(big.Int).Sub(prime, one)
		de := new(big.Int).Mul(key.D, e)
		if de.Mod(de, order).Cmp(one) != 0 || !prime.ProbablyPrime(10) {
			return errNumbers
		}
	}
	return nil
}
