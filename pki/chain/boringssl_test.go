package chain_test

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// blocks reads the PEM blocks of a file by type.
func blocks(t *testing.T, path string) map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return out
		}
		out[b.Type] = b.Bytes
	}
}

// table reads a table of file and expectation.
func table(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		f := strings.Split(line, "\t")
		rows[f[0]] = f[1]
	}
	return rows
}

func mustParse(t *testing.T, raw []byte) *pki.Certificate {
	t.Helper()
	c, err := pki.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// word is the state in the words of the tables.
func word(k *chain.Check) string {
	if !k.OK {
		return "UNKNOWN"
	}
	return strings.ToUpper(string(k.Status.State))
}

func TestCRLsOfBoringSSL(t *testing.T) {
	dir := peer.Vectors(t, "boringssl-pki")
	at := time.Date(2017, 3, 9, 0, 0, 0, 0, time.UTC)
	for name, want := range table(t, filepath.Join(dir, "EXPECT-crl.tsv")) {
		b := blocks(t, filepath.Join(dir, "crl_unittest", name))
		got := "UNKNOWN"
		l, err := pki.ParseCRL(b["CRL"])
		var k *chain.Check
		if err == nil {
			q := chain.CRLCheck{CRL: l, Certificate: mustParse(t, b["CERTIFICATE"]), Time: at, MaxAge: 7 * 24 * time.Hour, Allow: alg.Allow{SHA1: true}}
			q.Issuer = mustParse(t, b["CA CERTIFICATE"])
			if raw := b["CA CERTIFICATE 2"]; raw != nil {
				q.Issuer = mustParse(t, raw)
			}
			k = chain.CheckCRL(t.Context(), q)
			got = word(k)
		}
		if got != want {
			t.Errorf("%s: %s, want %s: %v %+v", name, got, want, err, k)
		}
	}
}

func TestOCSPAnswersOfBoringSSL(t *testing.T) {
	dir := peer.Vectors(t, "boringssl-pki")
	at := time.Date(2017, 3, 5, 0, 0, 0, 0, time.UTC) // older than a week is too old
	for name, want := range table(t, filepath.Join(dir, "EXPECT-ocsp.tsv")) {
		b := blocks(t, filepath.Join(dir, "ocsp_unittest", name))
		got := "UNKNOWN"
		r, err := pki.ParseOCSPResponse(b["OCSP RESPONSE"])
		var k *chain.Check
		if err == nil {
			k = chain.CheckOCSP(t.Context(), chain.OCSPCheck{Response: r, Certificate: mustParse(t, b["CERTIFICATE"]), Issuer: mustParse(t, b["CA CERTIFICATE"]),
				Time: at, MaxAge: 7 * 24 * time.Hour, Allow: alg.Allow{SHA1: true}})
			got = word(k)
		}
		if got != want {
			t.Errorf("%s: %s, want %s: %v %+v", name, got, want, err, k)
		}
	}
}
