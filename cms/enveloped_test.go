package cms_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

var allCiphers = []der.OID{
	alg.OIDAES128CBC, alg.OIDAES192CBC, alg.OIDAES256CBC, alg.OIDAES128GCM, alg.OIDAES192GCM, alg.OIDAES256GCM,
	alg.OIDAES128CCM, alg.OIDAES192CCM, alg.OIDAES256CCM, alg.OIDChaCha20Poly1305,
}

func isCCM(oid der.OID) bool {
	return oid == alg.OIDAES128CCM || oid == alg.OIDAES192CCM || oid == alg.OIDAES256CCM
}

// attribute is one that nobody knows.
func someAttribute(value string) cms.Attribute {
	var b der.Builder
	b.UTF8String(value)
	raw, err := b.Bytes()
	if err != nil {
		panic(err)
	}
	return cms.Attribute{Type: der.MustOID("1.3.6.1.4.1.99999.1"), Values: [][]byte{raw}}
}

// everyRecipient is one of each kind, and the keys that open it.
func everyRecipient(t *testing.T) (to []cms.RecipientOptions, keys []cms.Key) {
	root := testca.Root(t, "Root")
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.P521, testca.X25519} {
		e := root.Issue(testca.Person("reader@example.org").With(testca.Key(k)))
		to = append(to, cms.RecipientOptions{Certificate: e.Certificate}, cms.RecipientOptions{Certificate: e.Certificate, UseKeyID: true, OAEP: true})
		keys = append(keys, keyOf(e), keyOf(e))
	}
	to = append(to, cms.RecipientOptions{KEK: bytes.Repeat([]byte{7}, 32), KEKID: []byte("seven")}, cms.RecipientOptions{Password: []byte("pass"), Iterations: 1000})
	return to, append(keys, cms.Key{KEK: bytes.Repeat([]byte{7}, 32), KEKID: []byte("seven")}, cms.Key{Password: []byte("pass")})
}

func TestEveryRecipientReadsEveryCipher(t *testing.T) {
	to, keys := everyRecipient(t)
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for _, cipher := range allCiphers {
		for _, size := range []int64{int64(len(content)), -1} {
			if size < 0 && isCCM(cipher) {
				continue
			}
			for _, derive := range []bool{false, true} {
				raw := sealTo(t, cms.EnvelopeOptions{Cipher: cipher, Recipients: to, Size: size, DeriveKey: derive}, content)
				for i, k := range keys {
					e, out, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{k}})
					if err != nil || !bytes.Equal(out, content) {
						t.Fatalf("%s, recipient %d: %d octets, %v", alg.Name(cipher), i, len(out), err)
					}
					if len(e.Findings) > 0 || len(e.Recipients) != len(to) || e.Authenticated != alg.IsAEAD(cipher) {
						t.Fatalf("%s, recipient %d: %+v", alg.Name(cipher), i, e)
					}
				}
				if size >= 0 {
					assertDER(t, raw)
				}
			}
		}
	}
}

// assertDER fails for a message that is BER only.
func assertDER(t *testing.T, raw []byte) {
	t.Helper()
	normal, err := der.Normalize(raw, limit.New(limit.Limits{}))
	if err != nil || !bytes.Equal(normal, raw) {
		t.Errorf("not DER: %v", err)
	}
	// X.690 §11.6: the recipients are a SET OF.
	c := der.NewCursor(raw).Sequence()
	c.OID()
	x, _ := c.Explicit(0)
	s := x.Sequence()
	s.Next()
	s.Optional(der.Context(0))
	var last []byte
	for set := s.Set(); set.More(); {
		next := set.Next().Raw
		if bytes.Compare(last, next) > 0 {
			t.Error("the recipients are not in the order of DER")
		}
		last = next
	}
}

// STANDARDS 30: a fresh key and nonce for every message.
func TestEveryMessageHasAKeyAndANonceOfItsOwn(t *testing.T) {
	to := []cms.RecipientOptions{{KEK: bytes.Repeat([]byte{7}, 16)}}
	for _, cipher := range allCiphers {
		var seen [2][2]string
		for i := range seen {
			e, _, err := open(sealTo(t, cms.EnvelopeOptions{Cipher: cipher, Recipients: to, Size: 3}, []byte("abc")), cms.DecryptOptions{Keys: cms.KeyList{{KEK: to[0].KEK}}})
			if err != nil {
				t.Fatal(err)
			}
			seen[i] = [2]string{string(e.Cipher.Params), string(e.Recipients[0].EncryptedKey)}
		}
		if seen[0][0] == seen[1][0] || seen[0][1] == seen[1][1] {
			t.Errorf("%s: twice the same", alg.Name(cipher))
		}
	}
}

