package chain

import (
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// checkRevocation asks for every certificate below the anchor whether it was revoked at the moment that counts.
func (j *judging) checkRevocation() {
	for i, c := range j.path {
		if j.Revocation == Off {
			j.r.Revocation = append(j.r.Revocation, Status{Certificate: c, State: NotChecked, Why: "not asked for"})
			continue
		}
		s := j.status(c, j.r.Path[i+1], j.r.Path[i+1:])
		if j.stop != nil {
			return
		}
		j.r.Revocation = append(j.r.Revocation, s)
		switch {
		case s.State == Revoked && s.HasReason && s.Reason == pki.CertificateHold:
			j.fail(i, finding.New(finding.RevocationHold).Because("%s", s.words()), "RFC 5280 §6.1.3 (a)(3)")
		case s.State == Revoked:
			j.fail(i, finding.New(finding.RevocationRevoked).Because("%s", s.words()), "RFC 5280 §6.1.3 (a)(3)")
		case s.State == Unknown && j.Revocation == Hard:
			j.fail(i, finding.New(finding.PathRevocation).Because("%s", s.Why), "RFC 5280 §6.1.3 (a)(3)")
		case s.State == Unknown && i == 0:
			j.r.Findings = append(j.r.Findings, finding.New(finding.RevocationUnknown).At(c.Subject.Display()).Because("%s", s.Why))
		case s.Later:
			j.r.Findings = append(j.r.Findings, finding.New(finding.RevocationLater).At(c.Subject.Display()).Because("%s", s.words()))
		}
	}
}

// words says when and why.
func (s *Status) words() string {
	text := "on " + s.Revoked.UTC().Format("2006-01-02 15:04")
	if s.HasReason {
		text += ", reason " + s.Reason.String()
	}
	return text
}

// status finds out about one certificate. above is the path from its issuer on.
func (j *judging) status(c, issuer *pki.Certificate, above way) Status {
	s := Status{Certificate: c, State: Unknown, Why: "no CRL and no OCSP answer is at hand"}
	if j.Evidence == nil {
		return s
	}
	q := &question{verifying: j.verifying, cert: c, issuer: issuer, above: above, anchor: j.anchor, s: &s}
	for _, a := range j.Evidence.OCSP(c, issuer) {
		if q.ocsp(a) {
			return s
		}
	}
	q.lists(j.Evidence.CRLs(c))
	if s.State == Unknown && len(s.Ignored) > 0 {
		s.Why = s.Ignored[0]
	}
	return s
}

// question is what is asked about one certificate, and the answer so far.
type question struct {
	*verifying
	cert   *pki.Certificate
	issuer *pki.Certificate
	above  way // from the issuer on, where the path is known
	anchor *Anchor
	s      *Status

	alone    bool              // one piece of evidence is judged by itself, without the path
	findings []finding.Finding // what speaks against the evidence
}

// ignore notes why a piece of evidence is not used.
func (q *question) ignore(code finding.Code, format string, args ...any) {
	f := finding.New(code).Because(format, args...)
	q.findings = append(q.findings, f)
	const most = 20
	if len(q.s.Ignored) < most {
		q.s.Ignored = append(q.s.Ignored, fmt.Sprintf("%s (%s)", f.Title(), f.Detail))
	}
}

// fresh applies thisUpdate and nextUpdate: evidence from after the judgement does not exist yet, and evidence must reach up to the
// moment that counts. A few minutes between two clocks are nothing.
func (q *question) fresh(this, next time.Time) bool {
	const slack = 5 * time.Minute
	switch {
	case this.IsZero() || this.After(q.Now.Add(slack)):
		q.ignore(finding.EvidenceFuture, "made on %s", this.UTC().Format("2006-01-02 15:04"))
		return false
	case !next.IsZero() && next.Before(q.Time):
		q.ignore(finding.EvidenceStale, "good until %s", next.UTC().Format("2006-01-02 15:04"))
		return false
	case q.MaxAge > 0 && this.Before(q.Time.Add(-q.MaxAge)):
		q.ignore(finding.EvidenceStale, "made on %s, which is too long ago", this.UTC().Format("2006-01-02 15:04"))
		return false
	}
	return true
}

// revoked states that the certificate is revoked, or was not yet at the moment that counts.
func (q *question) revoked(at time.Time, hasReason bool, reason pki.Reason, invalid time.Time) {
	s := q.s
	s.State, s.Revoked, s.HasReason, s.Reason, s.Invalid = Revoked, at, hasReason, reason, invalid
	since := at
	if !invalid.IsZero() && invalid.Before(at) {
		since = invalid // RFC 5280 §5.3.2: since when the key is suspected
	}
	// A stolen key signs with any date. Where the authority does not say since when it suspects that, the revocation reaches back.
	stolen := hasReason && (reason == pki.KeyCompromise || reason == pki.CACompromise) && invalid.IsZero()
	if since.After(q.Time) && !stolen {
		s.State, s.Later = Good, true
	}
}
