package cms_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

func authenticate(t *testing.T, o cms.AuthenticateOptions, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := cms.NewAuthenticatedWriter(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, content)
	return out.Bytes()
}

func verifyMAC(t *testing.T, raw []byte, keys ...cms.Key) (*cms.Authenticated, []byte, error) {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		return nil, nil, err
	}
	a, ok := c.(*cms.Authenticated)
	if !ok {
		return nil, nil, errors.New("something else")
	}
	var out bytes.Buffer
	err = a.Verify(t.Context(), &out, cms.DecryptOptions{Keys: cms.KeyList(keys)})
	return a, out.Bytes(), err
}

func TestEveryRecipientVerifiesEveryMAC(t *testing.T) {
	to, keys := everyRecipient(t)
	for _, mac := range []der.OID{"", alg.OIDHMACSHA1, alg.OIDHMACSHA224, alg.OIDHMACSHA384, alg.OIDHMACSHA512, alg.OIDHMACSHA3256, alg.OIDAES128GMAC, alg.OIDAES256GMAC} {
		for _, n := range []int{0, 5, 3 << 20} {
			content := bytes.Repeat([]byte("y"), n)
			raw := authenticate(t, cms.AuthenticateOptions{MAC: mac, Recipients: to, AuthAttributes: []cms.Attribute{someAttribute("x")}}, content)
			for i, k := range keys {
				a, out, err := verifyMAC(t, raw, k)
				if err != nil || !bytes.Equal(out, content) || len(a.Findings) > 0 || len(a.AuthAttributes) != 3 || a.Version != 0 {
					t.Fatalf("%v, recipient %d: %d octets, %v", mac, i, len(out), err)
				}
			}
			if n < 1<<20 {
				assertDER(t, raw)
			}
		}
	}
}

func TestEveryChangeUnderTheMACIsNoticed(t *testing.T) {
	raw := authenticate(t, cms.AuthenticateOptions{ContentType: alg.OIDSignedData, Recipients: []cms.RecipientOptions{{KEK: kek16}}}, []byte("text"))
	content := bytes.Index(raw, build(func(b *der.Builder) { b.OID(alg.OIDSignedData) }))
	tag := bytes.Index(raw, octetString([]byte("text"))) // PKCS #7 has other types of content here, and only the contents are covered
	for i := range raw {
		if _, out, err := verifyMAC(t, flipped(raw, i), cms.Key{KEK: kek16}); err == nil && (i > content && i != tag || string(out) != "text") {
			t.Errorf("octet %d of %d changed: %q", i, len(raw), out)
		}
		if _, _, err := verifyMAC(t, raw[:i], cms.Key{KEK: kek16}); err == nil {
			t.Errorf("cut to %d octets", i)
		}
	}
	for name, want := range map[string]error{"wrong": cms.ErrDecrypt, "none": cms.ErrNoRecipient} {
		var keys []cms.Key
		if name == "wrong" {
			keys = []cms.Key{{KEK: cek16}}
		}
		if _, _, err := verifyMAC(t, raw, keys...); err != want {
			t.Errorf("%s key: %v", name, err)
		}
	}
}

// authenticated writes an AuthenticatedData by hand.
func authenticated(t *testing.T, contentType der.OID, digest, authAttrs []byte, macOver []byte, content []byte) []byte {
	t.Helper()
	m, err := alg.NewMAC(alg.OIDHMACSHA256)
	if err != nil {
		t.Fatal(err)
	}
	h, err := m.New(cek16)
	if err != nil {
		t.Fatal(err)
	}
	h.Write(macOver)
	return build(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.OID(alg.OIDAuthenticatedData)
			b.Explicit(0, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) {
					b.Int(0)
					b.SetOf([][]byte{kekri(t, kek16, cek16)})
					m.Identifier().Append(b)
					b.Raw(digest)
					b.Sequence(func(b *der.Builder) {
						b.OID(contentType)
						if content != nil {
							b.Explicit(0, func(b *der.Builder) { b.OctetString(content) })
						}
					})
					b.Raw(authAttrs)
					b.OctetString(h.Sum(nil))
				})
			})
		})
	})
}

