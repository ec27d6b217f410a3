package lint

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// altNames is one of the two extensions of alternative names, which have the same syntax (RFC 5280 §4.2.1.6 and §4.2.1.7).
type altNames struct {
	prefix, field, section string
	id                     der.OID
	of                     func(*subject) pki.GeneralNames
}

func (a altNames) when(k pki.NameKind) func(*subject) bool {
	return func(s *subject) bool { return len(a.of(s).Of(k)) > 0 }
}

func (a altNames) each(k pki.NameKind, well func(pki.GeneralName) bool) func(*subject) string {
	return func(s *subject) string {
		return firstBad(a.of(s).Of(k), func(g pki.GeneralName) string { return unless(well(g), fmt.Sprintf("%q", g.Text)) })
	}
}

// altNameSyntaxRules are about the syntax of the names in both extensions.
func altNameSyntaxRules() []Rule {
	san := altNames{"san", "subjectAltName", "RFC 5280 §4.2.1.6", alg.OIDExtSubjectAltName, func(s *subject) pki.GeneralNames { return s.SubjectAlt }}
	ian := altNames{"ian", "issuerAltName", "RFC 5280 §4.2.1.7", alg.OIDExtIssuerAltName, func(s *subject) pki.GeneralNames { return s.IssuerAlt }}
	return append(san.syntax(), ian.syntax()...)
}

