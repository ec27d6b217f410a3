package chain_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// trees makes subtrees of names.
func trees(names ...pki.GeneralName) (list []pki.GeneralSubtree) {
	for _, n := range names {
		list = append(list, pki.GeneralSubtree{Base: n, Maximum: -1})
	}
	return list
}

func constrained(t testing.TB, permitted, excluded []pki.GeneralSubtree) testca.Change {
	t.Helper()
	return extend(must[pki.Extension](t)(pki.NameConstraintsExtension(pki.NameConstraints{Permitted: permitted, Excluded: excluded})))
}

// named is somebody with exactly the names given.
func named(names ...pki.GeneralName) testca.Spec {
	s := testca.Person("")
	s.Emails, s.AltNames = nil, names
	return s
}

// inSubject puts an address into the subject (RFC 8550 §3), and no alternative name.
func inSubject(t testing.TB, address string) testca.Spec {
	n := must[pki.Name](t)(pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "Alice"), pki.TextAttribute(alg.OIDAttrEmailAddress, address)))
	s := named()
	s.Subject = &n
	return s
}

// raw8 is a text name with any octets.
func raw8(k pki.NameKind, text string) pki.GeneralName {
	return pki.GeneralName{Kind: k, Text: text, Raw: append([]byte{0x80 | byte(k), byte(len(text))}, text...)}
}

func network(t testing.TB, address, mask string) pki.GeneralName {
	a, m := netip.MustParseAddr(address).AsSlice(), netip.MustParseAddr(mask).AsSlice()
	b := append(a, m...)
	return pki.GeneralName{Kind: pki.IPAddress, Bytes: b, Raw: append([]byte{0x87, byte(len(b))}, b...)}
}

