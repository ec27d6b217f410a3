package keycheck_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// checkFiles checks the keys of certificates, and that crypto/x509 reads every key that is accepted.
func checkFiles(t *testing.T, files []string) {
	t.Helper()
	accepted, refused := 0, 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(data)
		if block == nil {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			continue // refused before anybody asks about its key
		}
		if err := keycheck.Refused(c.RawSubjectPublicKeyInfo, keycheck.Options{}); err != nil {
			t.Logf("%s: %v", name, err)
			refused++
			continue
		}
		accepted++
		quantum := strings.Contains(name, "_alg_ml") // ML-DSA and ML-KEM, which crypto/x509 does not read
		if _, err := x509.ParsePKIXPublicKey(c.RawSubjectPublicKeyInfo); err != nil && !quantum {
			t.Errorf("%s: accepted, but %v", name, err)
		}
	}
	if accepted < refused {
		t.Errorf("%d accepted, %d refused", accepted, refused)
	}
}
