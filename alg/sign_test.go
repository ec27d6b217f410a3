package alg

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"
)

// signingKeys are keys of every kind that signs.
func signingKeys(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	keys := map[string]crypto.Signer{"RSA": rsaKey(t)}
	for _, f := range curves {
		k, err := ecdsa.GenerateKey(f(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[f().Params().Name] = k
	}
	_, e25519, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, e448, err := ed448.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys["Ed25519"], keys["Ed448"] = e25519, e448
	return keys
}

// everyScheme calls f with every key, digest and padding that sign.
func everyScheme(t *testing.T, f func(t *testing.T, key crypto.Signer, s *SignScheme)) {
	n := 0
	for name, key := range signingKeys(t) {
		for _, pss := range []bool{false, true} {
			if pss && name != "RSA" {
				continue
			}
			for _, h := range hashes {
				s, err := SignatureFor(key.Public(), SignOptions{Hash: h, PSS: pss})
				if err != nil {
					continue
				}
				n++
				t.Run(name+" "+s.Identifier.String()+" "+h.Name, func(t *testing.T) { f(t, key, s) })
			}
		}
	}
	// RSA and RSA-PSS have ten digests each, and so has ECDSA; Ed25519 and Ed448 have one.
	if want := 20 + 10*len(curves) + 2; n != want {
		t.Errorf("%d schemes, want %d", n, want)
	}
}

func TestEverySchemeSignsWhatWeVerify(t *testing.T) {
	message := []byte("Good morning, Waxwing.")
	everyScheme(t, func(t *testing.T, key crypto.Signer, s *SignScheme) {
		sig, err := s.SignMessage(key, message)
		if err != nil {
			t.Fatal(err)
		}
		v, err := NewVerifier(s.Identifier, nil, key.Public(), Allow{})
		if err != nil {
			t.Fatal(err)
		}
		if v.Status() != Current {
			t.Errorf("%s is %v, and was written", v.Name(), v.Status())
		}
		if s.Pure != (v.Hash() == nil) || !s.Pure && v.Hash() != s.Digest {
			t.Errorf("signed with %v, verified with %v", s.Digest, v.Hash())
		}
		if err := v.VerifyMessage(message, sig); err != nil {
			t.Error(err)
		}
		if err := v.VerifyMessage(append([]byte("x"), message...), sig); !errors.Is(err, ErrSignature) {
			t.Errorf("another message: %v", err)
		}
		for i := range sig {
			bad := bytes.Clone(sig)
			bad[i] ^= 1 << (i % 8)
			if i%40 == 0 && v.VerifyMessage(message, bad) == nil {
				t.Errorf("octet %d changed, and it verifies", i)
			}
		}
		for _, bad := range [][]byte{nil, sig[1:], sig[:len(sig)-1], append(bytes.Clone(sig), 0), append([]byte{0}, sig...)} {
			if v.VerifyMessage(message, bad) == nil {
				t.Errorf("a signature of %d octets verifies", len(bad))
			}
		}
		checkDigests(t, key, s, v, message, sig)
	})
}

// checkDigests checks the ways in by the digest.
func checkDigests(t *testing.T, key crypto.Signer, s *SignScheme, v *Verifier, message, sig []byte) {
	sum := s.Digest.Sum(message)
	got, err := s.SignDigest(key, sum)
	if s.Pure {
		if err == nil || v.VerifyDigest(sum, sig) == nil {
			t.Error("a digest was taken for a message")
		}
		return
	}
	if err != nil || v.VerifyDigest(sum, got) != nil {
		t.Errorf("signed by digest: %v", err)
	}
	if _, err := s.SignDigest(key, sum[1:]); err == nil {
		t.Error("a short digest was signed")
	}
	if v.VerifyDigest(sum[1:], got) == nil || v.VerifyDigest(append(sum, 0), got) == nil {
		t.Error("a digest of another length verifies")
	}
}

// RFC 8551 §2.2, RFC 8419 §3.1: what a key signs with unless it is told otherwise.
func TestTheUsualDigestFitsTheKey(t *testing.T) {
	want := map[string]*Hash{
		"RSA": SHA256, "P-224": SHA256, "P-256": SHA256, "P-384": SHA384, "P-521": SHA512, "Ed25519": SHA512, "Ed448": SHAKE256,
		"brainpoolP256r1": SHA256, "brainpoolP384r1": SHA384, "brainpoolP512r1": SHA512,
		"brainpoolP256t1": SHA256, "brainpoolP384t1": SHA384, "brainpoolP512t1": SHA512,
	}
	for name, key := range signingKeys(t) {
		s, err := SignatureFor(key.Public(), SignOptions{})
		if err != nil || s.Digest != want[name] {
			t.Errorf("%s signs with %v, %v", name, s.Digest, err)
		}
	}
	s, err := SignatureFor(rsaKey(t).Public(), SignOptions{PSS: true})
	if err != nil || s.Digest != SHA256 || s.Identifier.OID != OIDRSASSAPSS {
		t.Errorf("RSA-PSS signs with %v, %v", s, err)
	}
}

// RFC 8419 §3.1 and §3.2: Ed448 has two digestAlgorithms.
func TestDigestAlgorithmOfEd448DependsOnTheAttributes(t *testing.T) {
	s, err := SignatureFor(signingKeys(t)["Ed448"].Public(), SignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	with, without := s.DigestIdentifier(true), s.DigestIdentifier(false)
	if with.OID != OIDSHAKE256Len || !bytes.Equal(with.Params, []byte{2, 2, 2, 0}) {
		t.Errorf("with attributes: %v % x", with, with.Params)
	}
	if without.OID != OIDSHAKE256 || without.Params != nil {
		t.Errorf("without attributes: %v % x", without, without.Params)
	}
	for _, id := range []Identifier{with, without} {
		if h, err := HashOf(id); h != SHAKE256 || err != nil {
			t.Errorf("%v is read as %v, %v", id, h, err)
		}
	}
	for name, key := range signingKeys(t) {
		s, err := SignatureFor(key.Public(), SignOptions{})
		if err != nil || name != "Ed448" && !s.DigestIdentifier(true).Equal(s.Digest.Identifier()) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatIsOldIsNotSignedWith(t *testing.T) {
	small := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1000, 1), E: 65537}
	for name, c := range map[string]struct {
		pub crypto.PublicKey
		o   SignOptions
	}{
		"RSA with SHA-1":        {rsaKey(t).Public(), SignOptions{Hash: SHA1}},
		"RSA with MD5":          {rsaKey(t).Public(), SignOptions{Hash: MD5}},
		"RSA with SHAKE":        {rsaKey(t).Public(), SignOptions{Hash: SHAKE128}},
		"RSA-PSS with SHA-1":    {rsaKey(t).Public(), SignOptions{Hash: SHA1, PSS: true}},
		"RSA-PSS with SHAKE":    {rsaKey(t).Public(), SignOptions{Hash: SHAKE256, PSS: true}},
		"Ed25519 with SHA-256":  {signingKeys(t)["Ed25519"].Public(), SignOptions{Hash: SHA256}},
		"RSA of 1001 bits":      {small, SignOptions{}},
		"RSA-PSS of 1001 bits":  {small, SignOptions{PSS: true}},
		"a key that encrypts":   {X448PublicKey{}, SignOptions{}},
		"RSA reserved for OAEP": {&OAEPPublicKey{PublicKey: &rsaKey(t).PublicKey}, SignOptions{}},
		"a key of tomorrow":     {&UnknownPublicKey{Algorithm: Identifier{OID: OIDMLDSA65}}, SignOptions{}},
		"no key":                {nil, SignOptions{}},
	} {
		if s, err := SignatureFor(c.pub, c.o); err == nil {
			t.Errorf("%s: signs as %v", name, s.Identifier)
		}
	}
	var unsupported *UnsupportedError
	_, err := SignatureFor(&UnknownPublicKey{Algorithm: Identifier{OID: OIDMLDSA65}}, SignOptions{})
	if !errors.As(err, &unsupported) || unsupported.Status != Later {
		t.Errorf("ML-DSA: %v", err)
	}
}

// A key that is reserved for PSS signs so without being asked, and as its reservation says (RFC 4055 §3.1).
func TestAReservedKeySignsAsItMay(t *testing.T) {
	for name, c := range map[string]struct {
		params *PSSParams
		hash   *Hash
		salt   int // -1: refused
	}{
		"reserved for nothing else": {nil, nil, 32},
		"another digest":            {nil, SHA512, 64},
		"SHA-384":                   {&PSSParams{SHA384, SHA384, 20}, nil, 48},
		"a long salt":               {&PSSParams{SHA256, SHA256, 99}, nil, 99},
		"not as asked":              {&PSSParams{SHA256, SHA256, 32}, SHA512, -1},
		"two digests":               {&PSSParams{SHA256, SHA384, 32}, nil, -1},
		"SHA-1":                     {&PSSParams{SHA1, SHA1, 20}, nil, -1},
		"SHAKE":                     {shakeParams(OIDRSAPSSSHAKE128), nil, -1},
	} {
		pub := &PSSPublicKey{PublicKey: &rsaKey(t).PublicKey, Params: c.params}
		s, err := SignatureFor(pub, SignOptions{Hash: c.hash})
		if c.salt < 0 {
			if err == nil {
				t.Errorf("%s: signs as %v", name, s.Identifier)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sig, err := s.SignMessage(rsaKey(t), []byte("m"))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := parsePSSParams(s.Identifier.Params); err != nil || p.Salt != c.salt {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		v, err := NewVerifier(s.Identifier, nil, pub, Allow{})
		if err != nil || v.VerifyMessage([]byte("m"), sig) != nil {
			t.Errorf("%s: it does not verify: %v", name, err)
		}
	}
}
