package keyfile_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// Another library in Go, in both directions and in every form that it has.
func TestGoPKCS12AndWeReadEachOther(t *testing.T) {
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.Ed25519} {
		e := person(t, k)
		std := must(e.Certificate.X509())(t)
		for name, theirs := range map[string]*pkcs12.Encoder{"2023": pkcs12.Modern2023, "2026": pkcs12.Modern2026, "DES": pkcs12.LegacyDES, "RC2": pkcs12.LegacyRC2, "none": pkcs12.Passwordless} {
			word := "pässword"
			if name == "none" {
				word = ""
			}
			raw := must(theirs.Encode(e.Key, std, nil, word))(t)
			allow := alg.Allow{Legacy: name == "DES" || name == "RC2"}
			b, err := keyfile.Read(raw, keyfile.Options{Password: []byte(word), Allow: allow})
			same(t, name, b, err, e)
			if allow.Legacy {
				var refused *alg.NotAllowedError
				if _, err := keyfile.Read(raw, keyfile.Options{Password: []byte(word)}); !errors.As(err, &refused) {
					t.Errorf("%s is read unasked: %v", name, err)
				}
			}
		}
		for name, o := range map[string]keyfile.PKCS12Options{"modern": {}, "compatible": {Compatible: true}, "PBMAC1": {PBMAC1: true}} {
			o.Password, o.Iterations = []byte("pässword"), 1000
			raw := must(keyfile.MarshalPKCS12(bundleOf(e), o))(t)
			key, cert, _, err := pkcs12.DecodeChain(raw, "pässword")
			if err != nil || !bytes.Equal(cert.Raw, e.Certificate.Raw) || !alg.SameKey(key.(crypto.Signer).Public(), e.Certificate.PublicKey) {
				t.Errorf("%s %s: %v", k, name, err)
			}
		}
	}
}

// The keys of many years in one file, each with its name and its certificates.
func TestSeveralKeysKeepTheirNamesAndCertificates(t *testing.T) {
	root := testca.Root(t, "Root")
	ca := root.Issue(testca.Authority("Issuing"))
	var b keyfile.Bundle
	var people []*testca.Entity
	for i := range 30 {
		e := ca.Issue(testca.Person(fmt.Sprintf("person%d@example.org", i)).With(testca.Key([]testca.KeyKind{testca.P256, testca.P384, testca.Ed25519, testca.X25519}[i%4])))
		people = append(people, e)
		b.Keys = append(b.Keys, keyfile.Key{Private: e.Key, Label: keyfile.Label{Name: fmt.Sprintf("Schlüssel %d 😀", i)}})
	}
	for _, e := range people { // certificates in another order
		b.Certificates = append([]*pki.Certificate{e.Certificate}, b.Certificates...)
	}
	b.Certificates = append(b.Certificates, ca.Certificate, root.Certificate)
	b.CRLs = [][]byte{root.CRL().Raw}
	b.Labels = map[*pki.Certificate]keyfile.Label{ca.Certificate: {Name: "the issuer"}}
	for name, o := range map[string]keyfile.PKCS12Options{"modern": {}, "compatible": {Compatible: true, Iterations: 2048}, "PBMAC1": {PBMAC1: true}} {
		o.Password = password
		raw := must(keyfile.MarshalPKCS12(&b, o))(t)
		// With the default limits: all parts share one derivation.
		got, err := keyfile.Read(raw, keyfile.Options{Password: password, Allow: alg.Allow{Legacy: o.Compatible}})
		if err != nil || len(got.Keys) != 30 || len(got.Certificates) != 32 || len(got.CRLs) != 1 || len(got.Notes) != 0 {
			t.Fatalf("%s: %v, %v", name, got, err)
		}
		for i, id := range got.Match() {
			if !id.Certificate.Equal(people[i].Certificate) || len(id.Others) != 1 || id.Key.Name != b.Keys[i].Name {
				t.Errorf("%s: key %d is called %q, of %v", name, i, id.Key.Name, id.Certificate.Subject)
			}
			if !bytes.Equal(id.Key.LocalKeyID, got.Labels[id.Certificate].LocalKeyID) || len(id.Key.LocalKeyID) == 0 {
				t.Errorf("%s: key %d is not tied to its certificate", name, i)
			}
		}
		if l := got.Labels[got.Certificates[30]]; l.Name != "the issuer" || l.LocalKeyID != nil {
			t.Errorf("%s: the issuer's label is %v", name, l)
		}
	}
}

