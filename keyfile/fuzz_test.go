package keyfile_test

import (
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/limit"
)

// Read neither panics nor works beyond its limits; an error is of a kind that callers tell apart, and what is read can be
// written and read again.
func FuzzRead(f *testing.F) {
	e := person(f, testca.P256)
	word := []byte("1234")
	f.Add(e.KeyPEM())
	f.Add(e.CertificatePEM())
	f.Add(must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: word, Iterations: 1}))(f))
	f.Add(must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: word, Iterations: 1, Compatible: true}))(f))
	f.Add(pfx(info(seq(keyBag(must(keyfile.MarshalPKCS8(e.Key, nil))(f)), certBag(e.Certificate.Raw)))))
	f.Add(must(keyfile.MarshalPKCS8(person(f, testca.Ed25519).Key, nil))(f))
	for _, folder := range []string{"rustcrypto/pkcs8", "openssl/80-test_pkcs12_data"} {
		for _, data := range filesOf(f, folder) {
			if len(data) < 4000 {
				f.Add(data)
			}
		}
	}
	limits := limit.Limits{KDF: 5000, Bytes: 1 << 20, PublicKey: 30}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := keyfile.Options{Password: word, Allow: legacy, Budget: limit.New(limits)}
		b, err := keyfile.Read(data, o)
		if err != nil {
			checkKind(t, err)
			return
		}
		for _, id := range b.Match() {
			_ = id.Key.String()
		}
		raw, err := keyfile.MarshalPEM(b, nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := keyfile.Read(raw, keyfile.Options{})
		if err != nil || len(again.Keys) != len(b.Keys) || len(again.Certificates) != len(b.Certificates) || len(again.CRLs) != len(b.CRLs) {
			t.Fatalf("%v when read again: %v", again, err)
		}
		for i, k := range again.Keys {
			if pub := k.Public(); pub != nil && !alg.SameKey(pub, b.Keys[i].Public()) {
				t.Fatalf("key %d is another when read again", i)
			}
		}
	})
}

func checkKind(t *testing.T, err error) {
	t.Helper()
	var over *limit.Error
	var unsupported *alg.UnsupportedError
	if !errors.Is(err, keyfile.ErrFormat) && !errors.Is(err, keyfile.ErrPassword) && !errors.As(err, &over) && !errors.As(err, &unsupported) && !isParams(err) {
		t.Fatalf("%T: %v", err, err)
	}
	if len(err.Error()) > 2000 {
		t.Fatalf("an error of %d octets", len(err.Error()))
	}
}
