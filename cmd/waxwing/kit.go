package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) kitCommand() *cobra.Command {
	return noun("kit", "Make what a person gets: a file that opens on the device, with its password and instructions",
		"  waxwing kit make --for ada@acme.example -o ada.p12\n  waxwing kit show ada.p12\n  waxwing kit instructions thunderbird",
		a.kitMakeCommand(), a.kitShowCommand(), a.kitCertificatesCommand(), a.kitInstructionsCommand())
}

// kitFlags are those of kit make.
type kitFlags struct {
	homeFlags
	keyFlags
	address      string
	certs        []string
	form, output string
	each         bool

	passwordOut, ownPassword string
	apple                    appleFlags
}

func (a *app) kitMakeCommand() *cobra.Command {
	var f kitFlags
	c := &cobra.Command{
		Use: "make (--for ADDRESS | --cert FILE | -k FILE) [--form FORM] [-o FILE]", Short: "Make a kit: keys, their certificates and the chain, under a password",
		Long: "Make takes the keys of a person from the vault, the old ones for old mail too, and seals them with the certificates and the chain.\n" +
			"With -k it takes them from files and needs no authority.\n\n" +
			"The forms: modern (Thunderbird, Windows 10 and 11, OpenSSL, Java), compatible (3DES, for Android, gpgsm and what is older), apple (a signed\n" +
			"profile for iPhone, iPad and Mac), history (the encryption keys alone, for reading old mail on a new device).\n\n" +
			"The password is made here, has 120 bits, and is shown once, on standard error or in the file of --password-out. It is stored nowhere.\n" +
			"Send it by another way than the kit.",
		Example: "  waxwing kit make --for ada@acme.example -o ada.p12\n" +
			"  waxwing kit make --for ada@acme.example --form apple --mail-server imap.acme.example -o ada.mobileconfig --password-out ada.txt\n" +
			"  waxwing kit make -k ada.pem -c chain.pem --form compatible -o ada.p12",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.kitMake(c, f) },
	}
	f.homeFlags.add(c)
	f.keyFlags.add(c, "file with keys and certificates to take instead of the vault's; may be repeated")
	fl := c.Flags()
	fl.StringVar(&f.address, "for", "", "mailbox whose kit it is")
	fl.StringArrayVarP(&f.certs, "cert", "c", nil, "file with a certificate that this authority issued: take its key and no other; with -k: further certificates")
	fl.StringVar(&f.form, "form", string(kit.Modern), "modern, compatible, apple or history")
	fl.BoolVar(&f.each, "each", false, "a file for each key, all with the same password, for programs that take one key out of a file")
	fl.StringVarP(&f.output, "output", "o", "", "file to write (default: the address with .p12 or .mobileconfig)")
	fl.StringVar(&f.passwordOut, "password-out", "", "write the password to this file, which only you can read, instead of showing it")
	fl.StringVar(&f.ownPassword, "own-password-file", "", "file whose first line is the password to use, instead of one that is made")
	f.apple.add(c)
	return c
}

// kitMake chooses where the keys are: in files, or in the vault.
func (a *app) kitMake(c *cobra.Command, f kitFlags) error {
	form, err := kit.ParseForm(f.form)
	if err != nil {
		return usage(c, "%v", err)
	}
	o := kit.Options{Form: form, Now: a.now(), By: actor()}
	if f.ownPassword != "" {
		text, err := readPassword(f.ownPassword)
		if err != nil {
			return err
		}
		own, err := kit.OwnPassword(string(text))
		if err != nil {
			return failed(exitPolicy, "or leave --own-password-file out: a password is made then", "%w", err)
		}
		o.Password = &own
	}
	switch {
	case f.passwordOut != "" && f.passwordOut == f.output:
		return usage(c, "the password does not go into the same file as the kit: name another with --password-out")
	case len(f.keys) > 0:
		return a.kitOfFiles(c, f, o)
	case (f.address == "") == (len(f.certs) == 0):
		return usage(c, "say whose kit it is: --for ADDRESS, --cert FILE, or -k FILE")
	}
	return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.kitOfHouse(c, h, f, o) })
}

