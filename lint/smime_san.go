package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// smimeNameRules are about subjectAltName (S/MIME BR §7.1.4.2.1).
func smimeNameRules() []Rule {
	const section = "S/MIME BR §7.1.4.2.1"
	rules := []Rule{
		{Name: "smime.san.present", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "add subjectAltName with the mailbox",
			Title: "subjectAltName is present", Same: []string{"e_san_shall_be_present", "cabf.smime.san_extension_missing"}, check: present(alg.OIDExtSubjectAltName)},
		{Name: "smime.san.mailbox", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "add the mailbox",
			Title: "subjectAltName holds a mailbox", Same: []string{"cabf.smime.san_does_not_contain_email_address"}, check: func(s *subject) string { return unless(len(s.mailboxes) > 0, "there is none") }},
		{Name: "smime.san.not-critical", Section: section, Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "do not mark it critical",
			Title: "subjectAltName is not critical unless the subject is empty", Same: []string{"w_san_should_not_be_critical"}, when: whenHas(alg.OIDExtSubjectAltName),
			check: func(s *subject) string {
				return unless(s.Subject.Empty() || !s.isCritical(alg.OIDExtSubjectAltName), "it is critical")
			}},
		{Name: "smime.san.single-mailbox", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "write each mailbox as a name of its own",
			Title: "each rfc822Name is one mailbox", Same: []string{"e_single_email_if_present"}, when: whenName(pki.RFC822Name),
			check: eachName(pki.RFC822Name, func(g pki.GeneralName) string { return unless(isMailbox(g.Text), fmt.Sprintf("%q", g.Text)) })},
		{Name: "smime.san.repeats-subject", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "repeat the mailbox in subjectAltName",
			Title: "every mailbox of the subject and of directory names stands in subjectAltName too", when: func(s *subject) bool { return len(s.mailboxesElsewhere()) > 0 },
			Same: []string{"e_mailbox_address_shall_contain_an_rfc822_name", "cabf.smime.email_address_in_attribute_not_in_san"}, check: checkRepeatsSubject},
		{Name: "smime.san.other-strict", Section: section, Severity: Error, From: brEffective, Scope: strictLeaf(), Advice: "leave user principal names and the like out, or issue by Multipurpose",
			Title: "the Strict generation has no otherName but SmtpUTF8Mailbox", Same: []string{"cabf.smime.prohibited_othername_type_present"}, when: whenName(pki.OtherName),
			check: eachName(pki.OtherName, func(g pki.GeneralName) string {
				return unless(g.ID == alg.OIDOtherNameSmtpUTF8Mailbox, g.ID.String())
			})},
		{Name: "smime.san.public", Section: section + ", §3.2.2", Severity: Warning, From: brEffective, Scope: brLeaf(), Advice: "issue for a domain that the public name system has, or by a private authority",
			Title: "the domain of every mailbox is one of the public name system", Same: []string{"cabf.internal_domain_name"}, when: func(s *subject) bool { return len(s.mailboxes) > 0 },
			check: checkPublicDomains},
		{Name: "smime.san.directory-attributes", Section: section, Severity: Error, From: brEffective, Scope: of(pki.MailboxValidated), Advice: "leave it out",
			Title: "a directory name of a mailbox-validated certificate has no attributes but those of its subject", when: whenName(pki.DirectoryName),
			check: eachName(pki.DirectoryName, func(g pki.GeneralName) string { return firstOther(g.Directory, mailboxAttributes()) })},
	}
	for _, k := range []pki.NameKind{pki.DNSName, pki.IPAddress, pki.URIName, pki.X400Address, pki.EDIPartyName, pki.RegisteredID} {
		rules = append(rules, Rule{Name: "smime.san.no-" + strings.ToLower(k.String()), Section: section, Severity: Error, From: brEffective, Scope: brLeaf(),
			Title: fmt.Sprintf("subjectAltName holds no %v", k), Advice: "leave it out: it is not for mail", Same: []string{"cabf.smime.prohibited_generalname_type_present"},
			check: eachName(k, func(g pki.GeneralName) string { return g.String() })})
	}
	return rules
}

// mailboxesElsewhere returns the mailboxes outside subjectAltName's own names of mailboxes.
func (s *subject) mailboxesElsewhere() []string {
	names := []pki.Name{s.Subject}
	for _, g := range s.SubjectAlt.Of(pki.DirectoryName) {
		names = append(names, g.Directory)
	}
	var out []string
	for _, n := range names {
		out = append(out, n.All(alg.OIDAttrEmailAddress)...)
	}
	if s.level.Validation == pki.MailboxValidated {
		out = append(out, s.Subject.All(alg.OIDAttrCommonName)...)
	}
	return slices.DeleteFunc(out, func(a string) bool { return !isMailbox(a) })
}

// checkPublicDomains looks for domains that nobody's control can be proved of.
func checkPublicDomains(s *subject) string {
	for _, m := range s.mailboxes {
		domain := strings.ToLower(m[strings.LastIndexByte(m, '@')+1:])
		if bad := internalHost([]string{"//" + domain}); bad != "" && isHost(domain) {
			return domain
		}
	}
	return ""
}

func checkRepeatsSubject(s *subject) string {
	for _, m := range s.mailboxesElsewhere() {
		if !s.namesMailbox(m) {
			return m
		}
	}
	return ""
}
