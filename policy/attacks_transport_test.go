package policy

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// transport are honest mails that systems on the way have changed. They are altered, and it is told by what.
func (w *workshop) transport() {
	mail := w.clear(lunch, w.alice)
	rich := w.asIs("Content-Type: text/plain; charset=us-ascii; format=flowed\r\n\r\nHello Bob,\r\n\r\n\tshall we meet at noon?\r\n-- \r\nAlice https://example.org/a?b=1\r\n")
	noon := "Shall we meet at noon?\r\n"
	body := func(text string) string { return strings.Replace(mail, noon, text, 1) }
	for _, c := range []struct {
		name, mail string
		code       finding.Code
		note       string
	}{
		{"list-footer", body(noon + "_____\r\nour list\r\n"), finding.ForensicsFooter, "a mailing list added a footer to the text"},
		{"banner", body("[EXTERNAL] This mail comes from outside.\r\n\r\n" + noon), finding.ForensicsBanner, "a gateway added a banner to the text"},
		{"payment-footer", body(noon + "\r\nPlease use our new account DE00 1234.\r\n"), finding.ForensicsFooter, "an attacker added a line at the end; it is no more the sender's than a list's"},
		{"trailing-space", strings.Replace(rich, "\r\n-- \r\n", "\r\n--\r\n", 1), finding.ForensicsTrailingSpace, "a mail server trimmed the ends of lines"},
		{"tabs", strings.Replace(rich, "\tshall", "        shall", 1), finding.ForensicsCharacters, "tabs became spaces"},
		{"safe-links", strings.Replace(rich, "https://example.org/a?b=1", "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1&data=x", 1),
			finding.ForensicsLinks, "a service replaced the links"},
		{"final-line", body(noon + "\r\n\r\n"), finding.ForensicsFinalLine, "two empty lines more at the end"},
		{"header-folded", strings.Replace(rich, "text/plain; charset=us-ascii; format=flowed", "text/plain;\r\n\tcharset=us-ascii;\r\n\tformat=flowed", 1), finding.ForensicsHeader, "a mail server folded the header of the part"},
		{"field-added", strings.Replace(mail, "\r\nContent-Type: text/plain\r\n", "\r\nContent-Type: text/plain\r\nX-Antivirus: clean\r\n", 1), finding.ForensicsHeader, "a scanner added a field to the header of the part"},
		{"base64", strings.Replace(body(base64.StdEncoding.EncodeToString([]byte(noon))+"\r\n"), "\r\nContent-Type: text/plain\r\n", "\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", 1),
			finding.ForensicsEncoding, "a gateway encoded the part for transport"},
		{"part-replaced", strings.Replace(body("The attachment plan.pdf was removed by the virus scanner.\r\n"), "text/plain", "text/plain; name=DELETED0.TXT", 1), finding.ForensicsPartReplaced,
			"a scanner replaced the part by a note"},
		{"from-quoted", strings.Replace(w.asIs(strings.Replace(entity, "Shall", "From noon on?\r\nShall", 1)), "\r\nFrom noon", "\r\n>From noon", 1), finding.ForensicsFromLine, "a mailbox file quoted a line"},
		{"dots", strings.Replace(w.asIs(strings.Replace(entity, "Shall", "..and\r\nShall", 1)), "\r\n..and", "\r\n...and", 1), finding.ForensicsDots, "dots are doubled"},
	} {
		w.add("transport-"+c.name, Altered, c.code, c.mail, c.note)
	}
	w.rewritten()
}

// asIs signs a text that is not made fit for transport, as some programs do.
func (w *workshop) asIs(text string) string {
	o := signing(w.alice).CMS
	o.Detached = true
	return clearMail(text, w.object(text, o))
}

// rewritten are mails that were written anew.
func (w *workshop) rewritten() {
	word := "Gr\u00fc\u00dfe\r\n"
	quoted := strings.Replace(strings.Replace(lunch, "text/plain", "text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable", 1), "Shall we meet at noon?\r\n", "Gr=C3=BC=C3=9Fe\r\n", 1)
	mail := strings.Replace(w.clear(quoted, w.alice), "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: 8bit", 1)
	w.add("transport-8bit", Altered, finding.ForensicsEncoding, strings.Replace(mail, "Gr=C3=BC=C3=9Fe\r\n", word, 1), "a server undid quoted-printable")
	latin := strings.Replace(strings.Replace(quoted, "utf-8", "iso-8859-1", 1), "=C3=BC=C3=9F", "=FC=DF", 1)
	mail = strings.Replace(strings.Replace(w.clear(latin, w.alice), "iso-8859-1", "utf-8", 1), "=FC=DF", "=C3=BC=C3=9F", 1)
	w.add("transport-charset", Altered, finding.ForensicsCharset, mail, "a groupware wrote the text in UTF-8")

	var wide bytes.Buffer
	e := eml.NewBase64Encoder(&wide, 64, eml.CRLF)
	e.Write(bytes.Repeat([]byte("attachment "), 20))
	e.Close()
	signed := w.clear(strings.Replace(lunch, "text/plain\r\n\r\nShall we meet at noon?\r\n", "application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"+wide.String(), 1), w.alice)
	w.add("transport-base64-columns", Altered, finding.ForensicsRewrapped, strings.Replace(signed, wide.String(), base64Lines(bytes.Repeat([]byte("attachment "), 20)), 1), "base64 in other lines")

	two := "Content-Type: multipart/mixed; boundary=\"two\"\r\n\r\n--two\r\n" + entity + "--two\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4\r\n--two--\r\n"
	signed = w.clear(header+two, w.alice)
	w.add("transport-part-added", Altered, finding.ForensicsPartAdded, strings.Replace(signed, "--two--", "--two\r\nContent-Type: text/plain\r\n\r\nour list\r\n--two--", 1), "a list attached its footer inside the signed part")
	w.add("transport-part-swapped", Altered, finding.SignatureDigest, strings.Replace(signed, "%PDF-1.4", "%PDF-1.5", 1), "an attachment was exchanged")
}
