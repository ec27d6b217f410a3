package keyfile_test

import (
	"bytes"
	"crypto"
	"os"
	"path/filepath"
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

// person is somebody with a key of a kind.
func person(t testing.TB, k testca.KeyKind) *testca.Entity {
	t.Helper()
	return testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(testca.Key(k)))
}

// same fails unless the file holds the one key with its certificate.
func same(t *testing.T, what string, b *keyfile.Bundle, err error, e *testca.Entity) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	ids := b.Match()
	if len(ids) != 1 || !ids[0].Certificate.Equal(e.Certificate) || !alg.SameKey(ids[0].Key.Public(), e.Certificate.PublicKey) {
		t.Errorf("%s: %v", what, ids)
	}
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var password = []byte("correct horse")

func TestOpenSSLReadsOurPKCS12(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range kinds {
		e := person(t, k)
		for name, o := range map[string]keyfile.PKCS12Options{
			"modern": {Password: password, Iterations: 2048}, "compatible": {Password: password, Compatible: true, Iterations: 2048},
		} {
			raw, err := keyfile.MarshalPKCS12(bundleOf(e), o)
			if err != nil {
				t.Fatalf("%s %s: %v", k, name, err)
			}
			argv := []string{"openssl", "pkcs12", "-in", save(t, "ours.p12", raw), "-passin", "pass:" + string(password), "-nodes"}
			if o.Compatible {
				argv = append(argv, "-legacy")
			}
			b, err := keyfile.Read(peer.Run(t, nil, argv...), keyfile.Options{})
			same(t, string(k)+" "+name, b, err, e)
			b, err = keyfile.Read(raw, keyfile.Options{Password: password, Allow: alg.Allow{Legacy: o.Compatible}})
			same(t, string(k)+" "+name+", by ourselves", b, err, e)
		}
	}
}

func TestPKCS12OfOpenSSLIsRead(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range kinds {
		e := person(t, k)
		certs, key, _ := e.Files(t.TempDir(), "e")
		for _, extra := range [][]string{{}, {"-legacy"}, {"-keypbe", "AES-128-CBC", "-certpbe", "NONE"}, {"-keypbe", "NONE", "-certpbe", "NONE"}, {"-nomac"}, {"-macalg", "sha512"},
			{"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-RC2-40", "-legacy"}, {"-keypbe", "AES-256-CBC", "-certpbe", "AES-192-CBC", "-iter", "1"}} {
			argv := append([]string{"openssl", "pkcs12", "-export", "-inkey", key, "-in", certs, "-passout", "pass:" + string(password)}, extra...)
			b, err := keyfile.Read(peer.Run(t, nil, argv...), keyfile.Options{Password: password, Allow: legacy})
			same(t, string(k), b, err, e)
		}
	}
}

// sameKey fails unless a file holds the one key.
func sameKey(t *testing.T, what string, data []byte, o keyfile.Options, want crypto.PublicKey) {
	t.Helper()
	b, err := keyfile.Read(data, o)
	if err != nil || len(b.Keys) != 1 || !alg.SameKey(b.Keys[0].Public(), want) {
		t.Errorf("%s: %v %v", what, b, err)
	}
}

