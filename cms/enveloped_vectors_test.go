package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// messageIn returns the CMS object in a file: PEM, base64 behind a header, or bare.
func messageIn(t testing.TB, path ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	if block, _ := pem.Decode(raw); block != nil {
		return block.Bytes
	}
	if raw[0] == 0x30 {
		return raw
	}
	if _, body, ok := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r"), nil), []byte("\n\n")); ok {
		out, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(body), "\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return raw
}

// privateKeyOf parses a private key.
func privateKeyOf(t testing.TB, raw []byte) crypto.PrivateKey {
	t.Helper()
	if k, err := x509.ParsePKCS8PrivateKey(raw); err == nil {
		return k
	}
	if k, err := x509.ParseECPrivateKey(raw); err == nil {
		return k
	}
	k, err := x509.ParsePKCS1PrivateKey(raw)
	if err != nil {
		return nil
	}
	return k
}

// identityIn reads a certificate and a key from PEM or DER files.
func identityIn(t testing.TB, paths ...string) (k cms.Key) {
	t.Helper()
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if raw[0] == 0x30 {
			raw = pem.EncodeToMemory(&pem.Block{Type: map[bool]string{true: "CERTIFICATE", false: "KEY"}[filepath.Ext(path) == ".cer"], Bytes: raw})
		}
		for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
			if block.Type != "CERTIFICATE" {
				k.Private = privateKeyOf(t, block.Bytes)
			} else if k.Certificate, err = pki.ParseCertificate(block.Bytes); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	}
	return k
}

// offered gives its keys for every entry.
type offered []cms.Key

func (o offered) For(*cms.Recipient) []cms.Key { return o }

