package lint

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// constraintRules are about nameConstraints (RFC 5280 §4.2.1.10).
func constraintRules() []Rule {
	when := whenHas(alg.OIDExtNameConstraints)
	return []Rule{
		{Name: "nameconstraints.ca", Section: "RFC 5280 §4.2.1.10", Severity: Error, Title: "nameConstraints is for authorities", Advice: "leave the extension out", Scope: Scope{Roles: Leaf},
			Same: []string{"e_ext_name_constraints_not_in_ca", "pkix.name_constraints_in_ee_certificate"}, check: absent(alg.OIDExtNameConstraints)},
		{Name: "nameconstraints.critical", Section: "RFC 5280 §4.2.1.10", Severity: Error, Title: "nameConstraints is critical", Advice: "mark it critical", when: when,
			Same: []string{"e_ext_name_constraints_not_critical", "pkix.certificate_name_constraints_extension_not_critical"}, check: mustBeCritical(alg.OIDExtNameConstraints)},
		{Name: "nameconstraints.nonempty", Section: "RFC 5280 §4.2.1.10", Severity: Error, Title: "nameConstraints has a subtree", Advice: "leave the extension out", when: when,
			Same: []string{"e_name_constraint_empty", "pkix.name_constraints_no_subtrees"}, check: faultAt("nameConstraints", "no subtrees")},
		{Name: "nameconstraints.bounds", Section: "RFC 5280 §4.2.1.10", Severity: Error, Title: "minimum is zero and maximum absent", Advice: "leave both out", when: when,
			Same: []string{"e_name_constraint_minimum_non_zero", "e_name_constraint_maximum_not_absent", "pkix.name_constraints_non_default_minimum", "pkix.name_constraints_maximum_specified"}, check: eachSubtree(func(t pki.GeneralSubtree) string {
				return unless(t.Minimum == 0 && t.Maximum < 0, fmt.Sprintf("minimum %d", t.Minimum))
			})},
		{Name: "smime.nameconstraints.mailbox", Section: "S/MIME BR §7.1.5", Severity: Error, Title: "a constraint on addresses names a host or a domain, not a mailbox", Advice: "write example.org or .example.org",
			From: brEffective, Scope: Scope{Roles: SubCA, BR: true}, when: when, check: eachSubtree(func(t pki.GeneralSubtree) string {
				return unless(t.Base.Kind != pki.RFC822Name || !strings.Contains(t.Base.Text, "@"), t.Base.Text)
			})},
	}
}

func eachSubtree(check func(pki.GeneralSubtree) string) func(*subject) string {
	return func(s *subject) string {
		if s.Constraints == nil {
			return ""
		}
		for _, list := range [][]pki.GeneralSubtree{s.Constraints.Permitted, s.Constraints.Excluded} {
			for _, t := range list {
				if bad := check(t); bad != "" {
					return bad
				}
			}
		}
		return ""
	}
}
