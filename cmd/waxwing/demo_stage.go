package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/smime"
)

// stage is who appears in the demo.
type stage struct {
	now       time.Time
	authority *player
	alice     *player
	bob       *player
	mallory   *player // with an honest certificate of his own
	fake      *player // Mallory's own certificate in Alice's name
	anchors   *chain.Anchors
}

// player is a name with a key and a certificate.
type player struct {
	key  *ecdsa.PrivateKey
	cert *pki.Certificate
}

func (p *player) describe() string {
	return fmt.Sprintf("%s, %s, until %s", p.cert.Emails()[0].Address, p.cert.KeyInfo.Name, p.cert.NotAfter.Format(time.DateOnly))
}

func newStage(now time.Time) (*stage, error) {
	s := &stage{now: now}
	var err error
	if s.authority, err = newPlayer(now, nil, "Example Trust", "", true); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		into          **player
		issuer        *player
		name, address string
	}{
		{&s.alice, s.authority, "Alice Example", "alice@example.org"},
		{&s.bob, s.authority, "Bob Example", "bob@example.net"},
		{&s.mallory, s.authority, "Mallory Example", "mallory@example.com"},
		{&s.fake, nil, "Alice Example", "alice@example.org"},
	} {
		if *p.into, err = newPlayer(now, p.issuer, p.name, p.address, false); err != nil {
			return nil, err
		}
	}
	s.anchors = chain.NewAnchors(chain.Anchor{Certificate: s.authority.cert})
	return s, nil
}

// newPlayer makes a key and has it certified, by itself where there is no issuer.
func newPlayer(now time.Time, issuer *player, name, address string, authority bool) (*player, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &player{key: key}
	t, err := demoTemplate(now, name, address, authority, key.Public())
	if err != nil {
		return nil, err
	}
	var by *pki.Certificate
	var signer crypto.Signer = key
	if issuer != nil {
		by, signer = issuer.cert, issuer.key
	}
	raw, err := pki.CreateCertificate(t, by, signer)
	if err != nil {
		return nil, err
	}
	p.cert, err = pki.ParseCertificate(raw)
	return p, err
}

func demoTemplate(now time.Time, name, address string, authority bool, key crypto.PublicKey) (pki.Template, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return pki.Template{}, err
	}
	t := pki.Template{Serial: serial, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0), PublicKey: key}
	if t.Subject, err = pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, name)); err != nil {
		return t, err
	}
	make := func(list ...func() (pki.Extension, error)) error {
		for _, f := range list {
			e, err := f()
			if err != nil {
				return err
			}
			t.Extensions = append(t.Extensions, e)
		}
		return nil
	}
	if authority {
		return t, make(
			func() (pki.Extension, error) { return pki.BasicConstraintsExtension(true, 0) },
			func() (pki.Extension, error) { return pki.KeyUsageExtension(pki.KeyCertSign | pki.CRLSign) })
	}
	return t, make(
		func() (pki.Extension, error) { return pki.KeyUsageExtension(pki.DigitalSignature | pki.KeyAgreement) },
		func() (pki.Extension, error) { return pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection) },
		func() (pki.Extension, error) { return pki.SubjectAltNameExtension(false, pki.Mailbox(address)) },
		func() (pki.Extension, error) {
			return pki.PoliciesExtension([]pki.PolicyInformation{{ID: der.OID(alg.OIDPolicyIndividualStrict)}}...)
		})
}

func (s *stage) sign(ctx context.Context, mail []byte, by *player) ([]byte, error) {
	m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	o := smime.SignOptions{CMS: cms.SignedOptions{Signers: []cms.SignerOptions{smime.Signer(by.key, by.cert, s.now)}, Certificates: []*pki.Certificate{by.cert}}}
	err = smime.Sign(ctx, &out, m, o)
	return out.Bytes(), err
}

func (s *stage) encrypt(ctx context.Context, mail []byte, to *player) ([]byte, error) {
	m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = smime.Encrypt(ctx, &out, m, smime.EncryptOptions{Recipients: []smime.Recipient{{Certificate: to.cert}}})
	return out.Bytes(), err
}
