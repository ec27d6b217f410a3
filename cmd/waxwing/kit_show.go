package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/pki"
)

// kitJSON is what kit make --json prints. The password is not in it.
type kitJSON struct {
	Files        []string          `json:"files"`
	Form         kit.Form          `json:"form"`
	Generated    bool              `json:"passwordGenerated"`
	Certificates []kitItem         `json:"certificates"`
	Chain        []certificateJSON `json:"chain,omitempty"`
}

type kitItem struct {
	certificateJSON
	Current bool `json:"current"`
}

// kitReport says what was made.
func (a *app) kitReport(kits []*kit.Kit, paths []string, f kitFlags) error {
	d := kitJSON{Files: paths, Form: kits[0].Form, Generated: kits[0].Password.Generated(), Certificates: []kitItem{}}
	for i, k := range kits {
		for _, item := range k.Items {
			switch {
			case item.Key:
				d.Certificates = append(d.Certificates, kitItem{describe(item.Certificate), item.Current})
			case i == 0:
				d.Chain = append(d.Chain, describe(item.Certificate))
			}
		}
	}
	if f.json {
		return a.printJSON(d)
	}
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.paint("1", strings.Join(paths, " ")))
	p.fact("Opens in", d.Form.Title())
	p.fact("Protected", d.Form.Protection())
	for _, c := range d.Certificates {
		state := "in use"
		if !c.Current {
			state = "old, for old mail"
		}
		p.fact("Key", oneLine(fmt.Sprintf("%s, until %s, %s", c.Key, c.NotAfter.Format(time.DateOnly), state)))
	}
	for _, c := range d.Chain {
		p.fact("Chain", oneLine(c.Subject))
	}
	a.printf("%s", p.text.String())
	return nil
}

func (a *app) kitShowCommand() *cobra.Command {
	var passwordFile string
	var asJSON bool
	c := &cobra.Command{
		Use: "show FILE", Short: "Show what is in a kit, without its secrets",
		Long: "Show reads a kit of any form. Without its password a PKCS#12 file tells how it is protected, and so which programs open it.\n" +
			"A typing error in a password that was made here is told from a wrong password.",
		Example: "  waxwing kit show ada.p12\n  waxwing kit show --password-file ada.txt ada.p12\n  waxwing kit show --json ada.mobileconfig",
		Args:    oneFile,
		RunE:    func(_ *cobra.Command, args []string) error { return a.kitShow(args[0], passwordFile, asJSON) },
	}
	c.Flags().StringVar(&passwordFile, "password-file", "", "file whose first line is the password")
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

func (a *app) kitShow(path, passwordFile string, asJSON bool) error {
	data, err := readAll(path, largestKeyFile)
	if err != nil {
		return err
	}
	var password *kit.Password
	if passwordFile != "" {
		text, err := readPassword(passwordFile)
		if err != nil {
			return err
		}
		p, err := kit.Typed(string(text))
		if err != nil {
			return err
		}
		password = &p
	}
	s, err := kit.Show(data, password)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if asJSON {
		return a.printJSON(describeKit(s))
	}
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.paint("1", filepath.Base(path)))
	p.kit(s)
	a.printf("%s", p.text.String())
	return nil
}

// shownJSON is a kit in words.
type shownJSON struct {
	Kind       string            `json:"kind"`
	Protection *kit.Protection   `json:"protection,omitempty"`
	Locked     bool              `json:"locked,omitempty"`
	Keys       []keyJSON         `json:"keys,omitempty"`
	Chain      []certificateJSON `json:"chain,omitempty"`
	Signer     *certificateJSON  `json:"signer,omitempty"`
	Signed     bool              `json:"signed,omitempty"`
	Parts      []shownPart       `json:"parts,omitempty"`
}

type shownPart struct {
	Type        string           `json:"type"`
	Name        string           `json:"name"`
	UUID        string           `json:"uuid"`
	Protection  *kit.Protection  `json:"protection,omitempty"`
	Certificate *certificateJSON `json:"certificate,omitempty"`
	Signing     string           `json:"signing,omitempty"`
	Encryption  string           `json:"encryption,omitempty"`
}

func describeKit(s *kit.Shown) shownJSON {
	d := shownJSON{Kind: s.Kind, Protection: s.Protection, Locked: s.Locked, Signed: s.SignedOK, Chain: describeAll(s.Chain)}
	for _, k := range s.Keys {
		d.Keys = append(d.Keys, keyJSON{Key: k.Kind, Name: k.Name, Certificates: describeAll(k.Certificates)})
	}
	if s.Signer != nil {
		one := describe(s.Signer)
		d.Signer = &one
	}
	for _, p := range s.Parts {
		part := shownPart{Type: p.Type, Name: p.Name, UUID: p.UUID, Protection: p.Protection, Signing: p.Signing, Encryption: p.Encryption}
		if p.Content != nil {
			one := describe(p.Content)
			part.Certificate = &one
		}
		d.Parts = append(d.Parts, part)
	}
	return d
}

func describeAll(list []*pki.Certificate) (out []certificateJSON) {
	for _, c := range list {
		out = append(out, describe(c))
	}
	return out
}

// kit prints what a kit holds.
func (p *painter) kit(s *kit.Shown) {
	if s.Protection != nil {
		what := fmt.Sprintf("%s, checked by %s, %d rounds", s.Protection.Cipher, s.Protection.MAC, s.Protection.Iterations)
		if s.Protection.Form != "" {
			what += ": the " + string(s.Protection.Form) + " form, for " + s.Protection.Form.Title()
		}
		p.fact("Protected", what)
	}
	if s.Locked {
		p.fact("Holds", "give the password with --password-file to see it")
	}
	for _, k := range s.Keys {
		p.fact("Key", oneLine(k.Kind+" "+k.Name))
	}
	if s.Signer != nil {
		word := "the signature does not fit"
		if s.SignedOK {
			word = "the signature fits"
		}
		p.fact("Signed by", oneLine(s.Signer.Subject.String())+": "+word)
	}
	for _, part := range s.Parts {
		p.fact("Part", oneLine(part.Type+"  "+part.Name))
	}
	for _, c := range s.Chain {
		p.fact("Certificate", oneLine(c.Subject.String())+", until "+c.NotAfter.Format(time.DateOnly))
	}
}
