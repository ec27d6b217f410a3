package ca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// mutation is one thing that a wrong profile, or a wrong line of ours, could do to a certificate.
type mutation struct {
	name   string
	on     string // profile
	change func(*pki.Template)
}

// AUTHORITY 37: whatever is wrong with a certificate, it is not signed.
func TestEveryMutationIsBlocked(t *testing.T) {
	h := publicHouse(t)
	drafts := map[string]*blueprint{}
	all := slices.Concat(extensionMutations(t), altNameMutations(t), usageMutations(t), policyMutations(t), placeMutations(t), timeMutations(), subjectMutations(t), keyMutations(t))
	for _, m := range all {
		if drafts[m.on] == nil {
			drafts[m.on] = h.blueprintOf(t, order(t, m.on))
		}
		b := *drafts[m.on]
		b.template.Extensions = slices.Clone(b.template.Extensions)
		m.change(&b.template)
		draft, err := b.write()
		if err != nil {
			continue // it cannot even be written
		}
		_, err = h.look(&b, draft.raw, now)
		var no *Refusal
		if !errors.As(err, &no) || len(no.Problems) == 0 {
			t.Errorf("%s: %s would be signed (%v)", m.on, m.name, err)
		}
	}
	if len(all) < 150 {
		t.Errorf("only %d mutations", len(all))
	}
	t.Logf("%d mutations", len(all))
}

func (h *house) blueprintOf(t *testing.T, o Order) (b *blueprint) {
	t.Helper()
	err := h.d.Read(t.Context(), func(tx *db.Tx) (err error) { b, err = h.draft(tx, &o, now); return err })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	mv = "mailbox-strict-dual"
	mm = "mailbox-multipurpose-dual"
	ms = "mailbox-strict-signing"
	me = "mailbox-strict-encryption"
	ov = "organization-strict-dual"
	om = "organization-multipurpose-dual"
	sv = "sponsor-strict-dual"
	iv = "individual-strict-dual"
)

