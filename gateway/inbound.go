package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// Keys finds the private keys of a recipient.
type Keys interface {
	// Of returns what may open mail for an address; nil where there is nothing. An error defers the mail for that recipient.
	Of(ctx context.Context, address string) (cms.Keys, error)
}

// Inbound opens, judges and marks arriving mail.
type Inbound struct {
	ID       string                                            // our authserv-id (RFC 8601 §2.2): a domain name of ours; required
	Opener   smime.Opener                                      // whom to trust, and limits. Its Keys, Now and Received are set for each mail
	Evidence func(ctx context.Context) chain.Evidence          // what is known beside the mail; nil takes Opener.Evidence
	Settings policy.Settings                                   // how to judge
	Keys     Keys                                              // nil opens nothing
	Actions  map[policy.Word]Action                            // words not named are delivered, with their mark
	Learn    func(ctx context.Context, v smime.Verified) error // told each signer that was judged in full; nil learns nothing. Its errors change nothing
}

// Handle decides about one mail.
func (g *Inbound) Handle(ctx context.Context, mail Mail) (*Outcome, error) {
	if g.ID == "" || mail.Arrived.IsZero() {
		return nil, errors.New("gateway: the authserv-id and the time of arrival are required")
	}
	m, err := eml.Parse(mail.Content, limit.New(g.Opener.Limits))
	if err != nil {
		return tooMuch(mail, err)
	}
	closed, report, err := g.judge(ctx, mail, m, nil)
	if err != nil {
		return tooMuch(mail, err)
	}
	o := &Outcome{Verdict: closed.Verdict}
	if report.Encrypted == smime.CoversAll && g.Keys != nil {
		err = g.each(ctx, mail, m, closed, o)
	} else {
		closed.For = mail.Recipients
		g.learn(ctx, report)
	}
	if err := errors.Join(err, report.Close()); err != nil {
		o.Close()
		return nil, err
	}
	if len(closed.For) > 0 {
		o.Bodies = append(o.Bodies, closed)
	}
	o.Why = o.Verdict.Codes
	return o, nil
}

// tooMuch refuses a mail that goes beyond a limit: it would the next time too. Everything else is an error of ours.
func tooMuch(mail Mail, err error) (*Outcome, error) {
	var l *limit.Error
	if !errors.As(err, &l) {
		return nil, err
	}
	return &Outcome{Bodies: []*Body{{For: mail.Recipients, Action: Refuse, Enhanced: "5.6.0", Reply: "the message goes beyond a limit: " + l.Error()}}}, nil
}

// judge opens a mail with some keys and makes the body of it.
func (g *Inbound) judge(ctx context.Context, mail Mail, m *eml.Message, keys cms.Keys) (*Body, *smime.Report, error) {
	o := g.Opener
	o.Keys, o.Now, o.Received = keys, mail.Arrived, mail.Arrived
	if g.Evidence != nil {
		o.Evidence = g.Evidence(ctx)
	}
	r, err := o.Open(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	b := &Body{mail: m, Verdict: policy.Judge(r, g.Settings), Remove: forged(m.Root.Header, g.ID)}
	b.Action = Deliver
	if a, ok := g.Actions[b.Verdict.Word]; ok {
		b.Action = a
	}
	if b.Action != Deliver {
		b.Enhanced, b.Reply = "5.7.7", fmt.Sprintf("message %s: %s", b.Verdict.Word, b.Verdict.Reason) // RFC 3463 §3.8: message integrity failure
	}
	if b.Add, err = g.marks(r, b.Verdict); err != nil {
		r.Close()
		return nil, nil, err
	}
	return b, r, nil
}

// each opens an encrypted mail for each recipient with their own keys, and nobody else's. Recipients without keys get it as it came.
func (g *Inbound) each(ctx context.Context, mail Mail, m *eml.Message, closed *Body, o *Outcome) error {
	for _, to := range mail.Recipients {
		keys, err := g.Keys.Of(ctx, to)
		if err != nil {
			o.Bodies = append(o.Bodies, &Body{For: []string{to}, Enhanced: "4.3.0", Reply: "the keys cannot be asked for now"})
			continue
		}
		if keys == nil {
			closed.For = append(closed.For, to)
			continue
		}
		b, r, err := g.judge(ctx, mail, m, keys)
		if err != nil {
			return err
		}
		if !r.Opened {
			closed.For = append(closed.For, to)
			if err := r.Close(); err != nil {
				return err
			}
			continue
		}
		b.For = []string{to}
		b.Opened, err = g.open(r, m, b.Verdict)
		g.learn(ctx, r)
		if err := errors.Join(err, r.Close()); err != nil {
			return err
		}
		o.Bodies = append(o.Bodies, b)
		o.Verdict = b.Verdict
	}
	return nil
}

func (g *Inbound) learn(ctx context.Context, r *smime.Report) {
	if g.Learn == nil {
		return
	}
	for _, v := range r.Verified() {
		g.Learn(ctx, v) // what is not learned now is learned from the next mail
	}
}
