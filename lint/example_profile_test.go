package lint

import (
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

func extensionExamples() []example {
	key := func(id der.OID, u pki.KeyUsage) func(*recipe) {
		return func(r *recipe) { r.spki(id, nil, make([]byte, 32)); r.usage(u) }
	}
	both := func(e pki.Extension, err error) func(*recipe) {
		return func(r *recipe) { r.ext(e, err); r.critical(e.ID, true) }
	}
	qualifier := func(id der.OID, value []byte) func(*recipe) {
		q := element(der.Sequence, append(element(der.ObjectIdentifier, []byte(id)), value...))
		p := append(element(der.ObjectIdentifier, []byte(alg.OIDPolicyMailboxStrict)), element(der.Sequence, q)...)
		return spoilExtension(alg.OIDExtCertificatePolicies, element(der.Sequence, element(der.Sequence, p)))
	}
	notice := func(s []byte) []byte { return element(der.Sequence, s) }
	mapping := func(from, to der.OID) func(*recipe) {
		return both(pki.PolicyMappingsExtension(pki.PolicyMapping{Issuer: from, Subject: to}))
	}
	subtree := func(name ...byte) func(*recipe) {
		return spoilExtension(alg.OIDExtNameConstraints, element(der.Sequence, element2(0xa0, element(der.Sequence, name))))
	}
	unflagged := func(e pki.Extension, err error) func(*recipe) {
		return func(r *recipe) { r.ext(e, err); r.critical(e.ID, false) }
	}
	host := pki.RFC822("example.org").Raw
	point := pki.PointAt("http://a.org/x.crl")
	point.Reasons = pki.ForKeyCompromise
	aia := func(m der.OID, uri string) func(*recipe) {
		return func(r *recipe) { r.ext(pki.AccessExtension(pki.AccessDescription{Method: m, Location: pki.URI(uri)})) }
	}
	access := func(list ...pki.AccessDescription) pki.Extension { e, _ := pki.AccessExtension(list...); return e }
	return []example{
		{"ku.nonzero", mailbox, spoilExtension(alg.OIDExtKeyUsage, []byte{3, 1, 0})}, {"ku.critical", mailbox, spoilCritical(alg.OIDExtKeyUsage, false)}, {"ku.ca-present", subCA, spoilDrop(alg.OIDExtKeyUsage)},
		{"ku.ca-certsign", subCA, spoilUsage(pki.CRLSign)}, {"ku.certsign-needs-ca", mailbox, spoilUsage(pki.KeyCertSign)}, {"ku.only-needs-agreement", mailbox, spoilUsage(pki.EncipherOnly)},
		{"ku.encoding", mailbox, spoilExtension(alg.OIDExtKeyUsage, []byte{3, 2, 0, 0x80})}, {"ku.rsa", mailbox, func(r *recipe) { r.rsa(product(2048), 65537) }}, {"ku.ec", mailbox, spoilUsage(pki.KeyEncipherment)},
		{"ku.edwards", mailbox, func(r *recipe) { r.tpl.PublicKey = ed25519Key() }}, {"ku.montgomery", mailbox, func(r *recipe) { r.tpl.PublicKey = x25519Key() }},
		{"ku.mldsa", mailbox, key(alg.OIDMLDSA44, pki.KeyAgreement)}, {"ku.mlkem", mailbox, key(alg.OIDMLKEM768, pki.DigitalSignature)},
		{"eku.nonempty", mailbox, spoilExtension(alg.OIDExtExtKeyUsage, emptySequence)}, {"eku.any-critical", mailbox, both(pki.ExtKeyUsageExtension(alg.OIDUsageAny))},
		{"eku.repeated", mailbox, func(r *recipe) { r.purposes(alg.OIDUsageEmailProtection, alg.OIDUsageEmailProtection) }}, {"eku.timestamping-alone", mailbox, func(r *recipe) { r.purposes(alg.OIDUsageTimeStamping) }},
		{"ocsp.nocheck", responder, spoilDrop(alg.OIDOCSPNoCheck)}, {"ocsp.nocheck-not-critical", responder, spoilCritical(alg.OIDOCSPNoCheck, true)}, {"ocsp.signs", responder, spoilUsage(pki.KeyAgreement)},
		{"mail.purpose", mailbox, func(r *recipe) { r.purposes(alg.OIDUsageClientAuth) }}, {"mail.usage", mailbox, spoilUsage(pki.CRLSign)},
		{"mail.address-in-san", mailbox, spoilSubject(text(alg.OIDAttrEmailAddress, "bob@example.org"))}, {"mail.address-in-subject", mailbox, spoilSubject(text(alg.OIDAttrEmailAddress, "alice@example.org"))},
		{"mail.capabilities-not-critical", mailbox, both(pki.CapabilitiesExtension())}, {"smime.capabilities", mailbox, both(pki.CapabilitiesExtension())},
		{"basic.ca-critical", subCA, spoilCritical(alg.OIDExtBasicConstraints, false)}, {"basic.pathlen-needs-ca", mailbox, both(pki.BasicConstraintsExtension(false, 1))}, {"smime.basic.leaf", mailbox, both(pki.BasicConstraintsExtension(false, 1))},
		{"basic.pathlen-needs-certsign", subCA, spoilUsage(pki.CRLSign)}, {"basic.default", mailbox, spoilExtension(alg.OIDExtBasicConstraints, element(der.Sequence, boolean(0)))}, {"basic.certsign-present", mailbox, spoilUsage(pki.KeyCertSign)},
		{"aki.present", mailbox, spoilDrop(alg.OIDExtAuthorityKeyID)}, {"aki.keyid", mailbox, spoilExtension(alg.OIDExtAuthorityKeyID, emptySequence)},
		{"aki.pair", mailbox, spoilExtension(alg.OIDExtAuthorityKeyID, element(der.Sequence, []byte{0x82, 1, 1}))}, {"aki.not-critical", mailbox, spoilCritical(alg.OIDExtAuthorityKeyID, true)},
		{"aki.matches", mailbox, func(r *recipe) { r.ext(pki.AuthorityKeyIDExtension([]byte("another"))) }}, {"ski.ca-present", subCA, spoilDrop(alg.OIDExtSubjectKeyID)}, {"ski.leaf-present", mailbox, spoilDrop(alg.OIDExtSubjectKeyID)},
		{"ski.not-critical", mailbox, spoilCritical(alg.OIDExtSubjectKeyID, true)}, {"ski.nonempty", mailbox, func(r *recipe) { r.ext(pki.SubjectKeyIDExtension(nil)) }}, {"ski.length", mailbox, func(r *recipe) { r.ext(pki.SubjectKeyIDExtension(make([]byte, 33))) }},
		{"policies.nonempty", mailbox, spoilExtension(alg.OIDExtCertificatePolicies, emptySequence)}, {"policies.once", mailbox, func(r *recipe) { p := pki.PolicyInformation{ID: alg.OIDPolicyMailboxStrict}; r.policies(p, p) }},
		{"policies.qualifiers", mailbox, qualifier("\x2a\x03", []byte{5, 0})}, {"smime.policy.qualifiers", mailbox, qualifier("\x2a\x03", []byte{5, 0})}, {"policies.cps-ia5", mailbox, qualifier(alg.OIDQualifierCPS, element(der.UTF8String, []byte("http://a.org")))},
		{"smime.policy.cps-http", mailbox, qualifier(alg.OIDQualifierCPS, element(der.IA5String, []byte("ldap://a.org")))}, {"policies.notice-length", mailbox, qualifier(alg.OIDQualifierUserNotice, notice(element(der.UTF8String, []byte(strings.Repeat("a", 201)))))},
		{"policies.notice-type", mailbox, qualifier(alg.OIDQualifierUserNotice, notice(element(der.IA5String, []byte("a"))))}, {"policies.any-leaf", mailbox, func(r *recipe) { r.policies(pki.PolicyInformation{ID: alg.OIDAnyPolicy}) }},
		{"smime.policy.no-noticeref", mailbox, qualifier(alg.OIDQualifierUserNotice, notice(element(der.Sequence, append(element(der.UTF8String, []byte("a")), element(der.Sequence, []byte{2, 1, 1})...))))},
		{"mappings.ca", mailbox, mapping("\x2a\x03", "\x2a\x04")}, {"mappings.no-any", subCA, mapping(alg.OIDAnyPolicy, "\x2a\x04")}, {"mappings.critical", subCA, unflagged(pki.PolicyMappingsExtension(pki.PolicyMapping{Issuer: "\x2a\x03", Subject: "\x2a\x04"}))}, {"mappings.named", subCA, mapping("\x2a\x03", "\x2a\x04")},
		{"policyconstraints.critical", subCA, unflagged(pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: -1}))}, {"policyconstraints.nonempty", subCA, spoilExtension(alg.OIDExtPolicyConstraints, emptySequence)}, {"inhibitany.critical", subCA, unflagged(pki.InhibitAnyPolicyExtension(0))},
		{"nameconstraints.ca", mailbox, subtree(host...)}, {"nameconstraints.critical", subCA, subtree(host...)}, {"nameconstraints.nonempty", subCA, spoilExtension(alg.OIDExtNameConstraints, emptySequence)},
		{"nameconstraints.bounds", subCA, subtree(append(host, 0x80, 1, 1)...)}, {"nameconstraints.ip", subCA, subtree(0x87, 4, 1, 2, 3, 4)}, {"smime.nameconstraints.mailbox", subCA, subtree(pki.RFC822("a@b.org").Raw...)},
		{"crldp.not-critical", mailbox, spoilCritical(alg.OIDExtCRLDistributionPoints, true)}, {"crldp.nonempty", mailbox, spoilExtension(alg.OIDExtCRLDistributionPoints, emptySequence)}, {"crldp.reasons-alone", mailbox, spoilExtension(alg.OIDExtCRLDistributionPoints, element(der.Sequence, element(der.Sequence, []byte{0x81, 2, 1, 2})))},
		{"crldp.reachable", mailbox, func(r *recipe) { r.ext(pki.CRLPointsExtension(pki.PointAt("ftp://a.org/x"))) }}, {"crldp.all-reasons", mailbox, func(r *recipe) { r.ext(pki.CRLPointsExtension(point)) }}, {"smime.crldp.plain", mailbox, func(r *recipe) { r.ext(pki.CRLPointsExtension(point)) }},
		{"freshest.not-critical", mailbox, both(pki.FreshestCRLExtension(point))}, {"aia.not-critical", mailbox, spoilCritical(alg.OIDExtAuthorityInfoAccess, true)}, {"aia.nonempty", mailbox, spoilExtension(alg.OIDExtAuthorityInfoAccess, emptySequence)},
		{"aia.location", mailbox, aia(alg.OIDAccessOCSP, "x")}, {"aia.https", mailbox, aia(alg.OIDAccessOCSP, "https://a.org")},
		{"sia.not-critical", mailbox, func(r *recipe) {
			r.value(alg.OIDExtSubjectInfoAccess, true, access(pki.AccessDescription{Method: alg.OIDAccessCARepository, Location: pki.URI("http://a.org")}).Value)
		}},
		{"directoryattributes.not-critical", mailbox, func(r *recipe) { r.value(alg.OIDExtSubjectDirectoryAttributes, true, emptySequence) }}, {"smime.directoryattributes", mailbox, spoilExtension(alg.OIDExtSubjectDirectoryAttributes, emptySequence)},
		{"smime.aia.present", mailbox, spoilDrop(alg.OIDExtAuthorityInfoAccess)}, {"smime.aia.issuer", mailbox, aia(alg.OIDAccessOCSP, "http://a.org")}, {"smime.aia.http", mailbox, aia(alg.OIDAccessOCSP, "ldap://a.org")}, {"smime.aia.http-legacy", legacyMailbox, aia(alg.OIDAccessOCSP, "ldap://a.org")},
		{"smime.aia.methods", mailbox, aia(alg.OIDAccessCARepository, "http://a.org")}, {"smime.aia.internal", mailbox, aia(alg.OIDAccessOCSP, "http://ca.local")}, {"smime.crldp.internal", mailbox, func(r *recipe) { r.ext(pki.CRLPointsExtension(pki.PointAt("http://ca/x"))) }},
		{"smime.crldp.present", mailbox, spoilDrop(alg.OIDExtCRLDistributionPoints)}, {"smime.crldp.http", mailbox, func(r *recipe) { r.ext(pki.CRLPointsExtension(pki.PointAt("ldap://a.org"))) }},
		{"smime.crldp.fullname", mailbox, spoilExtension(alg.OIDExtCRLDistributionPoints, element(der.Sequence, element(der.Sequence, []byte{0x81, 2, 1, 2})))},
		{"smime.aki", mailbox, spoilDrop(alg.OIDExtAuthorityKeyID)}, {"smime.qc-not-critical", mailbox, func(r *recipe) { r.value(alg.OIDExtQCStatements, true, emptySequence) }}, {"smime.lei", mailbox, spoilExtension(alg.OIDExtLEI, emptySequence)},
		{"smime.adobe-strict", mailbox, spoilExtension(alg.OIDExtAdobeTimeStamp, emptySequence)}, {"smime.adobe-not-critical", wideMailbox, func(r *recipe) { r.value(alg.OIDExtAdobeTimeStamp, true, emptySequence) }}, {"smime.extensions.known", mailbox, spoilExtension(alg.OIDExtNetscapeCertType, []byte{3, 1, 0})},
	}
}

