package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/server"
)

// appleFlags say what a profile for Apple's devices holds beside certificates, and who signs it.
type appleFlags struct {
	mailServer, smtpServer, exchange, user string
	organisation, identifier               string
	signer                                 string
}

func (f *appleFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.mailServer, "mail-server", "", "apple: set up an account at this IMAP server")
	fl.StringVar(&f.smtpServer, "smtp-server", "", "apple: and send through this server (default: the IMAP server)")
	fl.StringVar(&f.exchange, "exchange", "", "apple: set up an Exchange account at this host instead")
	fl.StringVar(&f.user, "account-user", "", "apple: name of the account (default: the address)")
	fl.StringVar(&f.organisation, "organization", "", "apple: who offers the profile (default: that of the authority)")
	fl.StringVar(&f.identifier, "identifier", "", "apple: names the profiles, as org.example.smime; one with the same name and address replaces the old one")
	fl.StringVar(&f.signer, "signer", "", "apple: file with the key and the certificates that sign the profile (default: the authority has its own)")
}

// kitProfile prepares the signer and the account of a profile. h is nil where there is no authority.
func (a *app) kitProfile(c *cobra.Command, h *server.House, f kitFlags, address string) (*kit.Profile, error) {
	var p *kit.Profile
	var err error
	switch {
	case f.apple.signer != "":
		p, err = a.profileSigner(f.apple.signer, address)
	case h != nil:
		p, err = h.KitProfile(c.Context(), address, actor())
	default:
		return nil, usage(c, "a profile is signed: --signer FILE names the key and the certificates")
	}
	if err != nil {
		return nil, err
	}
	if f.apple.organisation != "" {
		p.Organisation = f.apple.organisation
	}
	if f.apple.identifier != "" {
		p.Identifier = f.apple.identifier
	}
	switch s := f.apple; {
	case s.exchange != "" && s.mailServer != "":
		return nil, usage(c, "a profile sets up one account: --mail-server or --exchange")
	case s.exchange != "":
		p.Mail = &kit.MailServer{Exchange: true, Incoming: s.exchange, UserName: s.user}
	case s.mailServer != "":
		p.Mail = &kit.MailServer{Incoming: s.mailServer, Outgoing: s.smtpServer, UserName: s.user}
	}
	return p, nil
}

// profileSigner reads who signs from a file.
func (a *app) profileSigner(path, address string) (*kit.Profile, error) {
	key, cert, carried, err := a.signingIdentity(keyFlags{keys: []string{path}}, nil, alg.Allow{})
	if err != nil {
		return nil, err
	}
	p := &kit.Profile{Key: key, Certificate: cert, Organisation: cert.Subject.Organization()}
	if p.Organisation == "" {
		p.Organisation = cert.Subject.Display()
	}
	for _, x := range carried {
		if !x.Equal(cert) {
			p.Chain = append(p.Chain, x)
		}
	}
	labels := strings.Split(address[strings.LastIndexByte(address, '@')+1:], ".")
	for i := len(labels) - 1; i >= 0; i-- {
		p.Identifier += labels[i] + "."
	}
	p.Identifier += "smime"
	return p, nil
}
