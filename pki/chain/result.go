package chain

import (
	"time"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// Result is what Verify found.
type Result struct {
	OK       bool
	Path     []*pki.Certificate // the leaf first, the anchor last; of several failing paths the one that came nearest
	Anchor   *Anchor            // at the end of Path; nil when the path reaches none
	Failures []Failure          // why it is not OK, the nearest to the anchor first
	Findings []finding.Finding  // everything found: the failures, then what qualifies the result

	Revocation []Status            // for each certificate of Path below the anchor
	Policies   []der.OID           // user-constrained-policy-set (RFC 9618 §5.5); holds anyPolicy when every policy is valid
	Level      pki.ValidationLevel // what the anchor's authority says it checked, as far as Policies are valid

	Tried int   // paths that reached an anchor and were judged
	Limit error // *limit.Error or the context's error when the search was cut short; then OK is false
}

// Failure is a rule that does not hold.
type Failure struct {
	finding.Finding
	Certificate *pki.Certificate // which breaks it; nil when it is the path as a whole
	Index       int              // of Certificate in Path; -1 when it is not in it
	Section     string           // of the rule: "RFC 5280 §6.1.3 (a)(2)"
}

// State is what is known about the revocation of a certificate.
type State string

// The states.
const (
	Good       State = "good"
	Revoked    State = "revoked" // also on hold: Reason tells
	Unknown    State = "unknown"
	NotChecked State = "not checked" // Revocation is Off, or there is no need to
)

// Status is what is known about the revocation of one certificate, and from where.
type Status struct {
	Certificate *pki.Certificate
	State       State
	Source      Source // what decided; empty when nothing did

	ThisUpdate time.Time // of what decided
	NextUpdate time.Time // zero when it does not say
	Signer     *pki.Certificate

	Revoked   time.Time // when State is Revoked, or when Later
	HasReason bool
	Reason    pki.Reason
	Invalid   time.Time // invalidityDate; zero when absent
	Later     bool      // Good at the moment judged and revoked since

	Why     string   // why it is unknown, or not checked
	Ignored []string // evidence that could not be used, and why
}

// Source is a kind of evidence.
type Source string

// The kinds of evidence.
const (
	FromCRL  Source = "CRL"
	FromOCSP Source = "OCSP"
)
