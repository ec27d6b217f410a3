package keyfile_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
)

// utf16le is text as Windows saves it.
func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// RFC 7468 §2 and what mail, editors and web forms make of it.
func TestPEMIsReadInAnyState(t *testing.T) {
	e := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	pem := string(e.KeyPEM()) + string(e.CertificatePEM())
	turned := string(e.CertificatePEM()) + string(e.KeyPEM())
	long := func(s string) string { // each body on one line
		lines := strings.Split(s, "\n")
		var out strings.Builder
		for _, l := range lines {
			out.WriteString(l)
			if strings.HasPrefix(l, "-----") {
				out.WriteString("\n")
			}
		}
		return strings.ReplaceAll(strings.ReplaceAll(out.String(), "-----END", "\n-----END"), "\n\n", "\n")
	}
	for what, text := range map[string][]byte{
		"as it is":                      []byte(pem),
		"in the other order":            []byte(turned),
		"with CR LF":                    []byte(strings.ReplaceAll(pem, "\n", "\r\n")),
		"with CR":                       []byte(strings.ReplaceAll(pem, "\n", "\r")),
		"with empty lines":              []byte(strings.ReplaceAll(pem, "\n", "\n\n")),
		"with spaces at line ends":      []byte(strings.ReplaceAll(pem, "\n", " \t\n")),
		"indented":                      []byte("    " + strings.ReplaceAll(pem, "\n", "\n    ")),
		"on long lines":                 []byte(long(pem)),
		"with text around":              []byte("Dear Alice,\nhere it is: 1\n\n" + pem + "\nRegards\n--\nBob"),
		"beginning with a zero":         []byte("0 s:/CN=alice\n" + pem),
		"with a byte order mark":        append([]byte("\xef\xbb\xbf"), pem...),
		"in UTF-16":                     utf16le(pem),
		"without the last line end":     []byte(strings.TrimSuffix(pem, "\n")),
		"without padding":               []byte(strings.ReplaceAll(pem, "=", "")),
		"with blocks of other kinds":    []byte("-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n" + pem),
		"with a public key beside":      []byte("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n" + pem),
		"with OpenSSH's key beside":     []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n" + pem),
		"with parameters of the key":    []byte("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + pem),
		"with the certificates doubled": []byte(pem + string(e.CertificatePEM())),
	} {
		b, err := keyfile.Read(text, keyfile.Options{})
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		ids := b.Match()
		if len(ids) != 1 || !ids[0].Certificate.Equal(e.Certificate) {
			t.Errorf("%s: %v", what, ids)
		}
		if strings.Contains(what, "beside") && len(b.Notes) != 1 {
			t.Errorf("%s: notes %v", what, b.Notes)
		}
	}
}

func TestPEMThatIsDamagedSaysWhere(t *testing.T) {
	e := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	cert := string(e.CertificatePEM())
	for what, v := range map[string]struct{ text, want string }{
		"cut off":              {cert + cert[:len(cert)/2], "has no end"},
		"another end":          {strings.Replace(cert, "END CERTIFICATE", "END PRIVATE KEY", 1), "line 1 ends with END PRIVATE KEY"},
		"a begin in it":        {"\n" + cert[:100] + "\n" + cert, "line 2 ends with BEGIN CERTIFICATE"},
		"no base64":            {strings.Replace(cert, "MII", "M!I", 1), "is not base64"},
		"an empty block":       {"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "is not base64"},
		"no line of BEGIN":     {`key="-----BEGIN CERTIFICATE-----\nMII"`, "no line begins"},
		"no key in a key":      {strings.ReplaceAll(cert, "CERTIFICATE", "PRIVATE KEY"), "holds no private key"},
		"a key as certificate": {strings.ReplaceAll(string(e.KeyPEM()), "PRIVATE KEY", "CERTIFICATE"), "no certificate that can be read"},
		"a list of no list":    {strings.ReplaceAll(cert, "CERTIFICATE", "X509 CRL"), "revocation list is damaged"},
	} {
		_, err := keyfile.Read([]byte(v.text), keyfile.Options{})
		if !errors.Is(err, keyfile.ErrFormat) || !strings.Contains(err.Error(), v.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What people confuse with keys is named, with the next step.
func TestOtherFilesAreNamed(t *testing.T) {
	block := func(kind string) string { return "-----BEGIN " + kind + "-----\nMAA=\n-----END " + kind + "-----\n" }
	for text, want := range map[string]string{
		"":                             "empty",
		" \n\t":                        "empty",
		"\xfe\xed\xfe\xed\x00\x00":     "keytool",
		"ssh-ed25519 AAAA alice":       "OpenSSH public key",
		"PK\x03\x04abc":                "unpack",
		"PuTTY-User-Key-File-3: x":     "PuTTYgen",
		"Content-Type: text/plain\n\n": "waxwing decrypt",
		"hello":                        "PEM, DER, PKCS#8",
		"%PDF-1.7":                     "PEM, DER, PKCS#8",
		"\xff":                         "PEM, DER, PKCS#8",
		"\xff\xfe":                     "empty",
		"0":                            "damaged or cut off",
		"0\x82":                        "damaged or cut off",
		"0\x03\x0a\x01\x06":            "OCSP answer",
		block("OPENSSH PRIVATE KEY"):   "ssh-keygen -p -m PKCS8",
		block("PGP PRIVATE KEY BLOCK"): "OpenPGP",
		block("PUBLIC KEY"):            "public key alone",
		block("CERTIFICATE REQUEST"):   "certification request",
		block("DH PARAMETERS"):         "it has a block of type DH PARAMETERS",
		block("X\x1b[2J"):              "it has a block of type X\uFFFD[2J",
		block("DSA PARAMETERS"):        "no key and no certificate",
	} {
		_, err := keyfile.Read([]byte(text), keyfile.Options{})
		if !errors.Is(err, keyfile.ErrFormat) || !strings.Contains(err.Error(), want) || strings.ContainsRune(err.Error(), 0x1b) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// One file, several objects, without armour.
func TestObjectsStandBehindEachOther(t *testing.T) {
	root := testca.Root(t, "Root")
	a, b := root.Issue(testca.Person("a@example.org")), root.Issue(testca.Person("b@example.org"))
	two := append(bytes.Clone(a.Certificate.Raw), b.Certificate.Raw...)
	crl := root.CRL().Raw
	for what, data := range map[string][]byte{
		"two certificates": two, "and line ends": append(bytes.Clone(two), "\r\n"...), "and zeros": append(bytes.Clone(two), 0, 0, 0),
		"in bare base64": []byte(base64.StdEncoding.EncodeToString(two) + "\n"), "with a list": append(bytes.Clone(crl), two...),
		"and noise": append(bytes.Clone(two), "noise"...),
	} {
		f, err := keyfile.Read(data, keyfile.Options{})
		if err != nil || len(f.Certificates) != 2 || !f.Certificates[1].Equal(b.Certificate) {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if len(f.CRLs) == 1 != (what == "with a list") || len(f.Notes) == 1 != (what == "and noise") {
			t.Errorf("%s: %d lists, notes %v", what, len(f.CRLs), f.Notes)
		}
	}
}

// OpenSSL's old encryption of PEM, in which MD5 makes the key: only when it is allowed.
func TestTraditionalEncryptionIsReadWhenAllowed(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256} {
		e := testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(testca.Key(k)))
		for _, cipher := range []string{"-aes128", "-aes192", "-aes256", "-des3"} {
			name := "rsa"
			if k == testca.P256 {
				name = "ec"
			}
			args := []string{"openssl", name, cipher, "-passout", "pass:open sesame"}
			if name == "rsa" {
				args = append(args, "-traditional")
			}
			out := peer.Run(t, e.KeyPEM(), args...)
			if !bytes.Contains(out, []byte("DEK-Info")) {
				t.Fatalf("openssl writes %s", out)
			}
			for _, text := range [][]byte{out, bytes.ReplaceAll(out, []byte("\n"), []byte("\r\n"))} {
				b, err := keyfile.Read(text, keyfile.Options{Password: []byte("open sesame"), Allow: legacy})
				if err != nil || len(b.Keys) != 1 || !alg.SameKey(b.Keys[0].Public(), e.Certificate.PublicKey) {
					t.Errorf("%s %s: %v", k, cipher, err)
				}
				var wrong *keyfile.PasswordError
				if _, err := keyfile.Read(text, keyfile.Options{Password: []byte("wrong"), Allow: legacy}); !errors.As(err, &wrong) || !wrong.Given {
					t.Errorf("%s %s, wrong password: %v", k, cipher, err)
				}
				var refused *alg.NotAllowedError
				if _, err := keyfile.Read(text, keyfile.Options{Password: []byte("open sesame")}); !errors.As(err, &refused) {
					t.Errorf("%s %s, not allowed: %v", k, cipher, err)
				}
			}
		}
	}
	text := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: %s\n\nMAA=\n-----END RSA PRIVATE KEY-----\n"
	for info, want := range map[string]string{"BLOWFISH-CBC,00": "openssl pkcs8 -topk8", "AES-128-CBC,zz": "no initialization vector", "AES-128-CBC": "no initialization vector",
		"AES-128-CBC,00112233445566778899aabbccddeeff": "whole number of cipher blocks"} {
		if _, err := keyfile.Read([]byte(strings.Replace(text, "%s", info, 1)), keyfile.Options{Password: []byte("x"), Allow: legacy}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", info, err)
		}
	}
}

// The text that OpenSSL writes around what it takes out of a PKCS#12 file names keys and certificates.
func TestBagAttributesAreRead(t *testing.T) {
	peer.Need(t, "openssl")
	e := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	certs, key, _ := e.Files(t.TempDir(), "e")
	p12 := filepath.Join(t.TempDir(), "e.p12")
	peer.Run(t, nil, "openssl", "pkcs12", "-export", "-inkey", key, "-in", certs, "-name", "Alice at work", "-passout", "pass:x", "-out", p12)
	b, err := keyfile.Read(peer.Run(t, nil, "openssl", "pkcs12", "-in", p12, "-passin", "pass:x", "-nodes"), keyfile.Options{})
	if err != nil || len(b.Keys) != 1 {
		t.Fatal(err)
	}
	k, c := b.Keys[0], b.Labels[b.Certificates[0]]
	if k.Name != "Alice at work" || c.Name != "Alice at work" || len(k.LocalKeyID) != 20 || !bytes.Equal(k.LocalKeyID, c.LocalKeyID) {
		t.Errorf("key %v %x, certificate %v", k.Name, k.LocalKeyID, c)
	}
}
