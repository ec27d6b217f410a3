package main

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

func (a *app) certCommand() *cobra.Command {
	return noun("cert", "Look at certificates", "  waxwing cert show alice.crt\n  waxwing cert find --address ada@acme.example", a.certShowCommand(), a.certFindCommand(), a.certLintCommand(), a.revokeCommand("cert"))
}

func (a *app) certShowCommand() *cobra.Command {
	var k keyFlags
	var f homeFlags
	var legacy bool
	c := &cobra.Command{
		Use:   "show FILE...",
		Short: "Show what certificates say",
		Long: "Show prints every certificate of the files: whose it is, who issued it, for how long, for what, with which key.\n" +
			"It reads PEM, DER, PKCS#7 and PKCS#12, and shows what is odd about an encoding. It judges nothing. What is no file is\n" +
			"looked for in the house: by id, serial number or fingerprint.",
		Example: "  waxwing cert show alice.crt\n  waxwing cert show --json bundle.pem",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var list []certificateJSON
			for _, path := range args {
				certs, err := a.certificatesOf(c, f, path, k, legacy)
				if err != nil {
					return err
				}
				for _, cert := range certs {
					list = append(list, describe(cert))
				}
			}
			if f.json {
				return a.printJSON(list)
			}
			for i, d := range list {
				if i > 0 {
					a.printf("\n")
				}
				a.printCertificate(d)
			}
			return nil
		},
	}
	c.Flags().StringVar(&k.passwordFile, "password-file", "", "file whose first line is the password of a PKCS#12 file")
	c.Flags().BoolVar(&legacy, "allow-legacy", false, "read PKCS#12 files protected by 3DES or RC2")
	f.add(c)
	return c
}

// certificatesOf reads the certificates of a file, or one of the house.
func (a *app) certificatesOf(c *cobra.Command, f homeFlags, name string, k keyFlags, legacy bool) ([]*pki.Certificate, error) {
	if exists(name) || !looksLikeName(name) {
		b, err := a.read(name, k, alg.Allow{Legacy: legacy})
		if err != nil {
			return nil, err
		}
		return b.Certificates, nil
	}
	rows, err := a.houseCertificates(c, f, name)
	if err != nil {
		return nil, err
	}
	cert, err := rows[0].Parsed()
	return []*pki.Certificate{cert}, err
}

// looksLikeName reports whether a text may be an id, a serial number or a fingerprint: letters and digits, and no dot or slash.
func looksLikeName(s string) bool {
	return len(s) >= 20 && !strings.ContainsAny(s, "./\\")
}

// certificateJSON is a certificate in words.
type certificateJSON struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Serial      string    `json:"serial"`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	Key         string    `json:"key"`
	Signature   string    `json:"signature"`
	Addresses   []string  `json:"addresses,omitempty"`
	Names       []string  `json:"names,omitempty"`
	CA          bool      `json:"ca"`
	Usage       string    `json:"keyUsage,omitempty"`
	Purposes    []string  `json:"extendedKeyUsage,omitempty"`
	Policies    []string  `json:"policies,omitempty"`
	Level       string    `json:"validation,omitempty"`
	KeyID       string    `json:"subjectKeyIdentifier,omitempty"`
	CRLs        []string  `json:"crlDistributionPoints,omitempty"`
	OCSP        []string  `json:"ocsp,omitempty"`
	Fingerprint string    `json:"sha256"`
	Faults      []string  `json:"faults,omitempty"`
}

func describe(c *pki.Certificate) certificateJSON {
	print := c.Fingerprint()
	d := certificateJSON{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), Serial: fmt.Sprintf("%x", c.Serial),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, Key: c.KeyInfo.Name, Signature: c.SignatureAlgorithm.String(),
		CA: c.Basic.CA, Level: c.Level().String(), KeyID: hex.EncodeToString(c.SubjectKeyID),
		OCSP: c.OCSPServers(), Fingerprint: hex.EncodeToString(print[:]),
	}
	if c.HasKeyUsage {
		d.Usage = c.KeyUsage.String()
	}
	if c.KeyError != nil {
		d.Key = c.KeyError.Error()
	}
	for _, e := range c.Emails() {
		d.Addresses = append(d.Addresses, e.Address)
	}
	for _, n := range c.SubjectAlt {
		d.Names = append(d.Names, n.String())
	}
	for _, u := range c.ExtKeyUsage {
		d.Purposes = append(d.Purposes, pki.UsageName(u))
	}
	for _, p := range c.Policies {
		d.Policies = append(d.Policies, p.ID.String())
	}
	for _, p := range c.CRLPoints {
		d.CRLs = append(d.CRLs, p.FullName.Texts(pki.URIName)...)
	}
	for _, f := range c.Faults {
		d.Faults = append(d.Faults, f.String())
	}
	return d
}

func (a *app) printCertificate(d certificateJSON) {
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.paint("1", oneLine(d.Subject)))
	fact := func(name, value string) {
		if value != "" {
			p.line("  %s %s", p.dim(fmt.Sprintf("%-12s", name)), oneLine(value))
		}
	}
	fact("Addresses", strings.Join(d.Addresses, ", "))
	fact("Issuer", d.Issuer)
	fact("Serial", d.Serial)
	fact("Valid", d.NotBefore.UTC().Format(time.DateOnly)+" to "+d.NotAfter.UTC().Format(time.DateOnly))
	fact("Key", d.Key)
	fact("Signed with", d.Signature)
	if d.CA {
		fact("Authority", "may issue certificates")
	}
	fact("Key usage", d.Usage)
	fact("Purposes", strings.Join(d.Purposes, ", "))
	fact("Checked", d.Level)
	fact("Policies", strings.Join(d.Policies, ", "))
	fact("Key ID", d.KeyID)
	fact("CRL", strings.Join(d.CRLs, ", "))
	fact("OCSP", strings.Join(d.OCSP, ", "))
	fact("SHA-256", d.Fingerprint)
	for _, f := range d.Faults {
		fact("Odd", f)
	}
	a.printf("%s", p.text.String())
}