// must unwraps an extension.
func must(t *testing.T) func(pki.Extension, error) pki.Extension {
	return func(e pki.Extension, err error) pki.Extension {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
}

// without, with and replace change the list of extensions.
func without(id der.OID) func(*pki.Template) {
	return func(c *pki.Template) {
		c.Extensions = slices.DeleteFunc(c.Extensions, func(e pki.Extension) bool { return e.ID == id })
	}
}

func with(e pki.Extension) func(*pki.Template) {
	return func(c *pki.Template) { without(e.ID)(c); c.Extensions = append(c.Extensions, e) }
}

func extensionMutations(t *testing.T) (list []mutation) {
	names := map[string]der.OID{"authorityKeyIdentifier": alg.OIDExtAuthorityKeyID, "keyUsage": alg.OIDExtKeyUsage, "extKeyUsage": alg.OIDExtExtKeyUsage,
		"certificatePolicies": alg.OIDExtCertificatePolicies, "subjectAltName": alg.OIDExtSubjectAltName, "cRLDistributionPoints": alg.OIDExtCRLDistributionPoints}
	for name, id := range names {
		for _, on := range []string{mv, om, sv} {
			list = append(list, mutation{"no " + name, on, without(id)})
			list = append(list, mutation{name + " twice", on, func(c *pki.Template) {
				for _, e := range c.Extensions {
					if e.ID == id {
						c.Extensions = append(c.Extensions, e)
						return
					}
				}
			}})
		}
	}
	for name, id := range map[string]der.OID{"authorityKeyIdentifier": alg.OIDExtAuthorityKeyID, "subjectKeyIdentifier": alg.OIDExtSubjectKeyID, "authorityInfoAccess": alg.OIDExtAuthorityInfoAccess} {
		list = append(list, mutation{name + " critical", mv, func(c *pki.Template) {
			for i := range c.Extensions {
				if c.Extensions[i].ID == id {
					c.Extensions[i].Critical = true
				}
			}
		}})
	}
	raw := func(id der.OID, critical bool, value string) pki.Extension {
		return pki.Extension{ID: id, Critical: critical, Value: []byte(value)}
	}
	ext := must(t)
	for name, e := range map[string]pki.Extension{
		"cA":                          ext(pki.BasicConstraintsExtension(true, -1)),
		"cA with pathLen":             ext(pki.BasicConstraintsExtension(true, 0)),
		"nameConstraints":             ext(pki.NameConstraintsExtension(pki.NameConstraints{Permitted: []pki.GeneralSubtree{{Base: pki.RFC822("acme.test"), Maximum: -1}}})),
		"an unknown critical one":     raw(der.MustOID("1.2.3.4.5"), true, "\x05\x00"),
		"subjectDirectoryAttributes":  raw(alg.OIDExtSubjectDirectoryAttributes, false, "\x30\x00"),
		"Adobe's time stamp":          raw(alg.OIDExtAdobeTimeStamp, false, "\x30\x00"),
		"Adobe's archive information": raw(alg.OIDExtAdobeArchiveRevInfo, false, "\x30\x00"),
		"LEI without an organisation": raw(alg.OIDExtLEI, false, "\x13\x145493001KJTIIGC8Y1R12"),
		"LEI role":                    raw(alg.OIDExtLEIRole, false, "\x13\x02AB"),
		"keyUsage of no bits":         raw(alg.OIDExtKeyUsage, true, "\x03\x01\x00"),
		"extKeyUsage of no purposes":  raw(alg.OIDExtExtKeyUsage, false, "\x30\x00"),
		"subjectAltName of no names":  raw(alg.OIDExtSubjectAltName, false, "\x30\x00"),
		"policies of no policy":       raw(alg.OIDExtCertificatePolicies, false, "\x30\x00"),
		"keyUsage that is no bits":    raw(alg.OIDExtKeyUsage, true, "\x02\x01\x05"),
		"AKI of the issuer's name":    raw(alg.OIDExtAuthorityKeyID, false, "\x30\x03\x82\x01\x01"),
		"an empty AKI":                raw(alg.OIDExtAuthorityKeyID, false, "\x30\x00"),
		"another AKI":                 ext(pki.AuthorityKeyIDExtension([]byte("12345678901234567890"))),
	} {
		list = append(list, mutation{name, mv, with(e)})
	}
	return append(list, mutation{"no extensions", mv, func(c *pki.Template) { c.Extensions = nil }})
}

func altNameMutations(t *testing.T) (list []mutation) {
	ext := must(t)
	directory := func(attributes ...pki.Attribute) pki.GeneralName {
		n, err := pki.NewName(attributes...)
		if err != nil {
			t.Fatal(err)
		}
		return pki.Directory(n)
	}
	box := pki.RFC822("ada@acme.test")
	for name, n := range map[string]pki.GeneralName{
		"dNSName": pki.DNS("acme.test"), "iPAddress": pki.IP(netip.MustParseAddr("192.0.2.1")), "URI": pki.URI("https://acme.test/"),
		"registeredID":                      {Kind: pki.RegisteredID, Raw: []byte("\x88\x03\x2a\x03\x04"), ID: der.MustOID("1.2.3.4")},
		"a name that is no address":         pki.RFC822("ada"),
		"a display name":                    pki.RFC822("Ada <ada@acme.test>"),
		"an empty address":                  pki.RFC822(""),
		"SmtpUTF8Mailbox in ASCII":          pki.SmtpUTF8("ada@acme.test"),
		"SmtpUTF8Mailbox with a mark":       pki.SmtpUTF8("\ufeff用户@acme.test"),
		"a directory name with other names": directory(pki.TextAttribute(alg.OIDAttrGivenName, "Ada")),
		"a directory name with another box": directory(pki.TextAttribute(alg.OIDAttrEmailAddress, "eve@acme.test")),
	} {
		for _, on := range []string{mv, mm, sv} {
			if on != mv && strings.HasPrefix(name, "a directory name with other") {
				continue
			}
			list = append(list, mutation{"subjectAltName with " + name, on, with(ext(pki.SubjectAltNameExtension(false, box, n)))})
		}
	}
	upn := pki.Other(alg.OIDOtherNameUPN, []byte("\x0c\x03ada"))
	list = append(list, mutation{"a user principal name", mv, with(ext(pki.SubjectAltNameExtension(false, box, upn)))},
		mutation{"a user principal name alone", mm, with(ext(pki.SubjectAltNameExtension(false, upn)))},
		mutation{"a host alone", mm, with(ext(pki.SubjectAltNameExtension(false, pki.DNS("acme.test"))))},
		mutation{"the box of somebody else", mv, with(ext(pki.SubjectAltNameExtension(false, pki.RFC822("eve@acme.test"))))},
		mutation{"an empty subject and subjectAltName not critical", mv, func(c *pki.Template) { c.Subject = pki.Name{} }})
	return list
}

func usageMutations(t *testing.T) (list []mutation) {
	ext := must(t)
	for _, on := range []string{mv, mm, ov, sv, iv} {
		for name, p := range map[string]der.OID{"serverAuth": alg.OIDUsageServerAuth, "codeSigning": alg.OIDUsageCodeSigning, "timeStamping": alg.OIDUsageTimeStamping, "anyExtendedKeyUsage": alg.OIDUsageAny} {
			list = append(list, mutation{"purpose " + name, on, with(ext(pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection, p)))})
		}
	}
	for name, p := range map[string]der.OID{"clientAuth": alg.OIDUsageClientAuth, "documentSigning": alg.OIDUsageDocumentSigning, "smartcardLogon": alg.OIDUsageMicrosoftSmartcardLogon, "OCSPSigning": alg.OIDUsageOCSPSigning} {
		list = append(list, mutation{"purpose " + name + " in Strict", mv, with(ext(pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection, p)))},
			mutation{"purpose " + name + " alone", mm, with(ext(pki.ExtKeyUsageExtension(p)))})
	}
	usages := map[string]pki.KeyUsage{
		"keyCertSign": pki.DigitalSignature | pki.KeyCertSign, "cRLSign": pki.DigitalSignature | pki.CRLSign, "keyEncipherment of a curve": pki.DigitalSignature | pki.KeyEncipherment,
		"dataEncipherment of a curve": pki.DigitalSignature | pki.KeyAgreement | pki.DataEncipherment, "encipherOnly without keyAgreement": pki.DigitalSignature | pki.EncipherOnly,
		"decipherOnly without keyAgreement": pki.DigitalSignature | pki.DecipherOnly, "nonRepudiation alone": pki.NonRepudiation,
		"encipherOnly and decipherOnly": pki.KeyAgreement | pki.EncipherOnly | pki.DecipherOnly, "nonRepudiation of an encryption key": pki.NonRepudiation | pki.KeyAgreement,
	}
	for name, u := range usages {
		for _, on := range []string{mv, om} {
			list = append(list, mutation{"usage " + name, on, with(ext(pki.KeyUsageExtension(u)))})
		}
	}
	return list
}

