package keyfile_test

import (
	"bytes"
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/limit"
)

// rsaNumbers is an RSAPrivateKey with its numbers changed.
func rsaNumbers(k *rsa.PrivateKey, change func(n []*big.Int)) []byte {
	k.Precompute()
	n := []*big.Int{k.N, big.NewInt(int64(k.E)), k.D, k.Primes[0], k.Primes[1], k.Precomputed.Dp, k.Precomputed.Dq, k.Precomputed.Qinv}
	list := make([]*big.Int, len(n))
	for i := range n {
		list[i] = new(big.Int).Set(n[i])
	}
	if change != nil {
		change(list)
	}
	return enc(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.Int(0)
			for _, i := range list {
				b.BigInt(i)
			}
		})
	})
}

func TestRSAKeysWhoseNumbersDoNotBelongTogetherAreRefused(t *testing.T) {
	k := person(t, testca.RSA).Key.(*rsa.PrivateKey)
	other := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	two := big.NewInt(2)
	for what, change := range map[string]func(n []*big.Int){
		"another modulus":          func(n []*big.Int) { n[0].Add(n[0], two) },
		"another key's modulus":    func(n []*big.Int) { n[0] = other.N },
		"another public exponent":  func(n []*big.Int) { n[1] = big.NewInt(257) },
		"another exponent":         func(n []*big.Int) { n[2].Add(n[2], two) },
		"another prime":            func(n []*big.Int) { n[3] = other.Primes[0] },
		"primes of one":            func(n []*big.Int) { n[3], n[4] = big.NewInt(1), n[0] },
		"a negative prime":         func(n []*big.Int) { n[3].Neg(n[3]); n[4].Neg(n[4]) },
		"a prime of zero":          func(n []*big.Int) { n[3] = new(big.Int) },
		"an exponent of zero":      func(n []*big.Int) { n[2] = new(big.Int) },
		"a public exponent of one": func(n []*big.Int) { n[1] = big.NewInt(1) },
		"a huge public exponent":   func(n []*big.Int) { n[1] = new(big.Int).Lsh(two, 40) },
		"a modulus of 20,000 bits": func(n []*big.Int) { n[0].Lsh(n[0], 18000) },
		"a modulus of 500 bits":    func(n []*big.Int) { n[0].Rsh(n[0], 1548) },
	} {
		b, err := keyfile.Read(rsaNumbers(k, change), keyfile.Options{})
		if !errors.Is(err, keyfile.ErrFormat) || !strings.Contains(err.Error(), "RSA private key is damaged") {
			t.Errorf("%s: %v, %v", what, b, err)
		}
	}
	// What the exponent for each prime would be is computed, not believed.
	b, err := keyfile.Read(rsaNumbers(k, func(n []*big.Int) { n[5], n[6], n[7] = big.NewInt(5), big.NewInt(5), big.NewInt(5) }), keyfile.Options{})
	if err != nil || b.Keys[0].Private.(*rsa.PrivateKey).Precomputed.Dp.Cmp(k.Precomputed.Dp) != 0 {
		t.Errorf("%v", err)
	}
	multi := bytes.Replace(rsaNumbers(k, nil), []byte{2, 1, 0}, []byte{2, 1, 1}, 1)
	if _, err := keyfile.Read(multi, keyfile.Options{}); err == nil || !strings.Contains(err.Error(), "more than two primes") {
		t.Errorf("more primes: %v", err)
	}
	many := bytes.Repeat(rsaNumbers(k, nil), 3)
	var over *limit.Error
	if _, err := keyfile.Read(many, keyfile.Options{Budget: limit.New(limit.Limits{PublicKey: 2})}); !errors.As(err, &over) {
		t.Errorf("many keys: %v", err)
	}
}

// Old mail has keys that the standard library does not look at.
func TestShortRSAKeysAreReadAndWritten(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	for _, size := range []int{512, 768, 1024} {
		k := must(rsa.GenerateKey(rand.Reader, size))(t)
		for _, data := range [][]byte{rsaNumbers(k, nil), must(keyfile.MarshalPKCS8(k, nil))(t)} {
			sameKey(t, "short", data, keyfile.Options{}, k.Public())
		}
		if _, err := keyfile.Read(rsaNumbers(k, func(n []*big.Int) { n[2].Add(n[2], big.NewInt(2)) }), keyfile.Options{}); err == nil {
			t.Errorf("a broken key of %d bits is read", size)
		}
	}
}

