package chain

import (
	"slices"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// attempt is a way that was followed to its end: to an anchor, or to where nothing leads on.
type attempt struct {
	goal *goal
	top  *step
	more []Failure // beside those of the steps: of the end, of policies, of revocation

	revocation []Status
	policies   []der.OID
	level      pki.ValidationLevel
}

// anchored tells whether the way ends at an anchor.
func (a *attempt) anchored() bool { return a.top.anchor != nil }

// bad counts the failures.
func (a *attempt) bad() int { return a.top.bad + len(a.more) }

// better tells whether a failing attempt came nearer than another: to an anchor rather than not, with fewer failures, further up.
func (a *attempt) better(o *attempt) bool {
	switch {
	case o == nil:
		return true
	case a.anchored() != o.anchored():
		return a.anchored()
	case a.bad() != o.bad():
		return a.bad() < o.bad()
	}
	return !a.anchored() && a.top.depth > o.top.depth
}

// path returns the certificates, the leaf first.
func (a *attempt) path() []*pki.Certificate {
	list := make([]*pki.Certificate, a.top.depth)
	for t := a.top; t != nil; t = t.below {
		list[t.depth-1] = t.cert
	}
	return list
}

// failures returns every failure, the nearest to the anchor first.
func (a *attempt) failures() []Failure {
	if a.bad() == 0 {
		return nil
	}
	list := slices.Clone(a.more)
	for t := a.top; t != nil; t = t.below {
		list = append(list, t.failures...)
	}
	slices.SortStableFunc(list, func(x, y Failure) int { return y.Index - x.Index })
	return list
}

// fail notes a failure of the certificate at an index, -1 for the path as a whole.
func (a *attempt) fail(index int, section string, f finding.Finding) {
	x := Failure{Finding: f, Index: index, Section: section}
	if index >= 0 {
		for t := a.top; t != nil; t = t.below {
			if t.depth-1 == index {
				x.Certificate = t.cert
				x.Finding = f.At(t.cert.Subject.Display())
			}
		}
	}
	a.more = append(a.more, x)
}

// subordinate returns the certificates below the anchor, the leaf first. A leaf that is trusted itself is the only one.
func (a *attempt) subordinate() []*pki.Certificate {
	list := a.path()
	if a.anchored() && len(list) > 1 {
		return list[:len(list)-1]
	}
	return list
}

// qualify says what does not forbid a result and should not be silent.
func (j *judge) qualify(a *attempt) (list []finding.Finding) {
	weak := slices.ContainsFunc(a.failures(), func(f Failure) bool { return f.Code == finding.PathWeak })
	for i, c := range a.subordinate() {
		if w, old := j.aged(c, a); old && a.anchored() && !weak {
			list = append(list, w.At(c.Subject.Display()))
		}
		if i < len(a.revocation) {
			if f, ok := j.revocationNote(i, &a.revocation[i]); ok {
				list = append(list, f.At(c.Subject.Display()))
			}
		}
	}
	return list
}
