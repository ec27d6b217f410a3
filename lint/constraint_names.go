package lint

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// constraintNameRules are about the names in nameConstraints (RFC 5280 §4.2.1.10).
func constraintNameRules() []Rule {
	const section = "RFC 5280 §4.2.1.10"
	when := whenHas(alg.OIDExtNameConstraints)
	of := func(k pki.NameKind, well func(string) bool) func(*subject) string {
		return eachSubtree(func(t pki.GeneralSubtree) string {
			return unless(t.Base.Kind != k || well(t.Base.Text), fmt.Sprintf("%q", t.Base.Text))
		})
	}
	return []Rule{
		{Name: "nameconstraints.ip", Section: section, Severity: Error, Title: "an address range has 8 or 32 octets", Advice: "write address and mask", when: when,
			Same: []string{"pkix.ip_address_name_constraint_wrong_length"}, check: eachSubtree(func(t pki.GeneralSubtree) string {
				n := len(t.Base.Bytes)
				return unless(t.Base.Kind != pki.IPAddress || n == 8 || n == 32, fmt.Sprintf("%d octets", n))
			})},
		{Name: "nameconstraints.mask", Section: section + ", RFC 4632 §3.1", Severity: Error, Title: "the mask of an address range is ones and then zeros", Advice: "write one range for each prefix", when: when,
			Same: []string{"pkix.ip_address_name_constraint_invalid_cidr"}, check: eachSubtree(func(t pki.GeneralSubtree) string {
				return unless(t.Base.Kind != pki.IPAddress || isMask(t.Base.Bytes[len(t.Base.Bytes)/2:]), fmt.Sprintf("%x", t.Base.Bytes))
			})},
		{Name: "nameconstraints.dns", Section: section, Severity: Error, Title: "a constraint on hosts is a domain name", Advice: "write the domain, without a wildcard", when: when,
			check: of(pki.DNSName, func(n string) bool { return n == "" || isASCII(n) && isHost(strings.TrimPrefix(n, ".")) })},
		{Name: "nameconstraints.dns-dot", Section: section, Severity: Warning, Title: "a constraint on hosts does not begin with a dot", Advice: "leave the dot out: the domain covers what is under it", when: when,
			check: of(pki.DNSName, func(n string) bool { return !strings.HasPrefix(n, ".") })},
		{Name: "nameconstraints.email", Section: section, Severity: Error, Title: "a constraint on addresses is a mailbox, a host, or a domain with a dot before it", Advice: "write example.org or .example.org", when: when,
			check: of(pki.RFC822Name, func(n string) bool {
				return n == "" || isASCII(n) && (isMailbox(n) || isHost(strings.TrimPrefix(n, ".")))
			})},
		{Name: "nameconstraints.uri", Section: section, Severity: Error, Title: "a constraint on URIs is a host, or a domain with a dot before it", Advice: "write the name alone, without scheme and path", when: when,
			Same: []string{"e_name_constraint_not_fqdn"}, check: of(pki.URIName, func(n string) bool {
				name := strings.TrimPrefix(n, ".")
				return isASCII(n) && isHost(name) && (n != name || strings.Contains(name, "."))
			})},
		{Name: "nameconstraints.forms", Section: section, Severity: Warning, Title: "nothing is said of x400Address, ediPartyName and registeredID", Advice: "leave the constraint out: few programs know it, and must refuse what they do not know", when: when,
			Same: []string{"w_name_constraint_on_x400", "w_name_constraint_on_edi_party_name", "w_name_constraint_on_registered_id"}, check: eachSubtree(func(t pki.GeneralSubtree) string {
				k := t.Base.Kind
				return unless(k != pki.X400Address && k != pki.EDIPartyName && k != pki.RegisteredID, k.String())
			})},
	}
}

// isMask reports whether ones come before zeros.
func isMask(mask []byte) bool {
	ended := false
	for _, b := range mask {
		if ended && b != 0 || bits.OnesCount8(b) != bits.LeadingZeros8(^b) {
			return false
		}
		ended = b != 0xff
	}
	return true
}
