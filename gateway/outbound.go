package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// Need says how much something is wanted.
type Need string

// The needs.
const (
	Possible Need = "" // where it can be done
	Never    Need = "never"
	Must     Need = "must" // the mail does not go without
)

// Intent is what an organisation wants for one recipient of a mail. The zero Intent signs and encrypts where it can.
type Intent struct {
	Sign    Need
	Encrypt Need
}

// Identities finds how a sender of ours signs; nil where there is no certificate. An error defers the mail.
type Identities interface {
	Of(ctx context.Context, address string) (*cms.SignedOptions, error)
}

// Directory finds whom mail for an address is encrypted to: every valid certificate of theirs; none where nothing is known.
// An error defers the mail for that recipient: it never means "not found".
type Directory interface {
	Find(ctx context.Context, address string) ([]smime.Recipient, error)
}

// Outbound signs and encrypts mail that leaves: one encrypted copy for each recipient, so that nobody sees who else reads it and
// no copy is as weak as the weakest of them.
type Outbound struct {
	Identities Identities                   // nil signs nothing
	Directory  Directory                    // nil encrypts nothing
	Intent     func(from, to string) Intent // nil is the zero Intent for everybody
	Triggers   []string                     // tokens in a Subject that ask for encryption and are taken out of it; nil takes [encrypt]
	Policy     smime.CipherPolicy           // what ciphers are allowed
	Limits     limit.Limits
	Spool      eml.SpoolOptions
}

// Handle decides about one mail. The wire vouches that the envelope's sender is who brought the mail: nobody is signed for
// whose address is in From alone.
func (g *Outbound) Handle(ctx context.Context, mail Mail) (*Outcome, error) {
	if mail.Arrived.IsZero() {
		return nil, errors.New("gateway: the time of arrival is required")
	}
	m, err := eml.Parse(mail.Content, limit.New(g.Limits))
	if err != nil {
		return tooMuch(mail, err)
	}
	d, err := g.draft(ctx, mail, m)
	if err != nil {
		return tooMuch(mail, err)
	}
	defer d.close()
	o := &Outcome{}
	for _, to := range mail.Recipients {
		b, err := g.copyFor(ctx, d, mail, to)
		if err != nil {
			o.Close()
			return nil, err
		}
		b.For, b.mail = []string{to}, m
		o.Bodies = append(o.Bodies, b)
	}
	return o, nil
}

// copyFor makes the copy of one recipient.
func (g *Outbound) copyFor(ctx context.Context, d *draft, mail Mail, to string) (*Body, error) {
	want := Intent{}
	if g.Intent != nil {
		want = g.Intent(mail.From, to)
	}
	if d.asked {
		want.Encrypt = Must
	}
	known, err := g.find(ctx, want, to)
	if err != nil {
		return &Body{Enhanced: "4.4.3", Reply: "whether the recipient can read encrypted mail cannot be found out now"}, nil
	}
	switch {
	case d.encrypted:
		// A signature in an opaque wrapping is no encryption, and encryption to somebody else is none for this recipient.
		if want.Encrypt == Must && !d.reads(known) {
			return &Body{Action: Refuse, Enhanced: "5.7.5", Reply: "the mail is encrypted, and not to " + to + ", for whom encryption is required"}, nil
		}
		return d.asItCame()
	case want.Encrypt == Must && len(known) == 0:
		return &Body{Action: Refuse, Enhanced: "5.7.10", Reply: "encryption is required, and there is no certificate of " + to}, nil // X.7.10 Encryption Needed (RFC 5248 §2.4)
	}
	base, err := d.form(ctx, g, want)
	var refused *Body
	if errors.As(err, &refused) {
		return refused, nil
	}
	if err != nil {
		return nil, err
	}
	if want.Encrypt == Never || len(known) == 0 || d.leave(want) {
		return d.copyOf(base, g.Spool)
	}
	return g.encrypt(ctx, base, known)
}

func (g *Outbound) find(ctx context.Context, want Intent, to string) ([]smime.Recipient, error) {
	if g.Directory == nil || want.Encrypt == Never {
		return nil, nil
	}
	return g.Directory.Find(ctx, to)
}

func (g *Outbound) encrypt(ctx context.Context, base eml.Source, known []smime.Recipient) (*Body, error) {
	m, err := eml.Parse(base, limit.New(g.Limits))
	if err != nil {
		return nil, err
	}
	s := eml.NewSpool(g.Spool)
	if err := smime.Encrypt(ctx, s, m, smime.EncryptOptions{Recipients: known, Policy: g.Policy}); err != nil {
		s.Close()
		var none *smime.NoCommonCipherError
		var usage *smime.KeyUsageError
		if errors.As(err, &none) || errors.As(err, &usage) {
			// Nothing goes in clear because a certificate that was found does not serve.
			return &Body{Action: Refuse, Enhanced: "5.7.5", Reply: err.Error()}, nil
		}
		return nil, err
	}
	return &Body{Action: Deliver, Made: s, Verdict: policy.Verdict{Reason: "encrypted to the recipient's own certificates"}}, nil
}

// Error lets a refusal travel as an error.
func (b *Body) Error() string { return fmt.Sprintf("%s %s", b.Enhanced, b.Reply) }

// triggers are the tokens that ask for encryption.
func (g *Outbound) triggers() []string {
	if g.Triggers == nil {
		return []string{"[encrypt]"}
	}
	return g.Triggers
}

// withoutTrigger takes a trigger off the start of a subject; it stands there as a word of its own.
func (g *Outbound) withoutTrigger(subject string) (rest string, found bool) {
	rest = strings.TrimSpace(eml.DecodeWords(subject))
	for _, t := range g.triggers() {
		seen := plain(rest)
		if t = plain(t); t == "" || !strings.HasPrefix(seen, t) || len(seen) > len(t) && seen[len(t)] != ' ' {
			continue
		}
		// Letters were folded, so the end of the trigger is found by its words.
		words := strings.Fields(rest)
		return strings.Join(words[min(len(strings.Fields(t)), len(words)):], " "), true
	}
	return rest, false
}

// copySource copies a source into a spool.
func copySource(w io.Writer, src eml.Source) error {
	_, err := io.Copy(w, io.NewSectionReader(src, 0, src.Size()))
	return err
}
