package pki_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// hashless are the options of a key that hashes by itself.
type hashless struct{}

func (hashless) HashFunc() crypto.Hash { return 0 }

// signingKinds are the kinds of keys that sign, and how.
var signingKinds = []struct {
	name    string
	kind    testca.KeyKind
	signing alg.SignOptions
	said    string // by OpenSSL
}{
	{"RSA", testca.RSA, alg.SignOptions{}, "sha256WithRSAEncryption"},
	{"RSA-PSS", testca.RSA, alg.SignOptions{PSS: true}, "rsassaPss"},
	{"RSA with SHA-512", testca.RSA, alg.SignOptions{Hash: alg.SHA512}, "sha512WithRSAEncryption"},
	{"P-256", testca.P256, alg.SignOptions{}, "ecdsa-with-SHA256"},
	{"P-384", testca.P384, alg.SignOptions{}, "ecdsa-with-SHA384"},
	{"P-521", testca.P521, alg.SignOptions{}, "ecdsa-with-SHA512"},
	{"Ed25519", testca.Ed25519, alg.SignOptions{}, "ED25519"},
}

func file(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCertificatesThatAreBuiltAreReadByOthers(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range signingKinds {
		root := testca.Root(t, "Root", testca.Key(k.kind), func(s *testca.Spec) { s.Signing = k.signing })
		subjects := []testca.KeyKind{k.kind}
		if k.kind == testca.P256 {
			subjects = []testca.KeyKind{testca.RSA, testca.P384, testca.P521, testca.Ed25519, testca.X25519}
		}
		for _, subject := range subjects {
			e := root.Issue(testca.Person("alice@example.org").With(testca.Key(subject), func(s *testca.Spec) { s.Signing = k.signing }))
			c := e.Certificate
			if err := c.CheckSignatureFrom(root.Certificate, alg.Allow{}); err != nil || len(c.Faults) > 0 {
				t.Errorf("%s: %v, %v", k.name, err, c.Faults)
			}
			std, err := c.X509()
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range differences(c, std) {
				t.Errorf("%s: %s", k.name, d)
			}
			ca := file(t, "ca.pem", root.CertificatePEM())
			peer.Run(t, e.CertificatePEM(), "openssl", "verify", "-check_ss_sig", "-x509_strict", "-CAfile", ca)
			out := string(peer.Run(t, e.CertificatePEM(), "openssl", "x509", "-noout", "-text"))
			for _, s := range []string{"Signature Algorithm: " + k.said, "email:alice@example.org", "E-mail Protection"} {
				if !strings.Contains(out, s) {
					t.Errorf("%s: openssl does not say %q", k.name, s)
				}
			}
		}
	}
}

// A key that its certificate reserves for PSS signs with PSS unasked (RFC 4055 §1.2).
func TestKeysReservedForPSSSignSo(t *testing.T) {
	peer.Need(t, "openssl")
	k := must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 2048))
	spki := must[[]byte](t)(alg.MarshalPublicKey(&alg.PSSPublicKey{PublicKey: &k.PublicKey}))
	subject := name(t, "CN=PSS")
	basic := must[pki.Extension](t)(pki.BasicConstraintsExtension(true, -1))
	usage := must[pki.Extension](t)(pki.KeyUsageExtension(pki.KeyCertSign))
	id := must[pki.Extension](t)(pki.SubjectKeyIDExtension([]byte{1, 2, 3}))
	raw := must[[]byte](t)(pki.CreateCertificate(pki.Template{Serial: big.NewInt(1), Subject: subject, NotBefore: testca.NotBefore, NotAfter: testca.NotAfter, RawSPKI: spki,
		Extensions: []pki.Extension{basic, usage, id}, Signing: alg.SignOptions{PSS: true}}, nil, k))
	c := must[*pki.Certificate](t)(pki.ParseCertificate(raw))
	if err := c.CheckSignatureFrom(c, alg.Allow{}); err != nil {
		t.Error(err)
	}
	path := file(t, "pss.der", raw)
	if out := peer.Run(t, nil, "openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-text"); !strings.Contains(string(out), "rsassaPss") {
		t.Error("openssl sees no PSS")
	}
	pem := peer.Run(t, nil, "openssl", "x509", "-inform", "DER", "-in", path)
	peer.Run(t, pem, "openssl", "verify", "-check_ss_sig", "-CAfile", file(t, "pss.pem", pem))
}

