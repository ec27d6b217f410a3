package cms

import (
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// ID names a certificate: by issuer and serial number, or by subject key identifier.
// It is the SignerIdentifier, RecipientIdentifier and KeyAgreeRecipientIdentifier of RFC 5652
// §5.3, §6.2.1 and §6.2.2.
type ID struct {
	Issuer    pki.Name  // the issuer's name, not the subject's
	Serial    *big.Int  // nil when the key identifier is used
	SerialRaw []byte    // its content octets as received
	KeyID     []byte    // subject key identifier; nil when issuer and serial are used
	Date      time.Time // of a RecipientKeyIdentifier (RFC 5652 §6.2.2); zero when absent
}

// Matches reports whether the identifier names a certificate. Issuers are compared by
// RFC 5280 §7.1, not byte by byte. Several certificates may match one key identifier.
func (id *ID) Matches(c *pki.Certificate) bool { return false }

// String returns the identifier for people.
func (id *ID) String() string { return "" }
