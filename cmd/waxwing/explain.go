package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/policy"
)

func (a *app) explainCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "explain [CODE]",
		Short:   "Explain a finding: what it means, how it comes about, what to do",
		Long:    "Explain says for a finding's code what it means, how it comes about innocently, how an attacker uses it, what to do, and\nwhich standard says so. Without a code it lists all of them.",
		Example: "  waxwing explain from.lookalike\n  waxwing explain",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.explainAll(asJSON)
			}
			return a.explainOne(c, args[0], asJSON)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, code := range finding.Codes() {
				codes = append(codes, string(code))
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

func (a *app) explainAll(asJSON bool) error {
	var pages []finding.Page
	for _, code := range finding.Codes() {
		p, _ := finding.Explain(code)
		pages = append(pages, p)
	}
	if asJSON {
		return a.printJSON(pages)
	}
	for _, p := range pages {
		a.printf("%-34s %s\n", p.Code, p.Title)
	}
	return nil
}

func (a *app) explainOne(c *cobra.Command, code string, asJSON bool) error {
	p, ok := finding.Explain(finding.Code(code))
	if !ok {
		if near := nearest(code); near != "" {
			return usage(c, "there is no finding %q; did you mean %q?", code, near)
		}
		return usage(c, "there is no finding %q; see them all with: waxwing explain", code)
	}
	if asJSON {
		return a.printJSON(p)
	}
	out := &painter{colour: isTerminal(a.out)}
	out.line("%s\n%s\n", out.paint("1", string(p.Code)), p.Title)
	out.fact("Means", p.Meaning)
	out.fact("Innocent", p.Innocent)
	out.fact("Attack", p.Attack)
	out.fact("Do", p.Advice)
	out.fact("Source", p.Source)
	if p.Severity == finding.Bad {
		out.fact("Verdict", string(policy.WordOf(p.Code)))
	}
	a.printf("%s", out.text.String())
	return nil
}

// nearest returns a code that shares the part behind the dot, or the one before it.
func nearest(code string) string {
	family, rest, _ := strings.Cut(code, ".")
	for _, c := range finding.Codes() {
		f, r, _ := strings.Cut(string(c), ".")
		if rest != "" && strings.EqualFold(r, rest) || strings.EqualFold(r, code) {
			return string(c)
		}
		if rest == "" && strings.EqualFold(f, family) {
			return string(c)
		}
	}
	return ""
}
