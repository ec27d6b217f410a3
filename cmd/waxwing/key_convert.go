package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/keyfile"
)

type convertFlags struct {
	keyFlags
	certs               []string
	newPassword, output string
	compatible, legacy  bool
}

func (f *convertFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.passwordFile, "password-file", "", "file whose first line is the password of the input")
	fl.StringArrayVarP(&f.certs, "cert", "c", nil, "file with further certificates to put in; may be repeated")
	fl.BoolVar(&f.legacy, "allow-legacy", false, "read files protected by 3DES, RC2 or MD5")
	fl.StringVarP(&f.output, "output", "o", "", "file to write; its ending chooses the form: .p12, .pfx or .pem")
}

func (a *app) keyImportCommand() *cobra.Command {
	var f convertFlags
	c := &cobra.Command{
		Use: "import FILE... -o FILE", Short: "Gather keys and certificates of any files into one PEM file for -k",
		Long: "Import reads PKCS#12, PKCS#8, PEM and PKCS#7 files and writes all their keys and certificates as one PEM file that only you can\n" +
			"read. Without --new-password-file the keys in it are not encrypted.",
		Example: "  waxwing key import backup.p12 --password-file secret.txt -o me.pem\n  waxwing key import me.key -c me.crt -c chain.pem -o me.pem",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return a.convert(c, f, args) },
	}
	f.add(c)
	c.Flags().StringVar(&f.newPassword, "new-password-file", "", "file whose first line is the password for the output")
	return c
}

func (a *app) keyExportCommand() *cobra.Command {
	var f convertFlags
	c := &cobra.Command{
		Use: "export FILE... -o FILE.p12", Short: "Write keys and certificates as a PKCS#12 file for a mail client",
		Long: "Export writes every key of the files, old ones too, with their certificates and names into one PKCS#12 file, which mail clients\n" +
			"import. The modern form (AES-256, PBKDF2) opens in Thunderbird, OpenSSL and Windows since 2018; --compatible writes the old form for\n" +
			"Apple's and old Windows.",
		Example: "  waxwing key export me.pem --new-password-file secret.txt -o me.p12\n  waxwing key export me.pem --compatible --new-password-file secret.txt -o iphone.p12",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if f.newPassword == "" {
				return usage(c, "a PKCS#12 file needs a password: --new-password-file FILE")
			}
			return a.convert(c, f, args)
		},
	}
	f.add(c)
	c.Flags().StringVar(&f.newPassword, "new-password-file", "", "file whose first line is the password for the output")
	c.Flags().BoolVar(&f.compatible, "compatible", false, "write the form that Apple's and old Windows read (3DES)")
	return c
}

// convert reads files and writes what they hold as one.
func (a *app) convert(c *cobra.Command, f convertFlags, paths []string) error {
	if f.output == "" {
		return usage(c, "name the file to write: -o FILE")
	}
	all := &keyfile.Bundle{}
	for _, path := range paths {
		b, err := a.read(path, f.keyFlags, alg.Allow{Legacy: f.legacy})
		if err != nil {
			return err
		}
		all.Add(b)
	}
	extra, err := a.certificates(f.certs)
	if err != nil {
		return err
	}
	all.Certificates = append(all.Certificates, extra...)
	if len(all.Keys) == 0 {
		return keyfile.ErrNoKey
	}
	if err := a.writeBundle(all, f.output, f.newPassword, f.compatible); err != nil {
		return err
	}
	a.note("%d keys and %d certificates in %s", len(all.Keys), len(all.Certificates), f.output)
	return nil
}

// writeBundle writes keys and certificates in the form that the file's name asks for, readable by the owner alone.
func (a *app) writeBundle(b *keyfile.Bundle, path, passwordFile string, compatible bool) error {
	var password []byte
	var err error
	if passwordFile != "" {
		if password, err = readPassword(passwordFile); err != nil {
			return err
		}
	}
	var data []byte
	switch strings.ToLower(filepath.Ext(path)) {
	case ".p12", ".pfx":
		if password == nil {
			password = []byte{}
		}
		data, err = keyfile.MarshalPKCS12(b, keyfile.PKCS12Options{Password: password, Compatible: compatible})
	default:
		data, err = keyfile.MarshalPEM(b, password)
	}
	if err != nil {
		return err
	}
	return a.writeFile(path, true, data)
}
