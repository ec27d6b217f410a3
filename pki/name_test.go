package pki_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// RFC 4514 §4 and §2.4, and what goes beyond: names that hide nothing.
func TestNamesPrintByRFC4514(t *testing.T) {
	utf8 := func(s string) []byte { return str(der.UTF8String, s) }
	for want, raw := range map[string][]byte{
		"UID=jsmith,DC=example,DC=net": seq(rdn(alg.OIDAttrDomainComponent, str(der.IA5String, "net")), rdn(alg.OIDAttrDomainComponent, str(der.IA5String, "example")),
			rdn(alg.OIDAttrUserID, utf8("jsmith"))),
		"OU=Sales+CN=J.  Smith,DC=example": seq(rdn(alg.OIDAttrDomainComponent, str(der.IA5String, "example")),
			set(seq(oid(alg.OIDAttrOrganizationalUnit), utf8("Sales")), seq(oid(alg.OIDAttrCommonName), utf8("J.  Smith")))),
		`CN=James \"Jim\" Smith\, III`: seq(rdn(alg.OIDAttrCommonName, utf8(`James "Jim" Smith, III`))),
		`CN=Before\0dAfter`:            seq(rdn(alg.OIDAttrCommonName, utf8("Before\rAfter"))),
		"1.3.6.1.4.1.1466.0=#04024869": seq(rdn(der.MustOID("1.3.6.1.4.1.1466.0"), octets([]byte("Hi")))),
		"CN=Lučić":                     seq(rdn(alg.OIDAttrCommonName, utf8("Lučić"))),
		`O=\ x\ `:                      seq(rdn(alg.OIDAttrOrganization, utf8(" x "))),
		`O=\#x#`:                       seq(rdn(alg.OIDAttrOrganization, utf8("#x#"))),
		`O=\\\+\;\<\>`:                 seq(rdn(alg.OIDAttrOrganization, utf8(`\+;<>`))),
		`CN=moc.elpmaxe\e2\80\ae`:      seq(rdn(alg.OIDAttrCommonName, utf8("moc.elpmaxe\u202e"))), // turns what follows around
		`CN=a\e2\80\8bb`:               seq(rdn(alg.OIDAttrCommonName, utf8("a\u200bb"))),          // has no width
		"":                             seq(),
	} {
		n, _, err := pki.ParseName(raw)
		if err != nil || n.String() != want {
			t.Errorf("%q, want %q (%v)", n.String(), want, err)
			continue
		}
		back, err := pki.NameFromText(n.String())
		if err != nil || !back.Equal(n) {
			t.Errorf("%q comes back as %q: %v", want, back.String(), err)
		}
	}
}

