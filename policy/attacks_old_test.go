package policy

import (
	"crypto/rsa"
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// oldCertificates are certificates by algorithms and in forms of the past, and answers about others of the same number.
func (w *workshop) oldCertificates() {
	person := testca.Person("alice@example.org")
	for _, h := range []*alg.Hash{alg.SHA1, alg.MD5} {
		w.add("path-"+h.Micalg(), Untrusted, finding.PathWeak, w.clear(lunch, w.over(h)), "the certificate was signed over "+h.Name+", which collides")
	}
	v1 := person.With(testca.Template(func(t *pki.Template) { t.Extensions = nil }))
	w.add("certificate-version-1", Untrusted, finding.FromNoAddress, w.clear(lunch, w.ca.Issue(v1)), "a certificate of version 1 has no place for an address")

	serial := func(s *testca.Spec) { s.Serial = big.NewInt(4711) }
	mine := w.ca.Issue(person.With(serial, testca.Named("4711", "")))
	other := w.stranger.Issue(person.With(serial))
	o := signing(mine)
	o.CMS.CRLs = []*pki.CRL{w.ca.CRL(mine.Revoke(pki.KeyCompromise))}
	o.CMS.OCSP = []*pki.OCSPResponse{w.stranger.OCSP(other, pki.OCSPGood)}
	w.add("evidence-same-number", Revoked, finding.RevocationRevoked, w.sign(lunch, o), "a good answer about a certificate of another authority with the same number")
	o.CMS.CRLs, o.CMS.OCSP = []*pki.CRL{w.stranger.CRL(other.Revoke(pki.KeyCompromise))}, nil
	w.add("evidence-same-number-listed", Genuine, finding.RevocationUnknown, w.sign(lunch, o), "another authority revoked a certificate with the same number")
	inherited := w.person("alice@example.org", testca.Named("alice reused", ""))
	stolen := w.stranger.Renew(inherited, person)
	o = signing(inherited)
	o.CMS.Certificates = append(o.CMS.Certificates, stolen.Certificate)
	w.add("carried-same-key", Genuine, "", w.sign(lunch, o), "another certificate for the same key, by a stranger, comes along")
}

// over returns Alice with a certificate over an old digest, which package pki does not make.
func (w *workshop) over(h *alg.Hash) *testca.Entity {
	ca := w.root.Issue(testca.Authority("RSA").With(testca.Key(testca.RSA)))
	id := alg.Identifier{OID: map[*alg.Hash]der.OID{alg.SHA1: alg.OIDSHA1WithRSA, alg.MD5: alg.OIDMD5WithRSA}[h], Params: []byte{5, 0}}
	name, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, "alice "+h.Name))
	w.must(err)
	address, err := pki.SubjectAltNameExtension(false, pki.Mailbox("alice@example.org"))
	w.must(err)
	template := pki.Template{Serial: big.NewInt(4712), Subject: name, NotBefore: testca.NotBefore, NotAfter: testca.NotAfter,
		PublicKey: w.alice.Signer().Public(), Extensions: []pki.Extension{address}}
	tbs, err := template.TBS(ca.Certificate.Subject, id)
	w.must(err)
	signature, err := rsa.SignPKCS1v15(nil, ca.Key.(*rsa.PrivateKey), h.Std, h.Sum(tbs))
	w.must(err)
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Raw(tbs)
		id.Append(b)
		b.BitString(der.BitString{Bytes: signature})
	})
	raw, err := b.Bytes()
	w.must(err)
	c, err := pki.ParseCertificate(raw)
	w.must(err)
	return &testca.Entity{Certificate: c, Key: w.alice.Key, Issuer: ca}
}
