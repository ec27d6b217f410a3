package keyfile

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// pkcs12 reads a PFX (RFC 7292 §4). The MAC is checked before anything is decrypted.
func (r *reader) pkcs12(data []byte) error {
	defer func(old bool) { r.passwords.tryEmpty = old }(r.passwords.tryEmpty)
	r.passwords.tryEmpty = true
	pfx := der.NewCursor(data).Sequence()
	pfx.SmallInt() // version, which told the kind
	safe, ok := contentOf(pfx.Sequence(), alg.OIDData)
	if !ok {
		return formatError("the PKCS#12 file is damaged, or protected with a public key instead of a password")
	}
	if pfx.More() {
		if err := r.checkMAC(pfx.Sequence(), safe); err != nil {
			return err
		}
	}
	if pfx.Err() != nil {
		return damaged(filePKCS12, nil)
	}
	normal, err := r.normal(filePKCS12, safe)
	if err != nil {
		return err
	}
	list := der.NewCursor(normal).Sequence()
	for list.More() {
		if err := r.safe(list.Next()); err != nil {
			return err
		}
	}
	if list.Err() != nil {
		return damaged(filePKCS12, nil)
	}
	return nil
}

// filePKCS12 is what errors call the file.
const filePKCS12 = "PKCS#12 file"

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

// safe reads one entry of the AuthenticatedSafe: SafeContents in the clear or encrypted (RFC 7292 §4.1).
func (r *reader) safe(v der.Value) error {
	if octets, ok := contentOf(der.NewCursor(v.Body), alg.OIDData); ok {
		normal, err := r.normal(filePKCS12, octets)
		if err != nil {
			return err
		}
		return r.bags(normal, 0)
	}
	c := der.NewCursor(v.Body)
	switch c.OID() {
	case alg.OIDEncryptedData:
	case alg.OIDEnvelopedData:
		return formatError("a part of the PKCS#12 file is protected with a public key; parts protected with a password can be read")
	default:
		return damaged(filePKCS12, nil)
	}
	inner, _ := c.Explicit(0)
	s := inner.Sequence()
	s.SmallInt() // version
	info := s.Sequence()
	info.OID() // of what is encrypted; RFC 7292 §4.1 leaves no choice
	id := alg.ParseIdentifier(info)
	content, ok := info.Optional(der.Context(0))
	if !ok || info.Err() != nil {
		return damaged(filePKCS12, nil)
	}
	ciphertext, err := der.OctetsOf(content)
	if err != nil {
		return damaged(filePKCS12, nil)
	}
	plain, err := r.open(filePKCS12, id, ciphertext)
	if err != nil {
		return err
	}
	return r.bags(plain, 0)
}
