package lint

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// keyKind is a family of keys, as rules about their use tell them apart.
type keyKind int

const (
	otherKey keyKind = iota
	rsaKey
	ecKey
	edwardsKey    // signs
	montgomeryKey // agrees
	mldsaKey
	mlkemKey
	slhdsaKey
)

func (s *subject) keyKind() keyKind {
	switch s.KeyInfo.Algorithm.OID {
	case alg.OIDRSA, alg.OIDRSASSAPSS, alg.OIDRSAESOAEP:
		return rsaKey
	case alg.OIDMLDSA44, alg.OIDMLDSA65, alg.OIDMLDSA87:
		return mldsaKey
	case alg.OIDSLHDSASHA2128s, alg.OIDSLHDSASHA2128f, alg.OIDSLHDSASHA2192s, alg.OIDSLHDSASHA2192f, alg.OIDSLHDSASHA2256s, alg.OIDSLHDSASHA2256f,
		alg.OIDSLHDSASHAKE128s, alg.OIDSLHDSASHAKE128f, alg.OIDSLHDSASHAKE192s, alg.OIDSLHDSASHAKE192f, alg.OIDSLHDSASHAKE256s, alg.OIDSLHDSASHAKE256f:
		return slhdsaKey
	case alg.OIDMLKEM512, alg.OIDMLKEM768, alg.OIDMLKEM1024:
		return mlkemKey
	}
	switch s.PublicKey.(type) {
	case *ecdsa.PublicKey:
		return ecKey
	case ed25519.PublicKey, ed448.PublicKey:
		return edwardsKey
	case *ecdh.PublicKey, alg.X448PublicKey:
		return montgomeryKey
	}
	if s.KeyInfo.Algorithm.OID == alg.OIDECPublicKey {
		return ecKey
	}
	return otherKey
}

// whenUsage makes a condition: keyUsage is there, and the key is of a kind.
func whenUsage(k keyKind) func(*subject) bool {
	return func(s *subject) bool { return s.HasKeyUsage && s.keyKind() == k }
}

// onlyUsage makes a check: keyUsage has no other bits.
func onlyUsage(allowed pki.KeyUsage) func(*subject) string {
	return func(s *subject) string {
		if extra := s.KeyUsage &^ allowed; extra != 0 {
			return "not for this key: " + extra.String()
		}
		return ""
	}
}

const signs = pki.DigitalSignature | pki.NonRepudiation | pki.KeyCertSign | pki.CRLSign

