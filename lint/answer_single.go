package lint

import (
	"fmt"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// eachSingle makes a check of the answer about each certificate.
func eachSingle(check func(*answer, pki.SingleResponse) string) func(*answer) string {
	return func(a *answer) string {
		for _, s := range a.Responses {
			if bad := check(a, s); bad != "" {
				return bad
			}
		}
		return ""
	}
}

// answerSingleRules are about the answer for each certificate (RFC 6960 §4.2.1 and §4.2.2.1).
func answerSingleRules() []ruleOf[*answer] {
	next := func(s pki.SingleResponse) bool { return !s.NextUpdate.IsZero() }
	return []ruleOf[*answer]{
		{Rule: Rule{Name: "answer.single.once", Section: "RFC 6960 §4.2.2.3", Severity: Warning, Title: "no certificate is answered for twice", Advice: "answer once for each"}, when: whenBasic, check: func(a *answer) string {
			for i, s := range a.Responses {
				if slices.ContainsFunc(a.Responses[:i], func(o pki.SingleResponse) bool { return string(o.CertID.Raw) == string(s.CertID.Raw) }) {
					return "certificate " + s.CertID.Serial.Text(16)
				}
			}
			return ""
		}},
		{Rule: Rule{Name: "answer.single.hashes", Section: "RFC 6960 §4.1.1", Severity: Error, Title: "the hashes of name and key are as long as their algorithm makes them", Advice: "copy the CertID of the request"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			want := map[int]bool{20: s.CertID.Hash.OID == alg.OIDSHA1, 32: s.CertID.Hash.OID == alg.OIDSHA256, 48: s.CertID.Hash.OID == alg.OIDSHA384, 64: s.CertID.Hash.OID == alg.OIDSHA512}
			known := want[20] || want[32] || want[48] || want[64]
			return unless(!known || want[len(s.CertID.NameHash)] && want[len(s.CertID.KeyHash)], fmt.Sprintf("%d and %d octets", len(s.CertID.NameHash), len(s.CertID.KeyHash)))
		})},
		{Rule: Rule{Name: "answer.single.thisupdate", Section: "RFC 6960 §2.4", Severity: Error, Title: "thisUpdate is not later than producedAt", Advice: "answer from what is known", Same: []string{"e_this_update_not_after_produced_at"}}, when: whenBasic, check: eachSingle(func(a *answer, s pki.SingleResponse) string {
			return unless(!s.ThisUpdate.After(a.ProducedAt), s.ThisUpdate.UTC().Format(time.RFC3339))
		})},
		{Rule: Rule{Name: "answer.single.nextupdate", Section: "RFC 5019 §2.2.4", Severity: Warning, Title: "nextUpdate is there", Advice: "say until when the answer holds: caches need it"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			return unless(next(s), "it is missing")
		})},
		{Rule: Rule{Name: "answer.single.order", Section: "RFC 6960 §2.4", Severity: Error, Title: "nextUpdate is later than thisUpdate", Advice: "set a later time", Same: []string{"pkix.ocsp_negative_validity_period"}}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			return unless(!next(s) || s.NextUpdate.After(s.ThisUpdate), s.NextUpdate.UTC().Format(time.RFC3339))
		})},
		{Rule: Rule{Name: "answer.single.revoked", Section: "RFC 6960 §4.2.1", Severity: Error, Title: "nothing is revoked later than the answer was made", Advice: "correct the time"}, when: whenBasic, check: eachSingle(func(a *answer, s pki.SingleResponse) string {
			return unless(s.Status != pki.OCSPRevoked || !s.Revoked.After(a.ProducedAt), s.Revoked.UTC().Format(time.RFC3339))
		})},
		{Rule: Rule{Name: "answer.single.reason", Section: "RFC 5280 §5.3.1", Severity: Error, Title: "a reason is one of those of RFC 5280", Advice: "write a known reason, or leave it out"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			known := s.Reason >= 0 && s.Reason <= pki.AACompromise && s.Reason != 7
			return unless(!s.HasReason || known, s.Reason.String())
		})},
		{Rule: Rule{Name: "answer.single.unspecified", Section: "RFC 5280 §5.3.1", Severity: Warning, Title: "the reason unspecified is said by leaving the reason out", Advice: "leave it out"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			return unless(!s.HasReason || s.Reason != pki.Unspecified, "certificate "+s.CertID.Serial.Text(16))
		})},
		{Rule: Rule{Name: "answer.single.cutoff", Section: "RFC 6960 §4.4.4", Severity: Error, Title: "archiveCutoff is not later than producedAt", Advice: "write the day back to which the answers reach"}, when: whenBasic, check: eachSingle(func(a *answer, s pki.SingleResponse) string {
			return unless(!s.ArchiveCutoff.After(a.ProducedAt), s.ArchiveCutoff.UTC().Format(time.RFC3339))
		})},
		{Rule: Rule{Name: "answer.single.unknown-critical", Section: "RFC 6960 §4.4", Severity: Warning, Title: "no critical extension of a single answer is an unknown one", Advice: "do not mark it critical"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			if len(s.UnhandledCritical) > 0 {
				return s.UnhandledCritical[0].String()
			}
			return ""
		})},
	}
}

