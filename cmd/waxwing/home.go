package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

// homeFlags are those of every verb of the authority.
type homeFlags struct {
	dir    string
	json   bool
	sealed bool // without the vault
}

// defaultHomeName stands for the default in the help, where no home may appear.
const defaultHomeName = "the account's own"

func (f *homeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.dir, "home", defaultHomeName, "folder of the authority; also WAXWING_HOME")
	c.Flags().BoolVar(&f.json, "json", false, "print as JSON")
}

// addSealed is for verbs that need no key.
func (f *homeFlags) addSealed(c *cobra.Command) {
	c.Flags().BoolVar(&f.sealed, "sealed", false, "without the key of the vault, as an auditor has the database; what is sealed is not looked into")
}

// path is --home, or WAXWING_HOME, or the default: /var/lib/waxwing for root, else a folder of the user's data
// (XDG Base Directory Specification §3: $XDG_DATA_HOME, else ~/.local/share).
func (f *homeFlags) path() string {
	if f.dir != "" && f.dir != defaultHomeName {
		return f.dir
	}
	if dir := os.Getenv("WAXWING_HOME"); dir != "" {
		return dir
	}
	if os.Getuid() == 0 {
		return "/var/lib/waxwing"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "waxwing")
	}
	if dir, err := os.UserHomeDir(); err == nil {
		return filepath.Join(dir, ".local", "share", "waxwing")
	}
	return ""
}

// house opens the home, runs do, and closes it.
func (a *app) house(ctx context.Context, f homeFlags, do func(h *server.House) error) (err error) {
	if f.path() == "" {
		return failed(exitUsage, "name it with --home DIR or WAXWING_HOME", "the authority has no home")
	}
	h, err := server.Open(ctx, server.Options{Dir: f.path(), Sealed: f.sealed})
	if err != nil {
		return homeError(f, err)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return do(h)
}

// homeError explains why a home does not open.
func homeError(f homeFlags, err error) error {
	switch {
	case errors.Is(err, server.ErrNoHome):
		return failed(exitError, "make one with: waxwing ca init --home "+f.path()+", or name another with --home DIR or WAXWING_HOME", "%w", err)
	case errors.Is(err, server.ErrIsHome):
		return failed(exitError, "choose a new or empty folder with --home DIR", "%w", err)
	case errors.Is(err, db.ErrNewer):
		return failed(exitError, "use the newer program, or go back to a backup from before with: waxwing db restore FILE", "%w", err)
	}
	return err
}

// actor is who acts on the command line, for the audit log: the account that the system knows, which no variable can change.
func actor() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "cli:" + u.Username
	}
	return "cli:uid " + strconv.Itoa(os.Getuid())
}
