package lint

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// profile is a set of subscriber certificates that claim a profile of the S/MIME Baseline Requirements.
type profile struct {
	validations []pki.Validation
	generations []pki.Generation
}

func (p profile) scope() Scope {
	return Scope{Roles: Leaf, Claimed: true, Validations: p.validations, Generations: p.generations}
}

// The sets that rules name.
func brLeaf() Scope     { return profile{}.scope() }
func strictLeaf() Scope { return profile{generations: []pki.Generation{pki.Strict}}.scope() }
func currentLeaf() Scope {
	return profile{generations: []pki.Generation{pki.Multipurpose, pki.Strict}}.scope()
}
func wideLeaf() Scope {
	return profile{generations: []pki.Generation{pki.Legacy, pki.Multipurpose}}.scope()
}
func legacyLeaf() Scope            { return profile{generations: []pki.Generation{pki.Legacy}}.scope() }
func of(v ...pki.Validation) Scope { return profile{validations: v}.scope() }

// smimePolicyRules are about the reserved policies (S/MIME BR §7.1.2.3a and §7.1.6.1).
func smimePolicyRules() []Rule {
	return []Rule{
		{Name: "smime.policy.one", Section: "S/MIME BR §7.1.2.3a", Severity: Error, From: brEffective, Scope: Scope{Roles: Leaf, BR: true}, Advice: "state the one policy by which the certificate was issued",
			Title: "there is exactly one reserved policy", Same: []string{"e_exactly_one_smime_policy", "cabf.smime.no_required_reserved_policy_oid", "cabf.smime.multiple_reserved_policy_oids", "cabf.smime.certificate_policies_extension_missing"}, check: checkOnePolicy},
		{Name: "smime.policy.legacy-retired", Section: "S/MIME BR §7.1.6.1", Severity: Error, From: legacyRetired, Scope: legacyLeaf(), Advice: "issue by the Multipurpose or the Strict generation",
			Title: "nothing is issued by the Legacy generation any more", Same: []string{"e_legacy_generation_deprecated", "cabf.smime.legacy_generation_certificate_issued_after_prohibition"},
			check: func(s *subject) string { return s.level.String() }},
		{Name: "smime.policy.not-critical", Section: "S/MIME BR §7.1.2.3a", Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "do not mark it critical",
			Title: "certificatePolicies is not critical", Same: []string{"cabf.critical_certificate_policies_extension"}, check: notCritical(alg.OIDExtCertificatePolicies)},
		{Name: "smime.policy.no-any", Section: "S/MIME BR §7.1.2.3a", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "leave anyPolicy out: it is neither reserved nor the authority's own",
			Title: "a subscriber does not have anyPolicy", Same: []string{"cabf.smime.anypolicy_present"}, when: whenHas(alg.OIDExtCertificatePolicies),
			check: func(s *subject) string { return unless(!s.hasPolicy(alg.OIDAnyPolicy), "it has") }},
		{Name: "smime.policy.cps-http", Section: "S/MIME BR §7.1.2.3a", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "write an http or https URL",
			Title: "a CPS pointer is an http or https URL", when: whenQualifier(alg.OIDQualifierCPS), Same: []string{"cabf.smime.cps_uri_is_not_http"},
			check: eachQualifier(func(q pki.PolicyQualifier) string {
				return unless(q.ID != alg.OIDQualifierCPS || isWebAddress(q.CPS, "http", "https"), q.CPS)
			})},
		{Name: "smime.policy.no-noticeref", Section: "S/MIME BR §7.1.2.3a", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "leave noticeRef out",
			Title: "a user notice has explicitText only", when: whenQualifier(alg.OIDQualifierUserNotice), Same: []string{"cabf.smime.usernotice_has_noticeref"},
			check: eachQualifier(func(q pki.PolicyQualifier) string { return unless(!q.HasNoticeRef, "it has noticeRef") })},
		{Name: "smime.policy.qualifiers", Section: "S/MIME BR §7.1.2.3a", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "use id-qt-cps and id-qt-unotice only",
			Title: "qualifiers are a CPS pointer or a user notice",
			check: eachQualifier(func(q pki.PolicyQualifier) string {
				return unless(q.ID == alg.OIDQualifierCPS || q.ID == alg.OIDQualifierUserNotice, q.ID.String())
			})},
	}
}

func checkOnePolicy(s *subject) string {
	var found []der.OID
	for _, p := range s.Policies {
		if pki.LevelOf([]der.OID{p.ID}) != (pki.ValidationLevel{}) {
			found = append(found, p.ID)
		}
	}
	switch len(found) {
	case 0:
		return "there is none"
	case 1:
		return ""
	}
	return "there are several: " + found[0].String() + ", " + found[1].String()
}
