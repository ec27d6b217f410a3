package db_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

var second = db.Migration{Room: "test", Version: 2, SQL: `
ALTER TABLE test_thing ADD COLUMN colour TEXT;
UPDATE test_thing SET colour = 'red; blue';
`}

func TestMigrationsGoForwardAndOnce(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		d := testdb.Open(t, dsn, schema...)
		if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(`UPDATE test_thing SET n = 7`); return err }); err != nil {
			t.Fatal(err)
		}
		d.Close()
		for range 2 {
			d = testdb.Open(t, dsn, schema[0], second)
			if err := d.Read(context.Background(), func(tx *db.Tx) error {
				var n int64
				var colour string
				err := tx.Row(`SELECT n, colour FROM test_thing`).Scan(&n, &colour)
				if n != 7 || !strings.HasPrefix(colour, "red") {
					t.Errorf("got %d, %q", n, colour)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			h, err := d.Check(context.Background())
			if err != nil || h.Rooms["test"] != 2 || len(h.Problems) > 0 || h.Release == "" {
				t.Errorf("%+v, %v", h, err)
			}
			d.Close()
		}
	})
}

// AUTHORITY 60: downgrade refused.
func TestANewerSchemaIsRefusedAndLeftAsItIs(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		testdb.Open(t, dsn, schema[0], second).Close()
		room := db.Migration{Room: "other", Version: 1, SQL: "CREATE TABLE other_thing (id TEXT PRIMARY KEY);\n"}
		for name, list := range map[string][]db.Migration{"one version less": schema, "without the room": nil, "with another room": {schema[0], room}} {
			if _, err := db.Open(ctx, dsn, list...); !errors.Is(err, db.ErrNewer) {
				t.Errorf("%s: %v", name, err)
			}
		}
		changed := second
		changed.SQL += " "
		if _, err := db.Open(ctx, dsn, schema[0], changed); err == nil || errors.Is(err, db.ErrNewer) {
			t.Errorf("another text: %v", err)
		}
		d := testdb.Open(t, dsn, schema[0], second)
		if h, err := d.Check(ctx); err != nil || len(h.Problems) > 0 || len(h.Rooms) != 1 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

func TestAMigrationIsWholeOrNotThere(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		testdb.Open(t, dsn, schema...).Close()
		broken := db.Migration{Room: "test", Version: 2, SQL: "CREATE TABLE test_new (id TEXT);\nINSERT INTO test_nowhere (id) VALUES (1);\n"}
		if _, err := db.Open(ctx, dsn, schema[0], broken); err == nil || !strings.Contains(err.Error(), "migration 2 of room test") {
			t.Fatal(err)
		}
		d := testdb.Open(t, dsn, schema...)
		if err := d.Read(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`SELECT id FROM test_new`)
			return err
		}); err == nil {
			t.Error("half of the migration is there")
		}
	})
}

func TestAListOfMigrationsHasNoGaps(t *testing.T) {
	for name, list := range map[string][]db.Migration{
		"begins with 2":   {second},
		"twice the same":  {schema[0], schema[0]},
		"without a room":  {{Version: 1}},
		"backwards":       {second, schema[0]},
		"a gap":           {schema[0], {Room: "test", Version: 3}},
		"version nothing": {{Room: "test"}},
	} {
		if _, err := db.Open(context.Background(), filepath.Join(t.TempDir(), "a.db"), list...); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				d, err := db.Open(context.Background(), dsn, schema[0], second)
				if err != nil {
					t.Error(err)
					return
				}
				d.Close()
			})
		}
		wg.Wait()
	})
}

func TestADatabaseOfAnotherProgramIsLeftAlone(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		driver := "sqlite"
		if db.EngineOf(dsn) == db.PostgreSQL {
			driver = "pgx"
		}
		raw, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		if _, err := raw.Exec(`CREATE TABLE customers (id TEXT)`); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Open(context.Background(), dsn, schema...); !errors.Is(err, db.ErrAlien) {
			t.Errorf("%v", err)
		}
		if _, err := raw.Exec(`SELECT * FROM test_thing`); err == nil {
			t.Error("it was migrated")
		}
	})
}
