package lint

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// nameRules are about the encoding of distinguished names (RFC 5280 §4.1.2.4, Appendix A.1).
func nameRules() []Rule {
	const encode = "encode the attribute with the string type that RFC 5280 wants"
	rules := []Rule{
		{Name: "name.rdn-nonempty", Section: "X.501 §9.3", Severity: Error, Title: "no relative name is empty", Advice: "leave empty parts out",
			check: func(s *subject) string {
				return s.fault("subject", "RDN without attributes") + s.fault("issuer", "RDN without attributes")
			}},
		{Name: "name.string-types", Section: "RFC 5280 §4.1.2.4", Severity: Warning, Title: "names are UTF8String or PrintableString, not of the older types", Advice: encode,
			check: func(s *subject) string { return s.eachAttribute(modernString) }},
		{Name: "name.characters", Section: "X.680 §41.4", Severity: Error, Title: "a string holds only the characters of its type", Advice: encode,
			Same: []string{"e_subject_printable_string_badalpha"},
			check: func(s *subject) string {
				return s.fault("subject", characterFaults...)
			}},
		{Name: "name.empty-value", Section: "RFC 5280 Appendix A.1", Severity: Error, Title: "no attribute is an empty string", Advice: "leave the attribute out",
			check: func(s *subject) string {
				return s.eachAttribute(func(a pki.Attribute) string { return unless(a.Text != "" || isNotText(a), "an empty value") })
			}},
		{Name: "name.edge-spaces", Section: "RFC 5280 §7.1", Severity: Warning, Title: "no attribute begins or ends with white space", Advice: "trim the value",
			Same: []string{"w_subject_dn_leading_whitespace", "w_subject_dn_trailing_whitespace"},
			check: func(s *subject) string {
				return s.eachAttribute(func(a pki.Attribute) string {
					return unless(strings.TrimSpace(a.Text) == a.Text, "white space at an end")
				})
			}},
		{Name: "name.controls", Section: "RFC 5280 §7.1", Severity: Error, Title: "no attribute holds control characters", Advice: "remove them",
			Same: []string{"e_subject_dn_not_printable_characters"},
			check: func(s *subject) string {
				return s.eachAttribute(func(a pki.Attribute) string {
					return unless(!strings.ContainsFunc(a.Text, unicode.IsControl), "control characters")
				})
			}},
		{Name: "name.repeated", Section: "S/MIME BR §7.1.4.2", Severity: Notice, Title: "no attribute but organizational units, domain components and streets is repeated", Advice: "say each thing once",
			check: checkRepeatedAttributes},
		{Name: "name.multivalued", Section: "RFC 5280 §4.1.2.4", Severity: Notice, Title: "no relative name has several attributes", Advice: "give every attribute an RDN of its own: some programs show one only",
			Same: []string{"n_multiple_subject_rdn", "cabf.rdn_contains_multiple_atvs"}, check: func(s *subject) string { return severalInOne(s.Subject) }},
	}
	for _, x := range []struct {
		name string
		id   der.OID
		tag  der.Tag
	}{
		{"country", alg.OIDAttrCountry, der.PrintableString}, {"serialnumber", alg.OIDAttrSerialNumber, der.PrintableString},
		{"dnqualifier", alg.OIDAttrDNQualifier, der.PrintableString}, {"email", alg.OIDAttrEmailAddress, der.IA5String},
		{"domaincomponent", alg.OIDAttrDomainComponent, der.IA5String},
	} {
		rules = append(rules, Rule{Name: "name.type." + x.name, Section: "RFC 5280 Appendix A.1", Severity: Error, Title: fmt.Sprintf("%s is a %v", label(x.id), x.tag), Advice: encode, Same: typeNames[x.id],
			when: func(s *subject) bool { return len(s.Subject.All(x.id)) > 0 },
			check: func(s *subject) string {
				return s.eachOf(x.id, func(a pki.Attribute) string { return unless(a.Tag == x.tag, a.Tag.String()) })
			}})
	}
	for _, id := range []der.OID{alg.OIDAttrCommonName, alg.OIDAttrOrganization, alg.OIDAttrOrganizationalUnit, alg.OIDAttrTitle, alg.OIDAttrSerialNumber,
		alg.OIDAttrLocality, alg.OIDAttrState, alg.OIDAttrPseudonym, alg.OIDAttrEmailAddress, alg.OIDAttrCountry} {
		rules = append(rules, lengthRule(id))
	}
	return rules
}