// STANDARDS 22: host, domain and mailbox forms of rfc822Name, and every way around them that is known.
func TestMailboxesAreConstrained(t *testing.T) {
	const no = "path.name-constraint"
	for _, c := range []struct {
		why                 string
		permitted, excluded string // empty: none
		address             string
		want                string
	}{
		{"a host", "example.org", "", "alice@example.org", ""},
		{"a host, in capitals", "EXAMPLE.org", "", "alice@Example.ORG", ""},
		{"a host is not what is below it", "example.org", "", "alice@mail.example.org", no},
		{"a host is not what ends like it", "example.org", "", "alice@notexample.org", no},
		{"a domain", ".example.org", "", "alice@mail.example.org", ""},
		{"a domain, deeper", ".example.org", "", "alice@a.b.example.org", ""},
		{"a domain is not its host", ".example.org", "", "alice@example.org", no},
		{"a domain is not what ends like it", ".example.org", "", "alice@notexample.org", no},
		{"a mailbox", "alice@example.org", "", "alice@example.org", ""},
		{"a mailbox is not another", "alice@example.org", "", "bob@example.org", no},
		{"a mailbox in another host's capitals", "alice@example.org", "", "alice@EXAMPLE.org", ""},
		{"a mailbox in capitals is another", "alice@example.org", "", "Alice@example.org", no},
		{"a quoted mailbox is the same", "alice@example.org", "", `"alice"@example.org`, ""},
		{"a dot at the end of the constraint", "example.org.", "", "alice@example.org", ""},
		{"another host", "example.org", "", "alice@evil.example", no},

		{"excluded", "", "example.org", "alice@example.org", no},
		{"excluded, in capitals", "", "example.org", "alice@EXAMPLE.ORG", no},
		{"excluded, with a dot at the end", "", "example.org", "alice@example.org.", no},
		{"excluded, with two", "", "example.org", "alice@example.org..", no},
		{"excluded host, below it", "", "example.org", "alice@mail.example.org", ""},
		{"excluded domain", "", ".example.org", "alice@mail.example.org", no},
		{"excluded domain, its host", "", ".example.org", "alice@example.org", ""},
		{"excluded mailbox", "", "alice@example.org", "alice@example.org", no},
		{"excluded mailbox, in capitals", "", "alice@example.org", "ALICE@example.org", no},
		{"excluded mailbox, in quotes", "", "alice@example.org", `"alice"@example.org`, no},
		{"excluded mailbox, with escapes", "", "alice@example.org", `"al\ice"@example.org`, no},
		{"excluded mailbox, another", "", "alice@example.org", "bob@example.org", ""},
		{"excluded wins", "example.org", "alice@example.org", "alice@example.org", no},
		{"excluded all", "", "", "alice@example.org", ""},

		{"an @ in quotes", "example.org", "", `"x@evil.example"@example.org`, ""},
		{"the other way round", "example.org", "", `"x@example.org"@evil.example`, no},
		{"two @ without quotes", "example.org", "", "x@evil.example@example.org", no},
		{"no @", "example.org", "", "example.org", no},
		{"no local part", "example.org", "", "@example.org", no},
		{"no host", "example.org", "", "alice@", no},
		{"an empty label", "", "example.org", "alice@evil..example", no},
		{"a dot at the end, permitted", "example.org", "", "alice@example.org.", no},
		{"a space at the end", "", "example.org", "alice@example.org ", no},
		{"a NUL", "example.org", "", "alice@evil.example\x00.example.org", no},
		{"a host in numbers", "", "example.org", "alice@[192.0.2.1]", no},
		{"angle brackets", "example.org", "", "<alice@example.org>", no},
		{"a list", "example.org", "", "x@evil.example,alice@example.org", no},
		{"a quote that does not end", "example.org", "", `"alice@example.org`, no},
		{"a percent hack stays on its host", "example.org", "", "x%evil.example@example.org", ""},
		{"a constraint that is no host", "exam ple.org", "", "alice@example.org", no},
		{"an exclusion that is no host", "", "exam ple.org", "alice@example.org", no},
		{"an IDN as A-label", "xn--bcher-kva.example", "", "alice@xn--bcher-kva.example", ""},
		{"an IDN in capitals", "", "xn--bcher-kva.example", "alice@XN--BCHER-KVA.example", no},
		{"a label of 64", "", "example.org", "a@" + fmt.Sprintf("%064d", 1) + ".org", no},
	} {
		var permitted, excluded []pki.GeneralSubtree
		if c.permitted != "" {
			permitted = trees(pki.RFC822(c.permitted))
		}
		if c.excluded != "" {
			excluded = trees(pki.RFC822(c.excluded))
		}
		if c.why == "excluded all" {
			excluded = trees(pki.RFC822("nobody.invalid"))
		}
		root := testca.Root(t, "Root", constrained(t, permitted, excluded))
		expect(t, "rfc822Name: "+c.why, chain.Verify(t.Context(), ask(root.Issue(named(raw8(pki.RFC822Name, c.address))))), c.want)
		if plain := c.why != "a NUL" && c.address != ""; plain {
			// STANDARDS 18: the address in the subject is recognised by some, so it is constrained too.
			expect(t, "emailAddress: "+c.why, chain.Verify(t.Context(), ask(root.Issue(inSubject(t, c.address)))), c.want)
		}
		// RFC 9598 §6: and so is an SmtpUTF8Mailbox.
		expect(t, "SmtpUTF8Mailbox: "+c.why, chain.Verify(t.Context(), ask(root.Issue(named(pki.SmtpUTF8(c.address))))), c.want)
	}
}

func TestAddressesInOtherScriptsAreConstrained(t *testing.T) {
	const no = "path.name-constraint"
	for why, c := range map[string]struct {
		permitted, excluded, address, want string
	}{
		"a local part in another script": {"example.org", "", "用户@example.org", ""},
		"excluded all the same":          {"", "example.org", "用户@example.org", no},
		"a host as U-label":              {"xn--bcher-kva.example", "", "用户@bücher.example", ""},
		"excluded as U-label":            {"", "xn--bcher-kva.example", "用户@bücher.example", no},
		"excluded in capitals":           {"", "xn--bcher-kva.example", "用户@BÜCHER.example", no},
		"wide full stop":                 {"", "example.org", "用户@example。org", no},
		"wide letters":                   {"", "example.org", "用户@ｅｘａｍｐｌｅ.org", no},
		"what IDNA refuses":              {"example.org", "", "用户@exa\u200bmple\u2028.org", no},
	} {
		var permitted, excluded []pki.GeneralSubtree
		if c.permitted != "" {
			permitted = trees(pki.RFC822(c.permitted))
		} else {
			excluded = trees(pki.RFC822(c.excluded))
		}
		root := testca.Root(t, "Root", constrained(t, permitted, excluded))
		expect(t, why, chain.Verify(t.Context(), ask(root.Issue(named(pki.SmtpUTF8(c.address))))), c.want)
	}
	// A constraint on the other name itself has no meaning (RFC 9598 §6) and cannot be processed.
	root := testca.Root(t, "Root", constrained(t, trees(pki.SmtpUTF8("example.org")), nil))
	expect(t, "a constraint of that type", chain.Verify(t.Context(), ask(root.Issue(named(pki.SmtpUTF8("用户@example.org"))))), no)
	expect(t, "it is not about others", chain.Verify(t.Context(), ask(root.Issue(testca.Person("alice@example.org")))), "")
}

