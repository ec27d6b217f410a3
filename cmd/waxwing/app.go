package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// app is what the commands share: the standard streams and the clock.
type app struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	now func() time.Time

	closers []io.Closer // the homes that the command opened
}

// run runs one command line and returns the exit code.
func (a *app) run(ctx context.Context, argv []string) int {
	if isGitCall(argv) {
		argv = append([]string{"git"}, argv...)
	}
	root := a.root()
	root.SetArgs(argv)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	for _, c := range a.closers {
		err = errors.Join(err, c.Close())
	}
	return a.report(err)
}

// root is the table of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "waxwing",
		Short: "S/MIME: mail that carries proof of who wrote it, and that only its recipient can read",
		Long: "Waxwing signs, encrypts, opens and judges S/MIME mail.\n\n" +
			"Files named - or not named are standard input and output. Results are written beside their place and renamed\n" +
			"when they are whole. Every verb that judges takes --json.",
		Example:                    "  waxwing demo\n  waxwing sign -k alice.p12 -o signed.eml mail.eml\n  waxwing verify --trust-anchor ca.pem signed.eml",
		SilenceErrors:              true,
		SilenceUsage:               true,
		Args:                       noSuchCommand,
		RunE:                       func(c *cobra.Command, _ []string) error { return c.Help() },
		DisableAutoGenTag:          true,
		SuggestionsMinimumDistance: 2,
	}
	root.AddGroup(&cobra.Group{ID: "mail", Title: "Mail:"}, &cobra.Group{ID: "keys", Title: "Keys and certificates:"},
		&cobra.Group{ID: "authority", Title: "Authority:"}, &cobra.Group{ID: "more", Title: "More:"})
	for _, c := range []struct {
		group string
		make  func() *cobra.Command
	}{
		{"mail", a.signCommand}, {"mail", a.encryptCommand}, {"mail", a.verifyCommand}, {"mail", a.decryptCommand},
		{"mail", a.inspectCommand}, {"keys", a.keyCommand}, {"keys", a.certCommand}, {"keys", a.pathCommand}, {"keys", a.crlCommand}, {"keys", a.ocspCommand}, {"keys", a.trustCommand}, {"keys", a.lintCommand}, {"keys", a.timestampCommand}, {"mail", a.correspondentsCommand},
		{"mail", a.gatewayCommand}, {"more", a.configCommand},
		{"authority", a.vaultCommand}, {"authority", a.kitCommand},
		{"authority", a.caCommand}, {"authority", a.raCommand}, {"authority", a.requestCommand},
		{"authority", a.auditCommand}, {"authority", a.dbCommand},
		{"more", a.explainCommand}, {"more", a.demoCommand}, {"more", a.gitCommand}, {"more", a.versionCommand},
	} {
		command := c.make()
		command.GroupID = c.group
		root.AddCommand(command)
	}
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usage(c, "%v", err) })
	return root
}

// noSuchCommand says which commands are near one that does not exist.
func noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return usage(c, "there is no command %q; did you mean %q?", args[0], near[0])
	}
	return usage(c, "there is no command %q", args[0])
}

// isTerminal tells whether a stream is a terminal.
func isTerminal(s any) bool {
	f, ok := s.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.out, format, args...) }

// note writes one line to standard error.
func (a *app) note(format string, args ...any) { fmt.Fprintf(a.err, format+"\n", args...) }
