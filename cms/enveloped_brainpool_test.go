package cms_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
)

// RFC 5753 with the curves of RFC 5639, as the BSI asks for.
func TestBrainpoolKeysOpenEnvelopesOfOpenSSLAndOurs(t *testing.T) {
	peer.Need(t, "openssl")
	content := bytes.Repeat([]byte("secret\r\n"), 5000)
	for _, oid := range []der.OID{alg.OIDCurveBrainpoolP256r1, alg.OIDCurveBrainpoolP384r1, alg.OIDCurveBrainpoolP512r1} {
		curve, _ := alg.CurveOf(oid)
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		bob := testca.Root(t, "Root").Issue(testca.Person("bob@example.org").With(
			testca.Template(func(p *pki.Template) { p.PublicKey = &key.PublicKey })))
		certFile, keyFile := brainpoolFiles(t, bob, key)
		argv := []string{"openssl", "cms", "-encrypt", "-binary", "-outform", "der", "-aes-256-gcm", "-recip", certFile, "-keyopt", "ecdh_kdf_md:sha256"}
		_, out, err := open(peer.Run(t, content, argv...), cms.DecryptOptions{Keys: cms.KeyList{{Certificate: bob.Certificate, Private: key}}})
		if err != nil || !bytes.Equal(out, content) {
			t.Errorf("%s: openssl's: %v", alg.Name(oid), err)
		}
		raw := sealTo(t, cms.EnvelopeOptions{Cipher: alg.OIDAES256GCM, Size: -1, Recipients: []cms.RecipientOptions{{Certificate: bob.Certificate}}}, content)
		out = peer.Run(t, raw, "openssl", "cms", "-decrypt", "-binary", "-inform", "der", "-recip", certFile, "-inkey", keyFile)
		if !bytes.Equal(out, content) {
			t.Errorf("%s: another content came out", alg.Name(oid))
		}
	}
}

// brainpoolFiles writes what openssl reads.
func brainpoolFiles(t *testing.T, e *testca.Entity, key *ecdsa.PrivateKey) (certFile, keyFile string) {
	t.Helper()
	dir := t.TempDir()
	octets, err := keyfile.MarshalPKCS8(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if b, _ := pem.Decode(octets); b == nil {
		octets = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: octets})
	}
	for file, b := range map[string][]byte{certFile: e.CertificatePEM(), keyFile: octets} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}
