package lint

import (
	"crypto/sha1"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// nameContentExamples break rules about what names say.
func nameContentExamples() []example {
	issuer := func(a ...pki.Attribute) func(*recipe) {
		return func(r *recipe) {
			var rdns []byte
			for _, x := range a {
				rdns = append(rdns, element(der.Set, element(der.Sequence, append(element(der.ObjectIdentifier, []byte(x.Type)), x.Raw...)))...)
			}
			r.tbs = func(p *tbsParts) { p.issuer = element(der.Sequence, rdns) }
		}
	}
	several := func(a ...pki.Attribute) []byte {
		var set []byte
		for _, x := range a {
			set = append(set, element(der.Sequence, append(element(der.ObjectIdentifier, []byte(x.Type)), x.Raw...))...)
		}
		return element(der.Sequence, element(der.Set, set))
	}
	tbs := spoilTBS
	given, sur := alg.OIDAttrGivenName, alg.OIDAttrSurname
	list := []example{
		{"name.rdn-unique", mailbox, tbs(func(p *tbsParts) {
			p.subject = several(text(alg.OIDAttrCommonName, "a"), text(alg.OIDAttrCommonName, "b"))
		})},
		{"name.domain", mailbox, spoilSubject(raw(alg.OIDAttrDomainComponent, der.IA5String, "a b"))},
		{"name.html", organization, spoilSubject(text(alg.OIDAttrOrganizationalUnit, "Research &amp; Development"))},
		{"name.replacement", organization, spoilSubject(text(alg.OIDAttrOrganizationalUnit, "Gesch\ufffdft"))},
		{"name.mojibake", organization, spoilSubject(text(alg.OIDAttrOrganizationalUnit, "ZÃ¼rich"))},
		{"name.length.givenname", sponsor, spoilSubject(text(given, strings.Repeat("a", 32769)))}, {"name.length.surname", sponsor, spoilSubject(text(sur, strings.Repeat("a", 32769)))},
		{"name.long.givenname", sponsor, spoilSubject(text(given, strings.Repeat("a", 65)))}, {"name.long.surname", sponsor, spoilSubject(text(sur, strings.Repeat("a", 65)))},
		{"name.length.streetaddress", sponsor, spoilSubject(text(alg.OIDAttrStreet, strings.Repeat("a", 129)))}, {"name.length.postalcode", sponsor, spoilSubject(text(alg.OIDAttrPostalCode, strings.Repeat("1", 17)))},
		{"issuer.type.country", mailbox, issuer(raw(alg.OIDAttrCountry, der.UTF8String, "CH"))}, {"issuer.edge-spaces", mailbox, issuer(text(alg.OIDAttrOrganization, " Example"))},
		{"issuer.empty-value", mailbox, issuer(text(alg.OIDAttrOrganization, ""))}, {"issuer.multivalued", mailbox, tbs(func(p *tbsParts) {
			p.issuer = several(text(alg.OIDAttrOrganization, "a"), text(alg.OIDAttrCommonName, "b"))
		})},
		{"issuer.characters", mailbox, issuer(raw(alg.OIDAttrOrganization, der.PrintableString, "a@b"))},
		{"uniqueid.version", mailbox, tbs(func(p *tbsParts) { p.version = nil; p.unique = []byte{0x81, 2, 0, 1}; p.extensions = nil })},
	}
	return list
}

// altNameSyntaxExamples break the rules that hold for both extensions of alternative names.
func altNameSyntaxExamples() []example {
	var list []example
	for prefix, id := range map[string]der.OID{"san": alg.OIDExtSubjectAltName, "ian": alg.OIDExtIssuerAltName} {
		with := func(rule string, names ...pki.GeneralName) {
			var body []byte
			for _, n := range names {
				body = append(body, n.Raw...)
			}
			list = append(list, example{prefix + rule, mailbox, spoilExtension(id, element(der.Sequence, body))})
		}
		of := func(rule string, kind byte, body string) {
			list = append(list, example{prefix + rule, mailbox, spoilExtension(id, element(der.Sequence, element(der.Context(uint32(kind)), []byte(body))))})
		}
		with(".nonempty")
		of(".no-empty-name", 1, "")
		with(".email.syntax", pki.RFC822("Alice <alice@example.org>"))
		of(".email.ascii", 1, "alice@exämple.org")
		with(".dns.syntax", pki.DNS("a..b"))
		of(".dns.ascii", 2, "exämple.org")
		with(".dns.alabel", pki.DNS("xn--a.example.org"))
		with(".uri.absolute", pki.URI("x"))
		of(".uri.ascii", 6, "http://example.org/ä")
		with(".uri.host", pki.URI("http://server/x"))
		of(".ip.length", 7, "123")
	}
	utf8 := func(address string) func(*recipe) { return spoilSAN(pki.SmtpUTF8(address)) }
	return append(list,
		example{"san.smtputf8.lower-ascii", mailbox, utf8("älice@Example.org")},
		example{"san.smtputf8.a-labels", mailbox, utf8("älice@exämple.org")},
		example{"san.smtputf8.u-labels", legacyMailbox, func(r *recipe) {
			r.san = append(r.san, pki.SmtpUTF8("älice@xn--exmple-cua.org"))
			r.at = day(2024, 1, 1)
		}},
		example{"san.upn.syntax", wideMailbox, spoilSAN(pki.Other(alg.OIDOtherNameUPN, element(der.UTF8String, []byte("alice"))))},
		example{"smime.san.public", mailbox, spoilSAN(pki.RFC822("alice@server.local"))},
	)
}

// moreExtensionExamples break rules about policies, constraints, purposes and qualified statements.
func moreExtensionExamples() []example {
	qualified := func(policy, id der.OID, value []byte) func(*recipe) {
		q := element(der.Sequence, append(element(der.ObjectIdentifier, []byte(id)), value...))
		p := append(element(der.ObjectIdentifier, []byte(policy)), element(der.Sequence, q)...)
		return spoilExtension(alg.OIDExtCertificatePolicies, element(der.Sequence, element(der.Sequence, p)))
	}
	notice := func(parts ...[]byte) func(*recipe) {
		return qualified(alg.OIDPolicyMailboxStrict, alg.OIDQualifierUserNotice, element(der.Sequence, join(parts...)))
	}
	reference := element(der.Sequence, append(element(der.UTF8String, []byte("a")), element(der.Sequence, []byte{2, 1, 1})...))
	subtree := func(kind byte, body string) func(*recipe) {
		name := element(der.Context(uint32(kind)), []byte(body))
		return spoilExtension(alg.OIDExtNameConstraints, element(der.Sequence, element2(0xa0, element(der.Sequence, name))))
	}
	early := func(f func(*recipe)) func(*recipe) { return func(r *recipe) { f(r); r.at = day(2010, 1, 1) } }
	whole := func(r *recipe) { r.tpl.NotAfter = r.tpl.NotBefore.AddDate(0, 0, 825).Add(-1e9) }
	legacy := func(r *recipe) { r.tpl.NotAfter = r.tpl.NotBefore.AddDate(0, 0, 1185).Add(-1e9) }
	bits := []byte{0}
	return []example{
		{"policies.any-qualifiers", subCA, qualified(alg.OIDAnyPolicy, "\x2a\x03", []byte{5, 0})}, {"policies.bare", mailbox, qualified(alg.OIDPolicyMailboxStrict, alg.OIDQualifierCPS, element(der.IA5String, []byte("http://a.org")))},
		{"policies.notice-ia5", mailbox, notice(element(der.IA5String, []byte("a")))}, {"policies.notice-old", mailbox, early(notice(element(der.VisibleString, []byte("a"))))},
		{"policies.notice-controls", mailbox, notice(element(der.UTF8String, []byte("a\x07")))}, {"policies.notice-nfc", mailbox, notice(element(der.UTF8String, []byte("a\u0308")))}, {"policies.noticeref", mailbox, notice(reference)},
		{"smime.policy.no-any", mailbox, func(r *recipe) {
			r.policies(pki.PolicyInformation{ID: alg.OIDPolicyMailboxStrict}, pki.PolicyInformation{ID: alg.OIDAnyPolicy})
		}},
		{"nameconstraints.mask", subCA, subtree(7, "\x0a\x00\x00\x00\xff\x00\xff\x00")}, {"nameconstraints.dns", subCA, subtree(2, "*.example.org")}, {"nameconstraints.dns-dot", subCA, subtree(2, ".example.org")},
		{"nameconstraints.email", subCA, subtree(1, "@example.org")}, {"nameconstraints.uri", subCA, subtree(6, "http://example.org")}, {"nameconstraints.forms", subCA, subtree(8, "\x2a\x03")},
		{"eku.serves", mailbox, spoilUsage(pki.CRLSign)}, {"eku.each", mailbox, spoilUsage(pki.CRLSign)}, {"eku.idle", responder, spoilUsage(pki.DigitalSignature | pki.KeyEncipherment)},
		{"ku.rsa-ca", subCA, func(r *recipe) { r.rsa(product(2048), 65537); r.usage(pki.KeyCertSign | pki.KeyEncipherment) }},
		{"ku.slhdsa", mailbox, func(r *recipe) { r.spki(alg.OIDSLHDSASHA2128s, nil, make([]byte, 32)); r.usage(pki.KeyAgreement) }},
		{"key.rsa-null", mailbox, func(r *recipe) { r.spki(alg.OIDRSA, nil, bits) }}, {"rsa.common-size", mailbox, func(r *recipe) { r.rsa(product(2560), 65537) }},
		{"ski.derived", mailbox, func(r *recipe) { r.ext(pki.SubjectKeyIDExtension([]byte("another"))) }},
		{"aia.reachable", mailbox, func(r *recipe) {
			r.ext(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.URI("ftp://a.org/x")}))
		}},
		{"smime.validity.margin-825", mailbox, whole}, {"smime.validity.margin-1185", legacyMailbox, legacy},
		{"smime.orgid.region-scheme", organization, func(r *recipe) {
			r.without(alg.OIDAttrOrganizationIdentifier)
			r.add(text(alg.OIDAttrOrganizationIdentifier, "VATCH+ZH-1"))
		}},
		{"smime.lei.value", organization, spoilExtension(alg.OIDExtLEI, element(der.PrintableString, []byte("529900T8BM49AURSDO56")))},
	}
}

