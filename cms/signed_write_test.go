package cms_test

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// signer returns how somebody signs with everything that mail programs put into a signature.
func signer(e *testca.Entity) cms.SignerOptions {
	return cms.SignerOptions{Certificate: e.Certificate, Key: e.Signer(), SigningTime: testca.Now,
		Capabilities: []alg.Identifier{{OID: alg.OIDAES256GCM}, {OID: alg.OIDAES128CBC}}, EncryptionKey: e.Certificate}
}

// sign signs a content that is at hand.
func sign(t testing.TB, o cms.SignedOptions, content []byte) *cms.Message {
	t.Helper()
	d, err := cms.NewDigests(o)
	if err != nil {
		t.Fatal(err)
	}
	d.Write(content)
	if d.Size() != int64(len(content)) {
		t.Errorf("%d octets hashed of %d", d.Size(), len(content))
	}
	m, err := cms.Sign(o, d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stream signs a content in one pass.
func stream(t testing.TB, o cms.SignedOptions, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := cms.NewSignedWriter(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	for rest := content; len(rest) > 0; {
		n := min(len(rest), 10_007)
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil {
		t.Error("it can be closed twice")
	}
	return out.Bytes()
}

// isDER reports whether all lengths are definite and minimal and all strings in one piece.
func isDER(raw []byte) bool {
	normal, err := der.Normalize(raw, limit.New(limit.Limits{Bytes: 1 << 30}))
	return err == nil && bytes.Equal(normal, raw)
}

// wantGood reads what was written and fails unless every signer is good, and without any finding.
func wantGood(t testing.TB, raw, content []byte) (*cms.Signed, []cms.Check) {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	s := c.(*cms.Signed)
	if !s.Detached {
		if got, err := io.ReadAll(s.Content()); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d octets of %d come back: %v", len(got), len(content), err)
		}
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	if s.Detached {
		if err := s.Hash(bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	wantCodes(t, s.Findings)
	var list []cms.Check
	for i, g := range s.Signers {
		k, err := s.Check(g, nil, alg.Allow{})
		if err != nil || !k.OK() || len(k.Findings) > 0 || k.Status != alg.Current {
			t.Errorf("signer %d: %v, %+v", i+1, err, k)
		}
		list = append(list, k)
	}
	return s, list
}

func TestWhatWeSignIsDERAndGood(t *testing.T) {
	root := testca.Root(t, "Root")
	content := bytes.Repeat([]byte("All work and no play\r\n"), 3000)
	for _, kind := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.P521, testca.Ed25519} {
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(kind)))
		for name, change := range map[string]func(*cms.SignedOptions){
			"plain":        func(*cms.SignedOptions) {},
			"key id":       func(o *cms.SignedOptions) { o.Signers[0].UseKeyID = true },
			"PSS":          func(o *cms.SignedOptions) { o.Signers[0].PSS = true },
			"SHA-512":      func(o *cms.SignedOptions) { o.Signers[0].Hash = alg.SHA512 },
			"another type": func(o *cms.SignedOptions) { o.ContentType = alg.OIDTSTInfo },
			"detached":     func(o *cms.SignedOptions) { o.Detached = true },
			"nothing extra": func(o *cms.SignedOptions) {
				o.Signers[0] = cms.SignerOptions{Certificate: alice.Certificate, Key: alice.Signer()}
			},
		} {
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				o := cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}
				change(&o)
				m := sign(t, o, content)
				var out bytes.Buffer
				if err := m.Write(&out, bytes.NewReader(content)); err != nil || m.Size() != int64(out.Len()) {
					t.Fatalf("%d octets, %d announced: %v", out.Len(), m.Size(), err)
				}
				if o.Detached != bytes.Equal(out.Bytes(), m.Detached()) {
					t.Error("detached and not")
				}
				for _, raw := range [][]byte{out.Bytes(), stream(t, o, content)} {
					if !isDER(raw) {
						t.Error("not DER")
					}
					wantGood(t, raw, content)
				}
			})
		}
	}
}

