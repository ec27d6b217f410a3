package alg

import (
	"crypto"
	"time"
)

// weakened says from which day on an attack was public that leaves a digest no resistance
// against collisions worth counting.
var weakened = map[*Hash]time.Time{
	MD5:  time.Date(2004, 8, 17, 0, 0, 0, 0, time.UTC), // Wang et al., rump session of CRYPTO 2004
	SHA1: time.Date(2017, 2, 23, 0, 0, 0, 0, time.UTC), // Stevens et al., SHAttered
}

// StrengthAt returns the bits of collision resistance that a digest had in the public eye on a day.
// A signature made after the day on which its digest fell proves nothing about the content;
// one that was surely made before still does.
func (h *Hash) StrengthAt(day time.Time) int {
	fell, ok := weakened[h]
	if !ok {
		return h.Bits
	}
	if !day.Before(fell) {
		return 0
	}
	return h.Size * 4
}

// StrengthAt returns the lesser strength of a signature's digest and key on a day.
func (v *Verifier) StrengthAt(day time.Time) int {
	key := KeyBits(v.pub)
	if v.hash == nil {
		return key
	}
	return min(key, v.hash.StrengthAt(day))
}

// KeyBits returns the strength of a public key in bits, 0 for one it does not know.
func KeyBits(pub crypto.PublicKey) int { return infoOf(pub).Bits }

// rsaBits is the strength of an RSA modulus (SP 800-57 Part 1 Table 2; 4096 by FIPS 140-2 IG 7.5).
func rsaBits(modulus int) int {
	for _, step := range [...]struct{ modulus, bits int }{
		{15360, 256}, {7680, 192}, {4096, 152}, {3072, 128}, {2048, 112}, {1024, 80}, {512, 56},
	} {
		if modulus >= step.modulus {
			return step.bits
		}
	}
	return 0
}
