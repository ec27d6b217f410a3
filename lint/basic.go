package lint

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// basicRules are about basicConstraints (RFC 5280 §4.2.1.9).
func basicRules() []Rule {
	return []Rule{
		{Name: "basic.ca-critical", Section: "RFC 5280 §4.2.1.9", Severity: Error, Title: "basicConstraints of an authority is critical", Advice: "mark it critical", Scope: Scope{Roles: anyCA},
			Same: []string{"e_basic_constraints_not_critical", "pkix.basic_constraints.extension_not_critical"}, check: mustBeCritical(alg.OIDExtBasicConstraints)},
		{Name: "basic.pathlen-needs-ca", Section: "RFC 5280 §4.2.1.9", Severity: Error, Title: "pathLenConstraint is for authorities", Advice: "leave it out", Scope: Scope{Roles: Leaf},
			Same: []string{"e_path_len_constraint_improperly_included", "pkix.basic_constraints.has_pathlen_for_non_ca"}, when: whenHas(alg.OIDExtBasicConstraints),
			check: func(s *subject) string {
				return unless(s.Basic.MaxPathLen < 0, fmt.Sprintf("pathLenConstraint %d", s.Basic.MaxPathLen))
			}},
		{Name: "basic.pathlen-needs-certsign", Section: "RFC 5280 §4.2.1.9", Severity: Error, Title: "pathLenConstraint needs keyCertSign", Advice: "set keyCertSign", Scope: Scope{Roles: anyCA},
			when: func(s *subject) bool { return s.Basic.MaxPathLen >= 0 && s.HasKeyUsage }, check: func(s *subject) string { return unless(s.KeyUsage&pki.KeyCertSign != 0, "it is not set") }},
		{Name: "basic.default", Section: "X.690 §11.5", Severity: Error, Title: "cA FALSE is not written out", Advice: "encode in DER: leave the default out",
			Same: []string{"e_basic_constr_invalid_der"}, when: whenHas(alg.OIDExtBasicConstraints), check: checkBasicDefault},
		{Name: "basic.certsign-present", Section: "RFC 5280 §4.2.1.9", Severity: Error, Title: "who may sign certificates has basicConstraints", Advice: "add basicConstraints with cA",
			when: func(s *subject) bool { return s.KeyUsage&pki.KeyCertSign != 0 }, check: present(alg.OIDExtBasicConstraints)},
	}
}

func checkBasicDefault(s *subject) string {
	e, _ := s.Extension(alg.OIDExtBasicConstraints)
	v, ok := der.NewCursor(e.Value).Sequence().Optional(der.Boolean)
	return unless(!ok || len(v.Body) != 1 || v.Body[0] != 0, "it is")
}
