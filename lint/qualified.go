package lint

import (
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// qualifiedRules are about the statements of qualified certificates (RFC 3739 §3.2.6, ETSI EN 319 412-5), which
// certificates for mail carry where a European authority vouches for a person or an organisation.
func qualifiedRules() []Rule {
	const etsi = "ETSI EN 319 412-5 §"
	return []Rule{
		{Name: "qc.not-critical", Section: etsi + "4.1", Severity: Error, Title: "qcStatements with statements of ETSI is not critical", Advice: "do not mark it critical",
			Same: []string{"e_qcstatem_etsi_present_qcs_critical"}, when: whenETSI, check: notCritical(alg.OIDExtQCStatements)},
		{Name: "qc.once", Section: etsi + "4.1", Severity: Error, Title: "no statement stands twice", Advice: "write each statement once",
			Same: []string{"e_duplicate_etsi_qcstatement"}, when: whenHas(alg.OIDExtQCStatements), check: func(s *subject) string {
				for _, q := range s.QCStatements {
					if len(s.statements(q.ID)) > 1 {
						return q.ID.String()
					}
				}
				return ""
			}},
		{Name: "qc.compliance", Section: etsi + "5", Severity: Error, Title: "statements of ETSI stand beside QcCompliance", Advice: "add QcCompliance, if the certificate is a qualified one",
			Same: []string{"e_qcstatem_mandatory_etsi_statems"}, when: whenETSI, check: func(s *subject) string {
				return unless(whenStatement(alg.OIDQCCompliance)(s), "there is none")
			}},
		{Name: "qc.compliance-bare", Section: etsi + "4.2.1", Severity: Error, Title: "QcCompliance has no information", Advice: "leave it out",
			Same: []string{"e_qcstatem_qccompliance_valid"}, when: whenStatement(alg.OIDQCCompliance), check: eachStatement(alg.OIDQCCompliance, func(i []byte) string { return unless(i == nil, "it has") })},
		{Name: "qc.device-bare", Section: etsi + "4.2.2", Severity: Error, Title: "QcSSCD has no information", Advice: "leave it out",
			Same: []string{"e_qcstatem_qcsscd_valid"}, when: whenStatement(alg.OIDQCDevice), check: eachStatement(alg.OIDQCDevice, func(i []byte) string { return unless(i == nil, "it has") })},
		{Name: "qc.type", Section: etsi + "4.2.3", Severity: Error, Title: "QcType names one of the known types", Advice: "name esign, eseal or web",
			Same: []string{"e_qcstatem_qctype_valid"}, when: whenStatement(alg.OIDQCType), check: eachStatement(alg.OIDQCType, func(i []byte) string {
				types, ok := readOIDs(i)
				other := slices.ContainsFunc(types, func(t der.OID) bool {
					return t != alg.OIDQCTypeSign && t != alg.OIDQCTypeSeal && t != alg.OIDQCTypeWeb
				})
				return unless(ok && len(types) > 0 && !other, "it does not")
			})},
		{Name: "qc.type-one", Section: etsi + "4.2.3", Severity: Error, Title: "QcType names one type", Advice: "issue a certificate for each type", From: day(2025, 3, 1), // version 2.5.1
			Same: []string{"e_qcstatem_qctype_oneonly"}, when: whenStatement(alg.OIDQCType), check: eachStatement(alg.OIDQCType, func(i []byte) string {
				types, _ := readOIDs(i)
				return unless(len(types) <= 1, "it names several")
			})},
		{Name: "qc.type-mail", Section: etsi + "4.2.3", Severity: Error, Title: "QcType of a certificate for mail is esign or eseal", Advice: "name the type of the certificate", Scope: Scope{Roles: Leaf, BR: true},
			Same: []string{"e_qcstatem_qctype_smime"}, when: whenStatement(alg.OIDQCType), check: eachStatement(alg.OIDQCType, func(i []byte) string {
				types, _ := readOIDs(i)
				return unless(slices.Contains(types, alg.OIDQCTypeSign) || slices.Contains(types, alg.OIDQCTypeSeal), "neither of them")
			})},
		{Name: "qc.type-as-statement", Section: etsi + "4.2.3", Severity: Error, Title: "a type is no statement of its own", Advice: "write it into QcType",
			Same: []string{"e_qcstatem_etsi_type_as_statem"}, when: whenHas(alg.OIDExtQCStatements), check: func(s *subject) string {
				for _, id := range []der.OID{alg.OIDQCTypeSign, alg.OIDQCTypeSeal, alg.OIDQCTypeWeb} {
					if whenStatement(id)(s) {
						return id.String()
					}
				}
				return ""
			}},
	}
}

// statements returns the statements of one kind.
func (s *subject) statements(id der.OID) (out []pki.QCStatement) {
	for _, q := range s.QCStatements {
		if q.ID == id {
			out = append(out, q)
		}
	}
	return out
}

// whenStatement makes a condition: there is a statement of a kind.
func whenStatement(id der.OID) func(*subject) bool {
	return func(s *subject) bool { return len(s.statements(id)) > 0 }
}

func whenETSI(s *subject) bool {
	return slices.ContainsFunc(s.QCStatements, func(q pki.QCStatement) bool { return strings.HasPrefix(string(q.ID), string(alg.OIDQCStatements)) })
}

func eachStatement(id der.OID, check func(info []byte) string) func(*subject) string {
	return func(s *subject) string {
		for _, q := range s.statements(id) {
			if bad := check(q.Info); bad != "" {
				return bad
			}
		}
		return ""
	}
}
