package policy

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// objects are the attacks on the cryptographic object ("Johnny, you are fired!", §4; STANDARDS 10 to 17).
func (w *workshop) objects() {
	o := signing(w.alice).CMS
	detached := o
	detached.Detached = true
	forged := "Content-Type: text/plain\r\n\r\nPay Mallory.\r\n"
	w.add("cms-content-twice", Altered, finding.LayerTwice, clearMail(forged, w.object(entity, o)), "the signature brings the text that Alice signed, another one is shown")
	w.add("cms-content-twice-same", Altered, finding.LayerTwice, clearMail(entity, w.object(entity, o)), "the signature brings the text that is shown, which is forbidden")
	w.add("cms-content-changed", Altered, finding.SignatureDigest, clearMail(forged, w.object(entity, detached)), "the text was changed")
	w.add("cms-content-changed-opaque", Altered, finding.SignatureDigest, p7m(bytes.Replace(w.object(entity, o), []byte("noon"), []byte("nine"), 1), "signed-data"), "the text was changed inside the object")
	none := cms.SignedOptions{Certificates: w.alice.Chain()}
	noneDetached := none
	noneDetached.Detached = true
	w.add("cms-no-signers", Untrusted, finding.LayerNoSigners, clearMail(entity, w.object(entity, noneDetached)), "a signature without a signer")
	w.add("cms-no-signers-opaque", Untrusted, finding.LayerNoSigners, p7m(w.object(entity, none), "signed-data"), "a signed object without a signer")
	w.add("cms-certificates-only", Unsigned, finding.LayerCerts, p7m(w.object("", noneDetached), "signed-data"), "certificates alone, announced as signed")
	w.add("cms-signature-broken", Altered, finding.SignatureWrong, clearMail(entity, w.broken(w.object(entity, detached))), "the signature itself was damaged")
	w.add("cms-attributes-stripped", Altered, finding.SignatureStripped, p7m(w.stripped(), "signed-data"), "the attributes that Alice signed are shown as her text")
	w.add("cms-line-feeds", Altered, finding.LayerLineEnds, clearMail(entity, w.object(strings.ReplaceAll(entity, "\r\n", "\n"), detached)), "signed over bare line feeds")
	w.add("cms-empty-signature", Unreadable, finding.LayerMalformed, clearMail(entity, nil), "the signature part is empty")
	w.add("cms-cut-off", Unreadable, finding.LayerMalformed, p7m(w.object(entity, o)[:300], "signed-data"), "the object was cut off")
	w.add("cms-lies-about-its-kind", Genuine, finding.LayerTypeDiffers, p7m(w.object(entity, o), "enveloped-data"), "the media type announces another kind")
	w.add("cms-no-content", Unreadable, finding.LayerNoContent, p7m(w.object(entity, detached), "signed-data"), "a signature of somewhere else, without its text")
	w.signers()
	w.old()
}

// signers are attacks with several signers and certificates.
func (w *workshop) signers() {
	fake := w.stranger.Issue(testca.Person("alice@example.org"))
	w.add("signers-one-forged", Untrusted, finding.PathNoAnchor, w.clear(lunch, w.alice, fake), "a good signer beside one whom nobody vouches for")
	w.add("signers-second-impostor", Impostor, finding.FromMismatch, w.clear(lunch, w.alice, w.mallory), "Mallory signs beside Alice")
	o := signing(w.alice)
	o.CMS.Certificates = []*pki.Certificate{w.ca.Certificate, w.bob.Certificate}
	w.add("signers-certificate-missing", Untrusted, finding.SignerUnknown, w.sign(lunch, o), "the signer's certificate is not carried")
	twin := w.person("alice@example.org", testca.Named("twin", ""), testca.Template(func(t *pki.Template) {
		for i, x := range t.Extensions {
			if x.ID == alg.OIDExtSubjectKeyID {
				t.Extensions[i], _ = pki.SubjectKeyIDExtension(w.alice.Certificate.SubjectKeyID)
			}
		}
	}))
	o = signing(twin)
	o.CMS.Signers[0].UseKeyID = true
	o.CMS.Certificates = w.alice.Chain()
	w.add("signers-key-identifier-stolen", Altered, finding.SignatureWrong, w.sign(lunch, o), "another key under Alice's key identifier, with Alice's certificate")
	o.CMS.Certificates = append(o.CMS.Certificates, twin.Certificate)
	w.add("signers-key-identifier-shared", Genuine, "", w.sign(lunch, o), "two certificates with one key identifier: each is tried")
}

// broken changes the last byte of an object, which is inside the signature value.
func (w *workshop) broken(object []byte) []byte {
	b := bytes.Clone(object)
	b[len(b)-1] ^= 1
	return b
}

// stripped makes the forgery of draft-ietf-lamps-cms-euf-cma-signeddata: the signed attributes become the content.
func (w *workshop) stripped() []byte {
	c, err := cms.Read(bytes.NewReader(w.object(entity, signing(w.alice).CMS)), limit.New(limit.Limits{}))
	w.must(err)
	s := c.(*cms.Signed)
	_, err = io.Copy(io.Discard, s.Content())
	w.must(err)
	w.must(s.Finish())
	g := s.Signers[0]
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OID(alg.OIDSignedData)
		b.Explicit(0, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.Int(1)
				b.Set(func(b *der.Builder) { g.Digest.Append(b) })
				b.Sequence(func(b *der.Builder) {
					b.OID(alg.OIDData)
					b.Explicit(0, func(b *der.Builder) { b.OctetString(g.Attributes.Raw) })
				})
				b.Explicit(0, func(b *der.Builder) {
					for _, c := range w.alice.Chain() {
						b.Raw(c.Raw)
					}
				})
				b.Set(func(b *der.Builder) {
					b.Sequence(func(b *der.Builder) {
						b.Int(1)
						b.Sequence(func(b *der.Builder) {
							b.Raw(w.alice.Certificate.RawIssuer)
							b.BigInt(w.alice.Certificate.Serial)
						})
						g.Digest.Append(b)
						g.Algorithm.Append(b)
						b.OctetString(g.Signature)
					})
				})
			})
		})
	})
	raw, err := b.Bytes()
	w.must(err)
	return raw
}

// old are signatures by algorithms of the past. OpenSSL makes them; we do not.
func (w *workshop) old() {
	peer.Need(w.t, "openssl")
	dir := w.t.TempDir()
	rsa := w.person("alice@example.org", testca.Key(testca.RSA), testca.Named("alice", ""))
	certs, key, _ := rsa.Files(dir, "alice")
	text, ca := filepath.Join(dir, "text"), filepath.Join(dir, "ca.pem")
	w.must(os.WriteFile(text, []byte(entity), 0o600))
	w.must(os.WriteFile(ca, w.ca.CertificatePEM(), 0o600))
	for md, note := range map[string]string{"sha1": "SHA-1", "md5": "MD5"} {
		mail := peer.Run(w.t, nil, "openssl", "cms", "-sign", "-in", text, "-signer", certs, "-inkey", key, "-certfile", ca, "-md", md, "-crlfeol",
			"-from", "alice@example.org", "-to", "bob@example.org", "-subject", "Lunch")
		w.add("weak-"+md, Untrusted, finding.SignatureRefused, string(mail), "signed over "+note)
	}
}
