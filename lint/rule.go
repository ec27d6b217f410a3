package lint

import (
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// Severity is how much a breach of a rule matters.
type Severity string

// The severities. A certificate with an Error must not be signed.
const (
	Error   Severity = "error"   // breaks a MUST or SHALL
	Warning Severity = "warning" // breaks a SHOULD, or a peer refuses it
	Notice  Severity = "notice"  // lawful, and worth a look
)

// Role is the place of a certificate in a hierarchy; roles add up to sets.
type Role uint8

// The roles.
const (
	Leaf  Role = 1 << iota // a subscriber: not a CA
	SubCA                  // a CA that another one certified
	Root                   // a CA that certified itself

	anyCA = SubCA | Root
)

// String lists the roles of a set.
func (r Role) String() string {
	var out []string
	for i, name := range []string{"leaf", "subordinate CA", "root"} {
		if r&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// Scope says which certificates a rule is about. The zero Scope is every certificate.
type Scope struct {
	Roles       Role             // zero: all
	BR          bool             // only where the S/MIME Baseline Requirements bind, see Regime
	Claimed     bool             // only where the certificate claims a reserved policy (S/MIME BR §7.1.6.1)
	Generations []pki.Generation // empty: all
	Validations []pki.Validation // empty: all
}

// String describes the scope in a few words.
func (s Scope) String() string {
	var out []string
	if s.Roles != 0 {
		out = append(out, s.Roles.String())
	}
	if s.BR || s.Claimed {
		out = append(out, "S/MIME BR")
	}
	for _, g := range s.Generations {
		out = append(out, string(g))
	}
	for _, v := range s.Validations {
		out = append(out, string(v))
	}
	if out == nil {
		return "all"
	}
	return strings.Join(out, ", ")
}

func (s Scope) covers(c *subject) bool {
	return (s.Roles == 0 || s.Roles&c.role != 0) &&
		(!s.BR || c.br) && (!s.Claimed || c.claimed()) &&
		(len(s.Generations) == 0 || c.br && slices.Contains(s.Generations, c.level.Generation)) &&
		(len(s.Validations) == 0 || c.br && slices.Contains(s.Validations, c.level.Validation))
}

// Rule is one requirement.
type Rule struct {
	Name     string    // such as "smime.san.present"; never reused
	Section  string    // where it stands, such as "S/MIME BR §7.1.4.2.1"
	Title    string    // the requirement in one sentence
	Advice   string    // what an authority does about a breach
	Severity Severity  // of a breach
	From     time.Time // the first moment it holds; zero: always
	Until    time.Time // the first moment it no longer holds; zero: never ends
	Scope    Scope
	Same     []string // the names that other linters give it: zlint's, and pkilint's with dots

	when  func(*subject) bool   // a further condition; nil: none
	check func(*subject) string // what is wrong; empty: nothing
}

// At reports whether the rule holds at a moment.
func (r Rule) At(t time.Time) bool {
	return !t.Before(r.From) && (r.Until.IsZero() || t.Before(r.Until))
}

// day is midnight, UTC, as the tables of dates say it.
func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}