// RFC 7292 Appendix B.1: no password is not the empty one; files are protected with either.
func TestEmptyPasswordsAndNone(t *testing.T) {
	e := person(t, testca.P256)
	std := must(e.Certificate.X509())(t)
	empty := must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: []byte{}, Iterations: 1000}))(t)
	old := must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: []byte{}, Iterations: 1000, Compatible: true}))(t)
	absent := must(pkcs12.LegacyDES.Encode(e.Key, std, nil, ""))(t)
	for what, raw := range map[string][]byte{"empty": empty, "empty, old": old, "absent or empty": absent} {
		for _, given := range [][]byte{nil, {}} {
			b, err := keyfile.Read(raw, keyfile.Options{Password: given, Allow: legacy})
			same(t, what, b, err, e)
		}
		asked := 0
		b, err := keyfile.Read(raw, keyfile.Options{Allow: legacy, Ask: func(string) ([]byte, error) { asked++; return nil, nil }})
		same(t, what, b, err, e)
		if asked != 0 {
			t.Errorf("%s: a person is asked for the password that there is none of", what)
		}
	}
	if _, err := keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{}); err == nil {
		t.Error("a file without password is written")
	}
	if _, err := keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: password, Compatible: true, PBMAC1: true}); err == nil {
		t.Error("a file for old systems with PBMAC1 is written")
	}
}

func TestAPersonIsAskedOnce(t *testing.T) {
	e := person(t, testca.P256)
	raw := must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: password, Iterations: 1000}))(t)
	ask := func(answer string, n *int) func(string) ([]byte, error) {
		return func(what string) ([]byte, error) {
			if *n++; what != "PKCS#12 file" {
				t.Errorf("asked for the password of %q", what)
			}
			return []byte(answer), nil
		}
	}
	n := 0
	b, err := keyfile.Read(raw, keyfile.Options{Ask: ask(string(password), &n)})
	same(t, "asked", b, err, e)
	b, err = keyfile.Read(raw, keyfile.Options{Password: []byte("old"), Ask: ask(string(password), &n)})
	same(t, "asked after a wrong one", b, err, e)
	var wrong *keyfile.PasswordError
	if _, err := keyfile.Read(raw, keyfile.Options{Ask: ask("wrong", &n)}); !errors.As(err, &wrong) || !wrong.Given || n != 3 {
		t.Errorf("wrong answer: %v after %d questions", err, n)
	}
	gone := errors.New("the terminal is gone")
	if _, err := keyfile.Read(raw, keyfile.Options{Ask: func(string) ([]byte, error) { return nil, gone }}); err != gone {
		t.Errorf("%v", err)
	}
	// Two encrypted keys in a PEM file, one question.
	two := append(must(keyfile.MarshalPEM(bundleOf(e), password))(t), must(keyfile.MarshalPEM(bundleOf(person(t, testca.Ed25519)), password))(t)...)
	n = 0
	if b, err := keyfile.Read(two, keyfile.Options{Ask: func(string) ([]byte, error) { n++; return password, nil }}); err != nil || len(b.Keys) != 2 || n != 1 {
		t.Errorf("%v, %v after %d questions", b, err, n)
	}
}

