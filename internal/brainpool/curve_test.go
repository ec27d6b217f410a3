package brainpool

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// The twisted curves have a = -3, so that the (slow, deprecated) methods of elliptic.CurveParams hold for them.
func TestTheTwistedCurvesAgreeWithTheStandardLibrary(t *testing.T) {
	for _, c := range []elliptic.Curve{P256t1(), P384t1(), P512t1()} {
		std := c.Params()
		for i := range 8 {
			k, l := make([]byte, std.BitSize/8+i%2), make([]byte, 1+i*4)
			rand.Read(k)
			rand.Read(l)
			x1, y1 := c.ScalarBaseMult(k)
			x2, y2 := c.ScalarMult(x1, y1, l)
			wx1, wy1 := std.ScalarBaseMult(k)
			wx2, wy2 := std.ScalarMult(wx1, wy1, l)
			same(t, std.Name+" base", x1, y1, wx1, wy1)
			same(t, std.Name+" multiple", x2, y2, wx2, wy2)
			x, y := c.Add(x1, y1, x2, y2)
			wx, wy := std.Add(x1, y1, x2, y2)
			same(t, std.Name+" sum", x, y, wx, wy)
			x, y = c.Double(x1, y1)
			wx, wy = std.Double(x1, y1)
			same(t, std.Name+" double", x, y, wx, wy)
		}
	}
}

func same(t *testing.T, what string, x, y, wx, wy *big.Int) {
	t.Helper()
	if x.Cmp(wx) != 0 || y.Cmp(wy) != 0 {
		t.Errorf("%s: %x, %x, want %x, %x", what, x, y, wx, wy)
	}
}

func TestTheGroupsHaveTheirOrders(t *testing.T) {
	zero := new(big.Int)
	for _, c := range all() {
		p := c.Params()
		if !p.P.ProbablyPrime(8) || !p.N.ProbablyPrime(8) || p.N.Cmp(p.P) >= 0 || p.BitSize != p.N.BitLen() || p.BitSize%8 != 0 {
			t.Errorf("%s: wrong numbers", p.Name)
		}
		x, y := c.ScalarBaseMult(p.N.Bytes())
		same(t, p.Name+": order times generator", x, y, zero, zero)
		less := new(big.Int).Sub(p.N, big.NewInt(1))
		x, y = c.ScalarBaseMult(less.Bytes())
		same(t, p.Name+": the opposite", x, y, p.Gx, new(big.Int).Sub(p.P, p.Gy))
		x, y = c.Add(x, y, p.Gx, p.Gy)
		same(t, p.Name+": opposites", x, y, zero, zero)
		x, y = c.Add(zero, zero, p.Gx, p.Gy)
		same(t, p.Name+": nothing and the generator", x, y, p.Gx, p.Gy)
		x, y = c.ScalarBaseMult(nil)
		same(t, p.Name+": no times", x, y, zero, zero)
		x, y = c.ScalarMult(p.Gx, p.Gy, []byte{0, 1})
		same(t, p.Name+": once", x, y, p.Gx, p.Gy)
	}
}

func TestWhatIsNotAPoint(t *testing.T) {
	for _, c := range all() {
		p := c.Params()
		for _, xy := range [][2]*big.Int{
			{new(big.Int), new(big.Int)}, {p.Gx, new(big.Int).Add(p.Gy, big.NewInt(1))}, {new(big.Int).Neg(p.Gx), p.Gy},
			{new(big.Int).Add(p.Gx, p.P), p.Gy}, {p.P, p.Gy}, {new(big.Int).Lsh(p.Gx, 8), p.Gy}, {nil, nil},
		} {
			if c.IsOnCurve(xy[0], xy[1]) {
				t.Errorf("%s: %v is a point", p.Name, xy)
			}
		}
		if !c.IsOnCurve(p.Gx, p.Gy) {
			t.Errorf("%s: the generator is not a point", p.Name)
		}
	}
}

func TestCompressedPoints(t *testing.T) {
	for _, c := range all() {
		p := c.Params()
		if y := c.Decompress(p.Gx, p.Gy.Bit(0) == 1); y == nil || y.Cmp(p.Gy) != 0 {
			t.Errorf("%s: y is %x", p.Name, y)
		}
		if y := c.Decompress(p.Gx, p.Gy.Bit(0) == 0); y == nil || new(big.Int).Add(y, p.Gy).Cmp(p.P) != 0 {
			t.Errorf("%s: the other y is %x", p.Name, y)
		}
		none := 0
		for i := range int64(40) {
			y := c.Decompress(big.NewInt(i), false)
			if y == nil {
				none++
			} else if !c.IsOnCurve(big.NewInt(i), y) {
				t.Errorf("%s: x = %d gives no point", p.Name, i)
			}
		}
		if none == 0 || none == 40 || c.Decompress(p.P, false) != nil || c.Decompress(big.NewInt(-1), false) != nil {
			t.Errorf("%s: %d of 40 numbers are no coordinates", p.Name, none)
		}
	}
}

