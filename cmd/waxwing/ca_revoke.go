package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/server"
)

// revokeFlags are those of revoke.
type revokeFlags struct {
	homeFlags
	key, reason, cause, known, invalid, report string
	later                                      bool
}

// revokeHelp lists the causes.
func revokeHelp() string {
	var b strings.Builder
	b.WriteString("Revoke takes a certificate of the house back, from now on, and publishes the CRL at once; the responder says so from the next question on.\n" +
		"It is named by its id, serial number or fingerprint. With the reason keyCompromise every certificate with the same key is revoked, and\n" +
		"the key is blocked for ever. A certificateHold can be taken back with: waxwing ca release.\n\n" +
		"A cause gives the reason and says how much time there is (S/MIME BR §4.9.1):\n")
	for _, c := range ca.Causes() {
		within := fmt.Sprintf("%d h", int(c.Within.Hours()))
		if c.Within > 24*time.Hour {
			within = fmt.Sprintf("%d days", int(c.Within.Hours()/24))
		}
		fmt.Fprintf(&b, "  %-20s %-22s %s: %s\n", c.Name, c.Reason, within, c.What)
	}
	return strings.TrimRight(b.String(), "\n")
}

func (a *app) revokeCommand(noun string) *cobra.Command {
	var f revokeFlags
	c := &cobra.Command{
		Use: "revoke CERTIFICATE", Short: "Revoke a certificate of the house, or all of a key", Long: revokeHelp(),
		Example: "  waxwing " + noun + " revoke 4f00a1b2 --cause affiliation-ended\n  waxwing " + noun + " revoke 4f00a1b2 --reason certificateHold\n  waxwing " + noun + " revoke --key 9f86d081... --cause key-compromise --json",
		Args:    atMostOne,
		RunE: func(c *cobra.Command, args []string) error {
			o, err := a.revokeOrder(c, f, first(args))
			if err != nil {
				return err
			}
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error { return a.revoke(c.Context(), h, f, o, first(args)) })
		},
	}
	f.add(c)
	fl := c.Flags()
	fl.StringVar(&f.key, "key", "", "revoke every certificate whose SubjectPublicKeyInfo has this SHA-256, hexadecimal")
	fl.StringVar(&f.reason, "reason", "", "as the CRL says it: "+strings.Join(reasonWords(), ", "))
	fl.StringVar(&f.cause, "cause", "", "why, by its name below; gives the reason")
	fl.StringVar(&f.known, "known", "", "since when the cause is known: the log then says whether the revocation is late")
	fl.StringVar(&f.invalid, "invalid", "", "since when the key may have been lost (invalidityDate)")
	fl.StringVar(&f.report, "report", "", "name of the report that led to it")
	fl.BoolVar(&f.later, "later", false, "leave the CRL to waxwing ca serve or waxwing ca crl build")
	return c
}

func reasonWords() (list []string) {
	for _, r := range append(ca.Reasons(false), pki.CACompromise) {
		list = append(list, r.String())
	}
	return list
}

func (a *app) revokeOrder(c *cobra.Command, f revokeFlags, name string) (o ca.RevokeOrder, err error) {
	if (name == "") == (f.key == "") {
		return o, usage(c, "name either a certificate or, with --key, a key")
	}
	o = ca.RevokeOrder{SPKI: f.key, Cause: f.cause, By: actor(), Report: f.report}
	if f.reason != "" {
		var ok bool
		if o.Reason, ok = ca.ReasonNamed(f.reason); !ok {
			return o, usage(c, "%q is no reason; name one of %s", f.reason, strings.Join(reasonWords(), ", "))
		}
	}
	if o.Known, err = moment(c, "known", f.known, time.Time{}); err != nil {
		return o, err
	}
	o.Invalid, err = moment(c, "invalid", f.invalid, time.Time{})
	return o, err
}

// houseRow finds one certificate of the house by id, serial number or fingerprint.
func houseRow(tx *db.Tx, name string) (*ca.Certificate, error) {
	for _, q := range []ca.Query{{ID: name}, {Serial: name}, {Fingerprint: name}} {
		list, err := ca.Find(tx, q)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			return list[0], nil
		}
	}
	return nil, failed(exitError, "look for it with: waxwing cert find", "%q is not the id, serial number or fingerprint of a certificate of the house", name)
}

func (a *app) revoke(ctx context.Context, h *server.House, f revokeFlags, o ca.RevokeOrder, name string) error {
	var list []*ca.Revocation
	err := h.DB.Write(ctx, func(tx *db.Tx) error {
		if name != "" {
			row, err := houseRow(tx, name)
			if err != nil {
				return err
			}
			o.Certificate = row.ID
		}
		var err error
		list, err = h.CA.Revoke(tx, o)
		return err
	})
	if err != nil {
		return refused(err)
	}
	if err := a.printRevoked(list, f.json); err != nil || f.later {
		return err
	}
	return a.publish(ctx, h, list)
}

// publish makes the lists that a revocation changed.
func (a *app) publish(ctx context.Context, h *server.House, list []*ca.Revocation) error {
	done := map[string]bool{}
	for _, r := range list {
		if done[r.Authority] {
			continue
		}
		done[r.Authority] = true
		_, err := h.CA.BuildCRLs(ctx, h.DB, ca.CRLOptions{Authority: r.Authority, By: actor()})
		if errors.Is(err, db.ErrHeld) {
			a.note("note: another node is making the CRL; it will be on the next one")
			continue
		}
		if err != nil {
			return failed(exitTemporary, "try: waxwing ca crl build", "revoked, and the CRL cannot be made: %w", err)
		}
	}
	return nil
}

// revokedJSON is what was decided about a certificate.
type revokedJSON struct {
	Certificate string             `json:"certificate"`
	Serial      string             `json:"serial"`
	State       ca.RevocationState `json:"state"`
	Reason      string             `json:"reason"`
	Revoked     time.Time          `json:"revoked"`
	Invalid     time.Time          `json:"invalidityDate,omitzero"`
	By          string             `json:"by"`
	Report      string             `json:"report,omitempty"`
	Again       bool               `json:"again,omitempty"`
}

func describeRevocation(r *ca.Revocation) revokedJSON {
	return revokedJSON{r.Certificate, r.Serial, r.State, r.Reason.String(), r.Revoked, r.Invalid, r.By, r.Report, r.Again}
}

func (a *app) printRevoked(list []*ca.Revocation, asJSON bool) error {
	out := []revokedJSON{}
	for _, r := range list {
		out = append(out, describeRevocation(r))
	}
	if asJSON {
		return a.printJSON(out)
	}
	for _, r := range out {
		again := ""
		if r.Again {
			again = ", as it was before"
		}
		a.printf("%s  %s  %s  %s%s\n", r.Serial, r.State, r.Revoked.UTC().Format(time.RFC3339), r.Reason, again)
	}
	if len(out) == 0 {
		a.note("no certificate has this key")
	}
	return nil
}

func (a *app) caReleaseCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "release CERTIFICATE", Short: "Take the hold of a certificate back",
		Example: "  waxwing ca release 4f00a1b2", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var r *ca.Revocation
				err := h.DB.Write(c.Context(), func(tx *db.Tx) error {
					row, err := houseRow(tx, args[0])
					if err == nil {
						r, err = h.CA.Release(tx, row.ID, actor())
					}
					return err
				})
				if err != nil {
					return refused(err)
				}
				if err := a.printRevoked([]*ca.Revocation{r}, f.json); err != nil {
					return err
				}
				return a.publish(c.Context(), h, []*ca.Revocation{r})
			})
		},
	}
	f.add(c)
	return c
}