func TestHostsAndAddressesAreConstrained(t *testing.T) {
	const no = "path.name-constraint"
	dns, uri := pki.DNS, pki.URI
	mapped := pki.IP(netip.MustParseAddr("::ffff:192.0.2.7"))
	bad := network(t, "192.0.2.0", "255.0.255.0")
	for _, c := range []struct {
		why                 string
		permitted, excluded []pki.GeneralName
		name                pki.GeneralName
		want                string
	}{
		{"a name of DNS", []pki.GeneralName{dns("example.org")}, nil, dns("example.org"), ""},
		{"below it", []pki.GeneralName{dns("example.org")}, nil, dns("www.Example.org"), ""},
		{"ends like it", []pki.GeneralName{dns("example.org")}, nil, dns("notexample.org"), no},
		{"with a dot, below it", []pki.GeneralName{dns(".example.org")}, nil, dns("www.example.org"), ""},
		{"with a dot, itself", []pki.GeneralName{dns(".example.org")}, nil, dns("example.org"), no},
		{"a wildcard inside", []pki.GeneralName{dns("example.org")}, nil, dns("*.example.org"), ""},
		{"a wildcard inside a dotted one", []pki.GeneralName{dns(".example.org")}, nil, dns("*.example.org"), ""},
		{"a wildcard that is wider", []pki.GeneralName{dns("www.example.org")}, nil, dns("*.example.org"), no},
		{"a wildcard that holds an excluded name", nil, []pki.GeneralName{dns("www.example.org")}, dns("*.example.org"), no},
		{"a wildcard above all excluded ones", nil, []pki.GeneralName{dns(".www.example.org")}, dns("*.example.org"), ""},
		{"a wildcard below a dotted excluded one", nil, []pki.GeneralName{dns(".example.org")}, dns("*.example.org"), no},
		{"everything excluded", nil, []pki.GeneralName{dns("")}, dns("www.example.org"), no},
		{"everything permitted", []pki.GeneralName{dns("")}, nil, dns("www.example.org"), ""},
		{"a dot at the end", nil, []pki.GeneralName{dns("example.org")}, dns("example.org."), no},
		{"several permitted", []pki.GeneralName{dns("example.net"), dns("example.org")}, nil, dns("example.org"), ""},
		{"other kinds are free", []pki.GeneralName{dns("example.org")}, nil, uri("http://example.net/"), ""},

		{"a URI", []pki.GeneralName{uri("example.org")}, nil, uri("https://example.org:8443/x?y"), ""},
		{"a URI below", []pki.GeneralName{uri("example.org")}, nil, uri("https://www.example.org/"), no},
		{"a URI of a domain", []pki.GeneralName{uri(".example.org")}, nil, uri("https://www.example.org/"), ""},
		{"a URI of its host", []pki.GeneralName{uri(".example.org")}, nil, uri("https://example.org/"), no},
		{"a URI with a user", []pki.GeneralName{uri("example.org")}, nil, uri("https://example.org@evil.example/"), no},
		{"a URI with a backslash", []pki.GeneralName{uri("example.org")}, nil, uri(`https://example.org\@evil.example/`), no},
		{"a URI without host", []pki.GeneralName{uri("example.org")}, nil, uri("mailto:alice@example.org"), no},
		{"a URN", nil, []pki.GeneralName{uri("example.org")}, uri("urn:example:org"), no},
		{"a URI in numbers", nil, []pki.GeneralName{uri("example.org")}, uri("http://192.0.2.1/"), no},
		{"a URI in numbers of IPv6", nil, []pki.GeneralName{uri("example.org")}, uri("http://[2001:db8::1]/"), no},
		{"a URI in capitals", nil, []pki.GeneralName{uri("example.org")}, uri("HTTP://EXAMPLE.ORG/"), no},

		{"an address in its network", []pki.GeneralName{network(t, "192.0.2.0", "255.255.255.0")}, nil, pki.IP(netip.MustParseAddr("192.0.2.7")), ""},
		{"an address outside", []pki.GeneralName{network(t, "192.0.2.0", "255.255.255.0")}, nil, pki.IP(netip.MustParseAddr("192.0.3.7")), no},
		{"an address excluded", nil, []pki.GeneralName{network(t, "192.0.2.0", "255.255.255.0")}, pki.IP(netip.MustParseAddr("192.0.2.7")), no},
		{"the same as IPv6", nil, []pki.GeneralName{network(t, "192.0.2.0", "255.255.255.0")}, mapped, no},
		{"the same as IPv6, permitted", []pki.GeneralName{network(t, "192.0.2.0", "255.255.255.0")}, nil, mapped, no},
		{"IPv6", []pki.GeneralName{network(t, "2001:db8::", "ffff:ffff::")}, nil, pki.IP(netip.MustParseAddr("2001:db8::1")), ""},
		{"IPv6 outside", []pki.GeneralName{network(t, "2001:db8::", "ffff:ffff::")}, nil, pki.IP(netip.MustParseAddr("2001:db9::1")), no},
		{"the other family, permitted", []pki.GeneralName{network(t, "2001:db8::", "ffff:ffff::")}, nil, pki.IP(netip.MustParseAddr("192.0.2.7")), no},
		{"a mask with holes", []pki.GeneralName{bad}, nil, pki.IP(netip.MustParseAddr("192.0.2.7")), no},
		{"an exclusion with holes", nil, []pki.GeneralName{bad}, pki.IP(netip.MustParseAddr("10.0.0.1")), no},
		{"an address of five octets", nil, []pki.GeneralName{network(t, "10.0.0.0", "255.0.0.0")}, raw8(pki.IPAddress, "\x7f\x00\x00\x01\x01"), no},

		{"an identifier cannot be constrained", []pki.GeneralName{raw8(pki.RegisteredID, "\x2a\x03")}, nil, raw8(pki.RegisteredID, "\x2a\x03"), no},
		{"another other name is free", nil, []pki.GeneralName{pki.Other("\x2a\x03", []byte{5, 0})}, pki.Other("\x2a\x04", []byte{5, 0}), ""},
		{"an other name of that type", nil, []pki.GeneralName{pki.Other("\x2a\x03", []byte{5, 0})}, pki.Other("\x2a\x03", []byte{5, 0}), no},
	} {
		r := testca.Root(t, "Root", constrained(t, trees(c.permitted...), trees(c.excluded...)))
		expect(t, c.why, chain.Verify(t.Context(), ask(r.Issue(named(c.name)))), c.want)
	}
}

