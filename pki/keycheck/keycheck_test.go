package keycheck_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// spki writes a key by hand, so that it can be wrong.
func spki(t testing.TB, id alg.Identifier, bits []byte) []byte {
	t.Helper()
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		id.Append(b)
		b.BitString(der.BitString{Bytes: bits})
	})
	return done(t, &b)
}

func done(t testing.TB, b *der.Builder) []byte {
	t.Helper()
	out, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rsaKey(t testing.TB, n *big.Int, e int64) []byte {
	t.Helper()
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.BigInt(n)
		b.BigInt(big.NewInt(e))
	})
	return spki(t, alg.Identifier{OID: alg.OIDRSA, Params: []byte{5, 0}}, done(t, &b))
}

func named(t testing.TB, curve der.OID) alg.Identifier {
	t.Helper()
	var b der.Builder
	b.OID(curve)
	return alg.Identifier{OID: alg.OIDECPublicKey, Params: done(t, &b)}
}

// point is a good key on P-256, as the octets of its point.
func point(t testing.TB) []byte {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	out, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func prime(t testing.TB, bits int) *big.Int {
	t.Helper()
	p, err := rand.Prime(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// product is a modulus of exactly so many bits.
func product(t testing.TB, bits int) *big.Int {
	t.Helper()
	for {
		if n := new(big.Int).Mul(prime(t, bits/2), prime(t, bits-bits/2)); n.BitLen() == bits {
			return n
		}
	}
}

// roca makes a modulus as the broken generator did: both primes are k·M + 65537^a mod M.
func roca(t testing.TB, bits int) *big.Int {
	t.Helper()
	m := big.NewInt(1)
	for p := int64(2); p <= 167; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			m.Mul(m, big.NewInt(p))
		}
	}
	half := new(big.Int).Lsh(big.NewInt(1), uint(bits/2))
	low := new(big.Int).Sqrt(new(big.Int).Lsh(big.NewInt(1), uint(bits-1))) // so that the product has its full length
	room := new(big.Int).Sub(half, low)
	room.Div(room, m)
	one := func() *big.Int {
		for {
			a, _ := rand.Int(rand.Reader, m)
			k, _ := rand.Int(rand.Reader, room)
			k.Add(k, new(big.Int).Div(low, m)).Add(k, big.NewInt(1))
			p := new(big.Int).Exp(big.NewInt(65537), a, m)
			if p.Add(p, k.Mul(k, m)).ProbablyPrime(0) {
				return p
			}
		}
	}
	return new(big.Int).Mul(one(), one())
}

// closePrimes is a modulus whose second prime is the next one after the first.
func closePrimes(t testing.TB, bits int) *big.Int {
	t.Helper()
	p := prime(t, bits/2)
	q := new(big.Int).Set(p)
	for q.Add(q, big.NewInt(2)); !q.ProbablyPrime(0); q.Add(q, big.NewInt(2)) {
	}
	return q.Mul(q, p)
}

// below2048 is 2^2048 less a number; the largest prime there is that for 1942289.
func below2048(n int64) *big.Int {
	return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 2048), big.NewInt(n))
}

// multiple is an odd multiple of a small prime.
func multiple(of int64) *big.Int {
	n := below2048(1)
	n.Sub(n, new(big.Int).Mod(n, big.NewInt(of)))
	if n.Bit(0) == 0 {
		n.Sub(n, big.NewInt(of))
	}
	return n
}

// cube is the cube of a prime.
func cube(t testing.TB, bits int) *big.Int {
	t.Helper()
	for {
		if n := new(big.Int).Exp(prime(t, bits/3), big.NewInt(3), nil); n.BitLen() == bits {
			return n
		}
	}
}