func smimeExamples() []example {
	spki := func(id der.OID, u pki.KeyUsage) func(*recipe) {
		return func(r *recipe) { r.spki(id, nil, make([]byte, 32)); r.usage(u) }
	}
	rsa := func(u pki.KeyUsage) func(*recipe) { return func(r *recipe) { r.rsa(product(2048), 65537); r.usage(u) } }
	purposes := func(p ...der.OID) func(*recipe) { return func(r *recipe) { r.purposes(p...) } }
	later := func(r *recipe) {
		r.purposes(alg.OIDUsageEmailProtection, alg.OIDUsageDocumentSigning)
		r.at = day(2027, 8, 1)
	}
	orgid := func(id string) func(*recipe) {
		return func(r *recipe) {
			r.without(alg.OIDAttrOrganizationIdentifier)
			r.add(text(alg.OIDAttrOrganizationIdentifier, id))
		}
	}
	without := func(id der.OID) func(*recipe) { return func(r *recipe) { r.without(id) } }
	noSAN := func(r *recipe) { r.san = nil }
	list := []example{
		{"smime.policy.one", mailbox, spoilDrop(alg.OIDExtCertificatePolicies)}, {"smime.policy.legacy-retired", legacyMailbox, func(r *recipe) { r.at = day(2026, 1, 1) }}, {"smime.policy.not-critical", mailbox, spoilCritical(alg.OIDExtCertificatePolicies, true)},
		{"smime.san.present", mailbox, noSAN}, {"smime.san.mailbox", mailbox, noSAN}, {"smime.san.not-critical", mailbox, func(r *recipe) { r.ext(pki.SubjectAltNameExtension(true, r.san...)) }},
		{"smime.san.single-mailbox", mailbox, spoilSAN(pki.RFC822("a@b.org, c@d.org"))}, {"smime.san.repeats-subject", mailbox, spoilSubject(text(alg.OIDAttrEmailAddress, "bob@example.org"))},
		{"smime.san.other-strict", mailbox, spoilSAN(pki.Other(alg.OIDOtherNameUPN, element(der.UTF8String, []byte("a"))))}, {"smime.san.no-dnsname", mailbox, spoilSAN(pki.DNS("a.org"))}, {"smime.san.no-uri", mailbox, spoilSAN(pki.URI("http://a.org"))},
		{"smime.san.no-x400address", mailbox, func(r *recipe) { r.value(alg.OIDExtSubjectAltName, false, element(der.Sequence, []byte{0xa3, 0})) }}, {"smime.san.no-edipartyname", mailbox, func(r *recipe) { r.value(alg.OIDExtSubjectAltName, false, element(der.Sequence, []byte{0xa5, 0})) }}, {"smime.san.no-registeredid", mailbox, sanOf(8, "\x2a\x03")},
		{"smime.san.directory-attributes", mailbox, func(r *recipe) {
			n, _ := pki.NewName(text(alg.OIDAttrOrganization, "X"))
			r.san = append(r.san, pki.Directory(n))
		}},
		{"smime.subject.mailbox-attributes", mailbox, spoilSubject(text(alg.OIDAttrOrganization, "X"))}, {"smime.subject.other-attributes", organization, spoilSubject(text(alg.OIDAttrDescription, "X"))}, {"smime.subject.identity", individual, func(r *recipe) { r.without(alg.OIDAttrGivenName); r.without(alg.OIDAttrSurname) }},
		{"smime.subject.pseudonym-alone", sponsor, spoilSubject(text(alg.OIDAttrPseudonym, "X"))}, {"smime.subject.email", mailbox, spoilSubject(text(alg.OIDAttrEmailAddress, "a"))}, {"smime.subject.metadata", organization, spoilSubject(text(alg.OIDAttrOrganizationalUnit, "N/A"))},
		{"smime.subject.has-organizationname", organization, without(alg.OIDAttrOrganization)}, {"smime.subject.has-organizationidentifier", sponsor, without(alg.OIDAttrOrganizationIdentifier)},
		{"smime.cn.mailbox", mailbox, func(r *recipe) { r.without(alg.OIDAttrCommonName); r.add(text(alg.OIDAttrCommonName, "Alice")) }}, {"smime.cn.organization", organization, spoilSubject(text(alg.OIDAttrCommonName, "Other"))}, {"smime.cn.person", individual, spoilSubject(text(alg.OIDAttrCommonName, "Bob"))},
		{"smime.cn.in-san", mailbox, func(r *recipe) { r.san = []pki.GeneralName{pki.Mailbox("bob@example.org")} }}, {"smime.country.code", organization, spoilSubject(text(alg.OIDAttrCountry, "QQ"))}, {"country.capitals", organization, spoilSubject(text(alg.OIDAttrCountry, "ch"))},
		{"smime.address.streetaddress", individual, spoilSubject(text(alg.OIDAttrStreet, "X"))}, {"smime.address.localityname", organization, without(alg.OIDAttrCountry)}, {"smime.address.stateorprovincename", individual, func(r *recipe) { r.without(alg.OIDAttrCountry); r.add(text(alg.OIDAttrState, "X")) }}, {"smime.address.postalcode", individual, func(r *recipe) { r.without(alg.OIDAttrCountry); r.add(text(alg.OIDAttrPostalCode, "X")) }},
		{"smime.orgid.format", organization, orgid("CHE-1")}, {"smime.orgid.encoding", organization, spoilSubject(raw(alg.OIDAttrOrganizationIdentifier, der.IA5String, "NTRCH-1"))}, {"smime.orgid.country", organization, orgid("NTRDE-1")}, {"smime.orgid.country-code", organization, orgid("NTRQQ-1")},
		{"smime.orgid.lei", organization, orgid("LEIXG-12345678901234567890")}, {"smime.orgid.euid", organization, orgid("NTRDE-HRB1")}, {"smime.orgid.region", organization, orgid("NTRCH+ABCD-1")},
		{"smime.ku.present", mailbox, spoilDrop(alg.OIDExtKeyUsage)}, {"smime.ku.critical", mailbox, spoilCritical(alg.OIDExtKeyUsage, false)}, {"smime.ku.rsa-strict", mailbox, rsa(pki.KeyEncipherment | pki.DataEncipherment)}, {"smime.ku.rsa-multipurpose", wideMailbox, rsa(pki.DigitalSignature | pki.DataEncipherment)},
		{"smime.ku.rsa-use", mailbox, rsa(pki.NonRepudiation)}, {"smime.ku.ec", mailbox, spoilUsage(pki.DigitalSignature | pki.KeyEncipherment)}, {"smime.ku.ec-use", mailbox, spoilUsage(pki.KeyEncipherment)}, {"smime.ku.edwards", mailbox, func(r *recipe) { r.tpl.PublicKey = ed25519Key() }},
		{"smime.ku.mldsa", mailbox, spki(alg.OIDMLDSA65, pki.NonRepudiation)}, {"smime.ku.mlkem", mailbox, spki(alg.OIDMLKEM768, pki.KeyAgreement)}, {"smime.ku.no-montgomery", mailbox, func(r *recipe) { r.tpl.PublicKey = x25519Key() }},
		{"smime.eku.present", mailbox, spoilDrop(alg.OIDExtExtKeyUsage)}, {"smime.eku.strict", mailbox, purposes(alg.OIDUsageEmailProtection, alg.OIDUsageClientAuth)}, {"smime.eku.multipurpose", wideMailbox, purposes(alg.OIDUsageEmailProtection, alg.OIDUsageServerAuth)}, {"smime.eku.narrow", wideMailbox, later},
		{"smime.root.no-pathlen", root, func(r *recipe) { r.ext(pki.BasicConstraintsExtension(true, 1)) }}, {"smime.root.no-policies", root, func(r *recipe) { r.policies(pki.PolicyInformation{ID: alg.OIDAnyPolicy}) }}, {"smime.root.no-eku", root, purposes(alg.OIDUsageEmailProtection)},
		{"smime.ca.ku-critical", subCA, spoilCritical(alg.OIDExtKeyUsage, false)}, {"smime.ca.crlsign", subCA, spoilUsage(pki.KeyCertSign)}, {"smime.ca.ku-bits", subCA, spoilUsage(pki.KeyCertSign | pki.CRLSign | pki.KeyAgreement)}, {"smime.subca.policies", subCA, spoilDrop(alg.OIDExtCertificatePolicies)},
		{"smime.subca.policies-not-critical", subCA, spoilCritical(alg.OIDExtCertificatePolicies, true)}, {"smime.subca.any-alone", subCA, func(r *recipe) {
			r.policies(pki.PolicyInformation{ID: alg.OIDAnyPolicy}, pki.PolicyInformation{ID: "\x2a\x03"})
		}}, {"smime.subca.crldp", subCA, spoilDrop(alg.OIDExtCRLDistributionPoints)},
		{"smime.subca.aia", subCA, spoilDrop(alg.OIDExtAuthorityInfoAccess)}, {"smime.subca.aki-alone", subCA, spoilDrop(alg.OIDExtAuthorityKeyID)}, {"smime.subca.eku", subCA, func(r *recipe) { r.drop(alg.OIDExtExtKeyUsage); r.public = true }}, {"smime.subca.eku-prohibited", subCA, purposes(alg.OIDUsageEmailProtection, alg.OIDUsageServerAuth)}, {"smime.subca.eku-narrow", subCA, later},
	}
	for _, id := range []der.OID{alg.OIDAttrCommonName, alg.OIDAttrOrganization, alg.OIDAttrCountry} {
		list = append(list, example{"smime.ca.subject-" + strings.ToLower(label(id)), subCA, without(id)})
	}
	for _, id := range []der.OID{alg.OIDAttrOrganization, alg.OIDAttrOrganizationIdentifier, alg.OIDAttrOrganizationalUnit} {
		list = append(list, example{"smime.subject.no-" + strings.ToLower(label(id)), individual, spoilSubject(text(id, "X"))})
	}
	for _, id := range []der.OID{alg.OIDAttrGivenName, alg.OIDAttrSurname, alg.OIDAttrPseudonym, alg.OIDAttrTitle, alg.OIDAttrStreet, alg.OIDAttrPostalCode} {
		list = append(list, example{"smime.subject.no-" + strings.ToLower(label(id)), organization, spoilSubject(text(id, "X"))})
	}
	return list
}
