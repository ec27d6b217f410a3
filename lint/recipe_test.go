package lint

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// recipe is a certificate to be made for a test: a good one, until a test spoils it.
type recipe struct {
	t       testing.TB
	subject []pki.Attribute
	san     []pki.GeneralName
	tpl     pki.Template
	issuer  *pki.Certificate // nil: self-signed
	public  bool             // the S/MIME BR bind by decree
	at      time.Time        // which rules hold; zero: those of notBefore
	tbs     func(*tbsParts)  // last changes, below what a template can say
}

// tbsParts are the elements of TBSCertificate, each encoded.
type tbsParts struct {
	version, serial, signature, issuer, validity, subject, spki []byte
	unique, extensions                                          []byte
	outer                                                       []byte // signatureAlgorithm
	value                                                       []byte // signatureValue
}

var caKey = newKey()
var leafKey = newKey()

func newKey() *ecdsa.PrivateKey { k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader); return k }

func text(id der.OID, value string) pki.Attribute { return pki.TextAttribute(id, value) }

// raw makes an attribute of any string type.
func raw(id der.OID, tag der.Tag, value string) pki.Attribute {
	return pki.Attribute{Type: id, Tag: tag, Raw: element(tag, []byte(value))}
}

func element(tag der.Tag, body []byte) []byte {
	var b der.Builder
	b.Element(tag, tag == der.Sequence || tag == der.Set, func(b *der.Builder) { b.AppendBytes(body) })
	out, err := b.Bytes()
	if err != nil {
		panic(err)
	}
	return out
}

func (r *recipe) ext(e pki.Extension, err error) *recipe {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	r.drop(e.ID)
	r.tpl.Extensions = append(r.tpl.Extensions, e)
	return r
}

func (r *recipe) value(id der.OID, critical bool, value []byte) {
	r.ext(pki.Extension{ID: id, Critical: critical, Value: value}, nil)
}

func (r *recipe) drop(id der.OID) {
	r.tpl.Extensions = slices.DeleteFunc(r.tpl.Extensions, func(e pki.Extension) bool { return e.ID == id })
}

func (r *recipe) critical(id der.OID, critical bool) {
	for i := range r.tpl.Extensions {
		if r.tpl.Extensions[i].ID == id {
			r.tpl.Extensions[i].Critical = critical
			return
		}
	}
	r.t.Fatalf("no extension %s", id)
}

func (r *recipe) without(id der.OID) {
	r.subject = slices.DeleteFunc(r.subject, func(a pki.Attribute) bool { return a.Type == id })
}

func (r *recipe) add(a ...pki.Attribute) { r.subject = append(r.subject, a...) }

func (r *recipe) usage(u pki.KeyUsage) { r.ext(pki.KeyUsageExtension(u)) }

func (r *recipe) purposes(p ...der.OID) { r.ext(pki.ExtKeyUsageExtension(p...)) }

func (r *recipe) policies(p ...pki.PolicyInformation) { r.ext(pki.PoliciesExtension(p...)) }

func (r *recipe) spki(hexOID der.OID, params, bits []byte) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		alg.Identifier{OID: hexOID, Params: params}.Append(b)
		b.BitString(der.BitString{Bytes: bits})
	})
	r.tpl.RawSPKI, _ = b.Bytes()
}

// rsa sets an RSA key of these numbers.
func (r *recipe) rsa(n *big.Int, e int64) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) { b.BigInt(n); b.Int(e) })
	bits, _ := b.Bytes()
	r.spki(alg.OIDRSA, []byte{5, 0}, bits)
}

// leaf is a good subscriber certificate of a profile.
func leaf(t testing.TB, v pki.Validation, g pki.Generation) *recipe {
	r := &recipe{t: t, issuer: issuing(t), san: []pki.GeneralName{pki.Mailbox("alice@example.org")}}
	r.tpl = pki.Template{Serial: new(big.Int).Lsh(big.NewInt(0x5a5a5a), 100), PublicKey: &leafKey.PublicKey, NotBefore: day(2026, 11, 1), NotAfter: day(2027, 11, 1)}
	if g == pki.Legacy {
		r.tpl.NotBefore, r.tpl.NotAfter = day(2024, 11, 1), day(2025, 11, 1)
	}
	organization := []pki.Attribute{text(alg.OIDAttrCountry, "CH"), text(alg.OIDAttrLocality, "Bern"), text(alg.OIDAttrOrganization, "Example AG"), text(alg.OIDAttrOrganizationIdentifier, "NTRCH-CHE-123.456.789")}
	person := []pki.Attribute{text(alg.OIDAttrGivenName, "Alice"), text(alg.OIDAttrSurname, "Example"), text(alg.OIDAttrCommonName, "Alice Example")}
	switch v {
	case pki.MailboxValidated:
		r.subject = []pki.Attribute{text(alg.OIDAttrCommonName, "alice@example.org")}
	case pki.OrganizationValidated:
		r.subject = append(organization, text(alg.OIDAttrCommonName, "Example AG"))
	case pki.SponsorValidated:
		r.subject = append(organization, person...)
	case pki.IndividualValidated:
		r.subject = append(person, text(alg.OIDAttrCountry, "CH"))
	case pki.NoValidation:
		r.subject = []pki.Attribute{text(alg.OIDAttrCommonName, "Alice Example")}
	}
	r.ext(pki.KeyUsageExtension(pki.DigitalSignature | pki.KeyAgreement)).ext(pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection))
	if id := policyOf(v, g); id != "" {
		r.policies(pki.PolicyInformation{ID: id})
	}
	r.sources()
	return r
}

