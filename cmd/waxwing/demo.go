package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	var keep string
	c := &cobra.Command{
		Use:   "demo",
		Short: "See it at work: from papers to a certificate, a mail, three forgeries, and a revocation",
		Long: "Demo founds an authority in a temporary folder. Alice applies with her passport, one officer checks it and another one approves,\n" +
			"she fetches her kit, and writes to Bob. The mail is signed and encrypted; then somebody changes a byte, an impostor writes, another one\n" +
			"makes a certificate himself, and at last Alice loses her laptop. It prints what the recipient would see each time.\n\n" +
			"The folder is removed at the end, unless --keep names another one. Nothing is sent.",
		Example: "  waxwing demo\n  waxwing demo --keep house && waxwing audit list --home house",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), keep) },
	}
	c.Flags().StringVar(&keep, "keep", "", "make the authority in this folder, and leave it there to look at")
	return c
}

const demoMail = "From: Alice Example <alice@example.org>\r\nTo: Bob Example <bob@example.net>\r\n" +
	"Subject: The contract\r\nDate: Wed, 25 Nov 2026 09:00:00 +0000\r\nMessage-ID: <demo@example.org>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
	"Dear Bob,\r\n\r\nplease transfer 1,000 euro to the usual account.\r\n\r\nAlice\r\n"

// demo sets the stage, tells the story, and clears away.
func (a *app) demo(ctx context.Context, keep string) (err error) {
	started := time.Now()
	dir := keep
	if keep == "" {
		temp, err := os.MkdirTemp("", "waxwing-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = filepath.Join(temp, "house")
	}
	tell := &teller{app: a, p: &painter{colour: isTerminal(a.out)}}
	s := &stage{tell: tell, now: a.now()}
	defer func() {
		tell.flush()
		err = errors.Join(err, s.close())
	}()
	if err := s.play(ctx, dir); err != nil {
		return err
	}
	tell.p.line("\nThat took %.1f seconds. Try it yourself: waxwing ca init --help, waxwing kit --help, waxwing sign --help", time.Since(started).Seconds())
	if keep != "" {
		tell.p.line("The authority is in %s. Look around: waxwing audit list --home %s", keep, keep)
	}
	return nil
}

// letters are an honest mail on its way.
func (s *stage) letters(ctx context.Context) error {
	var err error
	if s.signed, err = s.sign(ctx, []byte(demoMail), s.alice); err != nil {
		return err
	}
	s.tell.scene("Alice signs a mail with the key out of her kit. Bob sees:")
	if err := s.verdict(ctx, s.signed, policy.Genuine); err != nil {
		return err
	}
	sealed, err := s.encrypt(ctx, s.signed, s.bob)
	if err != nil {
		return err
	}
	s.tell.scene("It is encrypted for Bob. Whoever sits in the middle sees:")
	s.tell.excerpt(sealed)
	s.tell.scene("Bob opens it:")
	return s.verdict(ctx, sealed, policy.Genuine)
}

// forgeries are three tries to fool Bob.
func (s *stage) forgeries(ctx context.Context) error {
	s.tell.scene("Somebody on the way changes one figure of the signed mail. Bob sees:")
	if err := s.verdict(ctx, bytes.Replace(s.signed, []byte("1,000 euro"), []byte("9,000 euro"), 1), policy.Altered); err != nil {
		return err
	}
	forged, err := s.sign(ctx, []byte(demoMail), s.mallory)
	if err != nil {
		return err
	}
	s.tell.scene("Mallory has an honest certificate of his own, and writes in Alice's name. Bob sees:")
	if err := s.verdict(ctx, forged, policy.Impostor); err != nil {
		return err
	}
	selfMade, err := s.sign(ctx, []byte(demoMail), s.fake)
	if err != nil {
		return err
	}
	s.tell.scene("Mallory makes a certificate with Alice's name himself. Bob sees:")
	return s.verdict(ctx, selfMade, policy.Untrusted)
}

// verdict opens a mail as Bob would and prints what he sees. The story ends with an error when it is not what it should be.
func (s *stage) verdict(ctx context.Context, mail []byte, want policy.Word) error {
	m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
	if err != nil {
		return err
	}
	o := smime.Opener{Now: s.now, Trust: s.anchors, Evidence: s.lists, Untrusted: s.chain, Keys: cms.KeyList{{Certificate: s.bob.cert, Private: s.bob.key}}}
	r, err := o.Open(ctx, m)
	if err != nil {
		return err
	}
	defer r.Close()
	v := policy.Judge(r, policy.Settings{})
	s.tell.p.verdictBrief(v, r)
	if v.Word != want {
		return fmt.Errorf("the demo expected %q and saw %q: %s", want, v.Word, v.Reason)
	}
	return nil
}

// teller prints the story.
type teller struct {
	app *app
	p   *painter
	n   int
}

func (t *teller) scene(text string) {
	t.n++
	t.p.line("\n%s", t.p.paint("1;36", fmt.Sprintf("%d. %s", t.n, text)))
}

func (t *teller) fact(name, value string) { t.p.fact(name, value) }

// flush prints what was told so far: people read while the next scene is prepared.
func (t *teller) flush() {
	t.app.printf("%s", t.p.text.String())
	t.p.text.Reset()
}

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

// verdictBrief prints the word, the reason, and the next step.
func (p *painter) verdictBrief(v policy.Verdict, r *smime.Report) {
	seal := seals[v.Word]
	p.line("  %s %s", p.bold(seal.colour, seal.mark+" "+strings.ToUpper(string(v.Word))), oneLine(v.Reason))
	p.fact("Secrecy", secrecy(r))
	if v.Word != policy.Genuine {
		p.fact("Next", v.Advice)
	}
}