func TestOpenSSLsOwnVectors(t *testing.T) {
	dir := peer.Vectors(t, "openssl")
	certs := filepath.Join(dir, "smime-certs")
	smec3 := identityIn(t, filepath.Join(certs, "smec3.pem"))
	e, out, err := open(messageIn(t, dir, "80-test_cms_data", "ciphertext_from_1_1_1.cms"), cms.DecryptOptions{Keys: cms.KeyList{smec3}, Allow: alg.Allow{Legacy: true}})
	if err != nil || len(out) == 0 || len(e.Recipients) != 2 {
		t.Errorf("written by OpenSSL 1.1.1: %q, %v", out, err)
	}
	var keys offered
	for _, name := range []string{"smrsa1", "smrsa2", "smrsa3", "smec1", "smec2", "smec3", "smdh"} {
		if k := identityIn(t, filepath.Join(certs, name+".pem")); k.Private != nil {
			keys = append(keys, k)
		}
	}
	keys = append(keys, cms.Key{KEK: kek16}, cms.Key{Password: []byte("password")},
		identityIn(t, filepath.Join(dir, "80-test_cms_data", "ecdh-cert.pem"), filepath.Join(dir, "80-test_cms_data", "ecdh-key.pem")))
	for _, name := range []string{"80-test_cms_data/dh-malformed.der", "80-test_cms_data/ecdh-malformed.der", "80-test_cms_data/rsa-malformed.der",
		"80-test_cmsapi_data/encDataWithTooLongIV.pem", "80-test_cmsapi_data/cms_pwri_kek_oob.der"} {
		for _, allow := range []alg.Allow{{}, {Legacy: true}} {
			_, _, err := open(messageIn(t, dir, name), cms.DecryptOptions{Keys: keys, Allow: allow})
			if err == nil || !clean(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	c, err := cms.Read(bytes.NewReader(messageIn(t, dir, "80-test_cmsapi_data", "encryptedData.der")), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.(*cms.Encrypted).Decrypt(t.Context(), &bytes.Buffer{}, kek16, alg.Allow{}); err != cms.ErrDecrypt {
		t.Errorf("encryptedData.der with a key of another length: %v", err)
	}
}

func TestEncryptionExamplesOfRFC4134(t *testing.T) {
	dir := peer.Vectors(t, "rfc4134")
	want := messageIn(t, dir, "ExContent.bin")
	bob := identityIn(t, filepath.Join(dir, "BobRSASignByCarl.cer"), filepath.Join(dir, "BobPrivRSAEncrypt.pri"))
	for _, name := range []string{"5.1.bin", "5.2.bin"} {
		var old *alg.NotAllowedError
		if _, _, err := open(messageIn(t, dir, name), cms.DecryptOptions{Keys: cms.KeyList{bob}}); !errors.As(err, &old) {
			t.Errorf("%s, unasked: %v", name, err)
		}
		if _, out, err := open(messageIn(t, dir, name), cms.DecryptOptions{Keys: cms.KeyList{bob}, Allow: alg.Allow{Legacy: true}}); err != nil || !bytes.Equal(out, want) {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	key, err := hex.DecodeString("737c791f25ead0e04629254352f7dc6291e5cb26917ada32")
	if err != nil {
		t.Fatal(err)
	}
	for name, attributes := range map[string]int{"7.1.bin": 0, "7.2.bin": 1} {
		c, err := cms.Read(bytes.NewReader(messageIn(t, dir, name)), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		e := c.(*cms.Encrypted)
		if err := e.Decrypt(t.Context(), &out, key, alg.Allow{Legacy: true}); err != nil || !bytes.Equal(out.Bytes(), want) || len(e.Attributes) != attributes {
			t.Errorf("%s: %q, %v, %v", name, out.Bytes(), err, e.Attributes)
		}
	}
}

func TestWhatGoLibrariesEncrypted(t *testing.T) {
	dir := peer.Vectors(t, "go-pkcs7-pem")
	at := func(dir, n string, kind string) string {
		list, _ := filepath.Glob(filepath.Join(dir, "decrypt_test-"+n+"-*"+kind+".pem"))
		if len(list) != 1 {
			t.Fatalf("%s, %s: %v", dir, n, list)
		}
		return list[0]
	}
	n := 0
	for library, triples := range map[string][][3]string{"digitorus+pkcs7": {{"00", "01", "02"}}, "mozilla-services+pkcs7": {{"00", "01", "02"}},
		"smallstep+pkcs7": {{"00", "01", "02"}, {"03", "04", "05"}, {"06", "07", "08"}, {"09", "10", "11"}}} {
		for _, f := range triples {
			dir := filepath.Join(dir, library)
			key := identityIn(t, at(dir, f[1], "CERTIFICATE"), at(dir, f[2], "PRIVATE_KEY"))
			_, out, err := open(messageIn(t, at(dir, f[0], "PKCS7")), cms.DecryptOptions{Keys: cms.KeyList{key}, Allow: alg.Allow{Legacy: true}})
			if f[0] == "09" {
				// Its parameters leave the mask generation at SHA-1, and it was made with SHA-256: OpenSSL does not read it either (STANDARDS 7).
				if err != cms.ErrDecrypt {
					t.Errorf("parameters that lie: %v", err)
				}
			} else if err != nil || len(out) == 0 {
				t.Errorf("%s, %s: %q, %v", library, f[0], out, err)
			}
			n++
		}
	}
	if n != 6 {
		t.Errorf("%d messages", n)
	}
}

// RFC 9629: what cannot be opened yet is shown, and refused by name.
func TestKeyEncapsulationIsShownAndRefused(t *testing.T) {
	example := filepath.Join(peer.Vectors(t, "lamps"), "cms-kyber", "example")
	raw := messageIn(t, example, "ML-KEM-512.cms")
	e, err := readEnvelope(bytes.NewReader(raw), limit.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r := e.Recipients[0]
	if r.Kind != cms.Other || r.KEM == nil || r.KEM.Algorithm.OID != alg.OIDMLKEM512 || r.KEM.KEKLength != 16 || len(r.KEM.Ciphertext) != 768 || r.UKM != nil || !r.ID.ByKeyID() {
		t.Errorf("%+v", r)
	}
	k := identityIn(t, filepath.Join(example, "ML-KEM-512.pem"))
	k.Private = struct{}{}
	if !r.Matches(k.Certificate) {
		t.Error("the entry does not name its certificate")
	}
	var unsupported *alg.UnsupportedError
	if _, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{k}}); !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "ML-KEM-512") {
		t.Error(err)
	}
	if _, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{{KEK: kek16}}}); err != cms.ErrNoRecipient {
		t.Error(err)
	}
	for _, name := range []string{"auth", "id-alg-hkdf-with-sha256", "ukm"} {
		raw := messageIn(t, peer.Vectors(t, "rustcrypto"), "cms", "tests", "examples", "1.3.6.1.4.1.22554.5.6.1_ML-KEM-512-ipd_kemri_"+name+".der")
		e, err := readEnvelope(bytes.NewReader(raw), limit.Limits{})
		if err != nil || e.Recipients[0].KEM == nil || (e.Recipients[0].UKM != nil) != (name == "ukm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The identities of RFC 9216: RSA, and X25519 as RFC 8418 has it.
func TestTheIdentitiesOfRFC9216ReadWhatIsForThem(t *testing.T) {
	dir := peer.Vectors(t, "rfc9216")
	for name, files := range map[string][2]string{
		"alice":  {"4.3-alices-encryption-end-entity-certificate.pem", "4.4-alices-decryption-private-key-material.pem"},
		"bob":    {"5.3-bobs-encryption-end-entity-certificate.pem", "5.4-bobs-decryption-private-key-material.pem"},
		"carlos": {"7.3-carloss-encryption-end-entity-certificate.pem", "7.4-carloss-decryption-private-key-material.pem"},
		"dana":   {"8.3-danas-encryption-end-entity-certificate.pem", "8.4-danas-decryption-private-key-material.pem"},
	} {
		k := identityIn(t, filepath.Join(dir, files[0]), filepath.Join(dir, files[1]))
		for _, c := range ciphers {
			raw := sealTo(t, cms.EnvelopeOptions{Cipher: c.oid, Size: 4, Recipients: []cms.RecipientOptions{{Certificate: k.Certificate}}}, []byte("text"))
			if _, out, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{k}}); err != nil || string(out) != "text" {
				t.Errorf("%s, %s: %q, %v", name, c.name, out, err)
			}
		}
	}
}

func TestTheCorpusOfOpenSSLIsReadOrRefused(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(peer.Vectors(t, "openssl-fuzz-corpora", "cms"), "*"))
	if err != nil || len(files) < 1000 {
		t.Fatal(len(files), err)
	}
	bob := keyOf(testca.Root(t, "Root").Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA))))
	kinds := map[string]int{}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kinds[openAny(raw, bob)]++
	}
	if kinds["*cms.Signed"] == 0 || kinds["*cms.Enveloped"] == 0 {
		t.Errorf("%v", kinds)
	}
}
