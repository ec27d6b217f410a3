package cms

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// ErrDecrypt is the one answer to every failed decryption, whether the key was wrong, the padding bad,
// or the message changed.
var ErrDecrypt = errors.New("cannot decrypt: wrong key, or the message was changed")

// ErrNoRecipient says that no key at hand is named by the message.
var ErrNoRecipient = errors.New("cannot decrypt: the message is for other recipients")

// ErrWrongContainer says that an AEAD cipher stands in an EnvelopedData, or another one in an
// AuthEnvelopedData (RFC 5083 §2, RFC 5652 §6.1).
var ErrWrongContainer = errors.New("the cipher does not belong in this kind of message")

// ErrDetached says that the ciphertext is not in the message (RFC 5652 §6.1 leaves that open).
var ErrDetached = errors.New("the encrypted content is not in the message")

// Enveloped is an EnvelopedData (RFC 5652 §6.1) or an AuthEnvelopedData (RFC 5083 §2) as it is read.
// The fields below Detached are filled by Decrypt or Skip.
type Enveloped struct {
	Authenticated bool // AuthEnvelopedData
	Version       int

	OriginatorCertificates []*pki.Certificate
	OriginatorCRLs         []*pki.CRL

	Recipients  []*Recipient
	ContentType der.OID // of what is encrypted
	Cipher      alg.Identifier
	Detached    bool // the ciphertext is not in the message

	AuthAttributes []Attribute // authenticated; nil when absent
	Attributes     []Attribute // unprotected or unauthenticated: anybody may have written them

	Findings []finding.Finding

	sealed
	originator *CertificateSet // nil when absent
	ahead      alg.Ahead       // known after Skip
}

// Type returns id-envelopedData or id-ct-authEnvelopedData.
func (e *Enveloped) Type() der.OID {
	if e.Authenticated {
		return alg.OIDAuthEnvelopedData
	}
	return alg.OIDEnvelopedData
}

// DecryptOptions says how to decrypt.
type DecryptOptions struct {
	Keys  Keys          // asked for each recipient entry
	Allow alg.Allow     // legacy ciphers; the zero value refuses them
	Audit func(Attempt) // told the reasons that the error does not say; nil tells no one. Never show them to a sender

	// Ahead is the same message after Skip. A cipher that wants the authenticated attributes before
	// the ciphertext (ChaCha20-Poly1305, CCM) needs it for messages over 1 MiB that have such attributes.
	Ahead *Enveloped
}

// Attempt is one try to get at the content, for the audit only.
type Attempt struct {
	Recipient *Recipient // nil for the content itself
	Err       error      // nil: it went well
}
