package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/gateway"
	"github.com/waxwing-mail/waxwing/relay"
)

// Gateway decides about a mail: a *gateway.Inbound or a *gateway.Outbound.
type Gateway interface {
	Handle(ctx context.Context, m gateway.Mail) (*gateway.Outcome, error)
}

// Filter is an after-queue content filter: a relay.Handler that asks the gateway and hands each body to the next hop. It says
// 250 only after the next hop did.
type Filter struct {
	Gateway Gateway
	Next    *relay.Client    // the MTA's re-injection service
	Now     func() time.Time // nil takes time.Now
	Spool   eml.SpoolOptions
	Log     *slog.Logger // a line a mail, without content; nil logs nothing
}

// Recipient takes every recipient: the MTA knows its own.
func (a *Filter) Recipient(context.Context, *relay.Envelope, relay.Recipient) relay.Reply {
	return relay.Reply{Code: 250, Enhanced: "2.1.5", Text: "recipient ok"}
}

// Deliver carries the gateway's Outcome out.
func (a *Filter) Deliver(ctx context.Context, e *relay.Envelope, m eml.Source) []relay.Reply {
	mail := gateway.Mail{From: e.From, Content: m, Arrived: a.now(), Ident: e.Forward.Ident}
	for _, r := range e.Recipients {
		mail.Recipients = append(mail.Recipients, r.Address)
	}
	o, err := a.Gateway.Handle(ctx, mail)
	if err != nil {
		a.log().Error("mail", "ident", mail.Ident, "err", err)
		return nil // a temporary failure for everybody
	}
	defer o.Close()
	replies := make([]relay.Reply, len(e.Recipients))
	for _, b := range o.Bodies {
		a.carry(ctx, e, b, replies)
		a.log().Info("mail", "ident", mail.Ident, "verdict", b.Verdict.Word, "action", b.Action, "opened", b.Opened != nil, "recipients", len(b.For))
	}
	return replies
}

// carry hands one body to its recipients and puts the answers in their places.
func (a *Filter) carry(ctx context.Context, e *relay.Envelope, b *gateway.Body, replies []relay.Reply) {
	out := e.For()
	var places []int
	for i, r := range e.Recipients {
		for _, to := range b.For {
			if r.Address == to && replies[i].Code == 0 {
				out.Recipients, places = append(out.Recipients, r), append(places, i)
				break
			}
		}
	}
	put := func(r relay.Reply) {
		for _, i := range places {
			replies[i] = r
		}
	}
	switch b.Action {
	case gateway.Refuse:
		put(relay.Permanent(b.Enhanced, b.Reply))
		return
	case gateway.Deliver:
	default:
		put(relay.Temporary(b.Enhanced, b.Reply))
		return
	}
	if b.Opened != nil {
		// A bounce of what was opened must not carry it back to where it was sent encrypted from (RFC 3461 §4.3).
		out.Ret, out.Body = "HDRS", "8BITMIME"
	}
	s := eml.NewSpool(a.Spool)
	defer s.Close()
	if _, err := b.WriteTo(s); err != nil {
		a.log().Error("mail", "err", err)
		put(relay.Temporary("4.3.0", "cannot write the mail; try again"))
		return
	}
	for i, r := range a.Next.Send(ctx, out, s) {
		if r.Unknown {
			a.log().Warn("the next hop may have a mail that is tried again", "ident", e.Forward.Ident)
		}
		replies[places[i]] = r.Reply
	}
}

func (a *Filter) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

func (a *Filter) log() *slog.Logger {
	if a.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return a.Log
}
