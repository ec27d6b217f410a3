package lint

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// outlineRules are about the outline of a certificate (RFC 5280 §4.1 and §4.2).
func outlineRules() []Rule {
	return []Rule{
		{Name: "certificate.readable", Section: "RFC 5280 §4.1", Severity: Error, Title: "the certificate can be read", Advice: "encode it in DER, as its section says",
			Same: []string{"itu.invalid_asn1_syntax"}, check: func(*subject) string { return "" }}, // who comes here was read: see Unreadable
		{Name: "version.v3", Section: "RFC 5280 §4.1.2.1", Severity: Error, Title: "a certificate with extensions is of version 3", Advice: "write version 3",
			Same: []string{"e_cert_extensions_version_not_3", "e_invalid_certificate_version", "pkix.certificate_version_is_not_v3"}, when: func(s *subject) bool { return len(s.Extensions) > 0 },
			check: func(s *subject) string { return unless(s.Version == 3, fmt.Sprintf("version %d", s.Version)) }},
		{Name: "version.extensions", Section: "RFC 5280 §4.2", Severity: Error, Title: "a certificate has extensions: what RFC 5280 requires cannot be said without", Advice: "issue a version 3 certificate",
			check: func(s *subject) string { return unless(len(s.Extensions) > 0, "there are none") }},
		{Name: "version.encoding", Section: "X.690 §11.5", Severity: Error, Title: "the default version is not written out", Advice: "leave version 1 out, or better: write version 3",
			check: faultAt("version")},
		{Name: "uniqueid.version", Section: "RFC 5280 §4.1.2.8", Severity: Error, Title: "unique identifiers are in certificates of version 2 or 3 only", Advice: "leave issuerUniqueID and subjectUniqueID out",
			Same: []string{"e_cert_unique_identifier_version_not_2_or_3"}, when: func(s *subject) bool { return s.IssuerUniqueID != nil || s.SubjectUniqueID != nil },
			check: func(s *subject) string { return unless(s.Version >= 2, fmt.Sprintf("version %d", s.Version)) }},
		{Name: "uniqueid.absent", Section: "RFC 5280 §4.1.2.8", Severity: Error, Title: "there are no unique identifiers of issuer and subject", Advice: "leave issuerUniqueID and subjectUniqueID out",
			Same: []string{"e_cert_contains_unique_identifier", "pkix.issuer_unique_id_present", "pkix.subject_unique_id_present"},
			check: func(s *subject) string {
				return unless(s.IssuerUniqueID == nil && s.SubjectUniqueID == nil, "there is one")
			}},
		{Name: "extensions.nonempty", Section: "RFC 5280 §4.1", Severity: Error, Title: "the list of extensions is not empty when it is there", Advice: "leave the field out",
			check: faultAt("extensions", "empty list")},
		{Name: "extensions.once", Section: "RFC 5280 §4.2", Severity: Error, Title: "no extension appears twice", Advice: "write each extension once",
			Same: []string{"e_ext_duplicate_extension", "pkix.unique_extension"}, check: faultAt("extension ", "more than once")},
		{Name: "extensions.readable", Section: "RFC 5280 §4.2", Severity: Error, Title: "the value of every known extension can be read", Advice: "encode the extension as its section says",
			Same: []string{"e_path_len_constraint_zero_or_less", "itu.invalid_asn1_syntax"}, check: faultAt("extension ", "cannot be read")},
		{Name: "extensions.default", Section: "X.690 §11.5", Severity: Error, Title: "critical FALSE is not written out", Advice: "encode in DER: leave the default out",
			Same: []string{"e_cert_ext_invalid_der"}, check: faultAt("extension ", "critical FALSE")},
		{Name: "extensions.boolean", Section: "X.690 §11.1", Severity: Error, Title: "TRUE is written as the octet ff", Advice: "encode in DER",
			check: func(s *subject) string {
				if f := s.fault("extension ", "BOOLEAN TRUE"); f != "" {
					return f
				}
				return s.fault("basicConstraints", "BOOLEAN TRUE")
			}},
		{Name: "extensions.unknown-critical", Section: "RFC 5280 §4.2", Severity: Warning, Title: "no critical extension is outside RFC 5280", Advice: "leave it out, or do not mark it critical: mail programs refuse what they do not know",
			check: func(s *subject) string {
				if len(s.UnhandledCritical) == 0 {
					return ""
				}
				return "critical and not commonly known: " + s.UnhandledCritical[0].String()
			}},
		{Name: "signature.match", Section: "RFC 5280 §4.1.1.2", Severity: Error, Title: "the signature algorithm is the same inside and outside", Advice: "write the same algorithm identifier twice",
			Same: []string{"e_cert_sig_alg_not_match_tbs_sig_alg", "pkix.certificate_signature_algorithm_match"}, check: faultAt("signature", "the one outside")},
		{Name: "signature.octets", Section: "RFC 5280 §4.1.1.3", Severity: Error, Title: "the signature is a whole number of octets", Advice: "write the BIT STRING without unused bits",
			check: faultAt("signatureValue")},
		{Name: "signature.parameters", Section: "RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3", Severity: Error, Title: "parameters are NULL for RSA with PKCS #1 v1.5 and absent for ECDSA and EdDSA", Advice: "encode the algorithm identifier as its RFC says",
			Same: []string{"e_tbs_signature_rsa_encryption_parameter_not_null"}, check: checkSignatureParameters},
		{Name: "signature.verifies", Section: "RFC 5280 §6.1.3", Severity: Error, Title: "the issuer's key verifies the signature", Advice: "sign with the key of the issuer's certificate",
			when: func(s *subject) bool { return s.issuer != nil && !s.draft }, check: checkSignedBy},
		{Name: "issuer.nonempty", Section: "RFC 5280 §4.1.2.4", Severity: Error, Title: "the issuer has a name", Advice: "give the authority a name",
			Same: []string{"e_issuer_field_empty", "pkix.name_empty"}, check: func(s *subject) string { return unless(!s.Issuer.Empty(), "the name is empty") }},
		{Name: "issuer.same-bytes", Section: "RFC 5280 §4.1.2.4, S/MIME BR §7.1.4.1", Severity: Error, Title: "the issuer's name is byte for byte the subject of the issuer's certificate", Advice: "copy the name's encoding",
			when: func(s *subject) bool { return s.issuer != nil },
			check: func(s *subject) string {
				return unless(string(s.RawIssuer) == string(s.issuer.RawSubject), "the bytes differ")
			}},
		{Name: "subject.ca-nonempty", Section: "RFC 5280 §4.1.2.6", Severity: Error, Title: "an authority has a name", Advice: "give the authority a name", Scope: Scope{Roles: anyCA},
			Same: []string{"e_ca_subject_field_empty"}, check: func(s *subject) string { return unless(!s.Subject.Empty(), "the name is empty") }},
	}
}

