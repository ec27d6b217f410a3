package lint

import (
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// validityRules are about the time of validity (RFC 5280 §4.1.2.5, S/MIME BR §6.3.2).
func validityRules() []Rule {
	const write = "write UTCTime YYMMDDhhmmssZ through 2049, GeneralizedTime YYYYMMDDhhmmssZ from 2050"
	return []Rule{
		{Name: "validity.order", Section: "RFC 5280 §4.1.2.5", Severity: Error, Title: "the validity ends after it begins", Advice: "set notAfter after notBefore",
			Same: []string{"e_validity_time_not_positive", "pkix.certificate_negative_validity_period"}, check: func(s *subject) string { return unless(s.NotAfter.After(s.NotBefore), "it does not") }},
		{Name: "validity.utctime", Section: "RFC 5280 §4.1.2.5", Severity: Error, Title: "dates through 2049 are UTCTime", Advice: write,
			Same: []string{"e_wrong_time_format_pre2050", "pkix.wrong_time_useful_type"}, check: func(s *subject) string { return s.eachTime(utcThrough2049) }},
		{Name: "validity.generalized", Section: "RFC 5280 §4.1.2.5", Severity: Error, Title: "dates from 2050 are GeneralizedTime", Advice: write,
			Same: []string{"pkix.wrong_time_useful_type"}, when: func(s *subject) bool {
				return s.NotAfter.Year() >= 2050 || s.NotAfter.Year() < 1960 || s.NotBefore.Year() < 1960
			}, check: func(s *subject) string { return s.eachTime(generalizedFrom2050) }},
		{Name: "validity.form", Section: "RFC 5280 §4.1.2.5.1", Severity: Error, Title: "times have seconds, no fraction, and end with Z", Advice: write,
			Same: []string{"e_utc_time_not_in_zulu", "e_utc_time_does_not_include_seconds", "e_generalized_time_includes_fraction_seconds",
				"e_generalized_time_does_not_include_seconds", "e_generalized_time_not_in_zulu", "pkix.invalid_time_syntax", "pkix.utctime_incorect_syntax", "pkix.generalizedtime_incorect_syntax"},
			check: func(s *subject) string {
				if f := s.fault("notBefore"); f != "" {
					return f
				}
				return s.fault("notAfter")
			}},
		validityLimit("smime.validity.825", 825, pki.Strict, pki.Multipurpose), validityMargin("smime.validity.margin-825", 825, pki.Strict, pki.Multipurpose),
		validityLimit("smime.validity.1185", 1185, pki.Legacy), validityMargin("smime.validity.margin-1185", 1185, pki.Legacy),
	}
}

// validityLimit is the rule of a longest validity. A day has 86,400 seconds, and the last second counts.
func validityLimit(name string, days int, generations ...pki.Generation) Rule {
	return Rule{Name: name, Section: "S/MIME BR §6.3.2", Severity: Error, From: brEffective,
		Title: fmt.Sprintf("the validity is at most %d days", days), Advice: fmt.Sprintf("issue for at most %d days", days-1),
		Scope: Scope{Roles: Leaf, BR: true, Generations: generations},
		Same:  []string{fmt.Sprintf("cabf.smime.certificate_validity_period_exceeds_%d_days", days)},
		check: func(s *subject) string {
			length := s.NotAfter.Sub(s.NotBefore) + time.Second
			return unless(length <= time.Duration(days)*24*time.Hour, fmt.Sprintf("%.2f days", length.Hours()/24))
		}}
}

// validityMargin is the rule against taking all of the longest validity.
func validityMargin(name string, days int, generations ...pki.Generation) Rule {
	return Rule{Name: name, Section: "S/MIME BR §6.3.2", Severity: Warning, From: brEffective,
		Title: fmt.Sprintf("the validity is not %d days to the second", days), Advice: "keep a margin for leap seconds and other ways to count",
		Scope: Scope{Roles: Leaf, BR: true, Generations: generations}, Same: []string{"cabf.smime.certificate_validity_period_at_maximum"},
		check: func(s *subject) string {
			return unless(s.NotAfter.Sub(s.NotBefore)+time.Second != time.Duration(days)*24*time.Hour, "it is")
		}}
}

// eachTime applies a check to the two elements of the field.
func (s *subject) eachTime(check func(v der.Value, t time.Time) string) string {
	tbs := der.NewCursor(s.RawTBS).Sequence()
	tbs.Explicit(0)
	tbs.Next()
	tbs.Next()
	tbs.Next()
	validity := tbs.Sequence()
	from, until := validity.Next(), validity.Next()
	if validity.Err() != nil {
		return ""
	}
	if bad := check(from, s.NotBefore); bad != "" {
		return "notBefore: " + bad
	}
	if bad := check(until, s.NotAfter); bad != "" {
		return "notAfter: " + bad
	}
	return ""
}

func utcThrough2049(v der.Value, t time.Time) string {
	return unless(v.Tag == der.UTCTime || t.Year() >= 2050 || t.Year() < 1950, "GeneralizedTime")
}

func generalizedFrom2050(v der.Value, t time.Time) string {
	// A date from 2050 cannot be said in UTCTime: its year 50 means 1950.
	return unless(v.Tag != der.UTCTime || t.Year() >= 1960, fmt.Sprintf("UTCTime that means %d", t.Year()))
}
