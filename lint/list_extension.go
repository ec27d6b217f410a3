package lint

import (
	"bytes"
	"math/big"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// listExtensionRules are about the extensions of a list (RFC 5280 §5.2).
func listExtensionRules() []ruleOf[*list] {
	return slices.Concat(listFormRules(), []ruleOf[*list]{
		{Rule: Rule{Name: "crl.aki.present", Section: "RFC 5280 §5.2.1", Severity: Error, Title: "authorityKeyIdentifier is present", Advice: "add it with the issuer's subjectKeyIdentifier",
			Same: []string{"e_crl_has_authority_key_identifier", "pkix.authority_key_identifier_missing"}}, check: func(l *list) string { return unless(l.has(alg.OIDExtAuthorityKeyID), "it is missing") }},
		{Rule: Rule{Name: "crl.aki.not-critical", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is not critical", Advice: "do not mark it critical", Same: []string{"pkix.authority_key_identifier_critical"}},
			when: listHas(alg.OIDExtAuthorityKeyID), check: listNotCritical(alg.OIDExtAuthorityKeyID)},
		{Rule: Rule{Name: "crl.aki.keyid", Section: "RFC 5280 §5.2.1", Severity: Error, Title: "authorityKeyIdentifier has a keyIdentifier", Advice: "write the issuer's subjectKeyIdentifier", Same: []string{"pkix.authority_key_identifier_keyid_missing"}},
			when: listHas(alg.OIDExtAuthorityKeyID), check: func(l *list) string { return unless(len(l.AuthorityKey.KeyID) > 0, "there is none") }},
		{Rule: Rule{Name: "crl.aki.matches", Section: "RFC 5280 §5.2.1", Severity: Error, Title: "authorityKeyIdentifier is the issuer's subjectKeyIdentifier", Advice: "copy it from the issuer's certificate"},
			when: func(l *list) bool {
				return l.issuer != nil && l.issuer.SubjectKeyID != nil && l.AuthorityKey.KeyID != nil
			},
			check: func(l *list) string {
				return unless(bytes.Equal(l.issuer.SubjectKeyID, l.AuthorityKey.KeyID), "it is another one")
			}},
		{Rule: Rule{Name: "crl.ian.not-critical", Section: "RFC 5280 §5.2.2", Severity: Warning, Title: "issuerAltName is not critical", Advice: "do not mark it critical"}, when: listHas(alg.OIDExtIssuerAltName), check: listNotCritical(alg.OIDExtIssuerAltName)},
		{Rule: Rule{Name: "crl.number.present", Section: "RFC 5280 §5.2.3", Severity: Error, Title: "cRLNumber is present", Advice: "number the lists", Same: []string{"e_crl_missing_crl_number", "pkix.crl_number_missing"}},
			check: func(l *list) string { return unless(l.has(alg.OIDExtCRLNumber), "it is missing") }},
		{Rule: Rule{Name: "crl.number.not-critical", Section: "RFC 5280 §5.2.3", Severity: Error, Title: "cRLNumber is not critical", Advice: "do not mark it critical", Same: []string{"pkix.crl_number_extension_critical"}},
			when: listHas(alg.OIDExtCRLNumber), check: listNotCritical(alg.OIDExtCRLNumber)},
		{Rule: Rule{Name: "crl.number.length", Section: "RFC 5280 §5.2.3", Severity: Error, Title: "cRLNumber has at most 20 octets", Advice: "count from one", Same: []string{"e_crl_number_out_of_range", "pkix.crl_number_out_of_range"}},
			when: func(l *list) bool { return l.Number != nil }, check: func(l *list) string { return unless(l.Number.Cmp(maxNumber) < 0, "it is longer") }},
		{Rule: Rule{Name: "crl.delta.critical", Section: "RFC 5280 §5.2.4", Severity: Error, Title: "deltaCRLIndicator is critical", Advice: "mark it critical: who overlooks it takes a list of changes for a whole one"}, when: listHas(alg.OIDExtDeltaCRLIndicator), check: listCritical(alg.OIDExtDeltaCRLIndicator)},
		{Rule: Rule{Name: "crl.delta.base", Section: "RFC 5280 §5.2.4", Severity: Error, Title: "a list of changes has a greater number than the list it builds on", Advice: "number both kinds of lists in one sequence"},
			when: func(l *list) bool { return l.DeltaBase != nil && l.Number != nil }, check: func(l *list) string {
				return unless(l.DeltaBase.Cmp(l.Number) < 0, l.Number.String()+" on "+l.DeltaBase.String())
			}},
		{Rule: Rule{Name: "crl.idp.critical", Section: "RFC 5280 §5.2.5", Severity: Error, Title: "issuingDistributionPoint is critical", Advice: "mark it critical: who overlooks it takes a part for the whole"}, when: listHas(alg.OIDExtIssuingDistributionPoint), check: listCritical(alg.OIDExtIssuingDistributionPoint)},
		{Rule: Rule{Name: "crl.idp.nonempty", Section: "RFC 5280 §5.2.5", Severity: Error, Title: "issuingDistributionPoint says something", Advice: "leave the extension out"}, when: listHas(alg.OIDExtIssuingDistributionPoint), check: listFault("issuingDistributionPoint", "empty")},
		{Rule: Rule{Name: "crl.idp.one-kind", Section: "RFC 5280 §5.2.5", Severity: Error, Title: "a list is about users, authorities or attributes only, not about two of them only", Advice: "set one of the three"}, when: listHas(alg.OIDExtIssuingDistributionPoint),
			check: func(l *list) string {
				n := 0
				for _, only := range []bool{l.Scope.OnlyUserCerts, l.Scope.OnlyCACerts, l.Scope.OnlyAttributes} {
					if only {
						n++
					}
				}
				return unless(n <= 1, "two of them")
			}},
		{Rule: Rule{Name: "crl.freshest.not-critical", Section: "RFC 5280 §5.2.6", Severity: Error, Title: "freshestCRL is not critical", Advice: "do not mark it critical"}, when: listHas(alg.OIDExtFreshestCRL), check: listNotCritical(alg.OIDExtFreshestCRL)},
		{Rule: Rule{Name: "crl.freshest.not-in-delta", Section: "RFC 5280 §5.2.6", Severity: Error, Title: "a list of changes does not name another one", Advice: "leave freshestCRL out"}, when: func(l *list) bool { return l.IsDelta() },
			check: func(l *list) string { return unless(!l.has(alg.OIDExtFreshestCRL), "it does") }},
		{Rule: Rule{Name: "crl.aia.not-critical", Section: "RFC 5280 §5.2.7", Severity: Error, Title: "authorityInfoAccess is not critical", Advice: "do not mark it critical"}, when: listHas(alg.OIDExtAuthorityInfoAccess), check: listNotCritical(alg.OIDExtAuthorityInfoAccess)},
		{Rule: Rule{Name: "crl.aia.issuers", Section: "RFC 5280 §5.2.7", Severity: Error, Title: "authorityInfoAccess says where the issuer's certificate is, and nothing else", Advice: "write id-ad-caIssuers only"}, when: listHas(alg.OIDExtAuthorityInfoAccess),
			check: func(l *list) string {
				other := slices.ContainsFunc(l.Access, func(a pki.AccessDescription) bool { return a.Method != alg.OIDAccessCAIssuers })
				return unless(len(l.Access) > 0 && !other, "it does not, or says more")
			}},
	})
}

// maxNumber is the first number that does not fit into 20 octets with its sign.
var maxNumber = new(big.Int).Lsh(big.NewInt(1), 159)

// listFormRules are about the encoding of the extensions.
func listFormRules() []ruleOf[*list] {
	return []ruleOf[*list]{
		{Rule: Rule{Name: "crl.extensions.once", Section: "RFC 5280 §5.2", Severity: Error, Title: "no extension appears twice", Advice: "write each extension once", Same: []string{"e_crl_no_duplicate_extensions", "pkix.unique_extension"}},
			check: func(l *list) string {
				for i, e := range l.Extensions {
					if slices.ContainsFunc(l.Extensions[:i], func(o pki.Extension) bool { return o.ID == e.ID }) {
						return e.ID.String()
					}
				}
				return ""
			}},
		{Rule: Rule{Name: "crl.extensions.readable", Section: "RFC 5280 §5.2", Severity: Error, Title: "the value of every known extension can be read", Advice: "encode the extension as its section says", Same: []string{"itu.invalid_asn1_syntax"}}, check: listFault("extension ", "cannot be read")},
		{Rule: Rule{Name: "crl.extensions.default", Section: "X.690 §11.5", Severity: Error, Title: "critical FALSE is not written out", Advice: "encode in DER: leave the default out"}, check: listFault("extension ", "critical FALSE")},
		{Rule: Rule{Name: "crl.extensions.nonempty", Section: "RFC 5280 §5.1", Severity: Error, Title: "a list of extensions is not empty when it is there", Advice: "leave the field out", Same: []string{"e_crl_empty_extn_sequence"}},
			check: func(l *list) string { return firstOf(listFault("extensions", "an empty list")(l), l.entries["empty"]) }},
		{Rule: Rule{Name: "crl.extensions.unknown-critical", Section: "RFC 5280 §5.2", Severity: Warning, Title: "no critical extension is outside RFC 5280", Advice: "leave it out, or do not mark it critical: programs must refuse the list otherwise"},
			check: func(l *list) string {
				if len(l.UnhandledCritical) == 0 {
					return ""
				}
				return l.UnhandledCritical[0].String()
			}},
	}
}
