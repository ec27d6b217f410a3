package lint

import (
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// smimeExtensionRules are about the other extensions of a subscriber (S/MIME BR §7.1.2.3d and g to m).
func smimeExtensionRules() []Rule {
	return []Rule{
		{Name: "smime.basic.leaf", Section: "S/MIME BR §7.1.2.3d", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "leave pathLenConstraint out", Title: "basicConstraints of a subscriber is empty", when: whenHas(alg.OIDExtBasicConstraints),
			check: func(s *subject) string { return unless(s.Basic.MaxPathLen < 0, "it has pathLenConstraint") }},
		{Name: "smime.aki", Section: "S/MIME BR §7.1.2.3g", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "write the keyIdentifier alone", Title: "authorityKeyIdentifier is present, not critical, and has the keyIdentifier alone",
			Same: []string{"e_authority_key_identifier_correct", "e_mp_authority_key_identifier_correct", "cabf.authority_key_identifier_has_issuer_cert"}, check: checkAKI},
		{Name: "smime.qc-not-critical", Section: "S/MIME BR §7.1.2.3k", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "do not mark it critical", Title: "qcStatements is not critical", when: whenHas(alg.OIDExtQCStatements),
			Same: []string{"e_smime_qc_statements_must_not_be_critical", "cabf.smime.qc_statements_extension_critical"}, check: notCritical(alg.OIDExtQCStatements)},
		{Name: "smime.directoryattributes", Section: "S/MIME BR §7.1.2.3j", Severity: Error, From: brEffective, Scope: currentLeaf(), Advice: "leave it out", Title: "subjectDirectoryAttributes is absent",
			Same: []string{"e_strict_multipurpose_smime_ext_subject_directory_attr", "cabf.smime.subject_directory_attributes_extension_prohibited"}, check: absent(alg.OIDExtSubjectDirectoryAttributes)},
		{Name: "smime.lei", Section: "S/MIME BR §7.1.2.3l", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "leave it out of certificates of mailboxes and individuals; never mark it critical",
			Title: "a Legal Entity Identifier is in certificates of organisations and sponsors only, and not critical", Same: []string{"e_legal_entity_identifier", "cabf.smime.lei_extension_critical", "cabf.smime.lei_extension_prohibited", "cabf.smime.lei_role_extension_critical", "cabf.smime.lei_role_extension_prohibited"}, check: checkLEI},
		{Name: "smime.lei.value", Section: "S/MIME BR §7.1.2.3l, ISO 17442", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "correct the identifier", Title: "a Legal Entity Identifier is a PrintableString of 20 characters with right check digits",
			Same: []string{"iso.lei.invalid_lei_checksum", "iso.lei.invalid_lei_format", "cabf.smime.invalid_lei_scheme_format"}, when: whenHas(alg.OIDExtLEI), check: checkLEIValue},
		{Name: "smime.adobe-strict", Section: "S/MIME BR §7.1.2.3m", Severity: Error, From: brEffective, Scope: strictLeaf(), Advice: "leave them out", Title: "the Strict generation has no extensions of Adobe",
			Same: []string{"e_adobe_extensions_strict_presence", "cabf.smime.adobe_timestamp_extension_prohibited", "cabf.smime.adobe_archive_revinfo_extension_prohibited"}, check: func(s *subject) string { return unless(!hasAdobe(s), "there is one") }},
		{Name: "smime.adobe-not-critical", Section: "S/MIME BR §7.1.2.3m", Severity: Error, From: brEffective, Scope: wideLeaf(), Advice: "do not mark them critical", Title: "extensions of Adobe are not critical", when: hasAdobe,
			Same: []string{"e_adobe_extensions_legacy_multipurpose_criticality", "cabf.smime.adobe_timestamp_extension_critical", "cabf.smime.adobe_archive_revinfo_extension_critical"}, check: func(s *subject) string {
				return unless(!s.isCritical(alg.OIDExtAdobeTimeStamp) && !s.isCritical(alg.OIDExtAdobeArchiveRevInfo), "one is critical")
			}},
		{Name: "smime.capabilities", Section: "S/MIME BR §7.1.2.3i", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "do not mark it critical", Title: "the extension of S/MIME capabilities is not critical", when: whenHas(alg.OIDExtSMIMECapabilities),
			check: notCritical(alg.OIDExtSMIMECapabilities)},
		{Name: "smime.extensions.known", Section: "S/MIME BR §7.1.2.4", Severity: Notice, From: brEffective, Scope: brLeaf(), Advice: "keep a documented reason, or leave it out", Title: "no extension is outside the profile",
			check: checkKnownExtensions},
	}
}

func checkAKI(s *subject) string {
	switch {
	case !s.has(alg.OIDExtAuthorityKeyID):
		return "it is missing"
	case s.isCritical(alg.OIDExtAuthorityKeyID):
		return "it is critical"
	case len(s.AuthorityKey.KeyID) == 0:
		return "no keyIdentifier"
	}
	return unless(len(s.AuthorityKey.Issuer) == 0 && s.AuthorityKey.Serial == nil, "authorityCertIssuer or authorityCertSerialNumber")
}

func hasAdobe(s *subject) bool {
	return s.has(alg.OIDExtAdobeTimeStamp) || s.has(alg.OIDExtAdobeArchiveRevInfo)
}

// checkLEI follows the table: the identifier is the organisation's, the role the person's in it.
func checkLEI(s *subject) string {
	lei, role := s.has(alg.OIDExtLEI), s.has(alg.OIDExtLEIRole)
	sponsor := s.level.Validation == pki.SponsorValidated
	switch {
	case lei && !sponsor && s.level.Validation != pki.OrganizationValidated:
		return "the identifier is not for this kind of certificate"
	case role && !sponsor:
		return "the role is not for this kind of certificate"
	}
	return unless(!s.isCritical(alg.OIDExtLEI) && !s.isCritical(alg.OIDExtLEIRole), "it is critical")
}

func checkLEIValue(s *subject) string {
	e, _ := s.Extension(alg.OIDExtLEI)
	v, err := der.ParseOne(e.Value)
	return unless(err == nil && v.Tag == der.PrintableString && isLEI(string(v.Body)), fmt.Sprintf("%q", e.Value))
}

func checkKnownExtensions(s *subject) string {
	known := []der.OID{alg.OIDExtCertificatePolicies, alg.OIDExtCRLDistributionPoints, alg.OIDExtAuthorityInfoAccess, alg.OIDExtBasicConstraints, alg.OIDExtKeyUsage,
		alg.OIDExtExtKeyUsage, alg.OIDExtAuthorityKeyID, alg.OIDExtSubjectKeyID, alg.OIDExtSubjectAltName, alg.OIDExtSMIMECapabilities, alg.OIDExtSubjectDirectoryAttributes,
		alg.OIDExtQCStatements, alg.OIDExtLEI, alg.OIDExtLEIRole, alg.OIDExtAdobeTimeStamp, alg.OIDExtAdobeArchiveRevInfo}
	for _, e := range s.Extensions {
		if !slices.Contains(known, e.ID) {
			return e.ID.String()
		}
	}
	return ""
}
