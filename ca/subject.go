package ca

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// attribute is one field of Subject with its type in a name.
type attribute struct {
	name string
	id   der.OID
	get  func(*Subject) string
}

// attributes are the fields of Subject, the most general first.
func attributes() []attribute {
	return []attribute{
		{"countryName", alg.OIDAttrCountry, func(s *Subject) string { return s.Country }},
		{"stateOrProvinceName", alg.OIDAttrState, func(s *Subject) string { return s.State }},
		{"localityName", alg.OIDAttrLocality, func(s *Subject) string { return s.Locality }},
		{"postalCode", alg.OIDAttrPostalCode, func(s *Subject) string { return s.PostalCode }},
		{"streetAddress", alg.OIDAttrStreet, func(s *Subject) string { return s.Street }},
		{"organizationName", alg.OIDAttrOrganization, func(s *Subject) string { return s.Organization }},
		{"organizationIdentifier", alg.OIDAttrOrganizationIdentifier, func(s *Subject) string { return s.OrganizationIdentifier }},
		{"organizationalUnitName", alg.OIDAttrOrganizationalUnit, func(s *Subject) string { return s.OrganizationalUnit }},
		{"title", alg.OIDAttrTitle, func(s *Subject) string { return s.Title }},
		{"givenName", alg.OIDAttrGivenName, func(s *Subject) string { return s.GivenName }},
		{"surname", alg.OIDAttrSurname, func(s *Subject) string { return s.Surname }},
		{"pseudonym", alg.OIDAttrPseudonym, func(s *Subject) string { return s.Pseudonym }},
		{"serialNumber", alg.OIDAttrSerialNumber, func(s *Subject) string { return s.SerialNumber }},
		{"commonName", alg.OIDAttrCommonName, func(s *Subject) string { return s.CommonName }},
		{"emailAddress", alg.OIDAttrEmailAddress, func(s *Subject) string { return s.Email }},
	}
}

func attributeNamed(name string) (attribute, bool) {
	for _, a := range attributes() {
		if a.name == name {
			return a, true
		}
	}
	return attribute{}, false
}

var variable = regexp.MustCompile(`\{([^{}]*)\}`)

// checkTemplate refuses a template with names that are no fields.
func checkTemplate(text string) error {
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if _, ok := attributeNamed(m[1]); !ok && m[1] != "address" {
			return fmt.Errorf("the template %q names {%s}, which is neither an attribute nor {address}", text, m[1])
		}
	}
	return nil
}

// fill writes a template: of the alternatives between bars the first whose names all have a value and which is not too long.
// tooLong is one that would have been taken if it were shorter.
func fill(text string, s *Subject, address string, most int) (value, tooLong string) {
	for alternative := range strings.SplitSeq(text, "|") {
		whole := true
		out := variable.ReplaceAllStringFunc(alternative, func(v string) string {
			value := address
			if a, ok := attributeNamed(v[1 : len(v)-1]); ok {
				value = a.get(s)
			}
			whole = whole && value != ""
			return value
		})
		switch {
		case !whole:
		case most > 0 && utf8.RuneCountInString(out) > most:
			tooLong = out
		default:
			return out, ""
		}
	}
	return "", tooLong
}

// buildSubject writes the name of an order by the rules of its profile. address is the first one, as certificates carry it.
func buildSubject(p *Profile, s *Subject, address string, no *Refusal) pki.Name {
	var list []pki.Attribute
	ruled := map[string]bool{}
	for _, rule := range p.Subject {
		ruled[rule.Attribute] = true
		a, _ := attributeNamed(rule.Attribute) // Profile.Check saw to it
		value, field, most := a.get(s), "subject."+a.name, pki.MaxLength(a.id)
		var tooLong string
		if rule.Value != "" {
			var written string
			if written, tooLong = fill(rule.Value, s, address, most); value != "" && value != written {
				no.add(Problem{Code: "subject.fixed", Field: field, What: fmt.Sprintf("%q is ordered, and the profile writes %q", value, written), Advice: "leave it out of the order"})
			}
			value = written
		}
		switch {
		case value == "" && rule.Required && tooLong != "", value != "" && most > 0 && utf8.RuneCountInString(value) > most:
			// AUTHORITY 12: what does not fit is said, never cut.
			no.add(Problem{Code: "subject.too-long", Section: "RFC 5280 Appendix A.1", Field: field, What: fmt.Sprintf("%q has more than %d characters", tooLong+value, most),
				Advice: "use a shorter form that was verified, or a profile that does not ask for the attribute"})
		case value == "" && rule.Required:
			no.add(Problem{Code: "subject.missing", Section: section(p.Type), Field: field, What: "the profile requires it", Advice: "add the verified value"})
		case value != "":
			checkValue(field, value, no)
			list = append(list, pki.TextAttribute(a.id, value))
		}
	}
	for _, a := range attributes() {
		if a.get(s) != "" && !ruled[a.name] {
			no.add(Problem{Code: "subject.not-allowed", Section: section(p.Type), Field: "subject." + a.name, What: fmt.Sprintf("the profile %s has no such attribute", p.Ref()), Advice: notAllowedAdvice(p.Type, a.name)})
		}
	}
	name, err := pki.NewName(list...)
	if err != nil {
		no.add(Problem{Code: "subject.encoding", Section: "RFC 5280 §4.1.2.6", Field: "subject", What: err.Error(), Advice: "write the attribute in characters that its type allows"})
	}
	return name
}

func checkValue(field, value string, no *Refusal) {
	if strings.TrimSpace(value) != value || strings.ContainsFunc(value, notInText) || !utf8.ValidString(value) {
		no.add(Problem{Code: "subject.value", Section: "S/MIME BR §7.1.4.2", Field: field, What: fmt.Sprintf("%q begins or ends with a blank, or holds controls", value), Advice: "write it without them"})
	}
}

// section is the table of a type's attributes.
func section(t Type) string {
	return map[Type]string{Mailbox: "S/MIME BR §7.1.4.2.3", Organization: "S/MIME BR §7.1.4.2.4", Sponsor: "S/MIME BR §7.1.4.2.5", Individual: "S/MIME BR §7.1.4.2.6",
		RootCA: "S/MIME BR §7.1.4.3.1", IssuingCA: "S/MIME BR §7.1.4.3.1", Responder: "RFC 6960 §4.2.2.2"}[t]
}

// notAllowedAdvice names the profiles that have the attribute. AUTHORITY 9: a name in a mailbox-validated order.
func notAllowedAdvice(t Type, name string) string {
	if t == Mailbox && (name == "givenName" || name == "surname" || name == "pseudonym") {
		return "leave it out, or apply for an individual or a sponsor certificate, where the name is verified"
	}
	return "leave it out, or order by another profile"
}
