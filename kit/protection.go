package kit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// Protection is what a PKCS#12 file says about itself before it is opened.
type Protection struct {
	MAC        string `json:"mac"`        // "SHA-256"
	Iterations int64  `json:"iterations"` // of the MAC
	Cipher     string `json:"cipher"`     // of the certificates, as the keys usually have it too
	Form       Form   `json:"form"`       // which form of kit it has: Modern or Compatible; empty: neither
}

// errNotPKCS12 stops the reading of something else.
var errNotPKCS12 = errors.New("not a PKCS#12 file")

// ReadProtection reads how a PKCS#12 file is protected (RFC 7292 §4), without its password.
func ReadProtection(file []byte) (p Protection, err error) {
	raw, err := der.Normalize(file, limit.New(limit.Limits{}))
	if err != nil {
		return p, fmt.Errorf("%w: %v", errNotPKCS12, err)
	}
	pfx := der.NewCursor(raw).Sequence()
	pfx.Int()
	info := pfx.Sequence()
	if info.OID() != alg.OIDData {
		return p, errNotPKCS12
	}
	if content, ok := info.Explicit(0); ok {
		p.Cipher = cipherOf(content.OctetString())
	}
	if pfx.More() {
		mac := pfx.Sequence()
		sum := mac.Sequence()
		p.MAC = nameOf(sum.Sequence().OID())
		mac.OctetString()
		p.Iterations = 1
		if mac.More() {
			p.Iterations = mac.SmallInt()
		}
		if mac.Err() != nil || sum.Err() != nil {
			return p, errNotPKCS12
		}
	}
	if pfx.Err() != nil {
		return p, errNotPKCS12
	}
	switch {
	case strings.HasPrefix(p.MAC, "SHA-256") && strings.Contains(p.Cipher, "PBES2"):
		p.Form = Modern
	case p.MAC == "SHA-1" && strings.Contains(p.Cipher, "3DES"):
		p.Form = Compatible
	}
	return p, nil
}

// cipherOf names the protection of the first encrypted part of an AuthenticatedSafe.
func cipherOf(safe []byte) string {
	list := der.NewCursor(safe).Sequence()
	for list.More() {
		info := list.Sequence()
		if info.OID() != alg.OIDEncryptedData {
			continue
		}
		if data, ok := info.Explicit(0); ok {
			encrypted := data.Sequence()
			encrypted.Int()
			content := encrypted.Sequence()
			content.OID()
			return nameOf(content.Sequence().OID())
		}
	}
	return ""
}

func nameOf(id der.OID) string {
	for _, e := range alg.Table() {
		if e.OID == id {
			return e.Name
		}
	}
	return id.String()
}
