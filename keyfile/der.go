package keyfile

import (
	"bytes"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// objects reads objects without armour, one behind the other. White space and zeros behind them are what
// editors and transports add.
func (r *reader) objects(data []byte) error {
	for {
		one, rest := data, []byte(nil)
		if v, after, err := der.Parse(data); err == nil {
			one, rest = v.Raw, bytes.TrimLeft(after, " \t\r\n\x00\x1a")
		}
		if err := r.object(one); err != nil {
			return err
		}
		if len(rest) == 0 {
			return nil
		}
		if rest[0] != 0x30 {
			r.skip("something behind its end that is neither key nor certificate", "")
			return nil
		}
		data = rest
	}
}

// object reads one object. What it is, its structure tells.
func (r *reader) object(data []byte) error {
	normal, err := der.Normalize(data, r.budget)
	if err != nil {
		if isLimit(err) {
			return err
		}
		return formatError("the file is damaged or cut off: " + err.Error())
	}
	switch shapeOf(normal) {
	case shapePKCS12:
		return r.pkcs12(normal)
	case shapePKCS7:
		return r.pkcs7(normal)
	case shapePKCS8:
		return r.privateKeyInfo(normal, Label{})
	case shapeEncryptedPKCS8:
		return r.encryptedKey(normal, Label{})
	case shapePKCS1, shapeSEC1, shapeDSA:
		return r.bareKey(normal, Label{})
	case shapeCRL:
		return r.crl(data)
	case shapeRequest:
		r.skip("a certification request", hintRequest)
		return nil
	case shapePublicKey:
		r.skip("a public key", hintPublicKey)
		return nil
	case shapeOCSP:
		r.skip("an OCSP answer", "this is an OCSP answer, not a certificate; give it with --ocsp")
		return nil
	}
	return r.certificate(data, Label{})
}

// What to do with things that people confuse with keys and certificates.
const (
	hintRequest   = "this is a certification request; give the certificate with which the authority answered it"
	hintPublicKey = "this is a public key alone; S/MIME needs a certificate"
)

// isLimit tells whether reading stopped at a limit.
func isLimit(err error) bool {
	var over *limit.Error
	return errors.As(err, &over)
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

// crl takes a revocation list. It stays bytes: whoever needs it parses it.
func (r *reader) crl(raw []byte) error {
	if err := r.budget.Take(limit.Certificates, 1); err != nil {
		return err
	}
	if normal, err := der.Normalize(raw, r.budget); isLimit(err) {
		return err
	} else if err != nil || shapeOf(normal) != shapeCRL {
		return formatError("the revocation list is damaged")
	}
	r.bundle.CRLs = append(r.bundle.CRLs, raw)
	return nil
}

// pkcs7 takes the certificates and CRLs of a SignedData (RFC 8551 §3.8), whether or not somebody signed something with it.
func (r *reader) pkcs7(data []byte) error {
	c := der.NewCursor(data).Sequence()
	switch c.OID() {
	case alg.OIDSignedData:
	case alg.OIDEnvelopedData, alg.OIDAuthEnvelopedData, alg.OIDEncryptedData:
		return formatError("this is an encrypted message, not a file with keys; open it with: waxwing decrypt --inform der")
	default:
		return formatError("this is a CMS message that carries no keys and no certificates")
	}
	content, _ := c.Explicit(0)
	s := content.Sequence()
	s.Next()               // version
	s.Expect(der.Set)      // digestAlgorithms
	s.Expect(der.Sequence) // encapContentInfo
	damaged := formatError("the PKCS#7 file is damaged")
	for n, take := range []func([]byte) error{func(raw []byte) error { return r.certificate(raw, Label{}) }, r.crl} {
		v, ok := s.Optional(der.Context(uint32(n)))
		if !ok {
			continue
		}
		list := der.NewCursor(v.Body)
		for list.More() {
			one := list.Next()
			if one.Tag != der.Sequence {
				continue // RFC 5652 §10.2.1, §10.2.2: attribute certificates and forms of elsewhere
			}
			if err := take(one.Raw); err != nil {
				return err
			}
		}
		if list.Err() != nil {
			return damaged
		}
	}
	if s.Err() != nil {
		return damaged
	}
	if len(r.bundle.Certificates)+len(r.bundle.CRLs) == 0 {
		r.skip("a PKCS#7 object without certificates", "the PKCS#7 file carries no certificate")
	}
	return nil
}
