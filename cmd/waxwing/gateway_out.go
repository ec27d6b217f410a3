package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/gateway"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/smime"
)

// outFlags say how leaving mail is treated.
type outFlags struct {
	certs []string
	must  []string
}

func (o *outFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.certs, "recipient-cert", nil, "file with certificates of recipients, to encrypt leaving mail to; may be repeated")
	c.Flags().StringArrayVar(&o.must, "must", nil, "address, or domain as @example.org, to whom mail leaves encrypted or not at all; may be repeated")
}

// outbound makes what the flags describe: the keys of -k sign for the addresses in their certificates.
func (a *app) outbound(g *gatewayFlags, o *outFlags) (*gateway.Outbound, error) {
	out := &gateway.Outbound{Intent: func(_, to string) gateway.Intent {
		if inList(o.must, to) {
			return gateway.Intent{Encrypt: gateway.Must}
		}
		return gateway.Intent{}
	}}
	certs, err := a.certificates(o.certs)
	if err != nil {
		return nil, err
	}
	out.Directory = certsByAddress{certs, a.now}
	if len(g.keys) == 0 {
		return out, nil
	}
	ids, carried, err := a.identities(g.keyFlags, g.allow())
	if err != nil {
		return nil, err
	}
	s := &signersByAddress{now: a.now}
	for _, id := range ids {
		key, ok := id.Key.Signer()
		for _, c := range id.Others {
			if ok && c.Allows(pki.DigitalSignature|pki.NonRepudiation) && alg.SameKey(key.Public(), c.PublicKey) {
				s.list = append(s.list, signerOf{c, cms.SignedOptions{Certificates: smime.Carried(c, carried), Signers: []cms.SignerOptions{{Key: key, Certificate: c}}}})
			}
		}
	}
	out.Identities = s
	return out, nil
}

// inList tells whether an address, or its domain as @domain, is in a list.
func inList(list []string, address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	for _, n := range list {
		if strings.EqualFold(n, "@"+domain) || smime.SameAddress(n, address) {
			return true
		}
	}
	return false
}

// holds tells whether a certificate names an address and is inside its time.
func holds(c *pki.Certificate, address string, now time.Time) bool {
	if now.Before(c.NotBefore) || now.After(c.NotAfter) {
		return false
	}
	for _, e := range c.Emails() {
		if smime.SameAddress(e.Address, address) {
			return true
		}
	}
	return false
}

// certsByAddress is a gateway.Directory out of files. Whoever named the files vouches for what is in them.
type certsByAddress struct {
	list []*pki.Certificate
	now  func() time.Time
}

// Find implements gateway.Directory.
func (d certsByAddress) Find(_ context.Context, address string) ([]smime.Recipient, error) {
	var found []smime.Recipient
	for _, c := range d.list {
		if holds(c, address, d.now()) && c.Allows(pki.KeyEncipherment|pki.KeyAgreement) {
			found = append(found, smime.Recipient{Certificate: c})
		}
	}
	return found, nil
}

type signerOf struct {
	cert *pki.Certificate
	how  cms.SignedOptions
}

// signersByAddress is gateway.Identities out of files.
type signersByAddress struct {
	list []signerOf
	now  func() time.Time
}

// Of implements gateway.Identities.
func (s *signersByAddress) Of(_ context.Context, address string) (*cms.SignedOptions, error) {
	for _, one := range s.list {
		if holds(one.cert, address, s.now()) {
			how := one.how
			how.Signers = []cms.SignerOptions{smime.Signer(how.Signers[0].Key, one.cert, s.now())}
			return &how, nil
		}
	}
	return nil, nil
}
