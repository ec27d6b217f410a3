// Package docs makes the pages under docs/ that follow from tables in the code, so that a page cannot say what the
// code does not do:
//
//	go test ./internal/docs -update        # or: make docs
//
// A test beside it fails when a page is stale. The page of the commands is made in cmd/waxwing, where their table is.
package docs

import (
	"fmt"
	"sort"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/policy"
)

// made is the first line of every page.
const made = "<!-- Made by `make docs` from tables in the code. Do not edit. -->\n\n"

// Findings is the page of every finding: what `waxwing explain CODE` says.
func Findings() string {
	var b strings.Builder
	b.WriteString(made + "# Findings\n\nWhat can be said about a message. `waxwing explain CODE` prints the same.\n\n" +
		"An *info* is harmless, a *warn* qualifies the verdict, a *bad* one forbids the word genuine.\n")
	for _, code := range finding.Codes() {
		p, _ := finding.Explain(code)
		fmt.Fprintf(&b, "\n## `%s`\n\n*%s.* %s\n\n%s\n", p.Code, p.Severity, p.Title, p.Meaning)
		for _, line := range [][2]string{{"Innocently", p.Innocent}, {"As an attack", p.Attack}, {"What to do", p.Advice}, {"Source", p.Source}} {
			if line[1] != "" {
				fmt.Fprintf(&b, "\n* **%s:** %s", line[0], line[1])
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// Verdicts is the page of the words and of the table that decides them.
func Verdicts() string {
	var b strings.Builder
	b.WriteString(made + "# Verdicts\n\nOne word about a message, derived from its findings. The worst word wins; a message is *genuine* only when\n" +
		"nothing decides otherwise **and** a signer was judged in full who covers all that is shown and is its sender.\n\n" +
		"| word, the worst first | what it says | exit code of `verify` |\n|---|---|---|\n")
	codes := map[policy.Word]string{policy.Genuine: "0", policy.Unsigned: "3", policy.Unreadable: "5, or 6 when malformed"}
	for _, w := range policy.Words {
		code := codes[w]
		if code == "" {
			code = "4"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", w, w.Meaning(), code)
	}
	b.WriteString("\n## The table\n\nEvery finding that decides, with its word. A finding that is not here qualifies the words or is harmless.\n\n" +
		"| finding | word | what it says |\n|---|---|---|\n")
	for _, r := range policy.Table() {
		p, _ := finding.Explain(r.Code)
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Code, r.Word, p.Title)
	}
	return b.String()
}

// Algorithms is the page of the table of algorithms.
func Algorithms() string {
	var b strings.Builder
	b.WriteString(made + "# Algorithms\n\nEvery algorithm that is known by name. What is old is read only when asked for by `--allow-sha1` or\n" +
		"`--allow-legacy`; what is not implemented has its name here so that it can be shown.\n")
	rows := alg.Table()
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].Kind < rows[j].Kind })
	var kind alg.Kind
	for _, e := range rows {
		if e.Kind != kind {
			kind = e.Kind
			fmt.Fprintf(&b, "\n## %s\n\n| name | OID | bits | status | source |\n|---|---|---:|---|---|\n", kind)
		}
		bits := ""
		if e.Bits > 0 {
			bits = fmt.Sprint(e.Bits)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %v | %s |\n", e.Name, e.OID, bits, e.Status, e.Source)
	}
	return b.String()
}
