package keyfile

import (
	"strings"
	"unicode"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// deepest is how far bags stand inside each other.
const deepest = 8

// bags reads SafeContents (RFC 7292 §4.2).
func (r *reader) bags(data []byte, depth int) error {
	if depth > deepest {
		return damaged(filePKCS12, nil)
	}
	c := der.NewCursor(data)
	list := c.Sequence()
	for list.More() {
		if err := r.bag(list.Sequence(), depth); err != nil {
			return err
		}
	}
	if list.Err() != nil || c.Done() != nil {
		return damaged(filePKCS12, nil)
	}
	return nil
}

// bag reads one SafeBag.
func (r *reader) bag(c *der.Cursor, depth int) error {
	kind := c.OID()
	value, ok := c.Explicit(0)
	if !ok || c.Err() != nil {
		return damaged(filePKCS12, nil)
	}
	raw := value.Next().Raw
	label := readLabel(c)
	if c.Err() != nil {
		return damaged(filePKCS12, nil)
	}
	switch kind {
	case alg.OIDKeyBag:
		return r.privateKeyInfo(raw, label)
	case alg.OIDShroudedKeyBag:
		return r.encryptedKey(raw, label)
	case alg.OIDSafeContentsBag:
		return r.bags(raw, depth+1)
	case alg.OIDCertBag, alg.OIDCRLBag:
		return r.wrappedBag(raw, label)
	}
	r.skip("an entry of type "+alg.Name(kind), "")
	return nil
}

// wrappedBag reads a CertBag or CRLBag (RFC 7292 §4.2.3, §4.2.4).
func (r *reader) wrappedBag(raw []byte, label Label) error {
	c := der.NewCursor(raw).Sequence()
	t := c.OID()
	inner, ok := c.Explicit(0)
	switch {
	case !ok || c.Err() != nil:
		return damaged(filePKCS12, nil)
	case t == alg.OIDBagX509Certificate:
		octets := inner.OctetString()
		if inner.Err() != nil {
			return damaged(filePKCS12, nil)
		}
		return r.certificate(octets, label)
	case t == alg.OIDBagX509CRL:
		octets := inner.OctetString()
		if inner.Err() != nil {
			return damaged(filePKCS12, nil)
		}
		return r.crl(octets)
	}
	r.skip("an entry of type "+alg.Name(t), "")
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
			name, _ := der.TextOf(value)
			l.Name = clean(strings.TrimRight(name, "\x00"))
		case alg.OIDLocalKeyID:
			if value.Tag == der.OctetString {
				l.LocalKeyID = value.Body
			}
		}
	}
	return l
}

// short is text of others for an error: clean, and cut where no true word goes on.
func short(s string) string {
	const most = 60
	if len(s) > most {
		s = s[:most] + "..."
	}
	return clean(strings.ToValidUTF8(s, "\ufffd"))
}

// clean replaces control characters in text of others, which is shown to people and their terminals.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
