package lint

import (
	"fmt"
	"time"
)

// listSMIMERules are about lists of authorities that the S/MIME Baseline Requirements bind (§4.9.7, §7.2).
func listSMIMERules() []ruleOf[*list] {
	br := Scope{BR: true}
	return []ruleOf[*list]{
		{Rule: Rule{Name: "smime.crl.ten-days", Section: "S/MIME BR §4.9.7", Severity: Error, From: brEffective, Scope: br, Title: "a list about subscribers holds for at most ten days", Advice: "issue lists every seven days at least",
			Same: []string{"e_crl_next_update_invalid", "cabf.crl_invalid_validity_period"}}, when: func(l *list) bool { return !l.authorities && !l.NextUpdate.IsZero() }, check: holdsAtMost(10 * 24 * time.Hour)},
		{Rule: Rule{Name: "smime.crl.one-year", Section: "S/MIME BR §4.9.7", Severity: Error, From: brEffective, Scope: br, Title: "a list about authorities holds for at most twelve months", Advice: "issue lists once a year at least, and within a day after a revocation",
			Same: []string{"e_crl_next_update_invalid", "cabf.arl_invalid_validity_period"}}, when: func(l *list) bool { return l.authorities && !l.NextUpdate.IsZero() }, check: func(l *list) string {
			return unless(!l.NextUpdate.After(l.ThisUpdate.AddDate(1, 0, 0)), fmt.Sprintf("%.1f days", l.NextUpdate.Sub(l.ThisUpdate).Hours()/24))
		}},
		{Rule: Rule{Name: "smime.crl.unspecified", Section: "S/MIME BR §7.2.2", Severity: Error, From: brEffective, Scope: br, Title: "no entry has the reason unspecified", Advice: "leave the reason out", Same: []string{"e_cab_crl_has_valid_reason_code", "cabf.crl_prohibited_reason_code"}},
			when: func(l *list) bool { return l.Len() > 0 }, check: func(l *list) string { return l.entries["unspecified"] }},
		{Rule: Rule{Name: "smime.crl.authority-reason", Section: "S/MIME BR §7.2.2", Severity: Error, From: brEffective, Scope: br, Title: "the revocation of an authority has a reason", Advice: "write the reason"},
			when: func(l *list) bool { return l.authorities && l.Len() > 0 }, check: func(l *list) string { return l.entries["no-reason"] }},
		{Rule: Rule{Name: "smime.crl.authority-hold", Section: "S/MIME BR §4.9.13", Severity: Error, From: brEffective, Scope: br, Title: "authorities are not suspended", Advice: "revoke for good"},
			when: func(l *list) bool { return l.authorities && l.Len() > 0 }, check: func(l *list) string { return l.entries["hold"] }},
		{Rule: Rule{Name: "smime.crl.signature", Section: "S/MIME BR §7.1.3.2", Severity: Error, From: brEffective, Scope: br, Title: "the signature's algorithm is encoded as one of the table", Advice: "sign with SHA-256 or better, encoded as the table says",
			Same: []string{"e_crl_ecdsa_signature_encoding_correct"}}, check: func(l *list) string { return among(l.SignatureAlgorithm, sigIDs+" "+mldsaIDs) }},
		{Rule: Rule{Name: "smime.crl.signature.curve", Section: "S/MIME BR §7.1.3.2.2", Severity: Error, From: brEffective, Scope: br, Title: "the hash is that of the issuer's curve", Advice: "sign with SHA-256 by P-256, SHA-384 by P-384, SHA-512 by P-521",
			Same: []string{"e_crl_ecdsa_signature_encoding_correct"}}, when: func(l *list) bool { return curveOf(l.issuer) != "" }, check: func(l *list) string { return checkCurve(l.SignatureAlgorithm, l.issuer) }},
		{Rule: Rule{Name: "smime.crl.no-sha1", Section: "S/MIME BR §7.1.3.2 (ballot SMC016)", Severity: Error, From: noSHA1, Scope: br, Title: "no list is signed over SHA-1", Advice: "sign with SHA-256 or better"},
			check: func(l *list) string { return checkOldHash(l.SignatureAlgorithm) }},
	}
}

func holdsAtMost(most time.Duration) func(*list) string {
	return func(l *list) string {
		length := l.NextUpdate.Sub(l.ThisUpdate)
		return unless(length <= most, fmt.Sprintf("%.1f days", length.Hours()/24))
	}
}
