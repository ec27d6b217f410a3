package pki_test

import (
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// must is for what cannot fail.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// everyExtension are all that the builders make, with what OpenSSL says of them.
func everyExtension(t *testing.T) (list []pki.Extension, said []string) {
	add := func(e pki.Extension, err error) func(...string) {
		t.Helper()
		list = append(list, must[pki.Extension](t)(e, err))
		return func(s ...string) { said = append(said, s...) }
	}
	dir := pki.Directory(name(t, "CN=Alice,C=CH"))
	add(pki.KeyUsageExtension(pki.DigitalSignature | pki.KeyAgreement | pki.DecipherOnly))("Digital Signature, Key Agreement, Decipher Only")
	add(pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection, alg.OIDUsageClientAuth))("E-mail Protection, TLS Web Client Authentication")
	add(pki.BasicConstraintsExtension(true, 3))("CA:TRUE, pathlen:3")
	add(pki.SubjectAltNameExtension(true, pki.Mailbox("alice@example.org"), pki.Mailbox("jürg@example.org"), pki.DNS("example.org"), pki.URI("https://example.org/"),
		pki.IP(netip.MustParseAddr("192.0.2.1")), pki.IP(netip.MustParseAddr("2001:db8::1")), dir,
		pki.Other(alg.OIDOtherNameUPN, str(der.UTF8String, "alice@AD"))))("email:alice@example.org", "DNS:example.org", "URI:https://example.org/", "IP Address:192.0.2.1", "IP Address:2001:DB8:0:0:0:0:0:1")
	add(pki.IssuerAltNameExtension(pki.URI("https://ca.example.org/")))("URI:https://ca.example.org/")
	add(pki.NameConstraintsExtension(pki.NameConstraints{Permitted: []pki.GeneralSubtree{{Base: pki.RFC822(".example.org"), Maximum: -1}},
		Excluded: []pki.GeneralSubtree{{Base: pki.DNS("evil.example.org"), Maximum: -1}}}))("Permitted:", "email:.example.org", "Excluded:", "DNS:evil.example.org")
	add(pki.PoliciesExtension(pki.PolicyInformation{ID: alg.OIDPolicySponsorStrict, Qualifiers: []pki.PolicyQualifier{
		{ID: alg.OIDQualifierCPS, CPS: "https://example.org/cps"}, {ID: alg.OIDQualifierUserNotice, ExplicitText: "Read the grüne book"}}}))("CPS: https://example.org/cps", "Explicit Text: Read the")
	add(pki.PolicyMappingsExtension(pki.PolicyMapping{Issuer: der.MustOID("1.2.3"), Subject: der.MustOID("1.2.4")}))("1.2.3:1.2.4")
	add(pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: 2}))("Require Explicit Policy:0, Inhibit Policy Mapping:2")
	add(pki.InhibitAnyPolicyExtension(1))("Inhibit Any Policy")
	add(pki.SubjectKeyIDExtension([]byte{0xab, 0xcd}))("AB:CD")
	add(pki.AuthorityKeyIDExtension([]byte{0xef, 0x01}))("EF:01")
	add(pki.CRLPointsExtension(pki.PointAt("http://example.org/ca.crl"), pki.DistributionPoint{PointName: pki.PointName{Relative: dir.Directory.RDNs[1]},
		Reasons: pki.ForKeyCompromise | pki.ForAACompromise, CRLIssuer: pki.GeneralNames{dir}}))("URI:http://example.org/ca.crl", "Relative Name", "Key Compromise")
	add(pki.FreshestCRLExtension(pki.PointAt("http://example.org/delta.crl")))("URI:http://example.org/delta.crl")
	add(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessOCSP, Location: pki.URI("http://ocsp.example.org")},
		pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.URI("http://example.org/ca.cer")}))("OCSP - URI:http://ocsp.example.org", "CA Issuers - URI:http://example.org/ca.cer")
	add(pki.CapabilitiesExtension(alg.Identifier{OID: alg.OIDAES256CBC}, alg.Identifier{OID: alg.OIDAES128GCM}))("S/MIME Capabilities")
	return list, said
}