// STANDARDS 32: the version follows from what is inside (RFC 5652 §6.1, RFC 5083 §2.1).
func TestVersionsOfEnvelopes(t *testing.T) {
	root := testca.Root(t, "Root")
	bob := root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
	carol := root.Issue(testca.Person("carol@example.org"))
	open1 := []cms.Attribute{someAttribute("x")}
	ktri, byKeyID := cms.RecipientOptions{Certificate: bob.Certificate}, cms.RecipientOptions{Certificate: bob.Certificate, UseKeyID: true}
	kari, kekri := cms.RecipientOptions{Certificate: carol.Certificate}, cms.RecipientOptions{KEK: make([]byte, 16)}
	pwri := cms.RecipientOptions{Password: []byte("p"), Iterations: 1}
	for name, c := range map[string]struct {
		o    cms.EnvelopeOptions
		want int
	}{
		"ktri by issuer and serial": {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{ktri}}, 0},
		"ktri by key id":            {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{ktri, byKeyID}}, 2},
		"kari":                      {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{kari}}, 2},
		"kekri":                     {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{ktri, kekri}}, 2},
		"pwri":                      {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{ktri, pwri}}, 3},
		"originator":                {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{ktri}, Originator: root.Chain()}, 2},
		"unprotected attributes":    {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{ktri}, Attributes: open1}, 2},
		"pwri and originator":       {cms.EnvelopeOptions{Recipients: []cms.RecipientOptions{pwri}, Originator: []*pki.Certificate{root.Certificate}}, 3},
		"authenticated": {cms.EnvelopeOptions{Cipher: alg.OIDAES128GCM, Recipients: []cms.RecipientOptions{kari, pwri}, Attributes: open1,
			Originator: []*pki.Certificate{root.Certificate}}, 0},
	} {
		if name == "originator" {
			c.o.Originator = []*pki.Certificate{root.Certificate, bob.Certificate}
		}
		if c.o.Cipher == "" {
			c.o.Cipher = alg.OIDAES128CBC
		}
		e, _, err := open(sealTo(t, c.o, nil), cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob), keyOf(carol), {Password: []byte("p")}}})
		if err != nil || e.Version != c.want || has(e.Findings, finding.CMSVersion) {
			t.Errorf("%s: version %d, want %d: %v, %v", name, e.Version, c.want, err, e.Findings)
		}
		if len(e.OriginatorCertificates) != len(c.o.Originator) {
			t.Errorf("%s: %d certificates of the originator", name, len(e.OriginatorCertificates))
		}
	}
}

func has(list []finding.Finding, c finding.Code) bool {
	for _, f := range list {
		if f.Code == c {
			return true
		}
	}
	return false
}

// STANDARDS 3: attributes are authenticated with every AEAD, and those outside are noted.
func TestAuthenticatedAttributesArriveBehindTheContent(t *testing.T) {
	kek := bytes.Repeat([]byte{7}, 32)
	for _, cipher := range allCiphers[3:] {
		for _, n := range []int{0, 100, 3 << 20} {
			content := bytes.Repeat([]byte{'x'}, n)
			raw := sealTo(t, cms.EnvelopeOptions{Cipher: cipher, ContentType: alg.OIDSignedData, Size: int64(n), Recipients: []cms.RecipientOptions{{KEK: kek}},
				AuthAttributes: []cms.Attribute{someAttribute("inside")}, Attributes: []cms.Attribute{someAttribute("outside")}}, content)
			assertDER(t, raw)
			o := cms.DecryptOptions{Keys: cms.KeyList{{KEK: kek}}}
			_, _, err := open(raw, o)
			if late := n > 1<<20 && alg.Name(cipher)[:4] != "AES-" || n > 1<<20 && isCCM(cipher); errors.Is(err, alg.ErrAhead) != late {
				t.Fatalf("%s, %d octets: %v", alg.Name(cipher), n, err)
			}
			ahead, err := readEnvelope(bytes.NewReader(raw), limit.Limits{})
			if err != nil || ahead.Skip() != nil {
				t.Fatal(err)
			}
			o.Ahead = ahead
			e, out, err := open(raw, o)
			if err != nil || !bytes.Equal(out, content) {
				t.Fatalf("%s, %d octets: %v", alg.Name(cipher), n, err)
			}
			if len(e.AuthAttributes) != 2 || len(e.Attributes) != 1 || len(ahead.AuthAttributes) != 2 || !has(e.Findings, finding.CMSOpenAttributes) {
				t.Errorf("%s: attributes %v, %v, %v", alg.Name(cipher), e.AuthAttributes, e.Attributes, e.Findings)
			}
		}
	}
}

