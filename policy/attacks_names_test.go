package policy

import (
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// forgedNames are more attacks on who the sender seems to be: by the forms of header fields that programs read
// differently, and by what certificates say (STANDARDS 18, 19).
func (w *workshop) forgedNames() {
	for _, c := range []struct {
		name, from string
		expect     Word
		code       finding.Code
		note       string
	}{
		{"name-is-address-bare", "From: mallory@example.net <alice@example.org>", Impostor, finding.FromMismatch, "the signer's address is the name, another's the address"},
		{"two-at", "From: alice@example.org@example.net", Impostor, "", "two at signs: who reads from the left sees Alice"},
		{"percent", "From: alice%example.org@example.net", Impostor, finding.FromMismatch, "the percent form of old relays"},
		{"colon-spaced", "From : alice@example.org\r\nFrom: mallory@example.net", Impostor, finding.FromFields, "a space before the colon hides a field from some programs"},
		{"field-lower", "from: alice@example.org\r\nFROM: mallory@example.net", Impostor, finding.FromFields, "names of fields in other cases"},
		{"bare-cr", "From: mallory@example.net\rFrom: alice@example.org", Impostor, "", "a bare CR is a line end to some programs"},
		{"resent", "From: alice@example.org\r\nResent-From: mallory@example.net", Impostor, finding.FromMismatch, "the signer resent it and did not write it"},
		{"sender-signs", "From: alice@example.org\r\nSender: mallory@example.net", Impostor, finding.FromMismatch, "the signer is the Sender, not the author"},
		{"encoded-injection", "From: =?utf-8?q?x=0D=0AFrom:_alice=40example.org?= <mallory@example.net>", Impostor, "", "a line end inside an encoded word"},
		{"encoded-null", "From: =?utf-8?q?alice=40example.org=00?= <mallory@example.net>", Impostor, finding.FromDisplay, "a null byte inside an encoded word ends the name for some programs"},
		{"encoded-address", "From: =?utf-8?q?alice=40example.org?=", Impostor, finding.FromDisplay, "the whole address is an encoded word, which is none"},
		{"encoded-local", "From: =?utf-8?q?alice?=@example.org", Impostor, finding.FromMismatch, "an encoded word as the local part"},
		{"encoded-twice", "From: =?utf-8?q?alice=40exam?= =?utf-8?q?ple=2Eorg?= <mallory@example.net>", Impostor, finding.FromDisplay, "the address is cut into two encoded words"},
		{"padded", "From: \"alice@example.org" + strings.Repeat(" ", 120) + "\" <mallory@example.net>", Impostor, finding.FromDisplay, "white space pushes the address out of sight"},
		{"newline-name", "From: \"alice@example.org\r\n \" <mallory@example.net>", Impostor, finding.FromDisplay, "the name goes on in the next line, where the address is"},
		{"angle-in-name", `From: "Alice <alice@example.org>" <mallory@example.net>`, Impostor, finding.FromDisplay, "the name holds name and address"},
		{"quoted-local", `From: "alice@example.org\"" <mallory@example.net>`, Impostor, finding.FromDisplay, "an escaped quote in the name"},
		{"semicolon", "From: alice@example.org; mallory@example.net", Impostor, "", "semicolons, as one product separates addresses"},
		{"comment-in-address", "From: mallory(alice@example.org)@example.net", Impostor, finding.FromComment, "a comment in the middle of the address"},
		{"fullwidth", "From: mallory@example\uff0enet", Genuine, "", "a wide full stop in the domain, which name preparation maps to a narrow one: the address is the signer's own"},
		{"soft-hyphen", "From: mallory@exam\u00adple.net", Impostor, finding.FromInvisible, "a soft hyphen in the domain"},
		{"isolate", "From: \"\u2067alice@example.org\u2069\" <mallory@example.net>", Impostor, finding.FromBidi, "direction isolates in the name"},
		{"list-three", "From: bob@example.org, alice@example.org, mallory@example.net", Impostor, finding.FromSignerName, "three authors, one of whom signed"},
		{"group-members", "From: Board: alice@example.org, mallory@example.net;", Impostor, finding.FromGroup, "a group of authors, one of whom signed"},
	} {
		w.add("identity-"+c.name, c.expect, c.code, w.clear(c.from+"\r\nSubject: Lunch\r\n\r\nPay.\r\n", w.mallory), c.note)
	}
	w.forgedCertificates()
}

// forgedCertificates are certificates that seem to speak for Alice.
func (w *workshop) forgedCertificates() {
	mail := func(by *testca.Entity) string { return w.clear(lunch, by) }
	inName := func(s *testca.Spec) {
		n, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "alice@example.org"))
		w.must(err)
		s.Subject = &n
	}
	host := func(s *testca.Spec) { s.Emails, s.AltNames = nil, []pki.GeneralName{pki.DNS("example.org")} }
	uri := func(s *testca.Spec) {
		s.Emails, s.AltNames = nil, []pki.GeneralName{pki.URI("mailto:alice@example.org")}
	}
	for _, c := range []struct {
		name   string
		by     *testca.Entity
		expect Word
		code   finding.Code
		note   string
	}{
		{"common-name", w.person("mallory@example.net", inName), Impostor, finding.FromMismatch, "the address stands in the common name, which nobody checks"},
		{"host-name", w.person("Host", host), Untrusted, finding.FromNoAddress, "a certificate for the host example.org speaks for nobody's mail"},
		{"uri", w.person("Address", uri), Untrusted, finding.FromNoAddress, "the address stands in a URI"},
		{"parent-domain", w.person("alice@org"), Impostor, finding.FromMismatch, "the domain above"},
		{"subdomain", w.person("alice@mail.example.org"), Impostor, finding.FromMismatch, "a domain below, which may be somebody else's"},
		{"suffix", w.person("alice@example.org.example.net"), Impostor, finding.FromLookalike, "Alice's domain is the beginning of another one"},
		{"prefix-local", w.person("malice@example.org"), Impostor, finding.FromMismatch, "Alice's address is the end of another one"},
		{"other-local-case", w.person("ALICE@example.org"), Genuine, finding.FromCase, "the local part in other case: the mailbox is the same in practice, and it is told"},
		{"plus", w.person("alice+lunch@example.org"), Impostor, finding.FromMismatch, "an address with a tag is another address"},
		{"wildcard", w.person("*@example.org"), Impostor, finding.FromMismatch, "an asterisk is a letter like any other"},
		{"domain-only", w.person("@example.org"), Impostor, "", "an address without a local part"},
		{"null", w.person("alice@example.org\x00@example.net"), Impostor, "", "a null byte ends the address for some programs"},
		{"many", w.person("mallory@example.net", func(s *testca.Spec) { s.Emails = append(s.Emails, "bob@example.org", "carol@example.org") }), Impostor, finding.FromMismatch, "three addresses, and none is Alice's"},
		{"second-address", w.person("office@example.org", alsoFor("alice@example.org")), Genuine, "", "the second address of a certificate counts like the first"},
		{"in-subject", w.person("x", inSubject("alice@example.org")), Genuine, "", "an old certificate has the address in its subject"},
	} {
		w.add("certificate-"+c.name, c.expect, c.code, mail(c.by), c.note)
	}
}
