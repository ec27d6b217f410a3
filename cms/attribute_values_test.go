package cms_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
)

// The three ways of naming the certificate for answers (RFC 8551 §2.5.3), and Microsoft's.
func TestTheKeyPreferenceIsReadInEveryForm(t *testing.T) {
	root := testca.Root(t, "Root")
	alice, crypt := root.Issue(testca.Person("alice@example.org")), root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	c := crypt.Certificate
	issuerSerial := append(bytes.Clone(c.RawIssuer), tlv(2, c.SerialRaw)...)
	for name, change := range map[string]func(*craftedSigner){
		"issuer and serial": func(g *craftedSigner) { g.set(alg.OIDEncryptionKeyPreference, tlv(0xa0, issuerSerial)) },
		"key identifier":    func(g *craftedSigner) { g.set(alg.OIDEncryptionKeyPreference, tlv(0x82, c.SubjectKeyID)) },
		"recipient's key":   func(g *craftedSigner) { g.set(alg.OIDEncryptionKeyPreference, tlv(0xa1, octets(c.SubjectKeyID))) },
		"Microsoft's":       func(g *craftedSigner) { g.set(alg.OIDMicrosoftKeyPreference, sequence(issuerSerial)) },
		"both, of which one counts": func(g *craftedSigner) {
			g.set(alg.OIDEncryptionKeyPreference, tlv(0xa0, issuerSerial))
			g.set(alg.OIDMicrosoftKeyPreference, sequence(c.RawIssuer, tlv(2, []byte{1})))
		},
	} {
		m := craft(t, alice, letter)
		change(m.signers[0])
		s, k := m.check(t, alg.Allow{})
		wantCodes(t, k.Findings)
		p := s.Signers[0].Attributes.EncryptionKey
		if p == nil || !p.ID.Matches(c) || p.ID.Matches(alice.Certificate) {
			t.Errorf("%s: %v", name, p)
		}
	}
	for name, value := range map[string][]byte{
		"an unknown alternative": tlv(0xa3, issuerSerial), "half": tlv(0xa0, c.RawIssuer), "more": tlv(0xa0, issuerSerial, octets(nil)),
	} {
		m := craft(t, alice, letter)
		m.signers[0].set(alg.OIDEncryptionKeyPreference, value)
		s, k := m.check(t, alg.Allow{})
		wantCodes(t, k.Findings, finding.SignatureUnread)
		if p := s.Signers[0].Attributes.EncryptionKey; p != nil {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// What stands twice is not relied on in either form (STANDARDS 10).
func TestAnAttributeThatStandsTwiceIsForgotten(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	m := craft(t, alice, letter)
	g := m.signers[0]
	for value, types := range map[string][]der.OID{
		string(utc): {alg.OIDSigningTime},
		string(sequence(sequence(oid(alg.OIDAES128CBC)))): {alg.OIDSMIMECapabilities},
		string(tlv(0x82, alice.Certificate.SubjectKeyID)): {alg.OIDEncryptionKeyPreference},
		string(ess(make([]byte, 20))):                     {alg.OIDSigningCertificate, alg.OIDSigningCertificateV2},
		string(protect(g.digest, g.algorithm)):            {alg.OIDAlgorithmProtection},
		string(octets(alg.SHA256.Sum(letter))):            {alg.OIDMessageDigest},
		string(oid(alg.OIDData)):                          {alg.OIDContentType},
	} {
		for _, at := range types {
			g.set(at)
			g.attributes = append(g.attributes, attribute(at, []byte(value)), attribute(at, []byte(value)))
		}
	}
	s, k := m.check(t, alg.Allow{})
	a := s.Signers[0].Attributes
	if !a.SigningTime.IsZero() || a.Capabilities != nil || a.EncryptionKey != nil || a.SigningCertificate != nil || a.SigningCertificateV2 != nil ||
		a.Protection != nil || a.MessageDigest != nil || a.ContentType != "" {
		t.Errorf("%+v", a)
	}
	if !k.SignatureOK || k.DigestOK || k.OK() || len(k.Findings) != 8 {
		t.Errorf("%+v", k.Findings)
	}
}

// QUIRK of signers that sign DER and send BER: the signature is over what the attributes are in DER (RFC 5652 §5.4).
func TestAttributesMayComeInAnotherEncodingThanTheyWereSignedIn(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	m := craft(t, alice, letter)
	m.bytes(t) // signs
	g := m.signers[0]
	for i, a := range g.attributes { // a long form of the same lengths
		g.attributes[i] = append([]byte{0x30, 0x82, 0, byte(len(a) - 2)}, a[2:]...)
	}
	_, k := m.check(t, alg.Allow{})
	wantCodes(t, k.Findings, finding.SignatureNotDER)
	if !k.OK() {
		t.Error("it is not good")
	}
	g.signature = nil // signed as it is sent
	_, k = m.check(t, alg.Allow{})
	if !k.OK() {
		t.Errorf("signed as it is sent: %+v", k.Findings)
	}
	g.signature = []byte{0x30, 6, 2, 1, 1, 2, 1, 1}
	_, k = m.check(t, alg.Allow{})
	wantCodes(t, k.Findings, finding.SignatureWrong)
}

func TestIdentifiersAreComparedByWhatTheyName(t *testing.T) {
	root := testca.Root(t, "Root")
	alice, bob := root.Issue(testca.Person("alice@example.org")), root.Issue(testca.Person("bob@example.org"))
	name, key := cms.IDOf(alice.Certificate, false), cms.IDOf(alice.Certificate, true)
	capitals := name
	capitals.RawIssuer = bytes.Replace(name.RawIssuer, []byte("Root"), []byte("ROOT"), 1)
	other, otherKey := cms.IDOf(bob.Certificate, false), cms.IDOf(bob.Certificate, true)
	for _, c := range []struct {
		a, b cms.ID
		same bool
	}{{name, name, true}, {name, capitals, true}, {key, key, true}, {name, key, false}, {name, other, false}, {key, otherKey, false}} {
		if c.a.Equal(&c.b) != c.same || c.b.Equal(&c.a) != c.same {
			t.Errorf("%v and %v: same %v", c.a.String(), c.b.String(), !c.same)
		}
	}
	if key.Serial() != nil || !key.Issuer().Empty() || !strings.HasPrefix(key.String(), "key ") || !strings.Contains(name.String(), "Root") {
		t.Errorf("%v, %v", key.String(), name.String())
	}
	bare := testca.Person("carol@example.org")
	bare.NoKeyID = true
	if id := cms.IDOf(root.Issue(bare).Certificate, true); id.ByKeyID() {
		t.Error("a key identifier that the certificate has not")
	}
}

// A signer can be checked without the message, as long as its algorithm takes a digest.
func TestASignerIsCheckedByItsDigest(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	s := openSigned(t, craft(t, alice, letter).bytes(t))
	g := s.Signers[0]
	sum, ok := s.Digests().Sum(alg.SHA256)
	if !ok {
		t.Fatal("the digest is not there")
	}
	if k := g.Check(alice.Certificate, sum, alg.OIDData, alg.Allow{}); !k.OK() {
		t.Errorf("%+v", k.Findings)
	}
	if k := g.Check(alice.Certificate, sum, alg.OIDTSTInfo, alg.Allow{}); k.OK() {
		t.Error("another type of content is good")
	}
	if k := g.Check(alice.Certificate, make([]byte, 32), alg.OIDData, alg.Allow{}); k.OK() || k.DigestOK {
		t.Error("another digest is good")
	}
}
