package lint

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// policyRules are about policies, their mappings and constraints (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14).
func policyRules() []Rule {
	return []Rule{
		{Name: "policies.nonempty", Section: "RFC 5280 §4.2.1.4", Severity: Error, Title: "certificatePolicies names a policy", Advice: "leave the extension out",
			when: whenHas(alg.OIDExtCertificatePolicies), check: faultAt("certificatePolicies", "empty list")},
		{Name: "policies.once", Section: "RFC 5280 §4.2.1.4", Severity: Error, Title: "no policy stands twice", Advice: "write each policy once",
			Same: []string{"e_ext_cert_policy_duplicate", "pkix.duplicate_certificate_policy_oids"}, when: whenHas(alg.OIDExtCertificatePolicies), check: faultAt("certificatePolicies", "appears twice")},
		{Name: "policies.any-qualifiers", Section: "RFC 5280 §4.2.1.4", Severity: Error, Title: "qualifiers of anyPolicy are a CPS pointer or a user notice", Advice: "use the two that RFC 5280 defines",
			Same: []string{"e_ext_cert_policy_disallowed_any_policy_qualifier", "pkix.certificate_policies_anypolicy_has_prohibited_qualifier"}, when: func(s *subject) bool { return s.hasPolicy(alg.OIDAnyPolicy) }, check: checkAnyQualifiers},
		{Name: "policies.bare", Section: "RFC 5280 §4.2.1.4", Severity: Notice, Title: "policies are identifiers alone, without qualifiers", Advice: "say in the practice statement what the qualifier says",
			Same: []string{"pkix.certificate_policies_policy_has_qualifier"}, when: whenHas(alg.OIDExtCertificatePolicies), check: eachQualifier(func(q pki.PolicyQualifier) string { return q.ID.String() })},
		{Name: "policies.qualifiers", Section: "RFC 5280 §4.2.1.4", Severity: Warning, Title: "qualifiers are a CPS pointer or a user notice", Advice: "use the two that RFC 5280 defines",
			when: whenHas(alg.OIDExtCertificatePolicies), check: eachQualifier(func(q pki.PolicyQualifier) string {
				return unless(q.ID == alg.OIDQualifierCPS || q.ID == alg.OIDQualifierUserNotice, q.ID.String())
			})},
		{Name: "policies.cps-ia5", Section: "RFC 5280 §4.2.1.4", Severity: Error, Title: "a CPS pointer is an IA5String", Advice: "encode it so",
			when: whenQualifier(alg.OIDQualifierCPS), check: eachQualifier(func(q pki.PolicyQualifier) string {
				v, err := der.ParseOne(q.Raw)
				return unless(q.ID != alg.OIDQualifierCPS || err == nil && v.Tag == der.IA5String, "it is of another type")
			})},
		{Name: "policies.any-leaf", Section: "RFC 5280 §4.2.1.4", Severity: Notice, Title: "a subscriber has specific policies, not anyPolicy", Advice: "name the policy", Scope: Scope{Roles: Leaf},
			when: whenHas(alg.OIDExtCertificatePolicies), check: func(s *subject) string { return unless(!s.hasPolicy(alg.OIDAnyPolicy), "anyPolicy") }},
		{Name: "mappings.ca", Section: "RFC 5280 §4.2.1.5", Severity: Error, Title: "policy mappings are for authorities", Advice: "leave the extension out", Scope: Scope{Roles: Leaf}, check: absent(alg.OIDExtPolicyMappings)},
		{Name: "mappings.no-any", Section: "RFC 5280 §4.2.1.5", Severity: Error, Title: "anyPolicy is not mapped", Advice: "leave the mapping out",
			Same: []string{"e_ext_policy_map_any_policy"}, when: whenHas(alg.OIDExtPolicyMappings), check: func(s *subject) string {
				for _, m := range s.Mappings {
					if m.Issuer == alg.OIDAnyPolicy || m.Subject == alg.OIDAnyPolicy {
						return "it is"
					}
				}
				return ""
			}},
		{Name: "mappings.critical", Section: "RFC 5280 §4.2.1.5", Severity: Warning, Title: "policy mappings are critical", Advice: "mark the extension critical",
			Same: []string{"w_ext_policy_map_not_critical"}, when: whenHas(alg.OIDExtPolicyMappings), check: mustBeCritical(alg.OIDExtPolicyMappings)},
		{Name: "mappings.named", Section: "RFC 5280 §4.2.1.5", Severity: Warning, Title: "a mapped policy stands in certificatePolicies", Advice: "add the policy",
			Same: []string{"w_ext_policy_map_not_in_cert_policy"}, when: whenHas(alg.OIDExtPolicyMappings), check: func(s *subject) string {
				for _, m := range s.Mappings {
					if !s.hasPolicy(m.Issuer) {
						return m.Issuer.String()
					}
				}
				return ""
			}},
		{Name: "policyconstraints.critical", Section: "RFC 5280 §4.2.1.11", Severity: Error, Title: "policyConstraints is critical", Advice: "mark it critical",
			Same: []string{"e_ext_policy_constraints_not_critical"}, when: whenHas(alg.OIDExtPolicyConstraints), check: mustBeCritical(alg.OIDExtPolicyConstraints)},
		{Name: "policyconstraints.nonempty", Section: "RFC 5280 §4.2.1.11", Severity: Error, Title: "policyConstraints says something", Advice: "leave the extension out",
			Same: []string{"e_ext_policy_constraints_empty"}, when: whenHas(alg.OIDExtPolicyConstraints), check: faultAt("policyConstraints", "empty")},
		{Name: "inhibitany.critical", Section: "RFC 5280 §4.2.1.14", Severity: Error, Title: "inhibitAnyPolicy is critical", Advice: "mark it critical",
			Same: []string{"e_inhibit_any_policy_not_critical"}, when: whenHas(alg.OIDExtInhibitAnyPolicy), check: mustBeCritical(alg.OIDExtInhibitAnyPolicy)},
	}
}

func (s *subject) hasPolicy(id der.OID) bool {
	for _, p := range s.Policies {
		if p.ID == id {
			return true
		}
	}
	return false
}

func eachQualifier(check func(pki.PolicyQualifier) string) func(*subject) string {
	return func(s *subject) string {
		for _, p := range s.Policies {
			for _, q := range p.Qualifiers {
				if bad := check(q); bad != "" {
					return bad
				}
			}
		}
		return ""
	}
}

// whenQualifier makes a condition: some policy has a qualifier of a kind.
func whenQualifier(id der.OID) func(*subject) bool {
	return func(s *subject) bool {
		return eachQualifier(func(q pki.PolicyQualifier) string { return unless(q.ID != id, "found") })(s) != ""
	}
}

func checkAnyQualifiers(s *subject) string {
	for _, p := range s.Policies {
		for _, q := range p.Qualifiers {
			if p.ID == alg.OIDAnyPolicy && q.ID != alg.OIDQualifierCPS && q.ID != alg.OIDQualifierUserNotice {
				return q.ID.String()
			}
		}
	}
	return ""
}
