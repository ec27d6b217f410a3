package chain

import (
	"bytes"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// checkNames applies the name constraints of every authority on the path, the anchor's too, to every name of the certificates below it
// (RFC 5280 §6.1.3 (b), (c)). The work is taken from the budget: names times constraints.
func (j *judging) checkNames() {
	for above := len(j.path); above > 0; above-- {
		nc := j.r.Path[above].Constraints
		if nc == nil {
			continue
		}
		for i := above - 1; i >= 0; i-- {
			c := j.path[i]
			if i > 0 && c.SelfIssued() {
				continue // RFC 5280 §6.1.3 (b): unless it is the last one
			}
			names := namesOf(c)
			if err := j.Budget.Take(limit.Elements, int64(len(names))*int64(len(nc.Permitted)+len(nc.Excluded))); err != nil {
				j.stop = err
				return
			}
			for _, n := range names {
				if why := violates(n, nc); why != "" {
					j.fail(i, finding.New(finding.PathNames).Because("%s: %s", n.name, why), "RFC 5280 §6.1.3 (b), (c)")
					break
				}
			}
		}
	}
}

// subject is a name that constraints apply to: a general name, and for mail addresses where it stands.
type subject struct {
	name pki.GeneralName
	kind pki.NameKind // whose constraints apply
}

// namesOf lists the names of a certificate: its subject, the addresses in it, and the alternative names. RFC 5280 §4.2.1.10 asks to
// constrain addresses in the subject where no alternative name holds one; here they always are (STANDARDS item 18).
func namesOf(c *pki.Certificate) []subject {
	var list []subject
	if !c.Subject.Empty() {
		list = append(list, subject{pki.Directory(c.Subject), pki.DirectoryName})
	}
	for _, a := range c.Subject.All(alg.OIDAttrEmailAddress) {
		list = append(list, subject{pki.GeneralName{Kind: pki.RFC822Name, Text: a}, pki.RFC822Name})
	}
	for _, n := range c.SubjectAlt {
		kind := n.Kind
		if _, is := n.SmtpUTF8Mailbox(); is {
			kind = pki.RFC822Name // RFC 9598 §6: constraints for rfc822Name apply
		}
		list = append(list, subject{n, kind})
	}
	return list
}

// violates returns why a name is not allowed; empty when it is.
func violates(n subject, nc *pki.NameConstraints) string {
	for _, e := range nc.Excluded {
		if e.Base.Kind != n.kind {
			continue
		}
		if in, readable := within(n, e); in || !readable {
			return "excluded by " + e.Base.String()
		}
	}
	restricted := false
	for _, p := range nc.Permitted {
		if p.Base.Kind != n.kind {
			continue
		}
		restricted = true
		if in, readable := within(n, p); in && readable {
			return ""
		}
	}
	if restricted {
		return "not among the names that are permitted"
	}
	return ""
}

// within tells whether a name lies in a subtree. readable is false when that cannot be told: a name or a constraint
// that is malformed, or of a kind or with bounds that are not understood (RFC 5280 §4.2.1.10: then the certificate is refused).
func within(n subject, t pki.GeneralSubtree) (in, readable bool) {
	if t.Minimum != 0 || t.Maximum >= 0 {
		return false, false
	}
	switch n.kind {
	case pki.RFC822Name:
		return mailboxWithin(n.name.Text, t.Base.Text)
	case pki.DNSName:
		return hostWithin(n.name.Text, t.Base.Text)
	case pki.URIName:
		return uriWithin(n.name.Text, t.Base.Text)
	case pki.DirectoryName:
		return n.name.Directory.Within(t.Base.Directory), true
	case pki.IPAddress:
		return addressWithin(n.name.Bytes, t.Base.Bytes)
	case pki.RegisteredID:
		return n.name.ID == t.Base.ID, true
	case pki.OtherName:
		// Constraints on other names are not defined; one of another type says nothing.
		return false, n.name.ID != t.Base.ID
	}
	return false, false
}

// mailboxWithin applies RFC 5280 §4.2.1.10: "a@host" is one mailbox, "host" all mailboxes on that host and on no other, ".domain" those on
// every host below it.
func mailboxWithin(address, base string) (in, readable bool) {
	local, host, ok := cutAddress(address)
	if !ok || !goodHost(host) {
		return false, false
	}
	if l, h, isMailbox := cutAddress(base); isMailbox {
		return l == local && asciiHost(h) == asciiHost(host), goodHost(h)
	}
	if base == "" {
		return true, true
	}
	return inDomain(asciiHost(host), asciiHost(base)), goodHost(strings.TrimPrefix(base, "."))
}

// inDomain tells whether a host is base, or below it where base begins with a dot. Both are in lower case.
func inDomain(host, base string) bool {
	if strings.HasPrefix(base, ".") {
		return len(host) > len(base) && strings.HasSuffix(host, base)
	}
	return host == base
}

// hostWithin applies the rule for dNSName: the base itself and everything with labels added to its left.
func hostWithin(host, base string) (in, readable bool) {
	host, base = asciiHost(host), asciiHost(base)
	if !goodHost(strings.TrimPrefix(host, "*.")) || base != "" && !goodHost(strings.TrimPrefix(base, ".")) {
		return false, false
	}
	if base == "" {
		return true, true
	}
	if strings.HasPrefix(base, ".") {
		return len(host) > len(base) && strings.HasSuffix(host, base), true
	}
	return host == base || strings.HasSuffix(host, "."+base), true
}

// uriWithin applies the rule for URI to its host, which must be a name (RFC 5280 §4.2.1.10).
func uriWithin(uri, base string) (in, readable bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() == "" {
		return false, false
	}
	host := asciiHost(u.Hostname())
	if _, err := netip.ParseAddr(host); err == nil || !goodHost(host) || base != "" && !goodHost(strings.TrimPrefix(base, ".")) {
		return false, false
	}
	return base == "" || inDomain(host, asciiHost(base)), true
}

// addressWithin compares an address with a network: an address and a mask of the same length.
func addressWithin(address, network []byte) (in, readable bool) {
	if len(address) != 4 && len(address) != 16 || len(network) != 8 && len(network) != 32 {
		return false, false
	}
	if len(network) != 2*len(address) {
		return false, true // of the other family
	}
	base, mask := network[:len(address)], network[len(address):]
	masked := func(b []byte) []byte {
		out := make([]byte, len(b))
		for i := range b {
			out[i] = b[i] & mask[i]
		}
		return out
	}
	return bytes.Equal(masked(address), masked(base)), true
}

// cutAddress cuts a mailbox at its last @, outside of a quoted local part.
func cutAddress(s string) (local, host string, ok bool) {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return "", "", false
	}
	return s[:at], s[at+1:], true
}

var hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// asciiHost returns a host in A-labels and lower case; what IDNA refuses is only lowered.
func asciiHost(h string) string {
	for i := range len(h) {
		if h[i] >= 0x80 {
			if a, err := hosts.ToASCII(h); err == nil {
				return strings.ToLower(a)
			}
			break
		}
	}
	return strings.ToLower(h)
}

// goodHost tells a name that compares safely: no empty label, no dot at its end (CVE-2026-8763), nothing but letters, digits, hyphens and
// underscores.
func goodHost(h string) bool {
	h = asciiHost(h)
	if h == "" || len(h) > 253 {
		return false
	}
	for _, label := range strings.Split(h, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
				return false
			}
		}
	}
	return true
}
