package lint

import (
	"math/big"
	"net/netip"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// example is a certificate that breaks a rule: a good one of a profile, and how it is spoilt.
type example struct {
	rule  string
	base  func(testing.TB) *recipe
	spoil func(*recipe)
}

func boolean(v byte) []byte { return []byte{1, 1, v} }

var emptySequence = []byte{0x30, 0}

// spoilExtension writes an extension with a value of bytes.
func spoilExtension(id der.OID, value []byte) func(*recipe) {
	return func(r *recipe) { r.value(id, false, value) }
}

func spoilCritical(id der.OID, critical bool) func(*recipe) {
	return func(r *recipe) { r.critical(id, critical) }
}

func spoilDrop(id der.OID) func(*recipe) { return func(r *recipe) { r.drop(id) } }

func spoilTBS(f func(*tbsParts)) func(*recipe) { return func(r *recipe) { r.tbs = f } }

func spoilSAN(names ...pki.GeneralName) func(*recipe) {
	return func(r *recipe) { r.san = append(r.san, names...) }
}

func spoilSubject(a ...pki.Attribute) func(*recipe) { return func(r *recipe) { r.add(a...) } }

func spoilUsage(u pki.KeyUsage) func(*recipe) { return func(r *recipe) { r.usage(u) } }

// sanOf writes a subjectAltName of one name of bytes.
func sanOf(kind byte, body string) func(*recipe) {
	return func(r *recipe) {
		r.value(alg.OIDExtSubjectAltName, false, element(der.Sequence, element(der.Context(uint32(kind)), []byte(body))))
	}
}

func outlineExamples() []example {
	serial := func(b ...byte) func(*recipe) {
		return spoilTBS(func(p *tbsParts) { p.serial = element(der.Integer, b) })
	}
	times := func(from, until []byte) func(*recipe) {
		return spoilTBS(func(p *tbsParts) { p.validity = element(der.Sequence, append(from, until...)) })
	}
	utc := func(s string) []byte { return element(der.UTCTime, []byte(s)) }
	return []example{
		{"version.v3", mailbox, spoilTBS(func(p *tbsParts) { p.version = []byte{0xa0, 3, 2, 1, 1} })},
		{"version.extensions", mailbox, spoilTBS(func(p *tbsParts) { p.version, p.extensions = nil, nil })},
		{"version.encoding", mailbox, spoilTBS(func(p *tbsParts) { p.version = []byte{0xa0, 3, 2, 1, 0} })},
		{"uniqueid.absent", mailbox, spoilTBS(func(p *tbsParts) { p.unique = []byte{0x81, 2, 0, 1} })},
		{"extensions.nonempty", mailbox, spoilTBS(func(p *tbsParts) { p.extensions = []byte{0xa3, 2, 0x30, 0} })},
		{"extensions.once", mailbox, func(r *recipe) { r.tpl.Extensions = append(r.tpl.Extensions, r.tpl.Extensions[0]) }},
		{"extensions.readable", mailbox, spoilExtension(alg.OIDExtKeyUsage, boolean(0xff))},
		{"extensions.default", mailbox, spoilTBS(func(p *tbsParts) {
			body := append(element(der.ObjectIdentifier, []byte(alg.OIDExtIssuerAltName)), boolean(0)...)
			p.extensions = element2(0xa3, element(der.Sequence, element(der.Sequence, append(body, 4, 2, 0x30, 0))))
		})},
		{"extensions.boolean", mailbox, spoilTBS(func(p *tbsParts) {
			body := append(element(der.ObjectIdentifier, []byte(alg.OIDExtIssuerAltName)), boolean(1)...)
			p.extensions = element2(0xa3, element(der.Sequence, element(der.Sequence, append(body, 4, 2, 0x30, 0))))
		})},
		{"extensions.unknown-critical", mailbox, func(r *recipe) { r.value(alg.OIDExtNetscapeCertType, true, []byte{3, 2, 7, 0x80}) }},
		{"signature.match", mailbox, spoilTBS(func(p *tbsParts) { p.signature = alg.Identifier{OID: alg.OIDEd25519}.Bytes() })},
		{"signature.octets", mailbox, spoilTBS(func(p *tbsParts) { p.value = []byte{3, 2, 1, 0x80} })},
		{"signature.parameters", mailbox, outerSignature(alg.Identifier{OID: alg.OIDECDSAWithSHA256, Params: []byte{5, 0}})},
		{"signature.verifies", mailbox, serial(0x11, 1, 1, 1, 1, 1, 1, 1, 1)},
		{"issuer.nonempty", mailbox, spoilTBS(func(p *tbsParts) { p.issuer = emptySequence })},
		{"issuer.same-bytes", mailbox, spoilTBS(func(p *tbsParts) { p.issuer = emptySequence })},
		{"subject.ca-nonempty", subCA, func(r *recipe) { r.subject = nil }},
		{"serial.positive", mailbox, serial(0x80, 1)},
		{"serial.length", mailbox, serial(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)},
		{"serial.minimal", mailbox, serial(0, 1)},
		{"smime.serial.entropy", mailbox, serial(1, 2, 3)},
		{"validity.order", mailbox, func(r *recipe) { r.tpl.NotAfter = r.tpl.NotBefore }},
		{"validity.utctime", mailbox, times(utc("261101000000Z"), element(der.GeneralizedTime, []byte("20271101000000Z")))},
		{"validity.generalized", mailbox, times(utc("261101000000Z"), utc("500101000000Z"))},
		{"validity.form", mailbox, times(utc("2611010000Z"), utc("271101000000Z"))},
		{"smime.validity.825", mailbox, func(r *recipe) { r.tpl.NotAfter = r.tpl.NotBefore.AddDate(0, 0, 825) }},
		{"smime.validity.1185", legacyMailbox, func(r *recipe) { r.tpl.NotAfter = r.tpl.NotBefore.AddDate(0, 0, 1185) }},
	}
}

// element2 encodes an element under a header octet.
func element2(tag byte, body []byte) []byte {
	return append([]byte{tag}, element(der.OctetString, body)[1:]...)
}

// outerSignature writes a signature algorithm inside and outside.
func outerSignature(id alg.Identifier) func(*recipe) {
	return spoilTBS(func(p *tbsParts) { p.signature, p.outer = id.Bytes(), id.Bytes() })
}

func nameExamples() []example {
	list := []example{
		{"name.rdn-nonempty", mailbox, spoilTBS(func(p *tbsParts) { p.subject = element(der.Sequence, []byte{0x31, 0}) })},
		{"name.string-types", organization, spoilSubject(raw(alg.OIDAttrTitle, der.T61String, "Dr"))},
		{"name.characters", organization, spoilSubject(raw(alg.OIDAttrTitle, der.PrintableString, "D@"))},
		{"name.empty-value", organization, spoilSubject(raw(alg.OIDAttrTitle, der.UTF8String, ""))},
		{"name.edge-spaces", organization, spoilSubject(text(alg.OIDAttrTitle, " Dr"))},
		{"name.controls", organization, spoilSubject(text(alg.OIDAttrTitle, "D\x01r"))},
		{"name.repeated", organization, spoilSubject(text(alg.OIDAttrOrganization, "Other AG"))},
		{"name.multivalued", mailbox, spoilTBS(func(p *tbsParts) {
			one := element(der.Sequence, append(element(der.ObjectIdentifier, []byte(alg.OIDAttrCommonName)), element(der.UTF8String, []byte("a"))...))
			p.subject = element(der.Sequence, element(der.Set, append(one, one...)))
		})},
		{"name.type.country", organization, spoilSubject(raw(alg.OIDAttrCountry, der.UTF8String, "CH"))},
		{"name.type.serialnumber", organization, spoilSubject(raw(alg.OIDAttrSerialNumber, der.UTF8String, "1"))},
		{"name.type.dnqualifier", organization, spoilSubject(raw(alg.OIDAttrDNQualifier, der.UTF8String, "1"))},
		{"name.type.email", organization, spoilSubject(raw(alg.OIDAttrEmailAddress, der.UTF8String, "alice@example.org"))},
		{"name.type.domaincomponent", organization, spoilSubject(raw(alg.OIDAttrDomainComponent, der.UTF8String, "org"))},
	}
	for _, id := range []der.OID{alg.OIDAttrCommonName, alg.OIDAttrOrganization, alg.OIDAttrOrganizationalUnit, alg.OIDAttrTitle, alg.OIDAttrSerialNumber,
		alg.OIDAttrLocality, alg.OIDAttrState, alg.OIDAttrPseudonym, alg.OIDAttrEmailAddress, alg.OIDAttrCountry} {
		list = append(list, example{"name.length." + strings.ToLower(label(id)), organization, spoilSubject(text(id, strings.Repeat("a", pki.MaxLength(id)+1)))})
	}
	return list
}

func keyExamples() []example {
	n := product(2048)
	small := new(big.Int).Mul(big.NewInt(3), product(2046))
	square := product(1024)
	square.Mul(square, square)
	p := product(1024)
	near := new(big.Int).Mul(p, new(big.Int).Add(p, big.NewInt(2)))
	roca := new(big.Int).Exp(big.NewInt(65537), big.NewInt(128), nil)
	rsa := func(n *big.Int, e int64) func(*recipe) { return func(r *recipe) { r.rsa(n, e) } }
	key := func(id der.OID, params, bits []byte) func(*recipe) {
		return func(r *recipe) { r.spki(id, params, bits) }
	}
	p224 := element(der.ObjectIdentifier, []byte(alg.OIDCurveP224))
	return []example{
		{"key.readable", mailbox, key(alg.OIDEd25519, nil, []byte{1})}, {"key.known", mailbox, key("\x2a\x03\x04", nil, []byte{1})}, {"key.no-dsa", mailbox, key(alg.OIDDSA, nil, []byte{2, 1, 1})},
		{"key.named-curve", mailbox, key(alg.OIDECPublicKey, emptySequence, []byte{4})}, {"key.curve-strength", mailbox, func(r *recipe) { r.tpl.PublicKey = p224Key() }},
		{"key.parameters", mailbox, key(alg.OIDEd25519, []byte{5, 0}, make([]byte, 32))}, {"smime.key.algorithm-2023", legacyMailbox, key(alg.OIDECPublicKey, p224, []byte{4})},
		{"smime.key.algorithm", mailbox, key(alg.OIDRSA, nil, []byte{4})},
		{"smime.signature.algorithm", mailbox, outerSignature(alg.Identifier{OID: alg.OIDSHA224WithRSA, Params: []byte{5, 0}})},
		{"smime.signature.curve", mailbox, outerSignature(alg.Identifier{OID: alg.OIDECDSAWithSHA512})}, {"smime.signature.no-sha1", mailbox, outerSignature(alg.Identifier{OID: alg.OIDECDSAWithSHA1})},
		{"signature.weak-hash", mailbox, outerSignature(alg.Identifier{OID: alg.OIDMD5WithRSA, Params: []byte{5, 0}})}, {"signature.sha1", mailbox, outerSignature(alg.Identifier{OID: alg.OIDSHA1WithRSA, Params: []byte{5, 0}})},
		{"smime.ca.rsa-4096", subCA, func(r *recipe) { r.rsa(n, 65537); r.tpl.NotBefore = day(2026, 10, 1) }},
		{"smime.leaf.issuer-3072", mailbox, func(r *recipe) {
			r.at = day(2027, 10, 1)
			r.issuer.KeyInfo = alg.KeyInfo{Algorithm: alg.Identifier{OID: alg.OIDRSA}, Size: 2048, Name: "RSA 2048"}
		}},
		{"rsa.size", mailbox, rsa(product(1024), 65537)}, {"rsa.octets", mailbox, rsa(product(2049), 65537)}, {"rsa.exponent", mailbox, rsa(n, 4)}, {"rsa.exponent-range", mailbox, rsa(n, 3)},
		{"rsa.small-factor", mailbox, rsa(small, 65537)}, {"rsa.composite", mailbox, rsa(square, 65537)}, {"rsa.roca", mailbox, rsa(roca, 65537)}, {"rsa.fermat", mailbox, rsa(near, 65537)},
	}
}

func altNameExamples() []example {
	utf8 := func(address string) func(*recipe) { return spoilSAN(pki.SmtpUTF8(address)) }
	return []example{
		{"san.nonempty", mailbox, spoilExtension(alg.OIDExtSubjectAltName, emptySequence)},
		{"san.critical", mailbox, func(r *recipe) { r.subject = nil; r.ext(pki.SubjectAltNameExtension(false, r.san...)) }},
		{"san.not-critical", mailbox, func(r *recipe) { r.ext(pki.SubjectAltNameExtension(true, r.san...)) }}, {"san.no-empty-name", mailbox, sanOf(1, "")},
		{"san.email.syntax", mailbox, spoilSAN(pki.RFC822("Alice <alice@example.org>"))}, {"san.email.ascii", mailbox, sanOf(1, "alice@exämple.org")}, {"san.dns.syntax", mailbox, spoilSAN(pki.DNS("a b"))},
		{"san.uri.absolute", mailbox, spoilSAN(pki.URI("x"))}, {"san.ip.length", mailbox, sanOf(7, "123")}, {"san.repeated", mailbox, spoilSAN(pki.Mailbox("alice@example.org"))},
		{"san.smtputf8.type", mailbox, spoilSAN(pki.Other(alg.OIDOtherNameSmtpUTF8Mailbox, element(der.IA5String, []byte("a@b.org"))))}, {"san.smtputf8.needed", mailbox, utf8("alice@example.org")},
		{"san.smtputf8.syntax", mailbox, utf8("\ufeffälice@example.org ")},
		{"ian.not-critical", mailbox, func(r *recipe) {
			r.ext(pki.IssuerAltNameExtension(pki.URI("http://x.org")))
			r.critical(alg.OIDExtIssuerAltName, true)
		}},
		{"ian.nonempty", mailbox, spoilExtension(alg.OIDExtIssuerAltName, emptySequence)},
		{"smime.san.no-ipaddress", mailbox, spoilSAN(pki.IP(netip.MustParseAddr("192.0.2.1")))},
	}
}