func (a altNames) syntax() []Rule {
	text := func(g pki.GeneralName) bool { return isASCII(g.Text) }
	same := func(names ...string) (out []string) {
		for _, n := range names {
			out = append(out, strings.ReplaceAll(n, "*", a.prefix))
		}
		return out
	}
	mail := same("e_ext_*_rfc822_format_invalid", "pkix.invalid_email_address_syntax")
	host := same("e_ext_*_space_dns_name", "e_*_bare_wildcard", "e_*_wildcard_not_first", "e_*_dns_name_includes_null_char", "e_*_dns_name_starts_with_period", "pkix.invalid_domain_name_syntax")
	if a.prefix == "san" {
		mail = append(mail, "e_single_email_if_present")
		host = append(host, "e_ext_san_dns_name_too_long", "e_rfc_dnsname_label_too_long", "e_rfc_dnsname_empty_label", "e_rfc_dnsname_hyphen_in_sld", "e_rfc_dnsname_underscore_in_sld", "w_rfc_dnsname_underscore_in_trd")
	}
	return []Rule{
		{Name: a.prefix + ".nonempty", Section: a.section, Severity: Error, Title: a.field + " holds at least one name", Advice: "leave the extension out",
			Same: same("e_ext_*_no_entries", "e_ext_cannot_be_empty_sequence"), when: whenHas(a.id), check: faultAt(a.field, "empty list")},
		{Name: a.prefix + ".no-empty-name", Section: a.section, Severity: Error, Title: "no name in " + a.field + " is empty", Advice: "leave empty names out",
			Same: same("e_ext_*_empty_name"), when: whenHas(a.id), check: faultAt(a.field, "empty rfc822Name", "empty dNSName", "empty URI")},
		{Name: a.prefix + ".email.syntax", Section: a.section, Severity: Error, Title: "rfc822Name in " + a.field + " is a mailbox: local-part@domain, without display name and brackets", Advice: "write the bare address",
			Same: mail, when: a.when(pki.RFC822Name), check: a.each(pki.RFC822Name, func(g pki.GeneralName) bool { return isMailbox(g.Text) })},
		{Name: a.prefix + ".email.ascii", Section: a.section + ", RFC 9598 §3", Severity: Error, Title: "rfc822Name in " + a.field + " is ASCII: domains as A-labels", Advice: "write the domain in A-labels, and SmtpUTF8Mailbox where the local part is not ASCII",
			when: a.when(pki.RFC822Name), check: a.each(pki.RFC822Name, text)},
		{Name: a.prefix + ".dns.syntax", Section: a.section, Severity: Error, Title: "dNSName in " + a.field + " is a host name in preferred syntax", Advice: "write a host name, in A-labels",
			Same: host, when: a.when(pki.DNSName), check: a.each(pki.DNSName, func(g pki.GeneralName) bool { return isHost(strings.TrimPrefix(g.Text, "*.")) })},
		{Name: a.prefix + ".dns.ascii", Section: a.section + ", §7.2", Severity: Error, Title: "dNSName in " + a.field + " is ASCII: other scripts as A-labels", Advice: "write the name in A-labels",
			Same: same("e_ext_*_dns_not_ia5_string"), when: a.when(pki.DNSName), check: a.each(pki.DNSName, text)},
		{Name: a.prefix + ".dns.alabel", Section: "RFC 5890 §2.3.2.1, RFC 5280 §7.2", Severity: Error, Title: "labels with xn-- in dNSName of " + a.field + " are A-labels", Advice: "correct the label",
			Same: same("e_international_dns_name_not_unicode", "e_international_dns_name_not_nfc"), when: a.when(pki.DNSName), check: a.each(pki.DNSName, func(g pki.GeneralName) bool { return readableLabels(g.Text) })},
		{Name: a.prefix + ".uri.absolute", Section: a.section, Severity: Error, Title: "URIs in " + a.field + " are absolute", Advice: "write a scheme and what it names",
			Same: same("e_ext_*_uri_relative", "e_ext_*_uri_format_invalid", "pkix.invalid_uri_syntax"), when: a.when(pki.URIName), check: a.each(pki.URIName, func(g pki.GeneralName) bool { return isAbsolute(g.Text) })},
		{Name: a.prefix + ".uri.ascii", Section: a.section, Severity: Error, Title: "URIs in " + a.field + " are ASCII", Advice: "write other characters as RFC 3987 §3.1 maps them",
			Same: same("e_ext_*_uri_not_ia5"), when: a.when(pki.URIName), check: a.each(pki.URIName, text)},
		{Name: a.prefix + ".uri.host", Section: a.section, Severity: Error, Title: "the host of a URI in " + a.field + " is a fully qualified name or an address", Advice: "write the whole name of the host",
			Same: same("e_ext_*_uri_host_not_fqdn_or_ip"), when: a.when(pki.URIName), check: a.each(pki.URIName, func(g pki.GeneralName) bool { return isQualified(g.Text) })},
		{Name: a.prefix + ".ip.length", Section: a.section, Severity: Error, Title: "iPAddress in " + a.field + " has four or sixteen octets", Advice: "write the address without a mask",
			Same: []string{"pkix.ip_address_wrong_length"}, when: a.when(pki.IPAddress), check: func(s *subject) string {
				return firstBad(a.of(s).Of(pki.IPAddress), func(g pki.GeneralName) string {
					return unless(len(g.Bytes) == 4 || len(g.Bytes) == 16, fmt.Sprintf("%d octets", len(g.Bytes)))
				})
			}},
	}
}

// readableLabels reports whether every label that begins with xn-- is an A-label: Punycode of a normalised U-label.
func readableLabels(host string) bool {
	for _, l := range strings.Split(host, ".") {
		if len(l) < 4 || !strings.EqualFold(l[:4], "xn--") {
			continue
		}
		u, err := idna.Punycode.ToUnicode(strings.ToLower(l))
		if err != nil {
			return false
		}
		if again, err := idna.Lookup.ToASCII(u); err != nil || !strings.EqualFold(again, l) {
			return false
		}
	}
	return true
}

// isQualified reports whether the authority of a URI, if it has one, names a host in full or an address.
func isQualified(text string) bool {
	u, err := url.Parse(text)
	if _, rest, _ := strings.Cut(text, ":"); err != nil || !strings.HasPrefix(rest, "//") {
		return true // without an authority, or for the rule of absolute URIs
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return true
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	return isHost(host) && strings.Contains(host, ".")
}