func TestEveryExtensionThatIsBuiltIsReadAgain(t *testing.T) {
	list, _ := everyExtension(t)
	e := testca.Root(t, "x", testca.Template(func(tpl *pki.Template) { tpl.Extensions = list }))
	c := e.Certificate
	if len(c.Faults) > 0 || len(c.UnhandledCritical) > 0 || !reflect.DeepEqual(c.Extensions, list) {
		t.Errorf("faults %v, unhandled %v", c.Faults, c.UnhandledCritical)
	}
	point := c.CRLPoints[1]
	notice := c.Policies[0].Qualifiers
	for what, v := range map[string][2]any{
		"keyUsage":        {c.KeyUsage.String(), "digitalSignature, keyAgreement, decipherOnly"},
		"extKeyUsage":     {fmt.Sprint(c.HasUsage(alg.OIDUsageEmailProtection), c.HasUsage(alg.OIDUsageAny), len(c.ExtKeyUsage)), "true false 2"},
		"basic":           {c.Basic, pki.BasicConstraints{Present: true, CA: true, MaxPathLen: 3}},
		"emails":          {fmt.Sprint(c.Emails()), "[{alice@example.org rfc822Name} {jürg@example.org SmtpUTF8Mailbox}]"},
		"dns":             {fmt.Sprint(c.SubjectAlt.Texts(pki.DNSName)), "[example.org]"},
		"issuerAlt":       {c.IssuerAlt[0].String(), "URI:https://ca.example.org/"},
		"constraints":     {c.Constraints.Permitted[0].Base.Text + c.Constraints.Excluded[0].Base.Text, ".example.orgevil.example.org"},
		"minimum":         {fmt.Sprint(c.Constraints.Permitted[0].Minimum, c.Constraints.Permitted[0].Maximum), "0 -1"},
		"level":           {c.Level().String(), "sponsor strict"},
		"CPS":             {notice[0].CPS + notice[1].ExplicitText, "https://example.org/cpsRead the grüne book"},
		"mappings":        {c.Mappings[0].Issuer.String() + c.Mappings[0].Subject.String(), "1.2.31.2.4"},
		"policyLimits":    {c.PolicyLimits, pki.PolicyConstraints{RequireExplicit: 0, InhibitMapping: 2}},
		"inhibitAny":      {c.InhibitAny, 1},
		"subjectKeyID":    {string(c.SubjectKeyID), "\xab\xcd"},
		"authorityKeyID":  {string(c.AuthorityKey.KeyID), "\xef\x01"},
		"CRL":             {fmt.Sprint(c.CRLPoints[0].URIs()), "[http://example.org/ca.crl]"},
		"CRL by relative": {point.Names(name(t, "C=CH"))[0].Directory.String(), "CN=Alice,C=CH"},
		"CRL reasons":     {point.Reasons.String(), "keyCompromise, aACompromise"},
		"CRL issuer":      {point.CRLIssuer[0].String(), "directoryName:CN=Alice,C=CH"},
		"freshest":        {c.FreshestCRL[0].URIs()[0], "http://example.org/delta.crl"},
		"access":          {c.OCSPServers()[0] + c.IssuerURIs()[0], "http://ocsp.example.orghttp://example.org/ca.cer"},
		"capabilities":    {c.Capabilities[1].String(), "AES-128-GCM"},
	} {
		if !reflect.DeepEqual(v[0], v[1]) {
			t.Errorf("%s: %v, want %v", what, v[0], v[1])
		}
	}
}

func TestOpenSSLReadsEveryExtensionThatIsBuilt(t *testing.T) {
	peer.Need(t, "openssl")
	list, said := everyExtension(t)
	e := testca.Root(t, "x", testca.Template(func(tpl *pki.Template) { tpl.Extensions = list }))
	out := string(peer.Run(t, e.CertificatePEM(), "openssl", "x509", "-noout", "-text"))
	for _, s := range said {
		if !strings.Contains(out, s) {
			t.Errorf("openssl does not say %q", s)
		}
	}
	if strings.Contains(out, "<UNSUPPORTED>") || strings.Contains(out, "Parse Error") {
		t.Errorf("openssl cannot read an extension:\n%s", out)
	}
}

