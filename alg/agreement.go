package alg

import (
	"crypto"

	"github.com/waxwing-mail/waxwing/der"
)

// Agreement is a way of key agreement by elliptic curves, with the key wrapping that its parameters name.
type Agreement struct {
	Entry
	Wrap *Wrap // how the agreed key encrypts the content key

	id Identifier
}

// AgreementOf returns the key agreement that the keyEncryptionAlgorithm of a KeyAgreeRecipientInfo names
// (RFC 5753 §7.1.4, RFC 8418 §2.2).
func AgreementOf(id Identifier, allow Allow) (*Agreement, error) {
	return nil, &UnsupportedError{Algorithm: Name(id.OID)}
}

// NewAgreement returns the key agreement with a recipient's public key, for writing: X9.63 for NIST curves
// (RFC 5753), HKDF for X25519 and X448 (RFC 8418), over h (nil: what fits the key) and with the key wrap.
func NewAgreement(pub crypto.PublicKey, h *Hash, wrap *Wrap) (*Agreement, error) {
	return nil, ErrDecrypt
}

// Identifier returns the keyEncryptionAlgorithm.
func (a *Agreement) Identifier() Identifier { return a.id }

// OriginatorKey is the public key of a sender, an OriginatorPublicKey (RFC 5652 §6.2.2).
type OriginatorKey struct {
	Algorithm Identifier
	PublicKey []byte // contents of the BIT STRING
}

// Send makes an ephemeral key and agrees with the recipient's public key on a key encryption key.
// ukm may be nil, which is absent; empty is not the same.
func (a *Agreement) Send(recipient crypto.PublicKey, ukm []byte) (OriginatorKey, []byte, error) {
	return OriginatorKey{}, nil, ErrDecrypt
}

// Receive agrees with the sender's public key on the key encryption key. key is an *ecdsa.PrivateKey,
// an *ecdh.PrivateKey, an *X448PrivateKey, or an ecdh.KeyExchanger such as a token. An OriginatorKey
// without parameters is on the curve of the key (RFC 5753 §3.1.1).
func (a *Agreement) Receive(key crypto.PrivateKey, from OriginatorKey, ukm []byte) ([]byte, error) {
	return nil, ErrDecrypt
}

// CanAgree tells whether a public key is one that NewAgreement takes.
func CanAgree(pub crypto.PublicKey) bool { return false }

// X448PrivateKey is a private key of X448 (RFC 7748 §5): 56 octets, and the public key that belongs to them.
type X448PrivateKey struct {
	Scalar [56]byte
	public X448PublicKey
}

// NewX448PrivateKey takes the 56 octets of a CurvePrivateKey (RFC 8410 §7).
func NewX448PrivateKey(b []byte) (*X448PrivateKey, error) { return nil, ErrDecrypt }

// Public returns the X448PublicKey.
func (k *X448PrivateKey) Public() crypto.PublicKey { return k.public }

// wrapOIDs are kept for the identifiers of key wraps.
var _ = der.OID("")
