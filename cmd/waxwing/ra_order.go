package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/server"
)

// who finds who acts, for verbs that cannot live in one transaction.
func (f *deskFlags) who(c *cobra.Command, h *server.House, self bool) (w ra.Actor, err error) {
	err = h.DB.Write(c.Context(), func(tx *db.Tx) error { w, err = f.actor(h, tx, self); return err })
	return w, err
}

func (a *app) raOrderCommand() *cobra.Command {
	var f deskFlags
	var output string
	c := &cobra.Command{
		Use: "order APPLICATION", Short: "Have an approved application issued",
		Long: "Order looks at the requirements once more, lets the vault make the keys that are missing, and has all certificates of the application\n" +
			"issued together. If it is interrupted, the same command goes on.\nIt ends with 8 when the authority refuses, and says every reason.",
		Example: "  waxwing ra order 01KB0000000000000000000000 -o ada.pem",
		Args:    oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				w, err := f.who(c, h, false)
				if err != nil {
					return a.deskError(err, f.json)
				}
				p, issued, err := h.RA.Order(c.Context(), h.DB, w, args[0])
				var no *ca.Refusal
				if errors.As(err, &no) {
					a.printRefusals(p.Refusals)
					return done(exitPolicy)
				}
				if err != nil {
					return a.deskError(err, f.json)
				}
				var certs [][]byte
				for _, one := range issued {
					certs = append(certs, one.DER)
				}
				if output != "" {
					err = a.writePEM(output, certs...)
				}
				return errors.Join(err, a.deskAnswer(p, f.json))
			})
		},
	}
	f.add(c)
	c.Flags().StringVarP(&output, "output", "o", "", "file for the certificates")
	return c
}

func (a *app) raImportCommand() *cobra.Command {
	var f deskFlags
	var n ra.NewImport
	var output string
	c := &cobra.Command{
		Use: "import LIST --organisation NAME --profile NAME", Short: "Apply for everybody on a list",
		Long: "Import reads CSV with a header: email, given, surname, pseudonym, title, reference, serial; separated by comma, semicolon or tab; UTF-8 or\n" +
			"UTF-16. Each row is an application of its own. The same list again goes on where it ended and makes nothing twice. With --dry-run\nnothing is changed.\n" +
			"It ends with 8 when rows were refused; the report says why.",
		Example: "  waxwing ra import people.csv --organisation 'ACME GmbH' --profile sponsor-strict --dry-run\n  waxwing ra import people.csv --organisation 'ACME GmbH' --profile sponsor-strict --accept-terms -o report.csv",
		Args:    oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.raImport(c, h, f, n, args[0], output) })
		},
	}
	f.add(c)
	c.Flags().StringVar(&n.Organisation, "organisation", "", "whose people they are")
	c.Flags().StringVar(&n.Profile, "profile", "", "name of the profile, or of the pair")
	c.Flags().BoolVar(&n.DryRun, "dry-run", false, "only look")
	c.Flags().StringVarP(&output, "output", "o", "", "file for the report as CSV")
	acceptFlag(c, &n.Terms)
	return c
}

func (a *app) raImport(c *cobra.Command, h *server.House, f deskFlags, n ra.NewImport, path, output string) error {
	w, err := f.who(c, h, false)
	if err != nil {
		return a.deskError(err, f.json)
	}
	list, err := os.Open(path)
	if err != nil {
		return err
	}
	defer list.Close()
	report, err := h.RA.Import(c.Context(), h.DB, w, n, list)
	if err != nil {
		return a.deskError(err, f.json)
	}
	if output != "" {
		o, err := a.create(output, false)
		if err != nil {
			return err
		}
		if err := o.finish(report.WriteCSV(o)); err != nil {
			return err
		}
	}
	code := exitGood
	if report.Refused > 0 {
		code = exitPolicy
	}
	if f.json {
		return errors.Join(a.printJSON(report), done(code))
	}
	for _, row := range report.Rows {
		if row.State == "refused" {
			a.note("row %d, %s:", row.N, oneLine(row.Email))
			a.printRefusals(row.Refusals)
		}
	}
	made := "made"
	if n.DryRun {
		made = "would be made"
	}
	a.printf("%d applications %s, %d of them before; %d rows refused\n", report.Made, made, report.Before, report.Refused)
	return done(code)
}