// The MAC is checked before anything else is believed: whatever octet is changed.
func TestEveryChangeAndEveryCutIsNoticed(t *testing.T) {
	e := person(t, testca.P256)
	raw := must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: []byte("x"), Iterations: 1}))(t)
	for i := range raw {
		if _, err := keyfile.Read(raw[:i], keyfile.Options{Password: []byte("x")}); err == nil {
			t.Fatalf("%d octets open", i)
		}
		changed := bytes.Clone(raw)
		changed[i] ^= 0x55
		b, err := keyfile.Read(changed, keyfile.Options{Password: []byte("x")})
		if err == nil && (len(b.Match()) != 1 || !b.Match()[0].Certificate.Equal(e.Certificate)) {
			t.Fatalf("opens as something else with octet %d changed", i)
		}
	}
}

// Files in the clear, in BER, with bags in bags, and with entries of all kinds.
func TestPKCS12OfEveryShapeIsRead(t *testing.T) {
	e := person(t, testca.P256)
	key, cert := keyBag(must(keyfile.MarshalPKCS8(e.Key, nil))(t)), certBag(e.Certificate.Raw)
	nested := seq(oid(alg.OIDSafeContentsBag), ctx(0, seq(seq(oid(alg.OIDSafeContentsBag), ctx(0, seq(key))))))
	secret := seq(oid(der.MustOID("1.2.840.113549.1.12.10.1.5")), ctx(0, seq(oid(alg.OIDData), ctx(0, octets([]byte("?"))))))
	sdsi := seq(oid(alg.OIDCertBag), ctx(0, seq(oid(der.MustOID("1.2.840.113549.1.9.22.2")), ctx(0, el(der.IA5String, false, []byte("x"))))))
	crl := seq(oid(alg.OIDCRLBag), ctx(0, seq(oid(alg.OIDBagX509CRL), ctx(0, octets(testca.Root(t, "Root").CRL().Raw)))))
	contents := seq(key, cert)
	half := len(contents) / 2
	berInfo := ber(0x30, oid(alg.OIDData), ber(0xa0, ber(0x24, octets(contents[:half]), octets(contents[half:]))))
	authSafe := ber(0x30, berInfo)
	for what, v := range map[string]struct {
		raw   []byte
		notes int
	}{
		"in the clear":         {pfx(info(contents)), 0},
		"in two parts":         {pfx(info(seq(key)), info(seq(cert))), 0},
		"bags in bags":         {pfx(info(seq(nested, cert))), 0},
		"a secret and SDSI":    {pfx(info(seq(key, secret, sdsi, cert, crl))), 2},
		"BER within":           {pfx(berInfo), 0},
		"BER all over":         {ber(0x30, integer(3), ber(0x30, oid(alg.OIDData), ber(0xa0, ber(0x24, octets(authSafe[:9]), octets(authSafe[9:]))))), 0},
		"an empty part before": {pfx(info(seq()), info(contents)), 0},
	} {
		b, err := keyfile.Read(v.raw, keyfile.Options{})
		same(t, what, b, err, e)
		if err == nil && len(b.Notes) != v.notes {
			t.Errorf("%s: notes %v", what, b.Notes)
		}
	}
}