func TestRequestsThatAreBuiltAreReadByOthers(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range signingKinds {
		signer := testca.Root(t, "Requester", testca.Key(k.kind)).Signer()
		san := must[pki.Extension](t)(pki.SubjectAltNameExtension(false, pki.Mailbox("alice@example.org")))
		usage := must[pki.Extension](t)(pki.KeyUsageExtension(pki.DigitalSignature))
		raw := must[[]byte](t)(pki.CreateRequest(pki.RequestTemplate{Subject: name(t, "CN=Alice,C=CH"), Extensions: []pki.Extension{san, usage}, Signing: k.signing,
			Attributes: []pki.AttributeValues{{Type: alg.OIDChallengePassword, Values: [][]byte{str(der.UTF8String, "open sesame")}}}}, signer))
		r := must[*pki.Request](t)(pki.ParseRequest(raw))
		if err := r.CheckSignature(alg.Allow{}); err != nil || len(r.Faults) > 0 {
			t.Errorf("%s: %v, %v", k.name, err, r.Faults)
		}
		if r.Challenge != "open sesame" || r.SubjectAlt[0].Text != "alice@example.org" || r.KeyUsage != pki.DigitalSignature || r.Subject.String() != "CN=Alice,C=CH" || r.Version != 1 || !alg.SameKey(r.PublicKey, signer.Public()) {
			t.Errorf("%s: %+v", k.name, r)
		}
		if std, err := x509.ParseCertificateRequest(raw); err != nil || std.EmailAddresses[0] != "alice@example.org" {
			t.Errorf("%s: crypto/x509: %v", k.name, err)
		}
		out, errOut, err := peer.Try(t, raw, "openssl", "req", "-inform", "DER", "-verify", "-noout", "-text")
		for _, s := range []string{"Signature Algorithm: " + k.said, "email:alice@example.org", "challengePassword", "open sesame"} {
			if err != nil || !strings.Contains(string(out), s) {
				t.Errorf("%s: openssl does not say %q: %v %s", k.name, s, err, errOut)
			}
		}
		raw[len(raw)-1] ^= 1
		if bad, err := pki.ParseRequest(raw); err == nil && bad.CheckSignature(alg.Allow{}) == nil {
			t.Errorf("%s: a changed signature verifies", k.name)
		}
	}
}

func TestRequestsOfOpenSSLAndOthersAreRead(t *testing.T) {
	peer.Need(t, "openssl")
	dir := t.TempDir()
	for _, args := range [][]string{{"-newkey", "rsa:2048"}, {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"}, {"-newkey", "ed25519"}, {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"}} {
		argv := append([]string{"openssl", "req", "-new", "-nodes", "-keyout", filepath.Join(dir, "k"), "-subj", "/C=CH/CN=Jürg", "-utf8", "-outform", "DER", "-addext", "subjectAltName=email:a@example.org"}, args...)
		r := must[*pki.Request](t)(pki.ParseRequest(peer.Run(t, nil, argv...)))
		if r.Subject.CommonName() != "Jürg" || r.SubjectAlt[0].Text != "a@example.org" || len(r.Faults) > 0 {
			t.Errorf("%v: %v %v", args, r.Subject, r.Faults)
		}
		if err := r.CheckSignature(alg.Allow{}); (err == nil) != !strings.HasSuffix(args[len(args)-1], "secp256k1") {
			t.Errorf("%v: %v", args, err)
		}
	}
	n := 0
	for _, o := range corpus(t, "rustcrypto") {
		if o.kind == "CERTIFICATE REQUEST" || strings.HasSuffix(o.path, "csr.der") {
			r, err := pki.ParseRequest(o.raw)
			if err != nil || r.Subject.Empty() {
				t.Errorf("%s: %v", o.path, err)
			}
			n++
		}
	}
	if n < 3 {
		t.Errorf("only %d requests in the test data", n)
	}
}

