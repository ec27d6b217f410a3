// Package finding holds the facts that can be said about a message: one stable code each.
//
// An error is about us, a finding is about the message. Rooms that look at messages
// (cms, pki/chain, smime) state findings; policy derives a verdict from them; commands
// and pages print them with the words kept here, which `waxwing explain CODE` shows in full.
//
//	finding.New(finding.SignerRevoked).At("1.2").Because("revoked on %s", day)
//
// Each code is declared beside its page in the file of the room that states it.
package finding

import "fmt"

// Code names a fact, such as "signer.revoked". Codes are never renamed or reused.
type Code string

// Severity says how a finding bears on trust in the message.
type Severity string

// The severities, from harmless to decisive.
const (
	Info Severity = "info" // true and harmless
	Warn Severity = "warn" // qualifies the words of the verdict
	Bad  Severity = "bad"  // forbids the verdict "genuine"
)

// Finding is one fact about one place of a message.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where,omitempty"`  // layer ("1.2") or signer ("1.2/signer 1") or certificate subject
	Detail   string   `json:"detail,omitempty"` // the values: which algorithm, which date, which address
}

// New returns the finding of a code, with the severity of its page.
// It panics on a code without a page, which a test of every room would show.
func New(c Code) Finding {
	p, ok := pages[c]
	if !ok {
		panic("finding: no page for code " + string(c))
	}
	return Finding{Code: c, Severity: p.Severity}
}

// At returns the finding with its place.
func (f Finding) At(where string) Finding { f.Where = where; return f }

// Because returns the finding with its values, as fmt.Sprintf formats them.
func (f Finding) Because(format string, args ...any) Finding {
	f.Detail = fmt.Sprintf(format, args...)
	return f
}

// Title returns one sentence for people.
func (f Finding) Title() string { return pages[f.Code].Title }

// Page is what `waxwing explain CODE` says.
type Page struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Title    string   `json:"title"`              // one sentence, as printed below a verdict
	Meaning  string   `json:"meaning"`            // what it means
	Innocent string   `json:"innocent,omitempty"` // how it comes about innocently
	Attack   string   `json:"attack,omitempty"`   // how an attacker uses it; empty where no attacker can
	Advice   string   `json:"advice"`             // what to do
	Source   string   `json:"source"`             // RFC and section, or the paper
}

// pages is filled by the files of this package, before main.
var pages = map[Code]Page{}

// define adds pages and panics on a code that is given twice.
func define(ps ...Page) bool {
	for _, p := range ps {
		if _, twice := pages[p.Code]; twice {
			panic("finding: code defined twice: " + string(p.Code))
		}
		pages[p.Code] = p
	}
	return true
}
