package smime

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
)

// EncryptOptions says to whom a message is encrypted, and how.
type EncryptOptions struct {
	Recipients []Recipient
	Self       []Recipient // the sender's own, so that the message stays readable in the Sent folder

	// Blind are recipients whom the others must not see. Each gets an envelope of its own from
	// EncryptBlind; Encrypt refuses to put them beside others, because RecipientInfos show who can
	// read a message and how many do (RFC 8551 §6, RFC 9787 §9.4).
	Blind []Recipient

	Policy   CipherPolicy
	Protect  *Protection // header fields to encrypt as well (RFC 9788); nil: none
	UseKeyID bool        // name recipients by key identifier instead of issuer and serial number

	Chosen func(*Choice) // told the choice before it is carried out; nil tells no one
}

// Encrypt writes the message m encrypted to all recipients. Its header fields stay outside, its body goes
// inside: an AuthEnvelopedData where the cipher has integrity (RFC 8551 §3.4), else an EnvelopedData (§3.3).
// Nothing but the header is written before the recipients are settled. The order of the recipient
// entries is that of their certificates' fingerprints and tells nothing about To and Cc.
func Encrypt(ctx context.Context, w io.Writer, m *eml.Message, o EncryptOptions) error {
	if len(o.Blind) > 0 {
		return errors.New("encrypt: blind recipients need envelopes of their own")
	}
	choice, to, err := Envelope(o)
	if err != nil {
		return err
	}
	if o.Chosen != nil {
		o.Chosen(choice)
	}
	e, err := newEntity(m, o.Protect)
	if err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	if err := e.envelop(withContext(ctx, w), to); err != nil {
		return fmt.Errorf("encrypt: %w", err)
	}
	return nil
}

// EncryptBlind calls Encrypt once for everybody in Recipients and Self together, and once for each blind recipient
// alone. next gives the writer for each envelope and is told who reads it.
func EncryptBlind(ctx context.Context, m *eml.Message, o EncryptOptions, next func(readers []Recipient) (io.Writer, error)) error {
	groups := [][]Recipient{o.Recipients}
	for _, b := range o.Blind {
		groups = append(groups, []Recipient{b})
	}
	o.Blind = nil
	for i, g := range groups {
		if len(g) == 0 {
			continue
		}
		one := o
		one.Recipients = g
		if i > 0 {
			one.Self = nil
		}
		w, err := next(g)
		if err != nil {
			return err
		}
		if err := Encrypt(ctx, w, m, one); err != nil {
			return err
		}
	}
	return nil
}

// Envelope chooses the cipher and returns how the cms room is to encrypt to all recipients, for
// contents that are no mail. The size of the content is left to the caller.
func Envelope(o EncryptOptions) (*Choice, cms.EnvelopeOptions, error) {
	to := inFingerprintOrder(o.Recipients, o.Self)
	if len(to) == 0 {
		return nil, cms.EnvelopeOptions{}, errors.New("encrypt: no recipient is given")
	}
	choice, err := Choose(to, o.Policy)
	if err != nil {
		return nil, cms.EnvelopeOptions{}, fmt.Errorf("encrypt: %w", err)
	}
	e := cms.EnvelopeOptions{Cipher: choice.Cipher.OID, Size: -1}
	for i, r := range to {
		e.Recipients = append(e.Recipients, cms.RecipientOptions{Certificate: r.Certificate, OAEP: choice.OAEP[i], UseKeyID: o.UseKeyID})
	}
	return choice, e, nil
}

// envelop writes the entity encrypted as was chosen.
func (e *entity) envelop(w io.Writer, o cms.EnvelopeOptions) (err error) {
	if o.Size, err = e.size(); err != nil {
		return err
	}
	kind := "enveloped-data"
	if alg.IsAEAD(o.Cipher) {
		kind = "authEnveloped-data" // RFC 8551 §3.4
	}
	return e.wrap(w, kind, func(w io.Writer) (io.WriteCloser, error) { return cms.NewEnvelopedWriter(w, o) })
}
