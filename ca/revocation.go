package ca

import (
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// RevocationState is where a revocation stands.
type RevocationState string

// The states of a revocation. A certificate without one is good, and so is one that was released.
const (
	Revoked  RevocationState = "revoked"
	Held     RevocationState = "held"     // certificateHold: it may come back
	Released RevocationState = "released" // it came back
)

// Revocation is what was decided about one certificate.
type Revocation struct {
	Certificate string // id
	Authority   string // id: the one on whose CRL it stands
	Shard       int    // of that CRL
	Serial      string // 40 hexadecimal digits
	State       RevocationState
	Reason      pki.Reason
	Revoked     time.Time // revocationDate: since when it is not to be relied on; of a hold that became final, the day of the hold
	Decided     time.Time // the last decision
	Invalid     time.Time // invalidityDate: when the key was lost, or is believed to have been (RFC 5280 §5.3.2); zero: not known
	By          string
	Report      string // what led to it, such as "report:01J..."; empty: nothing that has a name

	Again bool // it was so before, and nothing changed
}

// Counts reports whether the certificate is not to be relied on.
func (r *Revocation) Counts() bool { return r != nil && r.State != Released }

// Status returns what was decided about a certificate, by its id; nil: nothing, it is good.
func Status(tx *db.Tx, certificate string) (*Revocation, error) { return revocationOf(tx, certificate) }

// Cause is why certificates are revoked, with how much time there is from when it is known (S/MIME BR §4.9.1.1, §4.9.1.2).
type Cause struct {
	Name    string        // "key-compromise"
	What    string        // in words
	Section string        // of the S/MIME Baseline Requirements
	Reason  pki.Reason    // for the CRL (§7.2.2)
	Within  time.Duration // it must be revoked by then
	Should  time.Duration // and should be by then; zero: Within
}

// Causes returns the causes, the most urgent first.
func Causes() []Cause {
	const section, authority = "§4.9.1.1", "§4.9.1.2"
	return []Cause{
		{"key-compromise", "somebody else has, or may have, the private key", section, pki.KeyCompromise, day, 0},
		{"key-computable", "there is a method to compute the private key from the public one", section, pki.KeyCompromise, day, 0},
		{"subscriber-request", "the subscriber asks for it in writing", section, pki.Unspecified, day, 0},
		{"not-authorised", "the request for the certificate was not authorised, and that is not made good", section, pki.PrivilegeWithdrawn, day, 0},
		{"mailbox-unreliable", "the proof of control of the address or of its domain cannot be relied on", section, pki.Superseded, day, 0},
		{"key-weak", "the key is not one that may be certified", section, pki.Superseded, 5 * day, day},
		{"misuse", "the certificate is used for what it must not be", section, pki.PrivilegeWithdrawn, 5 * day, day},
		{"agreement-breach", "the subscriber broke the agreement", section, pki.PrivilegeWithdrawn, 5 * day, day},
		{"address-gone", "the address or its domain may no longer be used by the subscriber", section, pki.CessationOfOperation, 5 * day, day},
		{"affiliation-ended", "the person left the organisation", section, pki.AffiliationChanged, 5 * day, day},
		{"superseded", "a new certificate took its place, or a name in it changed", section, pki.Superseded, 5 * day, day},
		{"wrong", "it is not as the rules want it, or something in it is wrong", section, pki.Superseded, 5 * day, day},
		{"key-generation", "the way in which the key was made is known to be bad", section, pki.KeyCompromise, 5 * day, day},
		{"service-ended", "the subscriber stopped what it was used for", section, pki.CessationOfOperation, 5 * day, day},
		{"authority-ends", "the authority may no longer issue, and nobody takes over its lists", section, pki.CessationOfOperation, 5 * day, day},
		{"ca-compromise", "somebody else has, or may have, the private key of an authority", authority, pki.CACompromise, 7 * day, 0},
	}
}

// CauseNamed returns a cause by its name.
func CauseNamed(name string) (Cause, bool) {
	for _, c := range Causes() {
		if c.Name == name {
			return c, true
		}
	}
	return Cause{}, false
}

// Deadline is when a certificate must be revoked for a cause that is known since a moment, and when it should be.
func (c Cause) Deadline(known time.Time) (must, should time.Time) {
	if c.Should == 0 {
		return known.Add(c.Within), known.Add(c.Within)
	}
	return known.Add(c.Within), known.Add(c.Should)
}
