package testca_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

func TestPeersAcceptWhatIsIssued(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range []testca.KeyKind{testca.P256, testca.P384, testca.P521, testca.RSA, testca.Ed25519} {
		root := testca.Root(t, "Story Root", testca.Key(k))
		issuing := root.Issue(testca.Authority("Story Issuing CA").With(testca.Key(k)))
		alice := issuing.Issue(testca.Person("alice@example.org").With(testca.Key(k)))
		dir := t.TempDir()
		certs, _, _ := alice.Files(dir, "alice")
		root.Files(dir, "root")
		peer.Run(t, nil, "openssl", "verify", "-x509_strict", "-purpose", "smimesign", "-CAfile", filepath.Join(dir, "root.pem"), "-untrusted", certs, certs)
		crl := filepath.Join(dir, "crl.der")
		if err := os.WriteFile(crl, issuing.CRL(alice.Revoke(1)).Raw, 0o600); err != nil {
			t.Fatal(err)
		}
		peer.Run(t, nil, "openssl", "crl", "-inform", "der", "-in", crl, "-noout", "-text")
	}
	root := testca.Root(t, "Story Root")
	x := root.Issue(testca.Person("x@example.org").With(testca.Key(testca.X25519)))
	if len(x.Chain()) != 1 || root.OCSP(x, pki.OCSPGood) == nil {
		t.Error("no answer about a certificate")
	}
}
