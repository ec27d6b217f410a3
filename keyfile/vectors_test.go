package keyfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/keyfile"
)

var legacy = alg.Allow{Legacy: true}

// filesOf returns the files below a folder of the test data, by their paths in it.
func filesOf(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	root := peer.Vectors(t, folder)
	list := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		list[filepath.ToSlash(rel)] = data
		return err
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: %d files, %v", folder, len(list), err)
	}
	return list
}

// names describes the keys of a bundle.
func names(b *keyfile.Bundle) string {
	var list []string
	for _, k := range b.Keys {
		list = append(list, strings.TrimSuffix(k.String(), " private key"))
	}
	return strings.Join(list, ", ")
}

// RFC 9579 §4; STANDARDS 9: lengths, counts and salts of PBMAC1 that are not those of the file, or too short.
func TestPKCS12OfOpenSSLOpensOrIsRefused(t *testing.T) {
	n := 0
	for path, data := range filesOf(t, "openssl") {
		if !strings.HasSuffix(path, ".p12") {
			continue
		}
		n++
		b, err := keyfile.Read(data, keyfile.Options{Password: []byte("1234"), Allow: legacy})
		if good := strings.Contains(path, "good") || strings.HasSuffix(path, "sha1_hmac_and_prf.p12"); good != (err == nil) {
			t.Errorf("%s: %v", path, err)
		} else if good && (names(b) != "RSA 2048" || len(b.Certificates) != 1 || b.Match()[0].Certificate == nil) {
			t.Errorf("%s: %s, %d certificates", path, names(b), len(b.Certificates))
		}
		if err != nil && !errors.Is(err, keyfile.ErrPassword) && !errors.Is(err, keyfile.ErrFormat) && !isParams(err) {
			t.Errorf("%s: an error of no kind: %v", path, err)
		}
	}
	if n < 19 {
		t.Errorf("only %d files", n)
	}
}

func isParams(err error) bool {
	var p *alg.ParamsError
	return errors.As(err, &p)
}

func TestIdentitiesOfRFC9216Open(t *testing.T) {
	n := 0
	for path, data := range filesOf(t, "rfc9216") {
		if !strings.Contains(path, "pkcs-12") {
			continue
		}
		n++
		password := strings.TrimSuffix(path[strings.LastIndex(path, "-")+1:], ".pem")
		b, err := keyfile.Read(data, keyfile.Options{Password: []byte(password), Allow: legacy})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		for _, id := range b.Match() {
			if id.Certificate == nil {
				t.Errorf("%s: a key without its certificate", path)
			}
		}
		if len(b.Keys) != 2 || len(b.Certificates) < 3 {
			t.Errorf("%s: %s, %d certificates", path, names(b), len(b.Certificates))
		}
		var wrong *keyfile.PasswordError
		if _, err := keyfile.Read(data, keyfile.Options{Password: []byte("wrong"), Allow: legacy}); !errors.As(err, &wrong) || !wrong.Given {
			t.Errorf("%s: with a wrong password: %v", path, err)
		}
		if _, err := keyfile.Read(data, keyfile.Options{Allow: legacy}); !errors.As(err, &wrong) || wrong.Given {
			t.Errorf("%s: without a password: %v", path, err)
		}
	}
	if n != 4 {
		t.Errorf("%d files", n)
	}
}

