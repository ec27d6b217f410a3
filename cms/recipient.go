package cms

import (
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
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
func (r *Recipient) Matches(c *pki.Certificate) bool {
	switch r.Kind {
	case KeyTransport, KeyAgreement:
		return r.ID.Matches(c)
	case Other:
		return r.KEM != nil && r.ID.Matches(c)
	}
	return false
}

// readRecipients reads a SET OF RecipientInfo.
func (o *object) readRecipients() ([]*Recipient, error) {
	if err := o.r.Enter(der.Set); err != nil {
		return nil, fmt.Errorf("recipients: %w", err)
	}
	var list []*Recipient
	for n := 1; ; n++ {
		more, err := o.r.More()
		if err != nil || !more {
			return list, joined(err, o.r.Leave)
		}
		var some []*Recipient
		if err := o.parse(func(c *der.Cursor) { some = readRecipient(c) }); err != nil {
			return nil, fmt.Errorf("recipient %d: %w", n, err)
		}
		if err := o.b.Take(limit.Recipients, int64(len(some))); err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
}

// readRecipient reads one RecipientInfo (RFC 5652 §6.2).
func readRecipient(c *der.Cursor) []*Recipient {
	t, _ := c.Peek()
	switch t {
	case der.Sequence:
		return []*Recipient{readKTRI(c.Sequence())}
	case der.Context(1):
		return readKARI(c.Enter(t))
	case der.Context(2):
		return []*Recipient{readKEKRI(c.Enter(t))}
	case der.Context(3):
		return []*Recipient{readPWRI(c.Enter(t))}
	case der.Context(4):
		return []*Recipient{readORI(c.Enter(t))}
	}
	c.Fail(errChoice(t))
	return nil
}
