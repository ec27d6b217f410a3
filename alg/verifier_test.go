package alg

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"math/big"
	"testing"
)

// What does not fit together, and what is not allowed, is told apart.
func TestVerifiersThatAreRefused(t *testing.T) {
	keys := signingKeys(t)
	rsaPub, p256 := keys["RSA"].Public(), keys["P-256"].Public()
	small := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1000, 1), E: 65537}
	even := &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int), 2000, 1), E: 65537}
	one := &rsa.PublicKey{N: rsaKey(t).N, E: 1}
	long := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), maxModulus, 1), E: 3}
	reserved := &PSSPublicKey{&rsaKey(t).PublicKey, &PSSParams{SHA256, SHA256, 32}}
	var notAllowed *NotAllowedError
	var unsupported *UnsupportedError
	var params *ParamsError
	for name, c := range map[string]struct {
		id     Identifier
		digest *Hash
		pub    crypto.PublicKey
		want   any // the type of the error; nil: any other
	}{
		"SHA-1":                          {Identifier{OID: OIDSHA1WithRSA}, nil, rsaPub, &notAllowed},
		"SHA-1 by the signer's digest":   {Identifier{OID: OIDRSA}, SHA1, rsaPub, &notAllowed},
		"SHA-1 by old name":              {Identifier{OID: OIDSHA1WithRSAOIW}, nil, rsaPub, &notAllowed},
		"MD5":                            {Identifier{OID: OIDMD5WithRSA}, nil, rsaPub, &notAllowed},
		"ECDSA with SHA-1":               {Identifier{OID: OIDECDSAWithSHA1}, nil, p256, &notAllowed},
		"MD2":                            {Identifier{OID: OIDMD2WithRSA}, nil, rsaPub, &unsupported},
		"DSA":                            {Identifier{OID: OIDDSAWithSHA256}, nil, dsaKey(), &notAllowed},
		"ML-DSA":                         {Identifier{OID: OIDMLDSA65}, nil, &UnknownPublicKey{Algorithm: Identifier{OID: OIDMLDSA65}}, &unsupported},
		"a composite":                    {Identifier{OID: OIDMLDSA44P256}, nil, p256, &unsupported},
		"SLH-DSA":                        {Identifier{OID: OIDSLHDSASHA2128s}, nil, p256, &unsupported},
		"no signature":                   {Identifier{OID: OIDNoSignature}, nil, rsaPub, &unsupported},
		"an unknown algorithm":           {Identifier{OID: "\x2a\x03\x04"}, nil, rsaPub, &unsupported},
		"an algorithm for encryption":    {Identifier{OID: OIDRSAESOAEP}, nil, rsaPub, &unsupported},
		"a digest":                       {Identifier{OID: OIDSHA256}, nil, rsaPub, &unsupported},
		"RSA without a digest":           {Identifier{OID: OIDRSA}, nil, rsaPub, &unsupported},
		"RSA with SHAKE":                 {Identifier{OID: OIDRSA}, SHAKE128, rsaPub, &unsupported},
		"RSA with parameters":            {Identifier{OIDSHA256WithRSA, []byte{2, 1, 0}}, nil, rsaPub, &params},
		"rsaEncryption with parameters":  {Identifier{OIDRSA, []byte{2, 1, 0}}, SHA256, rsaPub, &params},
		"Ed25519 with NULL and a number": {Identifier{OIDEd25519, []byte{2, 1, 0}}, nil, keys["Ed25519"].Public(), &params},
		"ECDSA that names no digest":     {Identifier{OID: OIDECDSASpecified}, nil, p256, &params},
		"PSS with SHAKE and parameters":  {Identifier{OIDRSAPSSSHAKE128, []byte{2, 1, 0}}, nil, rsaPub, &params},
		"a short RSA key":                {Identifier{OID: OIDSHA256WithRSA}, nil, small, &unsupported},
		"a short RSA key with PSS":       {(&PSSParams{SHA256, SHA256, 32}).identifier(), nil, small, &unsupported},
		"a curve that is unknown":        {Identifier{OID: OIDECDSAWithSHA256}, nil, &UnknownPublicKey{Algorithm: curveIdentifier(OIDCurveSecp256k1)}, &unsupported},
		"an even modulus":                {Identifier{OID: OIDSHA256WithRSA}, nil, even, nil},
		"exponent 1":                     {Identifier{OID: OIDSHA256WithRSA}, nil, one, nil},
		"a modulus beyond the limit":     {Identifier{OID: OIDSHA256WithRSA}, nil, long, nil},
		"no numbers":                     {Identifier{OID: OIDSHA256WithRSA}, nil, &rsa.PublicKey{}, nil},
		"RSA for a curve":                {Identifier{OID: OIDSHA256WithRSA}, nil, p256, nil},
		"a curve for RSA":                {Identifier{OID: OIDECDSAWithSHA256}, nil, rsaPub, nil},
		"Ed25519 for Ed448":              {Identifier{OID: OIDEd25519}, nil, keys["Ed448"].Public(), nil},
		"Ed448 for Ed25519":              {Identifier{OID: OIDEd448}, nil, keys["Ed25519"].Public(), nil},
		"an Ed25519 key that is short":   {Identifier{OID: OIDEd25519}, nil, ed25519.PublicKey{1}, nil},
		"a key reserved for OAEP":        {Identifier{OID: OIDSHA256WithRSA}, nil, &OAEPPublicKey{PublicKey: &rsaKey(t).PublicKey}, nil},
		"PKCS #1 by a key for PSS":       {Identifier{OID: OIDSHA256WithRSA}, nil, reserved, nil},
		"PSS with another digest":        {(&PSSParams{SHA512, SHA256, 32}).identifier(), nil, reserved, &params},
		"PSS with another mask":          {(&PSSParams{SHA256, SHA512, 32}).identifier(), nil, reserved, &params},
		"PSS with less salt":             {(&PSSParams{SHA256, SHA256, 31}).identifier(), nil, reserved, &params},
		"no key":                         {Identifier{OID: OIDSHA256WithRSA}, nil, nil, nil},
	} {
		v, err := NewVerifier(c.id, c.digest, c.pub, Allow{})
		switch {
		case err == nil:
			t.Errorf("%s: verifies with %s", name, v.Name())
		case c.want != nil && !errors.As(err, c.want):
			t.Errorf("%s: %T %v", name, err, err)
		case c.want == nil && (errors.As(err, &notAllowed) || errors.As(err, &unsupported) || errors.As(err, &params)):
			t.Errorf("%s: %T %v", name, err, err)
		}
	}
	if _, err := NewVerifier((&PSSParams{SHA256, SHA256, 40}).identifier(), nil, reserved, Allow{}); err != nil {
		t.Errorf("PSS with more salt: %v", err)
	}
}

