package cms

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Attribute is a type and its values (RFC 5652 §5.3).
type Attribute struct {
	Type   der.OID
	Values [][]byte // each as encoded
}

// SignedAttributes are the signed attributes of a signer, as received and as understood.
type SignedAttributes struct {
	Raw  []byte // re-tagged as SET OF: what the signature covers
	List []Attribute

	ContentType         der.OID
	MessageDigest       []byte
	SigningTime         time.Time            // the signer's own claim; zero when absent
	Capabilities        []pki.Capability     // RFC 8551 §2.5.2, in the signer's order
	EncryptionKey       *KeyPreference       // RFC 8551 §2.5.3; nil when absent
	SigningCertificates []CertificateHash    // RFC 5035, both forms; the first is the signer's
	Protection          *AlgorithmProtection // RFC 6211; nil when absent
}

// Get returns the first attribute of a type.
func (a *SignedAttributes) Get(t der.OID) (Attribute, bool) { return Attribute{}, false }

// KeyPreference names the certificate that its owner wants mail encrypted to (RFC 8551 §2.5.3).
type KeyPreference struct{ ID ID }

// CertificateHash names a certificate by its hash (RFC 5035 §3).
type CertificateHash struct {
	Hash   alg.Identifier
	Value  []byte
	Issuer *ID // issuerSerial; nil when absent
}

// AlgorithmProtection repeats the algorithms under the signature (RFC 6211).
type AlgorithmProtection struct {
	Digest    alg.Identifier
	Signature alg.Identifier // of a signer
	MAC       alg.Identifier // of AuthenticatedData
}
