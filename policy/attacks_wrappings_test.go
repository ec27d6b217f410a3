package policy

import (
	"strings"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/smime"
)

// wrappings are more attacks on the MIME tree: conflicting headers, confused types, and signatures in the wrong place
// (STANDARDS 24 to 26).
func (w *workshop) wrappings() {
	clear, opaque := w.clear(lunch, w.alice), w.opaque(lunch, w.alice)
	insert := func(mail, field string) string {
		return strings.Replace(mail, "MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\n"+field+"\r\n", 1)
	}
	last := func(mail, field string) string { return strings.Replace(mail, "\r\n\r\n", "\r\n"+field+"\r\n\r\n", 1) }
	reply := "Content-Type: text/html\r\n\r\n<p>See below.</p><blockquote style=\"font-size:0\">\r\n"
	for _, c := range []struct {
		name, mail string
		expect     Word
		code       finding.Code
		note       string
	}{
		{"encoding-twice", last(opaque, "Content-Transfer-Encoding: 7bit"), Untrusted, finding.MIMEDuplicate, "two Content-Transfer-Encoding fields"},
		{"version-twice", insert(clear, "MIME-Version: 1.0"), Genuine, "", "MIME-Version twice says the same"},
		{"version-missing", strings.Replace(clear, "MIME-Version: 1.0\r\n", "", 1), Genuine, "", "MIME-Version is missing, and everybody reads MIME all the same"},
		{"version-other", strings.Replace(clear, "MIME-Version: 1.0", "MIME-Version: 2.0", 1), Genuine, "", "a version of MIME that there is not"},
		{"protocol-other", strings.Replace(clear, `protocol="application/pkcs7-signature"`, `protocol="application/pgp-signature"`, 1), Genuine, finding.LayerTypeDiffers, "the multipart announces an OpenPGP signature"},
		{"protocol-missing", strings.Replace(clear, ` protocol="application/pkcs7-signature";`, "", 1), Genuine, "", "the multipart announces nothing"},
		{"protocol-old", strings.Replace(strings.Replace(clear, `"application/pkcs7-signature"`, `"application/x-pkcs7-signature"`, 1), "Content-Type: application/pkcs7-signature", "Content-Type: application/x-pkcs7-signature", 1), Genuine, "", "the old names of the types"},
		{"micalg-missing", strings.Replace(clear, " micalg=sha-256;", "", 1), Genuine, "", "no micalg"},
		{"kind-certs-only", strings.Replace(opaque, "smime-type=signed-data", "smime-type=certs-only", 1), Genuine, finding.LayerTypeDiffers, "a signed object that says it has certificates alone"},
		{"kind-missing", strings.Replace(opaque, " smime-type=signed-data;", "", 1), Genuine, "", "a signed object that does not say its kind"},
		{"one-part", w.onePart(clear), Untrusted, "", "a multipart/signed with the text alone"},
		{"parts-swapped", w.swappedParts(clear), Untrusted, "", "the signature first, then the text"},
		{"preamble", w.preamble(clear), Genuine, "", "text before the first part, which nobody shows"},
		{"mixed-called-signed", strings.Replace(clear, "multipart/signed", "multipart/mixed", 1), Unsigned, "", "a multipart/mixed with a signature in it is no signed mail"},
		{"signed-attachment", around("mixed", "Content-Type: text/plain\r\n\r\nI signed the attachment.\r\n", strings.Replace(entityOf(opaque), "Content-Disposition: attachment; filename=\"smime.p7m\"", "Content-Disposition: attachment; filename=\"contract.p7m\"", 1)),
			Untrusted, finding.MessagePartlySigned, "a signed attachment is passed off as a signed mail"},
		{"reply-quotes-signed", around("mixed", reply, entityOf(clear)), Untrusted, finding.MessagePartlySigned, "a signed mail is quoted below a reply, and hidden"},
		{"hidden-by-css", around("related", "Content-Type: text/html\r\n\r\n<style>body>div{display:none}</style><h1>Pay Mallory.</h1>\r\n", "Content-Type: text/html\r\nContent-ID: <a>\r\n\r\n<div>\r\n", entityOf(clear)),
			Untrusted, finding.MessagePartlySigned, "a style sheet hides the signed part"},
		{"attached-mail-signed", w.clear(around("mixed", entity, "Content-Type: message/rfc822\r\n\r\n"+lunch), w.alice), Genuine, "", "a signed mail with an unsigned one attached: the signer forwards it"},
		{"attached-mail-by-other", w.clear(around("mixed", entity, "Content-Type: message/rfc822\r\n\r\n"+w.clear(strings.Replace(lunch, "alice@", "carol@", 1), w.mallory)), w.alice), Genuine, "", "an impostor's mail attached to a good one"},
		{"report", header + "Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n" + entity + "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n" + clear + "\r\n--r--\r\n",
			Unsigned, finding.MessageInsideForward, "a bounce brings the signed mail back"},
		{"partial", header + "Content-Type: message/partial; id=a; number=1; total=2\r\n\r\n" + clear, Unsigned, "", "half of a mail is none"},
		{"external-body", header + "Content-Type: message/external-body; access-type=URL; URL=\"http://mallory.example/\"\r\n\r\n" + entityOf(clear), Unsigned, "", "the body is elsewhere, and a signed part stands where nobody looks"},
		{"text-signature", header + "Content-Type: text/plain\r\n\r\n" + clear, Unsigned, "", "a signed mail as text in the body"},
		{"pem", header + "Content-Type: text/plain\r\n\r\n-----BEGIN PKCS7-----\r\n" + base64Lines(w.object(entity, signing(w.alice).CMS)) + "-----END PKCS7-----\r\n", Unsigned, "", "a signed object as text in the body"},
		{"subtype-upper", strings.Replace(clear, "multipart/signed", "Multipart/SIGNED", 1), Genuine, "", "types in other case"},
		{"line-feeds-in-part", strings.ReplaceAll(strings.ReplaceAll(clear, "\r\n", "\n"), "Shall we meet at noon?\n", "Shall we meet at noon?\r\n"), Genuine, "", "line ends of both kinds in one file"},
	} {
		w.add("mime-"+c.name, c.expect, c.code, c.mail, c.note)
	}
	w.exchanged()
}

