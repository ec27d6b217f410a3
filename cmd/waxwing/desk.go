package main

import (
	"cmp"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/server"
)

// deskFlags are those of every verb of the desk where people apply.
type deskFlags struct {
	homeFlags
	as string
}

func (f *deskFlags) add(c *cobra.Command) {
	f.homeFlags.add(c)
	c.Flags().StringVar(&f.as, "as", "", "login name of who does it; also WAXWING_AS (default: the account's own)")
}

// login is --as, or WAXWING_AS, or the account's own name.
func (f *deskFlags) login() string {
	return cmp.Or(f.as, os.Getenv("WAXWING_AS"), strings.TrimPrefix(actor(), "cli:"))
}

// desk is one act at the desk: the open house, the transaction, and who acts.
type desk struct {
	*server.House
	c    *cobra.Command
	tx   *db.Tx
	who  ra.Actor
	args []string
}

// deskVerb is one command of the desk. A new one is a row in a table.
type deskVerb struct {
	use, short, long, example string
	least, most               int  // arguments
	self                      bool // everybody may: who is not known is made known
	flags                     func(c *cobra.Command)
	do                        func(d *desk) (any, error) // in one transaction; its answer is printed
}

// deskCommand makes the command of a verb.
func (a *app) deskCommand(v deskVerb) *cobra.Command {
	var f deskFlags
	c := &cobra.Command{Use: v.use, Short: v.short, Long: v.long, Example: v.example,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < v.least || len(args) > v.most {
				return usage(c, "%d arguments are given; it is: %s", len(args), v.use)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f.homeFlags, func(h *server.House) error {
				var answer any
				err := h.RA.Do(c.Context(), h.DB, func(tx *db.Tx) (err error) {
					d := &desk{House: h, c: c, tx: tx, args: args}
					if d.who, err = f.actor(h, tx, v.self); err != nil {
						return err
					}
					answer, err = v.do(d)
					return err
				})
				if err != nil {
					return a.deskError(err, f.json)
				}
				return a.deskAnswer(answer, f.json)
			})
		},
	}
	f.add(c)
	if v.flags != nil {
		v.flags(c)
	}
	return c
}

// actor finds who acts. Who has the machine and is nobody at the desk acts as cli:NAME, which gives the first security officer his role.
func (f *deskFlags) actor(h *server.House, tx *db.Tx, self bool) (ra.Actor, error) {
	if self {
		return h.RA.Register(tx, f.login(), "")
	}
	w, err := h.RA.Actor(tx, f.login())
	if err != nil && f.as == "" && os.Getenv("WAXWING_AS") == "" {
		return ra.Actor{ID: actor(), Name: f.login()}, nil
	}
	return w, err
}

// deskError prints what has to be changed as a list.
func (a *app) deskError(err error, asJSON bool) error {
	var no *ra.Refused
	if !errors.As(err, &no) {
		return err
	}
	if asJSON {
		return errors.Join(a.printJSON(map[string]any{"exit": exitPolicy, "refusals": no.Refusals}), done(exitPolicy))
	}
	a.printRefusals(no.Refusals)
	return done(exitPolicy)
}

func (a *app) printRefusals(list []ra.Refusal) {
	for _, r := range list {
		a.note("%s: %s", r.Code, oneLine(r.String()))
	}
}

// classifyDesk maps the errors of the desk to exit codes.
func classifyDesk(err error, e *exit) bool {
	var (
		forbidden *ra.Forbidden
		refused   *ra.Refused
		conflict  *ra.Conflict
		state     *ra.WrongState
		busy      *ra.Busy
	)
	switch {
	case errors.As(err, &forbidden):
		e.code, e.hint = exitPolicy, "act as somebody who may with --as NAME; who may what: docs/authority-matrix.md"
	case errors.As(err, &refused), errors.As(err, &state):
		e.code = exitPolicy
	case errors.As(err, &conflict), errors.As(err, &busy):
		e.code = exitTemporary
	case errors.Is(err, db.ErrNone):
		e.hint = "list them with: waxwing ra queue, waxwing request list"
	default:
		return false
	}
	return true
}
