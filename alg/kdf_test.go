package alg

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// budget is a full one.
func budget() *limit.Budget { return limit.New(limit.Limits{}) }

// pbkdf2Params writes PBKDF2-params.
func pbkdf2Params(iterations, keySize int64, prf der.OID) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OctetString([]byte("salt"))
		b.Int(iterations)
		if keySize != 0 {
			b.Int(keySize)
		}
		if prf != "" {
			Identifier{OID: prf, Params: null()}.Append(b)
		}
	})
	return mustBytes(&b)
}

func TestPBKDF2HasTheAnswersOfRFC6070(t *testing.T) {
	for iterations, want := range map[int64]string{
		1:    "0c60c80f961f0e71f3a9b524af6012062fe037a6",
		2:    "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957",
		4096: "4b007901b765489abead49d926f721d065a429c1",
	} {
		k, err := KDFOf(Identifier{OIDPBKDF2, pbkdf2Params(iterations, 0, "")})
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Key([]byte("password"), 20, budget())
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%d iterations: %x, %v", iterations, got, err)
		}
	}
}

// RFC 7914 §12 and §11.
func TestScryptHasTheAnswerOfRFC7914(t *testing.T) {
	k := &KDF{Entry: table[OIDScrypt], Salt: []byte("NaCl"), N: 1024, R: 8, P: 16}
	k, err := KDFOf(k.Identifier())
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Key([]byte("password"), 64, budget())
	want := "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
	if err != nil || hex.EncodeToString(got) != want {
		t.Errorf("%x, %v", got, err)
	}
	k = &KDF{Entry: table[OIDPBKDF2], Salt: []byte("salt"), Iterations: 1, PRF: mustHMAC(t, SHA256)}
	got, err = k.Key([]byte("passwd"), 64, budget())
	want = "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
	if err != nil || hex.EncodeToString(got) != want {
		t.Errorf("PBKDF2: %x, %v", got, err)
	}
}

