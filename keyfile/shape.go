package keyfile

import "github.com/waxwing-mail/waxwing/der"

// shape is a kind of object.
type shape int

// The kinds, told apart by their first elements.
const (
	shapeCertificate    shape = iota // and whatever else is not known
	shapePKCS12                      // PFX (RFC 7292 §4)
	shapePKCS7                       // ContentInfo (RFC 5652 §3)
	shapePKCS8                       // OneAsymmetricKey (RFC 5958 §2)
	shapeEncryptedPKCS8              // EncryptedPrivateKeyInfo (RFC 5958 §3)
	shapePKCS1                       // RSAPrivateKey (RFC 8017 Appendix A.1.2)
	shapeSEC1                        // ECPrivateKey (RFC 5915 §3)
	shapeDSA                         // OpenSSL's: the six numbers of a DSA key
	shapeCRL                         // CertificateList (RFC 5280 §5.1)
	shapeRequest                     // CertificationRequest (RFC 2986 §4.2)
	shapePublicKey                   // SubjectPublicKeyInfo, RSAPublicKey
	shapeOCSP                        // OCSPResponse (RFC 6960 §4.2.1)
)

// shapeOf tells what an element is.
func shapeOf(data []byte) shape {
	s := der.NewCursor(data).Sequence()
	first, _ := s.Peek()
	switch first {
	case der.ObjectIdentifier:
		return shapePKCS7
	case der.Enumerated:
		return shapeOCSP
	case der.Integer:
		return shapeOfNumbered(s)
	case der.Sequence:
		inner := s.Sequence()
		begins, _ := inner.Peek()
		second, _ := s.Peek()
		switch {
		case begins == der.ObjectIdentifier && second == der.OctetString:
			return shapeEncryptedPKCS8
		case begins == der.ObjectIdentifier && second == der.TagBitString:
			return shapePublicKey
		}
		return shapeOfSigned(inner)
	}
	return shapeCertificate
}

// shapeOfNumbered tells apart what begins with a version or with a modulus.
func shapeOfNumbered(s *der.Cursor) shape {
	version := s.Next().Body
	second, _ := s.Peek()
	switch second {
	case der.OctetString:
		return shapeSEC1
	case der.Integer:
		n := 1
		for s.More() {
			if s.Next().Tag == der.Integer {
				n++
			}
		}
		switch n {
		case 2:
			return shapePublicKey
		case 6:
			return shapeDSA
		}
		return shapePKCS1
	}
	s.Sequence()
	if third, ok := s.Peek(); ok && third == der.OctetString {
		return shapePKCS8
	}
	if len(version) == 1 && version[0] == 3 {
		return shapePKCS12
	}
	return shapePKCS8
}

// shapeOfSigned looks into what is signed: behind the issuer's name, a list has a time (RFC 5280 §5.1.2.4);
// a request has a key behind the first name.
func shapeOfSigned(tbs *der.Cursor) shape {
	if _, versioned := tbs.Explicit(0); versioned {
		return shapeCertificate
	}
	_, numbered := tbs.Optional(der.Integer)
	tbs.Sequence() // signature, or the subject of a request
	tbs.Sequence() // issuer, or the key
	next, ok := tbs.Peek()
	switch {
	case tbs.Err() != nil:
		return shapeCertificate
	case ok && (next == der.UTCTime || next == der.GeneralizedTime):
		return shapeCRL
	case numbered && (!ok || next == der.Context(0)):
		return shapeRequest
	}
	return shapeCertificate
}
