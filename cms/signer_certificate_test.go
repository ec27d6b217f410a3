package cms_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"math/big"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// STANDARDS 17: who signed is found by what the signer names, not by the place in the list.
func TestTheSignersCertificateIsFound(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	bob := root.Issue(testca.Person("bob@example.org"))
	renewed := root.Renew(alice, testca.Person("alice@example.org"))
	// Three certificates with one key identifier, of which the first has another key.
	liar := root.Issue(testca.Person("mallory@example.org").With(testca.Template(keyIDOf(alice))))
	keyID := tlv(0x80, alice.Certificate.SubjectKeyID)
	for _, c := range []struct {
		name   string
		change func(*crafted)
		found  *testca.Entity
		good   bool
	}{
		{"the first of the list is another", func(m *crafted) { m.certs = [][]byte{bob.Certificate.Raw, alice.Certificate.Raw} }, alice, true},
		{"by key identifier", func(m *crafted) { m.signers[0].sid = keyID }, alice, true},
		{"by key identifier, EXPLICIT", func(m *crafted) { m.signers[0].sid = tlv(0xa0, octets(alice.Certificate.SubjectKeyID)) }, alice, true},
		{"the first with the key identifier has another key", func(m *crafted) {
			m.signers[0].sid = keyID
			m.certs = [][]byte{liar.Certificate.Raw, alice.Certificate.Raw}
		}, alice, true},
		{"only one with another key has the key identifier", func(m *crafted) {
			m.signers[0].sid = keyID
			m.certs = [][]byte{liar.Certificate.Raw}
		}, liar, false},
		{"the confirmed one of two with one key", func(m *crafted) {
			m.signers[0].sid = keyID
			m.signers[0].set(alg.OIDSigningCertificateV2, ess(alg.SHA256.Sum(renewed.Certificate.Raw)))
			m.certs = [][]byte{alice.Certificate.Raw, renewed.Certificate.Raw}
		}, renewed, true},
		{"a serial number with more zeros", func(m *crafted) {
			m.signers[0].sid = sequence(alice.Certificate.RawIssuer, tlv(2, append([]byte{0}, alice.Certificate.SerialRaw...)))
		}, alice, true},
		{"the issuer in capitals", func(m *crafted) {
			m.signers[0].sid = sequence(bytes.Replace(alice.Certificate.RawIssuer, []byte("Root"), []byte("ROOT"), 1), tlv(2, alice.Certificate.SerialRaw))
		}, alice, true},
		{"the subject in place of the issuer", func(m *crafted) {
			m.signers[0].sid = sequence(alice.Certificate.RawSubject, tlv(2, alice.Certificate.SerialRaw))
		}, nil, false},
		{"another serial number", func(m *crafted) { m.signers[0].sid = sequence(alice.Certificate.RawIssuer, tlv(2, []byte{5})) }, nil, false},
		{"an empty key identifier", func(m *crafted) { m.signers[0].sid = tlv(0x80) }, nil, false},
		{"no certificate", func(m *crafted) { m.certs = nil }, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := craft(t, alice, letter)
			c.change(m)
			_, k := m.check(t, alg.Allow{})
			if k.OK() != c.good || !k.DigestOK {
				t.Errorf("good %v, digest %v: %+v", k.OK(), k.DigestOK, k.Findings)
			}
			switch {
			case c.found == nil && k.Certificate != nil:
				t.Errorf("found %v", k.Certificate.Subject)
			case c.found != nil && (k.Certificate == nil || !k.Certificate.Equal(c.found.Certificate)):
				t.Error("another certificate was found")
			}
		})
	}
	m := craft(t, alice, letter)
	m.certs = nil
	if _, k := m.check(t, alg.Allow{}, bob.Certificate, alice.Certificate); !k.OK() {
		t.Errorf("a candidate: %+v", k.Findings)
	}
	if id := openID(t, m); id.Serial().Cmp(new(big.Int).SetBytes(alice.Certificate.SerialRaw)) != 0 || id.Issuer().String() != root.Certificate.Subject.String() {
		t.Errorf("the signer is %v", id)
	}
}

// signSHA1 signs as alg refuses to.
func signSHA1(t testing.TB, by *testca.Entity, message []byte) []byte {
	t.Helper()
	sig, err := by.Signer().Sign(rand.Reader, alg.SHA1.Sum(message), crypto.SHA1)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// keyIDOf gives a certificate the key identifier of another.
func keyIDOf(e *testca.Entity) func(*pki.Template) {
	return func(t *pki.Template) {
		for i := range t.Extensions {
			if t.Extensions[i].ID == alg.OIDExtSubjectKeyID {
				t.Extensions[i].Value = octets(e.Certificate.SubjectKeyID)
			}
		}
	}
}

// openID returns what the first signer names.
func openID(t testing.TB, m *crafted) *cms.ID {
	t.Helper()
	return &openSigned(t, m.bytes(t)).Signers[0].ID
}
