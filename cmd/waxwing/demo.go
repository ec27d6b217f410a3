package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "See it at work: an authority, two people, a mail, and two forgeries",
		Long: "Demo makes an authority and two people in memory, signs and encrypts a mail from one to the other, opens it, then\n" +
			"changes a byte, and lets an impostor write. It prints what the recipient would see each time. Nothing is written\n" +
			"to the disk, and nothing is sent.",
		Example: "  waxwing demo",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.demo(c.Context()) },
	}
}

const demoMail = "From: Alice Example <alice@example.org>\r\nTo: Bob Example <bob@example.net>\r\n" +
	"Subject: The contract\r\nDate: Wed, 25 Nov 2026 09:00:00 +0000\r\nMessage-ID: <demo@example.org>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
	"Dear Bob,\r\n\r\nplease transfer 1,000 euro to the usual account.\r\n\r\nAlice\r\n"

// demo tells the story.
func (a *app) demo(ctx context.Context) error {
	started := a.now()
	s, err := newStage(a.now())
	if err != nil {
		return err
	}
	tell := &teller{app: a, p: &painter{colour: isTerminal(a.out)}, stage: s}
	tell.scene("An authority checks Alice's and Bob's papers and gives each a certificate.")
	tell.fact("Authority", s.authority.cert.Subject.String())
	tell.fact("Alice", s.alice.describe())
	tell.fact("Bob", s.bob.describe())

	signed, err := s.sign(ctx, []byte(demoMail), s.alice)
	if err != nil {
		return err
	}
	tell.scene("Alice signs a mail. Bob sees:")
	if err := tell.verdict(ctx, signed, policy.Genuine); err != nil {
		return err
	}
	sealed, err := s.encrypt(ctx, signed, s.bob)
	if err != nil {
		return err
	}
	tell.scene("It is encrypted for Bob. Whoever sits in the middle sees:")
	tell.excerpt(sealed)
	tell.scene("Bob opens it:")
	if err := tell.verdict(ctx, sealed, policy.Genuine); err != nil {
		return err
	}
	tell.scene("Somebody on the way changes one figure of the signed mail. Bob sees:")
	if err := tell.verdict(ctx, bytes.Replace(signed, []byte("1,000 euro"), []byte("9,000 euro"), 1), policy.Altered); err != nil {
		return err
	}
	forged, err := s.sign(ctx, []byte(demoMail), s.mallory)
	if err != nil {
		return err
	}
	tell.scene("Mallory has an honest certificate of his own, and writes in Alice's name. Bob sees:")
	if err := tell.verdict(ctx, forged, policy.Impostor); err != nil {
		return err
	}
	selfMade, err := s.sign(ctx, []byte(demoMail), s.fake)
	if err != nil {
		return err
	}
	tell.scene("Mallory makes a certificate with Alice's name himself. Bob sees:")
	if err := tell.verdict(ctx, selfMade, policy.Untrusted); err != nil {
		return err
	}
	tell.p.line("\nThat took %.1f seconds. Try it with your own mail: waxwing key new --help, waxwing sign --help", time.Since(started).Seconds())
	a.printf("%s", tell.p.text.String())
	return nil
}

// teller prints the story.
type teller struct {
	app   *app
	p     *painter
	stage *stage
	n     int
}

func (t *teller) scene(text string) {
	t.n++
	t.p.line("\n%s", t.p.paint("1;36", fmt.Sprintf("%d. %s", t.n, text)))
}

func (t *teller) fact(name, value string) { t.p.fact(name, value) }

// excerpt shows the first lines of a ciphertext.
func (t *teller) excerpt(mail []byte) {
	_, body, _ := strings.Cut(string(mail), "\r\n\r\n")
	for i, line := range strings.SplitN(body, "\r\n", 4) {
		if i < 3 {
			t.p.line("  %s", t.p.dim(line))
		}
	}
	t.p.line("  %s", t.p.dim("..."))
}

// verdict opens a mail as Bob would and prints what he sees. The story ends with an error when it is not what it should be.
func (t *teller) verdict(ctx context.Context, mail []byte, want policy.Word) error {
	m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
	if err != nil {
		return err
	}
	o := smime.Opener{Now: t.stage.now, Trust: t.stage.anchors, Keys: cms.KeyList{{Certificate: t.stage.bob.cert, Private: t.stage.bob.key}}}
	r, err := o.Open(ctx, m)
	if err != nil {
		return err
	}
	defer r.Close()
	v := policy.Judge(r, policy.Settings{})
	t.p.verdictBrief(v, r)
	if v.Word != want {
		return fmt.Errorf("the demo expected %q and saw %q: %s", want, v.Word, v.Reason)
	}
	return nil
}

// verdictBrief prints the word, the reason, and the next step.
func (p *painter) verdictBrief(v policy.Verdict, r *smime.Report) {
	seal := seals[v.Word]
	p.line("  %s %s", p.bold(seal.colour, seal.mark+" "+strings.ToUpper(string(v.Word))), oneLine(v.Reason))
	p.fact("Secrecy", secrecy(r))
	if v.Word != policy.Genuine {
		p.fact("Next", v.Advice)
	}
}