// answerSMIMERules are about responders of authorities that the S/MIME Baseline Requirements bind (§4.9.10, §7.3).
func answerSMIMERules() []ruleOf[*answer] {
	br := Scope{BR: true}
	length := func(s pki.SingleResponse) time.Duration { return s.NextUpdate.Sub(s.ThisUpdate) }
	return []ruleOf[*answer]{
		{Rule: Rule{Name: "smime.answer.eight-hours", Section: "S/MIME BR §4.9.10", Severity: Error, From: brEffective, Scope: br, Title: "an answer holds for at least eight hours", Advice: "set nextUpdate later"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			return unless(!s.NextUpdate.IsZero() && length(s) >= 8*time.Hour, length(s).String())
		})},
		{Rule: Rule{Name: "smime.answer.ten-days", Section: "S/MIME BR §4.9.10", Severity: Error, From: brEffective, Scope: br, Title: "an answer holds for at most ten days", Advice: "set nextUpdate earlier"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			return unless(length(s) <= 10*24*time.Hour, length(s).String())
		})},
		{Rule: Rule{Name: "smime.answer.reason-place", Section: "S/MIME BR §7.3.2", Severity: Error, From: brEffective, Scope: br, Title: "singleExtensions have no reasonCode", Advice: "write the reason into RevokedInfo"}, when: whenBasic, check: eachSingle(func(_ *answer, s pki.SingleResponse) string {
			has := slices.ContainsFunc(s.Extensions, func(e pki.Extension) bool { return e.ID == alg.OIDExtReasonCode })
			return unless(!has, "certificate "+s.CertID.Serial.Text(16))
		})},
		{Rule: Rule{Name: "smime.answer.signature", Section: "S/MIME BR §7.1.3.2", Severity: Error, From: brEffective, Scope: br, Title: "the signature's algorithm is encoded as one of the table", Advice: "sign with SHA-256 or better, encoded as the table says",
			Same: []string{"e_ocsp_rsa_signature_encoding_correct", "e_ocsp_ecdsa_signature_encoding_correct"}}, when: whenBasic, check: func(a *answer) string { return among(a.SignatureAlgorithm, sigIDs+" "+mldsaIDs) }},
		{Rule: Rule{Name: "smime.answer.curve", Section: "S/MIME BR §7.1.3.2.2", Severity: Error, From: brEffective, Scope: br, Title: "the hash is that of the responder's curve", Advice: "sign with SHA-256 by P-256, SHA-384 by P-384, SHA-512 by P-521",
			Same: []string{"e_ocsp_ecdsa_signature_encoding_correct"}}, when: func(a *answer) bool { return curveOf(a.responder) != "" }, check: func(a *answer) string { return checkCurve(a.SignatureAlgorithm, a.responder) }},
	}
}