func TestAnAheadThatLiesDoesNotDecrypt(t *testing.T) {
	kek := bytes.Repeat([]byte{7}, 32)
	for _, cipher := range []der.OID{alg.OIDAES256CCM, alg.OIDChaCha20Poly1305} {
		message := func(value string) []byte {
			return sealTo(t, cms.EnvelopeOptions{Cipher: cipher, Size: 3, Recipients: []cms.RecipientOptions{{KEK: kek}}, AuthAttributes: []cms.Attribute{someAttribute(value)}}, []byte("abc"))
		}
		ahead, err := readEnvelope(bytes.NewReader(message("another")), limit.Limits{})
		if err != nil || ahead.Skip() != nil {
			t.Fatal(err)
		}
		if _, _, err := open(message("one"), cms.DecryptOptions{Keys: cms.KeyList{{KEK: kek}}, Ahead: ahead}); err != cms.ErrDecrypt {
			t.Errorf("%s: %v", alg.Name(cipher), err)
		}
	}
}

func TestTheWriterRefusesWhatItCannotDo(t *testing.T) {
	to := []cms.RecipientOptions{{KEK: make([]byte, 16)}}
	weak := testca.Root(t, "Root").Issue(testca.Person("eve@example.org").With(testca.Key(testca.Ed25519)))
	for name, o := range map[string]cms.EnvelopeOptions{
		"no recipient":                  {Cipher: alg.OIDAES128CBC},
		"an empty recipient":            {Cipher: alg.OIDAES128CBC, Recipients: []cms.RecipientOptions{{}}},
		"no cipher":                     {Recipients: to},
		"3DES":                          {Cipher: alg.OIDDESEDE3CBC, Recipients: to},
		"a key encryption key of 5":     {Cipher: alg.OIDAES128CBC, Recipients: []cms.RecipientOptions{{KEK: make([]byte, 5)}}},
		"a key that only signs":         {Cipher: alg.OIDAES128CBC, Recipients: []cms.RecipientOptions{{Certificate: weak.Certificate}}},
		"authenticated attributes, CBC": {Cipher: alg.OIDAES128CBC, Recipients: to, AuthAttributes: []cms.Attribute{someAttribute("x")}},
		"CCM of unknown size":           {Cipher: alg.OIDAES128CCM, Recipients: to, Size: -1},
	} {
		var out bytes.Buffer
		if _, err := cms.NewEnvelopedWriter(&out, o); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, %d octets written", name, err, out.Len())
		}
	}
	for _, n := range []int{2, 4} {
		w, err := cms.NewEnvelopedWriter(&bytes.Buffer{}, cms.EnvelopeOptions{Cipher: alg.OIDAES128GCM, Recipients: to, Size: 3})
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write(make([]byte, n))
		if err = errors.Join(err, w.Close()); err == nil {
			t.Errorf("%d octets pass for 3", n)
		}
	}
}

// RFC 8551 §2.3: the key wrap is as strong as the cipher.
func TestTheKeyWrapIsAsStrongAsTheCipher(t *testing.T) {
	carol := testca.Root(t, "Root").Issue(testca.Person("carol@example.org"))
	for cipher, want := range map[der.OID]der.OID{alg.OIDAES128CBC: alg.OIDAES128Wrap, alg.OIDAES192GCM: alg.OIDAES192Wrap, alg.OIDAES256GCM: alg.OIDAES256Wrap, alg.OIDChaCha20Poly1305: alg.OIDAES256Wrap} {
		raw := sealTo(t, cms.EnvelopeOptions{Cipher: cipher, Recipients: []cms.RecipientOptions{{Certificate: carol.Certificate}}}, nil)
		e, err := readEnvelope(bytes.NewReader(raw), limit.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := alg.AgreementOf(e.Recipients[0].KeyEncryption, alg.Allow{})
		if err != nil || a.Wrap.OID != want {
			t.Errorf("%s: %v, %v", alg.Name(cipher), a, err)
		}
	}
}
