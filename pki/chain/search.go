package chain

import (
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// The bounds of a search. Real paths have two to five certificates and a handful of alternatives.
const (
	maxDepth   = 32     // certificates of a path
	maxVisits  = 32     // ways from the leaf to one certificate that are followed
	maxSteps   = 50_000 // certificates that are put on a way
	maxJudged  = 512    // complete paths that are judged
	maxIssuers = 256    // certificates that are tried as the issuer of one
	maxForeign = 64     // keys that may have signed one certificate and did not
)

// goal is what a search looks for.
type goal struct {
	leaf    *pki.Certificate
	purpose Purpose
	anchors *Anchors
	at      time.Time
	main    bool // the question of Verify itself, with policies; else somebody who signs evidence
}

// step is a certificate on top of a way that begins at the leaf. Ways share their lower parts.
type step struct {
	cert     *pki.Certificate
	below    *step
	anchor   *Anchor // where the way ends at one
	depth    int     // certificates up to here
	counted  int     // authorities up to here that are not self-issued: what pathLenConstraint counts
	failures []Failure
	bad      int // failures up to here
	cost     int // what makes the way less likely
	order    int
	stage    stage
	offered  int  // certificates of the pool that were put on top of it
	led      bool // something was put on top of it
}

// stage is how far a step has been looked at.
type stage uint8

const (
	fresh   stage = iota // only what costs little
	checked              // its signature on the certificate below, and its constraints
	asking               // the evidence is to be asked for issuers
)

// search looks for a path, the likeliest way first: ways without a failure before others, those that key identifiers point to before
// others, short ones before long ones. Whatever can be told of a way before it is complete is told at once, so that ways
// that lead nowhere end early; and only so many ways lead through one certificate, so that a maze costs no more than its size.
type search struct {
	j      *judge
	goal   goal
	queue  queue
	best   *attempt
	good   bool
	tried  int
	steps  int
	gaveUp string

	visits  map[*pki.Certificate]int
	foreign map[*pki.Certificate]int
	asked   map[*pki.Certificate]bool
}

func (j *judge) search(g goal) *search {
	s := &search{j: j, goal: g}
	leaf := &step{cert: g.leaf, depth: 1, stage: checked}
	j.checkLeaf(&g, leaf)
	s.push(leaf)
	for !s.good && len(s.queue) > 0 && !j.stopped() && s.gaveUp == "" {
		t := heap.Pop(&s.queue).(*step)
		if t.bad > 0 && s.best != nil && s.best.anchored() {
			break // no way that is left is good, or nearer to it
		}
		s.advance(t)
	}
	return s
}

// advance looks at a step as far as its stage says.
func (s *search) advance(t *step) {
	switch {
	case t.stage == fresh:
		before := t.bad
		t.stage = checked
		if s.inspect(t); s.j.limit != nil {
			return
		}
		if t.bad > before {
			heap.Push(&s.queue, t) // others may be better now
			return
		}
		s.advance(t)
	case t.anchor != nil:
		s.finish(t)
	default:
		s.expand(t)
	}
}

// inspect applies to a step what costs more: the signature, and name constraints.
func (s *search) inspect(t *step) {
	if s.foreign[t.below.cert] > maxForeign {
		t.fail(t.below.depth-1, t.below.cert, "RFC 5280 §6.1.3 (a)(1)", finding.New(finding.PathSignature).Because("%d other keys of that name did not sign it", maxForeign))
		return
	}
	f, ok := s.j.checkSignature(t.below.cert, t.cert)
	if s.j.limit != nil {
		return
	}
	if !ok {
		if s.foreign == nil {
			s.foreign = map[*pki.Certificate]int{}
		}
		s.foreign[t.below.cert]++
		t.fail(t.below.depth-1, t.below.cert, "RFC 5280 §6.1.3 (a)(1)", f)
		return // whoever did not sign limits nothing
	}
	if t.cert.Constraints != nil {
		s.j.checkConstraints(t)
	}
}

// expand puts on top of a way whatever may have issued its last certificate: first what is at hand, and later, when all that is likely
// has failed, what the evidence has.
func (s *search) expand(t *step) {
	j := s.j
	if t.stage == asking {
		if !s.asked[t.cert] {
			if s.asked == nil {
				s.asked = map[*pki.Certificate]bool{}
			}
			s.asked[t.cert] = true
			j.pool.add(j.Evidence.Issuers(t.cert))
		}
	} else {
		if t.depth == 1 {
			s.trustedLeaf(t)
		}
		for _, a := range s.goal.anchors.named(t.cert.Issuer) {
			t.led = s.offer(t, a.Certificate, a) || t.led
		}
	}
	if t.depth < maxDepth {
		list := j.pool.named(t.cert.Issuer)
		for _, c := range s.likeliest(t.cert, list[min(t.offered, len(list)):]) {
			t.led = s.offer(t, c, nil) || t.led
		}
		t.offered = len(list)
	}
	switch {
	case t.stage != asking && j.Evidence != nil && t.depth < maxDepth && !isRoot(t.cert):
		next := *t
		next.stage, next.cost = asking, t.cost+1000
		s.push(&next)
	case !t.led:
		s.deadEnd(t)
	}
}

// likeliest returns the possible issuers of a certificate, and of too many those that are the likeliest.
func (s *search) likeliest(c *pki.Certificate, list []*pki.Certificate) []*pki.Certificate {
	if len(list) <= maxIssuers {
		return list
	}
	rank := func(issuer *pki.Certificate) int {
		n := likelihood(c, issuer, nil)
		if !validAt(issuer, s.goal.at) {
			n += 100
		}
		return n
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *pki.Certificate) int { return rank(a) - rank(b) })
	return list[:maxIssuers]
}

