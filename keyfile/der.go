package keyfile

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// der reads one object without armour. What it is, its structure tells.
func (r *reader) der(data []byte) error {
	normal, err := der.Normalize(data, r.budget)
	if err != nil {
		var over *limit.Error
		if errors.As(err, &over) {
			return err
		}
		return formatError("the file is damaged or cut off: " + err.Error())
	}
	switch kind(normal) {
	case isPKCS12:
		return r.pkcs12(normal)
	case isPKCS7:
		return r.pkcs7(normal)
	case isPKCS8:
		return r.privateKeyInfo(normal, Label{})
	case isEncryptedPKCS8:
		return r.encryptedKey(normal, Label{})
	case isPKCS1:
		return r.pkcs1(normal)
	case isSEC1:
		return r.sec1(normal, nil)
	case isCRL:
		r.bundle.CRLs = append(r.bundle.CRLs, data)
		return nil
	}
	return r.certificate(data, Label{})
}

// shape is a kind of object.
type shape int

const (
	isCertificate shape = iota
	isPKCS12
	isPKCS7
	isPKCS8
	isEncryptedPKCS8
	isPKCS1
	isSEC1
	isCRL
)

// kind tells objects apart by their first elements.
func kind(data []byte) shape {
	c := der.NewCursor(data)
	s := c.Sequence()
	first, ok := s.Peek()
	if c.Err() != nil || !ok {
		return isCertificate
	}
	if first == der.ObjectIdentifier {
		return isPKCS7
	}
	if first == der.Integer {
		version := s.Next()
		second, _ := s.Peek()
		switch {
		case second == der.OctetString:
			return isSEC1
		case second == der.Integer:
			return isPKCS1
		case len(version.Body) == 1 && version.Body[0] == 3:
			return isPKCS12
		}
		return isPKCS8
	}
	if first != der.Sequence {
		return isCertificate
	}
	inner := s.Sequence()
	second, _ := s.Peek()
	switch t, _ := inner.Peek(); {
	case t == der.ObjectIdentifier && second == der.OctetString:
		return isEncryptedPKCS8
	case looksLikeCRL(data):
		return isCRL
	}
	return isCertificate
}

// looksLikeCRL tells a list from a certificate: a time stands behind the issuer's name (RFC 5280 §5.1).
func looksLikeCRL(data []byte) bool {
	tbs := der.NewCursor(data).Sequence().Sequence()
	if t, ok := tbs.Peek(); ok && t == der.Integer {
		tbs.Next()
	}
	tbs.Sequence() // signature
	tbs.Sequence() // issuer
	t, ok := tbs.Peek()
	return ok && tbs.Err() == nil && (t == der.UTCTime || t == der.GeneralizedTime)
}

// certificate takes a certificate.
func (r *reader) certificate(raw []byte, l Label) error {
	if err := r.budget.Take(limit.Certificates, 1); err != nil {
		return err
	}
	c, err := pki.ParseCertificate(raw)
	if err != nil {
		return formatError("this holds no key and no certificate that can be read: " + err.Error())
	}
	r.bundle.Certificates = append(r.bundle.Certificates, c)
	r.bundle.label(c, l)
	return nil
}

// pkcs7 takes the certificates and CRLs of a SignedData (RFC 8551 §3.8), whether or not somebody signed something with it.
func (r *reader) pkcs7(data []byte) error {
	c := der.NewCursor(data).Sequence()
	if c.OID() != alg.OIDSignedData {
		return formatError("this is an encrypted or other CMS message, not a file with keys; open it with: waxwing decrypt --inform der")
	}
	content, _ := c.Explicit(0)
	s := content.Sequence()
	s.Next()               // version
	s.Expect(der.Set)      // digestAlgorithms
	s.Expect(der.Sequence) // encapContentInfo
	if v, ok := s.Optional(der.Context(0)); ok {
		for list := der.NewCursor(v.Body); list.More(); {
			if one := list.Next(); one.Tag == der.Sequence {
				if err := r.certificate(one.Raw, Label{}); err != nil {
					return err
				}
			}
		}
	}
	if v, ok := s.Optional(der.Context(1)); ok {
		for list := der.NewCursor(v.Body); list.More(); {
			if one := list.Next(); one.Tag == der.Sequence {
				r.bundle.CRLs = append(r.bundle.CRLs, one.Raw)
			}
		}
	}
	if s.Err() != nil {
		return formatError("the PKCS#7 file is damaged: " + s.Err().Error())
	}
	if len(r.bundle.Certificates) == 0 && len(r.bundle.CRLs) == 0 {
		return formatError("the PKCS#7 file carries no certificate")
	}
	return nil
}

// addKey takes a private key.
func (r *reader) addKey(key any, l Label) {
	r.bundle.Keys = append(r.bundle.Keys, Key{Private: key, Label: l})
}

// damaged says that a private key is malformed, without any of its contents.
func damaged(what string, err error) error {
	if err == nil {
		return formatError("the " + what + " is damaged")
	}
	return formatError(fmt.Sprintf("the %s is damaged: %v", what, err))
}
