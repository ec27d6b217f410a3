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
)

var (
	kek16 = bytes.Repeat([]byte{7}, 16)
	cek16 = bytes.Repeat([]byte{9}, 16)
	byKEK = cms.DecryptOptions{Keys: cms.KeyList{{KEK: kek16}}}
)

func named(t der.OID) cms.Attribute {
	return cms.Attribute{Type: alg.OIDContentType, Values: [][]byte{build(func(b *der.Builder) { b.OID(t) })}}
}

// STANDARDS 3: a content that is not id-data is named by an authenticated attribute, and the name is right (RFC 5083 §2.1).
func TestAuthenticatedAttributesNameTheContent(t *testing.T) {
	x := someAttribute("x")
	twice := named(alg.OIDSignedData)
	twice.Values = append(twice.Values, twice.Values[0])
	for name, c := range map[string]struct {
		content der.OID
		attrs   []cms.Attribute
		good    bool
	}{
		"data without attributes":     {alg.OIDData, nil, true},
		"data, other attributes":      {alg.OIDData, []cms.Attribute{x}, true},
		"data, named":                 {alg.OIDData, []cms.Attribute{x, named(alg.OIDData)}, true},
		"signed, named":               {alg.OIDSignedData, []cms.Attribute{named(alg.OIDSignedData)}, true},
		"signed without attributes":   {alg.OIDSignedData, nil, false},
		"signed, other attributes":    {alg.OIDSignedData, []cms.Attribute{x}, false},
		"signed, named data":          {alg.OIDSignedData, []cms.Attribute{named(alg.OIDData)}, false},
		"data, named signed":          {alg.OIDData, []cms.Attribute{named(alg.OIDSignedData)}, false},
		"signed, named with 2 values": {alg.OIDSignedData, []cms.Attribute{twice}, false},
		"signed, named twice":         {alg.OIDSignedData, []cms.Attribute{named(alg.OIDSignedData), named(alg.OIDData)}, false},
	} {
		m := craftedEnvelope{kind: alg.OIDAuthEnvelopedData, contentType: c.content, infos: [][]byte{kekri(t, kek16, cek16)}}
		var set []byte
		if c.attrs != nil {
			set = attributeSet(c.attrs...)
			m.tail = retagged(0xa1, set)
		}
		m.tail = append(m.tail, octetString(m.encrypt(t, alg.OIDAES128GCM, cek16, []byte("text"), set))...)
		e, _, err := open(m.bytes(), byKEK)
		if (err == nil) != c.good || err != nil && (err != cms.ErrDecrypt || !has(e.Findings, finding.CMSAuthAttributes)) {
			t.Errorf("%s: %v, %v", name, err, e.Findings)
		}
	}
}

// RFC 5083 §2.2: it is the DER of the attributes that is authenticated, also where they were sent in another order.
func TestAuthenticatedAttributesAreAuthenticatedAsDER(t *testing.T) {
	m := craftedEnvelope{kind: alg.OIDAuthEnvelopedData, infos: [][]byte{kekri(t, kek16, cek16)}}
	set := attributeSet(someAttribute("a"), someAttribute("b"))
	tag := m.encrypt(t, alg.OIDAES128GCM, cek16, []byte("text"), set)
	half := (len(set) - 2) / 2
	swapped := append([]byte{0xa1, 0x80}, append(bytes.Clone(set[2+half:]), set[2:2+half]...)...)
	m.tail = append(append(swapped, 0, 0), octetString(tag)...)
	if e, _, err := open(m.bytes(), byKEK); err != nil || len(e.AuthAttributes) != 2 {
		t.Error(err)
	}
}