func TestPKCS12ThatCannotBeReadIsRefused(t *testing.T) {
	e := person(t, testca.P256)
	key := keyBag(must(keyfile.MarshalPKCS8(e.Key, nil))(t))
	deep := seq(key)
	for range 12 {
		deep = seq(seq(oid(alg.OIDSafeContentsBag), ctx(0, deep)))
	}
	mac := func(fields ...[]byte) []byte { return seq(integer(3), info(seq(info(seq(key)))), seq(fields...)) }
	sha := func(h *alg.Hash) []byte { return seq(h.Identifier().Bytes(), octets(make([]byte, h.Size))) }
	for what, raw := range map[string][]byte{
		"nothing in it": pfx(), "an empty part": pfx(info(seq())), "bags too deep": pfx(info(deep)), "a bag that is none": pfx(info(seq(integer(1)))),
		"a bag of nothing": pfx(info(seq(seq(oid(alg.OIDKeyBag))))), "a part that is none": pfx(integer(1)), "no content": seq(integer(3), seq(oid(alg.OIDData))),
		"signed":                     seq(integer(3), seq(oid(alg.OIDSignedData), ctx(0, seq()))),
		"enveloped":                  pfx(seq(oid(alg.OIDEnvelopedData), ctx(0, seq()))),
		"compressed":                 pfx(seq(oid(alg.OIDCompressedData), ctx(0, seq()))),
		"encrypted by nil":           pfx(seq(oid(alg.OIDEncryptedData), ctx(0, seq(integer(0), seq(oid(alg.OIDData), seq(oid(alg.OIDPBES2))))))),
		"a certificate that is none": pfx(info(seq(certBag([]byte("?"))))),
		"a CRL that is none":         pfx(info(seq(seq(oid(alg.OIDCRLBag), ctx(0, seq(oid(alg.OIDBagX509CRL), ctx(0, octets([]byte("?"))))))))),
		"a shrouded bag in clear":    pfx(info(seq(seq(oid(alg.OIDShroudedKeyBag), ctx(0, seq()))))),
		"a MAC of nothing":           mac(), "a MAC of text": mac(seq(alg.SHA256.Identifier().Bytes(), octets([]byte("?"))), integer(1)),
		"a MAC of no rounds": mac(sha(alg.SHA256), octets([]byte("salt")), integer(0)), "a MAC of less than none": mac(sha(alg.SHA256), octets([]byte("salt")), integer(-1)),
		"a MAC of others": mac(sha(alg.SHA256), octets([]byte("salt")), integer(1)),
	} {
		b, err := keyfile.Read(raw, keyfile.Options{Password: []byte("x")})
		if err == nil || !errors.Is(err, keyfile.ErrFormat) && !errors.Is(err, keyfile.ErrPassword) && !isParams(err) {
			t.Errorf("%s: %v, %v", what, b, err)
		}
	}
}