func TestDirectoryNamesAreConstrained(t *testing.T) {
	const no = "path.name-constraint"
	name := func(text string) pki.Name { return must[pki.Name](t)(pki.NameFromText(text)) }
	for why, c := range map[string]struct{ permitted, excluded, subject, want string }{
		"inside":                      {"O=Example,C=CH", "", "CN=Alice,O=Example,C=CH", ""},
		"itself":                      {"O=Example,C=CH", "", "O=Example,C=CH", ""},
		"in capitals, with spaces":    {"O=Example  Org,C=CH", "", "CN=Alice,O=EXAMPLE Org,C=ch", ""},
		"outside":                     {"O=Example,C=CH", "", "CN=Alice,O=Other,C=CH", no},
		"the order matters":           {"O=Example,C=CH", "", "CN=Alice,C=CH,O=Example", no},
		"shorter than the constraint": {"O=Example,C=CH", "", "C=CH", no},
		"a longer value":              {"O=Example,C=CH", "", "CN=Alice,O=Example Two,C=CH", no},
		"excluded":                    {"", "O=Example,C=CH", "CN=Alice,O=Example,C=CH", no},
		"excluded, in capitals":       {"", "O=Example,C=CH", "CN=Alice,O=eXAMPLE,C=CH", no},
		"no name at all":              {"O=Example,C=CH", "", "", ""},
	} {
		var permitted, excluded []pki.GeneralSubtree
		if c.permitted != "" {
			permitted = trees(pki.Directory(name(c.permitted)))
		} else {
			excluded = trees(pki.Directory(name(c.excluded)))
		}
		root := testca.Root(t, "Root", constrained(t, permitted, excluded))
		subject := name(c.subject)
		s := testca.Person("alice@example.org")
		s.Subject = &subject
		expect(t, why, chain.Verify(t.Context(), ask(root.Issue(s))), c.want)
		s = named(pki.Directory(subject))
		s.Subject = &pki.Name{}
		if c.subject != "" {
			expect(t, "as alternative name: "+why, chain.Verify(t.Context(), ask(root.Issue(s))), c.want)
		}
	}
}