// sec1 is an ECPrivateKey.
func sec1(version int64, scalar []byte, more ...[]byte) []byte {
	return seq(append([][]byte{integer(version), octets(scalar)}, more...)...)
}

func TestECKeysAreChecked(t *testing.T) {
	p256, p384 := oid(alg.OIDCurveP256), oid(alg.OIDCurveP384)
	k := person(t, testca.P256).Key.(*ecdsa.PrivateKey)
	scalar := must(k.Bytes())(t)
	point := must(k.PublicKey.Bytes())(t)
	other := must(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t).PublicKey.Bytes())(t)
	compressed := elliptic.MarshalCompressed(elliptic.P256(), k.X, k.Y)
	order := elliptic.P256().Params().N.Bytes()
	id := alg.Identifier{OID: alg.OIDECPublicKey, Params: p256}
	for what, v := range map[string]struct {
		raw  []byte
		want string // "" reads
	}{
		"SEC 1":                          {sec1(1, scalar, ctx(0, p256), ctx(1, bits(point))), ""},
		"SEC 1 without public half":      {sec1(1, scalar, ctx(0, p256)), ""},
		"a compressed public half":       {sec1(1, scalar, ctx(0, p256), ctx(1, bits(compressed))), ""},
		"a long number":                  {sec1(1, append([]byte{0, 0}, scalar...), ctx(0, p256)), ""},
		"PKCS #8":                        {pkcs8(0, id, sec1(1, scalar)), ""},
		"PKCS #8, curve twice":           {pkcs8(0, id, sec1(1, scalar, ctx(0, p256))), ""},
		"PKCS #8 for ECDH":               {pkcs8(0, alg.Identifier{OID: alg.OIDECDH, Params: p256}, sec1(1, scalar)), ""},
		"version 2, public half outside": {pkcs8(1, id, sec1(1, scalar), ctxPrim(1, append([]byte{0}, point...))), ""},
		"PKCS #8, two curves":            {pkcs8(0, id, sec1(1, scalar, ctx(0, p384))), "names two curves"},
		"no curve":                       {sec1(1, scalar), "does not name its curve"},
		"another public half":            {sec1(1, scalar, ctx(0, p256), ctx(1, bits(other))), "another key's"},
		"another public half outside":    {pkcs8(1, id, sec1(1, scalar), ctxPrim(1, append([]byte{0}, other...))), "another key's"},
		"a public half that is no point": {sec1(1, scalar, ctx(0, p256), ctx(1, bits(point[:40]))), "point"},
		"zero":                           {sec1(1, make([]byte, 32), ctx(0, p256)), "out of range"},
		"the order":                      {sec1(1, order, ctx(0, p256)), "out of range"},
		"a number of 100 octets":         {sec1(1, bytes.Repeat([]byte{1}, 100), ctx(0, p256)), "out of range"},
		"another version":                {sec1(2, scalar, ctx(0, p256)), "malformed"},
		"a version of PKCS #8 to come":   {pkcs8(2, id, sec1(1, scalar)), "damaged"},
		"text in place of the key":       {pkcs8(0, id, []byte("secret")), "malformed"},
	} {
		b, err := keyfile.Read(v.raw, keyfile.Options{})
		switch {
		case v.want == "" && (err != nil || !alg.SameKey(b.Keys[0].Public(), k.Public())):
			t.Errorf("%s: %v", what, err)
		case v.want != "" && (!errors.Is(err, keyfile.ErrFormat) || !strings.Contains(err.Error(), v.want)):
			t.Errorf("%s: %v, %v", what, b, err)
		}
	}
	text := pemBlock("EC PARAMETERS", p256) + pemBlock("EC PRIVATE KEY", sec1(1, scalar))
	sameKey(t, "the curve in a block before", []byte(text), keyfile.Options{}, k.Public())
}

func pemBlock(kind string, raw []byte) string {
	b := &keyfile.Bundle{Keys: []keyfile.Key{{Private: &keyfile.UnknownPrivateKey{PKCS8: raw}}}}
	text, err := keyfile.MarshalPEM(b, nil)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(text), "PRIVATE KEY", kind)
}