// typeNames are the names that zlint gives to the rules of string types.
var typeNames = map[der.OID][]string{
	alg.OIDAttrCountry: {"e_subject_dn_country_not_printable_string"}, alg.OIDAttrSerialNumber: {"e_subject_dn_serial_number_not_printable_string"},
}

// lengthRule is the upper bound of one attribute.
func lengthRule(id der.OID) Rule {
	most := pki.MaxLength(id)
	return Rule{Name: "name.length." + strings.ToLower(label(id)), Section: "RFC 5280 Appendix A.1", Severity: Error,
		Title: fmt.Sprintf("%s has at most %d characters", label(id), most), Advice: "shorten it, or leave the attribute out",
		when: func(s *subject) bool { return len(s.Subject.All(id)) > 0 },
		Same: lengthNames[id], check: tooLong(id, most)}
}

// eachAttribute applies a check to every attribute of the subject; the answer names the attribute.
func (s *subject) eachAttribute(check func(pki.Attribute) string) string {
	return eachIn(s.Subject, check)
}

func eachIn(n pki.Name, check func(pki.Attribute) string) string {
	for _, rdn := range n.RDNs {
		for _, a := range rdn {
			if bad := check(a); bad != "" {
				return label(a.Type) + ": " + bad
			}
		}
	}
	return ""
}

func (s *subject) eachOf(id der.OID, check func(pki.Attribute) string) string {
	return s.eachAttribute(func(a pki.Attribute) string {
		if a.Type != id {
			return ""
		}
		return check(a)
	})
}

// modernString accepts what RFC 5280 §4.1.2.4 asks of new certificates. Types that an attribute prescribes are for other rules.
func modernString(a pki.Attribute) string {
	switch a.Tag {
	case der.T61String, der.BMPString, der.UniversalString, der.GeneralString, der.VisibleString:
		return a.Tag.String()
	}
	return ""
}

// isNotText reports whether a value is of no string type.
func isNotText(a pki.Attribute) bool {
	switch a.Tag {
	case der.UTF8String, der.PrintableString, der.IA5String, der.T61String, der.BMPString, der.UniversalString, der.VisibleString, der.NumericString, der.GeneralString:
		return false
	}
	return true
}

func checkRepeatedAttributes(s *subject) string {
	seen := map[der.OID]bool{}
	return s.eachAttribute(func(a pki.Attribute) string {
		switch a.Type {
		case alg.OIDAttrOrganizationalUnit, alg.OIDAttrDomainComponent, alg.OIDAttrStreet, alg.OIDAttrSerialNumber, alg.OIDAttrOrganizationIdentifier:
			return ""
		}
		again := seen[a.Type]
		seen[a.Type] = true
		return unless(!again, "more than once")
	})
}

// label is the name of an attribute in its RFC.
func label(id der.OID) string {
	for _, l := range []struct {
		id   der.OID
		name string
	}{
		{alg.OIDAttrCommonName, "commonName"}, {alg.OIDAttrSurname, "surname"}, {alg.OIDAttrSerialNumber, "serialNumber"}, {alg.OIDAttrCountry, "countryName"},
		{alg.OIDAttrLocality, "localityName"}, {alg.OIDAttrState, "stateOrProvinceName"}, {alg.OIDAttrStreet, "streetAddress"},
		{alg.OIDAttrOrganization, "organizationName"}, {alg.OIDAttrOrganizationalUnit, "organizationalUnitName"}, {alg.OIDAttrTitle, "title"},
		{alg.OIDAttrPostalCode, "postalCode"}, {alg.OIDAttrGivenName, "givenName"}, {alg.OIDAttrDNQualifier, "dnQualifier"}, {alg.OIDAttrPseudonym, "pseudonym"},
		{alg.OIDAttrOrganizationIdentifier, "organizationIdentifier"}, {alg.OIDAttrDomainComponent, "domainComponent"}, {alg.OIDAttrEmailAddress, "emailAddress"},
	} {
		if l.id == id {
			return l.name
		}
	}
	return id.String()
}