// trustedLeaf ends a way where it begins, when the leaf itself is trusted.
func (s *search) trustedLeaf(t *step) {
	for _, a := range s.goal.anchors.named(t.cert.Subject) {
		if a.Certificate.Equal(t.cert) {
			end := *t
			end.anchor = a
			s.push(&end)
		}
	}
}

// offer puts a certificate on top of a way, if it may stand there at all.
func (s *search) offer(t *step, c *pki.Certificate, a *Anchor) bool {
	// An anchor may have renewed its own certificate: then the leaf has its name and key.
	if t.has(c) && (a == nil || t.depth > 1) || a == nil && s.goal.anchors.contain(c) {
		return false
	}
	again := 0
	if a == nil {
		if s.visits == nil {
			s.visits = map[*pki.Certificate]int{}
		}
		again = s.visits[c]
		if s.visits[c]++; again >= maxVisits {
			return true
		}
	}
	// A certificate that other ways led to already has to wait until each has been reached once.
	up := &step{cert: c, below: t, anchor: a, depth: t.depth + 1, counted: t.counted, bad: t.bad, cost: t.cost + likelihood(t.cert, c, a) + 15*again}
	if !c.SelfIssued() {
		up.counted++
	}
	s.j.checkIssuer(&s.goal, up)
	s.push(up)
	return true
}

func (s *search) push(t *step) {
	if s.steps++; s.steps > maxSteps {
		s.gaveUp = fmt.Sprintf("%d certificates were put on ways, and no path is good", maxSteps)
		return
	}
	t.order = s.steps
	heap.Push(&s.queue, t)
}

// deadEnd notes where a way ends without an anchor.
func (s *search) deadEnd(t *step) {
	a := &attempt{goal: &s.goal, top: t}
	switch {
	case s.goal.anchors.Len() == 0:
		a.fail(-1, "RFC 5280 §6.1.1 (d)", finding.New(finding.PathNoAnchor).Because("no authority is trusted"))
	case isRoot(t.cert):
		a.fail(t.depth-1, "RFC 5280 §6.1.1 (d)", finding.New(finding.PathNoAnchor).Because("the path ends at %s, which is not trusted", t.cert.Subject.Display()))
	case t.depth >= maxDepth:
		a.fail(t.depth-1, "RFC 5280 §6.1", finding.New(finding.PathSearch).Because("the path has more than %d certificates", maxDepth))
	case t.offered > 0:
		a.fail(t.depth-1, "RFC 5280 §6.1.1 (d)", finding.New(finding.PathNoAnchor).Because("whatever may have issued %s leads back to it", t.cert.Subject.Display()))
	default:
		a.fail(t.depth-1, "RFC 5280 §6.1", finding.New(finding.PathNoAnchor).Because("%s, which issued it, is neither trusted nor at hand", t.cert.Issuer.Display()))
	}
	if a.better(s.best) {
		s.best = a
	}
}

// finish judges a complete path.
func (s *search) finish(t *step) {
	a := &attempt{goal: &s.goal, top: t}
	if s.tried++; s.tried > maxJudged {
		s.gaveUp = fmt.Sprintf("%d paths were judged and none is good", maxJudged)
		return
	}
	s.j.complete(a)
	if s.j.limit != nil {
		return
	}
	if a.bad() == 0 {
		s.best, s.good = a, true
	} else if a.better(s.best) {
		s.best = a
	}
}

// fail notes a failure that becomes known with this step.
func (t *step) fail(index int, c *pki.Certificate, section string, f finding.Finding) {
	t.failures = append(t.failures, Failure{Finding: f.At(c.Subject.Display()), Certificate: c, Index: index, Section: section})
	t.bad++
}

// has tells whether a name stands on a way already with the same key: that would be a loop (RFC 4158 §5.2).
func (t *step) has(c *pki.Certificate) bool {
	for ; t != nil; t = t.below {
		if string(t.cert.RawSPKI) == string(c.RawSPKI) && t.cert.Subject.Equal(c.Subject) {
			return true
		}
	}
	return false
}