func mustHMAC(t *testing.T, h *Hash) *MAC {
	t.Helper()
	m, err := hmacOf(h)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// RFC 5869 Appendix A.1.
func TestHKDFHasTheAnswerOfRFC5869(t *testing.T) {
	got, err := HKDF(SHA256, bytes.Repeat([]byte{0x0b}, 22), unhex(t, "000102030405060708090a0b0c"), unhex(t, "f0f1f2f3f4f5f6f7f8f9"), 42)
	want := "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
	if err != nil || hex.EncodeToString(got) != want {
		t.Errorf("%x, %v", got, err)
	}
	if _, err := HKDF(SHAKE128, nil, nil, nil, 16); err == nil {
		t.Error("HKDF with SHAKE128")
	}
}

func TestPKCS12KeyHasTheKnownAnswer(t *testing.T) {
	got, err := PKCS12Key(SHA1, PKCS12ForKey, BMPPassword([]byte("sesame")), bytes.Repeat([]byte{0xff}, 8), 2048, 24, budget())
	if err != nil || hex.EncodeToString(got) != "7cd9fd3e2b3be7691a44e3bef0f9ea0fb9b897d4e325d9d1" {
		t.Errorf("%x, %v", got, err)
	}
}

func TestBMPPassword(t *testing.T) {
	for in, want := range map[string]string{
		"": "0000", "a": "00610000", "ä€": "00e420ac0000", "🐦": "d83ddc260000", "\xe4": "00e40000",
	} {
		if got := hex.EncodeToString(BMPPassword([]byte(in))); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// STANDARDS 9: the work and the memory are bounded before they are spent.
func TestKeyDerivationsStayInTheBudget(t *testing.T) {
	small := func() *limit.Budget { return limit.New(limit.Limits{KDF: 5000, Bytes: 1 << 20}) }
	pbkdf2 := func(n int) *KDF {
		return &KDF{Entry: table[OIDPBKDF2], Salt: random(8), Iterations: n, PRF: mustHMAC(t, SHA256)}
	}
	scrypt := func(n, r, p int) *KDF { return &KDF{Entry: table[OIDScrypt], Salt: random(8), N: n, R: r, P: p} }
	for name, v := range map[string]struct {
		kdf  *KDF
		size int
		good bool
		what limit.What
	}{
		"5000 iterations":                 {pbkdf2(5000), 32, true, ""},
		"5001 iterations":                 {pbkdf2(5001), 32, false, limit.KDF},
		"2600 iterations for two digests": {pbkdf2(2600), 48, false, limit.KDF},
		"2^31-1 iterations":               {pbkdf2(1<<31 - 1), 1024, false, limit.KDF},
		"a little scrypt":                 {scrypt(16, 8, 1), 32, true, ""},
		"much memory":                     {scrypt(1<<20, 8, 1), 32, false, limit.Bytes},
		"much work":                       {scrypt(512, 8, 1), 32, false, limit.KDF},
		"in parallel":                     {scrypt(2, 1, 1<<29), 32, false, limit.Bytes},
		"all numbers at their most":       {scrypt(1<<30, 1<<29, 1), 32, false, limit.Bytes},
	} {
		_, err := v.kdf.Key([]byte("x"), v.size, small())
		var e *limit.Error
		if v.good && err != nil || !v.good && (!errors.As(err, &e) || e.What != v.what) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := PKCS12Key(SHA1, PKCS12ForKey, nil, random(8), 5001, 20, small()); err == nil {
		t.Error("PKCS#12 takes 5001 iterations")
	}
}

func TestKeyDerivationParametersThatAreRefused(t *testing.T) {
	scrypt := func(n, r, p int64) []byte {
		var b der.Builder
		b.Sequence(func(b *der.Builder) { b.OctetString(random(8)); b.Int(n); b.Int(r); b.Int(p) })
		return mustBytes(&b)
	}
	for name, id := range map[string]Identifier{
		"no parameters":            {OID: OIDPBKDF2},
		"no iterations":            {OIDPBKDF2, pbkdf2Params(0, 0, "")},
		"negative iterations":      {OIDPBKDF2, pbkdf2Params(-1, 0, "")},
		"2^31 iterations":          {OIDPBKDF2, pbkdf2Params(1<<31, 0, "")},
		"a negative length":        {OIDPBKDF2, pbkdf2Params(1, -1, "")},
		"a long key":               {OIDPBKDF2, pbkdf2Params(1, 1<<40, "")},
		"N of 1":                   {OIDScrypt, scrypt(1, 8, 1)},
		"N that is no power of 2":  {OIDScrypt, scrypt(1000, 8, 1)},
		"r of 0":                   {OIDScrypt, scrypt(1024, 0, 1)},
		"r·p too big":              {OIDScrypt, scrypt(1024, 1<<16, 1<<16)},
		"GMAC as PRF":              {OIDPBKDF2, pbkdf2Params(1, 0, OIDAES128GMAC)},
		"N beyond what is counted": {OIDScrypt, scrypt(1<<62, 8, 1)},
	} {
		var p *ParamsError
		if _, err := KDFOf(id); !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k, err := KDFOf(Identifier{OIDPBKDF2, pbkdf2Params(1, 16, OIDHMACSHA256)})
	if err != nil || k.PRF.OID != OIDHMACSHA256 || k.KeySize != 16 {
		t.Fatalf("%v", err)
	}
	var p *ParamsError
	if _, err := k.Key(nil, 32, budget()); !errors.As(err, &p) {
		t.Errorf("another length than stated: %v", err)
	}
	var u *UnsupportedError
	if _, err := KDFOf(Identifier{OID: OIDKDF2}); !errors.As(err, &u) {
		t.Errorf("KDF2: %v", err)
	}
}

func TestKeyDerivationsAreReadAsTheyWereWritten(t *testing.T) {
	pbkdf2, err := NewPBKDF2(SHA512, 0)
	if err != nil || pbkdf2.Iterations != defaultIterations {
		t.Fatal(err)
	}
	pbkdf2.Iterations = 1000
	scrypt, err := NewScrypt(1<<10, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []*KDF{pbkdf2, scrypt} {
		r, err := KDFOf(w.Identifier())
		if err != nil {
			t.Fatal(err)
		}
		one, err1 := w.Key([]byte("p"), 32, budget())
		two, err2 := r.Key([]byte("p"), 32, budget())
		if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
			t.Errorf("%s: %v, %v", w.Name, err1, err2)
		}
	}
	if _, err := NewScrypt(1000, 8, 1); err == nil {
		t.Error("scrypt with N = 1000")
	}
}
