package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// noticeRules are about the user notices of policies (RFC 5280 §4.2.1.4, RFC 6818 §3).
func noticeRules() []Rule {
	return []Rule{
		{Name: "policies.notice-length", Section: "RFC 5280 §4.2.1.4", Severity: Error, Title: "the text of a notice has at most 200 characters", Advice: "shorten it",
			Same: []string{"e_ext_cert_policy_explicit_text_too_long"}, when: whenQualifier(alg.OIDQualifierUserNotice), check: eachQualifier(func(q pki.PolicyQualifier) string {
				n := utf8.RuneCountInString(q.ExplicitText)
				return unless(n <= 200, fmt.Sprintf("%d characters", n))
			})},
		{Name: "policies.notice-type", Section: "RFC 5280 §4.2.1.4", Severity: Warning, Title: "the text of a notice is a UTF8String", Advice: "encode it so",
			Same: []string{"w_ext_cert_policy_explicit_text_not_utf8"}, when: whenQualifier(alg.OIDQualifierUserNotice), check: noticeNotOf(der.IA5String, der.VisibleString, der.BMPString)},
		{Name: "policies.notice-old", Section: "RFC 5280 §4.2.1.4", Severity: Error, Until: plainNotices, Title: "the text of a notice is no VisibleString and no BMPString", Advice: "encode it as UTF8String",
			Same: []string{"pkix.rfc5280_certificate_policies_invalid_explicit_text_encoding"}, when: whenQualifier(alg.OIDQualifierUserNotice), check: noticeNotOf(der.VisibleString, der.BMPString)},
		{Name: "policies.notice-ia5", Section: "RFC 6818 §3", Severity: Error, From: plainNotices, Title: "the text of a notice is no IA5String", Advice: "encode it as UTF8String",
			Same: []string{"e_ext_cert_policy_explicit_text_ia5_string", "pkix.rfc6818_certificate_policies_invalid_explicit_text_encoding"}, when: whenQualifier(alg.OIDQualifierUserNotice), check: noticeNotOf(der.IA5String)},
		{Name: "policies.notice-controls", Section: "RFC 5280 §4.2.1.4", Severity: Warning, Title: "the text of a notice holds no control characters", Advice: "remove them",
			Same: []string{"w_ext_cert_policy_explicit_text_includes_control", "pkix.certificate_policies_explicit_text_has_control_character"}, when: whenQualifier(alg.OIDQualifierUserNotice),
			check: eachQualifier(func(q pki.PolicyQualifier) string {
				return unless(!strings.ContainsFunc(q.ExplicitText, unicode.IsControl), fmt.Sprintf("%q", q.ExplicitText))
			})},
		{Name: "policies.notice-nfc", Section: "RFC 5280 §4.2.1.4", Severity: Warning, Title: "the text of a notice is in normalization form C", Advice: "normalise it",
			Same: []string{"w_ext_cert_policy_explicit_text_not_nfc", "pkix.certificate_policies_explicit_text_not_nfc_normalized"}, when: whenQualifier(alg.OIDQualifierUserNotice),
			check: eachQualifier(func(q pki.PolicyQualifier) string {
				return unless(norm.NFC.IsNormalString(q.ExplicitText), fmt.Sprintf("%q", q.ExplicitText))
			})},
		{Name: "policies.noticeref", Section: "RFC 5280 §4.2.1.4", Severity: Warning, Title: "a user notice has no noticeRef", Advice: "write explicitText",
			Same: []string{"w_ext_cert_policy_contains_noticeref", "pkix.certificate_policies_usernotice_has_noticeRef"}, when: whenQualifier(alg.OIDQualifierUserNotice),
			check: eachQualifier(func(q pki.PolicyQualifier) string { return unless(!q.HasNoticeRef, "it has one") })},
	}
}

// noticeNotOf makes a check of explicitText, the last string of a UserNotice: it is of none of these types.
func noticeNotOf(tags ...der.Tag) func(*subject) string {
	return eachQualifier(func(q pki.PolicyQualifier) string {
		if q.ID != alg.OIDQualifierUserNotice {
			return ""
		}
		seq := der.NewCursor(q.Raw).Sequence()
		seq.Optional(der.Sequence)
		if !seq.More() {
			return ""
		}
		v := seq.Next()
		return unless(seq.Err() != nil || !slices.Contains(tags, v.Tag), v.Tag.String())
	})
}