// Every attribute comes back as it was given (RFC 5652 §11, RFC 8551 §2.5, RFC 5035 §3, RFC 6211 §2).
func TestTheSignedAttributesComeBack(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	crypt := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	o := signer(alice)
	o.EncryptionKey = crypt.Certificate
	o.Attributes = []cms.Attribute{{Type: alg.OIDContentHint, Values: [][]byte{sequence(oid(alg.OIDData))}}}
	raw := stream(t, cms.SignedOptions{Signers: []cms.SignerOptions{o}, Certificates: alice.Chain()}, letter)
	s, _ := wantGood(t, raw, letter)
	a := s.Signers[0].Attributes
	hash := alg.SHA256.Sum(alice.Certificate.Raw)
	switch {
	case a.ContentType != alg.OIDData, !bytes.Equal(a.MessageDigest, alg.SHA256.Sum(letter)), !a.SigningTime.Equal(testca.Now):
		t.Errorf("%+v", a)
	case len(a.Capabilities) != 2 || !a.Capabilities[0].Equal(o.Capabilities[0]) || !a.Capabilities[1].Equal(o.Capabilities[1]):
		t.Errorf("capabilities: %v", a.Capabilities)
	case a.EncryptionKey == nil || !a.EncryptionKey.ID.Matches(crypt.Certificate) || a.EncryptionKey.ID.Matches(alice.Certificate):
		t.Errorf("key preference: %v", a.EncryptionKey)
	case len(a.SigningCertificateV2) != 1 || !bytes.Equal(a.SigningCertificateV2[0].Value, hash) || a.SigningCertificateV2[0].ID == nil || !a.SigningCertificateV2[0].ID.Matches(alice.Certificate):
		t.Errorf("signing certificate: %+v", a.SigningCertificateV2)
	case a.Protection == nil || !a.Protection.Digest.Equal(s.Signers[0].Digest) || !a.Protection.Signature.Equal(s.Signers[0].Algorithm):
		t.Errorf("algorithm protection: %+v", a.Protection)
	}
	if hint, ok := a.Get(alg.OIDContentHint); !ok || len(hint.Values) != 1 {
		t.Errorf("content hints: %v", hint)
	}
	var order [][]byte
	for set := der.NewCursor(a.Raw).Set(); set.More(); {
		order = append(order, set.Next().Raw)
	}
	if !slices.IsSortedFunc(order, bytes.Compare) || len(order) != 8 {
		t.Errorf("%d attributes, sorted as DER asks: %v", len(order), slices.IsSortedFunc(order, bytes.Compare))
	}
	// The standard library's strict reader agrees that it is DER.
	var any asn1.RawValue
	if rest, err := asn1.Unmarshal(raw, &any); err != nil || len(rest) > 0 {
		t.Error(err)
	}
}

// RFC 5652 §11.3: UTCTime for the years 1950 to 2049, GeneralizedTime for others.
func TestTheTimeOfSigningIsWrittenByItsYear(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	for text, at := range map[string]time.Time{
		"\x17\x0d491231235959Z":   time.Date(2049, 12, 31, 23, 59, 59, 999, time.UTC),
		"\x18\x0f20500101000000Z": time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC),
		"\x17\x0d500101000000Z":   time.Date(1950, 1, 1, 1, 0, 0, 0, time.FixedZone("CET", 3600)),
		"\x18\x0f19491231235959Z": time.Date(1949, 12, 31, 23, 59, 59, 0, time.UTC),
	} {
		o := signer(alice)
		o.SigningTime = at
		raw := stream(t, cms.SignedOptions{Signers: []cms.SignerOptions{o}, Certificates: alice.Chain()}, letter)
		if !bytes.Contains(raw, append(oid(alg.OIDSigningTime), tlv(0x31, []byte(text))...)) {
			t.Errorf("%v is not written as %q", at, text)
		}
		if s, _ := wantGood(t, raw, letter); !s.Signers[0].Attributes.SigningTime.Equal(at.Truncate(time.Second)) {
			t.Errorf("%v comes back as %v", at, s.Signers[0].Attributes.SigningTime)
		}
	}
}

