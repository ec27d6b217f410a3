package lint

import (
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// Status is what became of a rule.
type Status string

// The statuses, as zlint uses them.
const (
	Pass          Status = "pass"
	Fail          Status = "fail"
	NotApplicable Status = "na" // the rule is not about this certificate
	NotEffective  Status = "ne" // the rule did not hold at that time
)

// Regime says whether the S/MIME Baseline Requirements bind a certificate (S/MIME BR §1.1).
type Regime string

// The regimes.
const (
	// ByContent takes the certificate at its word: the requirements bind one that claims a reserved policy, and
	// one with the purpose emailProtection that is a CA's or names a mailbox.
	ByContent Regime = ""
	Public    Regime = "public"  // they bind, whatever it says
	Private   Regime = "private" // they bind only what claims a reserved policy
)

// Options are the circumstances.
type Options struct {
	At     time.Time        // which rules hold; zero: those of notBefore, or of thisUpdate
	Issuer *pki.Certificate // the certificate of the issuing authority; nil leaves out what needs it
	Regime Regime           // zero: ByContent
	Draft  bool             // the signature is a dummy (S/MIME BR §4.3.1.2): whether it verifies is not asked
}

// Result is what one rule said.
type Result struct {
	Name     string   `json:"name"`
	Status   Status   `json:"status"`
	Severity Severity `json:"severity"`
	Section  string   `json:"section"`
	Detail   string   `json:"detail,omitempty"` // what is wrong, of a failure
	Advice   string   `json:"advice,omitempty"` // what to do, of a failure
}

// Certificate applies every rule, in the order of the table.
func Certificate(c *pki.Certificate, o Options) []Result {
	s := newSubject(c, o)
	at := o.At
	if at.IsZero() {
		at = c.NotBefore
	}
	out := make([]Result, 0, len(table))
	for i := range table {
		out = append(out, table[i].apply(s, at))
	}
	return out
}

func (r *Rule) apply(s *subject, at time.Time) Result {
	out := Result{Name: r.Name, Severity: r.Severity, Section: r.Section, Status: Pass}
	switch {
	case !r.Scope.covers(s) || r.when != nil && !r.when(s):
		out.Status = NotApplicable
	case !r.At(at):
		out.Status = NotEffective
	default:
		if out.Detail = r.check(s); out.Detail != "" {
			out.Status, out.Advice = Fail, r.Advice
		}
	}
	return out
}

// Unreadable is what is said of a certificate that cannot be read, in place of every rule.
func Unreadable(err error) []Result {
	r := table[0]
	return []Result{{Name: r.Name, Status: Fail, Severity: r.Severity, Section: r.Section, Detail: err.Error(), Advice: r.Advice}}
}

// Worst returns the gravest severity among the failures; empty when there are none.
func Worst(results []Result) Severity {
	var worst Severity
	for _, r := range results {
		if r.Status == Fail && (worst == "" || grave(r.Severity) > grave(worst)) {
			worst = r.Severity
		}
	}
	return worst
}

func grave(s Severity) int { return slices.Index([]Severity{Notice, Warning, Error}, s) }