// RFC 5280 §4.2.1.10: bounds that are not used are processed or refuse the certificate, as soon as a name of the kind appears.
func TestBoundsOfSubtreesThatAreNotUsedRefuse(t *testing.T) {
	subtree := func(bounds ...byte) pki.Extension {
		base := raw8(pki.RFC822Name, "example.org").Raw
		one := append(append([]byte{0x30, byte(len(base) + len(bounds))}, base...), bounds...)
		list := append([]byte{0xa0, byte(len(one))}, one...)
		return pki.Extension{ID: alg.OIDExtNameConstraints, Critical: true, Value: append([]byte{0x30, byte(len(list))}, list...)}
	}
	for why, c := range map[string]struct {
		e    pki.Extension
		leaf testca.Spec
		want string
	}{
		"none":                       {subtree(), testca.Person("alice@example.org"), ""},
		"a minimum":                  {subtree(0x80, 1, 1), testca.Person("alice@example.org"), "path.name-constraint"},
		"a maximum":                  {subtree(0x81, 1, 3), testca.Person("alice@example.org"), "path.name-constraint"},
		"of a kind that is not used": {subtree(0x80, 1, 1), named(pki.DNS("example.org")), ""},
	} {
		expect(t, why, chain.Verify(t.Context(), ask(testca.Root(t, "Root", extend(c.e)).Issue(c.leaf))), c.want)
	}
}

func TestConstraintsHoldForEveryCertificateBelow(t *testing.T) {
	const no = "path.name-constraint"
	only := func(host string) testca.Change { return constrained(t, trees(pki.RFC822(host)), nil) }
	root := testca.Root(t, "Root", only("example.org"))
	narrow := root.Issue(testca.Authority("Narrow").With(only("example.org")))
	expect(t, "both agree", chain.Verify(t.Context(), ask(narrow.Issue(testca.Person("alice@example.org")))), "")
	other := root.Issue(testca.Authority("Other").With(only("example.net")))
	expect(t, "the intersection is empty", chain.Verify(t.Context(), ask(other.Issue(testca.Person("alice@example.net")))), no)
	expect(t, "the intersection is empty, seen from above", chain.Verify(t.Context(), ask(other.Issue(testca.Person("alice@example.org")))), no)
	named := root.Issue(testca.Authority("Named").With(func(s *testca.Spec) { s.Emails = []string{"ca@evil.example"} }))
	r := chain.Verify(t.Context(), ask(named.Issue(testca.Person("alice@example.org"))))
	expect(t, "an authority's own name", r, no)
	if len(r.Failures) > 0 && r.Failures[0].Index != 1 {
		t.Errorf("the failure is at %d", r.Failures[0].Index)
	}
	// RFC 5280 §6.1.3 (b): self-issued ones are free, unless they are the last.
	subject := root.Certificate.Subject
	again := root.Issue(testca.Authority("again").With(func(s *testca.Spec) { s.Subject, s.Emails = &subject, []string{"ca@evil.example"} }))
	expect(t, "a self-issued authority", chain.Verify(t.Context(), ask(again.Issue(testca.Person("alice@example.org")))), "")
	leaf := testca.Person("alice@evil.example")
	leaf.Subject = &subject
	expect(t, "a self-issued leaf", chain.Verify(t.Context(), ask(root.Issue(leaf))), no)
}
