package testca

import (
	"crypto"
	"crypto/rand"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// Entity is an authority or a person.
type Entity struct {
	Certificate *pki.Certificate
	Key         crypto.PrivateKey
	Issuer      *Entity // nil for a root

	t testing.TB
}

// Root returns a self-signed authority.
func Root(t testing.TB, name string, changes ...Change) *Entity {
	t.Helper()
	return issue(t, nil, Authority(name).With(changes...))
}

// Issue issues a certificate.
func (e *Entity) Issue(s Spec) *Entity {
	e.t.Helper()
	return issue(e.t, e, s)
}

// Renew issues another certificate for the key of one that this authority issued.
func (e *Entity) Renew(old *Entity, s Spec) *Entity {
	e.t.Helper()
	fresh := &Entity{Key: old.Key, Issuer: e, t: e.t}
	fresh.sign(s)
	return fresh
}

func issue(t testing.TB, by *Entity, s Spec) *Entity {
	t.Helper()
	owner := s.Name
	if by != nil {
		owner = by.Certificate.Subject.String() + "/" + owner
	}
	e := &Entity{Key: keyFor(s.KeyKind, owner), Issuer: by, t: t}
	e.sign(s)
	return e
}

// sign makes the certificate.
func (e *Entity) sign(s Spec) {
	e.t.Helper()
	signer := e
	if e.Issuer != nil {
		signer = e.Issuer
	}
	template := e.template(s)
	var by *pki.Certificate
	if e.Issuer != nil {
		by = e.Issuer.Certificate
	}
	raw, err := pki.CreateCertificate(template, by, signer.Key.(crypto.Signer))
	if err != nil {
		e.t.Fatalf("testca: %s: %v", s.Name, err)
	}
	if e.Certificate, err = pki.ParseCertificate(raw); err != nil {
		e.t.Fatalf("testca: %s: %v", s.Name, err)
	}
}

func (e *Entity) template(s Spec) pki.Template {
	t := pki.Template{Serial: s.Serial, NotBefore: s.NotBefore, NotAfter: s.NotAfter, PublicKey: publicOf(e.Key), Signing: s.Signing}
	if t.Serial == nil {
		t.Serial, _ = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
		t.Serial.Add(t.Serial, big.NewInt(1))
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = NotBefore
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = NotAfter
	}
	t.Subject = e.subject(s)
	t.Extensions = e.extensions(s)
	if s.Change != nil {
		s.Change(&t)
	}
	return t
}

func (e *Entity) subject(s Spec) pki.Name {
	e.t.Helper()
	if s.Subject != nil {
		return *s.Subject
	}
	var attributes []pki.Attribute
	if s.Org != "" {
		attributes = append(attributes, pki.TextAttribute(alg.OIDAttrOrganization, s.Org))
	}
	if s.Name != "" {
		attributes = append(attributes, pki.TextAttribute(alg.OIDAttrCommonName, s.Name))
	}
	n, err := pki.NewName(attributes...)
	e.must(err)
	return n
}

// Chain returns the certificates from this one up to, and without, the root.
func (e *Entity) Chain() []*pki.Certificate {
	var list []*pki.Certificate
	for ; e.Issuer != nil; e = e.Issuer {
		list = append(list, e.Certificate)
	}
	return list
}

// Signer returns the key as one that signs.
func (e *Entity) Signer() crypto.Signer { return e.Key.(crypto.Signer) }

// CertificatePEM returns the certificate and those above it, without the root.
func (e *Entity) CertificatePEM() []byte {
	var out []byte
	list := e.Chain()
	if len(list) == 0 { // a root
		list = append(list, e.Certificate)
	}
	for _, c := range list {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// KeyPEM returns the key as PKCS #8.
func (e *Entity) KeyPEM() []byte {
	e.t.Helper()
	raw, err := keyPEM(e.Key)
	e.must(err)
	return raw
}

// Files writes NAME.pem (certificates), NAME.key and NAME.id.pem (key and certificates) into a folder and
// returns their paths.
func (e *Entity) Files(dir, name string) (certs, key, id string) {
	e.t.Helper()
	certs, key, id = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"), filepath.Join(dir, name+".id.pem")
	e.must(os.WriteFile(certs, e.CertificatePEM(), 0o644))
	e.must(os.WriteFile(key, e.KeyPEM(), 0o600))
	e.must(os.WriteFile(id, append(e.KeyPEM(), e.CertificatePEM()...), 0o600))
	return certs, key, id
}

func (e *Entity) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatalf("testca: %v", err)
	}
}
