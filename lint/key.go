package lint

import (
	"crypto/ecdsa"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// keyRules are about the public key (RFC 5280 §4.1.2.7, S/MIME BR §6.1.5 and §7.1.3.1). Those of RSA numbers are in rsa.go.
func keyRules() []Rule {
	const allowed = "use RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519, Ed448, ML-DSA or ML-KEM"
	return []Rule{
		{Name: "key.readable", Section: "RFC 5280 §4.1.2.7", Severity: Error, Title: "the public key can be read: its numbers are a key of its algorithm", Advice: "refuse the request",
			Same: []string{"e_rsa_no_public_key", "e_rsa_exp_negative", "cabf.ecdsa_key_validation_failed"}, check: func(s *subject) string {
				if s.KeyError != nil {
					return s.KeyError.Error()
				}
				return ""
			}},
		{Name: "key.known", Section: "RFC 5280 §4.1.2.7", Severity: Warning, Title: "the public key is of a known algorithm", Advice: allowed,
			Same: []string{"pkix.public_key_algorithm_unsupported"}, check: func(s *subject) string {
				oid := s.KeyInfo.Algorithm.OID
				return unless(s.KeyError != nil || alg.Name(oid) != oid.String(), oid.String())
			}},
		{Name: "key.no-dsa", Section: "RFC 8550 §4.3", Severity: Error, Title: "the key is not DSA", Advice: allowed,
			Same: []string{"e_prohibit_dsa_usage"}, check: func(s *subject) string { return unless(s.KeyInfo.Algorithm.OID != alg.OIDDSA, "it is") }},
		{Name: "key.named-curve", Section: "RFC 5480 §2.1.1", Severity: Error, Title: "an EC key names its curve", Advice: "write the OID of a named curve", when: whenKey(ecKey),
			check: func(s *subject) string {
				v, err := der.ParseOne(s.KeyInfo.Algorithm.Params)
				return unless(err == nil && v.Tag == der.ObjectIdentifier, "explicit or missing parameters")
			}},
		{Name: "key.rsa-null", Section: "RFC 3279 §2.3.1", Severity: Error, Title: "parameters of rsaEncryption are NULL", Advice: "write NULL", when: func(s *subject) bool { return s.KeyInfo.Algorithm.OID == alg.OIDRSA },
			Same: []string{"e_spki_rsa_encryption_parameter_not_null"}, check: func(s *subject) string {
				return unless(string(s.KeyInfo.Algorithm.Params) == "\x05\x00", "they are not")
			}},
		{Name: "key.curve-strength", Section: "RFC 8550 §4.3", Severity: Error, Title: "an EC key has at least 256 bits", Advice: allowed, when: whenKey(ecKey),
			check: func(s *subject) string {
				return unless(s.KeyInfo.Size == 0 || s.KeyInfo.Size >= 256, s.KeyInfo.Name)
			}},
		{Name: "key.parameters", Section: "RFC 8410 §3, RFC 9881 §2, RFC 9935 §3", Severity: Error, Title: "parameters of an Edwards, Montgomery, ML-DSA or ML-KEM key are absent", Advice: "leave them out",
			when: func(s *subject) bool { k := s.keyKind(); return k >= edwardsKey },
			check: func(s *subject) string {
				return unless(s.KeyInfo.Algorithm.Params == nil, "there are some")
			}},
		{Name: "smime.key.algorithm-2023", Section: "S/MIME BR §7.1.3.1", Severity: Error, From: brEffective, Until: postQuantum, Scope: Scope{BR: true}, Advice: allowed,
			Title: "the key's algorithm is encoded as one of RSA, P-256, P-384, P-521, Ed25519, Ed448", Same: []string{"e_invalid_legacy_spki_algoid", "e_mp_ecdsa_pub_key_encoding_correct", "e_mp_rsassa-pss_in_spki"}, check: spkiAmong(false)},
		{Name: "smime.key.algorithm", Section: "S/MIME BR §7.1.3.1", Severity: Error, From: postQuantum, Scope: Scope{BR: true}, Advice: allowed,
			Title: "the key's algorithm is encoded as one of RSA, P-256, P-384, P-521, Ed25519, Ed448, ML-DSA, ML-KEM",
			Same:  []string{"e_invalid_spki_algoid", "e_mp_ecdsa_pub_key_encoding_correct", "e_mp_rsassa-pss_in_spki", "cabf.smime.prohibited_spki_algorithm_encoding", "cabf.smime.unsupported_public_key_type"}, check: spkiAmong(true)},
		{Name: "smime.signature.algorithm", Section: "S/MIME BR §7.1.3.2", Severity: Error, From: brEffective, Scope: Scope{BR: true}, Advice: "sign with SHA-256 or better, encoded as the table says",
			Title: "the signature's algorithm is encoded as one of the table", Same: []string{"e_mp_ecdsa_signature_encoding_correct", "e_mp_rsassa-pss_parameters_encoding_in_signature_algorithm_correct", "cabf.smime.prohibited_signature_algorithm_encoding"}, check: checkSignatureEncoding},
		{Name: "smime.signature.curve", Section: "S/MIME BR §7.1.3.2.2", Severity: Error, From: brEffective, Scope: Scope{BR: true}, Advice: "sign with SHA-256 by P-256, SHA-384 by P-384, SHA-512 by P-521",
			Title: "the hash is that of the issuer's curve", when: func(s *subject) bool { return curveOf(s.issuer) != "" },
			check: func(s *subject) string { return checkCurve(s.SignatureAlgorithm, s.issuer) }},
		{Name: "smime.signature.no-sha1", Section: "S/MIME BR §7.1.3.2 (ballot SMC016)", Severity: Error, From: noSHA1, Scope: Scope{BR: true}, Advice: "sign with SHA-256 or better",
			Title: "no signature is made over SHA-1", check: func(s *subject) string { return unless(!strings.Contains(sigName(s), "SHA-1"), sigName(s)) }},
		{Name: "signature.weak-hash", Section: "RFC 8550 §4.3, RFC 6151", Severity: Error, Scope: Scope{Roles: Leaf | SubCA}, Advice: "sign with SHA-256 or better",
			Title: "no signature is made over MD2, MD4 or MD5", check: func(s *subject) string { return unless(!strings.Contains(sigName(s), "MD"), sigName(s)) }},
		{Name: "signature.sha1", Section: "RFC 8550 §4.3, RFC 6194", Severity: Warning, Scope: Scope{Roles: Leaf | SubCA}, Advice: "sign with SHA-256 or better", From: day(2017, 1, 1),
			Title: "no signature is made over SHA-1", check: func(s *subject) string { return unless(!strings.Contains(sigName(s), "SHA-1"), sigName(s)) }},
		{Name: "smime.ca.rsa-4096", Section: "S/MIME BR §6.1.5 (ballot SMC017v2)", Severity: Error, From: strongAuthKeys, Scope: Scope{Roles: anyCA, BR: true}, Advice: "make an RSA key of 4096 bits, or an EC key",
			Title: "the RSA key of an authority has at least 4096 bits", when: whenKey(rsaKey), check: func(s *subject) string { return unless(s.KeyInfo.Size >= 4096, s.KeyInfo.Name) }},
		{Name: "smime.leaf.issuer-3072", Section: "S/MIME BR §6.1.5 (ballot SMC017v2)", Severity: Error, From: weakCAsStop, Scope: Scope{Roles: Leaf, BR: true}, Advice: "issue under an authority with a stronger key",
			Title: "the issuing authority's RSA key has at least 3072 bits", when: func(s *subject) bool { return s.issuer != nil && s.issuer.KeyInfo.Algorithm.OID == alg.OIDRSA },
			check: func(s *subject) string { return unless(s.issuer.KeyInfo.Size >= 3072, s.issuer.KeyInfo.Name) }},
	}
}

func whenKey(k keyKind) func(*subject) bool {
	return func(s *subject) bool { return s.keyKind() == k }
}

func sigName(s *subject) string { return signatureName(s.SignatureAlgorithm) }

// signatureName names the hash of the old signature algorithms.
func signatureName(id alg.Identifier) string {
	switch id.OID {
	case alg.OIDMD2WithRSA:
		return "MD2 with RSA"
	case alg.OIDMD5WithRSA:
		return "MD5 with RSA"
	case alg.OIDSHA1WithRSA, alg.OIDSHA1WithRSAOIW, alg.OIDECDSAWithSHA1, alg.OIDDSAWithSHA1, alg.OIDDSAWithSHA1OIW:
		if name := id.String(); strings.Contains(name, "SHA-1") {
			return name
		}
		return id.String() + " over SHA-1"
	case alg.OIDRSASSAPSS:
		if id.Params != nil && string(id.Params) == "\x30\x00" {
			return "SHA-1 with RSASSA-PSS"
		}
	}
	return id.String()
}

// The encodings of S/MIME BR §7.1.3.1.
const (
	spkiClassic = "300d06092a864886f70d0101010500 301306072a8648ce3d020106082a8648ce3d030107 301006072a8648ce3d020106052b81040022 " +
		"301006072a8648ce3d020106052b81040023 300506032b6570 300506032b6571"
	mldsaIDs = "300b0609608648016503040311 300b0609608648016503040312 300b0609608648016503040313"
	mlkemIDs = "300b0609608648016503040401 300b0609608648016503040402 300b0609608648016503040403"
	sigIDs   = "300d06092a864886f70d01010b0500 300d06092a864886f70d01010c0500 300d06092a864886f70d01010d0500 300a06082a8648ce3d040302 " +
		"300a06082a8648ce3d040303 300a06082a8648ce3d040304 300506032b6570 300506032b6571 " +
		"304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120 " +
		"304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130 " +
		"304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140"
)

func spkiAmong(quantum bool) func(*subject) string {
	list := spkiClassic
	if quantum {
		list += " " + mldsaIDs + " " + mlkemIDs
	}
	return func(s *subject) string { return among(s.KeyInfo.Algorithm, list) }
}

func checkSignatureEncoding(s *subject) string {
	return among(s.SignatureAlgorithm, sigIDs+" "+mldsaIDs)
}

// among compares an encoded identifier with a list of encodings in hexadecimal.
func among(id alg.Identifier, list string) string {
	if id.OID == "" {
		return "it cannot be read"
	}
	text := fmt.Sprintf("%x", id.Bytes())
	for _, one := range strings.Fields(list) {
		if one == text {
			return ""
		}
	}
	return id.String() + ", encoded " + text
}

// curveOf names the curve of an authority's key; empty when it has none, or is not known.
func curveOf(issuer *pki.Certificate) string {
	if issuer == nil {
		return ""
	}
	if k, ok := issuer.PublicKey.(*ecdsa.PublicKey); ok {
		return k.Curve.Params().Name
	}
	return ""
}

func checkCurve(id alg.Identifier, issuer *pki.Certificate) string {
	want, ok := map[string]der.OID{"P-256": alg.OIDECDSAWithSHA256, "P-384": alg.OIDECDSAWithSHA384, "P-521": alg.OIDECDSAWithSHA512}[curveOf(issuer)]
	return unless(!ok || id.OID == want, id.String()+" by "+curveOf(issuer))
}

// checkOldHash reproaches SHA-1 and what is older.
func checkOldHash(id alg.Identifier) string {
	name := signatureName(id)
	return unless(!strings.Contains(name, "SHA-1") && !strings.Contains(name, "MD"), name)
}
