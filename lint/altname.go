package lint

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// altNameRules are about subjectAltName and issuerAltName (RFC 5280 §4.2.1.6 and §4.2.1.7, RFC 9598).
func altNameRules() []Rule {
	return []Rule{
		{Name: "san.critical", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "subjectAltName is critical when the subject is empty", Advice: "mark it critical, or name the subject", Scope: Scope{Roles: Leaf},
			Same: []string{"e_ext_san_not_critical_without_subject", "e_subject_empty_without_san", "pkix.san_extension_not_critical"}, when: func(s *subject) bool { return s.Subject.Empty() }, check: mustBeCritical(alg.OIDExtSubjectAltName)},
		{Name: "san.not-critical", Section: "RFC 5280 §4.2.1.6", Severity: Warning, Title: "subjectAltName is not critical when the subject has a name", Advice: "do not mark it critical",
			Same: []string{"w_ext_san_critical_with_subject_dn", "w_san_should_not_be_critical", "pkix.san_extension_is_critical"},
			when: func(s *subject) bool { return s.has(alg.OIDExtSubjectAltName) && !s.Subject.Empty() }, check: notCritical(alg.OIDExtSubjectAltName)},
		{Name: "san.repeated", Section: "RFC 5280 §4.2.1.6", Severity: Warning, Title: "no name stands twice", Advice: "write each name once", Same: []string{"n_san_dns_name_duplicate"},
			when: whenHas(alg.OIDExtSubjectAltName), check: checkRepeatedNames},
		{Name: "san.smtputf8.type", Section: "RFC 9598 §3", Severity: Error, Title: "SmtpUTF8Mailbox is a UTF8String", Advice: "encode it so",
			when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string { return unless(g.Text != "", "it is none, or it is empty") })},
		{Name: "san.smtputf8.needed", Section: "RFC 9598 §3", Severity: Error, Title: "SmtpUTF8Mailbox is for local parts outside ASCII", Advice: "write an rfc822Name when the local part is ASCII",
			Same: []string{"pkix.smtp_utf8_mailbox_is_ascii_only"}, when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				local, _, _ := strings.Cut(g.Text, "@")
				return unless(g.Text == "" || !isASCII(local), fmt.Sprintf("%q", g.Text))
			})},
		{Name: "san.smtputf8.syntax", Section: "RFC 9598 §3", Severity: Error, Title: "SmtpUTF8Mailbox is a mailbox without byte order mark", Advice: "write the bare address",
			Same: []string{"pkix.smtp_utf8_mailbox_has_bom", "pkix.smtp_utf8_mailbox_invalid_syntax"}, when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				return unless(g.Text == "" || isMailbox(g.Text) && !strings.ContainsRune(g.Text, '\ufeff'), fmt.Sprintf("%q", g.Text))
			})},
		{Name: "san.smtputf8.lower-ascii", Section: "RFC 9598 §3", Severity: Error, Title: "the domain of SmtpUTF8Mailbox is in lower case", Advice: "write it in lower case",
			Same: []string{"pkix.smtp_utf8_mailbox_has_uppercase"}, when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				_, domain, _ := strings.Cut(g.Text, "@")
				return unless(domain == strings.ToLower(domain), fmt.Sprintf("%q", domain))
			})},
		{Name: "san.smtputf8.u-labels", Section: "RFC 8398 §3", Severity: Error, Until: alabelMailboxes, Title: "the domain of SmtpUTF8Mailbox is in U-labels", Advice: "write U-labels",
			when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				_, domain, _ := strings.Cut(g.Text, "@")
				return unless(!strings.Contains(domain, "xn--"), fmt.Sprintf("%q", domain))
			})},
		{Name: "san.smtputf8.a-labels", Section: "RFC 9598 §3", Severity: Error, From: alabelMailboxes, Title: "the domain of SmtpUTF8Mailbox is ASCII: other scripts as A-labels", Advice: "write A-labels: RFC 9598 has replaced RFC 8398, which wanted U-labels",
			Same: []string{"pkix.smtp_utf8_mailbox_domain_part_invalid_syntax"}, when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				_, domain, _ := strings.Cut(g.Text, "@")
				return unless(isASCII(domain), fmt.Sprintf("%q", domain))
			})},
		{Name: "san.upn.syntax", Section: "[MS-WCCE] §2.2.2.7.7.4", Severity: Warning, Title: "a user principal name is a UTF8String of the form user@domain", Advice: "write it so, or leave it out",
			Same: []string{"msft.invalid_user_principal_name_syntax"}, when: func(s *subject) bool { return len(s.otherNames(alg.OIDOtherNameUPN)) > 0 },
			check: func(s *subject) string { return firstBad(s.otherNames(alg.OIDOtherNameUPN), checkUPN) }},
		{Name: "ian.not-critical", Section: "RFC 5280 §4.2.1.7", Severity: Warning, Title: "issuerAltName is not critical", Advice: "do not mark it critical",
			Same: []string{"w_ext_ian_critical"}, when: whenHas(alg.OIDExtIssuerAltName), check: notCritical(alg.OIDExtIssuerAltName)},
	}
}

