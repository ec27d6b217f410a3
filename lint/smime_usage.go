package lint

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// smimeUsageRules are about keyUsage by kind of key (S/MIME BR §7.1.2.3e).
func smimeUsageRules() []Rule {
	const section, advice = "S/MIME BR §7.1.2.3e", "set the bits of signing, of key management, or of both"
	const ku, enc, agree, only = pki.DigitalSignature, pki.KeyEncipherment, pki.KeyAgreement, pki.EncipherOnly | pki.DecipherOnly
	return []Rule{
		{Name: "smime.ku.present", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "add keyUsage", Title: "keyUsage is present",
			Same: []string{"e_key_usage_presence", "cabf.smime.key_usage_extension_missing"}, check: present(alg.OIDExtKeyUsage)},
		{Name: "smime.ku.critical", Section: section, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "mark it critical", Title: "keyUsage is critical",
			Same: []string{"w_key_usage_criticality", "cabf.smime.ku_extension_not_critical"}, when: whenHas(alg.OIDExtKeyUsage), check: mustBeCritical(alg.OIDExtKeyUsage)},
		{Name: "smime.ku.rsa-strict", Section: section, Severity: Error, From: brEffective, Scope: strictLeaf(), Advice: advice, Title: "a Strict RSA key signs, enciphers keys, or both",
			Same: []string{"e_rsa_key_usage_strict", "cabf.smime.prohibited_ku_present"}, when: whenBits(rsaKey, ku|enc), check: byUse(enc, 0, 0)},
		{Name: "smime.ku.rsa-multipurpose", Section: section, Severity: Error, From: brEffective, Scope: wideLeaf(), Advice: advice, Title: "a Multipurpose or Legacy RSA key signs, enciphers keys or data, or both",
			Same: []string{"e_rsa_key_usage_legacy_multipurpose", "cabf.smime.prohibited_ku_present"}, when: whenBits(rsaKey, ku|enc), check: byUse(enc, pki.DataEncipherment, pki.DataEncipherment)},
		{Name: "smime.ku.rsa-use", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: advice, Title: "an RSA key has digitalSignature or keyEncipherment",
			Same: []string{"e_rsa_other_key_usages", "cabf.smime.unknown_certificate_key_usage_type"}, when: whenSomeBit(rsaKey), check: oneOf(ku | enc)},
		{Name: "smime.ku.ec", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: advice, Title: "an EC key signs, agrees on keys, or both",
			Same: []string{"e_ecpublickey_key_usages", "cabf.smime.prohibited_ku_present"}, when: whenBits(ecKey, ku|agree), check: byUse(agree, only, only)},
		{Name: "smime.ku.ec-use", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: advice, Title: "an EC key has digitalSignature or keyAgreement",
			Same: []string{"e_ec_other_key_usages", "cabf.smime.unknown_certificate_key_usage_type"}, when: whenSomeBit(ecKey), check: oneOf(ku | agree)},
		{Name: "smime.ku.edwards", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "set digitalSignature, and nonRepudiation at most", Title: "an Ed25519 or Ed448 key signs and does nothing else",
			Same: []string{"e_edwardspublickey_key_usages", "cabf.smime.prohibited_ku_present"}, when: whenUsage(edwardsKey), check: signsOnly},
		{Name: "smime.ku.mldsa", Section: section, Severity: Error, From: postQuantum, Scope: brLeaf(), Advice: "set digitalSignature, and nonRepudiation at most", Title: "an ML-DSA key signs and does nothing else",
			when: whenUsage(mldsaKey), check: signsOnly},
		{Name: "smime.ku.mlkem", Section: section, Severity: Error, From: postQuantum, Scope: brLeaf(), Advice: "set keyEncipherment alone, and issue another certificate for signing", Title: "an ML-KEM key has keyEncipherment alone",
			when: whenUsage(mlkemKey), check: func(s *subject) string {
				return unless(s.KeyUsage == enc, s.KeyUsage.String())
			}},
		{Name: "smime.ku.no-montgomery", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "issue for an EC, RSA or ML-KEM key", Title: "X25519 and X448 keys have no certificate",
			check: func(s *subject) string { return unless(s.keyKind() != montgomeryKey, s.KeyInfo.Name) }},
	}
}

// whenBits makes a condition: a key of a kind has one of the bits.
func whenBits(k keyKind, bits pki.KeyUsage) func(*subject) bool {
	return func(s *subject) bool { return s.HasKeyUsage && s.keyKind() == k && s.KeyUsage&bits != 0 }
}

// whenSomeBit makes a condition: a key of a kind has any bit.
func whenSomeBit(k keyKind) func(*subject) bool {
	return func(s *subject) bool { return s.HasKeyUsage && s.keyKind() == k && s.KeyUsage != 0 }
}

func oneOf(bits pki.KeyUsage) func(*subject) string {
	return func(s *subject) string { return unless(s.KeyUsage&bits != 0, s.KeyUsage.String()) }
}

func signsOnly(s *subject) string {
	return unless(s.KeyUsage&pki.DigitalSignature != 0 && s.KeyUsage&^(pki.DigitalSignature|pki.NonRepudiation) == 0, s.KeyUsage.String())
}

// byUse makes a check: beside digitalSignature may stand nonRepudiation, beside the bit of key management what is
// allowed with it alone, and beside both what is allowed with both.
func byUse(manage, withManage, withBoth pki.KeyUsage) func(*subject) string {
	return func(s *subject) string {
		signing, managing := s.KeyUsage&pki.DigitalSignature != 0, s.KeyUsage&manage != 0
		allowed := manage | withManage
		switch {
		case signing && managing:
			allowed = pki.DigitalSignature | pki.NonRepudiation | manage | withBoth
		case signing:
			allowed = pki.DigitalSignature | pki.NonRepudiation
		}
		return onlyUsage(allowed)(s)
	}
}