// statements makes a spoiler: qcStatements of these.
func statements(list ...[]byte) func(*recipe) {
	return spoilExtension(alg.OIDExtQCStatements, element(der.Sequence, join(list...)))
}

func statement(id der.OID, info ...[]byte) []byte {
	return element(der.Sequence, append(element(der.ObjectIdentifier, []byte(id)), join(info...)...))
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func typed(ids ...der.OID) []byte {
	var list []byte
	for _, id := range ids {
		list = append(list, element(der.ObjectIdentifier, []byte(id))...)
	}
	return statement(alg.OIDQCType, element(der.Sequence, list))
}

func disclosure(uri, language string) []byte {
	return statement(alg.OIDQCDisclosure, element(der.Sequence, element(der.Sequence, append(element(der.IA5String, []byte(uri)), element(der.PrintableString, []byte(language))...))))
}

func money(currency string, amount byte) []byte {
	return statement(alg.OIDQCLimit, element(der.Sequence, join(element(der.PrintableString, []byte(currency)), []byte{2, 1, amount}, []byte{2, 1, 0})))
}

func qualifiedExamples() []example {
	compliance := statement(alg.OIDQCCompliance)
	null := []byte{5, 0}
	return []example{
		{"qc.not-critical", mailbox, func(r *recipe) { statements(compliance)(r); r.critical(alg.OIDExtQCStatements, true) }},
		{"qc.once", mailbox, statements(compliance, compliance)}, {"qc.compliance", mailbox, statements(typed(alg.OIDQCTypeSign))},
		{"qc.compliance-bare", mailbox, statements(statement(alg.OIDQCCompliance, null))}, {"qc.device-bare", mailbox, statements(statement(alg.OIDQCDevice, null))},
		{"qc.type", mailbox, statements(typed("\x2a\x03"))}, {"qc.type-one", mailbox, statements(typed(alg.OIDQCTypeSign, alg.OIDQCTypeSeal))}, {"qc.type-mail", mailbox, statements(typed(alg.OIDQCTypeWeb))},
		{"qc.type-as-statement", mailbox, statements(statement(alg.OIDQCTypeSign))},
		{"qc.disclosure", mailbox, statements(disclosure("https://a.org/pds", "english"))}, {"qc.disclosure-https", mailbox, statements(disclosure("http://a.org/pds", "en"))}, {"qc.disclosure-language", mailbox, statements(disclosure("https://a.org/pds", "EN"))},
		{"qc.retention", mailbox, statements(statement(alg.OIDQCRetention, []byte{2, 1, 0xff}))}, {"qc.limit", mailbox, statements(money("EURO", 1))},
	}
}

// morePassing are certificates that have what good ones lack.
func morePassing() []example {
	full := statements(statement(alg.OIDQCCompliance), statement(alg.OIDQCDevice), typed(alg.OIDQCTypeSign), disclosure("https://a.org/pds", "en"), statement(alg.OIDQCRetention, []byte{2, 1, 10}), money("EUR", 1))
	ian := func(r *recipe) {
		r.ext(pki.IssuerAltNameExtension(pki.RFC822("ca@example.org"), pki.DNS("ca.example.org"), pki.URI("http://example.org"), pki.Other(alg.OIDOtherNameUPN, element(der.UTF8String, []byte("a@b.org")))))
		r.value(alg.OIDExtSubjectAltName, false, element(der.Sequence, join(pki.DNS("xn--exmple-cua.org").Raw, pki.URI("http://example.org/x").Raw)))
	}
	address := func(id der.OID) func(*recipe) {
		return spoilExtension(id, element(der.Sequence, element(der.Context(7), []byte{192, 0, 2, 1})))
	}
	return []example{
		{"", mailbox, full}, {"", mailbox, ian}, {"", mailbox, address(alg.OIDExtIssuerAltName)}, {"", mailbox, address(alg.OIDExtSubjectAltName)},
		{"", wideMailbox, spoilSAN(pki.Other(alg.OIDOtherNameUPN, element(der.UTF8String, []byte("alice@example.org"))))},
		{"", mailbox, func(r *recipe) { r.tbs = func(p *tbsParts) { p.unique = []byte{0x81, 2, 0, 1} } }},
		{"", mailbox, spoilSubject(raw(alg.OIDAttrDomainComponent, der.IA5String, "org"), raw(alg.OIDAttrDomainComponent, der.IA5String, "example"))},
		{"", sponsor, spoilSubject(text(alg.OIDAttrStreet, "Bundesplatz 3"), text(alg.OIDAttrPostalCode, "3011"))},
		{"", legacyMailbox, func(r *recipe) { r.san = append(r.san, pki.SmtpUTF8("älice@exämple.org")); r.at = day(2024, 1, 1) }},
		{"", mailbox, func(r *recipe) { r.san = append(r.san, pki.SmtpUTF8("älice@xn--exmple-cua.org")) }},
		{"", subCA, func(r *recipe) { r.rsa(product(2048), 65537) }},
		{"", mailbox, func(r *recipe) { r.spki(alg.OIDSLHDSASHA2128s, nil, make([]byte, 32)); r.usage(pki.DigitalSignature) }},
		{"", mailbox, func(r *recipe) {
			raw, _ := x509.MarshalPKIXPublicKey(&leafKey.PublicKey)
			c := der.NewCursor(raw).Sequence()
			c.Next()
			h := sha1.Sum(c.BitString().Bytes)
			r.ext(pki.SubjectKeyIDExtension(h[:]))
		}},
		{"", mailbox, func(r *recipe) {
			notice := element(der.Sequence, element(der.UTF8String, []byte("a")))
			q := element(der.Sequence, append(element(der.ObjectIdentifier, []byte(alg.OIDQualifierUserNotice)), notice...))
			p := append(element(der.ObjectIdentifier, []byte(alg.OIDPolicyMailboxStrict)), element(der.Sequence, q)...)
			r.value(alg.OIDExtCertificatePolicies, false, element(der.Sequence, element(der.Sequence, p)))
			r.at = day(2010, 1, 1)
		}},
		{"", organization, spoilExtension(alg.OIDExtLEI, element(der.PrintableString, []byte("529900T8BM49AURSDO55")))},
	}
}

func TestEveryNameOfARuleIsItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.Name] {
			t.Errorf("%s twice", r.Name)
		}
		seen[r.Name] = true
		if r.Section == "" || r.Title == "" || r.Advice == "" || r.Severity == "" {
			t.Errorf("%s lacks a section, a title, advice or a severity", r.Name)
		}
	}
	for _, x := range examples() {
		if !seen[x.rule] {
			t.Errorf("no rule has the name %s of an example", x.rule)
		}
	}
}

func TestWhatCannotBeReadFailsOneRule(t *testing.T) {
	_, err := pki.ParseCertificate(mailbox(t).make().Raw[:40])
	if err == nil {
		t.Fatal("half a certificate was read")
	}
	if got := Unreadable(err); len(got) != 1 || got[0].Name != "certificate.readable" || Worst(got) != Error || got[0].Detail == "" {
		t.Errorf("%+v", got)
	}
}
