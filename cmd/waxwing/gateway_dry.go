package main

import (
	"bytes"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/gateway"
	"github.com/waxwing-mail/waxwing/policy"
)

func (a *app) gatewayTestCommand() *cobra.Command {
	var g gatewayFlags
	var to []string
	var from string
	c := &cobra.Command{
		Use: "test [MAIL]", Short: "Say what the gateway would do with a mail, and why",
		Long:    "Test runs the rules of serve over a mail and delivers nothing: what each recipient would get, with which marks.",
		Example: "  waxwing gateway test --id mx.example.org --trust-anchor ca.pem -k bob.p12 --to bob@example.org mail.eml",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			in, o, err := a.inbound(c, &g)
			if err != nil {
				return err
			}
			if len(to) == 0 {
				return usage(c, "--to is needed: the recipients of the envelope")
			}
			src, err := a.open(first(args))
			if err != nil {
				return err
			}
			defer src.Close()
			out, err := in.Handle(c.Context(), gateway.Mail{From: from, Recipients: to, Content: src, Arrived: o.Now})
			if err != nil {
				return err
			}
			defer out.Close()
			if g.json {
				return a.printJSON(outcomeOf(out))
			}
			a.printOutcome(out)
			return nil
		},
	}
	g.add(c)
	c.Flags().StringArrayVar(&to, "to", nil, "recipient of the envelope; may be repeated")
	c.Flags().StringVar(&from, "from", "", "sender of the envelope")
	return c
}

// outcomeJSON is what gateway test --json prints.
type outcomeJSON struct {
	Version int        `json:"version"`
	Bodies  []bodyJSON `json:"bodies"`
}

type bodyJSON struct {
	For     []string       `json:"for"`
	Action  gateway.Action `json:"action"`
	Reply   string         `json:"reply,omitempty"`
	Verdict policy.Verdict `json:"judgement"`
	Opened  bool           `json:"opened"`
	Removed int            `json:"removedFields"`
	Added   []string       `json:"addedFields"`
}

func outcomeOf(o *gateway.Outcome) outcomeJSON {
	j := outcomeJSON{Version: jsonVersion, Bodies: []bodyJSON{}}
	for _, b := range o.Bodies {
		n := bodyJSON{For: b.For, Action: b.Action, Reply: b.Reply, Verdict: b.Verdict, Opened: b.Opened != nil, Removed: len(b.Remove), Added: []string{}}
		if b.Action == gateway.Defer {
			n.Action = "defer"
		}
		for _, f := range b.Add {
			n.Added = append(n.Added, string(bytes.TrimRight(f, "\r\n")))
		}
		j.Bodies = append(j.Bodies, n)
	}
	return j
}

func (a *app) printOutcome(o *gateway.Outcome) {
	for _, b := range outcomeOf(o).Bodies {
		a.printf("%s: %s", oneLine(strings.Join(b.For, ", ")), b.Action)
		if b.Reply != "" {
			a.printf(" (%s)", oneLine(b.Reply))
		}
		if b.Opened {
			a.printf(", opened")
		}
		a.printf("\n  %s: %s\n", b.Verdict.Word, oneLine(b.Verdict.Reason))
		if b.Removed > 0 {
			a.printf("  %d forged header fields removed\n", b.Removed)
		}
		for _, f := range b.Added {
			a.printf("  + %s\n", oneLine(strings.ReplaceAll(f, "\r\n", "")))
		}
	}
}
