package alg

import "crypto"

// Transport is RSA key transport: PKCS #1 v1.5, or OAEP with its parameters.
type Transport struct {
	Entry
	OAEP *OAEPParams // nil for PKCS #1 v1.5

	id Identifier
}

// TransportOf returns the key transport that an identifier names. Parameters of OAEP that are missing
// or malformed are a *ParamsError, and never mean PKCS #1 v1.5 (STANDARDS 7).
func TransportOf(id Identifier, allow Allow) (*Transport, error) {
	return nil, &UnsupportedError{Algorithm: Name(id.OID)}
}

// NewPKCS1 returns RSAES-PKCS1-v1_5 (RFC 3370 §4.2.1), for writing.
func NewPKCS1() *Transport { return nil }

// NewOAEP returns RSAES-OAEP with a digest, which MGF1 uses too (RFC 4055 §4.1), for writing.
func NewOAEP(h *Hash) *Transport { return nil }

// TransportFor returns the key transport for a recipient's RSA key: OAEP where the key is reserved for it
// (with the parameters that it demands) or where h is given, and PKCS #1 v1.5 otherwise.
func TransportFor(pub crypto.PublicKey, h *Hash) (*Transport, error) { return nil, ErrDecrypt }

// Identifier returns the keyEncryptionAlgorithm.
func (t *Transport) Identifier() Identifier { return t.id }

// Encrypt encrypts a content key to an RSA public key (*rsa.PublicKey or *OAEPPublicKey).
func (t *Transport) Encrypt(pub crypto.PublicKey, cek []byte) ([]byte, error) {
	return nil, ErrDecrypt
}

// Decrypt decrypts a content key of size octets.
//
// With PKCS #1 v1.5 it does not tell whether that went well: a key that does not decrypt, or has another size, is
// a random one (RFC 3218 §2.3.2; STANDARDS 6), and the content will not decrypt with it. An error then is
// about the key in hand: that of a token that is gone, for example. With OAEP a failure is ErrDecrypt.
func (t *Transport) Decrypt(key crypto.Decrypter, encrypted []byte, size int) ([]byte, error) {
	return nil, ErrDecrypt
}
