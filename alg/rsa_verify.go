package alg

import (
	"crypto"
	"crypto/rsa"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
)

// minModulus is the shortest RSA modulus that is taken for a signature, in bits: shorter ones have been
// factored in public, so no flag allows them.
const minModulus = 1024

// checkRSA bounds the numbers of an RSA key, and with them the work that a signature costs: at most
// 31 squarings and multiplications of 16384 bits.
func checkRSA(n, e *big.Int) error {
	switch {
	case n.Sign() <= 0 || n.Bit(0) == 0:
		return errors.New("modulus is not a positive odd number")
	case n.BitLen() > maxModulus:
		return fmt.Errorf("modulus of %d bits is longer than %d", n.BitLen(), maxModulus)
	case e.Sign() <= 0 || e.Bit(0) == 0 || e.BitLen() > 31 || e.Int64() < 3:
		return errors.New("exponent is not an odd number between 3 and 2^31")
	case n.Cmp(e) <= 0:
		return errors.New("modulus is not greater than the exponent")
	}
	return nil
}

// rsaKey returns the RSA key of the verifier, if it is one that signatures may be checked with.
func (v *Verifier) rsaKey() (*rsa.PublicKey, error) {
	k, ok := v.pub.(*rsa.PublicKey)
	if p, reserved := v.pub.(*PSSPublicKey); reserved {
		k, ok = p.PublicKey, true
	}
	if !ok {
		return nil, v.misfit()
	}
	if k == nil || k.N == nil {
		return nil, errors.New("RSA public key: no numbers")
	}
	if err := checkRSA(k.N, big.NewInt(int64(k.E))); err != nil {
		return nil, fmt.Errorf("RSA public key: %w", err)
	}
	if k.N.BitLen() < minModulus {
		return nil, &UnsupportedError{Algorithm: KeyName(k), Status: Refused, Use: string(KindSignature)}
	}
	return k, nil
}

// rsaOpen recovers the encoded message from a signature (RFC 8017 §5.2.2), as long as the modulus.
// It is nil for a signature of another length (§8.1.2 step 1, §8.2.2 step 1) or out of range.
//
// All of it is public, so math/big may do it, which takes half the time of crypto/rsa for 3072 bits and more.
func rsaOpen(k *rsa.PublicKey, sig []byte) []byte {
	size := (k.N.BitLen() + 7) / 8
	s := new(big.Int).SetBytes(sig)
	if len(sig) != size || s.Cmp(k.N) >= 0 {
		return nil
	}
	return s.Exp(s, big.NewInt(int64(k.E)), k.N).FillBytes(make([]byte, size))
}

// verifyPKCS1 checks RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2) by comparing the whole encoded message, so that
// there is nothing in it to parse.
func verifyPKCS1(k *rsa.PublicKey, h *Hash, digest, sig []byte) bool {
	if k.N.BitLen() == 2048 && (h.Std == crypto.SHA256 || h.Std == crypto.SHA384 || h.Std == crypto.SHA512) {
		return rsa.VerifyPKCS1v15(k, h.Std, digest, sig) == nil // the same check, twice as fast at the one length it has assembly for
	}
	em := rsaOpen(k, sig)
	want := encodePKCS1(h, digest, len(em))
	return want != nil && subtle.ConstantTimeCompare(em, want) == 1
}

// encodePKCS1 returns EMSA-PKCS1-v1_5 (RFC 8017 §9.2), nil when it does not fit into size octets.
func encodePKCS1(h *Hash, digest []byte, size int) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		Identifier{h.OID, null()}.Append(b) // RFC 8017 Appendix B.1: here the parameters are NULL
		b.OctetString(digest)
	})
	info := mustBytes(&b)
	if size < len(info)+11 {
		return nil
	}
	em := make([]byte, size-len(info), size)
	for i := range em {
		em[i] = 0xff
	}
	em[0], em[1], em[len(em)-1] = 0, 1, 0
	return append(em, info...)
}
