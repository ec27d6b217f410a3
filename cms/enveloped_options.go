package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// EnvelopeOptions says how to encrypt.
type EnvelopeOptions struct {
	Cipher         der.OID // alg.OIDAES256GCM and so on; AEAD makes an AuthEnvelopedData, CBC an EnvelopedData
	Recipients     []RecipientOptions
	ContentType    der.OID     // of the content; empty: id-data
	Size           int64       // octets of content; -1: not known, which makes indefinite lengths
	AuthAttributes []Attribute // authenticated; only with AEAD. content-type is added where RFC 5083 §2.1 wants it
	Attributes     []Attribute // unprotected
	Originator     []*pki.Certificate
	DeriveKey      bool // CEK-HKDF-SHA256 (RFC 9709): nobody can pass the message off as one of a weaker cipher; few can read it yet
}

// RecipientOptions is one recipient. One of Certificate, KEK and Password is set.
type RecipientOptions struct {
	Certificate *pki.Certificate
	UseKeyID    bool      // name the certificate by its subject key identifier
	OAEP        bool      // RSAES-OAEP instead of PKCS #1 v1.5, for RSA keys
	Hash        *alg.Hash // of OAEP, or of the key derivation of ECDH; nil: SHA-256 or what fits the key
	Wrap        der.OID   // key wrap; empty: AES of the strength of the cipher

	KEK   []byte
	KEKID []byte

	Password   []byte
	Iterations int // of PBKDF2; 0: 600,000
}