func policyMutations(t *testing.T) (list []mutation) {
	ext := must(t)
	policy := func(ids ...der.OID) pki.Extension {
		var infos []pki.PolicyInformation
		for _, id := range ids {
			infos = append(infos, pki.PolicyInformation{ID: id})
		}
		return ext(pki.PoliciesExtension(infos...))
	}
	qualified := func(q pki.PolicyQualifier) pki.Extension {
		return ext(pki.PoliciesExtension(pki.PolicyInformation{ID: alg.OIDPolicyMailboxStrict, Qualifiers: []pki.PolicyQualifier{q}}))
	}
	for name, e := range map[string]pki.Extension{
		"only one of our own": policy(der.MustOID("1.2.3.4")), "anyPolicy": policy(alg.OIDAnyPolicy), "two reserved ones": policy(alg.OIDPolicyMailboxStrict, alg.OIDPolicyMailboxMultipurpose),
		"Legacy": policy(alg.OIDPolicyMailboxLegacy), "that of organisations": policy(alg.OIDPolicyOrganizationStrict), "that of sponsors": policy(alg.OIDPolicySponsorStrict),
		"that of individuals": policy(alg.OIDPolicyIndividualStrict), "the same twice": policy(alg.OIDPolicyMailboxStrict, alg.OIDPolicyMailboxStrict),
		"a CPS by ldap": qualified(pki.PolicyQualifier{ID: alg.OIDQualifierCPS, CPS: "ldap://acme.test/cps"}),
		"a CPS nowhere": qualified(pki.PolicyQualifier{ID: alg.OIDQualifierCPS, CPS: "cps"}),
	} {
		list = append(list, mutation{"policy " + name, mv, with(e)})
	}
	list = append(list, mutation{"the mailbox policy", ov, with(policy(alg.OIDPolicyMailboxStrict))}, mutation{"the mailbox policy", sv, with(policy(alg.OIDPolicyMailboxStrict))},
		mutation{"the mailbox policy", iv, with(policy(alg.OIDPolicyMailboxStrict))}, mutation{"the individual policy", sv, with(policy(alg.OIDPolicyIndividualStrict))},
		mutation{"the organisation policy", sv, with(policy(alg.OIDPolicyOrganizationStrict))}, mutation{"the sponsor policy", iv, with(policy(alg.OIDPolicySponsorStrict))},
		mutation{"Legacy", sv, with(policy(alg.OIDPolicySponsorLegacy))}, mutation{"Legacy", iv, with(policy(alg.OIDPolicyIndividualLegacy))}, mutation{"Legacy", ov, with(policy(alg.OIDPolicyOrganizationLegacy))})
	return list
}

