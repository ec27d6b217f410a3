package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

func (a *app) dbCommand() *cobra.Command {
	return noun("db", "The authority's database: check, back up, restore, move", "  waxwing db check\n  waxwing db backup /mnt/backup/waxwing-2026-11-25.db",
		a.dbCheckCommand(), a.dbBackupCommand(), a.dbRestoreCommand(), a.dbMigrateCommand())
}

// isThere tells whether something has this name.
func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (a *app) dbCheckCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "check", Short: "Check the database: its pages, references, versions and settings",
		Long: "Check reads every page of an SQLite file, and looks at the settings of a PostgreSQL server on which it depends that what was\n" +
			"confirmed survives. It ends with 1 if something is wrong. Whether entries of the log were changed is told by: waxwing audit verify.",
		Example: "  waxwing db check\n  waxwing db check --json", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d, err := server.Database(c.Context(), server.Options{Dir: f.path()})
			if err != nil {
				return homeError(f, err)
			}
			h, err := d.Check(c.Context())
			if err := errors.Join(err, d.Close()); err != nil {
				return err
			}
			return a.printHealth(f, h)
		},
	}
	f.add(c)
	return c
}

func (a *app) printHealth(f homeFlags, h db.Health) error {
	code := exitGood
	if len(h.Problems) > 0 {
		code = exitError
	}
	if f.json {
		if err := a.printJSON(struct {
			Version int  `json:"version"`
			Exit    int  `json:"exit"`
			OK      bool `json:"ok"`
			db.Health
		}{jsonVersion, code, code == exitGood, h}); err != nil {
			return err
		}
		return done(code)
	}
	p := &painter{colour: isTerminal(a.out)}
	if code == exitGood {
		p.line("%s", p.bold("32", "✔ SOUND"))
	} else {
		p.line("%s", p.bold("31", "✘ NOT SOUND"))
	}
	p.fact("Engine", string(h.Engine)+" "+h.Release)
	for _, room := range slices.Sorted(maps.Keys(h.Rooms)) {
		p.fact("Tables", fmt.Sprintf("%s, version %d", room, h.Rooms[room]))
	}
	for _, s := range h.Problems {
		p.fact("Problem", s)
	}
	if code != exitGood {
		p.fact("Next", "stop the authority, keep the file, and restore a backup: waxwing db restore FILE")
	}
	a.printf("%s", p.text.String())
	return done(code)
}

func (a *app) dbBackupCommand() *cobra.Command {
	var f homeFlags
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write one consistent state of the database to a new file, while the authority goes on",
		Long: "Backup writes everything to a new file, a database of SQLite whatever the authority uses, readable by its owner only. The file is\n" +
			"checked when it is restored. The key of the vault is not in it: keep a copy of that elsewhere, for neither is of use without the other.",
		Example: "  waxwing db backup /mnt/backup/waxwing-2026-11-25.db", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			return a.house(c.Context(), f, func(h *server.House) error {
				if isThere(args[0]) {
					return failed(exitUsage, "name a new file", "%s exists already", args[0])
				}
				tree, err := h.Backup(c.Context(), args[0], actor())
				if err != nil {
					return err
				}
				if f.json {
					return a.printJSON(map[string]any{"version": jsonVersion, "file": args[0], "entries": tree.N, "root": tree.Hash.String()})
				}
				a.printf("backed up: %s, with %d acts, root %s\n", args[0], tree.N, tree.Hash)
				if key := filepath.Join(h.Dir, "vault.key"); isThere(key) {
					a.note("the key of the vault is not in it; keep a copy of %s elsewhere", key)
				}
				return nil
			})
		},
	}
	f.add(c)
	return c
}

func (a *app) dbRestoreCommand() *cobra.Command {
	var f homeFlags
	var force bool
	c := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of the database, which is kept beside it",
		Long: "Restore checks the backup, verifies its log and compares it with the one that is here. If acts would be lost it does nothing without\n" +
			"--force. The authority must be stopped; the old database is kept under another name. Into PostgreSQL, a backup goes only if the\n" +
			"database is new and empty. Personal data that was erased after the backup is erased again.",
		Example: "  waxwing db restore /mnt/backup/waxwing-2026-11-25.db\n  waxwing db restore --force /mnt/backup/waxwing-2026-11-24.db", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := server.Restore(c.Context(), server.Options{Dir: f.path()}, server.RestoreOptions{Backup: args[0], Force: force, By: actor()})
			if err != nil {
				return restoreError(f, err)
			}
			if f.json {
				return a.printJSON(map[string]any{"version": jsonVersion, "entries": r.Tree.N, "root": r.Tree.Hash.String(), "lost": r.Lost, "erasedAgain": r.Erased, "kept": r.Kept})
			}
			a.printf("restored: %d acts, root %s\n", r.Tree.N, r.Tree.Hash)
			if r.Kept != "" {
				a.printf("the database that was there: %s\n", r.Kept)
			}
			if r.Lost > 0 {
				a.note("%d acts are lost; certificates that were issued by them exist all the same", r.Lost)
			}
			if r.Erased > 0 {
				a.note("%d documents that were erased after the backup were erased again", r.Erased)
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().BoolVar(&force, "force", false, "even if acts that came after the backup are lost")
	return c
}

func restoreError(f homeFlags, err error) error {
	switch {
	case errors.Is(err, server.ErrLosesActs):
		return failed(exitPolicy, "use a later backup, or lose them with --force; the old database is kept beside", "%w", err)
	case errors.Is(err, db.ErrInUse):
		return failed(exitTemporary, "stop the authority and try again", "%w", err)
	case errors.Is(err, db.ErrNotEmpty):
		return failed(exitError, "make a new database with createdb and put its DSN into "+filepath.Join(f.path(), "database"), "%w", err)
	}
	return homeError(f, err)
}

func (a *app) dbMigrateCommand() *cobra.Command {
	var f homeFlags
	var to string
	c := &cobra.Command{
		Use: "migrate --to DSN-FILE", Short: "Move the authority to another database, as from SQLite to PostgreSQL",
		Long: "Migrate copies every row into a new, empty database, whose DSN is on the one line of DSN-FILE (mode 0600, since there may be a\n" +
			"password in it). Rows, sums and the root of the audit log are compared, table by table, before the authority uses the new one. It must\n" +
			"be stopped meanwhile; the old file is kept.",
		Example: "  echo 'postgres://waxwing:password@db.example.org/waxwing' > dsn; chmod 600 dsn\n  waxwing db migrate --to dsn", Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if to == "" {
				return usage(c, "name the file with the DSN of the new database: --to FILE")
			}
			m, err := server.Move(c.Context(), server.Options{Dir: f.path()}, to, actor())
			if errors.Is(err, db.ErrNotEmpty) {
				return failed(exitError, "make a new database with createdb, and put its DSN into "+to, "%w", err)
			}
			if err != nil {
				return restoreError(f, err)
			}
			if f.json {
				return a.printJSON(map[string]any{"version": jsonVersion, "tables": m.Tables, "entries": m.Tree.N, "root": m.Tree.Hash.String(), "kept": m.Kept})
			}
			for _, t := range m.Tables {
				a.printf("%8d rows  %s\n", t.Rows, t.Table)
			}
			a.printf("moved: %d acts, root %s, the same on both sides\n", m.Tree.N, m.Tree.Hash)
			if m.Kept != "" {
				a.printf("the old database: %s\n", m.Kept)
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&to, "to", "", "file with the DSN of the new database")
	return c
}
