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
		{Name: "san.nonempty", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "subjectAltName holds at least one name", Advice: "leave the extension out",
			Same: []string{"e_ext_san_no_entries"}, when: whenHas(alg.OIDExtSubjectAltName), check: faultAt("subjectAltName", "empty list")},
		{Name: "san.critical", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "subjectAltName is critical when the subject is empty", Advice: "mark it critical, or name the subject", Scope: Scope{Roles: Leaf},
			Same: []string{"e_ext_san_not_critical_without_subject"}, when: func(s *subject) bool { return s.Subject.Empty() }, check: mustBeCritical(alg.OIDExtSubjectAltName)},
		{Name: "san.not-critical", Section: "RFC 5280 §4.2.1.6", Severity: Warning, Title: "subjectAltName is not critical when the subject has a name", Advice: "do not mark it critical",
			Same: []string{"w_ext_san_critical_with_subject_dn", "w_san_should_not_be_critical"},
			when: func(s *subject) bool { return s.has(alg.OIDExtSubjectAltName) && !s.Subject.Empty() }, check: notCritical(alg.OIDExtSubjectAltName)},
		{Name: "san.no-empty-name", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "no name in subjectAltName is empty", Advice: "leave empty names out",
			Same: []string{"e_ext_san_empty_name"}, when: whenHas(alg.OIDExtSubjectAltName), check: faultAt("subjectAltName", "empty rfc822Name", "empty dNSName", "empty URI")},
		{Name: "san.email.syntax", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "rfc822Name is a mailbox: local-part@domain, without display name and brackets", Advice: "write the bare address",
			Same: []string{"e_rfc822name_syntax", "e_single_email_if_present", "pkix.invalid_email_address_syntax"},
			when: whenName(pki.RFC822Name), check: eachName(pki.RFC822Name, func(g pki.GeneralName) string { return unless(isMailbox(g.Text), fmt.Sprintf("%q", g.Text)) })},
		{Name: "san.email.ascii", Section: "RFC 5280 §4.2.1.6, RFC 9598 §3", Severity: Error, Title: "rfc822Name is ASCII: domains as A-labels", Advice: "write the domain in A-labels, and SmtpUTF8Mailbox where the local part is not ASCII",
			when: whenName(pki.RFC822Name), check: eachName(pki.RFC822Name, func(g pki.GeneralName) string { return unless(isASCII(g.Text), fmt.Sprintf("%q", g.Text)) })},
		{Name: "san.dns.syntax", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "dNSName is a host name in preferred syntax", Advice: "write a host name, in A-labels",
			Same: []string{"e_rfc_dnsname_label_too_long", "e_ext_san_dns_name_too_long"},
			when: whenName(pki.DNSName), check: eachName(pki.DNSName, func(g pki.GeneralName) string {
				return unless(isHost(strings.TrimPrefix(g.Text, "*.")), fmt.Sprintf("%q", g.Text))
			})},
		{Name: "san.uri.absolute", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "URIs are absolute", Advice: "write a scheme and what it names",
			Same: []string{"e_ext_san_uri_relative", "e_ext_san_uri_format_invalid"},
			when: whenName(pki.URIName), check: eachName(pki.URIName, func(g pki.GeneralName) string { return unless(isAbsolute(g.Text), fmt.Sprintf("%q", g.Text)) })},
		{Name: "san.ip.length", Section: "RFC 5280 §4.2.1.6", Severity: Error, Title: "iPAddress has four or sixteen octets", Advice: "write the address without a mask",
			when: whenName(pki.IPAddress), check: eachName(pki.IPAddress, func(g pki.GeneralName) string {
				return unless(len(g.Bytes) == 4 || len(g.Bytes) == 16, fmt.Sprintf("%d octets", len(g.Bytes)))
			})},
		{Name: "san.repeated", Section: "RFC 5280 §4.2.1.6", Severity: Warning, Title: "no name stands twice", Advice: "write each name once",
			when: whenHas(alg.OIDExtSubjectAltName), check: checkRepeatedNames},
		{Name: "san.smtputf8.type", Section: "RFC 9598 §3", Severity: Error, Title: "SmtpUTF8Mailbox is a UTF8String", Advice: "encode it so",
			when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string { return unless(g.Text != "", "it is none, or it is empty") })},
		{Name: "san.smtputf8.needed", Section: "RFC 9598 §3", Severity: Error, Title: "SmtpUTF8Mailbox is for local parts outside ASCII", Advice: "write an rfc822Name when the local part is ASCII",
			when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				local, _, _ := strings.Cut(g.Text, "@")
				return unless(g.Text == "" || !isASCII(local), fmt.Sprintf("%q", g.Text))
			})},
		{Name: "san.smtputf8.syntax", Section: "RFC 9598 §3", Severity: Error, Title: "SmtpUTF8Mailbox is a mailbox without byte order mark", Advice: "write the bare address",
			when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				return unless(g.Text == "" || isMailbox(g.Text) && !strings.ContainsRune(g.Text, '\ufeff'), fmt.Sprintf("%q", g.Text))
			})},
		{Name: "san.smtputf8.lower-ascii", Section: "RFC 9598 §5", Severity: Warning, Title: "the domain of SmtpUTF8Mailbox is in lower case and without A-labels", Advice: "write lower-case U-labels",
			when: whenUTF8Mailbox, check: eachOther(func(g pki.GeneralName) string {
				_, domain, _ := strings.Cut(g.Text, "@")
				return unless(domain == strings.ToLower(domain) && !strings.Contains(domain, "xn--"), fmt.Sprintf("%q", domain))
			})},
		{Name: "ian.not-critical", Section: "RFC 5280 §4.2.1.7", Severity: Warning, Title: "issuerAltName is not critical", Advice: "do not mark it critical",
			Same: []string{"w_ext_ian_critical"}, when: whenHas(alg.OIDExtIssuerAltName), check: notCritical(alg.OIDExtIssuerAltName)},
		{Name: "ian.nonempty", Section: "RFC 5280 §4.2.1.7", Severity: Error, Title: "issuerAltName holds at least one name", Advice: "leave the extension out",
			Same: []string{"e_ext_ian_no_entries"}, when: whenHas(alg.OIDExtIssuerAltName), check: faultAt("issuerAltName", "empty list")},
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
