package ca

import (
	"errors"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// Reasons are the reasons that a revocation may have, for subscribers and for authorities (S/MIME BR §7.2.2, RFC 5280 §5.3.1). The
// reason unspecified is never written (RFC 5280 §5.3.1): the entry has none then. removeFromCRL is no reason to revoke, and
// aACompromise is about attribute authorities.
func Reasons(authority bool) []pki.Reason {
	if authority {
		return []pki.Reason{pki.CACompromise, pki.AffiliationChanged, pki.Superseded, pki.CessationOfOperation, pki.PrivilegeWithdrawn}
	}
	return []pki.Reason{pki.Unspecified, pki.KeyCompromise, pki.AffiliationChanged, pki.Superseded, pki.CessationOfOperation, pki.CertificateHold, pki.PrivilegeWithdrawn}
}

// reasonFor is the reason as it stands in the CRL of a certificate: the compromised key of an authority has a word of its own.
func (o *RevokeOrder) reasonFor(t *Certificate) pki.Reason {
	if o.Reason != pki.KeyCompromise && o.Reason != pki.CACompromise {
		return o.Reason
	}
	if isAuthority(t) {
		return pki.CACompromise
	}
	return pki.KeyCompromise
}

func isAuthority(t *Certificate) bool {
	c, err := t.Parsed()
	return err == nil && c.Basic.CA
}

// mayRevoke adds what speaks against an order about a certificate.
func mayRevoke(tx *db.Tx, t *Certificate, o RevokeOrder, no *Refusal) error {
	reason, authority := o.reasonFor(t), isAuthority(t)
	switch {
	case authority && reason == pki.Unspecified:
		no.add(Problem{Code: "revoke.reason-missing", Section: "S/MIME BR §7.2.2", Field: "reason", What: "the certificate of an authority is revoked with a reason", Advice: "name one of " + reasonNames(true)})
	case authority && reason == pki.CertificateHold:
		no.add(Problem{Code: "revoke.hold", Section: "S/MIME BR §7.2.2", Field: "reason", What: "the certificate of an authority cannot be put on hold", Advice: "name one of " + reasonNames(true)})
	case !slices.Contains(Reasons(authority), reason):
		no.add(Problem{Code: "revoke.reason", Section: "S/MIME BR §7.2.2, RFC 5280 §5.3.1", Field: "reason", What: fmt.Sprintf("%s is no reason to revoke this certificate", reason), Advice: "name one of " + reasonNames(authority)})
	case reason == pki.CertificateHold:
		strict, err := isStrict(tx, t)
		if err != nil {
			return err
		}
		if strict { // AUTHORITY 49
			no.add(Problem{Code: "revoke.hold", Section: "S/MIME BR §7.2.2, §4.9.13", Field: "reason", What: "a certificate of the generation strict cannot be put on hold", Advice: "revoke it, and issue a new one"})
		}
	}
	return nil
}

// isStrict reports whether a certificate was issued by a profile of the generation strict, or says so itself.
func isStrict(tx *db.Tx, t *Certificate) (bool, error) {
	p, err := GetProfile(tx, t.Profile, t.Planned)
	if err == nil {
		return p.Generation == Strict, nil
	}
	if !errors.Is(err, db.ErrNone) {
		return false, err
	}
	c, err := t.Parsed()
	return err == nil && c.Level().Generation == pki.Strict, err
}

func reasonNames(authority bool) (s string) {
	for i, r := range Reasons(authority) {
		if i > 0 {
			s += ", "
		}
		s += r.String()
	}
	return s
}

// ReasonNamed returns a reason by the name that RFC 5280 §5.3.1 gives it.
func ReasonNamed(name string) (pki.Reason, bool) {
	for r := pki.Unspecified; r <= pki.AACompromise; r++ {
		if r != 7 && r.String() == name { // 7 is not used
			return r, true
		}
	}
	return pki.Unspecified, false
}