// RFC 4056 §2.2 says SHA-1 of old; what is old shows in the status.
func TestStatusIsTheWorseOfSignatureAndDigest(t *testing.T) {
	keys := signingKeys(t)
	for name, c := range map[string]struct {
		id     Identifier
		digest *Hash
		key    string
		want   Status
		text   string
	}{
		"current":          {Identifier{OID: OIDSHA256WithRSA}, nil, "RSA", Current, "RSA with SHA-256"},
		"SHA-1":            {Identifier{OID: OIDRSA}, SHA1, "RSA", Discouraged, "RSA with SHA-1"},
		"MD5":              {Identifier{OID: OIDRSA}, MD5, "RSA", Legacy, "RSA with MD5"},
		"PSS with SHA-1":   {(&PSSParams{SHA1, SHA1, 20}).identifier(), nil, "RSA", Discouraged, "RSA-PSS with SHA-1"},
		"mask with SHA-1":  {(&PSSParams{SHA256, SHA1, 20}).identifier(), nil, "RSA", Current, "RSA-PSS with SHA-256"},
		"ECDSA with SHA-1": {Identifier{OID: OIDECDSAWithSHA1}, nil, "P-256", Discouraged, "ECDSA with SHA-1"},
		"Ed448":            {Identifier{OID: OIDEd448}, nil, "Ed448", Current, "Ed448"},
	} {
		v, err := NewVerifier(c.id, c.digest, keys[c.key].Public(), Allow{Legacy: true})
		if err != nil || v.Status() != c.want || v.Name() != c.text {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

// A curve that is not the standard library's own value, and points that are not on it, verify nothing.
func TestStrangeECKeysVerifyNothing(t *testing.T) {
	for _, k := range []*ecdsa.PublicKey{
		{}, {Curve: elliptic.P256()}, {Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}, {Curve: curves[OIDCurveBrainpoolP256r1](), X: big.NewInt(1), Y: big.NewInt(1)},
	} {
		v, err := NewVerifier(Identifier{OID: OIDECDSAWithSHA256}, nil, k, Allow{})
		if err == nil && v.VerifyMessage(nil, []byte{0x30, 6, 2, 1, 1, 2, 1, 1}) == nil {
			t.Errorf("%v verifies", k)
		}
	}
}
