package lint

import (
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// ruleOf is a rule about a kind of object: a revocation list, an OCSP answer.
type ruleOf[T any] struct {
	Rule
	when  func(T) bool   // a further condition; nil: none
	check func(T) string // what is wrong; empty: nothing
}

// judge applies rules to an object; bound says whether the S/MIME Baseline Requirements bind it.
func judge[T any](rules []ruleOf[T], object T, bound bool, at time.Time) []Result {
	out := make([]Result, 0, len(rules))
	for _, r := range rules {
		got := Result{Name: r.Name, Severity: r.Severity, Section: r.Section, Status: Pass}
		switch {
		case r.Scope.BR && !bound || r.when != nil && !r.when(object):
			got.Status = NotApplicable
		case !r.At(at):
			got.Status = NotEffective
		default:
			if got.Detail = r.check(object); got.Detail != "" {
				got.Status, got.Advice = Fail, r.Advice
			}
		}
		out = append(out, got)
	}
	return out
}

// metadata returns the rules without what they check by.
func metadata[T any](rules []ruleOf[T]) []Rule {
	out := make([]Rule, 0, len(rules))
	for _, r := range rules {
		out = append(out, r.Rule)
	}
	return out
}

// binds reports whether the S/MIME Baseline Requirements bind what an authority says about its certificates.
func (o Options) binds() bool {
	if o.Regime != ByContent || o.Issuer == nil {
		return o.Regime == Public
	}
	return newSubject(o.Issuer, Options{}).br
}

// faults are the oddities that the reader of an object noted.
type faults []pki.Fault

// at returns the first fault at a place and in one of the wordings, if any are given; empty when there is none.
func (list faults) at(where string, wordings ...string) string {
	for _, f := range list {
		said := func(w string) bool { return strings.Contains(f.What, w) }
		if strings.HasPrefix(f.Where, where) && (len(wordings) == 0 || slices.ContainsFunc(wordings, said)) {
			return f.String()
		}
	}
	return ""
}

// checkListTimes is the check that dates through 2049 are UTCTime and later ones GeneralizedTime (RFC 5280 §5.1.2.4).
func checkListTimes(values []der.Value, times []time.Time) string {
	for i, v := range values {
		if bad := utcThrough2049(v, times[i]); bad != "" {
			return bad
		}
		if bad := generalizedFrom2050(v, times[i]); bad != "" {
			return bad
		}
	}
	return ""
}

// checkParametersOf is the rule of algorithm identifiers of signatures, for any object.
func checkParametersOf(id alg.Identifier) string {
	return checkSignatureParameters(&subject{Certificate: &pki.Certificate{SignatureAlgorithm: id}})
}
