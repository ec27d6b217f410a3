package gateway

import (
	"context"
	"errors"
	"strings"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime"
)

// draft is a leaving mail and what is made of it for all recipients: it is signed once.
type draft struct {
	mail      Mail
	m         *eml.Message
	asked     bool // a trigger asks for encryption
	encrypted bool // by the client, all that is shown
	signed    bool // by the client
	special   bool // a calendar invitation, an automatic answer, a report: left alone unless something must be
	entries   entries

	clear *eml.Spool // without trigger and Bcc
	made  *eml.Spool // clear, signed
}

// entries notes the recipient entries of a mail that a client encrypted. It holds no key and opens nothing.
type entries struct{ list []*cms.Recipient }

// For implements cms.Keys.
func (e *entries) For(r *cms.Recipient) []cms.Key {
	e.list = append(e.list, r)
	return nil
}

// draft looks at a mail and writes its clear form.
func (g *Outbound) draft(ctx context.Context, mail Mail, m *eml.Message) (*draft, error) {
	d := &draft{mail: mail, m: m}
	r, err := (&smime.Opener{Keys: &d.entries, Now: mail.Arrived, Limits: g.Limits, Spool: g.Spool}).Open(ctx, m)
	if err != nil {
		return nil, err
	}
	d.encrypted, d.signed = r.Encrypted == smime.CoversAll, len(r.Signers) > 0
	if err := r.Close(); err != nil {
		return nil, err
	}
	h := m.Root.Header
	d.special = mail.From == "" || m.Root.Type.Is("text/calendar") || m.Root.Type.Is("multipart/report") || m.Root.Type.Is("multipart/encrypted")
	for p := range m.Parts() {
		d.special = d.special || p.Type.Is("text/calendar") && p.Type.Param("method") != ""
	}
	if auto := strings.ToLower(h.Get("Auto-Submitted")); auto != "" && auto != "no" {
		d.special = true
	}
	edit := eml.NewEdit(m.Root)
	for i, f := range h.Fields {
		switch {
		case f.Is("Bcc"), strings.HasPrefix(strings.ToLower(f.Name), "waxwing-"), strings.HasPrefix(strings.ToLower(f.Name), "x-waxwing"):
			edit.Remove(i)
		case f.Is("Subject") && !d.encrypted && !d.signed:
			rest, found := g.withoutTrigger(f.Value())
			if !found {
				continue
			}
			d.asked = true
			field, err := eml.AppendField(nil, "Subject", rest)
			if err != nil {
				return nil, err
			}
			edit.Replace(i, field)
		case f.Is("Subject"):
			_, d.asked = g.withoutTrigger(f.Value())
		}
	}
	d.clear = eml.NewSpool(g.Spool)
	if _, err := edit.WriteTo(d.clear); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *draft) close() {
	for _, s := range []*eml.Spool{d.clear, d.made} {
		if s != nil {
			s.Close()
		}
	}
}

// leave tells whether this kind of mail is better left in clear.
func (d *draft) leave(want Intent) bool { return d.special && want.Encrypt != Must }

// reads tells whether one of the certificates is among the recipients of a mail that a client encrypted.
func (d *draft) reads(known []smime.Recipient) bool {
	var keys cms.KeyList
	for _, k := range known {
		keys = append(keys, cms.Key{Certificate: k.Certificate})
	}
	for _, e := range d.entries.list {
		if len(keys.For(e)) > 0 {
			return true
		}
	}
	return false
}

// asItCame delivers the mail without Bcc and nothing else changed.
func (d *draft) asItCame() (*Body, error) { return d.copyOf(d.clear, eml.SpoolOptions{}) }

func (d *draft) copyOf(src eml.Source, o eml.SpoolOptions) (*Body, error) {
	s := eml.NewSpool(o)
	if err := copySource(s, src); err != nil {
		s.Close()
		return nil, err
	}
	return &Body{Action: Deliver, Made: s}, nil
}

// form returns the mail signed or not, as wanted.
func (d *draft) form(ctx context.Context, g *Outbound, want Intent) (eml.Source, error) {
	if want.Sign == Never || d.signed || d.special && want.Sign != Must {
		return d.clear, nil
	}
	if d.made != nil {
		return d.made, nil
	}
	var who *cms.SignedOptions
	if from := d.m.Root.Header.Addresses("From").Addresses; g.Identities != nil && len(from) == 1 && smime.SameAddress(from[0].Addr(), d.mail.From) {
		var err error
		if who, err = g.Identities.Of(ctx, d.mail.From); err != nil {
			return nil, &Body{Enhanced: "4.3.0", Reply: "the signing key cannot be asked for now"}
		}
	}
	if who == nil {
		if want.Sign == Must {
			return nil, &Body{Action: Refuse, Enhanced: "5.7.1", Reply: "a signature is required, and there is no certificate for the sender, or From names somebody else"}
		}
		return d.clear, nil
	}
	m, err := eml.Parse(d.clear, limit.New(g.Limits))
	if err != nil {
		return nil, err
	}
	made := eml.NewSpool(g.Spool)
	if err := smime.Sign(ctx, made, m, smime.SignOptions{CMS: *who}); err != nil {
		return nil, errors.Join(err, made.Close())
	}
	d.made = made
	return made, nil
}
