package docs

import (
	"fmt"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/lint"
)

// Lint is the page of the rules of `waxwing lint`.
func Lint() string {
	rules := lint.Rules()
	var b strings.Builder
	fmt.Fprintf(&b, "%s# Rules for certificates\n\nThe %d rules that `waxwing lint` applies, in its order. A rule holds for certificates whose notBefore, or the day of `--at`,\n"+
		"lies between its dates. An *error* breaks a MUST or SHALL, a *warning* a SHOULD, a *notice* is lawful and worth a look.\n"+
		"S/MIME BR stands for the S/MIME Baseline Requirements of the CA/Browser Forum; the last column has the names of zlint and pkilint.\n\n"+
		"| rule | what it wants | severity | section | for | from | until | elsewhere |\n|---|---|---|---|---|---|---|---|\n", made, len(rules))
	for _, r := range rules {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", r.Name, r.Title, r.Severity, r.Section, r.Scope,
			date(r.From), date(r.Until), strings.Join(r.Same, " "))
	}
	return b.String()
}

// date is a day, or nothing.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
