package main

import (
	"fmt"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// every yields the commands that a person may call, parents first.
func every(c *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, sub := range c.Commands() {
		if sub.Name() == "help" || sub.Name() == "completion" || sub.Hidden {
			continue
		}
		list = append(list, sub)
		list = append(list, every(sub)...)
	}
	return list
}

// flagsOf lists the flags of a command, each as it is written and what it is for.
func flagsOf(c *cobra.Command) [][2]string {
	var list [][2]string
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if kind, _ := pflag.UnquoteUsage(f); kind != "" {
			name += " " + strings.ToUpper(kind)
		}
		list = append(list, [2]string{name, f.Usage})
	})
	sort.Slice(list, func(i, j int) bool {
		return strings.TrimLeft(list[i][0], "-") < strings.TrimLeft(list[j][0], "-")
	})
	return list
}

// markdown is docs/cli.md.
func markdown(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("<!-- Made by `make docs` from the table of commands. Do not edit. -->\n\n# Commands\n\n")
	fmt.Fprintf(&b, "%s\n\n```\n%s\n```\n\n## Exit codes\n\nThey are frozen.\n\n| code | meaning |\n|---|---|\n", root.Long, root.Example)
	for _, e := range exitMeanings {
		fmt.Fprintf(&b, "| %d | %s |\n", e.code, e.meaning)
	}
	for _, c := range every(root) {
		fmt.Fprintf(&b, "\n## %s\n\n", c.CommandPath())
		if !c.Runnable() || c.HasSubCommands() {
			fmt.Fprintf(&b, "%s.\n", c.Short)
			continue
		}
		fmt.Fprintf(&b, "    %s\n\n%s\n\n```\n%s\n```\n", c.UseLine(), long(c), c.Example)
		if flags := flagsOf(c); len(flags) > 0 {
			b.WriteString("\n| flag | |\n|---|---|\n")
			for _, f := range flags {
				fmt.Fprintf(&b, "| `%s` | %s |\n", f[0], strings.ReplaceAll(f[1], "|", `\|`))
			}
		}
	}
	return b.String()
}

func long(c *cobra.Command) string {
	if c.Long != "" {
		return c.Long
	}
	return c.Short + "."
}

// manPage is docs/waxwing.1.
func manPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString(".\\\" Made by `make docs` from the table of commands.\n.TH WAXWING 1\n.SH NAME\nwaxwing \\- " + roff(root.Short) + "\n")
	b.WriteString(".SH SYNOPSIS\n.B waxwing\n.I command\n[flags] [file]\n.SH DESCRIPTION\n" + roff(root.Long) + "\n.SH COMMANDS\n")
	for _, c := range every(root) {
		if c.HasSubCommands() {
			continue
		}
		fmt.Fprintf(&b, ".SS %s\n%s\n", roff(c.UseLine()), roff(long(c)))
		for _, f := range flagsOf(c) {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(f[0]), roff(f[1]))
		}
		fmt.Fprintf(&b, ".PP\n.nf\n%s\n.fi\n", roff(c.Example))
	}
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitMeanings {
		fmt.Fprintf(&b, ".TP\n.B %d\n%s\n", e.code, roff(e.meaning))
	}
	b.WriteString(".SH STANDARDS\nRFC 8551, RFC 8550, RFC 5652, RFC 5280.\n")
	return b.String()
}

// roff escapes text for troff.
func roff(s string) string {
	s = strings.ReplaceAll(s, `\`, `\e`)
	s = strings.ReplaceAll(s, "-", `\-`)
	var lines []string
	for _, l := range strings.Split(s, "\n") {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			l = `\&` + l
		}
		lines = append(lines, l)
	}
	return strings.Join(lines, "\n")
}
