package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// nameContentRules are about what the attributes of a subject say.
func nameContentRules() []Rule {
	rules := []Rule{
		{Name: "name.rdn-unique", Section: "X.501 §9.3", Severity: Error, Title: "no relative name has two attributes of one type", Advice: "give each an RDN of its own",
			Same: []string{"pkix.rdn_contains_unique_attribute_types"}, check: checkTwiceInOne},
		{Name: "name.domain", Section: "RFC 4519 §2.4", Severity: Error, Title: "the domain components make a host name", Advice: "write one label in each",
			Same: []string{"pkix.name_domain_components_invalid_domain_name"}, when: func(s *subject) bool { return s.names(alg.OIDAttrDomainComponent) },
			check: func(s *subject) string {
				labels := s.Subject.All(alg.OIDAttrDomainComponent)
				slices.Reverse(labels)
				return unless(isHost(strings.Join(labels, ".")) && !strings.Contains(strings.Join(labels, ""), "."), strings.Join(labels, "."))
			}},
		{Name: "name.html", Section: "S/MIME BR §7.1.4.2", Severity: Warning, Title: "no attribute holds entities of HTML", Advice: "write the characters themselves",
			Same: []string{"e_subj_contains_html_entities", "cabf.name.attribute_value_contains_html_entity"}, check: eachText(func(text string) bool { return !entity.MatchString(text) })},
		{Name: "name.replacement", Section: "Unicode §23.8", Severity: Warning, Title: "no attribute holds the character U+FFFD, which stands for one that was lost", Advice: "write the character that was meant",
			Same: []string{"e_utf8_replacement_char_in_subject"}, check: eachText(func(text string) bool { return !strings.ContainsRune(text, utf8.RuneError) })},
		{Name: "name.mojibake", Section: "RFC 5280 §4.1.2.4", Severity: Warning, Title: "no attribute is UTF-8 that was taken for Latin-1 and encoded again", Advice: "encode the value once",
			Same: []string{"e_utf8_latin1_mixup"}, check: eachText(func(text string) bool { return !encodedTwice(text) })},
	}
	for _, x := range []struct {
		id   der.OID
		most int
	}{
		{alg.OIDAttrGivenName, 32768}, {alg.OIDAttrSurname, 32768}, // ub-name
	} {
		rules = append(rules, Rule{Name: "name.length." + strings.ToLower(label(x.id)), Section: "RFC 5280 Appendix A.1", Severity: Error,
			Title: fmt.Sprintf("%s has at most %d characters", label(x.id), x.most), Advice: "shorten it", Same: lengthNames[x.id],
			when: func(s *subject) bool { return s.names(x.id) }, check: tooLong(x.id, x.most)},
			Rule{Name: "name.long." + strings.ToLower(label(x.id)), Section: "X.411 Annex B", Severity: Notice,
				Title: label(x.id) + " has at most 64 characters, as older programs expect", Advice: "shorten it if that is possible",
				Same: []string{"w_subject_" + map[der.OID]string{alg.OIDAttrGivenName: "given_name", alg.OIDAttrSurname: "surname"}[x.id] + "_recommended_max_length"},
				when: func(s *subject) bool { return s.names(x.id) }, check: tooLong(x.id, 64)})
	}
	for _, x := range []struct {
		id   der.OID
		most int
	}{
		{alg.OIDAttrStreet, 128}, {alg.OIDAttrPostalCode, 16}, // X.520 (2001) Annex C
	} {
		rules = append(rules, Rule{Name: "name.length." + strings.ToLower(label(x.id)), Section: "X.520 Annex C", Severity: Warning,
			Title: fmt.Sprintf("%s has at most %d characters", label(x.id), x.most), Advice: "shorten it", Same: lengthNames[x.id],
			when: func(s *subject) bool { return s.names(x.id) }, check: tooLong(x.id, x.most)})
	}
	return rules
}

// lengthNames are the names that zlint gives to the rules of upper bounds.
var lengthNames = map[der.OID][]string{
	alg.OIDAttrCommonName: {"e_subject_common_name_max_length"}, alg.OIDAttrOrganization: {"e_subject_organization_name_max_length"},
	alg.OIDAttrOrganizationalUnit: {"e_subject_organizational_unit_name_max_length"}, alg.OIDAttrSerialNumber: {"e_subject_dn_serial_number_max_length"},
	alg.OIDAttrLocality: {"e_subject_locality_name_max_length"}, alg.OIDAttrState: {"e_subject_state_name_max_length"}, alg.OIDAttrEmailAddress: {"e_subject_email_max_length"},
	alg.OIDAttrGivenName: {"e_subject_given_name_max_length"}, alg.OIDAttrSurname: {"e_subject_surname_max_length"},
	alg.OIDAttrStreet: {"e_subject_street_address_max_length"}, alg.OIDAttrPostalCode: {"e_subject_postal_code_max_length"},
}

// entity is a reference of HTML: a numbered one, or one of the named ones that stand for what markup needs.
var entity = regexp.MustCompile(`&(#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|amp|lt|gt|quot|apos|nbsp|copy|reg|[A-Za-z](acute|grave|uml|circ|tilde|cedil|ring)|szlig|[AaOo]slash|AElig|aelig);`)

func eachText(well func(string) bool) func(*subject) string {
	return func(s *subject) string {
		return s.eachAttribute(func(a pki.Attribute) string { return unless(well(a.Text), fmt.Sprintf("%q", a.Text)) })
	}
}

// encodedTwice reports whether a text holds the capital A with tilde or circumflex that lead octets of UTF-8 turn into,
// and after it a character that a trail octet turns into: in ISO 8859-1, or in Windows-1252 outside letters.
func encodedTwice(text string) bool {
	lead := false
	for _, r := range text {
		trail := r >= 0x80 && r <= 0xbf || strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", r)
		if lead && trail {
			return true
		}
		lead = r == 'Ã' || r == 'Â'
	}
	return false
}

func checkTwiceInOne(s *subject) string {
	for _, rdn := range s.Subject.RDNs {
		for i, a := range rdn {
			if slices.ContainsFunc(rdn[:i], func(b pki.Attribute) bool { return b.Type == a.Type }) {
				return label(a.Type)
			}
		}
	}
	return ""
}

func tooLong(id der.OID, most int) func(*subject) string {
	return func(s *subject) string {
		return s.eachOf(id, func(a pki.Attribute) string {
			n := utf8.RuneCountInString(a.Text)
			return unless(n <= most, fmt.Sprintf("%d characters", n))
		})
	}
}
