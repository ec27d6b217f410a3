package lint

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// subject is a certificate with what rules ask again and again.
type subject struct {
	*pki.Certificate
	issuer    *pki.Certificate // nil when not known
	role      Role
	level     pki.ValidationLevel
	br        bool // the S/MIME Baseline Requirements bind
	public    bool // they bind by decree
	draft     bool // the signature is a dummy
	mailboxes []string
}

func newSubject(c *pki.Certificate, o Options) *subject {
	s := &subject{Certificate: c, issuer: o.Issuer, level: c.Level(), role: Leaf, public: o.Regime == Public, draft: o.Draft}
	if c.Basic.CA {
		s.role = SubCA
		if c.SelfIssued() && !otherKeys(c.AuthorityKey.KeyID, c.SubjectKeyID) {
			s.role = Root
		}
	}
	for _, e := range c.Emails() {
		if e.Source != pki.EmailInSubject {
			s.mailboxes = append(s.mailboxes, e.Address)
		}
	}
	if s.issuer == nil && s.role == Root {
		s.issuer = c
	}
	s.br = s.level != pki.ValidationLevel{} || o.Regime == Public || o.Regime == ByContent && s.speaksOfMail()
	return s
}

// otherKeys reports whether the key of an authority's own name is another one: certificates that an authority issues to
// its own next key are self-issued, and no roots (RFC 5280 §3.2).
func otherKeys(issuer, subject []byte) bool {
	return len(issuer) > 0 && len(subject) > 0 && !bytes.Equal(issuer, subject)
}

// claimed reports whether the certificate is of a profile of the requirements, or must be.
func (s *subject) claimed() bool { return s.public || s.level != pki.ValidationLevel{} }

// speaksOfMail reports whether a certificate is one for mail by its purposes and names (S/MIME BR §1.1).
func (s *subject) speaksOfMail() bool {
	switch s.role {
	case Leaf:
		purpose := len(s.ExtKeyUsage) == 0 || s.HasUsage(alg.OIDUsageEmailProtection) || s.HasUsage(alg.OIDUsageAny)
		return purpose && len(s.mailboxes) > 0
	case SubCA:
		return s.HasUsage(alg.OIDUsageEmailProtection)
	}
	return false
}

// has reports whether an extension is there.
func (s *subject) has(id der.OID) bool {
	_, ok := s.Extension(id)
	return ok
}

// isCritical reports whether an extension is there and critical.
func (s *subject) isCritical(id der.OID) bool {
	e, ok := s.Extension(id)
	return ok && e.Critical
}

// fault returns the first fault that reading noted at a place and in one of the wordings; empty when there is none.
func (s *subject) fault(where string, wordings ...string) string {
	return faults(s.Faults).at(where, wordings...)
}

// faultAt makes a check of fault.
func faultAt(where string, wordings ...string) func(*subject) string {
	return func(s *subject) string { return s.fault(where, wordings...) }
}

// whenHas makes a condition: the extension is there.
func whenHas(id der.OID) func(*subject) bool {
	return func(s *subject) bool { return s.has(id) }
}

// notCritical makes a check: the extension is not critical.
func notCritical(id der.OID) func(*subject) string {
	return func(s *subject) string { return unless(!s.isCritical(id), "it is critical") }
}

// mustBeCritical makes a check: the extension is critical.
func mustBeCritical(id der.OID) func(*subject) string {
	return func(s *subject) string { return unless(s.isCritical(id), "it is not critical") }
}

// present makes a check: the extension is there.
func present(id der.OID) func(*subject) string {
	return func(s *subject) string { return unless(s.has(id), "it is missing") }
}

// absent makes a check: the extension is not there.
func absent(id der.OID) func(*subject) string {
	return func(s *subject) string { return unless(!s.has(id), "it is there") }
}

// unless returns the reproach unless all is well.
func unless(well bool, reproach string) string {
	if well {
		return ""
	}
	return reproach
}