// RFC 8410 §7 and §10.3: seeds, with and without the public half, and with attributes.
func TestEdwardsKeysAreChecked(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 32)
	ed := ed25519.NewKeyFromSeed(seed)
	x := must(ecdh.X25519().NewPrivateKey(seed))(t)
	idEd, idX := alg.Identifier{OID: alg.OIDEd25519}, alg.Identifier{OID: alg.OIDX25519}
	half := append([]byte{0}, ed.Public().(ed25519.PublicKey)...)
	attributes := ctx(0, seq(oid(alg.OIDFriendlyName), set(el(der.UTF8String, false, []byte("x")))))
	for what, v := range map[string]struct {
		raw  []byte
		want crypto.PublicKey // nil is refused
	}{
		"Ed25519":                        {pkcs8(0, idEd, octets(seed)), ed.Public()},
		"Ed25519, version 2":             {pkcs8(1, idEd, octets(seed), attributes, ctxPrim(1, half)), ed.Public()},
		"the form of ring":               {pkcs8(1, idEd, octets(seed), ctx(1, bits(half[1:]))), ed.Public()},
		"X25519":                         {pkcs8(0, idX, octets(seed)), x.PublicKey()},
		"X25519, version 2":              {pkcs8(1, idX, octets(seed), ctxPrim(1, append([]byte{0}, x.PublicKey().Bytes()...))), x.PublicKey()},
		"another public half":            {pkcs8(1, idEd, octets(seed), ctxPrim(1, append([]byte{0}, x.PublicKey().Bytes()...))), nil},
		"half a public half":             {pkcs8(1, idEd, octets(seed), ctxPrim(1, half[:20])), nil},
		"no public half":                 {pkcs8(1, idEd, octets(seed), ctxPrim(1, nil)), nil},
		"a public half in nothing":       {pkcs8(1, idEd, octets(seed), ctx(1)), nil},
		"without the inner OCTET STRING": {pkcs8(0, idEd, seed), nil},
		"short":                          {pkcs8(0, idEd, octets(seed[:31])), nil},
		"X25519 that is long":            {pkcs8(0, idX, octets(append(seed, 1))), nil},
		"Ed448 that is short":            {pkcs8(0, alg.Identifier{OID: alg.OIDEd448}, octets(seed)), nil},
		"X448 that is short":             {pkcs8(0, alg.Identifier{OID: alg.OIDX448}, octets(seed)), nil},
	} {
		b, err := keyfile.Read(v.raw, keyfile.Options{})
		switch {
		case v.want == nil && !errors.Is(err, keyfile.ErrFormat):
			t.Errorf("%s: %v, %v", what, b, err)
		case v.want != nil && (err != nil || !alg.SameKey(b.Keys[0].Public(), v.want)):
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Keys that are not implemented are named and kept as they are, also from the forms without PKCS #8 around them.
func TestUnknownKeysAreKept(t *testing.T) {
	koblitz, explicit := oid(der.MustOID("1.3.132.0.10")), seq(integer(1), seq())
	for what, v := range map[string]struct {
		raw        []byte
		name, note string
	}{
		"an algorithm":       {pkcs8(0, alg.Identifier{OID: der.MustOID("1.2.3.4")}, []byte("secret")), "1.2.3.4 private key", "a private key for 1.2.3.4, which is not implemented"},
		"ML-DSA":             {pkcs8(0, alg.Identifier{OID: alg.OIDMLDSA65}, []byte("secret")), "ML-DSA-65 private key", "a private key for ML-DSA-65, which is not implemented"},
		"a curve":            {pkcs8(0, alg.Identifier{OID: alg.OIDECPublicKey, Params: koblitz}, sec1(1, []byte("secret"))), "secp256k1 private key", "a private key for secp256k1, which is not implemented"},
		"a curve in SEC 1":   {sec1(1, []byte("secret"), ctx(0, koblitz)), "secp256k1 private key", "a private key for secp256k1, which is not implemented"},
		"a curve of numbers": {sec1(1, []byte("secret"), ctx(0, explicit)), "elliptic curve with explicit parameters private key", "a private key for elliptic curve with explicit parameters, which is not implemented"},
	} {
		b, err := keyfile.Read(v.raw, keyfile.Options{})
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		k := b.Keys[0]
		u, ok := k.Private.(*keyfile.UnknownPrivateKey)
		if _, signs := k.Signer(); !ok || signs || k.Public() != nil || k.String() != v.name || len(b.Notes) != 1 || b.Notes[0] != v.note {
			t.Errorf("%s: %v, notes %v", what, k, b.Notes)
		}
		for _, p := range [][]byte{nil, password} {
			if p != nil && what != "ML-DSA" {
				continue // making a key of a password takes its time
			}
			again := must(keyfile.Read(must(keyfile.MarshalPEM(b, p))(t), keyfile.Options{Password: p}))(t)
			if got := again.Keys[0].Private.(*keyfile.UnknownPrivateKey); !bytes.Equal(got.PKCS8, u.PKCS8) || !bytes.Contains(got.PKCS8, []byte("secret")) {
				t.Errorf("%s: it was not kept", what)
			}
		}
	}
}

func TestDSAKeysAreShownAndKept(t *testing.T) {
	var k dsa.PrivateKey
	if err := dsa.GenerateParameters(&k.Parameters, rand.Reader, dsa.L1024N160); err != nil {
		t.Fatal(err)
	}
	if err := dsa.GenerateKey(&k, rand.Reader); err != nil {
		t.Fatal(err)
	}
	numbers := func(n ...*big.Int) []byte {
		return enc(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				for _, i := range n {
					b.BigInt(i)
				}
			})
		})
	}
	x := func(n *big.Int) []byte { return enc(func(b *der.Builder) { b.BigInt(n) }) }
	id := alg.Identifier{OID: alg.OIDDSA, Params: numbers(k.P, k.Q, k.G)}
	zero, one := new(big.Int), big.NewInt(1)
	for what, raw := range map[string][]byte{"PKCS #8": pkcs8(0, id, x(k.X)), "OpenSSL's": numbers(zero, k.P, k.Q, k.G, k.Y, k.X)} {
		sameKey(t, what, raw, keyfile.Options{}, &k.PublicKey)
		b := must(keyfile.Read(raw, keyfile.Options{}))(t)
		sameKey(t, what+", written", must(keyfile.MarshalPKCS8(b.Keys[0].Private, nil))(t), keyfile.Options{}, &k.PublicKey)
	}
	for what, raw := range map[string][]byte{
		"another public half": numbers(zero, k.P, k.Q, k.G, one, k.X), "zero": pkcs8(0, id, x(zero)), "negative": pkcs8(0, id, x(big.NewInt(-5))), "over the order": pkcs8(0, id, x(k.P)),
		"no parameters": pkcs8(0, alg.Identifier{OID: alg.OIDDSA}, x(k.X)), "a modulus of zero": pkcs8(0, alg.Identifier{OID: alg.OIDDSA, Params: numbers(zero, k.Q, k.G)}, x(k.X)),
		"a generator of zero": pkcs8(0, alg.Identifier{OID: alg.OIDDSA, Params: numbers(k.P, k.Q, zero)}, x(k.X)),
		"a modulus of 5000":   pkcs8(0, alg.Identifier{OID: alg.OIDDSA, Params: numbers(new(big.Int).Lsh(k.P, 4000), k.Q, k.G)}, x(k.X)),
		"another version":     numbers(one, k.P, k.Q, k.G, k.Y, k.X),
	} {
		if b, err := keyfile.Read(raw, keyfile.Options{}); !errors.Is(err, keyfile.ErrFormat) {
			t.Errorf("%s: %v, %v", what, b, err)
		}
	}
}

// crypto/x509 and we write and read the same PKCS #8.
func TestPKCS8IsThatOfTheStandardLibrary(t *testing.T) {
	for _, k := range kinds {
		key := person(t, k).Key
		ours := must(keyfile.MarshalPKCS8(key, nil))(t)
		theirs := must(x509.MarshalPKCS8PrivateKey(key))(t)
		if !bytes.Equal(ours, theirs) {
			t.Errorf("%s: %x, crypto/x509 writes %x", k, ours, theirs)
		}
	}
	agree := must(ecdh.P256().GenerateKey(rand.Reader))(t)
	if ours, theirs := must(keyfile.MarshalPKCS8(agree, nil))(t), must(x509.MarshalPKCS8PrivateKey(agree))(t); !bytes.Equal(ours, theirs) {
		t.Errorf("ecdh: %x, crypto/x509 writes %x", ours, theirs)
	}
}
