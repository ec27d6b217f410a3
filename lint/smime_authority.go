package lint

import (
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// authorityRules are about the certificates of authorities (S/MIME BR §7.1.2.1, §7.1.2.2, §7.1.4.3.1).
func authorityRules() []Rule {
	const root, sub = "S/MIME BR §7.1.2.1", "S/MIME BR §7.1.2.2"
	ca, subs, roots := Scope{Roles: anyCA, BR: true}, Scope{Roles: SubCA, BR: true}, Scope{Roles: Root, BR: true}
	rules := []Rule{
		{Name: "smime.root.no-pathlen", Section: root, Severity: Warning, From: brEffective, Scope: roots, Advice: "leave pathLenConstraint out", Title: "a root has no pathLenConstraint",
			Same: []string{"w_root_ca_basic_constraints_path_len_constraint_field_present"}, check: func(s *subject) string { return unless(s.Basic.MaxPathLen < 0, "it has one") }},
		{Name: "smime.root.no-policies", Section: root, Severity: Warning, From: brEffective, Scope: roots, Advice: "leave certificatePolicies out", Title: "a root has no certificatePolicies",
			Same: []string{"w_root_ca_contains_cert_policy"}, check: absent(alg.OIDExtCertificatePolicies)},
		{Name: "smime.root.no-eku", Section: root, Severity: Error, From: brEffective, Scope: roots, Advice: "leave extKeyUsage out", Title: "a root has no extKeyUsage",
			Same: []string{"e_root_ca_extended_key_usage_present"}, check: absent(alg.OIDExtExtKeyUsage)},
		{Name: "smime.ca.ku-critical", Section: sub + "c", Severity: Error, From: brEffective, Scope: ca, Advice: "mark it critical", Title: "keyUsage of an authority is critical",
			Same: []string{"e_ca_key_usage_not_critical"}, check: mustBeCritical(alg.OIDExtKeyUsage)},
		{Name: "smime.ca.crlsign", Section: sub + "c", Severity: Error, From: brEffective, Scope: ca, Advice: "set cRLSign", Title: "an authority may sign CRLs",
			Same: []string{"e_ca_crl_sign_not_set"}, check: func(s *subject) string { return unless(s.KeyUsage&pki.CRLSign != 0, "cRLSign is not set") }},
		{Name: "smime.ca.ku-bits", Section: sub + "c", Severity: Error, From: brEffective, Scope: ca, Advice: "set keyCertSign, cRLSign, and digitalSignature for OCSP", Title: "an authority's key only signs certificates, CRLs and OCSP answers",
			check: onlyUsage(pki.KeyCertSign | pki.CRLSign | pki.DigitalSignature)},
		{Name: "smime.subca.policies", Section: sub + "a", Severity: Error, From: brEffective, Scope: subs, Advice: "state the policies by which it issues", Title: "a subordinate CA has certificatePolicies",
			Same: []string{"e_sub_ca_certificate_policies_missing"}, check: present(alg.OIDExtCertificatePolicies)},
		{Name: "smime.subca.policies-not-critical", Section: sub + "a", Severity: Warning, From: brEffective, Scope: subs, Advice: "do not mark it critical", Title: "certificatePolicies of a subordinate CA is not critical",
			Same: []string{"w_sub_ca_certificate_policies_marked_critical"}, when: whenHas(alg.OIDExtCertificatePolicies), check: notCritical(alg.OIDExtCertificatePolicies)},
		{Name: "smime.subca.any-alone", Section: sub + "a", Severity: Error, From: brEffective, Scope: subs, Advice: "state either anyPolicy or explicit policies", Title: "anyPolicy does not stand beside explicit policies", when: whenHas(alg.OIDExtCertificatePolicies),
			check: func(s *subject) string {
				return unless(!s.hasPolicy(alg.OIDAnyPolicy) || len(s.Policies) == 1, "it does")
			}},
		{Name: "smime.subca.crldp", Section: sub + "b", Severity: Error, From: brEffective, Scope: subs, Advice: "add an http address of the CRL", Title: "a subordinate CA says by http where its CRL is",
			Same: []string{"e_sub_ca_crl_distribution_points_missing"}, check: func(s *subject) string { return checkByHTTP(s.crlURIs()) }},
		{Name: "smime.subca.aia", Section: sub + "c", Severity: Warning, From: brEffective, Scope: subs, Advice: "add id-ad-caIssuers", Title: "a subordinate CA says where its issuer's certificate is",
			Same: []string{"w_sub_ca_aia_missing"}, check: func(s *subject) string { return checkByHTTP(s.IssuerURIs()) }},
		{Name: "smime.subca.aki-alone", Section: sub + "h", Severity: Error, From: brEffective, Scope: subs, Advice: "write the keyIdentifier alone", Title: "authorityKeyIdentifier of a subordinate CA has the keyIdentifier alone", check: checkAKI},
		{Name: "smime.subca.eku", Section: sub + "g", Severity: Error, From: brEffective, Scope: subs, Advice: "add extKeyUsage with emailProtection", Title: "a subordinate CA is for emailProtection",
			Same: []string{"n_sub_ca_eku_missing"}, check: func(s *subject) string {
				return unless(s.HasUsage(alg.OIDUsageEmailProtection), "no emailProtection")
			}},
		{Name: "smime.subca.eku-prohibited", Section: sub + "g", Severity: Error, From: brEffective, Scope: subs, Advice: "use another CA for servers, code and timestamps", Title: "a subordinate CA for mail is not for servers, code, timestamps or anything",
			when: whenHas(alg.OIDExtExtKeyUsage), check: func(s *subject) string {
				for _, p := range []der.OID{alg.OIDUsageServerAuth, alg.OIDUsageCodeSigning, alg.OIDUsageTimeStamping, alg.OIDUsageAny} {
					if s.HasUsage(p) {
						return pki.UsageName(p)
					}
				}
				return ""
			}},
		{Name: "smime.subca.eku-narrow", Section: sub + "g (ballot SMC018)", Severity: Error, From: narrowPurposes, Scope: subs, Advice: "name emailProtection, and clientAuth at most", Title: "a subordinate CA is for emailProtection and clientAuth, nothing else",
			check: func(s *subject) string {
				return purposesWithin(s, alg.OIDUsageEmailProtection, alg.OIDUsageClientAuth)
			}},
	}
	for _, id := range []der.OID{alg.OIDAttrCommonName, alg.OIDAttrOrganization, alg.OIDAttrCountry} {
		rules = append(rules, Rule{Name: "smime.ca.subject-" + strings.ToLower(label(id)), Section: "S/MIME BR §7.1.4.3.1", Severity: Error, From: brEffective, Scope: ca,
			Title: "an authority's name has " + label(id), Advice: "add it", check: func(s *subject) string { return unless(s.names(id), "it has not") }})
	}
	return rules
}

func checkByHTTP(uris []string) string {
	for _, uri := range uris {
		if !isWebAddress(uri, "http") {
			return uri
		}
	}
	return unless(len(uris) > 0, "it does not")
}