// keyUsageRules are about keyUsage (RFC 5280 §4.2.1.3) and what each kind of key can do.
func keyUsageRules() []Rule {
	const fit = "set only bits that the key can serve"
	return []Rule{
		{Name: "ku.nonzero", Section: "RFC 5280 §4.2.1.3", Severity: Error, Title: "keyUsage has at least one bit", Advice: "set a bit, or leave the extension out",
			Same: []string{"e_ext_key_usage_without_bits", "pkix.no_ku_bits_set"}, when: whenHas(alg.OIDExtKeyUsage), check: func(s *subject) string { return s.fault("keyUsage", "no bit") }},
		{Name: "ku.critical", Section: "RFC 5280 §4.2.1.3", Severity: Warning, Title: "keyUsage is critical", Advice: "mark it critical",
			Same: []string{"w_ext_key_usage_not_critical", "pkix.key_usage_extension_not_critical"}, when: whenHas(alg.OIDExtKeyUsage), check: mustBeCritical(alg.OIDExtKeyUsage)},
		{Name: "ku.ca-present", Section: "RFC 5280 §4.2.1.3", Severity: Error, Title: "the certificate of an authority has keyUsage", Advice: "add keyUsage with keyCertSign and cRLSign", Scope: Scope{Roles: anyCA},
			Same: []string{"e_ca_key_usage_missing", "pkix.ca_certificate_no_ku_extension"}, check: present(alg.OIDExtKeyUsage)},
		{Name: "ku.ca-certsign", Section: "RFC 5280 §4.2.1.3 and §6.1.4", Severity: Error, Title: "an authority may sign certificates: keyCertSign", Advice: "set keyCertSign", Scope: Scope{Roles: anyCA},
			Same: []string{"e_ca_key_cert_sign_not_set", "pkix.ca_certificate_keycertsign_keyusage_not_set"}, when: whenHas(alg.OIDExtKeyUsage), check: func(s *subject) string { return unless(s.KeyUsage&pki.KeyCertSign != 0, "it is not set") }},
		{Name: "ku.certsign-needs-ca", Section: "RFC 5280 §4.2.1.9", Severity: Error, Title: "keyCertSign is for authorities: basicConstraints has cA", Advice: "clear keyCertSign", Scope: Scope{Roles: Leaf},
			Same: []string{"e_ext_key_usage_cert_sign_without_ca", "e_rsa_allowed_ku_ee", "pkix.ee_certificate_keycertsign_keyusage_set"}, when: whenHas(alg.OIDExtKeyUsage), check: func(s *subject) string { return unless(s.KeyUsage&pki.KeyCertSign == 0, "it is set") }},
		{Name: "ku.only-needs-agreement", Section: "RFC 5280 §4.2.1.3", Severity: Error, Title: "encipherOnly and decipherOnly stand beside keyAgreement, and not together", Advice: "set keyAgreement, or clear them",
			Same: []string{"pkix.both_encipheronly_and_decipheronly_ku_set"}, when: func(s *subject) bool { return s.KeyUsage&(pki.EncipherOnly|pki.DecipherOnly) != 0 },
			check: func(s *subject) string {
				both := pki.EncipherOnly | pki.DecipherOnly
				return unless(s.KeyUsage&pki.KeyAgreement != 0 && s.KeyUsage&both != both, s.KeyUsage.String())
			}},
		{Name: "ku.encoding", Section: "X.690 §11.2.2", Severity: Error, Title: "keyUsage has no trailing zero bits", Advice: "encode in DER",
			Same: []string{"e_incorrect_ku_encoding", "e_superfluous_ku_encoding", "e_key_usage_incorrect_length"}, when: whenHas(alg.OIDExtKeyUsage), check: checkNamedBits},
		{Name: "ku.rsa", Section: "RFC 3279 §2.3.1", Severity: Error, Title: "an RSA key does not agree on keys", Advice: fit, when: whenUsage(rsaKey),
			Same: []string{"e_rsa_allowed_ku_ee", "e_rsa_allowed_ku_ca", "pkix.key_usage_value_prohibited_for_rsa"}, check: onlyUsage(signs | pki.KeyEncipherment | pki.DataEncipherment)},
		{Name: "ku.rsa-ca", Section: "RFC 3279 §2.3.1", Severity: Warning, Title: "the RSA key of an authority does not encipher keys or data", Advice: "keep the key for signatures", Scope: Scope{Roles: anyCA}, when: whenUsage(rsaKey),
			Same: []string{"e_rsa_allowed_ku_no_encipherment_ca"}, check: onlyUsage(signs | pki.KeyAgreement | pki.EncipherOnly | pki.DecipherOnly)},
		{Name: "ku.ec", Section: "RFC 5480 §3, RFC 8813 §3", Severity: Error, Title: "an EC key does not encipher keys or data", Advice: fit, when: whenUsage(ecKey),
			Same: []string{"n_ecdsa_ee_invalid_ku", "e_ecdsa_allowed_ku", "pkix.key_usage_value_prohibited_for_ec"}, check: onlyUsage(signs | pki.KeyAgreement | pki.EncipherOnly | pki.DecipherOnly)},
		{Name: "ku.edwards", Section: "RFC 9295 §3", Severity: Error, Title: "an Ed25519 or Ed448 key only signs", Advice: fit, when: whenUsage(edwardsKey),
			Same: []string{"pkix.key_usage_value_prohibited_for_edwards_curve"}, check: onlyUsage(signs)},
		{Name: "ku.montgomery", Section: "RFC 9295 §3", Severity: Error, Title: "an X25519 or X448 key only agrees on keys", Advice: fit, when: whenUsage(montgomeryKey),
			Same: []string{"pkix.key_usage_value_required_but_missing_for_edwards_curve"},
			check: func(s *subject) string {
				if s.KeyUsage&pki.KeyAgreement == 0 {
					return "keyAgreement is not set"
				}
				return onlyUsage(pki.KeyAgreement | pki.EncipherOnly | pki.DecipherOnly)(s)
			}},
		{Name: "ku.mldsa", Section: "RFC 9881 §5", Severity: Error, Title: "an ML-DSA key only signs", Advice: fit, when: whenUsage(mldsaKey), Same: []string{"pkix.key_usage_value_prohibited_for_signature_algorithm"}, check: onlyUsage(signs)},
		{Name: "ku.slhdsa", Section: "RFC 9909 §6", Severity: Error, Title: "an SLH-DSA key only signs", Advice: fit, when: whenUsage(slhdsaKey), check: onlyUsage(signs)},
		{Name: "ku.mlkem", Section: "RFC 9935 §5", Severity: Error, Title: "an ML-KEM key has keyEncipherment and nothing else", Advice: fit, when: whenUsage(mlkemKey),
			check: func(s *subject) string {
				return unless(s.KeyUsage == pki.KeyEncipherment, "keyUsage is "+s.KeyUsage.String())
			}},
	}
}

// checkNamedBits looks for trailing zero bits and for bits that have no name.
func checkNamedBits(s *subject) string {
	e, _ := s.Extension(alg.OIDExtKeyUsage)
	bits := der.NewCursor(e.Value).BitString()
	n := len(bits.Bytes)
	if n == 0 {
		return ""
	}
	if bits.Bytes[n-1]&(1<<bits.Unused) == 0 {
		return "a trailing zero bit"
	}
	return unless(n*8-bits.Unused <= 9, "a bit without a name")
}
