package policy

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/smime"
)

// identity are the attacks on who the sender seems to be ("Johnny, you are fired!", §5; STANDARDS 18). Mallory signs with a
// good certificate for his own address.
func (w *workshop) identity() {
	for _, c := range []struct {
		name, from string
		expect     Word
		code       finding.Code
		note       string
	}{
		{"other-address", "From: alice@example.org", Impostor, finding.FromMismatch, "Mallory signs in Alice's name"},
		{"one-letter", "From: mallory@exarnple.net", Impostor, finding.FromLookalike, "rn for m"},
		{"two-fields", "From: alice@example.org\r\nFrom: mallory@example.net", Impostor, finding.FromFields, "two From fields, the signer's last"},
		{"two-fields-reversed", "From: mallory@example.net\r\nFrom: alice@example.org", Impostor, finding.FromFields, "two From fields, the signer's first"},
		{"two-addresses", "From: alice@example.org, mallory@example.net", Impostor, finding.FromSignerName, "two authors, one of whom signed"},
		{"two-addresses-reversed", "From: mallory@example.net, alice@example.org", Impostor, finding.FromSignerName, "two authors, the signer first"},
		{"display-address", `From: "alice@example.org" <mallory@example.net>`, Impostor, finding.FromDisplay, "the name is another's address"},
		{"display-holds-address", `From: Alice alice@example.org <mallory@example.net>`, Impostor, finding.FromDisplay, "the name holds another's address"},
		{"display-spaced", `From: "alice @ example.org" <mallory@example.net>`, Impostor, finding.FromDisplay, "the address in the name is spaced out"},
		{"display-encoded", "From: =?utf-8?b?YWxpY2VAZXhhbXBsZS5vcmc=?= <mallory@example.net>", Impostor, finding.FromDisplay, "the address in the name is encoded"},
		{"display-wide", "From: \"alice\uff20example.org\" <mallory@example.net>", Impostor, finding.FromDisplay, "the at sign is a wide one"},
		{"comment", "From: mallory@example.net (alice@example.org)", Impostor, finding.FromComment, "the address is in a comment"},
		{"comment-first", "From: (alice@example.org) mallory@example.net", Impostor, finding.FromComment, "the comment comes first"},
		{"local-part", `From: "alice@example.org"@example.net`, Impostor, "", "the address is in the local part of another domain"},
		{"right-to-left", "From: \"\u202egro.elpmaxe@ecila\" <mallory@example.net>", Impostor, finding.FromBidi, "the name is written backwards"},
		{"zero-width", "From: \"al\u200bice@example.org\" <mallory@example.net>", Impostor, finding.FromInvisible, "a character that nobody sees splits the address"},
		{"mixed-script-name", "From: \"\u0410lice \u0415x\u0430mple\" <mallory@example.net>", Impostor, finding.FromMixedScript, "Cyrillic letters in a Latin name"},
		{"null", "From: alice@example.org\x00 <mallory@example.net>", Impostor, "", "a null byte ends the field for some programs"},
		{"group", "From: alice@example.org:mallory@example.net;", Impostor, finding.FromGroup, "the group's name is an address"},
		{"group-empty", "From: alice@example.org:;", Impostor, finding.FromGroup, "a group without members, named like an address"},
		{"empty", "From: ", Untrusted, finding.FromMissing, "an empty From"},
		{"missing", "Reply-To: alice@example.org", Untrusted, finding.FromMissing, "no From, only Reply-To"},
		{"empty-and-sender", "From:\r\nSender: mallory@example.net", Untrusted, finding.FromMissing, "Sender counts only where there is no From"},
		{"sender-only", "Sender: alice@example.org", Impostor, finding.FromMismatch, "Sender instead of From, and another signed"},
		{"folded", "From:\r\n alice@example.org,\r\n mallory@example.net", Impostor, finding.FromSignerName, "two authors in folded lines"},
		{"route", "From: <@example.net:alice@example.org>", Impostor, finding.FromMismatch, "a source route names the signer's domain"},
		{"angle-twice", "From: <mallory@example.net> <alice@example.org>", Impostor, "", "two addresses without a comma"},
		{"reply-lookalike", "From: mallory@example.net\r\nReply-To: mallory@exarnple.net", Impostor, finding.FromReplyLookalike, "answers go to an imitation"},
	} {
		w.add("identity-"+c.name, c.expect, c.code, w.clear(c.from+"\r\nSubject: Lunch\r\n\r\nPay.\r\n", w.mallory), c.note)
	}
	w.letters()
	w.protected()
	w.honest()
}

