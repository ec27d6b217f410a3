package chain

import (
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// How evidence is weighed. Every list and answer that verifies and covers the certificate is a statement; all that are at hand are looked at, so
// that an old answer which comes with a message cannot hide a newer list. Of the statements
//
//   - one that the certificate is revoked counts before all others, even when it is out of date: a revocation is not taken back;
//   - a hold, which can be lifted, and a good status count when they are the newest.
//
// A certificate that was revoked after the moment judged was good then. The revocation reaches back to its invalidityDate
// (RFC 5280 §5.3.2). When a key was stolen, and the authority does not say since when it suspects that, it reaches back for
// good: whoever has the key could have used it at any time before it was missed.

// subject is a certificate below an anchor, about which is asked.
type subject struct {
	cert, issuer *pki.Certificate
	anchor       *Anchor
}

// question is what is asked about one certificate, and what was found out.
type question struct {
	*judge
	cert   *pki.Certificate
	issuer *pki.Certificate
	above  []*pki.Certificate // judged already: from the issuer up
	anchor *Anchor

	statements []statement
	why        string            // nothing is known
	ignored    []finding.Finding // evidence that could not be used

	useless int  // lists that did not verify, and answers
	alone   bool // one piece of evidence is judged by itself
}

// statement is what one piece of evidence says.
type statement struct {
	source     Source
	this, next time.Time
	signer     *pki.Certificate

	revoked   bool
	at        time.Time
	hasReason bool
	reason    pki.Reason
	invalid   time.Time
}

// maxUseless is how many lists that do not verify, and how many answers, are looked at for one certificate: a message could carry thousands.
const maxUseless = 64

// hold tells a revocation that may be lifted.
func (s *statement) hold() bool { return s.hasReason && s.reason == pki.CertificateHold }

// status finds out about one certificate, once.
func (j *judge) status(q question) Status {
	key := subject{q.cert, q.issuer, q.anchor}
	if s, asked := j.said[key]; asked {
		if s == nil {
			return Status{Certificate: q.cert, State: Unknown, Why: "whoever could say so needs to be vouched for by it"}
		}
		return *s
	}
	if j.said == nil {
		j.said = map[subject]*Status{}
	}
	q.judge = j
	if j.Evidence == nil {
		return q.answer()
	}
	j.said[key] = nil
	for _, r := range j.Evidence.OCSP(q.cert, q.issuer) {
		if r != nil && !j.stopped() {
			q.ocsp(r, nil)
		}
	}
	if !j.stopped() {
		q.useless = 0
		q.lists(j.Evidence.CRLs(q.cert))
	}
	s := q.answer()
	j.said[key] = &s
	return s
}

// answer weighs the statements.
func (q *question) answer() Status {
	s := Status{Certificate: q.cert, State: Unknown, Why: q.why}
	for i, f := range q.ignored {
		const most = 20
		if i < most {
			s.Ignored = append(s.Ignored, words(f))
		}
	}
	var best *statement
	for i := range q.statements {
		if x := &q.statements[i]; best == nil || x.outweighs(best) {
			best = x
		}
	}
	switch {
	case best != nil:
		q.take(&s, best)
	case s.Why != "":
	case len(s.Ignored) > 0:
		s.Why = s.Ignored[0]
	default:
		s.Why = "no CRL and no OCSP answer is at hand"
	}
	return s
}

// outweighs orders statements.
func (s *statement) outweighs(o *statement) bool {
	final, other := s.revoked && !s.hold(), o.revoked && !o.hold()
	switch {
	case final != other:
		return final
	case final && s.since().Equal(o.since()):
		return s.this.After(o.this)
	case final:
		return s.since().Before(o.since())
	}
	return s.this.After(o.this)
}

// since is the moment from which a revocation counts; zero when it always does.
func (s *statement) since() time.Time {
	switch {
	case !s.invalid.IsZero() && s.invalid.Before(s.at):
		return s.invalid
	case s.hasReason && s.invalid.IsZero() && (s.reason == pki.KeyCompromise || s.reason == pki.CACompromise || s.reason == pki.AACompromise):
		return time.Time{}
	}
	return s.at
}

// take puts a statement into a status.
func (q *question) take(s *Status, x *statement) {
	s.State, s.Why, s.Source, s.ThisUpdate, s.NextUpdate, s.Signer = Good, "", x.source, x.this, x.next, x.signer
	if !x.revoked {
		return
	}
	s.Revoked, s.HasReason, s.Reason, s.Invalid = x.at, x.hasReason, x.reason, x.invalid
	if x.since().After(q.Time) {
		s.Later = true
		return
	}
	s.State = Revoked
}

// ignore notes why a piece of evidence is not used.
func (q *question) ignore(code finding.Code, format string, args ...any) {
	const most = 100
	if len(q.ignored) < most {
		q.ignored = append(q.ignored, finding.New(code).Because(format, args...))
	}
}

// How evidence is dated.
const (
	slack = 5 * time.Minute    // what two clocks may differ
	open  = 7 * 24 * time.Hour // how long evidence counts that does not say until when. RFC 6960 §4.2.2.1 has newer one all the time.
)

// when is how evidence stands in time.
type when uint8

const (
	current  when = iota
	outdated      // it does not reach up to the moment judged
	future        // it was made after the judgement
)

// dated applies thisUpdate and nextUpdate (RFC 5280 §6.3.3 (a), RFC 6960 §3.2). Evidence from between the moment judged and the judgement counts.
func (q *question) dated(this, next time.Time) when {
	age := q.MaxAge
	if next.IsZero() && (age == 0 || age > open) {
		age = open
	}
	switch {
	case this.IsZero() || this.After(q.Now.Add(slack)):
		return future
	case !next.IsZero() && next.Before(q.Time), age > 0 && this.Before(q.Time.Add(-age)):
		return outdated
	}
	return current
}

// undated says so of evidence that does not count for its time.
func (q *question) undated(w when, what string, this, next time.Time) {
	until := "without an end"
	if !next.IsZero() {
		until = "good until " + next.UTC().Format(minute)
	}
	switch w {
	case outdated:
		q.ignore(finding.EvidenceStale, "%s of %s, %s", what, this.UTC().Format(minute), until)
	case future:
		q.ignore(finding.EvidenceFuture, "%s of %s", what, this.UTC().Format(minute))
	}
}

const minute = "2006-01-02 15:04"

// words says when a certificate was revoked and why.
func (s *Status) words() string {
	text := "on " + s.Revoked.UTC().Format(minute)
	if s.HasReason {
		text += ", reason " + s.Reason.String()
	}
	if !s.Invalid.IsZero() {
		text += ", not to be trusted since " + s.Invalid.UTC().Format(minute)
	}
	return text
}

// words prints a finding in one line.
func words(f finding.Finding) string {
	if f.Detail == "" {
		return f.Title()
	}
	return fmt.Sprintf("%s (%s)", f.Title(), f.Detail)
}
