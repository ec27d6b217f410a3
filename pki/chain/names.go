package chain

import (
	"bytes"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// name is one name of a certificate, ready to be compared with constraints.
type name struct {
	kind      pki.NameKind // whose constraints apply
	text      string       // for people
	ok        bool         // it can be compared
	general   pki.GeneralName
	mailbox   mailbox
	host      host
	wild      bool // a dNSName *.host
	directory pki.Name
}

// readNames lists the names of a certificate that constraints apply to: its subject, the addresses in it, and the alternative names.
//
// RFC 5280 §4.2.1.10 wants addresses in the subject to be constrained where there is no alternative name. Here they always are: who
// compares them with a From field does so in either case (STANDARDS items 18 and 22).
func readNames(c *pki.Certificate) []name {
	list := make([]name, 0, len(c.SubjectAlt)+1)
	if !c.Subject.Empty() {
		list = append(list, name{kind: pki.DirectoryName, text: c.Subject.String(), directory: c.Subject, ok: true})
	}
	for _, a := range c.Subject.All(alg.OIDAttrEmailAddress) {
		n := name{kind: pki.RFC822Name, text: "emailAddress " + a}
		n.mailbox, n.ok = readMailbox(a)
		list = append(list, n)
	}
	for _, g := range c.SubjectAlt {
		n := name{kind: g.Kind, text: g.String(), general: g}
		switch g.Kind {
		case pki.RFC822Name:
			n.mailbox, n.ok = readMailbox(g.Text)
		case pki.OtherName:
			if address, is := g.SmtpUTF8Mailbox(); is || g.ID == alg.OIDOtherNameSmtpUTF8Mailbox {
				list = append(list, n)  // for constraints on that other name, which have no meaning
				n.kind = pki.RFC822Name // RFC 9598 §6: those on rfc822Name hold for it too
				n.mailbox, n.ok = readMailbox(address)
			}
		case pki.DNSName:
			rest, wild := strings.CutPrefix(g.Text, "*.")
			n.wild = wild
			n.host, n.ok = readHost(rest)
		case pki.URIName:
			n.host, n.ok = hostOf(g.Text)
		case pki.DirectoryName:
			n.directory, n.ok = g.Directory, true
		case pki.IPAddress:
			n.ok = len(g.Bytes) == 4 || len(g.Bytes) == 16
		}
		list = append(list, n)
	}
	return list
}

// concerns tells whether a constraint on names of this kind is about this name. Other names are constrained by their type.
func (n *name) concerns(c *constraint) bool {
	return n.kind != pki.OtherName || n.general.ID == c.Base.ID
}

// in tells whether a name lies in a subtree; both can be compared. When the subtree is excluded the name lies in it in case of doubt.
func (n *name) in(c *constraint, excluded bool) bool {
	switch n.kind {
	case pki.RFC822Name:
		return n.mailbox.in(c.host, excluded)
	case pki.DNSName:
		if !n.wild {
			return n.host.in(c.host, hostAndBelow)
		}
		base := c.host
		base.below = false // whatever *.example.org stands for is below example.org
		// *.example.org stands for bad.example.org too, and is permitted only where all it stands for is.
		return n.host.in(base, hostAndBelow) || excluded && !c.host.below && c.host.host.parent() == n.host
	case pki.URIName:
		return n.host.in(c.host, exactHost)
	case pki.DirectoryName:
		return n.directory.Within(c.Base.Directory)
	case pki.IPAddress:
		return inNetwork(n.general.Bytes, c.Base.Bytes, excluded)
	}
	return false
}

// hostOf returns the host of a URI. RFC 5280 §4.2.1.10: it must be a name; an address in numbers cannot be compared.
func hostOf(uri string) (host, bool) {
	u, err := url.Parse(uri)
	if err != nil || u.Opaque != "" || u.Hostname() == "" {
		return "", false
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return "", false
	}
	return readHost(u.Hostname())
}

// goodNetwork tells an address with a mask of ones followed by zeros (RFC 5280 §4.2.1.10, RFC 4632).
func goodNetwork(b []byte) bool {
	if len(b) != 8 && len(b) != 32 {
		return false
	}
	ended := false
	for _, m := range b[len(b)/2:] {
		for bit := 7; bit >= 0; bit-- {
			one := m>>bit&1 == 1
			if one && ended {
				return false
			}
			ended = !one
		}
	}
	return true
}

// inNetwork tells whether an address lies in a network. An IPv4 address that is written as one of IPv6 is excluded with the IPv4 network.
func inNetwork(address, network []byte, excluded bool) bool {
	mapped := append(slices.Repeat([]byte{0}, 10), 0xff, 0xff)
	if excluded && len(address) == 16 && len(network) == 8 && bytes.HasPrefix(address, mapped) {
		address = address[12:]
	}
	if len(network) != 2*len(address) {
		return false // of the other family
	}
	for i, m := range network[len(address):] {
		if address[i]&m != network[i]&m {
			return false
		}
	}
	return true
}
