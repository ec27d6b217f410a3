package cms

import (
	"bytes"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// Attribute is a type and its values (RFC 5652 §5.3).
type Attribute struct {
	Type   der.OID
	Values [][]byte // each as encoded
}

// SignedAttributes are the signed attributes of a signer, as received and as understood.
// What is malformed or stands there twice is left empty and becomes a finding of Check.
type SignedAttributes struct {
	Raw  []byte // re-tagged as SET OF: what the signature covers
	List []Attribute

	ContentType          der.OID
	MessageDigest        []byte
	SigningTime          time.Time            // the signer's own claim; zero when absent
	Capabilities         []alg.Identifier     // RFC 8551 §2.5.2, in the signer's order of preference
	EncryptionKey        *KeyPreference       // RFC 8551 §2.5.3; nil when absent
	SigningCertificate   []CertificateHash    // RFC 2634 §5.4; the first is the signer's
	SigningCertificateV2 []CertificateHash    // RFC 5035 §3; the first is the signer's
	Protection           *AlgorithmProtection // RFC 6211; nil when absent

	unsorted bool
	faults   []finding.Finding
}

// Get returns the first attribute of a type.
func (a *SignedAttributes) Get(t der.OID) (Attribute, bool) { return find(a.List, t) }

func find(list []Attribute, t der.OID) (Attribute, bool) {
	for _, a := range list {
		if a.Type == t {
			return a, true
		}
	}
	return Attribute{}, false
}

// maxAttributes is how many attributes, or values of one, or entries of a value are read. A slice of them takes much more
// memory than the octets that they came from.
const maxAttributes = 1000

// counted reports whether another entry follows a number of them, and fails when that is one too many.
func counted(c *der.Cursor, n int) bool {
	if n >= maxAttributes && c.More() {
		c.Fail(&limit.Error{What: limit.Elements, Max: maxAttributes})
	}
	return c.More()
}

// readAttributes reads the contents of a SET OF Attribute.
func readAttributes(set *der.Cursor) []Attribute {
	list := make([]Attribute, 0, 8)
	for counted(set, len(list)) {
		list = append(list, readAttribute(set.Sequence()))
	}
	return list
}

// readAttribute reads the contents of an Attribute.
func readAttribute(c *der.Cursor) Attribute {
	a := Attribute{Type: c.OID()}
	for values := c.Set(); counted(values, len(a.Values)); {
		a.Values = append(a.Values, values.Next().Raw)
	}
	c.Empty()
	return a
}

// readSignedAttributes reads signedAttrs [0] IMPLICIT SET OF Attribute from the contents of raw.
func readSignedAttributes(raw []byte, set *der.Cursor) *SignedAttributes {
	a := &SignedAttributes{Raw: bytes.Clone(raw), List: make([]Attribute, 0, 8)}
	var last []byte
	for counted(set, len(a.List)) {
		one, c := entered(set, der.Sequence)
		a.List = append(a.List, readAttribute(c))
		a.unsorted = a.unsorted || bytes.Compare(last, one) > 0
		last = one
	}
	if len(a.Raw) > 0 {
		// RFC 5652 §5.4: the IMPLICIT [0] is not covered, an EXPLICIT SET OF is in its place.
		a.Raw[0] = 0x31
	}
	for i := range a.List {
		a.understand(i)
	}
	return a
}

// understand reads one of the attributes that bear on the check or on later messages. RFC 5652 §11 and
// the documents of the others allow each of them once, with one value.
func (a *SignedAttributes) understand(i int) {
	at := a.List[i]
	code, known := attributeCode(at.Type)
	if !known {
		return
	}
	if _, twice := find(a.List[:i], at.Type); twice {
		a.fault(code, "%s stands there twice", AttributeName(at.Type))
		a.forget(at.Type)
		return
	}
	if len(at.Values) != 1 {
		a.fault(code, "%s has %d values", AttributeName(at.Type), len(at.Values))
		return
	}
	c := der.NewCursor(at.Values[0])
	a.readValue(at.Type, c)
	if err := c.Done(); err != nil {
		a.fault(code, "%s: %v", AttributeName(at.Type), err)
		a.forget(at.Type)
	}
}

func (a *SignedAttributes) fault(code finding.Code, format string, args ...any) {
	a.faults = append(a.faults, finding.New(code).Because(format, args...))
}

// attributeCode returns the finding that a malformed or doubled attribute is, and whether
// the attribute is one of those that are read at all.
func attributeCode(t der.OID) (finding.Code, bool) {
	switch t {
	case alg.OIDContentType:
		return finding.SignatureContentType, true
	case alg.OIDMessageDigest:
		return finding.SignatureMessageDigest, true
	case alg.OIDSigningTime:
		return finding.SignatureSigningTime, true
	case alg.OIDSigningCertificate, alg.OIDSigningCertificateV2, alg.OIDAlgorithmProtection:
		return finding.SignatureAttribute, true
	case alg.OIDSMIMECapabilities, alg.OIDEncryptionKeyPreference, alg.OIDMicrosoftKeyPreference:
		return finding.SignatureUnread, true
	}
	return "", false
}

// readValue reads the one value of an attribute.
func (a *SignedAttributes) readValue(t der.OID, c *der.Cursor) {
	switch t {
	case alg.OIDContentType:
		a.ContentType = c.OID()
	case alg.OIDMessageDigest:
		a.MessageDigest = c.OctetString()
	case alg.OIDSigningTime:
		a.SigningTime = c.Time()
	case alg.OIDSMIMECapabilities:
		a.Capabilities = readCapabilities(c)
	case alg.OIDEncryptionKeyPreference:
		a.EncryptionKey = readKeyPreference(c)
	case alg.OIDMicrosoftKeyPreference:
		if a.EncryptionKey == nil {
			a.EncryptionKey = &KeyPreference{ID: readIssuerSerial(c.Sequence())}
		}
	case alg.OIDSigningCertificate:
		a.SigningCertificate = readSigningCertificate(c, alg.SHA1.Identifier(), false)
	case alg.OIDSigningCertificateV2:
		a.SigningCertificateV2 = readSigningCertificate(c, alg.SHA256.Identifier(), true)
	case alg.OIDAlgorithmProtection:
		a.Protection = readProtection(c)
	}
}

// forget empties the field of an attribute that cannot be relied on.
func (a *SignedAttributes) forget(t der.OID) {
	switch t {
	case alg.OIDContentType:
		a.ContentType = ""
	case alg.OIDMessageDigest:
		a.MessageDigest = nil
	case alg.OIDSigningTime:
		a.SigningTime = time.Time{}
	case alg.OIDSMIMECapabilities:
		a.Capabilities = nil
	case alg.OIDEncryptionKeyPreference, alg.OIDMicrosoftKeyPreference:
		a.EncryptionKey = nil
	case alg.OIDSigningCertificate:
		a.SigningCertificate = nil
	case alg.OIDSigningCertificateV2:
		a.SigningCertificateV2 = nil
	case alg.OIDAlgorithmProtection:
		a.Protection = nil
	}
}