// letters are domains that look like others, each with a certificate of its own.
func (w *workshop) letters() {
	mixed, twin := "mallory@ex\u0430mple.org", "mallory@\u0430\u0440\u0440\u04cf\u0435.com"
	from := func(a string) string { return "From: " + a + "\r\nSubject: Lunch\r\n\r\nPay.\r\n" }
	w.add("identity-mixed-script-domain", Impostor, finding.FromMixedScript,
		w.clear(from(mixed), w.person("mallory@xn--exmple-4nf.org")), "a Cyrillic letter in a Latin domain, with a certificate for it")
	w.add("identity-confusable-domain", Impostor, finding.FromConfusable,
		w.clear(from(twin), w.person("mallory@xn--80ak6aa92e.com")), "a domain of Cyrillic letters that reads as a Latin one, with a certificate for it")
}

// protected are attacks with protected header fields (RFC 9788 §10.1).
func (w *workshop) protected() {
	o := signing(w.mallory)
	o.Protect = &smime.Protection{}
	mail := w.sign(strings.Replace(lunch, "From: Alice <alice@example.org>", "From: mallory@example.net", 1), o)
	w.add("header-outer-from", Impostor, finding.HeaderFromDiffers, strings.Replace(mail, "From: mallory@example.net", "From: Alice <alice@example.org>", 1),
		"Mallory signs a protected header with his name, and shows Alice's outside")
	o = signing(w.alice)
	o.Protect = &smime.Protection{}
	mail = w.sign(lunch, o)
	w.add("header-outer-subject", Genuine, finding.HeaderChanged, strings.Replace(mail, "Subject: Lunch", "Subject: [list] Lunch", 1),
		"a list marked the subject; the protected one counts")
	wrapped := "MIME-Version: 1.0\r\nContent-Type: message/rfc822; forwarded=no\r\n\r\n"
	w.add("header-wrapped-from", Impostor, finding.HeaderFromDiffers, w.clear("From: Boss <boss@example.org>\r\n"+wrapped+lunch, w.alice),
		"the wrapped message has another author than the one outside")
	w.add("header-wrapped", Genuine, finding.HeaderWrapped, w.clear("From: alice@example.org\r\n"+wrapped+lunch, w.alice), "header protection in the form of S/MIME 3.1")
	w.add("header-mark-faked", Unsigned, finding.HeaderMisplaced, strings.Replace(lunch, "text/plain", "text/plain; hp=\"clear\"", 1), "the mark of header protection on an unsigned mail")
	w.add("header-subject-twice", Genuine, finding.HeaderDuplicate, "Subject: Urgent payment\r\n"+w.clear(lunch, w.alice), "a second Subject, which no signature covers")
}

// honest are mails that look odd and are good.
func (w *workshop) honest() {
	replaced := func(from string) string { return strings.Replace(lunch, "From: Alice <alice@example.org>", from, 1) }
	w.add("honest-plain", Genuine, "", w.clear(lunch, w.alice), "a signed mail")
	w.add("honest-case", Genuine, finding.FromCase, w.clear(replaced("From: ALICE@EXAMPLE.ORG"), w.alice), "the case of letters in an address says nothing")
	w.add("honest-own-address", Genuine, "", w.clear(replaced(`From: "alice@example.org" <alice@example.org>`), w.alice), "the sender's own address as the name")
	w.add("honest-on-behalf", Genuine, finding.FromOnBehalf, w.clear(replaced("From: alice@example.org\r\nSender: list@example.net"), w.alice), "a list sent it on behalf of Alice")
	w.add("honest-idn", Genuine, finding.FromIDN, w.clear(replaced("From: alice@b\u00fccher.example"), w.person("alice@xn--bcher-kva.example")), "an international domain")
	both := w.person("alice@example.org", func(s *testca.Spec) { s.Emails = append(s.Emails, "bob@example.org") })
	w.add("honest-two-authors", Genuine, finding.FromSeveral, w.clear(replaced("From: alice@example.org, bob@example.org"), both), "two authors who share a certificate")
}
