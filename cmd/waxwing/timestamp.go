package main

import (
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/smime"
)

func (a *app) timestampCommand() *cobra.Command {
	return noun("timestamp", "Look at and check RFC 3161 timestamps", "  waxwing timestamp verify --trust-anchor tsa-root.pem --data report.pdf report.tsr",
		a.timestampShowCommand(), a.timestampVerifyCommand())
}

func (a *app) timestampShowCommand() *cobra.Command {
	var j judging
	c := &cobra.Command{
		Use: "show TOKEN", Short: "Show what a timestamp says, and judge nobody",
		Example: "  waxwing timestamp show report.tsr", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error { return a.timestamp(c, &j, args[0], "", false) },
	}
	c.Flags().BoolVar(&j.json, "json", false, "print as JSON")
	j.store = "none"
	return c
}

func (a *app) timestampVerifyCommand() *cobra.Command {
	var j judging
	var data string
	c := &cobra.Command{
		Use: "verify --data FILE TOKEN", Short: "Check a timestamp: was FILE there at that time, and who says so",
		Long: "Verify checks a token, or the whole answer of a timestamp authority, in full (RFC 3161): that it is about FILE, that its signer is\n" +
			"certified for timestamps by a trusted authority, and that nothing is wrong with its form.",
		Example: "  waxwing timestamp verify --trust-anchor tsa-root.pem --data report.pdf report.tsr", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			if data == "" {
				return usage(c, "name what the timestamp is about: --data FILE")
			}
			return a.timestamp(c, &j, args[0], data, true)
		},
	}
	c.Flags().StringVar(&data, "data", "", "file that the timestamp is about")
	j.addTrustFlags(c)
	return c
}

// timestampJSON is what timestamp show --json and verify --json print.
type timestampJSON struct {
	Version int                    `json:"version"`
	Exit    int                    `json:"exit"`
	Token   *smime.TimestampReport `json:"timestamp"`
}

func (a *app) timestamp(c *cobra.Command, j *judging, path, data string, judge bool) error {
	o, err := a.opener(c, j)
	if err != nil {
		return err
	}
	o.Purpose = chain.TimeStamping
	token, err := a.open(path)
	if err != nil {
		return err
	}
	defer token.Close()
	var about io.Reader
	if data != "" {
		f, err := a.open(data)
		if err != nil {
			return err
		}
		defer f.Close()
		about = io.NewSectionReader(f, 0, f.Size())
	}
	t, err := o.OpenTimestamp(c.Context(), io.NewSectionReader(token, 0, token.Size()), about)
	if err != nil {
		return err
	}
	out := timestampJSON{Version: jsonVersion, Token: t}
	switch {
	case t.Time.IsZero():
		out.Exit = exitMalformed
	case judge && !t.OK:
		out.Exit = exitNotAcceptable
	}
	if j.json {
		err = a.printJSON(out)
	} else {
		a.printTimestamp(t, judge)
	}
	if err != nil {
		return err
	}
	return done(out.Exit)
}

func (a *app) printTimestamp(t *smime.TimestampReport, judge bool) {
	p := &painter{colour: isTerminal(a.out)}
	switch {
	case !judge:
	case t.OK:
		p.line("%s", p.bold("32", "✔ THE TIME IS PROVEN"))
	default:
		p.line("%s", p.bold("31", "✘ THE TIME IS NOT PROVEN"))
	}
	if !t.Time.IsZero() {
		p.fact("Time", t.Time.UTC().Format(time.RFC3339))
	}
	if t.Summary != nil {
		p.fact("Authority", t.Summary.Subject)
	}
	p.fact("Policy", t.Policy)
	p.fact("Serial", t.Serial)
	p.fact("Digest", t.Hash)
	for _, f := range t.Findings {
		if judge || t.Time.IsZero() {
			p.fact("Found", f.Title()+" "+f.Detail)
		}
	}
	a.printf("%s", p.text.String())
}