// checkSignatureParameters compares the outer algorithm identifier.
func checkSignatureParameters(s *subject) string {
	null := string(s.SignatureAlgorithm.Params) == "\x05\x00"
	switch s.SignatureAlgorithm.OID {
	case alg.OIDSHA1WithRSA, alg.OIDSHA224WithRSA, alg.OIDSHA256WithRSA, alg.OIDSHA384WithRSA, alg.OIDSHA512WithRSA:
		return unless(null, "the parameters are not NULL")
	case alg.OIDRSASSAPSS:
		return unless(s.SignatureAlgorithm.Params != nil && !null, "RSASSA-PSS without parameters")
	case alg.OIDECDSAWithSHA1, alg.OIDECDSAWithSHA224, alg.OIDECDSAWithSHA256, alg.OIDECDSAWithSHA384, alg.OIDECDSAWithSHA512,
		alg.OIDEd25519, alg.OIDEd448, alg.OIDMLDSA44, alg.OIDMLDSA65, alg.OIDMLDSA87:
		return unless(s.SignatureAlgorithm.Params == nil, "there are parameters")
	}
	return ""
}

// checkSignedBy verifies; old algorithms are for other rules, and what is not implemented is not judged.
func checkSignedBy(s *subject) string {
	if _, unknown := s.issuer.PublicKey.(*alg.UnknownPublicKey); unknown || s.issuer.PublicKey == nil {
		return ""
	}
	if err := verify(s.Certificate, s.issuer); err != nil {
		return err.Error()
	}
	return ""
}

func verify(c, issuer *pki.Certificate) error {
	return c.CheckSignatureBy(issuer.PublicKey, alg.Allow{SHA1: true, Legacy: true})
}
