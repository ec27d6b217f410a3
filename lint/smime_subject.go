package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// The attributes that a mailbox-validated certificate may have, and those that every other one may have beside them
// (S/MIME BR §7.1.4.2.3 to §7.1.4.2.6).
func mailboxAttributes() []der.OID {
	return []der.OID{alg.OIDAttrCommonName, alg.OIDAttrSerialNumber, alg.OIDAttrEmailAddress}
}

func knownAttributes() []der.OID {
	return append(mailboxAttributes(), alg.OIDAttrOrganization, alg.OIDAttrOrganizationalUnit, alg.OIDAttrOrganizationIdentifier, alg.OIDAttrGivenName,
		alg.OIDAttrSurname, alg.OIDAttrPseudonym, alg.OIDAttrTitle, alg.OIDAttrStreet, alg.OIDAttrLocality, alg.OIDAttrState, alg.OIDAttrPostalCode, alg.OIDAttrCountry)
}

// firstOther names the first attribute of a name that is not in a list.
func firstOther(n pki.Name, list []der.OID) string {
	for _, rdn := range n.RDNs {
		for _, a := range rdn {
			if !slices.Contains(list, a.Type) {
				return label(a.Type)
			}
		}
	}
	return ""
}

// smimeSubjectRules are about which attributes a subject has (S/MIME BR §7.1.4.2.2 to §7.1.4.2.6).
func smimeSubjectRules() []Rule {
	person := of(pki.SponsorValidated, pki.IndividualValidated)
	current := person
	current.Generations = currentLeaf().Generations
	rules := []Rule{
		{Name: "smime.subject.mailbox-attributes", Section: "S/MIME BR §7.1.4.2.3", Severity: Error, From: brEffective, Scope: of(pki.MailboxValidated), Advice: "leave the attribute out",
			Title: "a mailbox-validated subject has no attributes but commonName, serialNumber, emailAddress",
			Same:  []string{"e_mailbox_validated_allowed_subjectdn_attributes", "e_mailbox_validated_enforce_subject_field_restrictions", "cabf.smime.prohibited_attribute"},
			check: func(s *subject) string { return firstOther(s.Subject, mailboxAttributes()) }},
		{Name: "smime.subject.other-attributes", Section: "S/MIME BR §7.1.4.2.4 to §7.1.4.2.6", Severity: Error, From: brEffective, Advice: "leave the attribute out",
			Scope: Scope{Roles: Leaf, Claimed: true, Generations: currentLeaf().Generations, Validations: []pki.Validation{pki.OrganizationValidated, pki.SponsorValidated, pki.IndividualValidated}},
			Title: "a subject has no attributes but those of its table", Same: []string{"cabf.smime.prohibited_attribute"}, check: func(s *subject) string { return firstOther(s.Subject, knownAttributes()) }},
		{Name: "smime.subject.identity", Section: "S/MIME BR §7.1.4.2.5 and §7.1.4.2.6", Severity: Error, From: brEffective, Scope: current, Advice: "add givenName and surname, or a pseudonym",
			Title: "a person has givenName, surname or a pseudonym", Same: []string{"e_invalid_individual_identity", "cabf.smime.missing_required_attribute"},
			check: func(s *subject) string { return unless(s.personal() || s.names(alg.OIDAttrPseudonym), "none of them") }},
		{Name: "smime.subject.pseudonym-alone", Section: "S/MIME BR §7.1.4.2.2f", Severity: Error, From: brEffective, Scope: person, Advice: "leave the pseudonym or the personal name out",
			Title: "a pseudonym does not stand beside givenName and surname", Same: []string{"cabf.smime.mixed_name_and_pseudonym_attributes"}, when: func(s *subject) bool { return s.names(alg.OIDAttrPseudonym) },
			check: func(s *subject) string { return unless(!s.personal(), "it does") }},
		{Name: "smime.subject.email", Section: "S/MIME BR §7.1.4.2.2h", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "write one bare address",
			Title: "emailAddress is one mailbox", Same: []string{"e_single_email_subject_if_present"}, when: func(s *subject) bool { return s.names(alg.OIDAttrEmailAddress) },
			check: func(s *subject) string {
				return s.eachOf(alg.OIDAttrEmailAddress, func(a pki.Attribute) string { return unless(isMailbox(a.Text), fmt.Sprintf("%q", a.Text)) })
			}},
		{Name: "smime.subject.metadata", Section: "S/MIME BR §7.1.4.2", Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "leave the attribute out when there is nothing to say",
			Title: "no attribute is a mere sign of absence, such as \"-\" or \"N/A\"", Same: []string{"cabf.insignificant_attribute_value_present"}, check: checkMetadata},
	}
	for _, x := range []struct {
		id  der.OID
		who []pki.Validation
	}{
		{alg.OIDAttrOrganization, []pki.Validation{pki.OrganizationValidated, pki.SponsorValidated}},
		{alg.OIDAttrOrganizationIdentifier, []pki.Validation{pki.OrganizationValidated, pki.SponsorValidated}},
	} {
		rules = append(rules, Rule{Name: "smime.subject.has-" + strings.ToLower(label(x.id)), Section: "S/MIME BR §7.1.4.2.4 and §7.1.4.2.5", Severity: Error, From: brEffective,
			Scope: of(x.who...), Title: label(x.id) + " is present", Advice: "add the verified value", Same: []string{"cabf.smime.missing_required_attribute"},
			check: func(s *subject) string { return unless(s.names(x.id), "it is missing") }})
	}
	for _, x := range []struct {
		id  der.OID
		who Scope
	}{
		{alg.OIDAttrOrganization, of(pki.IndividualValidated)}, {alg.OIDAttrOrganizationIdentifier, of(pki.IndividualValidated)}, {alg.OIDAttrOrganizationalUnit, of(pki.IndividualValidated)},
		{alg.OIDAttrGivenName, of(pki.OrganizationValidated)}, {alg.OIDAttrSurname, of(pki.OrganizationValidated)}, {alg.OIDAttrPseudonym, of(pki.OrganizationValidated)},
		{alg.OIDAttrTitle, of(pki.OrganizationValidated)}, {alg.OIDAttrStreet, strictLeaf()}, {alg.OIDAttrPostalCode, strictLeaf()},
	} {
		rules = append(rules, Rule{Name: "smime.subject.no-" + strings.ToLower(label(x.id)), Section: "S/MIME BR §7.1.4.2.4 to §7.1.4.2.6", Severity: Error, From: brEffective,
			Scope: x.who, Title: label(x.id) + " is absent", Advice: "leave it out, or issue by another profile", Same: []string{"cabf.smime.prohibited_attribute"},
			check: func(s *subject) string { return unless(!s.names(x.id), s.Subject.Get(x.id)) }})
	}
	return rules
}

// names reports whether the subject has an attribute.
func (s *subject) names(id der.OID) bool {
	for _, rdn := range s.Subject.RDNs {
		for _, a := range rdn {
			if a.Type == id {
				return true
			}
		}
	}
	return false
}

// personal reports whether the subject has a personal name.
func (s *subject) personal() bool {
	return s.names(alg.OIDAttrGivenName) || s.names(alg.OIDAttrSurname)
}

func checkMetadata(s *subject) string {
	return s.eachAttribute(func(a pki.Attribute) string {
		switch bare := strings.ToLower(strings.Trim(a.Text, " .-_*?")); bare {
		case "", "n/a", "not applicable", "unknown":
			return unless(isNotText(a), fmt.Sprintf("%q", a.Text))
		}
		return ""
	})
}