func TestExtensionsThatRFC5280ForbidsAreNotBuilt(t *testing.T) {
	for what, err := range map[string]error{
		"keyUsage of no bits":                second(pki.KeyUsageExtension(0)),
		"an rfc822Name in Unicode":           wholeOf(t, pki.RFC822("jürg@example.org")),
		"a SmtpUTF8Mailbox that is no UTF-8": wholeOf(t, pki.SmtpUTF8("j\xfc@example.org")),
	} {
		if err == nil {
			t.Errorf("%s is built", what)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// wholeOf tells whether a subjectAltName with the name can be built and read.
func wholeOf(t *testing.T, g pki.GeneralName) error {
	t.Helper()
	_, err := pki.SubjectAltNameExtension(false, g)
	return err
}

// The extensions that are shown to people only.
func TestStatementsOfQualifiedCertificatesAreShown(t *testing.T) {
	qc := ext(alg.OIDExtQCStatements, false, seq(seq(oid(der.MustOID("0.4.0.1862.1.1"))), seq(oid(der.MustOID("0.4.0.1862.1.3")), integer(15))))
	birth := ext(alg.OIDExtSubjectDirectoryAttributes, false, seq(seq(oid(der.MustOID("1.3.6.1.5.5.7.9.1")), set(str(der.GeneralizedTime, "19700101120000Z")))))
	check := ext(alg.OIDOCSPNoCheck, false, []byte{5, 0})
	c := must[*pki.Certificate](t)(pki.ParseCertificate(craft(t, extensions(qc, birth, check))))
	if len(c.QCStatements) != 2 || c.QCStatements[0].Info != nil || string(c.QCStatements[1].Info) != "\x02\x01\x0f" {
		t.Errorf("%v", c.QCStatements)
	}
	if len(c.DirectoryAttributes) != 1 || len(c.DirectoryAttributes[0].Values) != 1 || !c.OCSPNoCheck || len(c.Faults) != 0 {
		t.Errorf("%v, %v", c.DirectoryAttributes, c.Faults)
	}
	// RFC 5280 §4.2: where they are critical, nobody here processes them.
	qc = ext(alg.OIDExtQCStatements, true, seq())
	c = must[*pki.Certificate](t)(pki.ParseCertificate(craft(t, extensions(qc))))
	if len(c.UnhandledCritical) != 1 {
		t.Error("a critical extension that nobody processes is passed over")
	}
}

// RFC 8550 §4.4.2; STANDARDS 19: without the extension every use is allowed.
func TestKeysWithoutUsageMayDoEverything(t *testing.T) {
	free := must[*pki.Certificate](t)(pki.ParseCertificate(craft(t, nil)))
	none := must[*pki.Certificate](t)(pki.ParseCertificate(craft(t, extensions(ext(alg.OIDExtKeyUsage, true, el(der.TagBitString, false, []byte{0}))))))
	sign := must[*pki.Certificate](t)(pki.ParseCertificate(craft(t, extensions(ext(alg.OIDExtKeyUsage, true, el(der.TagBitString, false, []byte{6, 0x40}))))))
	if !free.Allows(pki.KeyCertSign) || none.Allows(pki.KeyCertSign) || len(none.Faults) == 0 || !sign.Allows(pki.DigitalSignature|pki.NonRepudiation) || sign.Allows(pki.KeyEncipherment) {
		t.Error("key usages are not those of RFC 8550 §4.4.2")
	}
}

// The integers of the extensions, of every size.
func TestIntegersAreWrittenInTheirShortestForm(t *testing.T) {
	for _, n := range []int64{0, 1, 127, 128, 255, 256, 1 << 20} {
		e := must[pki.Extension](t)(pki.PolicyConstraintsExtension(pki.PolicyConstraints{RequireExplicit: int(n), InhibitMapping: -1}))
		v, err := der.ParseOne(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		inner, err := der.ParseOne(v.Body)
		if err != nil || der.IntOf(inner.Body).Cmp(big.NewInt(n)) != 0 || len(inner.Body) > 1 && inner.Body[0] == 0 && inner.Body[1] < 0x80 {
			t.Errorf("%d is written as %x", n, inner.Body)
		}
	}
}

func TestLevelsAreToldInWords(t *testing.T) {
	said := map[string]bool{}
	for _, p := range []der.OID{alg.OIDPolicyMailboxLegacy, alg.OIDPolicyMailboxMultipurpose, alg.OIDPolicyMailboxStrict, alg.OIDPolicyOrganizationLegacy,
		alg.OIDPolicyOrganizationMultipurpose, alg.OIDPolicyOrganizationStrict, alg.OIDPolicySponsorLegacy, alg.OIDPolicySponsorMultipurpose,
		alg.OIDPolicySponsorStrict, alg.OIDPolicyIndividualLegacy, alg.OIDPolicyIndividualMultipurpose, alg.OIDPolicyIndividualStrict} {
		l := pki.LevelOf([]der.OID{der.MustOID("1.2.3"), p})
		said[l.String()] = true
		if w := l.Words("Example CA"); !strings.HasPrefix(w, "Example CA checked") {
			t.Errorf("%v: %q", l, w)
		}
	}
	if len(said) != 12 || pki.LevelOf(nil).String() != "" || !strings.Contains(pki.LevelOf(nil).Words("Example CA"), "does not say") {
		t.Errorf("%v", said)
	}
}
