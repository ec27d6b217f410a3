package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/smime"
)

func (a *app) inspectCommand() *cobra.Command {
	var j judging
	c := &cobra.Command{
		Use:   "inspect [MAIL]",
		Short: "Show what a mail is made of, and judge nothing",
		Long: "Inspect shows the layers of a mail as a tree: what each is, the bytes it takes, what a signature covers, who can decrypt.\n" +
			"It trusts nobody and judges nothing. With -k it looks inside encrypted layers.",
		Example: "  waxwing inspect mail.eml\n  waxwing inspect -k bob.p12 --json mail.eml\n  waxwing inspect --inform pem message.pem",
		Args:    atMostOne,
		RunE:    func(c *cobra.Command, args []string) error { return a.inspect(c, &j, first(args)) },
	}
	j.keyFlags.add(c, "file with keys to look inside encrypted layers with")
	j.addReading(c)
	c.Flags().BoolVar(&j.json, "json", false, "print the tree as JSON")
	return c
}

func (a *app) inspect(c *cobra.Command, j *judging, mail string) error {
	o, err := a.opener(c, j)
	if err != nil {
		return err
	}
	in, err := a.open(mail)
	if err != nil {
		return err
	}
	defer in.Close()
	r, err := a.openReport(c.Context(), o, j, in)
	if err != nil {
		return err
	}
	defer r.Close()
	if j.json {
		return a.printJSON(struct {
			Version int          `json:"version"`
			Root    *smime.Layer `json:"root"`
		}{jsonVersion, r.Root})
	}
	p := &painter{colour: isTerminal(a.out)}
	p.layer(r.Root, "", true, true)
	_, err = fmt.Fprint(a.out, p.text.String())
	return err
}

// layer prints one layer and what is inside it.
func (p *painter) layer(l *smime.Layer, indent string, last, top bool) {
	branch, below := "├─ ", "│  "
	if last {
		branch, below = "└─ ", "   "
	}
	if top {
		branch, below = "", ""
	}
	where := fmt.Sprintf("bytes %s", l.Range)
	if l.Source > 0 {
		where += fmt.Sprintf(" of content %d", l.Source)
	}
	p.line("%s%s%s %s", indent, branch, p.paint("1", title(l)), p.dim(where))
	for _, d := range details(l) {
		bar := "   "
		if len(l.Children) > 0 {
			bar = "│  "
		}
		p.line("%s%s%s%s", indent, below, bar, oneLine(d))
	}
	for i, c := range l.Children {
		p.layer(c, indent+below, i == len(l.Children)-1, false)
	}
}

// title says what a layer is.
func title(l *smime.Layer) string {
	words := []string{string(l.Kind)}
	if l.MediaType != "" && l.MediaType != string(l.Kind) {
		words = append(words, oneLine(l.MediaType))
	}
	if l.Name != "" {
		words = append(words, fmt.Sprintf("%q", l.Name))
	}
	return strings.Join(words, " ")
}

// details says what is known about a layer, one line each.
func details(l *smime.Layer) []string {
	var out []string
	if l.Covers != nil {
		out = append(out, fmt.Sprintf("covers bytes %s (%s)", l.Covers.Range, l.Covers.Form))
	}
	for _, s := range l.Signers {
		out = append(out, "signer "+s.ID+", "+s.Algorithm)
		if !s.Claimed.IsZero() {
			out = append(out, "  says it signed at "+s.Claimed.UTC().Format("2006-01-02 15:04:05 UTC"))
		}
	}
	for _, c := range l.Certificates {
		out = append(out, "carries the certificate of "+c.Subject.String())
	}
	if e := l.Encryption; e != nil {
		integrity := "changes are noticed"
		if !e.Integrity {
			integrity = "changes are not noticed"
		}
		out = append(out, e.Cipher+"; "+integrity)
		for _, r := range e.Recipients {
			out = append(out, "recipient "+r.ID+", "+r.Algorithm)
		}
	}
	for _, f := range l.Findings {
		line := string(f.Code)
		if f.Detail != "" {
			line += ": " + f.Detail
		}
		out = append(out, line)
	}
	return out
}