// STANDARDS 2: the cipher fits the container, and a tag has 12 to 16 octets.
func TestTheCipherFitsTheContainer(t *testing.T) {
	infos := [][]byte{kekri(t, kek16, cek16)}
	cbc, gcm := craftedEnvelope{kind: alg.OIDAuthEnvelopedData, infos: infos}, craftedEnvelope{kind: alg.OIDEnvelopedData, infos: infos}
	cbc.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
	cbc.tail = octetString(make([]byte, 16))
	gcm.encrypt(t, alg.OIDAES128GCM, cek16, []byte("text"), nil)
	for name, m := range map[string]craftedEnvelope{"CBC in AuthEnvelopedData": cbc, "GCM in EnvelopedData": gcm} {
		if e, _, err := open(m.bytes(), byKEK); err != cms.ErrWrongContainer || !has(e.Findings, finding.CMSWrongContainer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range 20 {
		m := craftedEnvelope{kind: alg.OIDAuthEnvelopedData, infos: infos}
		tag := m.encrypt(t, alg.OIDAES128GCM, cek16, []byte("text"), nil)
		m.tail = octetString(append(tag, 0, 0, 0, 0)[:n])
		if _, _, err := open(m.bytes(), byKEK); (err == nil) != (n == 16) {
			t.Errorf("a tag cut to %d octets: %v", n, err)
		}
		c := der.NewCursor(m.cipher.Params).Sequence()
		nonce := c.OctetString()
		m.cipher.Params = build(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) { b.OctetString(nonce); b.Int(int64(n)) })
		})
		if _, _, err := open(m.bytes(), byKEK); (err == nil) != (n >= 12 && n <= 16) {
			t.Errorf("a tag of %d octets, as announced: %v", n, err)
		}
	}
}

// STANDARDS 30: a key of another length than the cipher wants is no key.
func TestAContentKeyHasTheLengthOfItsCipher(t *testing.T) {
	for _, n := range []int{16, 24, 32, 40} {
		m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{kekri(t, kek16, bytes.Repeat([]byte{9}, n))}}
		m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
		var heard []error
		o := byKEK
		o.Audit = func(a cms.Attempt) { heard = append(heard, a.Err) }
		if _, _, err := open(m.bytes(), o); (err == nil) != (n == 16) || err != nil && err != cms.ErrDecrypt {
			t.Errorf("a key of %d octets: %v", n, err)
		}
		if len(heard) == 0 || (heard[0] == nil) != (n == 16) {
			t.Errorf("the audit heard %v", heard)
		}
	}
}

// RFC 5753 §3.1.1 allows originators with a certificate, which is then in the message. STANDARDS 31: UKM that is absent and UKM that
// is empty give different keys.
func TestStaticOriginatorsAndUKM(t *testing.T) {
	root := testca.Root(t, "Root")
	alice, bob := root.Issue(testca.Person("alice@example.org")), root.Issue(testca.Person("bob@example.org"))
	bobKey := alg.OriginatorKey{Algorithm: bob.Certificate.KeyInfo.Algorithm, PublicKey: bob.Certificate.KeyInfo.Raw}
	from, to := cms.IDOf(alice.Certificate, false), cms.IDOf(bob.Certificate, false)
	for name, ukm := range map[string][]byte{"absent": nil, "empty": {}, "64 octets": make([]byte, 64)} {
		m := craftedEnvelope{kind: alg.OIDEnvelopedData, originator: originatorInfo(alice.Certificate.Raw),
			infos: [][]byte{staticKARI(t, from, alice.Key, to, bobKey, ukm, cek16)}}
		m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
		e, out, err := open(m.bytes(), cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob)}})
		if err != nil || string(out) != "text" || len(e.Findings) > 0 {
			t.Errorf("UKM %s: %q, %v, %v", name, out, err, e.Findings)
		}
		if got := e.Recipients[0].UKM; (got == nil) != (ukm == nil) || !bytes.Equal(got, ukm) {
			t.Errorf("UKM %s: read as %x", name, got)
		}
		m.originator = nil
		if _, _, err := open(m.bytes(), cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob)}}); err != cms.ErrDecrypt {
			t.Errorf("without the certificate: %v", err)
		}
	}
}

