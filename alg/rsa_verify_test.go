package alg

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
)

// crypto/rsa is the second opinion on what we compute with math/big.
func TestRSAIsVerifiedAsByTheStandardLibrary(t *testing.T) {
	keys := []*rsa.PrivateKey{rsaKey(t)}
	for _, bits := range []int{1024, 1031, 3072} {
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	for _, k := range keys {
		for i := 1; i < 60; i += 3 { // 0 means another thing in crypto/rsa
			digest := random(32)
			good, err := rsa.SignPKCS1v15(nil, k, crypto.SHA256, digest)
			if err != nil {
				t.Fatal(err)
			}
			pss, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, digest, &rsa.PSSOptions{SaltLength: i})
			if err != nil {
				t.Fatal(err)
			}
			for _, sig := range [][]byte{good, pss, mangle(good, i, k), mangle(pss, i, k)} {
				want := rsa.VerifyPKCS1v15(&k.PublicKey, crypto.SHA256, digest, sig) == nil
				if got := verifyPKCS1(&k.PublicKey, SHA256, digest, sig); got != want {
					t.Errorf("PKCS #1: %v, want %v", got, want)
				}
				want = rsa.VerifyPSS(&k.PublicKey, crypto.SHA256, digest, sig, &rsa.PSSOptions{SaltLength: i}) == nil
				if got := verifyPSS(&k.PublicKey, &PSSParams{SHA256, SHA256, i}, digest, sig); got != want {
					t.Errorf("PSS: %v, want %v", got, want)
				}
			}
		}
	}
}

// mangle signs an encoded message with one fault.
func mangle(sig []byte, i int, k *rsa.PrivateKey) []byte {
	em := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(k.E)), k.N)
	em.SetBit(em, i*k.N.BitLen()/60, em.Bit(i*k.N.BitLen()/60)^1)
	if em.Cmp(k.N) >= 0 {
		return sig[1:]
	}
	return em.Exp(em, k.D, k.N).FillBytes(make([]byte, len(sig)))
}

func TestHashesOfRSASignaturesAreNotMixedUp(t *testing.T) {
	digest := random(32)
	sig, err := rsa.SignPKCS1v15(nil, rsaKey(t), crypto.SHA256, digest)
	if err != nil {
		t.Fatal(err)
	}
	for oid, h := range signatureHashes {
		if family(oid) != familyRSA || hashes[h].Size != 32 {
			continue
		}
		v, err := NewVerifier(Identifier{OID: oid}, nil, rsaKey(t).Public(), Allow{})
		if err != nil {
			t.Fatal(err)
		}
		if ok := v.VerifyDigest(digest, sig) == nil; ok != (hashes[h] == SHA256) {
			t.Errorf("%s: %v", v.Name(), ok)
		}
	}
}

// The longest keys that are read cost a bounded time.
func TestHugeKeysAreVerifiedInTime(t *testing.T) {
	n := new(big.Int).SetBytes(bytes.Repeat([]byte{0xff}, maxModulus/8))
	k := &rsa.PublicKey{N: n, E: 1<<31 - 1}
	v, err := NewVerifier(Identifier{OID: OIDSHA256WithRSA}, nil, k, Allow{})
	if err != nil || v.VerifyMessage(nil, append([]byte{0x7f}, random(maxModulus/8-1)...)) == nil {
		t.Errorf("%v", err)
	}
}