func whenName(k pki.NameKind) func(*subject) bool {
	return func(s *subject) bool { return len(s.SubjectAlt.Of(k)) > 0 }
}

func whenUTF8Mailbox(s *subject) bool { return len(s.otherNames(alg.OIDOtherNameSmtpUTF8Mailbox)) > 0 }

// otherNames returns the otherNames of one type in subjectAltName.
func (s *subject) otherNames(id der.OID) (out pki.GeneralNames) {
	for _, g := range s.SubjectAlt.Of(pki.OtherName) {
		if g.ID == id {
			out = append(out, g)
		}
	}
	return out
}

func eachName(k pki.NameKind, check func(pki.GeneralName) string) func(*subject) string {
	return func(s *subject) string { return firstBad(s.SubjectAlt.Of(k), check) }
}

func eachOther(check func(pki.GeneralName) string) func(*subject) string {
	return func(s *subject) string { return firstBad(s.otherNames(alg.OIDOtherNameSmtpUTF8Mailbox), check) }
}

func firstBad(l pki.GeneralNames, check func(pki.GeneralName) string) string {
	for _, g := range l {
		if bad := check(g); bad != "" {
			return bad
		}
	}
	return ""
}

func checkUPN(g pki.GeneralName) string {
	v, err := der.ParseOne(g.Bytes)
	if err != nil || v.Tag != der.UTF8String {
		return "it is of another type"
	}
	user, domain, found := strings.Cut(string(v.Body), "@")
	return unless(found && user != "" && isHost(domain), fmt.Sprintf("%q", v.Body))
}

func checkRepeatedNames(s *subject) string {
	seen := map[string]bool{}
	for _, g := range s.SubjectAlt {
		if seen[string(g.Raw)] {
			return g.String()
		}
		seen[string(g.Raw)] = true
	}
	return ""
}

// isMailbox reports whether a text is a Mailbox of RFC 5321 §4.1.2 or of RFC 6531 §3.3: dot-atom or quoted string,
// and a domain. Lengths are those of RFC 5321 §4.5.3.1.
func isMailbox(text string) bool {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || at > 64 || len(text) > 254 || !utf8.ValidString(text) {
		return false
	}
	local, domain := text[:at], text[at+1:]
	if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
		return isHost(domain) && !strings.ContainsAny(local[1:len(local)-1], "\"\r\n\x00")
	}
	for _, atom := range strings.Split(local, ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`()<>[]:;@\,"`, r) }) {
			return false
		}
	}
	return isHost(domain)
}

// isHost reports whether a text is a host name; labels outside ASCII count as U-labels.
func isHost(text string) bool {
	if text == "" || len(text) > 253 {
		return false
	}
	for _, l := range strings.Split(text, ".") {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notInLabel) {
			return false
		}
	}
	return true
}

func notInLabel(r rune) bool {
	return r < utf8.RuneSelf && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') || r == '\ufeff'
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func isAbsolute(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "" || u.Path != "")
}
