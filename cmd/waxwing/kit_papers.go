package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) kitCertificatesCommand() *cobra.Command {
	var f homeFlags
	var address, output string
	c := &cobra.Command{
		Use: "certificates --for ADDRESS -o FILE", Short: "Write the certificates alone, for a person who made the key and kept it",
		Long:    "Certificates writes the certificates in use for ADDRESS, and the chain. FILE ending in .pem is PEM, any other PKCS#7 (.p7c), which every mail\nprogram imports.",
		Example: "  waxwing kit certificates --for ada@acme.example -o ada.p7c",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if address == "" || output == "" {
				return usage(c, "name the address and the file: --for ADDRESS -o FILE")
			}
			return a.house(c.Context(), f, func(h *server.House) error { return a.kitCertificates(c, h, address, output, f.json) })
		},
	}
	f.add(c)
	c.Flags().StringVar(&address, "for", "", "mailbox whose certificates they are")
	c.Flags().StringVarP(&output, "output", "o", "", "file to write")
	return c
}

func (a *app) kitCertificates(c *cobra.Command, h *server.House, address, output string, asJSON bool) error {
	own, chain, err := h.KitCertificates(c.Context(), address)
	if err != nil {
		return err
	}
	data := kit.CertificatesPEM(own, chain)
	if strings.ToLower(filepath.Ext(output)) != ".pem" {
		if data, err = kit.Certificates(own, chain); err != nil {
			return err
		}
	}
	if err := a.writeFile(output, false, data); err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(append(describeAll(own), describeAll(chain)...))
	}
	a.note("%d certificates for %s and %d above them in %s", len(own), address, len(chain), output)
	return nil
}

func (a *app) kitInstructionsCommand() *cobra.Command {
	var address, organisation, file string
	var asJSON bool
	c := &cobra.Command{
		Use: "instructions [PROGRAM]", Short: "Print what a person does to get a kit into a mail program",
		Example: "  waxwing kit instructions\n  waxwing kit instructions thunderbird --for ada@acme.example --organization 'ACME GmbH'",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.kitPrograms(asJSON)
			}
			one, err := kit.ClientByID(args[0])
			if err != nil {
				return failed(exitUsage, "see them all with: waxwing kit instructions", "%w", err)
			}
			text, err := one.Text(kit.Instructions{File: file, Address: address, Organisation: organisation})
			if err == nil && asJSON {
				return a.printJSON(map[string]any{"id": one.ID, "title": one.Title, "form": one.Form, "text": text})
			}
			a.printf("%s", text)
			return err
		},
	}
	fl := c.Flags()
	fl.StringVar(&address, "for", kit.Sample.Address, "mailbox of the person")
	fl.StringVar(&organisation, "organization", "your authority", "whose authority it is")
	fl.StringVar(&file, "file", "", "name of the kit's file (default: as kit make proposes)")
	fl.BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

// kitPrograms lists the programs that there are instructions for.
func (a *app) kitPrograms(asJSON bool) error {
	list := kit.Clients()
	if asJSON {
		return a.printJSON(list)
	}
	for _, c := range list {
		a.printf("%-18s %-11s %s\n", c.ID, c.Form, c.Title)
	}
	return nil
}