func placeMutations(t *testing.T) (list []mutation) {
	ext := must(t)
	for _, uri := range []string{"https://pki.waxwing-ca.com/0.crl", "ldap://pki.waxwing-ca.com/cn=0", "file:///0.crl", "0.crl", "ftp://pki.waxwing-ca.com/0.crl"} {
		for _, on := range []string{mv, mm} {
			list = append(list, mutation{"CRL at " + uri, on, with(ext(pki.CRLPointsExtension(pki.PointAt(uri))))})
		}
		list = append(list, mutation{"a second CRL at " + uri, mv, with(ext(pki.CRLPointsExtension(pki.PointAt("http://pki.waxwing-ca.com/0.crl"), pki.PointAt(uri))))})
		list = append(list, mutation{"issuer at " + uri, mv, with(ext(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.URI(uri)})))},
			mutation{"responder at " + uri, mv, with(ext(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessOCSP, Location: pki.URI(uri)})))})
	}
	partial := pki.PointAt("http://pki.waxwing-ca.com/0.crl")
	partial.Reasons = pki.ForKeyCompromise
	return append(list, mutation{"no CRL at all", mv, with(pki.Extension{ID: alg.OIDExtCRLDistributionPoints, Value: []byte("\x30\x00")})},
		mutation{"a CRL of some reasons only", mv, with(ext(pki.CRLPointsExtension(partial)))},
		mutation{"access that is no location", mv, with(ext(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.RFC822("a@acme.test")})))})
}