func goodKeys(t testing.TB) map[string][]byte {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e25519, _, _ := ed25519.GenerateKey(rand.Reader)
	e448, _, _ := ed448.GenerateKey(rand.Reader)
	kem, err := mlkem.GenerateKey768()
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"RSA-2048":   rsaKey(t, r.N, 65537),
		"P-256":      spki(t, named(t, alg.OIDCurveP256), point(t)),
		"Ed25519":    spki(t, alg.Identifier{OID: alg.OIDEd25519}, e25519),
		"Ed448":      spki(t, alg.Identifier{OID: alg.OIDEd448}, e448),
		"ML-DSA-65":  spki(t, alg.Identifier{OID: alg.OIDMLDSA65}, make([]byte, 1952)),
		"ML-KEM-768": spki(t, alg.Identifier{OID: alg.OIDMLKEM768}, kem.EncapsulationKey().Bytes()),
	}
}

func TestGoodKeysAreAccepted(t *testing.T) {
	for name, k := range goodKeys(t) {
		if found := keycheck.Check(k, keycheck.Options{}); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		if err := keycheck.Refused(k, keycheck.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// AUTHORITY 18: every bad key is refused with its own code.
func TestEveryBadKeyIsRefusedWithItsOwnCode(t *testing.T) {
	good, off := point(t), point(t)
	off[40] ^= 1
	compressed := append([]byte{2 | good[64]&1}, good[1:33]...)
	p1024 := prime(t, 1024)
	kem := make([]byte, 1184)
	kem[0], kem[1] = 0xff, 0x0f
	ed := func(first byte) []byte { return append([]byte{first}, make([]byte, 31)...) }
	for _, c := range []struct {
		name string
		key  []byte
		want keycheck.Code
	}{
		{"no key at all", []byte("hello"), keycheck.Unreadable},
		{"bytes behind the key", append(spki(t, named(t, alg.OIDCurveP256), good), 0), keycheck.Unreadable},
		{"an RSA key whose numbers are none", spki(t, alg.Identifier{OID: alg.OIDRSA, Params: []byte{5, 0}}, []byte{1, 2, 3}), keycheck.Unreadable},
		{"a negative modulus", rsaKey(t, big.NewInt(-7), 65537), keycheck.Unreadable},
		{"RSA-1024", rsaKey(t, product(t, 1024), 65537), keycheck.Size},
		{"RSA-16384", rsaKey(t, new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 16383), big.NewInt(1)), 65537), keycheck.Size},
		{"RSA-2047", rsaKey(t, product(t, 2047), 65537), keycheck.Size},
		{"RSA-2050", rsaKey(t, product(t, 2050), 65537), keycheck.Parity},
		{"the exponent 1", rsaKey(t, product(t, 2048), 1), keycheck.Exponent},
		{"an even exponent", rsaKey(t, product(t, 2048), 65536), keycheck.Exponent},
		{"an even modulus", rsaKey(t, new(big.Int).Sub(product(t, 2048), big.NewInt(1)), 65537), keycheck.Even},
		{"a factor of 751", rsaKey(t, multiple(751), 65537), keycheck.SmallFactors},
		{"a prime", rsaKey(t, below2048(1_942_289), 65537), keycheck.Composite},
		{"a square", rsaKey(t, new(big.Int).Mul(p1024, p1024), 65537), keycheck.Composite},
		{"a cube", rsaKey(t, cube(t, 2064), 65537), keycheck.Composite},
		{"ROCA", rsaKey(t, roca(t, 2048), 65537), keycheck.ROCA},
		{"primes close to each other", rsaKey(t, closePrimes(t, 2048), 65537), keycheck.Fermat},
		{"P-192", spki(t, named(t, alg.OIDCurveP192), make([]byte, 49)), keycheck.Curve},
		{"secp256k1", spki(t, named(t, alg.OIDCurveSecp256k1), good), keycheck.Curve},
		{"brainpoolP256r1", spki(t, named(t, alg.OIDCurveBrainpoolP256r1), good), keycheck.Curve},
		{"a point that is not on the curve", spki(t, named(t, alg.OIDCurveP256), off), keycheck.Point},
		{"the point at infinity", spki(t, named(t, alg.OIDCurveP256), []byte{0}), keycheck.Point},
		{"a point of another curve", spki(t, named(t, alg.OIDCurveP384), good), keycheck.Point},
		{"a compressed point", spki(t, named(t, alg.OIDCurveP256), compressed), keycheck.Compressed},
		{"a curve that is written out", spki(t, alg.Identifier{OID: alg.OIDECPublicKey, Params: []byte{0x30, 0}}, good), keycheck.Explicit},
		{"X25519", spki(t, alg.Identifier{OID: alg.OIDX25519}, make([]byte, 32)), keycheck.Algorithm},
		{"X448", spki(t, alg.Identifier{OID: alg.OIDX448}, make([]byte, 56)), keycheck.Algorithm},
		{"DSA", spki(t, alg.Identifier{OID: alg.OIDDSA}, []byte{2, 1, 1}), keycheck.Algorithm},
		{"id-RSASSA-PSS", spki(t, alg.Identifier{OID: alg.OIDRSASSAPSS}, []byte{0x30, 0}), keycheck.Algorithm},
		{"Ed25519 with NULL", spki(t, alg.Identifier{OID: alg.OIDEd25519, Params: []byte{5, 0}}, ed(0x58)), keycheck.Encoding},
		{"RSA without NULL", spki(t, alg.Identifier{OID: alg.OIDRSA}, rsaKey(t, product(t, 2048), 65537)[24:]), keycheck.Encoding},
		{"a short Ed25519 key", spki(t, alg.Identifier{OID: alg.OIDEd25519}, make([]byte, 31)), keycheck.Octets},
		{"an Ed25519 key that is no point", spki(t, alg.Identifier{OID: alg.OIDEd25519}, ed(2)), keycheck.Octets},
		{"the neutral point", spki(t, alg.Identifier{OID: alg.OIDEd25519}, ed(1)), keycheck.Octets},
		{"a point of order 4", spki(t, alg.Identifier{OID: alg.OIDEd25519}, ed(0)), keycheck.Octets},
		{"the neutral point of Ed448", spki(t, alg.Identifier{OID: alg.OIDEd448}, append([]byte{1}, make([]byte, 56)...)), keycheck.Octets},
		{"a coordinate beyond the field", spki(t, alg.Identifier{OID: alg.OIDEd25519}, append(bytesOf(0xff, 31), 0x7f)), keycheck.Octets},
		{"a short ML-DSA key", spki(t, alg.Identifier{OID: alg.OIDMLDSA44}, make([]byte, 1311)), keycheck.Octets},
		{"an ML-KEM key with a number that is too large", spki(t, alg.Identifier{OID: alg.OIDMLKEM768}, kem), keycheck.Octets},
	} {
		found := keycheck.Check(c.key, keycheck.Options{})
		if len(found) == 0 || found[0].Code != c.want {
			t.Errorf("%s: %v, want %s", c.name, found, c.want)
		}
		err := keycheck.Refused(c.key, keycheck.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), string(c.want)+": ") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func bytesOf(b byte, n int) []byte { return []byte(strings.Repeat(string([]byte{b}), n)) }

func TestAuthoritiesNeedStrongKeysFromTheirDayOn(t *testing.T) {
	weak := goodKeys(t)["RSA-2048"]
	day := time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		o    keycheck.Options
		want bool
	}{
		{keycheck.Options{Role: keycheck.Authority, At: day}, false},
		{keycheck.Options{Role: keycheck.Authority}, false},
		{keycheck.Options{Role: keycheck.Authority, At: day.Add(-time.Second)}, true},
		{keycheck.Options{At: day}, true},
	} {
		if err := keycheck.Refused(weak, c.o); (err == nil) != c.want {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

func TestX25519IsForPrivateAuthorities(t *testing.T) {
	for id, octets := range map[der.OID]int{alg.OIDX25519: 32, alg.OIDX448: 56} {
		base := make([]byte, octets)
		base[0] = map[int]byte{32: 9, 56: 5}[octets]
		if err := keycheck.Refused(spki(t, alg.Identifier{OID: id}, base), keycheck.Options{Private: true}); err != nil {
			t.Error(err)
		}
		if err := keycheck.Refused(spki(t, alg.Identifier{OID: id}, make([]byte, octets)), keycheck.Options{Private: true}); err == nil {
			t.Error("a point of small order is accepted")
		}
		if err := keycheck.Refused(spki(t, alg.Identifier{OID: id}, make([]byte, octets+1)), keycheck.Options{Private: true}); err == nil {
			t.Error("a key that is too long is accepted")
		}
	}
}

func TestAdviceIsNoRefusal(t *testing.T) {
	k := rsaKey(t, product(t, 2048), 3)
	found := keycheck.Check(k, keycheck.Options{})
	if len(found) != 1 || found[0].Code != keycheck.ExponentFar || found[0].Refuses() {
		t.Errorf("%v", found)
	}
	if err := keycheck.Refused(k, keycheck.Options{}); err != nil {
		t.Error(err)
	}
}

// The lists of openssl-blacklist hold the end of the SHA-1 of what openssl prints: openssl is asked.
func TestListsOfDebianAreRead(t *testing.T) {
	peer.Need(t, "openssl")
	key := goodKeys(t)["RSA-2048"]
	file := filepath.Join(t.TempDir(), "key.der")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	modulus := peer.Run(t, nil, "openssl", "rsa", "-pubin", "-inform", "der", "-in", file, "-noout", "-modulus")
	sum := peer.Run(t, modulus, "openssl", "sha1", "-r")[20:40]
	list := &keycheck.List{Name: "Debian RSA-2048"}
	n, err := list.ReadList(strings.NewReader("# weak keys of Debian\n\n00000000000000000000\n" + string(sum) + "\n"))
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	found := keycheck.Check(key, keycheck.Options{Lists: []*keycheck.List{{}, list}})
	if len(found) != 1 || found[0].Code != keycheck.Listed || found[0].Value != "Debian RSA-2048" {
		t.Errorf("%v", found)
	}
	if other := goodKeys(t)["RSA-2048"]; list.Has(other) {
		t.Error("another key is on the list")
	}
}

func TestListsOfHashesAreRead(t *testing.T) {
	keys := goodKeys(t)
	sum := sha256.Sum256(keys["P-256"])
	list := &keycheck.List{Name: "badkeys"}
	if _, err := list.ReadList(strings.NewReader(strings.ToUpper(hex.EncodeToString(sum[:])) + " p256-known.key\n")); err != nil {
		t.Fatal(err)
	}
	if !list.Has(keys["P-256"]) || list.Has(keys["Ed25519"]) || list.Has([]byte("no key")) {
		t.Error("the list has the wrong keys")
	}
	for _, bad := range []string{"xyz", "00ff", strings.Repeat("0", 40)} {
		if _, err := list.ReadList(strings.NewReader("#\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestRulesHaveCodesOfTheirOwnAndTeach(t *testing.T) {
	seen := map[keycheck.Code]bool{}
	for _, r := range keycheck.Rules() {
		if seen[r.Code] || r.Title == "" || r.Section == "" || r.Advice == "" {
			t.Errorf("%+v", r)
		}
		seen[r.Code] = true
	}
}

// The keys of zlint's collection, most of them good.
func TestKeysInCertificatesOfOthers(t *testing.T) {
	dir := peer.Vectors(t, "zlint")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.pem"))
	if more, _ := filepath.Glob(filepath.Join(dir, "*.pem")); err == nil {
		files = append(files, more...)
	}
	if len(files) < 100 {
		t.Fatalf("%d certificates, %v", len(files), err)
	}
	checkFiles(t, files)
}

func FuzzCheck(f *testing.F) {
	for _, k := range goodKeys(f) {
		f.Add(k)
	}
	f.Add(rsaKey(f, big.NewInt(35), 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, again := keycheck.Check(b, keycheck.Options{}), keycheck.Check(b, keycheck.Options{})
		if fmt.Sprint(a) != fmt.Sprint(again) {
			t.Error("two answers")
		}
	})
}