// STANDARDS 7: OAEP without its parameters is an error, and never PKCS #1 v1.5.
func TestOAEPWithoutParametersIsRefused(t *testing.T) {
	bob := testca.Root(t, "Root").Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
	id := cms.IDOf(bob.Certificate, false)
	v15, err := alg.NewPKCS1().Encrypt(bob.Certificate.PublicKey, cek16)
	if err != nil {
		t.Fatal(err)
	}
	for name, params := range map[string][]byte{"absent": nil, "NULL": {5, 0}, "an INTEGER": {2, 1, 0}, "cut": {0x30, 5}} {
		if name == "cut" {
			continue // does not parse at all
		}
		m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{ktri(&id, alg.Identifier{OID: alg.OIDRSAESOAEP, Params: params}, v15)}}
		m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
		var bad *alg.ParamsError
		if _, _, err := open(m.bytes(), cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob)}}); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// STANDARDS 9: without a key derivation the password is the key; the cipher below has blocks; the encrypted key two of them at
// least; the work is bounded.
func TestPasswordRecipients(t *testing.T) {
	wrap, err := alg.NewPasswordWrap(alg.OIDAES128CBC)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := wrap.Wrap(kek16, cek16)
	if err != nil {
		t.Fatal(err)
	}
	over := func(oid der.OID, params []byte) alg.Identifier {
		return alg.Identifier{OID: alg.OIDPWRIKEK, Params: alg.Identifier{OID: oid, Params: params}.Bytes()}
	}
	kdf := func(iterations int64) []byte {
		return alg.Identifier{OID: alg.OIDPBKDF2, Params: build(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) { b.OctetString(kek16); b.Int(iterations) })
		})}.Bytes()
	}
	open := func(info []byte) error {
		m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{info}}
		m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
		_, _, err := open(m.bytes(), cms.DecryptOptions{Keys: cms.KeyList{{Password: kek16}}})
		return err
	}
	if err := open(pwri(nil, wrap.Identifier(), wrapped)); err != nil {
		t.Errorf("without a key derivation: %v", err)
	}
	for n := range wrapped {
		if err := open(pwri(nil, wrap.Identifier(), wrapped[:n])); err != cms.ErrDecrypt {
			t.Errorf("an encrypted key cut to %d octets: %v", n, err)
		}
	}
	var unsupported *alg.UnsupportedError
	var params *alg.ParamsError
	if err := open(pwri(nil, over(alg.OIDAES128GCM, octetString(kek16)), wrapped)); !errors.As(err, &params) {
		t.Errorf("over GCM: %v", err)
	}
	if err := open(pwri(nil, over(der.MustOID("2.16.840.1.101.3.4.1.4"), octetString(kek16)), wrapped)); !errors.As(err, &unsupported) {
		t.Errorf("over CFB: %v", err)
	}
	var over10M *limit.Error
	for _, n := range []int64{10_000_001, 1 << 40} {
		if err := open(pwri(kdf(n), wrap.Identifier(), wrapped)); err == nil || n < 1<<31 && (!errors.As(err, &over10M) || over10M.What != limit.KDF) {
			t.Errorf("%d iterations: %v", n, err)
		}
	}
	if err := open(pwri(kdf(1), wrap.Identifier(), wrapped)); err != cms.ErrDecrypt {
		t.Errorf("one iteration: %v", err)
	}
}

func TestAContentThatIsElsewhereIsSaidToBe(t *testing.T) {
	m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{kekri(t, kek16, cek16)}}
	m.encrypt(t, alg.OIDAES128CBC, cek16, nil, nil)
	m.ciphertext = nil
	if e, _, err := open(m.bytes(), byKEK); err != cms.ErrDetached || !e.Detached {
		t.Error(err)
	}
}

func TestOldCiphersAreReadWhenThatIsAllowed(t *testing.T) {
	var old *alg.NotAllowedError
	m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{kekri(t, kek16, bytes.Repeat([]byte{9}, 24))}, ciphertext: make([]byte, 16),
		cipher: alg.Identifier{OID: alg.OIDDESEDE3CBC, Params: octetString(make([]byte, 8))}}
	if _, _, err := open(m.bytes(), byKEK); !errors.As(err, &old) {
		t.Error(err)
	}
	o := byKEK
	o.Allow.Legacy = true
	if _, _, err := open(m.bytes(), o); err != cms.ErrDecrypt {
		t.Error(err)
	}
}