func timeMutations() (list []mutation) {
	for name, days := range map[string]int{"826 days": 826, "900 days": 900, "1185 days": 1185, "ten years": 3650} {
		for _, on := range []string{mv, mm, sv} {
			list = append(list, mutation{"valid for " + name, on, func(c *pki.Template) { c.NotAfter = c.NotBefore.Add(time.Duration(days)*day - time.Second) }})
		}
	}
	serial := func(octets ...byte) func(*pki.Template) {
		return func(c *pki.Template) { c.Serial = new(big.Int).SetBytes(octets) }
	}
	return append(list,
		mutation{"valid for 825 days and a second", mv, func(c *pki.Template) { c.NotAfter = c.NotBefore.Add(825 * day) }},
		mutation{"ended before it begins", mv, func(c *pki.Template) { c.NotAfter = c.NotBefore.Add(-time.Second) }},
		mutation{"serial number 0", mv, serial(0)}, mutation{"serial number 1", mv, serial(1)}, mutation{"six octets of serial number", mv, serial(1, 2, 3, 4, 5, 6)},
		mutation{"a negative serial number", mv, func(c *pki.Template) { c.Serial = new(big.Int).Neg(c.Serial) }},
		mutation{"21 octets of serial number", mv, func(c *pki.Template) { c.Serial = new(big.Int).Lsh(c.Serial, 8) }})
}

func subjectMutations(t *testing.T) (list []mutation) {
	add := func(attributes ...pki.Attribute) func(*pki.Template) {
		return func(c *pki.Template) {
			var all []pki.Attribute
			for _, rdn := range c.Subject.RDNs {
				for _, a := range rdn {
					if !slices.ContainsFunc(attributes, func(x pki.Attribute) bool { return x.Type == a.Type }) {
						all = append(all, a)
					}
				}
			}
			for _, a := range attributes {
				if a.Text != "" {
					all = append(all, a)
				}
			}
			name, err := pki.NewName(all...)
			if err != nil {
				t.Fatal(err)
			}
			c.Subject = name
		}
	}
	text := pki.TextAttribute
	forbidden := map[string][]der.OID{
		mv: {alg.OIDAttrCountry, alg.OIDAttrOrganization, alg.OIDAttrOrganizationalUnit, alg.OIDAttrGivenName, alg.OIDAttrSurname, alg.OIDAttrPseudonym, alg.OIDAttrTitle, alg.OIDAttrLocality,
			alg.OIDAttrState, alg.OIDAttrStreet, alg.OIDAttrPostalCode, alg.OIDAttrOrganizationIdentifier, alg.OIDAttrUserID, alg.OIDAttrDomainComponent},
		ov: {alg.OIDAttrGivenName, alg.OIDAttrSurname, alg.OIDAttrPseudonym, alg.OIDAttrTitle, alg.OIDAttrStreet, alg.OIDAttrPostalCode},
		om: {alg.OIDAttrGivenName, alg.OIDAttrSurname, alg.OIDAttrPseudonym, alg.OIDAttrTitle},
		sv: {alg.OIDAttrStreet, alg.OIDAttrPostalCode, alg.OIDAttrUserID}, iv: {alg.OIDAttrOrganization, alg.OIDAttrOrganizationIdentifier, alg.OIDAttrOrganizationalUnit, alg.OIDAttrStreet},
	}
	for on, ids := range forbidden {
		for _, id := range ids {
			value := map[der.OID]string{alg.OIDAttrCountry: "DE", alg.OIDAttrOrganizationIdentifier: "NTRDE-DER3306.HRB12345"}[id]
			if value == "" {
				value = "Something"
			}
			list = append(list, mutation{"subject with " + id.String(), on, add(text(id, value))})
		}
	}
	for _, id := range []der.OID{alg.OIDAttrOrganization, alg.OIDAttrOrganizationIdentifier} {
		for _, on := range []string{ov, om, sv} {
			list = append(list, mutation{"subject without " + id.String(), on, add(text(id, ""))})
		}
	}
	for _, bad := range []string{"-", ".", " ", "N/A", "n/a"} {
		list = append(list, mutation{"an organisation called " + bad, ov, add(text(alg.OIDAttrOrganization, bad))})
	}
	for _, bad := range []string{"DER3306.HRB12345", "NTRGB-12345", "XXXDE-1", "LEIXG-5493001KJTIIGC8Y1R13", "LEIXG-123", "NTR-123", "VATFR-123", "NTRDE+TOOLONG-1"} {
		list = append(list, mutation{"organizationIdentifier " + bad, ov, add(text(alg.OIDAttrOrganizationIdentifier, bad))})
	}
	for _, bad := range []string{"DEU", "ZZ", "12"} {
		list = append(list, mutation{"country " + bad, ov, add(text(alg.OIDAttrCountry, bad))})
	}
	long := strings.Repeat("a", 65)
	return append(list,
		mutation{"a common name that is no box", mv, add(text(alg.OIDAttrCommonName, "Ada"))}, mutation{"the common name of another box", mv, add(text(alg.OIDAttrCommonName, "eve@acme.test"))},
		mutation{"a common name of 65 characters", mv, add(text(alg.OIDAttrCommonName, long))}, mutation{"another common name than the organisation's", ov, add(text(alg.OIDAttrCommonName, "EVIL GmbH"))},
		mutation{"another common name than the person's", sv, add(text(alg.OIDAttrCommonName, "eve@acme.test"))},
		mutation{"the e-mail address of another box", mv, add(text(alg.OIDAttrEmailAddress, "eve@acme.test"))}, mutation{"an e-mail address that is none", mv, add(text(alg.OIDAttrEmailAddress, "ada"))},
		mutation{"a pseudonym beside the name", sv, add(text(alg.OIDAttrPseudonym, "P1"))}, mutation{"a pseudonym beside the name", iv, add(text(alg.OIDAttrPseudonym, "P1"))},
		mutation{"no name of the person", sv, add(text(alg.OIDAttrGivenName, ""), text(alg.OIDAttrSurname, ""))}, mutation{"no name of the person", iv, add(text(alg.OIDAttrGivenName, ""), text(alg.OIDAttrSurname, ""))},
		mutation{"a town without a country", ov, add(text(alg.OIDAttrCountry, ""), text(alg.OIDAttrLocality, "Berlin"))}, mutation{"a state without a country", iv, add(text(alg.OIDAttrState, "Berlin"))},
		mutation{"a street without a town", om, add(text(alg.OIDAttrStreet, "Hauptstraße 1"))}, mutation{"a postal code without a country", om, add(text(alg.OIDAttrCountry, ""), text(alg.OIDAttrPostalCode, "10115"))},
		mutation{"an organisation of 65 characters", ov, add(text(alg.OIDAttrOrganization, long))})
}

