package docs

import (
	"fmt"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/lint"
)

// Lint is the page of the rules of `waxwing lint`.
func Lint() string {
	certificates, lists, answers := lint.Rules(), lint.CRLRules(), lint.OCSPRules()
	var b strings.Builder
	fmt.Fprintf(&b, "%s# Rules of lint\n\nThe %d rules that `waxwing lint` applies: [%d for certificates](#certificates), [%d for revocation lists](#revocation-lists), [%d for OCSP answers](#ocsp-answers), in its order.\n"+
		"A rule holds for what was made between its dates (a certificate's notBefore, a list's thisUpdate, an answer's producedAt), or on the day of `--at`.\n"+
		"An *error* breaks a MUST or SHALL, a *warning* a SHOULD, a *notice* is lawful and worth a look.\n"+
		"S/MIME BR stands for the S/MIME Baseline Requirements of the CA/Browser Forum; the last column has the names of zlint and pkilint.\n",
		made, len(certificates)+len(lists)+len(answers), len(certificates), len(lists), len(answers))
	lintTable(&b, "Certificates", certificates)
	lintTable(&b, "Revocation lists", lists)
	lintTable(&b, "OCSP answers", answers)
	return b.String()
}

func lintTable(b *strings.Builder, title string, rules []lint.Rule) {
	fmt.Fprintf(b, "\n## %s\n\n| rule | what it wants | severity | section | for | from | until | elsewhere |\n|---|---|---|---|---|---|---|---|\n", title)
	for _, r := range rules {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", r.Name, r.Title, r.Severity, r.Section, r.Scope,
			date(r.From), date(r.Until), strings.Join(r.Same, " "))
	}
}

// date is a day, or nothing.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