func TestSignaturesVerifyWithTheStandardLibrary(t *testing.T) {
	for _, c := range all() {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 20, 32, 64, 100} {
			digest := make([]byte, size)
			rand.Read(digest)
			sig, err := Sign(key, digest)
			if err != nil || !ecdsa.VerifyASN1(&key.PublicKey, digest, sig) {
				t.Errorf("%s: digest of %d octets: %x, %v", c.params.Name, size, sig, err)
			}
			other := append(bytes.Clone(digest[:min(size, 8)]), 1)
			if ecdsa.VerifyASN1(&key.PublicKey, other, sig) {
				t.Errorf("%s: another digest verifies", c.params.Name)
			}
		}
	}
}

func TestKeysThatAreNone(t *testing.T) {
	c := P256r1()
	good, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*big.Int{"zero": new(big.Int), "the order": c.Params().N, "negative": big.NewInt(-1), "none": nil,
		"long": new(big.Int).Lsh(big.NewInt(1), 300)} {
		k := &ecdsa.PrivateKey{PublicKey: good.PublicKey, D: d}
		if _, err := Sign(k, nil); err == nil {
			t.Errorf("%s signs", name)
		}
		if _, err := ECDH(k, good.X, good.Y); err == nil {
			t.Errorf("%s agrees", name)
		}
	}
	std, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sign(std, nil); err == nil {
		t.Error("a key on P-256 signs")
	}
	if _, err := ECDH(good, std.X, std.Y); err == nil {
		t.Error("a point of P-256 was taken")
	}
}

// OpenSSL verifies what we sign, computes the same secret, and knows the same curves under the same names.
func TestOpenSSLAgrees(t *testing.T) {
	peer.Need(t, "openssl")
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for _, c := range all() {
		pem := peer.Run(t, nil, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:"+c.params.Name)
		theirs := write("theirs.pem", peer.Run(t, nil, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:"+c.params.Name))
		ours := write("ours.pem", pem)
		key, peerKey := opensslKey(t, c, ours), opensslKey(t, c, theirs)
		if x, y := c.ScalarBaseMult(key.D.Bytes()); x.Cmp(key.X) != 0 || y.Cmp(key.Y) != 0 {
			t.Errorf("%s: the public key is another", c.params.Name)
		}
		digest := sha256.Sum256([]byte("message"))
		sig, err := Sign(key, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		message, sigFile := write("message", []byte("message")), write("signature", sig)
		peer.Run(t, nil, "openssl", "dgst", "-sha256", "-prverify", ours, "-signature", sigFile, message)
		public := write("public.pem", peer.Run(t, nil, "openssl", "pkey", "-in", theirs, "-pubout"))
		want := peer.Run(t, nil, "openssl", "pkeyutl", "-derive", "-inkey", ours, "-peerkey", public)
		if got, err := ECDH(key, peerKey.X, peerKey.Y); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: secret %x, %v, want %x", c.params.Name, got, err, want)
		}
	}
}

// opensslKey reads the numbers of a key as openssl prints them.
func opensslKey(t *testing.T, c *Curve, file string) *ecdsa.PrivateKey {
	t.Helper()
	text := string(peer.Run(t, nil, "openssl", "pkey", "-in", file, "-noout", "-text"))
	part := func(from, to string) []byte {
		_, rest, ok := strings.Cut(text, from)
		rest, _, ok2 := strings.Cut(rest, to)
		if !ok || !ok2 {
			t.Fatalf("openssl printed %s", text)
		}
		return octets(strings.NewReplacer(":", "", " ", "", "\n", "").Replace(rest))
	}
	priv, pub := part("priv:", "pub:"), part("pub:", "ASN1 OID:")
	size := c.params.BitSize / 8
	k := &ecdsa.PrivateKey{D: new(big.Int).SetBytes(priv)}
	k.Curve, k.X, k.Y = c, new(big.Int).SetBytes(pub[1:1+size]), new(big.Int).SetBytes(pub[1+size:])
	return k
}

func BenchmarkSign(b *testing.B) {
	for _, c := range all()[:3] {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.params.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Sign(key, make([]byte, 32)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
