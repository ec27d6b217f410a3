package cms_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"path/filepath"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// Keys that crypto/x509 has no certificates for, sign: on brainpool curves, Ed448, and RSA that its certificate reserves
// for PSS (RFC 4055 §1.2), with and without parameters.
func TestUncommonKeysSign(t *testing.T) {
	peer.Need(t, "openssl")
	curve, _ := alg.CurveOf(alg.OIDCurveBrainpoolP384r1)
	brain, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pub448, key448, err := ed448.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("Proof.\r\n"), 100)
	for _, c := range []struct {
		name      string
		pub       crypto.PublicKey
		key       crypto.Signer
		algorithm string
		openssl   bool // 3.0 has no CMS with Ed448
	}{
		{"brainpool", &brain.PublicKey, brain, "ECDSA with SHA-384", true},
		{"Ed448", pub448, key448, "Ed448", false},
		{"PSS", &alg.PSSPublicKey{PublicKey: &key.PublicKey}, key, "RSA-PSS with SHA-256", true},
		{"PSS with SHA-512", &alg.PSSPublicKey{PublicKey: &key.PublicKey, Params: &alg.PSSParams{Hash: alg.SHA512, MGFHash: alg.SHA512, Salt: 64}},
			key, "RSA-PSS with SHA-512", true},
	} {
		root := testca.Root(t, "Root")
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Template(func(p *pki.Template) { p.PublicKey = c.pub })))
		o := signer(alice)
		o.Key = c.key
		raw := stream(t, cms.SignedOptions{Signers: []cms.SignerOptions{o}, Certificates: alice.Chain()}, content)
		_, checks := wantGood(t, raw, content)
		if checks[0].Algorithm != c.algorithm {
			t.Errorf("%s: signed with %s", c.name, checks[0].Algorithm)
		}
		if !c.openssl {
			continue
		}
		dir := t.TempDir()
		root.Files(dir, "root")
		out := peer.Run(t, raw, "openssl", "cms", "-verify", "-binary", "-inform", "der", "-CAfile", filepath.Join(dir, "root.pem"))
		if !bytes.Equal(out, content) {
			t.Errorf("%s: another content came out", c.name)
		}
	}
}
