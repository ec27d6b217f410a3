package testca

import (
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Now is the moment at which tests judge. NotBefore and NotAfter enclose it and the years around.
var (
	Now       = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	NotBefore = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	NotAfter  = time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Spec says what is to be issued. Authority and Person give the usual ones; With changes them.
type Spec struct {
	Name      string // common name
	Org       string // organisation; empty leaves it out
	Emails    []string
	CA        bool
	PathLen   int // of a CA; -1: none
	KeyKind   KeyKind
	Usage     pki.KeyUsage // zero leaves the extension out
	ExtUsage  []der.OID
	Policies  []der.OID
	NotBefore time.Time
	NotAfter  time.Time
	Serial    *big.Int            // nil draws one
	Signing   alg.SignOptions     // how the issuer signs
	More      []pki.Extension     // added at the end
	Change    func(*pki.Template) // last changes, after everything else; nil for none
	CRLPoints []string            // URLs
	OCSP      string              // URL
	AltNames  []pki.GeneralName   // beside Emails
	Subject   *pki.Name           // in place of Name and Org
	NoKeyID   bool                // leave the key identifiers out
}

// Authority is an intermediate CA.
func Authority(name string) Spec {
	return Spec{Name: name, Org: name, CA: true, PathLen: -1, Usage: pki.KeyCertSign | pki.CRLSign | pki.DigitalSignature}
}

// Person is somebody with a mailbox, whose key both signs and decrypts.
func Person(email string) Spec {
	return Spec{Name: email, Emails: []string{email}, Usage: pki.DigitalSignature | pki.KeyEncipherment | pki.KeyAgreement,
		ExtUsage: []der.OID{alg.OIDUsageEmailProtection}}
}

// Timestamper is a timestamp authority (RFC 3161 §2.3).
func Timestamper(name string) Spec {
	return Spec{Name: name, Usage: pki.DigitalSignature, ExtUsage: []der.OID{alg.OIDUsageTimeStamping}}
}

// Responder is a delegated OCSP responder (RFC 6960 §4.2.2.2).
func Responder(name string) Spec {
	return Spec{Name: name, Usage: pki.DigitalSignature, ExtUsage: []der.OID{alg.OIDUsageOCSPSigning}}
}

// Change is one change of a Spec.
type Change func(*Spec)

// With returns the Spec with changes.
func (s Spec) With(changes ...Change) Spec {
	for _, c := range changes {
		c(&s)
	}
	return s
}

// Key chooses the kind of the key.
func Key(k KeyKind) Change { return func(s *Spec) { s.KeyKind = k } }

// Valid sets the time of validity.
func Valid(from, until time.Time) Change {
	return func(s *Spec) { s.NotBefore, s.NotAfter = from, until }
}

// Usage sets keyUsage.
func Usage(u pki.KeyUsage) Change { return func(s *Spec) { s.Usage = u } }

// ExtUsage sets extendedKeyUsage.
func ExtUsage(purposes ...der.OID) Change { return func(s *Spec) { s.ExtUsage = purposes } }

// Named sets the common name, and the organisation where one is given.
func Named(name, org string) Change { return func(s *Spec) { s.Name, s.Org = name, org } }

// Template changes the template just before it is signed.
func Template(f func(*pki.Template)) Change { return func(s *Spec) { s.Change = f } }