// Keys of every kind that OpenSSL makes, in every form that it writes, and back.
func TestOpenSSLAndWeReadEachOthersKeys(t *testing.T) {
	peer.Need(t, "openssl")
	for _, args := range [][]string{{"RSA"}, {"EC", "-pkeyopt", "ec_paramgen_curve:P-256"}, {"EC", "-pkeyopt", "ec_paramgen_curve:P-384"}, {"EC", "-pkeyopt", "ec_paramgen_curve:P-521"},
		{"EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"}, {"EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP512r1"}, {"ED25519"}, {"X25519"}, {"ED448"}, {"X448"}} {
		what := args[len(args)-1]
		pem := peer.Run(t, nil, append([]string{"openssl", "genpkey", "-algorithm"}, args...)...)
		spki := peer.Run(t, pem, "openssl", "pkey", "-pubout", "-outform", "DER")
		want, _, err := alg.ParsePublicKey(spki)
		if err != nil {
			t.Fatal(err)
		}
		sameKey(t, what, pem, keyfile.Options{}, want)
		sameKey(t, what+" in DER", peer.Run(t, pem, "openssl", "pkey", "-outform", "DER"), keyfile.Options{}, want)
		if len(args) != 1 || what == "RSA" {
			sameKey(t, what+", traditional", peer.Run(t, pem, "openssl", "pkey", "-traditional"), keyfile.Options{}, want)
			sameKey(t, what+", traditional in DER", peer.Run(t, pem, "openssl", "pkey", "-traditional", "-outform", "DER"), keyfile.Options{}, want)
		}
		forms := [][]string{{}, {"-v2", "aes128", "-v2prf", "hmacWithSHA512"}, {"-v2", "des3"}, {"-scrypt"}, {"-v1", "PBE-SHA1-3DES"}, {"-v1", "PBE-MD5-DES", "-provider", "legacy", "-provider", "default"}}
		if what != "ec_paramgen_curve:P-256" {
			forms = forms[:1]
		}
		for _, extra := range forms {
			argv := append([]string{"openssl", "pkcs8", "-topk8", "-passout", "pass:" + string(password)}, extra...)
			out, _, err := peer.Try(t, pem, argv...)
			if err != nil {
				continue // a cipher that this OpenSSL was built without
			}
			sameKey(t, what+" encrypted", out, keyfile.Options{Password: password, Allow: legacy}, want)
		}
		key := must(keyfile.Read(pem, keyfile.Options{}))(t).Keys[0].Private
		for _, p := range [][]byte{nil, password} {
			ours := must(keyfile.MarshalPKCS8(key, p))(t)
			back := peer.Run(t, ours, "openssl", "pkey", "-inform", "DER", "-passin", "pass:"+string(password), "-pubout", "-outform", "DER")
			if !bytes.Equal(back, spki) {
				t.Errorf("%s: openssl reads another key", what)
			}
			bundle := must(keyfile.MarshalPEM(&keyfile.Bundle{Keys: []keyfile.Key{{Private: key}}}, p))(t)
			peer.Run(t, bundle, "openssl", "pkey", "-check", "-noout", "-passin", "pass:"+string(password))
			sameKey(t, what+" of ours", bundle, keyfile.Options{Password: password}, want)
		}
	}
}

// must returns what cannot fail.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// NSS is in Thunderbird and Firefox.
func TestNSSAndWeReadEachOther(t *testing.T) {
	peer.Need(t, "pk12util", "certutil", "openssl")
	for k, options := range map[testca.KeyKind][]keyfile.PKCS12Options{
		testca.RSA: {{Password: password, Iterations: 1000}, {Password: password, Compatible: true, Iterations: 1000}}, testca.P256: {{Password: password, Iterations: 1000}},
	} {
		e := person(t, k)
		for _, o := range options {
			db := t.TempDir()
			peer.Run(t, nil, "certutil", "-N", "-d", db, "--empty-password")
			raw := must(keyfile.MarshalPKCS12(&keyfile.Bundle{Keys: []keyfile.Key{{Private: e.Key, Label: keyfile.Label{Name: "alice"}}}, Certificates: e.Chain()}, o))(t)
			peer.Run(t, nil, "pk12util", "-i", save(t, "ours.p12", raw), "-d", db, "-W", string(password))
			out := filepath.Join(db, "theirs.p12")
			peer.Run(t, nil, "pk12util", "-o", out, "-n", "alice", "-d", db, "-W", "open sesame")
			b, err := keyfile.Read(must(os.ReadFile(out))(t), keyfile.Options{Password: []byte("open sesame"), Allow: legacy})
			same(t, string(k), b, err, e)
			if err == nil && b.Keys[0].Name != "alice" {
				t.Errorf("%s: called %q", k, b.Keys[0].Name)
			}
		}
	}
}

// gpgsm 2.2 reads 3DES and AES-128 alone.
func TestGpgsmReadsOurCompatiblePKCS12(t *testing.T) {
	peer.Need(t, "gpgsm", "gpgconf")
	e := person(t, testca.RSA)
	home, err := os.MkdirTemp("", "gpg") // a short path: sockets have one
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		peer.Try(t, nil, "gpgconf", "--homedir", home, "--kill", "all")
		os.RemoveAll(home)
	})
	if err := os.WriteFile(filepath.Join(home, "gpg-agent.conf"), []byte("allow-loopback-pinentry\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	raw := must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: password, Compatible: true, Iterations: 2048}))(t)
	_, errOut, err := peer.Try(t, append(bytes.Clone(password), '\n'), "gpgsm", "--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--disable-crl-checks",
		"--import", save(t, "ours.p12", raw))
	if err != nil || !bytes.Contains(errOut, []byte("secret keys imported: 1")) {
		t.Errorf("%v: %s", err, errOut)
	}
	out := peer.Run(t, nil, "gpgsm", "--homedir", home, "--batch", "--list-secret-keys", "--with-colons")
	if !bytes.Contains(out, []byte("alice@example.org")) {
		t.Errorf("%s", out)
	}
}