func keyMutations(t *testing.T) (list []mutation) {
	use := func(spki []byte, err error) func(*pki.Template) {
		if err != nil {
			t.Fatal(err)
		}
		return func(c *pki.Template) { c.RawSPKI = spki }
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	whole := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 2047, 1), E: 65537}
	small := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 1023, 1), E: 65537}
	even := &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int), 2047, 1), E: 65537}
	for name, change := range map[string]func(*pki.Template){
		"P-224": use(alg.MarshalPublicKey(p224.Public())), "RSA of 1024 bits": use(alg.MarshalPublicKey(small)), "an even RSA modulus": use(alg.MarshalPublicKey(even)),
		"an RSA exponent of 1": use(alg.MarshalPublicKey(&rsa.PublicKey{N: whole.N, E: 1})), "RSA with the usage of a curve": use(alg.MarshalPublicKey(whole)),
		"X25519":                   use([]byte("\x30\x2a\x30\x05\x06\x03\x2b\x65\x6e\x03\x21\x00"+strings.Repeat("a", 32)), nil),
		"a key of no algorithm":    use([]byte("\x30\x0a\x30\x05\x06\x03\x2a\x03\x04\x03\x01\x00"), nil),
		"Ed25519 that should wrap": use([]byte("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"+strings.Repeat("a", 32)), nil),
	} {
		list = append(list, mutation{"key " + name, mv, change}, mutation{"key " + name, me, change})
	}
	return list
}
