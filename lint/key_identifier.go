package lint

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// keyIdentifierRules are about authorityKeyIdentifier and subjectKeyIdentifier (RFC 5280 §4.2.1.1 and §4.2.1.2).
func keyIdentifierRules() []Rule {
	notRoot := Scope{Roles: Leaf | SubCA}
	return []Rule{
		{Name: "aki.present", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is present", Advice: "add it with the issuer's subjectKeyIdentifier", Scope: notRoot,
			Same: []string{"e_ext_authority_key_identifier_no_key_identifier", "pkix.authority_key_identifier_extension_absent"}, check: present(alg.OIDExtAuthorityKeyID)},
		{Name: "aki.keyid", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier has a keyIdentifier", Advice: "write the issuer's subjectKeyIdentifier", Scope: notRoot,
			Same: []string{"e_ext_authority_key_identifier_no_key_identifier", "pkix.authority_key_identifier_keyid_missing"}, when: whenHas(alg.OIDExtAuthorityKeyID), check: func(s *subject) string { return unless(len(s.AuthorityKey.KeyID) > 0, "there is none") }},
		{Name: "aki.pair", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityCertIssuer and authorityCertSerialNumber stand together or not at all", Advice: "leave both out",
			Same: []string{"pkix.aki_with_cert_issuer_but_serial_number_absent", "pkix.aki_with_serial_number_but_cert_issuer_absent"}, when: whenHas(alg.OIDExtAuthorityKeyID), check: func(s *subject) string {
				return unless((len(s.AuthorityKey.Issuer) > 0) == (s.AuthorityKey.Serial != nil), "one of them is missing")
			}},
		{Name: "aki.not-critical", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is not critical", Advice: "do not mark it critical",
			Same: []string{"e_ext_authority_key_identifier_critical", "pkix.authority_key_identifier_critical"}, when: whenHas(alg.OIDExtAuthorityKeyID), check: notCritical(alg.OIDExtAuthorityKeyID)},
		{Name: "aki.matches", Section: "RFC 5280 §4.2.1.1", Severity: Error, Title: "authorityKeyIdentifier is the issuer's subjectKeyIdentifier", Advice: "copy it from the issuer's certificate",
			when: func(s *subject) bool {
				return s.issuer != nil && s.issuer.SubjectKeyID != nil && s.AuthorityKey.KeyID != nil
			},
			check: func(s *subject) string {
				return unless(bytes.Equal(s.AuthorityKey.KeyID, s.issuer.SubjectKeyID), "it is another one")
			}},
		{Name: "ski.ca-present", Section: "RFC 5280 §4.2.1.2", Severity: Error, Title: "an authority has subjectKeyIdentifier", Advice: "add it", Scope: Scope{Roles: anyCA},
			Same: []string{"e_ext_subject_key_identifier_missing_ca", "pkix.certificate_skid_ca_missing"}, check: present(alg.OIDExtSubjectKeyID)},
		{Name: "ski.leaf-present", Section: "RFC 5280 §4.2.1.2, S/MIME BR §7.1.2.3h", Severity: Warning, Title: "a subscriber has subjectKeyIdentifier", Advice: "add it", Scope: Scope{Roles: Leaf},
			Same: []string{"w_ext_subject_key_identifier_missing_sub_cert", "pkix.certificate_skid_end_entity_missing"}, check: present(alg.OIDExtSubjectKeyID)},
		{Name: "ski.not-critical", Section: "RFC 5280 §4.2.1.2", Severity: Error, Title: "subjectKeyIdentifier is not critical", Advice: "do not mark it critical",
			Same: []string{"e_ext_subject_key_identifier_critical", "pkix.certificate_skid_extension_critical"}, when: whenHas(alg.OIDExtSubjectKeyID), check: notCritical(alg.OIDExtSubjectKeyID)},
		{Name: "ski.nonempty", Section: "RFC 5280 §4.2.1.2", Severity: Error, Title: "subjectKeyIdentifier is not empty", Advice: "derive it from the public key",
			when: whenHas(alg.OIDExtSubjectKeyID), check: func(s *subject) string { return unless(len(s.SubjectKeyID) > 0, "it is empty") }},
		{Name: "ski.length", Section: "RFC 5280 §4.2.1.2, RFC 7093 §2", Severity: Notice, Title: "subjectKeyIdentifier has at most 32 octets", Advice: "derive it by a hash, shortened to 20 octets",
			when: whenHas(alg.OIDExtSubjectKeyID), check: func(s *subject) string { return unless(len(s.SubjectKeyID) <= 32, "it is longer") }},
		{Name: "ski.derived", Section: "RFC 5280 §4.2.1.2, RFC 7093 §2", Severity: Notice, Title: "subjectKeyIdentifier is a hash of the public key by a common method", Advice: "shorten the SHA-256 of the public key to 20 octets",
			Same: []string{"pkix.unknown_subject_key_identifier_calculation_method"}, when: func(s *subject) bool { return len(s.SubjectKeyID) > 0 }, check: checkDerived},
	}
}

// checkDerived tries the methods of RFC 5280 §4.2.1.2 and of RFC 7093 §2. SHA-1 is no protection here: it names a key.
func checkDerived(s *subject) string {
	outer := der.NewCursor(s.RawTBS).Sequence()
	outer.Explicit(0)
	for range 5 {
		outer.Next()
	}
	spki := outer.Next()
	fields := der.NewCursor(spki.Body)
	fields.Next()
	key := fields.BitString().Bytes
	if outer.Err() != nil || fields.Err() != nil {
		return ""
	}
	one, two := sha1.Sum(key), sha256.Sum256(key)
	three, four := sha512.Sum384(key), sha512.Sum512(key)
	whole := sha256.Sum256(spki.Raw)
	short := binary.BigEndian.Uint64(one[12:])&(1<<60-1) | 4<<60
	for _, h := range [][]byte{one[:], binary.BigEndian.AppendUint64(nil, short), two[:20], three[:20], four[:20], two[:], whole[:20], whole[:]} {
		if bytes.Equal(h, s.SubjectKeyID) {
			return ""
		}
	}
	return "of another making"
}
