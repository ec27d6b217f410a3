package cms

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Kind is the kind of a recipient entry (RFC 5652 §6.2).
type Kind string

// The kinds of recipient entries.
const (
	KeyTransport Kind = "ktri"  // RSA
	KeyAgreement Kind = "kari"  // ECDH, X25519
	KEK          Kind = "kekri" // a symmetric key held before
	Password     Kind = "pwri"
	Other        Kind = "ori" // key encapsulation (RFC 9629) and unknown ones
)

// Recipient is one way to the content key. A KeyAgreeRecipientInfo gives one Recipient for each
// of its RecipientEncryptedKeys.
type Recipient struct {
	Kind          Kind
	Version       int
	ID            ID             // ktri, kari, and ori of type KEM
	KeyEncryption alg.Identifier // how the content key is encrypted
	EncryptedKey  []byte

	Originator *Originator    // kari: the sender's public key
	UKM        []byte         // kari, KEM; nil when absent, which is not the same as empty
	KeyID      []byte         // kekri
	Date       time.Time      // kekri; zero when absent
	KDF        alg.Identifier // pwri, KEM; zero when absent
	OtherType  der.OID        // ori
	OtherValue []byte         // ori, as encoded
	KEM        *KEM           // ori of type KEM
}

// Matches reports whether the entry names a certificate.
func (r *Recipient) Matches(c *pki.Certificate) bool { return r.ID.Matches(c) }

// Originator is the sender's side of a key agreement (RFC 5652 §6.2.2). One field is set.
type Originator struct {
	ID        *ID            // a certificate
	Algorithm alg.Identifier // of PublicKey
	PublicKey []byte         // contents of the BIT STRING of an ephemeral key
}

// KEM is what a KEMRecipientInfo has more (RFC 9629 §3).
type KEM struct {
	Algorithm  alg.Identifier
	Ciphertext []byte
	KEKLength  int
}
