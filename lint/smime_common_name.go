package lint

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// commonNameRules are about commonName (S/MIME BR §7.1.4.2.2a).
func commonNameRules() []Rule {
	const section = "S/MIME BR §7.1.4.2.2a"
	when := func(s *subject) bool { return s.names(alg.OIDAttrCommonName) }
	return []Rule{
		{Name: "smime.cn.mailbox", Section: section, Severity: Error, From: brEffective, Scope: of(pki.MailboxValidated), Advice: "write the mailbox, or leave commonName out",
			Title: "commonName of a mailbox-validated certificate is a mailbox", Same: []string{"e_commonname_mailbox_validated"},
			check: func(s *subject) string { return s.eachCommonName(isMailbox) }},
		{Name: "smime.cn.organization", Section: section, Severity: Error, From: brEffective, Scope: of(pki.OrganizationValidated), Advice: "write the organisation's name or the mailbox", when: when,
			Title: "commonName of an organization-validated certificate is the organizationName or a mailbox", Same: []string{"e_org_validated_invalid_cn", "cabf.smime.common_name_value_unknown_source"},
			check: func(s *subject) string {
				return s.eachCommonName(func(cn string) bool { return isMailbox(cn) || cn == s.Subject.Get(alg.OIDAttrOrganization) })
			}},
		{Name: "smime.cn.person", Section: section, Severity: Warning, From: brEffective, Scope: of(pki.SponsorValidated, pki.IndividualValidated), Advice: "compose commonName of the verified attributes",
			Title: "commonName of a person is the personal name, the pseudonym, or a mailbox", when: func(s *subject) bool { return when(s) && (s.personal() || s.names(alg.OIDAttrPseudonym)) },
			Same: []string{"cabf.smime.common_name_value_unknown_source"}, check: func(s *subject) string { return s.eachCommonName(s.isPersonalName) }},
		{Name: "smime.cn.in-san", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "repeat the mailbox in subjectAltName",
			Title: "a mailbox in commonName stands in subjectAltName too", when: func(s *subject) bool { return isMailbox(s.Subject.CommonName()) },
			Same: []string{"cabf.smime.email_address_in_attribute_not_in_san"}, check: func(s *subject) string {
				return s.eachCommonName(func(cn string) bool { return !isMailbox(cn) || s.namesMailbox(cn) })
			}},
	}
}

// eachCommonName returns the first commonName that is not well.
func (s *subject) eachCommonName(well func(string) bool) string {
	for _, cn := range s.Subject.All(alg.OIDAttrCommonName) {
		if !well(cn) {
			return fmt.Sprintf("%q", cn)
		}
	}
	return ""
}

// isPersonalName compares a commonName with the attributes it has to be made of; case and order are free.
func (s *subject) isPersonalName(cn string) bool {
	if isMailbox(cn) {
		return true
	}
	cn = strings.ToLower(cn)
	if p := s.Subject.Get(alg.OIDAttrPseudonym); p != "" {
		return strings.Contains(cn, strings.ToLower(p))
	}
	surname, given := strings.ToLower(s.Subject.Get(alg.OIDAttrSurname)), strings.ToLower(s.Subject.Get(alg.OIDAttrGivenName))
	if surname != "" {
		return strings.Contains(cn, surname)
	}
	return strings.Contains(cn, given)
}
