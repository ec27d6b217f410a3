package chain_test

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

func pemCertificate(t *testing.T, path string) *pki.Certificate {
	t.Helper()
	b, _ := pem.Decode(must[[]byte](t)(os.ReadFile(path)))
	if b == nil {
		t.Fatalf("%s holds no PEM", path)
	}
	return mustParse(t, b.Bytes)
}

// The certificates of RFC 9216: two roots that certify each other, and people with a key for signing and one for encryption.
func TestCertificatesOfRFC9216(t *testing.T) {
	dir := peer.Vectors(t, "rfc9216")
	read := func(name string) *pki.Certificate { return pemCertificate(t, filepath.Join(dir, name+".pem")) }
	rsa, ed := read("3.1-rsa-certification-authority-root-certificate"), read("6.1-ed25519-certification-authority-root-certificate")
	cross := []*pki.Certificate{read("3.3-rsa-certification-authority-cross-signed-certificate"), read("6.3-ed25519-certification-authority-cross-signed-certificate")}
	for name, c := range map[string]struct {
		root    *pki.Certificate
		purpose chain.Purpose
	}{
		"4.1-alices-signature-verification-end-entity-certificate":  {rsa, chain.SMIMESign},
		"4.3-alices-encryption-end-entity-certificate":              {rsa, chain.SMIMEEncrypt},
		"5.1-bobs-signature-verification-end-entity-certificate":    {rsa, chain.SMIMESign},
		"5.3-bobs-encryption-end-entity-certificate":                {rsa, chain.SMIMEEncrypt},
		"7.1-carloss-signature-verification-end-entity-certificate": {ed, chain.SMIMESign},
		"7.3-carloss-encryption-end-entity-certificate":             {ed, chain.SMIMEEncrypt},
		"8.1-danas-signature-verification-end-entity-certificate":   {ed, chain.SMIMESign},
		"8.3-danas-encryption-end-entity-certificate":               {ed, chain.SMIMEEncrypt},
	} {
		for _, root := range []*pki.Certificate{rsa, ed} {
			for _, purpose := range []chain.Purpose{chain.SMIMESign, chain.SMIMEEncrypt} {
				got := chain.Verify(t.Context(), chain.Request{Leaf: read(name), Pool: cross, Purpose: purpose,
					Anchors: chain.NewAnchors(chain.Anchor{Certificate: root}), Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
				if got.OK != (purpose == c.purpose) {
					t.Errorf("%s for %s: %v", name, purpose, got.Failures)
				}
				// Below the other root the path goes over the cross certificate.
				if want := map[bool]int{true: 2, false: 3}[root == c.root]; len(got.Path) != want {
					t.Errorf("%s: a path of %d certificates, want %d", name, len(got.Path), want)
				}
			}
		}
	}
}

// The PKCS #12 files of MimeKit: a chain of four certificates, whose addresses and revocations its tests use.
func TestChainsOfMimeKit(t *testing.T) {
	dir := filepath.Join(peer.Vectors(t, "MimeKit"), "smime")
	open := func(name string) []*pki.Certificate {
		b, err := keyfile.Read(must[[]byte](t)(os.ReadFile(filepath.Join(dir, name))), keyfile.Options{Password: []byte("no.secret"), Allow: alg.Allow{Legacy: true}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return b.Certificates
	}
	root := open("certificate-authority.pfx")[0]
	pool := append(open("intermediate1.pfx"), open("intermediate2.pfx")...)
	for name, want := range map[string]string{"rsa": "", "ec": "", "dsa": "path.weak-algorithm", "dnsnames": "", "nochain": "", "revoked": ""} {
		leaf := open(filepath.Join(name, "smime.pfx"))[0]
		r := chain.Request{Leaf: leaf, Pool: pool, Anchors: chain.NewAnchors(chain.Anchor{Certificate: root}), Time: leaf.NotBefore.AddDate(0, 6, 0)}
		expect(t, name, chain.Verify(t.Context(), r), want)
		r.Anchors = nil
		expect(t, name+" without an anchor", chain.Verify(t.Context(), r), want+" path.no-anchor")
	}
}
