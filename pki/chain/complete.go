package chain

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// complete judges what only a complete path tells: policies and revocation. Who signs evidence needs no policy, and whether it was revoked
// is asked by endorse.
func (j *judge) complete(a *attempt) {
	if j.Allow.Legacy {
		j.checkInherited(a)
	}
	if !a.goal.main || j.limit != nil {
		return
	}
	j.checkPolicies(a)
	if a.bad() == 0 {
		j.checkRevocation(a)
	}
}

// completeRevocation asks about revocation on the best of the failing paths when nothing but the time speaks against it: somebody whose certificate
// has expired may have been revoked before. In all other cases nobody is asked, since a forger could name any address to be asked.
func (j *judge) completeRevocation(a *attempt) {
	if a.revocation != nil {
		return
	}
	for _, f := range a.failures() {
		if f.Code != finding.TimeExpired && f.Code != finding.TimeNotYet {
			return
		}
	}
	j.checkRevocation(a)
}

// checkRevocation asks for every certificate below the anchor, from the top down, whether it was revoked at the moment that counts.
func (j *judge) checkRevocation(a *attempt) {
	list := a.subordinate()
	a.revocation = make([]Status, len(list))
	above := a.path()
	for i := len(list) - 1; i >= 0; i-- {
		c := list[i]
		s := &a.revocation[i]
		switch {
		case j.Revocation == Off:
			*s = Status{Certificate: c, State: NotChecked, Why: "not asked for"}
			continue
		case len(above) == 1:
			*s = Status{Certificate: c, State: NotChecked, Why: "it is itself trusted"} // RFC 5280 §6.1: nobody above it could take it back
			continue
		}
		if *s = (Status{Certificate: c, State: Unknown, Why: "the judgement was cut short"}); j.limit != nil {
			continue
		}
		*s = j.status(question{cert: c, issuer: above[i+1], above: above[i+1:], anchor: a.top.anchor})
		j.failRevoked(a, i, s)
	}
}

// failRevoked turns a status into a failure, where it is one.
func (j *judge) failRevoked(a *attempt, i int, s *Status) {
	const section = "RFC 5280 §6.1.3 (a)(3)"
	switch {
	case s.State == Revoked && s.HasReason && s.Reason == pki.CertificateHold:
		a.fail(i, section, finding.New(finding.RevocationHold).Because("%s", s.words()))
	case s.State == Revoked && i > 0:
		a.fail(i, section, finding.New(finding.RevocationAuthority).Because("%s", s.words()))
	case s.State == Revoked:
		a.fail(i, section, finding.New(finding.RevocationRevoked).Because("%s", s.words()))
	case s.State == Unknown && j.Revocation == Hard:
		a.fail(i, section, finding.New(finding.PathRevocation).Because("%s", s.Why))
	}
}

// revocationNote says what is to be said of a status that is no failure.
func (j *judge) revocationNote(i int, s *Status) (finding.Finding, bool) {
	switch {
	case s.Later:
		return finding.New(finding.RevocationLater).Because("%s", s.words()), true
	case s.State == Unknown && j.Revocation != Hard:
		return finding.New(finding.RevocationUnknown).Because("%s", s.Why), i == 0 || len(s.Ignored) > 0
	case s.State == NotChecked && j.Revocation == Off:
		return finding.New(finding.RevocationOff), i == 0
	}
	return finding.Finding{}, false
}

// unknownQualifier tells a policy qualifier that is not understood in an extension that must be (RFC 5280 §4.2.1.4).
func unknownQualifier(c *pki.Certificate) bool {
	e, ok := c.Extension(alg.OIDExtCertificatePolicies)
	if !ok || !e.Critical {
		return false
	}
	for _, p := range c.Policies {
		for _, q := range p.Qualifiers {
			if q.ID != alg.OIDQualifierCPS && q.ID != alg.OIDQualifierUserNotice {
				return true
			}
		}
	}
	return false
}
