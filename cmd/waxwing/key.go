package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"math/big"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
)

func (a *app) keyCommand() *cobra.Command {
	return noun("key", "Make, convert and look at keys", "  waxwing key new --email alice@example.org -o alice.p12\n  waxwing key show alice.p12",
		a.keyNewCommand(), a.keyImportCommand(), a.keyExportCommand(), a.keyShowCommand())
}

type newKeyFlags struct {
	email, name, kind, request, passwordFile, output string
	days                                             int
}

func (a *app) keyNewCommand() *cobra.Command {
	var f newKeyFlags
	c := &cobra.Command{
		Use:   "new --email ADDRESS -o FILE",
		Short: "Make a key, with a certificate that it signs itself, or with a request for one",
		Long: "New makes a key and a certificate for ADDRESS that vouches for itself: enough to try things out, and for people who compare\n" +
			"fingerprints. With --request it also writes a certification request (PKCS#10) for an authority.\n\n" +
			"FILE ending in .p12 or .pfx is PKCS#12, any other PEM. It is readable by you alone.",
		Example: "  waxwing key new --email alice@example.org -o alice.p12 --password-file secret.txt\n" +
			"  waxwing key new --email alice@example.org --name 'Alice Example' --request alice.csr -o alice.pem",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.keyNew(c, f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.email, "email", "", "the address")
	fl.StringVar(&f.name, "name", "", "the name in the certificate; default: the address")
	fl.StringVar(&f.kind, "kind", "p256", "kind of key: p256, p384, p521, rsa2048, rsa3072, rsa4096, ed25519")
	fl.IntVar(&f.days, "days", 365, "days of validity of the certificate")
	fl.StringVar(&f.request, "request", "", "also write a certification request to this file")
	fl.StringVar(&f.passwordFile, "password-file", "", "file whose first line is the password that protects the key")
	fl.StringVarP(&f.output, "output", "o", "", "file to write")
	return c
}

func (a *app) keyNew(c *cobra.Command, f newKeyFlags) error {
	if f.email == "" || f.output == "" {
		return usage(c, "name the address and the file: --email ADDRESS -o FILE")
	}
	key, err := newKey(c, f.kind)
	if err != nil {
		return err
	}
	cert, err := a.selfSigned(f, key)
	if err != nil {
		return err
	}
	b := &keyfile.Bundle{Keys: []keyfile.Key{{Private: key}}, Certificates: []*pki.Certificate{cert}}
	if err := a.writeBundle(b, f.output, f.passwordFile, false); err != nil {
		return err
	}
	print := cert.Fingerprint()
	a.note("%s for %s, until %s", cert.KeyInfo.Name, f.email, cert.NotAfter.Format("2006-01-02"))
	a.note("sha256 %x", print)
	if f.request == "" {
		return nil
	}
	return a.writeRequest(f, key)
}

// newKey makes a key of a kind.
func newKey(c *cobra.Command, kind string) (crypto.Signer, error) {
	switch kind {
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "p521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "rsa2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "rsa3072":
		return rsa.GenerateKey(rand.Reader, 3072)
	case "rsa4096":
		return rsa.GenerateKey(rand.Reader, 4096)
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, usage(c, "--kind takes p256, p384, p521, rsa2048, rsa3072, rsa4096 or ed25519, not %q", kind)
}

// selfSigned makes a certificate for mail that vouches for itself.
func (a *app) selfSigned(f newKeyFlags, key crypto.Signer) (*pki.Certificate, error) {
	subject, extensions, err := mailSubject(f, key.Public())
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	now := a.now()
	raw, err := pki.CreateCertificate(pki.Template{Serial: serial, Subject: subject, NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(0, 0, f.days),
		PublicKey: key.Public(), Extensions: extensions}, nil, key)
	if err != nil {
		return nil, err
	}
	return pki.ParseCertificate(raw)
}

// mailSubject makes the name and the extensions of a certificate for mail (RFC 8550 §4.4).
func mailSubject(f newKeyFlags, pub crypto.PublicKey) (pki.Name, []pki.Extension, error) {
	name := f.name
	if name == "" {
		name = f.email
	}
	subject, err := pki.NewName(pki.TextAttribute(alg.OIDAttrCommonName, name))
	if err != nil {
		return subject, nil, err
	}
	usage := pki.DigitalSignature | pki.KeyAgreement
	switch pub.(type) {
	case *rsa.PublicKey:
		usage = pki.DigitalSignature | pki.KeyEncipherment
	case ed25519.PublicKey:
		usage = pki.DigitalSignature
	}
	var list []pki.Extension
	for _, f := range []func() (pki.Extension, error){
		func() (pki.Extension, error) { return pki.KeyUsageExtension(usage) },
		func() (pki.Extension, error) { return pki.ExtKeyUsageExtension(alg.OIDUsageEmailProtection) },
		func() (pki.Extension, error) { return pki.SubjectAltNameExtension(false, pki.Mailbox(f.email)) },
	} {
		e, err := f()
		if err != nil {
			return subject, nil, err
		}
		list = append(list, e)
	}
	return subject, list, nil
}

// writeRequest writes a PKCS#10 request in PEM.
func (a *app) writeRequest(f newKeyFlags, key crypto.Signer) error {
	subject, extensions, err := mailSubject(f, key.Public())
	if err != nil {
		return err
	}
	raw, err := pki.CreateRequest(pki.RequestTemplate{Subject: subject, Extensions: extensions}, key)
	if err != nil {
		return err
	}
	return a.writeFile(f.request, false, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: raw}))
}

// writeFile writes a small file whole.
func (a *app) writeFile(path string, private bool, data []byte) error {
	out, err := a.create(path, private)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return out.finish(err)
}

// keyJSON is a key in words.
type keyJSON struct {
	Key          string            `json:"key"`
	Name         string            `json:"name,omitempty"`
	Certificates []certificateJSON `json:"certificates,omitempty"`
}

func (a *app) keyShowCommand() *cobra.Command {
	var k keyFlags
	var asJSON, legacy bool
	c := &cobra.Command{
		Use: "show FILE", Short: "Show which keys and certificates a file holds",
		Example: "  waxwing key show alice.p12", Args: oneFile,
		RunE: func(_ *cobra.Command, args []string) error { return a.keyShow(args[0], k, legacy, asJSON) },
	}
	c.Flags().StringVar(&k.passwordFile, "password-file", "", "file whose first line is the password")
	c.Flags().BoolVar(&legacy, "allow-legacy", false, "read files protected by 3DES, RC2 or MD5")
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

func (a *app) keyShow(path string, k keyFlags, legacy, asJSON bool) error {
	b, err := a.read(path, k, alg.Allow{Legacy: legacy})
	if err != nil {
		return err
	}
	list := []keyJSON{}
	for _, id := range b.Match() {
		one := keyJSON{Key: alg.KeyName(id.Key.Public()), Name: id.Key.Name}
		if u, ok := id.Key.Private.(*keyfile.UnknownPrivateKey); ok {
			one.Key = u.Algorithm.String() + " (not implemented)"
		}
		for _, c := range id.Others {
			one.Certificates = append(one.Certificates, describe(c))
		}
		list = append(list, one)
	}
	if asJSON {
		return a.printJSON(list)
	}
	for _, one := range list {
		a.printf("%s private key %s\n", one.Key, oneLine(one.Name))
		for _, c := range one.Certificates {
			a.printCertificate(c)
		}
	}
	a.printf("%d keys, %d certificates\n", len(b.Keys), len(b.Certificates))
	for _, n := range b.Notes {
		a.note("note: the file also has %s", oneLine(n))
	}
	return nil
}