// STANDARDS 32, and the order of every SET OF.
func TestVersionsAndSetsAreAsTheContentsAsk(t *testing.T) {
	root := testca.Root(t, "Root")
	alice, bob := root.Issue(testca.Person("alice@example.org")), root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
	twice := append(alice.Chain(), append(bob.Chain(), alice.Chain()...)...)
	for _, c := range []struct {
		name    string
		change  func(*cms.SignedOptions)
		version int
		signers []int
	}{
		{"plain", func(o *cms.SignedOptions) {}, 1, []int{1, 1}},
		{"a type that is not data", func(o *cms.SignedOptions) { o.ContentType = alg.OIDTSTInfo }, 3, []int{1, 1}},
		{"a key identifier", func(o *cms.SignedOptions) { o.Signers[1].UseKeyID = true }, 3, []int{1, 3}},
		{"a CRL", func(o *cms.SignedOptions) { o.CRLs = []*pki.CRL{root.CRL(), root.CRL(alice.Revoke(0))} }, 1, []int{1, 1}},
		{"an OCSP answer", func(o *cms.SignedOptions) { o.OCSP = []*pki.OCSPResponse{root.OCSP(alice, pki.OCSPGood)} }, 5, []int{1, 1}},
		{"nobody", func(o *cms.SignedOptions) { o.Signers = nil }, 1, nil},
	} {
		o := cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice), signer(bob)}, Certificates: twice}
		o.Signers[1].Hash = alg.SHA512
		c.change(&o)
		raw := stream(t, o, letter)
		s, _ := wantGood(t, raw, letter)
		var versions []int
		for _, g := range s.Signers {
			versions = append(versions, g.Version)
		}
		slices.Sort(versions)
		if s.Version != c.version || !slices.Equal(versions, c.signers) || !isDER(raw) {
			t.Errorf("%s: version %d, signers %v", c.name, s.Version, versions)
		}
		if len(s.Certificates) != 2 || bytes.Compare(s.Certificates[0].Raw, s.Certificates[1].Raw) > 0 {
			t.Errorf("%s: %d certificates", c.name, len(s.Certificates))
		}
		if len(s.Signers) == 2 && (bytes.Compare(s.Signers[0].Raw, s.Signers[1].Raw) > 0 || len(s.DigestAlgorithms) != 2) {
			t.Errorf("%s: signers in another order, %v", c.name, s.DigestAlgorithms)
		}
		if len(s.CRLs) != len(o.CRLs) || len(s.OCSP) != len(o.OCSP) {
			t.Errorf("%s: %d CRLs, %d answers", c.name, len(s.CRLs), len(s.OCSP))
		}
	}
}

// RFC 8551 §3.8: a message of certificates only has no content.
func TestCertificatesOnly(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	m := sign(t, cms.SignedOptions{Detached: true, Certificates: alice.Chain()}, nil)
	s := openSigned(t, m.Detached())
	if len(s.Signers) > 0 || !s.Detached || len(s.Certificates) != 1 || s.Version != 1 || len(s.DigestAlgorithms) > 0 || len(s.Findings) > 0 {
		t.Errorf("%+v", s)
	}
}

// RFC 8419 §3: Ed448 names another digest with signed attributes than without.
func TestEd448SignsWithItsOwnDigest(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	_, key, err := ed448.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, bare := range []bool{false, true} {
		o := cms.SignerOptions{Certificate: alice.Certificate, Key: key, NoAttributes: bare}
		s := openSigned(t, stream(t, cms.SignedOptions{Signers: []cms.SignerOptions{o}}, letter))
		want := alg.OIDSHAKE256Len
		if bare {
			want = alg.OIDSHAKE256
		}
		if g := s.Signers[0]; g.Digest.OID != want || s.DigestAlgorithms[0].OID != want || g.Algorithm.OID != alg.OIDEd448 || len(g.Signature) != 114 {
			t.Errorf("bare %v: %v and %v, %d octets", bare, g.Digest, g.Algorithm, len(g.Signature))
		}
		if err := s.Hash(bytes.NewReader(letter)); err != nil {
			t.Fatal(err)
		}
		ed := *alice.Certificate
		ed.PublicKey = key.Public()
		if k, err := s.Check(s.Signers[0], []*pki.Certificate{&ed}, alg.Allow{}); err != nil || !k.OK() {
			t.Errorf("bare %v: %+v, %v", bare, k.Findings, err)
		}
	}
}