// kitOfHouse makes a kit of keys in the vault.
func (a *app) kitOfHouse(c *cobra.Command, h *server.House, f kitFlags, o kit.Options) error {
	var contents kit.Contents
	var err error
	if f.address != "" {
		contents, err = h.KitContents(c.Context(), f.address)
	} else {
		list, readErr := a.certificates(f.certs)
		if readErr != nil {
			return readErr
		}
		contents, err = h.KitOf(c.Context(), list)
	}
	if err != nil {
		return err
	}
	if o.Form == kit.Apple {
		if o.Profile, err = a.kitProfile(c, h, f, contents.Address); err != nil {
			return err
		}
	}
	return a.kitWrite(c.Context(), h.Kit, contents, f, o)
}

// kitOfFiles makes a kit of keys in files.
func (a *app) kitOfFiles(c *cobra.Command, f kitFlags, o kit.Options) error {
	all := &keyfile.Bundle{}
	for _, path := range f.keys {
		b, err := a.read(path, f.keyFlags, alg.Allow{})
		if err != nil {
			return err
		}
		all.Add(b)
	}
	more, err := a.certificates(f.certs)
	if err != nil {
		return err
	}
	all.Certificates = append(all.Certificates, more...)
	contents := kit.Contents{Address: f.address}
	contents.Keys, contents.Chain = kit.HeldIn(all)
	if len(contents.Keys) == 0 {
		return failed(exitUsage, "name the file with the certificate too: -c CERT", "no key in %s has its certificate", f.keys[0])
	}
	own := contents.Keys[0].Certificates[0]
	contents.Name = own.Subject.Display()
	if mails := own.Emails(); contents.Address == "" && len(mails) > 0 {
		contents.Address = mails[0].Address
	}
	if o.Form == kit.Apple {
		if o.Profile, err = a.kitProfile(c, nil, f, contents.Address); err != nil {
			return err
		}
	}
	return a.kitWrite(c.Context(), &kit.Maker{Keys: kit.FileKeys(all.Keys)}, contents, f, o)
}

// kitWrite makes the kit, writes it, and gives the password once.
func (a *app) kitWrite(ctx context.Context, m *kit.Maker, contents kit.Contents, f kitFlags, o kit.Options) error {
	kits, err := makeKits(ctx, m, contents, f.each, o)
	if err != nil {
		return err
	}
	password := kits[0].Password
	if f.passwordOut != "" {
		if err := a.writeFile(f.passwordOut, true, []byte(password.Reveal()+"\n")); err != nil {
			return err
		}
	}
	var paths []string
	for _, k := range kits {
		path := kitPath(f, k, len(kits) > 1)
		if err := a.writeFile(path, true, k.File); err != nil {
			if f.passwordOut != "" {
				os.Remove(f.passwordOut) // of a file that does not exist
			}
			return err
		}
		paths = append(paths, path)
	}
	if err := a.kitReport(kits, paths, f); err != nil {
		return err
	}
	switch {
	case f.passwordOut != "":
		a.note("the password is in %s; send it by another way than the kit, and delete the file", f.passwordOut)
	case password.Generated():
		a.note("\nThe password, shown this once and stored nowhere:\n\n    %s\n\nThe hyphens belong to it. Send it by another way than the kit.", password.Reveal())
	}
	return nil
}

func makeKits(ctx context.Context, m *kit.Maker, contents kit.Contents, each bool, o kit.Options) ([]*kit.Kit, error) {
	if each {
		return m.MakeEach(ctx, contents, o)
	}
	k, err := m.Make(ctx, contents, o)
	return []*kit.Kit{k}, err
}

// kitPath is -o, with a number where there are several files, or the name that the kit proposes.
func kitPath(f kitFlags, k *kit.Kit, several bool) string {
	if f.output == "" {
		return k.FileName
	}
	if !several {
		return f.output
	}
	stem := strings.TrimSuffix(k.FileName, k.Form.Ending())
	ending := filepath.Ext(f.output)
	return strings.TrimSuffix(f.output, ending) + filepath.Ext(stem) + ending
}