// Each folder, how to open what it has, and what must be found in some of its files.
func TestKeysOfOthersAreRead(t *testing.T) {
	for folder, v := range map[string]struct {
		password string
		want     map[string]string // keys by file
	}{
		"MimeKit": {"no.secret", map[string]string{
			"smime/rsa/smime.pfx": "RSA 4096", "smime/dsa/smime.pfx": "DSA 1024", "smime/ec/smime.pfx": "elliptic curve with explicit parameters", "smime/ec/smime.key": "P-384",
			"smime/dnsnames/smime.pfx": "RSA 4096", "smime/nochain/smime.pfx": "RSA 4096", "smime/revoked/smime.pfx": "RSA 4096", "smime/certificate-authority.pfx": "RSA 4096",
			"smime/smdh.pem": "Diffie-Hellman", "smime/smdsa1.pem": "DSA 2048", "smime/smec2.pem": "1.3.132.0.16"}},
		"rustcrypto/pkcs12": {"password", map[string]string{"tests/examples/ValidCertificatePathTest1EE_firefox.p12": "RSA 2048", "tests/examples/ValidCertificatePathTest1EE_macos.p12": "RSA 2048",
			"tests/examples/ValidCertificatePathTest1EE_windows_aes.p12.pfx": "RSA 2048", "tests/examples/ValidCertificatePathTest1EE_windows_tdes.p12.pfx": "RSA 2048"}},
		"rustcrypto/pkcs8": {"hunter42", map[string]string{"tests/examples/ed25519-encpriv-aes256-scrypt.der": "Ed25519", "tests/examples/ed25519-encpriv-aes256-pbkdf2-sha256.pem": "Ed25519",
			"tests/examples/ed25519-encpriv-des3-pbkdf2-sha256.der": "Ed25519", "tests/examples/ed25519-encpriv-aes128-pbkdf2-sha1.der": "Ed25519", "tests/examples/ed25519-priv-pkcs8v2.der": "Ed25519",
			"tests/examples/x25519-priv.pem": "X25519", "tests/examples/bign256-priv.pem": "1.2.112.0.2.0.34.101.45.2.1", "tests/examples/p256-priv.der": "P-256", "tests/examples/rsa2048-priv.pem": "RSA 2048"}},
		"lamps": {"", map[string]string{"dilithium-certificates/examples/ML-DSA-44-both.priv": "ML-DSA-44", "kyber-certificates/example/ML-KEM-768-seed.priv": "ML-KEM-768",
			"x509-slhdsa/id-slh-dsa-sha2-128s.priv": "SLH-DSA-SHA2-128s"}},
		"openssl":      {"", map[string]string{"smime-certs/smrsa3.pem": "RSA 2048", "smime-certs/smec1.pem": "P-256", "smime-certs/smrsa1024.pem": "RSA 1024", "80-test_cms_data/ecdh-key.pem": "P-256"}},
		"go-pkcs7-pem": {"", map[string]string{"digitorus+pkcs7/dsa_test-02-dsaPrivateKey-PRIVATE_KEY.pem": "DSA 1024", "smallstep+pkcs7/decrypt_test-02-TestDecrypt-RSA_PRIVATE_KEY.pem": "RSA 1024"}},
	} {
		for path, data := range filesOf(t, folder) {
			o := keyfile.Options{Allow: legacy}
			if v.password != "" {
				o.Password = []byte(v.password)
			}
			b, err := keyfile.Read(data, o)
			checkError(t, folder+"/"+path, err)
			if want, ok := v.want[path]; ok && (err != nil || names(b) != want) {
				t.Errorf("%s/%s: %v, %v, want %s", folder, path, b, err, want)
			}
			delete(v.want, path)
		}
		for path := range v.want {
			t.Errorf("%s/%s is not there", folder, path)
		}
	}
}

// checkError tells errors that are of no kind, or too long for a person.
func checkError(t *testing.T, path string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var unsupported *alg.UnsupportedError
	if !errors.Is(err, keyfile.ErrPassword) && !errors.Is(err, keyfile.ErrFormat) && !errors.As(err, &unsupported) && !isParams(err) || len(err.Error()) > 400 {
		t.Errorf("%s: %v", path, err)
	}
}

// What RustCrypto's PKCS#12 examples were made of is found in every one of them.
func TestPKCS12OfRustCryptoHoldsItsKey(t *testing.T) {
	files := filesOf(t, "rustcrypto/pkcs12")
	plain, err := keyfile.Read(files["tests/examples/key.pem"], keyfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, data := range files {
		if !strings.Contains(path, "examples/example") || strings.Contains(path, "example11.pfx") || strings.Contains(path, "example15.pfx") {
			continue // 11: a digest of its own; 15: a certificate alone
		}
		b, err := keyfile.Read(data, keyfile.Options{Allow: legacy})
		if errors.Is(err, keyfile.ErrPassword) {
			b, err = keyfile.Read(data, keyfile.Options{Password: []byte("1234"), Allow: legacy})
		}
		if err != nil || len(b.Keys) != 1 {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if !strings.Contains(path, "example7.") && !alg.SameKey(b.Keys[0].Public(), plain.Keys[0].Public()) {
			t.Errorf("%s: another key", path)
		}
		n++
	}
	if n < 14 {
		t.Errorf("only %d files", n)
	}
}

// PKCS#7 that carries certificates and lists (RFC 8551 §3.8), in DER, BER and PEM.
func TestCertificatesInPKCS7AreRead(t *testing.T) {
	for path, want := range map[string]int{"tests/examples/pkits.p7b": 2, "tests/examples/pkits_ee.p7b": 1, "tests/examples/cms_ber.bin": 1} {
		b, err := keyfile.Read(filesOf(t, "rustcrypto/cms")[path], keyfile.Options{})
		if err != nil || len(b.Certificates) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}