// What a file claims to need is taken from the budget before it is spent.
func TestWorkIsLimited(t *testing.T) {
	salt := octets(make([]byte, 8))
	pbkdf2 := func(n int64) []byte {
		return alg.Identifier{OID: alg.OIDPBES2, Params: seq(alg.Identifier{OID: alg.OIDPBKDF2, Params: seq(salt, integer(n))}.Bytes(), alg.Identifier{OID: alg.OIDAES256CBC, Params: octets(make([]byte, 16))}.Bytes())}.Bytes()
	}
	scrypt := func(n, r, p int64) []byte {
		return alg.Identifier{OID: alg.OIDPBES2, Params: seq(alg.Identifier{OID: alg.OIDScrypt, Params: seq(salt, integer(n), integer(r), integer(p))}.Bytes(), alg.Identifier{OID: alg.OIDAES256CBC, Params: octets(make([]byte, 16))}.Bytes())}.Bytes()
	}
	old := alg.Identifier{OID: alg.OIDPBESHA13DES, Params: seq(salt, integer(1<<31-1))}.Bytes()
	body := octets(make([]byte, 32))
	macked := func(n int64) []byte {
		return seq(integer(3), info(seq()), seq(seq(alg.SHA1.Identifier().Bytes(), octets(make([]byte, 20))), salt, integer(n)))
	}
	for what, raw := range map[string][]byte{
		"PBKDF2": seq(pbkdf2(1<<31-1), body), "scrypt in time": seq(scrypt(1<<20, 8, 1<<10), body), "scrypt in memory": seq(scrypt(1<<29, 8, 1), body), "PKCS#12": seq(old, body),
		"a MAC": macked(1<<31 - 1), "a MAC of more rounds than a file has octets": macked(1 << 40),
	} {
		var over *limit.Error
		if _, err := keyfile.Read(raw, keyfile.Options{Password: password, Allow: legacy}); !errors.As(err, &over) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var over *limit.Error
	if _, err := keyfile.Read(make([]byte, 1000), keyfile.Options{Budget: limit.New(limit.Limits{Bytes: 999})}); !errors.As(err, &over) || over.What != limit.Bytes {
		t.Errorf("a large file: %v", err)
	}
	many := bytes.Repeat(person(t, testca.P256).CertificatePEM(), 11)
	if _, err := keyfile.Read(many, keyfile.Options{Budget: limit.New(limit.Limits{Certificates: 10})}); !errors.As(err, &over) || over.What != limit.Certificates {
		t.Errorf("many certificates: %v", err)
	}
}

// A localKeyID is a claim: a certificate of another key is not taken for it.
func TestOnlyThePublicKeyPairs(t *testing.T) {
	ca := testca.Root(t, "Root")
	a, b := ca.Issue(testca.Person("a@example.org")), ca.Issue(testca.Person("b@example.org"))
	renewed := ca.Renew(a, testca.Person("a@example.org"))
	id := []byte{1}
	bundle := keyfile.Bundle{Keys: []keyfile.Key{{Private: a.Key, Label: keyfile.Label{LocalKeyID: id}}},
		Certificates: []*pki.Certificate{b.Certificate, a.Certificate, renewed.Certificate},
		Labels:       map[*pki.Certificate]keyfile.Label{b.Certificate: {LocalKeyID: id}, renewed.Certificate: {LocalKeyID: id}}}
	got := bundle.Match()[0]
	if !got.Certificate.Equal(renewed.Certificate) || len(got.Others) != 2 || !got.Others[1].Equal(a.Certificate) {
		t.Errorf("paired with %v", got.Others)
	}
	bundle.Keys[0].Private = &keyfile.UnknownPrivateKey{} // where nothing else is known, the claim speaks
	if got := bundle.Match()[0]; len(got.Others) != 2 || !got.Certificate.Equal(b.Certificate) {
		t.Errorf("paired with %v", got.Others)
	}
	var sum keyfile.Bundle
	sum.Add(&bundle)
	sum.Add(&keyfile.Bundle{Notes: []string{"more"}})
	if len(sum.Keys) != 1 || len(sum.Certificates) != 3 || len(sum.Labels) != 2 || len(sum.Notes) != 1 {
		t.Errorf("%v", sum)
	}
}

// Names of friendlyName, in any string type, hide nothing from a terminal.
func TestFriendlyNamesAreCleaned(t *testing.T) {
	raw := must(keyfile.MarshalPKCS8(person(t, testca.P256).Key, nil))(t)
	for want, value := range map[string][]byte{
		"Alice": el(der.BMPString, false, []byte("\x00A\x00l\x00i\x00c\x00e")), "Bob": el(der.UTF8String, false, []byte("Bob")), "Eve": el(der.BMPString, false, []byte("\x00E\x00v\x00e\x00\x00")),
		"\uFFFD[2J": el(der.UTF8String, false, []byte("\x1b[2J")), "": integer(1),
	} {
		bag := seq(oid(alg.OIDKeyBag), ctx(0, raw), set(seq(oid(alg.OIDFriendlyName), set(value)), seq(oid(alg.OIDLocalKeyID), set()), seq(oid(der.MustOID("1.2.3")), set(null()))))
		b, err := keyfile.Read(pfx(info(seq(bag))), keyfile.Options{})
		if err != nil || b.Keys[0].Name != want {
			t.Errorf("%q: %v, %v", want, b, err)
		}
	}
}

// Certificates that crypto/x509 refuses go in and out all the same.
func TestOddCertificatesTravel(t *testing.T) {
	e := testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(testca.Template(func(tpl *pki.Template) { tpl.Serial.Neg(tpl.Serial) })))
	if _, err := x509.ParseCertificate(e.Certificate.Raw); err == nil {
		t.Fatal("crypto/x509 reads a negative serial number")
	}
	raw := must(keyfile.MarshalPKCS12(bundleOf(e), keyfile.PKCS12Options{Password: password, Iterations: 1000}))(t)
	b, err := keyfile.Read(raw, keyfile.Options{Password: password})
	same(t, "odd", b, err, e)
	raw = must(keyfile.MarshalPEM(bundleOf(e), nil))(t)
	b, err = keyfile.Read(raw, keyfile.Options{})
	same(t, "odd", b, err, e)
	if _, err := keyfile.MarshalPKCS8(rand.Reader, nil); err == nil {
		t.Error("anything is written as a key")
	}
}
