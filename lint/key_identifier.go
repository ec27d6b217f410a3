package lint

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/alg"
)

// keyIdentifierRules are about authorityKeyIdentifier and subjectKeyIdentifier (RFC 5280 §4.2.1.1 and §4.2.1.2).
func keyIdentifierRules() []Rule {
	notRoot := Scope{Roles: Leaf | SubCA}
	return []Rule{
		{Name: "aki.present", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is present", Advice: "add it with the issuer's subjectKeyIdentifier", Scope: notRoot,
			Same: []string{"e_ext_authority_key_identifier_missing", "pkix.authority_key_identifier_extension_absent"}, check: present(alg.OIDExtAuthorityKeyID)},
		{Name: "aki.keyid", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier has a keyIdentifier", Advice: "write the issuer's subjectKeyIdentifier", Scope: notRoot,
			Same: []string{"e_ext_authority_key_identifier_no_key_identifier"}, when: whenHas(alg.OIDExtAuthorityKeyID), check: func(s *subject) string { return unless(len(s.AuthorityKey.KeyID) > 0, "there is none") }},
		{Name: "aki.pair", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityCertIssuer and authorityCertSerialNumber stand together or not at all", Advice: "leave both out",
			when: whenHas(alg.OIDExtAuthorityKeyID), check: func(s *subject) string {
				return unless((len(s.AuthorityKey.Issuer) > 0) == (s.AuthorityKey.Serial != nil), "one of them is missing")
			}},
		{Name: "aki.not-critical", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is not critical", Advice: "do not mark it critical",
			Same: []string{"e_ext_authority_key_identifier_critical"}, when: whenHas(alg.OIDExtAuthorityKeyID), check: notCritical(alg.OIDExtAuthorityKeyID)},
		{Name: "aki.matches", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is the issuer's subjectKeyIdentifier", Advice: "copy it from the issuer's certificate",
			when: func(s *subject) bool {
				return s.issuer != nil && s.issuer.SubjectKeyID != nil && s.AuthorityKey.KeyID != nil
			},
			check: func(s *subject) string {
				return unless(bytes.Equal(s.AuthorityKey.KeyID, s.issuer.SubjectKeyID), "it is another one")
			}},
		{Name: "ski.ca-present", Section: "RFC 5280 §4.2.1.2", Severity: Error, Title: "an authority has subjectKeyIdentifier", Advice: "add it", Scope: Scope{Roles: anyCA},
			Same: []string{"e_ext_subject_key_identifier_missing_ca"}, check: present(alg.OIDExtSubjectKeyID)},
		{Name: "ski.leaf-present", Section: "RFC 5280 §4.2.1.2, S/MIME BR §7.1.2.3h", Severity: Warning, Title: "a subscriber has subjectKeyIdentifier", Advice: "add it", Scope: Scope{Roles: Leaf},
			Same: []string{"w_ext_subject_key_identifier_missing_sub_cert", "pkix.end_entity_subject_key_identifier_extension_missing"}, check: present(alg.OIDExtSubjectKeyID)},
		{Name: "ski.not-critical", Section: "RFC 5280 §4.2.1.2", Severity: Error, Title: "subjectKeyIdentifier is not critical", Advice: "do not mark it critical",
			Same: []string{"e_ext_subject_key_identifier_critical"}, when: whenHas(alg.OIDExtSubjectKeyID), check: notCritical(alg.OIDExtSubjectKeyID)},
		{Name: "ski.nonempty", Section: "RFC 5280 §4.2.1.2", Severity: Error, Title: "subjectKeyIdentifier is not empty", Advice: "derive it from the public key",
			when: whenHas(alg.OIDExtSubjectKeyID), check: func(s *subject) string { return unless(len(s.SubjectKeyID) > 0, "it is empty") }},
		{Name: "ski.length", Section: "RFC 5280 §4.2.1.2, RFC 7093 §2", Severity: Notice, Title: "subjectKeyIdentifier has at most 32 octets", Advice: "derive it by a hash, shortened to 20 octets",
			when: whenHas(alg.OIDExtSubjectKeyID), check: func(s *subject) string { return unless(len(s.SubjectKeyID) <= 32, "it is longer") }},
	}
}
