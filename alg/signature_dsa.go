package alg

import (
	"crypto/dsa" //lint:ignore SA1019 old mail is signed with it; it is read with Allow.Legacy and never written
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
)

// withDSA sets the check of DSA (RFC 3370 §3.1, RFC 5754 §3.1).
func (v *Verifier) withDSA() error {
	k, ok := v.pub.(*dsa.PublicKey)
	if !ok {
		return v.misfit()
	}
	if k.P == nil { // its certificate inherits them, see InheritDSA
		return &ParamsError{Algorithm: "DSA", Reason: "the key has none"}
	}
	if err := checkDSA(k); err != nil {
		return err
	}
	v.check = func(digest, sig []byte) bool { return verifyDSA(k, digest, sig) }
	return nil
}

// verifyDSA checks a Dss-Sig-Value (RFC 3279 §2.2.2).
func verifyDSA(k *dsa.PublicKey, digest, sig []byte) bool {
	r, s, ok := parseRS(sig)
	if !ok {
		return false
	}
	// FIPS 186-4 §4.6: as many of the leftmost bits of the digest as Q has. crypto/dsa leaves that to its callers.
	digest = digest[:min(len(digest), k.Q.BitLen()/8)]
	return dsa.Verify(k, digest, r, s)
}

// parseRS reads the two numbers of a DSA or ECDSA signature.
func parseRS(sig []byte) (r, s *big.Int, ok bool) {
	c := der.NewCursor(sig)
	seq := c.Sequence()
	r, s = seq.Int(), seq.Int()
	if seq.Done() != nil || c.Done() != nil {
		return nil, nil, false
	}
	return r, s, true
}
