package cms

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// ID names a certificate: by issuer and serial number, or by subject key identifier.
// It is the SignerIdentifier, RecipientIdentifier and KeyAgreeRecipientIdentifier of RFC 5652
// §5.3, §6.2.1 and §6.2.2.
type ID struct {
	RawIssuer []byte    // the issuer's Name as encoded, not the subject's; nil when KeyID is used
	RawSerial []byte    // content octets of the serial number as received
	KeyID     []byte    // subject key identifier; nil when issuer and serial are used
	Date      time.Time // of a RecipientKeyIdentifier (RFC 5652 §6.2.2); zero when absent
}

// IDOf returns the identifier of a certificate: its key identifier if that is asked for and there is one,
// else issuer and serial.
func IDOf(c *pki.Certificate, useKeyID bool) ID {
	if useKeyID && c.SubjectKeyID != nil {
		return ID{KeyID: c.SubjectKeyID}
	}
	return ID{RawIssuer: c.RawIssuer, RawSerial: c.SerialRaw}
}

// ByKeyID reports whether a key identifier is used.
func (id *ID) ByKeyID() bool { return id.RawIssuer == nil }

// Issuer returns the issuer's name, the empty one when KeyID is used or the name is malformed.
func (id *ID) Issuer() pki.Name {
	n, _, err := pki.ParseName(id.RawIssuer)
	if err != nil {
		return pki.Name{}
	}
	return n
}

// Serial returns the serial number, nil when KeyID is used.
func (id *ID) Serial() *big.Int {
	if id.ByKeyID() {
		return nil
	}
	return der.IntOf(id.RawSerial)
}

// Matches reports whether the identifier names a certificate. Issuers are compared by
// RFC 5280 §7.1, not byte by byte. Several certificates may match one key identifier.
func (id *ID) Matches(c *pki.Certificate) bool {
	if id.ByKeyID() {
		return len(id.KeyID) > 0 && bytes.Equal(id.KeyID, c.SubjectKeyID)
	}
	if !sameInteger(id.RawSerial, c.SerialRaw) {
		return false
	}
	return bytes.Equal(id.RawIssuer, c.RawIssuer) || sameName(id.Issuer(), c.Issuer)
}

// sameName compares by RFC 5280 §7.1. An empty name names nobody.
func sameName(a, b pki.Name) bool { return !a.Empty() && a.Equal(b) }

// sameInteger compares contents of INTEGERs. Padding that DER forbids does not count, a sign does.
func sameInteger(a, b []byte) bool { return bytes.Equal(minimalInteger(a), minimalInteger(b)) }

// minimalInteger cuts the leading octets that DER does not allow (X.690 §8.3.2).
func minimalInteger(b []byte) []byte {
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return b
}

// Equal reports whether two identifiers are the same.
func (id *ID) Equal(o *ID) bool {
	if id.ByKeyID() || o.ByKeyID() {
		return id.ByKeyID() == o.ByKeyID() && bytes.Equal(id.KeyID, o.KeyID)
	}
	return sameInteger(id.RawSerial, o.RawSerial) &&
		(bytes.Equal(id.RawIssuer, o.RawIssuer) || sameName(id.Issuer(), o.Issuer()))
}

// String returns the identifier for people: the issuer and the serial number in hexadecimal, or the
// key identifier.
func (id *ID) String() string {
	if id.ByKeyID() {
		return "key " + hex.EncodeToString(id.KeyID)
	}
	return "serial " + id.Serial().Text(16) + " of " + id.Issuer().String()
}

// readIssuerSerial reads an IssuerAndSerialNumber (RFC 5652 §10.2.4) from its contents.
func readIssuerSerial(c *der.Cursor) ID {
	id := ID{RawIssuer: c.Expect(der.Sequence).Raw, RawSerial: c.Expect(der.Integer).Body}
	c.Empty()
	return id
}

// readID reads a SignerIdentifier or RecipientIdentifier (RFC 5652 §5.3, §6.2.1).
func readID(c *der.Cursor) ID {
	// QUIRK: the key identifier is IMPLICIT in CMS and is met EXPLICIT.
	if v, ok := c.Optional(der.Context(0)); ok {
		body := v.Body
		if v.Constructed {
			inner := der.NewCursor(v.Body)
			body = inner.OctetString()
			if err := inner.Done(); err != nil {
				c.Fail(err)
			}
		}
		return ID{KeyID: body}
	}
	return readIssuerSerial(c.Sequence())
}

// append writes a SignerIdentifier or RecipientIdentifier.
func (id *ID) append(dst []byte) []byte {
	if id.ByKeyID() {
		return appendElement(dst, der.Context(0), false, id.KeyID)
	}
	return appendIssuerSerial(dst, der.Sequence, id)
}

// appendIssuerSerial writes an IssuerAndSerialNumber under a tag.
func appendIssuerSerial(dst []byte, t der.Tag, id *ID) []byte {
	serial := minimalInteger(id.RawSerial)
	size := len(id.RawIssuer) + int(der.ElementLen(der.Integer, int64(len(serial))))
	dst = der.AppendHeader(dst, t, true, int64(size))
	dst = append(dst, id.RawIssuer...)
	return appendElement(dst, der.Integer, false, serial)
}

// appendElement writes one element.
func appendElement(dst []byte, t der.Tag, constructed bool, body []byte) []byte {
	return append(der.AppendHeader(dst, t, constructed, int64(len(body))), body...)
}
