package pki

import (
	"errors"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// KeyUsage is the set of uses of a key (RFC 5280 §4.2.1.3); bit n of the BIT STRING is 1<<n.
type KeyUsage uint16

// The key usages.
const (
	DigitalSignature KeyUsage = 1 << iota
	NonRepudiation            // also called contentCommitment
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	KeyCertSign
	CRLSign
	EncipherOnly
	DecipherOnly
)

var keyUsageNames = [...]string{
	"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly",
}

// String lists the uses by their names in RFC 5280, separated by a comma and a space.
func (u KeyUsage) String() string {
	var out []string
	for i, name := range keyUsageNames {
		if u&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// Allows reports whether the certificate's key may be used for one of the uses given.
// RFC 8550 §4.4.2: a certificate without the extension allows every use.
func (c *Certificate) Allows(any KeyUsage) bool { return !c.HasKeyUsage || c.KeyUsage&any != 0 }

// HasUsage reports whether extendedKeyUsage names a purpose. It does not count anyExtendedKeyUsage
// and is false when the extension is absent.
func (c *Certificate) HasUsage(purpose der.OID) bool {
	for _, p := range c.ExtKeyUsage {
		if p == purpose {
			return true
		}
	}
	return false
}

func parseKeyUsage(value []byte, f *faults) (KeyUsage, error) {
	c := der.NewCursor(value)
	bits := c.Expect(der.TagBitString)
	if err := c.Done(); err != nil {
		return 0, err
	}
	flags, err := bitFlags(bits.Body, len(keyUsageNames))
	if err == nil && flags == 0 {
		f.odd("keyUsage", "no bit is set") // RFC 5280 §4.2.1.3: at least one MUST be set
	}
	return KeyUsage(flags), err
}

// bitFlags reads the contents of a named-bit BIT STRING (X.680 §22): bit n becomes 1<<n.
// Bits beyond the known ones are dropped, trailing zeros are tolerated.
func bitFlags(body []byte, known int) (uint16, error) {
	if len(body) == 0 || body[0] > 7 || len(body) == 1 && body[0] != 0 {
		return 0, errors.New("malformed BIT STRING")
	}
	var flags uint16
	for n := 0; n < known && n < (len(body)-1)*8-int(body[0]); n++ {
		if body[1+n/8]&(0x80>>(n%8)) != 0 {
			flags |= 1 << n
		}
	}
	return flags, nil
}

// appendFlags writes a named-bit BIT STRING without trailing zeros (X.690 §11.2.2).
func flagBytes(flags uint16) (bytes []byte, unused int) {
	for n := 0; n < 16; n++ {
		if flags&(1<<n) == 0 {
			continue
		}
		for len(bytes) <= n/8 {
			bytes = append(bytes, 0)
		}
		bytes[n/8] |= 0x80 >> (n % 8)
		unused = 7 - n%8
	}
	return bytes, unused
}

// buildFlags writes a named-bit BIT STRING under an implicit tag.
func buildFlags(b *der.Builder, t der.Tag, flags uint16) {
	bytes, unused := flagBytes(flags)
	b.Implicit(t, false, func(b *der.Builder) { b.AppendBytes(append([]byte{byte(unused)}, bytes...)) })
}

func parseExtKeyUsage(value []byte, f *faults) ([]der.OID, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	purposes := []der.OID{}
	for seq.More() {
		purposes = append(purposes, seq.OID())
	}
	if len(purposes) == 0 {
		f.odd("extKeyUsage", "an empty list of purposes")
	}
	return purposes, errors.Join(seq.Done(), c.Done())
}

// UsageName returns the name of a purpose, or its dotted form.
func UsageName(purpose der.OID) string {
	switch purpose {
	case alg.OIDUsageAny:
		return "any purpose"
	case alg.OIDUsageServerAuth:
		return "serverAuth"
	case alg.OIDUsageClientAuth:
		return "clientAuth"
	case alg.OIDUsageCodeSigning:
		return "codeSigning"
	case alg.OIDUsageEmailProtection:
		return "emailProtection"
	case alg.OIDUsageTimeStamping:
		return "timeStamping"
	case alg.OIDUsageOCSPSigning:
		return "OCSPSigning"
	case alg.OIDUsageDocumentSigning:
		return "documentSigning"
	}
	return purpose.String()
}

// KeyUsageExtension makes the extension, critical as RFC 5280 §4.2.1.3 recommends.
func KeyUsageExtension(u KeyUsage) (Extension, error) {
	if u == 0 {
		return Extension{}, fmt.Errorf("keyUsage: at least one bit must be set (RFC 5280 §4.2.1.3)")
	}
	bytes, unused := flagBytes(uint16(u))
	return makeExtension(alg.OIDExtKeyUsage, true, func(b *der.Builder) { b.BitString(der.BitString{Bytes: bytes, Unused: unused}) })
}

// ExtKeyUsageExtension makes the extension, not critical.
func ExtKeyUsageExtension(purposes ...der.OID) (Extension, error) {
	return makeExtension(alg.OIDExtExtKeyUsage, false, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, p := range purposes {
				b.OID(p)
			}
		})
	})
}
