package keyfile

import (
	"crypto/hmac"
	"errors"
	"math"
	"unicode/utf16"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// pkcs12 reads a PFX (RFC 7292 §4). The MAC is checked before anything is decrypted.
func (r *reader) pkcs12(data []byte) error {
	c := der.NewCursor(data)
	pfx := c.Sequence()
	pfx.SmallInt() // version, which told the kind
	safe, ok := contentOf(pfx.Sequence(), alg.OIDData)
	if !ok {
		return formatError("the PKCS#12 file is damaged, or protected with a public key instead of a password")
	}
	r.passwords.tryEmpty = true
	if pfx.More() {
		if err := r.checkMAC(pfx.Sequence(), safe); err != nil {
			return err
		}
	}
	if pfx.Err() != nil {
		return damaged("PKCS#12 file", nil)
	}
	list := der.NewCursor(safe).Sequence()
	for list.More() {
		if err := r.safe(list.Sequence()); err != nil {
			return err
		}
	}
	if list.Err() != nil {
		return damaged("PKCS#12 file", nil)
	}
	return nil
}

// contentOf reads a ContentInfo of a type and returns its octets.
func contentOf(c *der.Cursor, want der.OID) ([]byte, bool) {
	t := c.OID()
	inner, ok := c.Explicit(0)
	if !ok || t != want {
		return nil, false
	}
	octets := inner.OctetString()
	return octets, inner.Err() == nil
}

// safe reads one AuthenticatedSafe entry: SafeContents in the clear or encrypted.
func (r *reader) safe(c *der.Cursor) error {
	rest := c.Rest()
	if octets, ok := contentOf(der.NewCursor(rest), alg.OIDData); ok {
		return r.bags(octets, 0)
	}
	if c.OID() != alg.OIDEncryptedData {
		return formatError("a part of the PKCS#12 file is protected with a public key; parts protected with a password can be read")
	}
	inner, _ := c.Explicit(0)
	s := inner.Sequence()
	s.SmallInt()
	info := s.Sequence()
	info.OID()
	id := alg.ParseIdentifier(info)
	v, ok := info.Optional(der.Context(0))
	if !ok || info.Err() != nil {
		return damaged("PKCS#12 file", nil)
	}
	ciphertext, err := der.OctetsOf(v)
	if err != nil {
		return damaged("PKCS#12 file", nil)
	}
	plain, err := r.decrypt("PKCS#12 file", id, ciphertext)
	if err != nil {
		return err
	}
	return r.bags(plain, 0)
}

// deepest is how far bags stand inside each other.
const deepest = 8

// bags reads SafeContents (RFC 7292 §4.2).
func (r *reader) bags(data []byte, depth int) error {
	normal, err := der.Normalize(data, r.budget)
	if err != nil || depth > deepest {
		return damaged("PKCS#12 file", nil)
	}
	c := der.NewCursor(normal)
	list := c.Sequence()
	for list.More() {
		if err := r.bag(list.Sequence(), depth); err != nil {
			return err
		}
	}
	if list.Err() != nil || c.Done() != nil {
		return damaged("PKCS#12 file", nil)
	}
	return nil
}

func (r *reader) bag(c *der.Cursor, depth int) error {
	kind := c.OID()
	value, ok := c.Explicit(0)
	if !ok || c.Err() != nil {
		return damaged("PKCS#12 file", nil)
	}
	raw := value.Next().Raw
	label := readLabel(c)
	switch kind {
	case alg.OIDKeyBag:
		return r.privateKeyInfo(raw, label)
	case alg.OIDShroudedKeyBag:
		return r.encryptedKey(raw, label)
	case alg.OIDSafeContentsBag:
		return r.bags(raw, depth+1)
	case alg.OIDCertBag, alg.OIDCRLBag:
		one := der.NewCursor(raw).Sequence()
		t := one.OID()
		inner, _ := one.Explicit(0)
		octets := inner.OctetString()
		switch {
		case one.Err() != nil || inner.Err() != nil:
			return damaged("PKCS#12 file", nil)
		case t == alg.OIDBagX509Certificate:
			return r.certificate(octets, label)
		case t == alg.OIDBagX509CRL:
			r.bundle.CRLs = append(r.bundle.CRLs, octets)
			return nil
		}
	}
	r.bundle.Notes = append(r.bundle.Notes, "an entry of type "+alg.Name(kind)+" that was skipped")
	return nil
}

// readLabel reads the attributes of a bag.
func readLabel(c *der.Cursor) (l Label) {
	v, ok := c.Optional(der.Set)
	if !ok {
		return l
	}
	for list := der.NewCursor(v.Body); list.More(); {
		a := list.Sequence()
		t := a.OID()
		values := a.Set()
		if !values.More() {
			continue
		}
		value := values.Next()
		switch t {
		case alg.OIDFriendlyName:
			l.Name = bmp(value.Body)
		case alg.OIDLocalKeyID:
			l.LocalKeyID = value.Body
		}
	}
	return l
}

// bmp reads a BMPString.
func bmp(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, uint16(b[0])<<8|uint16(b[1]))
	}
	return string(utf16.Decode(units))
}

// checkMAC checks the MacData over the AuthenticatedSafe (RFC 7292 §4, Appendix B; RFC 9579 §3).
func (r *reader) checkMAC(mac *der.Cursor, safe []byte) error {
	info := mac.Sequence()
	id := alg.ParseIdentifier(info)
	want := info.OctetString()
	salt := mac.OctetString()
	iterations := int64(1)
	if mac.More() {
		iterations = mac.SmallInt()
	}
	if info.Err() != nil || mac.Err() != nil {
		return damaged("PKCS#12 file", nil)
	}
	sum, err := r.macOf(id, salt, iterations)
	if err != nil {
		return err
	}
	return r.passwords.try("PKCS#12 file", func(password []byte) error {
		for _, none := range []bool{false, true} {
			if none && len(password) > 0 {
				break
			}
			got, err := sum(password, none, safe)
			if err != nil {
				return err
			}
			if hmac.Equal(got, want) {
				return nil
			}
		}
		return &PasswordError{What: "PKCS#12 file", Given: true}
	})
}

// macOf returns what computes the MAC under a password. none stands for no password at all, which is not the empty one.
func (r *reader) macOf(id alg.Identifier, salt []byte, iterations int64) (func(password []byte, none bool, safe []byte) ([]byte, error), error) {
	if id.OID == alg.OIDPBMAC1 {
		p, err := alg.PasswordMACOf(id)
		if err != nil {
			return nil, err
		}
		return func(password []byte, _ bool, safe []byte) ([]byte, error) { return p.Sum(password, safe, r.budget) }, nil
	}
	h, err := alg.HashOf(id)
	if err != nil {
		return nil, err
	}
	if iterations < 1 || iterations > math.MaxInt32 || h.Std == 0 {
		return nil, damaged("PKCS#12 file", errors.New("its digest or iteration count"))
	}
	return func(password []byte, none bool, safe []byte) ([]byte, error) {
		if !none {
			password = alg.BMPPassword(password)
		}
		return pkcs12MAC(h, password, salt, int(iterations), safe, r.budget)
	}, nil
}

// pkcs12MAC computes the MAC of RFC 7292 Appendix B.4 under a password in BMP form, nil for none.
func pkcs12MAC(h *alg.Hash, password, salt []byte, iterations int, safe []byte, b *limit.Budget) ([]byte, error) {
	key, err := alg.PKCS12Key(h, alg.PKCS12ForMAC, password, salt, iterations, h.Size, b)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(h.New, key)
	mac.Write(safe)
	return mac.Sum(nil), nil
}
