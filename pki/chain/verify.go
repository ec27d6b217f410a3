package chain

import (
	"context"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// judge is one Verify, or one look at a piece of evidence: the question, and what was found out on the way.
type judge struct {
	Request
	ctx   context.Context
	pool  pool
	known signatures
	said  map[subject]*Status // what is known about revocation; nil while it is being asked
	peers map[endorsed]bool   // who may sign evidence
	sets  map[*pki.Certificate]*nameSet

	comparisons int   // of names with constraints
	limit       error // a limit or the context's error: the judgement was cut short
}

// Verify looks for a path from the leaf to an anchor on which every rule of RFC 5280 §6 holds.
//
// The zero Time, or no leaf, is a failure and not a panic. Paths are looked at in the order of their likelihood,
// see search; of those that fail the result has the one with the fewest failures, and for it every failure that was found.
func Verify(ctx context.Context, r Request) *Result {
	if r.Leaf == nil || r.Time.IsZero() {
		return unasked(r.Leaf)
	}
	j := newJudge(ctx, r)
	s := j.search(goal{leaf: r.Leaf, purpose: j.Purpose, anchors: r.Anchors, at: r.Time, main: true})
	return j.result(s)
}

// unasked is the result of a question that cannot be answered.
func unasked(leaf *pki.Certificate) *Result {
	f := Failure{Finding: finding.New(finding.PathNoMoment), Index: -1, Section: "RFC 5280 §6.1.1 (a), (b)"}
	r := &Result{Failures: []Failure{f}, Findings: []finding.Finding{f.Finding}}
	if leaf != nil {
		r.Path = []*pki.Certificate{leaf}
	}
	return r
}

// newJudge fills in what the question leaves open.
func newJudge(ctx context.Context, r Request) *judge {
	if r.Purpose == "" {
		r.Purpose = SMIMESign
	}
	if r.Revocation == "" {
		r.Revocation = Soft
	}
	if r.Now.Before(r.Time) {
		r.Now = r.Time
	}
	j := &judge{Request: r, ctx: ctx}
	j.pool.list = r.Pool
	return j
}

// stopped tells whether the judgement must end.
func (j *judge) stopped() bool {
	if j.limit == nil {
		j.limit = j.ctx.Err()
	}
	return j.limit != nil
}

// result puts in words what a search found.
func (j *judge) result(s *search) *Result {
	r := &Result{Tried: s.tried, Limit: j.limit}
	a := s.best
	if a == nil { // cut short before anything was reached
		a = &attempt{goal: &s.goal, top: &step{cert: j.Leaf, depth: 1}}
	}
	r.Path, r.Anchor = a.path(), a.top.anchor
	if a.anchored() && !s.good && j.limit == nil {
		j.completeRevocation(a)
		r.Limit = j.limit
	}
	r.Failures = a.failures()
	switch {
	case r.Limit != nil:
		r.Failures = append(r.Failures, Failure{Finding: finding.New(finding.PathSearch).Because("%v", r.Limit), Index: -1, Section: "RFC 5280 §6.1"})
	case s.gaveUp != "":
		r.Failures = append(r.Failures, Failure{Finding: finding.New(finding.PathSearch).Because("%s", s.gaveUp), Index: -1, Section: "RFC 5280 §6.1"})
	}
	if s.good && r.Limit == nil {
		r.OK, r.Failures = true, nil
	}
	for _, f := range r.Failures {
		r.Findings = append(r.Findings, f.Finding)
	}
	r.Revocation, r.Policies, r.Level = a.revocation, a.policies, a.level
	r.Findings = append(r.Findings, j.qualify(a)...)
	return r
}