// Unsigned attributes are made out of the signature, as a timestamp is (RFC 3161 Appendix A).
func TestUnsignedAttributesAreMadeOutOfTheSignature(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	o := signer(alice)
	o.Unsigned = func(signature []byte) ([]cms.Attribute, error) {
		return []cms.Attribute{{Type: alg.OIDSignatureTimeStamp, Values: [][]byte{octets(alg.SHA256.Sum(signature))}}}, nil
	}
	for _, size := range []int{100, 3 << 20} {
		content := make([]byte, size)
		options := cms.SignedOptions{Signers: []cms.SignerOptions{o}, Certificates: alice.Chain(), Size: int64(size)}
		s, _ := wantGood(t, stream(t, options, content), content)
		g := s.Signers[0]
		if tokens := g.Timestamps(); len(tokens) != 1 || !bytes.Equal(tokens[0], octets(alg.SHA256.Sum(g.Signature))) {
			t.Errorf("%d octets: %d timestamps", size, len(tokens))
		}
	}
	full := errors.New("the timestamp authority is closed")
	o.Unsigned = func([]byte) ([]cms.Attribute, error) { return nil, full }
	options := cms.SignedOptions{Signers: []cms.SignerOptions{o}}
	d, _ := cms.NewDigests(options)
	if _, err := cms.Sign(options, d); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

func TestWhatCannotBeSignedIsOneClearError(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	rsa := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	for name, c := range map[string]struct {
		change func(*cms.SignerOptions)
		say    string
	}{
		"no certificate": {func(o *cms.SignerOptions) { o.Certificate = nil }, "required"},
		"no key":         {func(o *cms.SignerOptions) { o.Key = nil }, "required"},
		"SHA-1":          {func(o *cms.SignerOptions) { o.Hash = alg.SHA1 }, "SHA-1"},
		"an attribute twice": {func(o *cms.SignerOptions) {
			o.Attributes = []cms.Attribute{{Type: alg.OIDSigningTime, Values: [][]byte{utc}}}
		}, "signing-time is given twice"},
		"a digest that was not computed": {func(o *cms.SignerOptions) { o.Hash = alg.SHA3512 }, "hashed"},
	} {
		o := signer(alice)
		d, err := cms.NewDigests(cms.SignedOptions{Signers: []cms.SignerOptions{o}})
		if err != nil {
			t.Fatal(err)
		}
		c.change(&o)
		_, err = cms.Sign(cms.SignedOptions{Signers: []cms.SignerOptions{o}}, d)
		if err == nil || !strings.Contains(err.Error(), c.say) || !strings.Contains(err.Error(), "signer 1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A content that is not the one that was hashed.
	m := sign(t, cms.SignedOptions{Signers: []cms.SignerOptions{signer(rsa)}}, letter)
	for _, other := range []string{"", "short", string(letter) + "x"} {
		if err := m.Write(io.Discard, strings.NewReader(other)); err == nil {
			t.Errorf("%d octets instead of %d are written", len(other), len(letter))
		}
	}
}

// STANDARDS 34: a message is signed once and written as often as wanted.
func TestAMessageIsSignedOnce(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	m := sign(t, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}, letter)
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := m.Write(w, bytes.NewReader(letter)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) || !bytes.Equal(m.Detached(), m.Detached()) {
		t.Error("it was signed again")
	}
	body, err := m.Begin(&first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := body.Write(append(letter, 'x')); err == nil {
		t.Error("more than was signed is written")
	}
}
