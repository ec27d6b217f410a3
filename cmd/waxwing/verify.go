package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/evidence"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// jsonVersion is the version of every JSON form that commands print. It rises when a name is removed or
// changes its meaning.
const jsonVersion = 1

func (a *app) verifyCommand() *cobra.Command {
	var j judging
	var output string
	c := &cobra.Command{
		Use:   "verify [MAIL|FOLDER|MBOX]",
		Short: "Judge a mail: who wrote it, who vouches for it, was it changed",
		Long: "Verify opens every layer of a mail and says one word: genuine, altered, impostor, untrusted, revoked, expired, unsigned\n" +
			"or unreadable, with the reason and the next step. Nobody is trusted who is not named by --trust-anchor. With -k it\n" +
			"opens encrypted layers too. Of a folder, a Maildir or an mbox it judges every mail; --json then prints a line a mail.",
		Example: "  waxwing verify --trust-anchor ca.pem mail.eml\n  waxwing verify -k bob.p12 --trust-anchor ca.pem --json mail.eml\n" +
			"  waxwing verify --trust-anchor ca.pem ~/Maildir\n  waxwing verify --inform der --content report.pdf --trust-anchor ca.pem report.pdf.p7s",
		Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return a.verify(c, &j, first(args), output) },
	}
	j.add(c)
	c.Flags().StringVarP(&output, "output", "o", "", "write the mail without its signatures and encryption to this file, if it is genuine")
	return c
}

func (a *app) verify(c *cobra.Command, j *judging, mail, output string) error {
	o, err := a.opener(c, j)
	if err != nil {
		return err
	}
	fetcher, err := a.online(c.Context(), o, j)
	if err != nil {
		return err
	}
	o.Explain = true
	if j.inform == "smime" {
		if many, err := mailsIn(mail); err != nil || many != nil {
			if err != nil {
				return err
			}
			return a.verifyMany(c, j, o, many)
		}
	}
	in, err := a.open(mail)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := a.progress("verifying", in)
	r, err := a.openReport(c.Context(), o, j, bar.source())
	bar.stop()
	if err != nil {
		return err
	}
	defer r.Close()
	settings, memory, err := a.settings(c.Context(), o, j)
	if err != nil {
		return err
	}
	v := policy.Judge(r, settings)
	if err := learn(memory, r, o.Now); err != nil {
		return err
	}
	code := exitOf(v, r)
	asked := fetcher.Events()
	if j.json {
		err = a.printJSON(verdictJSON{Version: jsonVersion, Exit: code, Verdict: v, Report: r, Evidence: asked})
	} else {
		err = a.printVerdict(v, r, asked)
	}
	if err != nil {
		return err
	}
	if output != "" && code == exitGood {
		out, err := a.create(output, true, in)
		if err != nil {
			return err
		}
		if err := out.finish(r.WritePlain(out)); err != nil {
			return err
		}
	}
	return done(code)
}

// openReport opens a mail, or a bare CMS object.
func (a *app) openReport(ctx context.Context, o *smime.Opener, j *judging, src eml.Source) (*smime.Report, error) {
	if j.content != "" {
		content, err := a.open(j.content)
		if err != nil {
			return nil, err
		}
		defer content.Close()
		o.Content = content
	}
	if j.inform != "smime" {
		return o.OpenCMS(ctx, src)
	}
	m, err := eml.Parse(src, limit.New(o.Limits))
	if err != nil {
		return nil, err
	}
	return o.Open(ctx, m)
}

// verdictJSON is what verify --json prints.
type verdictJSON struct {
	Version int            `json:"version"`
	Exit    int            `json:"exit"`
	Verdict policy.Verdict `json:"judgement"`
	Report  *smime.Report  `json:"report"`

	Evidence []evidence.Event `json:"evidence,omitempty"` // what was fetched, from where, with what result
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// exitOf returns the exit code of a verdict.
func exitOf(v policy.Verdict, r *smime.Report) int {
	switch v.Word {
	case policy.Genuine:
		return exitGood
	case policy.Unsigned:
		return exitNotSigned
	case policy.Unreadable:
		for _, c := range v.Codes {
			if c == finding.LayerMalformed || c == finding.LayerNoContent {
				return exitMalformed
			}
		}
		return exitNoDecrypt
	}
	return exitNotAcceptable
}