// onePart takes the signature away.
func (w *workshop) onePart(mail string) string {
	from := strings.Index(mail, "Content-Type: application/pkcs7-signature; name")
	from = strings.LastIndex(mail[:from], "\r\n--")
	return mail[:from] + mail[strings.LastIndex(mail, "\r\n--"):]
}

// parts returns a clear-signed mail's header, boundary, text and signature.
func (w *workshop) parts(mail string) (head, boundary, text, signature string) {
	m := w.parse(mail)
	cut := func(r eml.Range) string { return mail[r.Start:r.End] }
	p := m.Root
	return mail[:p.BodyRange.Start], p.Boundary, cut(p.Children[0].Range), cut(p.Children[1].Range)
}

func (w *workshop) swappedParts(mail string) string {
	head, b, text, signature := w.parts(mail)
	return head + "--" + b + "\r\n" + signature + "\r\n--" + b + "\r\n" + text + "\r\n--" + b + "--\r\n"
}

func (w *workshop) preamble(mail string) string {
	head, b, text, signature := w.parts(mail)
	return head + "Pay Mallory.\r\n--" + b + "\r\n" + text + "\r\n--" + b + "\r\n" + signature + "\r\n--" + b + "--\r\n"
}

// exchanged are signatures that stand over other texts than their own.
func (w *workshop) exchanged() {
	other := strings.Replace(lunch, "noon", "nine", 1)
	_, _, _, old := w.parts(w.clear(other, w.alice))
	head, b, text, _ := w.parts(w.clear(lunch, w.alice))
	w.add("replay-signature", Altered, finding.SignatureDigest, head+"--"+b+"\r\n"+text+"\r\n--"+b+"\r\n"+old+"\r\n--"+b+"--\r\n", "the signature of another mail of Alice's")
	w.add("replay-header", Genuine, finding.HeaderUnprotected, strings.Replace(w.clear(lunch, w.alice), "Subject: Lunch", "Subject: Yes, I agree to the contract", 1), "a signed text under another subject, which no signature covers: the words say so")
	w.add("replay-recipient", Genuine, "", strings.Replace(w.clear(lunch, w.alice), "To: Bob <bob@example.org>", "To: Carol <carol@example.org>", 1), "a signed mail is sent on to somebody else, as if it were meant for her")
	w.add("replay-with-protection", Genuine, finding.HeaderChanged, strings.Replace(w.protectedMail(), "Subject: Lunch", "Subject: Yes, I agree", 1), "the same with protected fields: the signed subject counts")
	empty := signing(w.alice).CMS
	empty.Detached = true
	w.add("replay-empty", Altered, finding.SignatureDigest, clearMail(entity, w.object("", empty)), "a signature over nothing")
	twice := cms.SignedOptions{Signers: append(signing(w.alice).CMS.Signers, signing(w.alice).CMS.Signers...), Certificates: w.alice.Chain(), Detached: true}
	w.add("signers-same-twice", Genuine, "", clearMail(entity, w.object(entity, twice)), "one signer signs twice")
	both := signing(w.alice, w.person("alice@example.org", testca.Key(testca.P384)))
	w.add("signers-two-keys", Genuine, "", w.sign(lunch, both), "one person signs with two keys")
	none := signing(w.alice)
	none.CMS.Signers[0].NoAttributes = true
	w.add("cms-no-attributes", Genuine, finding.SignatureNoAttributes, w.sign(lunch, none), "a signature without attributes")
	byKey := signing(w.alice)
	byKey.CMS.Signers[0].UseKeyID = true
	w.add("signers-by-key-identifier", Genuine, "", w.sign(lunch, byKey), "the certificate is named by its key identifier")
}

// protectedMail is signed with its header fields.
func (w *workshop) protectedMail() string {
	o := signing(w.alice)
	o.Protect = &smime.Protection{}
	return w.sign(lunch, o)
}
