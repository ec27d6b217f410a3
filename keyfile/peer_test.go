package keyfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
)

var kinds = []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.P521, testca.Ed25519, testca.X25519}

func bundleOf(e *testca.Entity) *keyfile.Bundle {
	return &keyfile.Bundle{Keys: []keyfile.Key{{Private: e.Key}}, Certificates: e.Chain()}
}

// same fails unless the file holds the one key and its certificate first.
func same(t *testing.T, b *keyfile.Bundle, err error, e *testca.Entity) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	ids := b.Match()
	if len(ids) != 1 || !ids[0].Certificate.Equal(e.Certificate) || !alg.SameKey(ids[0].Key.Public(), e.Certificate.PublicKey) {
		t.Errorf("%d identities", len(ids))
	}
}

func TestOpenSSLReadsOurFilesAndWeReadIts(t *testing.T) {
	peer.Need(t, "openssl")
	root := testca.Root(t, "Root")
	for _, k := range kinds {
		e := root.Issue(testca.Person("alice@example.org").With(testca.Key(k)))
		dir := t.TempDir()
		certs, key, _ := e.Files(dir, "e")
		password := []byte("correct horse")
		for name, o := range map[string]keyfile.PKCS12Options{
			"modern": {Password: password, Iterations: 2048}, "compatible": {Password: password, Compatible: true, Iterations: 2048},
		} {
			raw, err := keyfile.MarshalPKCS12(bundleOf(e), o)
			if err != nil {
				t.Fatalf("%s %s: %v", k, name, err)
			}
			file := filepath.Join(dir, "ours.p12")
			if err := os.WriteFile(file, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			argv := []string{"openssl", "pkcs12", "-in", file, "-passin", "pass:correct horse", "-nodes"}
			if o.Compatible {
				argv = append(argv, "-legacy")
			}
			out := peer.Run(t, nil, argv...)
			b, err := keyfile.Read(out, keyfile.Options{})
			same(t, b, err, e)
			b, err = keyfile.Read(raw, keyfile.Options{Password: password, Allow: alg.Allow{Legacy: o.Compatible}})
			same(t, b, err, e)
		}
		for _, extra := range [][]string{{}, {"-legacy"}, {"-keypbe", "AES-128-CBC", "-certpbe", "NONE"}, {"-nomac"}, {"-macalg", "sha512"}} {
			argv := append([]string{"openssl", "pkcs12", "-export", "-inkey", key, "-in", certs, "-passout", "pass:correct horse"}, extra...)
			b, err := keyfile.Read(peer.Run(t, nil, argv...), keyfile.Options{Password: password, Allow: alg.Allow{Legacy: true}})
			same(t, b, err, e)
		}
		for _, extra := range [][]string{{"-nocrypt"}, {"-v2", "aes256"}, {"-v2", "aes128", "-v2prf", "hmacWithSHA512"}, {"-scrypt"}, {"-v1", "PBE-SHA1-3DES"}} {
			argv := append([]string{"openssl", "pkcs8", "-topk8", "-in", key, "-passout", "pass:correct horse", "-outform", "der"}, extra...)
			b, err := keyfile.Read(peer.Run(t, nil, argv...), keyfile.Options{Password: password, Allow: alg.Allow{Legacy: true}})
			if err != nil || len(b.Keys) != 1 || !alg.SameKey(b.Keys[0].Public(), e.Certificate.PublicKey) {
				t.Errorf("%s pkcs8 %v: %v", k, extra, err)
			}
		}
		raw, err := keyfile.MarshalPEM(bundleOf(e), password)
		if err != nil {
			t.Fatal(err)
		}
		out := peer.Run(t, raw, "openssl", "pkey", "-passin", "pass:correct horse")
		b, err := keyfile.Read(append(out, e.CertificatePEM()...), keyfile.Options{})
		same(t, b, err, e)
	}
}

func TestVectorsOfOpenSSLOpenOrAreRefused(t *testing.T) {
	dir := peer.Vectors(t, "openssl")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.p12"))
	if err != nil {
		t.Fatal(err)
	}
	more, _ := filepath.Glob(filepath.Join(dir, "*.p12"))
	for _, f := range append(files, more...) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		_, err = keyfile.Read(data, keyfile.Options{Password: []byte("1234"), Allow: alg.Allow{Legacy: true}})
		name := filepath.Base(f)
		switch good := strings.Contains(name, "good"); {
		case good && err != nil:
			t.Errorf("%s: %v", name, err)
		case strings.Contains(name, "bad") && err == nil, strings.Contains(name, "-len") && !good && err == nil:
			t.Errorf("%s opens", name) // RFC 9579 §4: the length of the key is stated and at least 20
		}
	}
}

func TestIdentitiesOfRFC9216Open(t *testing.T) {
	dir := peer.Vectors(t, "rfc9216")
	files, err := filepath.Glob(filepath.Join(dir, "*pkcs-12*.pem"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(f[strings.LastIndex(f, "-")+1:], ".pem")
		b, err := keyfile.Read(data, keyfile.Options{Password: []byte(strings.ToLower(name)), Allow: alg.Allow{Legacy: true}})
		if err != nil || len(b.Keys) == 0 || len(b.Certificates) == 0 {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
		if _, err := keyfile.Read(data, keyfile.Options{Password: []byte("wrong"), Allow: alg.Allow{Legacy: true}}); !errorsIsPassword(err) {
			t.Errorf("%s opens with a wrong password: %v", filepath.Base(f), err)
		}
	}
}

func errorsIsPassword(err error) bool {
	_, ok := err.(*keyfile.PasswordError)
	return ok
}

func TestEveryPrefixOfAFileIsRefusedClearly(t *testing.T) {
	e := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	raw, err := keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: []byte("x"), Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(raw) {
		if _, err := keyfile.Read(raw[:i], keyfile.Options{Password: []byte("x")}); err == nil {
			t.Fatalf("%d octets open", i)
		}
		flipped := bytes.Clone(raw)
		flipped[i] ^= 0x55
		if _, err := keyfile.Read(flipped, keyfile.Options{Password: []byte("x")}); err == nil && i > 40 && i < len(raw)-80 {
			t.Fatalf("opens with octet %d changed", i)
		}
	}
}