// STANDARDS 4: a digest algorithm and authenticated attributes come together or not at all (CVE-2026-59642), and the attributes hold
// the digest of the content and its type (RFC 5652 §9.2).
func TestDigestAndAttributesComeTogether(t *testing.T) {
	content, digest := []byte("text"), retagged(0xa1, alg.SHA256.Identifier().Bytes())
	md := func(b []byte) cms.Attribute {
		return cms.Attribute{Type: alg.OIDMessageDigest, Values: [][]byte{octetString(b)}}
	}
	right := attributeSet(named(alg.OIDData), md(alg.SHA256.Sum(content)))
	for name, c := range map[string]struct {
		contentType    der.OID
		digest, attrs  []byte
		good, unpaired bool
	}{
		"both":                             {alg.OIDData, digest, right, true, false},
		"neither":                          {alg.OIDData, nil, nil, true, false},
		"neither, and the content is none": {alg.OIDSignedData, nil, nil, false, false},
		"only the attributes":              {alg.OIDData, nil, right, false, true},
		"only the digest":                  {alg.OIDData, digest, nil, false, true},
		"digest of something else":         {alg.OIDData, digest, attributeSet(named(alg.OIDData), md(alg.SHA256.Sum(nil))), false, false},
		"no digest in the attributes":      {alg.OIDData, digest, attributeSet(named(alg.OIDData)), false, false},
		"another type":                     {alg.OIDSignedData, digest, right, false, false},
		"unknown digest":                   {alg.OIDData, retagged(0xa1, alg.Identifier{OID: der.MustOID("1.2.3")}.Bytes()), right, false, false},
	} {
		over, tail := content, []byte(nil)
		if c.attrs != nil {
			over, tail = c.attrs, retagged(0xa2, c.attrs)
		}
		a, _, err := verifyMAC(t, authenticated(t, c.contentType, c.digest, tail, over, content), cms.Key{KEK: kek16})
		if (err == nil) != c.good || err != nil && err != cms.ErrDecrypt || has(a.Findings, finding.CMSDigestUnpaired) != c.unpaired {
			t.Errorf("%s: %v, %v", name, err, a.Findings)
		}
	}
	if _, _, err := verifyMAC(t, authenticated(t, alg.OIDData, nil, nil, nil, nil), cms.Key{KEK: kek16}); err != cms.ErrDetached {
		t.Errorf("the content is elsewhere: %v", err)
	}
}

func TestEncryptedDataRefusesWhatItCannotDo(t *testing.T) {
	for name, f := range map[string]func() error{
		"AEAD": func() error {
			_, err := cms.NewEncryptedWriter(&bytes.Buffer{}, alg.OIDAES128GCM, "", kek16, 1)
			return err
		},
		"a short key": func() error {
			_, err := cms.NewEncryptedWriter(&bytes.Buffer{}, alg.OIDAES128CBC, "", kek16[1:], 1)
			return err
		},
		"3DES": func() error {
			_, err := cms.NewEncryptedWriter(&bytes.Buffer{}, alg.OIDDESEDE3CBC, "", make([]byte, 24), 1)
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s is written", name)
		}
	}
	var out bytes.Buffer
	w, err := cms.NewEncryptedWriter(&out, alg.OIDAES128CBC, "", kek16, 4)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, []byte("text"))
	decrypt := func(raw, key []byte) error {
		c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
		if err != nil {
			return err
		}
		if e, ok := c.(*cms.Encrypted); ok {
			return e.Decrypt(t.Context(), &bytes.Buffer{}, key, alg.Allow{})
		}
		return errors.New("something else")
	}
	if err := decrypt(out.Bytes(), kek16); err != nil {
		t.Fatal(err)
	}
	if err := decrypt(out.Bytes(), kek16[1:]); err != cms.ErrDecrypt {
		t.Errorf("a short key: %v", err)
	}
	for n := range out.Len() {
		if err := decrypt(out.Bytes()[:n], kek16); err == nil {
			t.Errorf("cut to %d octets", n)
		}
	}
}