func (r *recipe) sources() {
	r.ext(pki.CRLPointsExtension(pki.PointAt("http://crl.waxwing-ca.com/1.crl")))
	r.ext(pki.AccessExtension(pki.AccessDescription{Method: alg.OIDAccessOCSP, Location: pki.URI("http://ocsp.waxwing-ca.com")},
		pki.AccessDescription{Method: alg.OIDAccessCAIssuers, Location: pki.URI("http://crl.waxwing-ca.com/ca.crt")}))
	r.ext(pki.SubjectKeyIDExtension([]byte("subject")))
	if r.issuer != nil {
		r.ext(pki.AuthorityKeyIDExtension(r.issuer.SubjectKeyID))
	}
}

// policyOf is the reserved policy of a profile: their last two numbers count validations and generations.
func policyOf(v pki.Validation, g pki.Generation) der.OID {
	i := slices.Index([]pki.Validation{pki.MailboxValidated, pki.OrganizationValidated, pki.SponsorValidated, pki.IndividualValidated}, v)
	j := slices.Index([]pki.Generation{pki.Legacy, pki.Multipurpose, pki.Strict}, g)
	if i < 0 || j < 0 {
		return ""
	}
	return alg.OIDPolicyMailboxLegacy[:5] + der.OID([]byte{byte(i + 1), byte(j + 1)})
}

func authority(t testing.TB, issuer *pki.Certificate) *recipe {
	r := &recipe{t: t, issuer: issuer}
	r.tpl = pki.Template{Serial: new(big.Int).Lsh(big.NewInt(0x3c3c3c), 100), PublicKey: &caKey.PublicKey, NotBefore: day(2025, 11, 1), NotAfter: day(2040, 11, 1)}
	r.subject = []pki.Attribute{text(alg.OIDAttrCountry, "CH"), text(alg.OIDAttrOrganization, "Example AG"), text(alg.OIDAttrCommonName, "Example Root")}
	r.ext(pki.BasicConstraintsExtension(true, -1)).ext(pki.KeyUsageExtension(pki.KeyCertSign | pki.CRLSign)).ext(pki.SubjectKeyIDExtension([]byte("authority")))
	if issuer != nil {
		r.subject[2] = text(alg.OIDAttrCommonName, "Example Issuing")
		r.ext(pki.BasicConstraintsExtension(true, 0)).ext(pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection))
		r.policies(pki.PolicyInformation{ID: alg.OIDAnyPolicy})
		r.sources()
	}
	return r
}

func issuing(t testing.TB) *pki.Certificate { return authority(t, nil).make() }

// make builds and parses the certificate.
func (r *recipe) make() *pki.Certificate {
	r.t.Helper()
	rdns := pki.Name{}
	if len(r.subject) > 0 {
		var err error
		if rdns, err = pki.NewName(r.subject...); err != nil {
			r.t.Fatal(err)
		}
	}
	r.tpl.Subject = rdns
	if len(r.san) > 0 {
		_, had := r.find(alg.OIDExtSubjectAltName)
		if !had {
			r.ext(pki.SubjectAltNameExtension(len(r.subject) == 0, r.san...))
		}
	}
	rawCert, err := pki.CreateCertificate(r.tpl, r.issuer, crypto.Signer(caKey))
	if err != nil {
		r.t.Fatal(err)
	}
	if r.tbs != nil {
		rawCert = r.rebuild(rawCert)
	}
	c, err := pki.ParseCertificate(rawCert)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *recipe) find(id der.OID) (pki.Extension, bool) {
	for _, e := range r.tpl.Extensions {
		if e.ID == id {
			return e, true
		}
	}
	return pki.Extension{}, false
}

// rebuild takes a certificate apart, lets the test change the parts, and puts it together; the signature breaks.
func (r *recipe) rebuild(whole []byte) []byte {
	outer := der.NewCursor(whole).Sequence()
	tbs := outer.Sequence()
	var p tbsParts
	for _, part := range []*[]byte{&p.version, &p.serial, &p.signature, &p.issuer, &p.validity, &p.subject, &p.spki, &p.extensions} {
		*part = tbs.Next().Raw
	}
	p.outer, p.value = outer.Next().Raw, outer.Next().Raw
	r.tbs(&p)
	inner := slices.Concat(p.version, p.serial, p.signature, p.issuer, p.validity, p.subject, p.spki, p.unique, p.extensions)
	return element(der.Sequence, slices.Concat(element(der.Sequence, inner), p.outer, p.value))
}

// otherKeys are keys that a recipe can name.
func ed25519Key() ed25519.PublicKey { k, _, _ := ed25519.GenerateKey(rand.Reader); return k }
func x25519Key() *ecdh.PublicKey {
	k, _ := ecdh.X25519().GenerateKey(rand.Reader)
	return k.PublicKey()
}

// product returns a modulus of two primes of half the length, the same one each time: primes take long to find.
func product(bits int) *big.Int {
	if n, ok := products[bits]; ok {
		return new(big.Int).Set(n)
	}
	for {
		p, _ := rand.Prime(rand.Reader, bits/2)
		q, _ := rand.Prime(rand.Reader, bits-bits/2)
		if n := p.Mul(p, q); n.BitLen() == bits {
			products[bits] = new(big.Int).Set(n)
			return n
		}
	}
}

var products = map[int]*big.Int{}
