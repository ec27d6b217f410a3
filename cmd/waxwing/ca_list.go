package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/server"
)

// queryFlags say which certificates of the house are wanted.
type queryFlags struct {
	homeFlags
	q     ca.Query
	state string
}

func (f *queryFlags) add(c *cobra.Command) {
	f.homeFlags.add(c)
	fl := c.Flags()
	fl.StringVar(&f.q.Address, "address", "", "with this mailbox")
	fl.StringVar(&f.q.Serial, "serial", "", "with this serial number, hexadecimal")
	fl.StringVar(&f.q.Fingerprint, "sha256", "", "with this fingerprint, hexadecimal")
	fl.StringVar(&f.q.SPKI, "key", "", "with the key whose SubjectPublicKeyInfo has this SHA-256, hexadecimal")
	fl.StringVar(&f.q.Holder, "holder", "", "of this holder")
	fl.StringVar(&f.q.Credential, "credential", "", "of this credential")
	fl.StringVar(&f.q.Reference, "reference", "", "of this order")
	fl.StringVar(&f.state, "state", "", "planned, issued or void")
	fl.StringVar(&f.q.After, "after", "", "behind this id, to go on with a long list")
	fl.IntVar(&f.q.Limit, "limit", 100, "at most so many")
}

func (a *app) caListCommand() *cobra.Command {
	return a.queryCommand("list", "List the certificates of the house", "  waxwing ca list\n  waxwing ca list --state planned --json")
}

func (a *app) certFindCommand() *cobra.Command {
	return a.queryCommand("find", "Find certificates that the house issued", "  waxwing cert find --address ada@acme.example\n  waxwing cert find --serial 4f00a1 --json")
}

func (a *app) queryCommand(use, short, example string) *cobra.Command {
	var f queryFlags
	c := &cobra.Command{Use: use, Short: short, Example: example, Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.listRows(c, h, f) })
		}}
	f.add(c)
	return c
}

// rowJSON is a certificate of the house in words.
type rowJSON struct {
	ID          string    `json:"id"`
	Serial      string    `json:"serial"`
	State       ca.State  `json:"state"`
	Subject     string    `json:"subject"`
	Addresses   []string  `json:"addresses,omitempty"`
	Profile     string    `json:"profile"`
	Authority   string    `json:"authority"`
	Shard       int       `json:"shard"`
	Holder      string    `json:"holder"`
	Credential  string    `json:"credential,omitempty"`
	Reference   string    `json:"reference"`
	By          string    `json:"by"`
	NotBefore   time.Time `json:"notBefore"`
	NotAfter    time.Time `json:"notAfter"`
	Issued      time.Time `json:"issued,omitzero"`
	Fingerprint string    `json:"sha256,omitempty"`
	SPKI        string    `json:"spkiSha256"`
}

func describeRow(r *ca.Certificate) rowJSON {
	d := rowJSON{ID: r.ID, Serial: r.Serial, State: r.State, Profile: r.Profile, Authority: r.Authority, Shard: r.Shard, Holder: r.Holder, Credential: r.Credential,
		Reference: r.Reference, By: r.By, NotBefore: r.NotBefore, NotAfter: r.NotAfter, Issued: r.Issued, Fingerprint: r.Fingerprint, SPKI: r.SPKI}
	if c, err := r.Parsed(); err == nil {
		d.Subject = c.Subject.String()
		for _, e := range c.Emails() {
			d.Addresses = append(d.Addresses, e.Address)
		}
	}
	return d
}

func (a *app) listRows(c *cobra.Command, h *server.House, f queryFlags) error {
	f.q.State = ca.State(f.state)
	var list []*ca.Certificate
	err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) { list, err = ca.Find(tx, f.q); return err })
	if err != nil {
		return err
	}
	out := []rowJSON{}
	for _, r := range list {
		out = append(out, describeRow(r))
	}
	if f.json {
		return a.printJSON(out)
	}
	for _, d := range out {
		name := d.Subject
		if len(d.Addresses) > 0 {
			name = d.Addresses[0]
		}
		a.printf("%s  %-7s  %s  %s  %s\n", d.Serial, d.State, d.NotAfter.Format(time.DateOnly), d.Profile, oneLine(name))
	}
	if len(out) == 0 {
		a.note("no certificate fits")
	}
	if len(out) == f.q.Limit {
		a.note("there may be more: --after %s", out[len(out)-1].ID)
	}
	return nil
}

// houseCertificates finds a certificate of the house by id, serial number or fingerprint.
func (a *app) houseCertificates(c *cobra.Command, f homeFlags, name string) (found []*ca.Certificate, err error) {
	err = a.house(c.Context(), f, func(h *server.House) error {
		return h.DB.Read(c.Context(), func(tx *db.Tx) error {
			for _, q := range []ca.Query{{ID: name}, {Serial: name}, {Fingerprint: name}} {
				if found, err = ca.Find(tx, q); err != nil || len(found) > 0 {
					return err
				}
			}
			return nil
		})
	})
	if err == nil && len(found) == 0 {
		err = failed(exitError, "look for it with: waxwing cert find", "%q is neither a file nor the id, serial number or fingerprint of a certificate of the house", name)
	}
	return found, err
}

func (a *app) certLintCommand() *cobra.Command {
	var f homeFlags
	var l lintFlags
	c := &cobra.Command{
		Use: "lint [--at DATE] CERTIFICATE", Short: "Lint a certificate of the house, or of a file",
		Long:    "Lint judges a certificate as waxwing lint does. One of the house is named by its id, serial number or fingerprint, and is looked at\nwith the certificate of its authority.",
		Example: "  waxwing cert lint 4f00a1b2\n  waxwing cert lint --at 2027-07-01 4f00a1b2",
		Args:    oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			l.json = f.json
			if exists(args[0]) {
				return a.lint(c, l, args)
			}
			return a.lintRow(c, f, l, args[0])
		},
	}
	f.add(c)
	c.Flags().StringVar(&l.at, "at", "", "apply the rules of this day instead of those of the certificate's first")
	c.Flags().BoolVar(&l.all, "all", false, "show every rule with its status, not only those that failed")
	return c
}

func (a *app) lintRow(c *cobra.Command, f homeFlags, l lintFlags, name string) error {
	at, err := moment(c, "at", l.at, time.Time{})
	if err != nil {
		return err
	}
	rows, err := a.houseCertificates(c, f, name)
	if err != nil {
		return err
	}
	cert, err := rows[0].Parsed()
	if err != nil {
		return err
	}
	o := lint.Options{At: at, Draft: rows[0].State != ca.Valid, Regime: lint.Private}
	err = a.house(c.Context(), f, func(h *server.House) error {
		if h.CA.PublicTrust {
			o.Regime = lint.Public
		}
		return h.DB.Read(c.Context(), func(tx *db.Tx) error {
			x, err := ca.GetAuthority(tx, rows[0].Authority)
			if errors.Is(err, db.ErrNone) {
				return fmt.Errorf("the authority %s is not in the database", rows[0].Authority)
			}
			if err == nil {
				o.Issuer, err = x.Parsed()
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	out := linted{file: name, cert: cert}.describe(o, l.all)
	if f.json {
		return errors.Join(a.printJSON(out), done(out.Exit))
	}
	a.printLint(out, false)
	return done(out.Exit)
}
