package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) caProfilesCommand() *cobra.Command {
	var f homeFlags
	var all bool
	c := &cobra.Command{
		Use: "profiles", Short: "List the profiles by which the authority issues",
		Example: "  waxwing ca profiles\n  waxwing ca profiles --all --json", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.house(c.Context(), f, func(h *server.House) error { return a.caProfiles(c, h, f.json, all) })
		},
	}
	f.add(c)
	c.Flags().BoolVar(&all, "all", false, "versions that do not hold now, too")
	return c
}

func (a *app) caProfiles(c *cobra.Command, h *server.House, asJSON, all bool) error {
	list := []*ca.StoredProfile{}
	err := h.DB.Read(c.Context(), func(tx *db.Tx) error {
		versions, err := ca.Profiles(tx, "")
		for _, s := range versions {
			newest := len(list) == 0 || list[len(list)-1].Name != s.Name
			if all || newest && s.Holds(tx.Now) {
				list = append(list, s)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(list)
	}
	for _, s := range list {
		a.printf("%-38s %4d days  %d approvals  %s\n", s.Ref(), s.Days, s.Approvals, s.Title)
	}
	return nil
}

func (a *app) caProfileCommand() *cobra.Command {
	return noun("profile", "Look at one profile, add a version, end one", "  waxwing ca profile show mailbox-strict-dual\n  waxwing ca profile add my.json", a.profileShowCommand(), a.profileAddCommand(), a.profileRetireCommand())
}

func (a *app) profileShowCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "show NAME[@VERSION]", Short: "Print a profile as the JSON that add reads",
		Example: "  waxwing ca profile show sponsor-strict-signing > my.json", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				var s *ca.StoredProfile
				err := h.DB.Read(c.Context(), func(tx *db.Tx) (err error) { s, err = ca.GetProfile(tx, args[0], time.Time{}); return err })
				if errors.Is(err, db.ErrNone) {
					return failed(exitError, "see: waxwing ca profiles", "there is no profile %q", args[0])
				}
				if err != nil {
					return err
				}
				return a.printJSON(s.Profile)
			})
		},
	}
	f.add(c)
	return c
}

func (a *app) profileAddCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "add FILE", Short: "Add a profile, or the next version of one",
		Long:    "Add reads a profile as JSON, checks it, and stores it as the next version of its name. Versions that exist never change.",
		Example: "  waxwing ca profile show mailbox-strict-dual > my.json\n  waxwing ca profile add my.json", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			data, err := readAll(args[0], 1<<20)
			if err != nil {
				return err
			}
			p, err := ca.ReadProfile(data)
			if err != nil {
				return failed(exitPolicy, "begin with one that exists: waxwing ca profile show NAME", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
			}
			return a.house(c.Context(), f, func(h *server.House) error {
				err := h.DB.Write(c.Context(), func(tx *db.Tx) (err error) { p, err = h.CA.AddProfile(tx, p, actor()); return err })
				if err != nil {
					return err
				}
				if f.json {
					return a.printJSON(p)
				}
				a.printf("added %s\n", p.Ref())
				return nil
			})
		},
	}
	f.add(c)
	return c
}

func (a *app) profileRetireCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "retire NAME@VERSION", Short: "End the use of a version; what was issued by it stays",
		Example: "  waxwing ca profile retire mailbox-strict-dual@1", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				err := h.DB.Write(c.Context(), func(tx *db.Tx) error { return h.CA.RetireProfile(tx, args[0], actor()) })
				if errors.Is(err, db.ErrNone) {
					return failed(exitError, "see: waxwing ca profiles --all", "there is no profile %q", args[0])
				}
				if err == nil && f.json {
					return a.printJSON(map[string]string{"retired": args[0]})
				}
				return err
			})
		},
	}
	f.add(c)
	return c
}