func TestNamesAreReadFromText(t *testing.T) {
	for text, want := range map[string]string{
		"CN=Alice, O=Example Org , C=CH":       "CN=Alice,O=Example Org,C=CH",
		"cn = Alice ; o=x":                     "", // RFC 4514 has no semicolons
		"CN=\\41lice":                          "CN=Alice",
		`CN=Lu\C4\8Di\C4\87`:                   "CN=Lučić",
		"2.5.4.3=Alice":                        "CN=Alice",
		"emailaddress=a@example.org+CN=Alice":  "CN=Alice+emailAddress=a@example.org",
		"1.2.3.4=#0c0141":                      "1.2.3.4=#0c0141",
		"CN=a=b":                               "CN=a=b",
		"CN=#0c0141":                           "CN=A",
		"CN=":                                  "CN=",
		"":                                     "",
		"CN":                                   "",
		"CN=x,":                                "",
		"what=x":                               "",
		`CN=x\`:                                "",
		`CN=x\zz`:                              "",
		`CN="x"`:                               "",
		"CN=#0c":                               "",
		"CN=#zz":                               "",
		"C=Ö":                                  "", // countries have two ASCII letters
		`CN=\ff`:                               "", // no UTF-8
		strings.Repeat("CN=x,", 1001) + "CN=x": "",
	} {
		n, err := pki.NameFromText(text)
		if (err == nil) != (want != "" || text == "") || n.String() != want {
			t.Errorf("%.40q is read as %q, want %q (%v)", text, n.String(), want, err)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("%.40q: an error of %d octets", text, len(err.Error()))
		}
	}
}

// RFC 5280 §4.1.2.4 and Appendix A.1: which string type for which attribute.
func TestAttributesAreWrittenInTheirTypes(t *testing.T) {
	for id, want := range map[der.OID]der.Tag{
		alg.OIDAttrCountry: der.PrintableString, alg.OIDAttrSerialNumber: der.PrintableString, alg.OIDAttrDNQualifier: der.PrintableString,
		alg.OIDAttrEmailAddress: der.IA5String, alg.OIDAttrDomainComponent: der.IA5String,
		alg.OIDAttrCommonName: der.UTF8String, alg.OIDAttrOrganization: der.UTF8String, alg.OIDAttrOrganizationIdentifier: der.UTF8String,
	} {
		a := pki.TextAttribute(id, "CH")
		n, err := pki.NewName(a)
		if err != nil || a.Tag != want || n.RDNs[0][0].Tag != want || n.Get(id) != "CH" {
			t.Errorf("%v: tag %v, %v", id, a.Tag, err)
		}
	}
	if _, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCountry, "Ö")); err == nil {
		t.Error("a country of other letters is written")
	}
}

func TestNamesAnswerWhatPeopleAsk(t *testing.T) {
	n, err := pki.NameFromText("CN=Alice,CN=Old,OU=R+OU=S,O=Example,C=CH")
	if err != nil {
		t.Fatal(err)
	}
	if n.CommonName() != "Alice" || n.Organization() != "Example" || n.Country() != "CH" || len(n.All(alg.OIDAttrOrganizationalUnit)) != 2 || n.Get(alg.OIDAttrTitle) != "" {
		t.Errorf("%q, %q, %q", n.CommonName(), n.Organization(), n.Country())
	}
	for text, want := range map[string]string{
		"CN=Alice,O=x": "Alice", "givenName=Alice,SN=Example,O=x": "Alice Example", "pseudonym=wren,O=x": "wren", "O=x,C=CH": "x",
		"OU=y,C=CH": "y", "emailAddress=a@example.org,C=CH": "a@example.org", "C=CH": "C=CH", "": "",
	} {
		n, err := pki.NameFromText(text)
		if err != nil || n.Display() != want || n.Empty() != (text == "") {
			t.Errorf("%q is shown as %q: %v", text, n.Display(), err)
		}
	}
	for id, want := range map[der.OID]int{alg.OIDAttrCommonName: 64, alg.OIDAttrLocality: 128, alg.OIDAttrEmailAddress: 255, alg.OIDAttrCountry: 2, alg.OIDAttrStreet: 0} {
		if pki.MaxLength(id) != want {
			t.Errorf("%v: at most %d", id, pki.MaxLength(id))
		}
	}
}

// RFC 5280 §4.2.1.10: a subtree of directory names is one of first RDNs, whole ones.
func TestNamesLieInSubtrees(t *testing.T) {
	base, deep, other := name(t, "O=Example,C=CH"), name(t, "CN=Alice,OU=R,o=EXAMPLE,c=ch"), name(t, "CN=Alice,O=Example Org,C=CH")
	if !deep.Within(base) || base.Within(deep) || other.Within(base) || !deep.Within(pki.Name{}) || !base.Within(base) {
		t.Error("subtrees are not those of RFC 5280 §4.2.1.10")
	}
}

func name(t testing.TB, text string) pki.Name {
	t.Helper()
	n, err := pki.NameFromText(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// OpenSSL prints names by RFC 2253, which RFC 4514 replaced, in the same way but for escapes of other letters.
func TestNamesPrintAsOpenSSLPrintsThem(t *testing.T) {
	peer.Need(t, "openssl")
	for _, text := range []string{"CN=Alice Example,OU=R,O=Example Org,L=Bern,ST=BE,C=CH", `CN=James \"Jim\" Smith\, III`, `O=\ x\ `, "UID=a,DC=example,DC=net"} {
		want := name(t, text)
		e := testca.Root(t, "x", func(s *testca.Spec) { s.Subject = &want })
		out := peer.Run(t, e.CertificatePEM(), "openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253,-dump_unknown")
		if got := strings.TrimSuffix(strings.TrimPrefix(string(out), "subject="), "\n"); got != want.String() {
			t.Errorf("%q, openssl has %q", want.String(), got)
		}
	}
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	for what, raw := range map[string][]byte{
		"nothing": nil, "a set": set(), "an attribute without a value": seq(set(seq(oid(alg.OIDAttrCommonName)))),
		"three values": seq(set(seq(oid(alg.OIDAttrCommonName), str(der.UTF8String, "a"), str(der.UTF8String, "b")))), "more behind": append(seq(), 5, 0),
		"a sequence in place of a set": seq(seq(seq(oid(alg.OIDAttrCommonName), str(der.UTF8String, "a")))),
	} {
		if n, _, err := pki.ParseName(raw); err == nil || !bytes.Equal(n.Raw, nil) {
			t.Errorf("%s is a name", what)
		}
	}
}
