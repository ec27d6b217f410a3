package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"time"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/smime"
)

// stage is the house, who appears in the demo, and what they have in their hands.
type stage struct {
	tell    *teller
	now     time.Time
	house   *server.House
	anchors *chain.Anchors
	chain   []*pki.Certificate // of the authorities
	lists   chain.AtHand       // the CRLs that Bob has

	officer, clerk, specialist, approver, revoker, applicant ra.Actor

	app    ra.Application // Alice's
	post   mailbox        // where she gets mail
	kit    *kit.Kit       // what she fetched
	signed []byte         // her mail

	alice   *player // with the keys out of her kit
	bob     *player
	mallory *player // with an honest certificate of his own
	fake    *player // Mallory's own certificate in Alice's name
}

// player is a name with a key and a certificate.
type player struct {
	key  crypto.Signer
	cert *pki.Certificate
}

// play plays all acts, in a house in a new folder.
func (s *stage) play(ctx context.Context, dir string) error {
	for _, act := range []func(context.Context) error{
		func(ctx context.Context) error { return s.found(ctx, dir) },
		s.application, s.review, s.issue, s.delivery, s.letters, s.forgeries, s.revocation, s.memory,
	} {
		if err := act(ctx); err != nil {
			return err
		}
		s.tell.flush()
	}
	return nil
}

// close closes the house, if it was opened.
func (s *stage) close() error {
	if s.house == nil {
		return nil
	}
	return s.house.Close()
}

// write runs one act in the house.
func (s *stage) write(ctx context.Context, f func(tx *db.Tx) error) error {
	return s.house.RA.Do(ctx, s.house.DB, f)
}

// order gets a certificate at the authority's own desk, for those whose application is not told.
func (s *stage) order(ctx context.Context, given, address string) (*player, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	name, err := pki.NameFromText("CN=" + given)
	if err != nil {
		return nil, err
	}
	request, err := pki.CreateRequest(pki.RequestTemplate{Subject: name}, key)
	if err != nil {
		return nil, err
	}
	var ready *ca.Ready
	err = s.house.DB.Write(ctx, func(tx *db.Tx) (err error) {
		ready, err = s.house.CA.Prepare(tx, ca.Order{Profile: "individual-strict-dual", Subject: ca.Subject{GivenName: given, Surname: "Example"}, Addresses: []string{address},
			Request: request, Holder: "demo:" + given, Reference: "demo:" + given, By: "cli:demo", Approvers: []string{"cli:demo"}})
		return err
	})
	if err != nil {
		return nil, err
	}
	issued, err := s.house.CA.Issue(ctx, s.house.DB, ready)
	if err != nil {
		return nil, err
	}
	cert, err := issued.Parsed()
	return &player{key, cert}, err
}

// forge makes a certificate with the contents of an honest one, signed by itself.
func forge(honest *pki.Certificate) (*player, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	raw, err := pki.CreateCertificate(pki.Template{Serial: honest.Serial, Subject: honest.Subject, NotBefore: honest.NotBefore, NotAfter: honest.NotAfter,
		PublicKey: key.Public(), Extensions: honest.Extensions}, nil, key)
	if err != nil {
		return nil, err
	}
	cert, err := pki.ParseCertificate(raw)
	return &player{key, cert}, err
}

func (s *stage) sign(ctx context.Context, mail []byte, by *player) ([]byte, error) {
	m, err := eml.Parse(bytes.NewReader(mail), limit.New(limit.Limits{}))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	o := smime.SignOptions{CMS: cms.SignedOptions{Signers: []cms.SignerOptions{smime.Signer(by.key, by.cert, s.now)}, Certificates: smime.Carried(by.cert, s.chain)}}
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
