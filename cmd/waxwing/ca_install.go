package main

import (
	"encoding/pem"
	"errors"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) caRequestCommand() *cobra.Command {
	var f homeFlags
	var o ca.InitOptions
	var so server.Options
	var output, dsn string
	c := &cobra.Command{
		Use: "request -o FILE", Short: "Make an authority whose certificate an offline root is to sign, and the request for it",
		Long:    "Request makes the home and the key of the issuing authority, and writes a certification request, which a ceremony takes as a step.\nWhat comes back is put in its place with: waxwing ca install.",
		Example: "  waxwing ca request --url http://pki.acme.example -o issuing.csr\n  waxwing ca install issuing.pem root.pem", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if dsn != "" {
				if so.DSN, err = server.ReadDSN(dsn); err != nil {
					return err
				}
			}
			so.Dir, so.By = f.path(), actor()
			h, err := server.Create(c.Context(), so)
			if errors.Is(err, server.ErrIsHome) {
				h, err = server.Open(c.Context(), server.Options{Dir: so.Dir})
			}
			if err != nil {
				return homeError(f, err)
			}
			defer func() { err = errors.Join(err, h.Close()) }()
			o.By, o.Generate = actor(), h.AuthorityKey(actor())
			csr, err := h.CA.Request(c.Context(), h.DB, o)
			if err != nil {
				return err
			}
			out, err := a.create(output, false)
			if err != nil {
				return err
			}
			return out.finish(pem.Encode(out, &pem.Block{Type: "CERTIFICATE REQUEST", Bytes: csr}))
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&o.Issuing, "issuing-key", "", "kind of the key (default: P-256)")
	fl.StringVar(&o.URL, "url", "", "http address below which its CRLs and certificate are found (default: http://localhost)")
	fl.IntVar(&o.Shards, "shards", 0, "into how many lists revocations are divided (default: 1)")
	fl.StringVar(&o.PolicyArc, "policy-arc", "", "object identifier below which the house's own policies lie")
	fl.StringVar(&dsn, "database", "", "file, mode 0600, with postgres://user:password@host/database, for several nodes (default: SQLite in the home)")
	fl.StringVarP(&output, "output", "o", "", "file for the request (default: standard output)")
	return c
}

func (a *app) caInstallCommand() *cobra.Command {
	var f homeFlags
	var root string
	c := &cobra.Command{
		Use: "install CERTIFICATE ROOT", Short: "Put the certificate that an offline root signed in its place",
		Example: "  waxwing ca install issuing.pem root.pem", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			chain, err := a.certificates(args)
			if err != nil {
				return err
			}
			return a.house(c.Context(), f, func(h *server.House) error {
				err := h.DB.Write(c.Context(), func(tx *db.Tx) error { return h.CA.Install(tx, chain, root, actor()) })
				if err != nil {
					return refused(err)
				}
				if f.json {
					return a.printJSON(map[string]string{"installed": "issuing", "root": root})
				}
				a.printf("%s issues now, under %s\n", oneLine(chain[0].Subject.Display()), oneLine(chain[1].Subject.Display()))
				return nil
			})
		},
	}
	f.add(c)
	c.Flags().StringVar(&root, "root", "root", "what the script of the ceremony calls the root's key: it stands in the addresses of its lists")
	return c
}