func TestOddRequestsAreReadOrRefused(t *testing.T) {
	ed := alg.Identifier{OID: alg.OIDEd25519}.Bytes()
	san := seq(ext(alg.OIDExtSubjectAltName, false, seq(ctxPrim(1, []byte("a@example.org")))))
	request := func(fields ...[]byte) []byte {
		tbs := seq(fields...)
		return seq(tbs, ed, el(der.TagBitString, false, []byte{0}, must[[]byte](t)(key.Sign(nil, tbs, hashless{}))))
	}
	subject, public := name(t, "CN=x").Raw, spkiOf(t, key.Public())
	wanted := func(values ...[]byte) []byte { return ctx(0, seq(oid(alg.OIDExtensionRequest), set(values...))) }
	for what, v := range map[string]struct {
		raw          []byte
		read, broken bool
	}{
		"no attributes":                     {request(integer(0), subject, public), true, false},
		"empty attributes":                  {request(integer(0), subject, public, ctx(0)), true, false},
		"extensions":                        {request(integer(0), subject, public, wanted(san)), true, false},
		"version 2":                         {request(integer(1), subject, public, ctx(0)), true, false},
		"extensions twice":                  {request(integer(0), subject, public, wanted(san, san)), true, true},
		"two attributes for extensions":     {request(integer(0), subject, public, ctx(0, seq(oid(alg.OIDExtensionRequest), set(san)), seq(oid(alg.OIDExtensionRequest), set(san)))), true, true},
		"Microsoft's attribute":             {request(integer(0), subject, public, ctx(0, seq(oid(alg.OIDMicrosoftExtensionRequest), set(san)))), true, false},
		"extensions that are none":          {request(integer(0), subject, public, wanted(integer(1))), false, false},
		"a key that cannot be read":         {request(integer(0), subject, spki(alg.OIDEd25519, nil, nil), ctx(0)), true, false},
		"no subject":                        {request(integer(0), public, ctx(0)), false, false},
		"more behind":                       {request(integer(0), subject, public, ctx(0), integer(1)), false, false},
		"an attribute without values' set":  {request(integer(0), subject, public, ctx(0, seq(oid(alg.OIDChallengePassword)))), false, false},
		"a challenge that is a number":      {request(integer(0), subject, public, ctx(0, seq(oid(alg.OIDChallengePassword), set(integer(1))))), true, false},
		"an attribute of an empty set":      {request(integer(0), subject, public, ctx(0, seq(oid(alg.OIDChallengePassword), set()))), true, false},
		"nothing":                           {nil, false, false},
		"a certificate in place of request": {craft(t, nil), false, false},
	} {
		r, err := pki.ParseRequest(v.raw)
		if (err == nil) != v.read {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if err == nil {
			if _, broken := r.Broken(); broken != v.broken {
				t.Errorf("%s: %v", what, r.Faults)
			}
			if err := r.CheckSignature(alg.Allow{}); (err == nil) != (r.KeyError == nil) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// failing is a signer that does not work.
type failing struct{ crypto.PublicKey }

func (f failing) Public() crypto.PublicKey { return f.PublicKey }
func (failing) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, io.ErrUnexpectedEOF
}

func TestWhatCannotBeBuiltIsAnError(t *testing.T) {
	ca := testca.Root(t, "CA")
	x := testca.Root(t, "CA").Issue(testca.Person("x@example.org").With(testca.Key(testca.X25519)))
	good := pki.Template{Serial: big.NewInt(1), NotBefore: testca.NotBefore, NotAfter: testca.NotAfter, PublicKey: x.Certificate.PublicKey}
	fails := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s is built", what)
		}
	}
	without := good
	without.Serial = nil
	fails("a certificate without a serial number", second(pki.CreateCertificate(without, ca.Certificate, ca.Signer())))
	without = good
	without.PublicKey = nil
	fails("a certificate without a key", second(pki.CreateCertificate(without, ca.Certificate, ca.Signer())))
	without = good
	without.NotAfter = time.Time{}
	fails("a certificate without an end", second(pki.CreateCertificate(without, ca.Certificate, ca.Signer())))
	fails("a certificate of a token that fails", second(pki.CreateCertificate(good, ca.Certificate, failing{ca.Signer().Public()})))
	fails("a certificate signed by X25519", second(pki.CreateCertificate(good, ca.Certificate, failing{x.Certificate.PublicKey})))
	fails("a certificate with SHA-1", second(pki.CreateCertificate(pki.Template{Serial: good.Serial, NotBefore: good.NotBefore, NotAfter: good.NotAfter, PublicKey: good.PublicKey,
		Signing: alg.SignOptions{Hash: alg.SHA1}}, ca.Certificate, ca.Signer())))
	fails("a request of X25519", second(pki.CreateRequest(pki.RequestTemplate{}, failing{x.Certificate.PublicKey})))
	fails("a list without a number", second(pki.CreateCRL(pki.CRLTemplate{ThisUpdate: testca.Now, NextUpdate: testca.Now}, ca.Certificate, ca.Signer())))
	fails("a list without dates", second(pki.CreateCRL(pki.CRLTemplate{Number: big.NewInt(1)}, ca.Certificate, ca.Signer())))
	fails("an answer about nothing", second(pki.CreateOCSP(pki.OCSPTemplate{ProducedAt: testca.Now}, ca.Certificate, ca.Signer())))
	fails("an answer about no certificate", second(pki.CreateOCSP(pki.OCSPTemplate{ProducedAt: testca.Now, Responses: []pki.SingleResponse{{}}}, ca.Certificate, ca.Signer())))
	fails("a request about nothing", second(pki.CreateOCSPRequest(nil, nil)))
	fails("a request about no certificate", second(pki.CreateOCSPRequest([]pki.CertID{{}}, nil)))
	fails("a nonce of 129 octets", second(pki.CreateOCSPRequest([]pki.CertID{{Raw: seq()}}, make([]byte, 129))))
}
