package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/directory"
)

func (a *app) correspondentsCommand() *cobra.Command {
	return noun("correspondents", "Whom verify --correspondents remembers", "  waxwing correspondents list ~/.waxwing/correspondents",
		a.correspondentsListCommand(), a.correspondentsForgetCommand())
}

func (a *app) correspondentsListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list FOLDER", Short: "Show who is remembered, and who vouched for them",
		Example: "  waxwing correspondents list --json ~/.waxwing/correspondents", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			m, err := a.memory(c.Context(), args[0])
			if err != nil {
				return err
			}
			list, err := m.List()
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(append([]directory.Correspondent{}, list...))
			}
			for _, c := range list {
				a.printf("%s: %s, vouched for by %s, %d signed mails since %s\n", oneLine(c.Address), c.KeyType, oneLine(c.Authority), c.Mails, c.First.Format(time.DateOnly))
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return c
}

func (a *app) correspondentsForgetCommand() *cobra.Command {
	return &cobra.Command{
		Use: "forget FOLDER ADDRESS", Short: "Forget one, so that another authority or kind of key is accepted for them",
		Example: "  waxwing correspondents forget ~/.waxwing/correspondents alice@example.org", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			m, err := a.memory(c.Context(), args[0])
			if err != nil {
				return err
			}
			known, err := m.Forget(args[1])
			if err == nil && !known {
				return failed(exitError, "see them with: waxwing correspondents list "+args[0], "%s is not remembered", args[1])
			}
			return err
		},
	}
}
