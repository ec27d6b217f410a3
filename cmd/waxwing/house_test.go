package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/server"
)

// acts makes a home of an authority, or opens it, and enters acts: acts DIR ACTS [OBJECT]. With an object, the first act has
// personal data, and with -forget it is erased.
func acts(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	o := server.Options{Dir: ts.MkAbs(args[0]), By: "test", Origin: "lab.test/audit"}
	h, err := server.Open(ctx, o)
	if err != nil {
		h, err = server.Create(ctx, o)
	}
	ts.Check(err)
	defer h.Close()
	ts.Check(h.DB.Write(ctx, func(tx *db.Tx) error {
		if len(args) == 4 {
			return h.Log.Erase(tx, args[3], audit.Entry{Who: "test"})
		}
		for i := range len(args[1]) {
			e := audit.Entry{Who: "user:ada", What: "test.done", Object: "thing:" + args[1][i:i+1], Details: []byte(`{"colour":"red"}`)}
			if i == 0 && len(args) == 3 {
				e.Document, e.Personal = args[2], []byte("Ada Lovelace, born 1815")
			}
			if _, err := h.Log.Append(tx, e); err != nil {
				return err
			}
		}
		return nil
	}))
}

// postgres returns the command that writes the DSN of a new database into a file: postgres FILE
func postgres(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(testdb.Postgres(t)+"\n"), 0o600))
	}
}

// condition tells stories whether there is PostgreSQL: [!postgres] skip
func condition(name string) (bool, error) {
	if name != "postgres" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	return len(found) > 0 || os.Getenv("CI") == "true", err
}

// tamper runs SQL on a file of SQLite behind the program's back: tamper FILE SQL...
func tamper(ts *testscript.TestScript, _ bool, args []string) {
	d, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer d.Close()
	_, err = d.Exec(strings.Join(args[1:], " "))
	ts.Check(err)
}
