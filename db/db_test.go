package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

var schema = []db.Migration{{Room: "test", Version: 1, SQL: `
CREATE TABLE test_thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL, raw BYTEA, at BIGINT);
CREATE TABLE test_part (id TEXT PRIMARY KEY, thing TEXT NOT NULL REFERENCES test_thing (id));
INSERT INTO test_thing (id, n) VALUES ('counter', 0);
`}}

func count(tx *db.Tx) (n int64, err error) {
	err = tx.Row(`SELECT n FROM test_thing WHERE id = $1`, "counter").Scan(&n)
	return n, err
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		at := time.Date(2026, 11, 25, 9, 41, 0, 123456789, time.FixedZone("", 3600))
		raw := []byte{0, 255, '\'', 0}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO test_thing (id, n, raw, at) VALUES ($1, $2, $3, $4), ($5, $2, $6, $7)`,
				"grüß 用户 '; DROP", -1<<63, raw, at, "empty", []byte(nil), time.Time{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			var n int64
			var gotRaw []byte
			var gotAt time.Time
			if err := tx.Row(`SELECT n, raw, at FROM test_thing WHERE id = $1`, "grüß 用户 '; DROP").Scan(&n, &gotRaw, db.Moment(&gotAt)); err != nil {
				return err
			}
			if n != -1<<63 || string(gotRaw) != string(raw) || !gotAt.Equal(at.Truncate(time.Microsecond)) || gotAt.Location() != time.UTC {
				t.Errorf("got %d %x %v", n, gotRaw, gotAt)
			}
			gotAt = at
			if err := tx.Row(`SELECT n FROM test_thing WHERE id = $1 AND raw IS NULL AND at IS NULL`, "empty").Scan(&n); err != nil {
				t.Errorf("nil and the zero time are not NULL: %v", err)
			}
			if err := tx.Row(`SELECT at FROM test_thing WHERE id = $1`, "empty").Scan(db.Moment(&gotAt)); err != nil || !gotAt.IsZero() {
				t.Errorf("NULL is %v, %v", gotAt, err)
			}
			if err := tx.Row(`SELECT n FROM test_thing WHERE id = $1`, "nobody").Scan(&n); !errors.Is(err, db.ErrNone) {
				t.Errorf("no row: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestNothingOfAFailedTransactionRemains(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		oops := errors.New("oops")
		for name, f := range map[string]func(tx *db.Tx) error{
			"the function failed": func(tx *db.Tx) error { return oops },
			"a failure was swallowed": func(tx *db.Tx) error {
				tx.Exec(`INSERT INTO test_thing (id, n) VALUES ('counter', 5)`)
				return nil
			},
			"the key is taken": func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO test_thing (id, n) VALUES ('counter', 5)`)
				if !errors.Is(err, db.ErrExists) {
					t.Errorf("a taken key: %v", err)
				}
				_, again := tx.Exec(`UPDATE test_thing SET n = 7`)
				if again == nil {
					t.Error("the transaction went on after a failure")
				}
				return nil
			},
			"a part of nothing": func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO test_part (id, thing) VALUES ('p', 'nobody')`)
				return err
			},
			"text with NUL": func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO test_thing (id, n) VALUES ($1, 1)`, "a\x00b")
				return err
			},
			"text that is not UTF-8": func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO test_thing (id, n) VALUES ($1, 1)`, "a\xff")
				return err
			},
			"a truth": func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE test_thing SET n = $1`, true)
				return err
			},
			"a query within Each": func(tx *db.Tx) error {
				return tx.Each(func(func(...any) error) error { _, err := count(tx); return err }, `SELECT id FROM test_thing`)
			},
		} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(`UPDATE test_thing SET n = n + 1`); err != nil {
					return err
				}
				return f(tx)
			})
			if err == nil {
				t.Errorf("%s: committed", name)
			}
			d.Read(ctx, func(tx *db.Tx) error {
				if n, err := count(tx); n != 0 || err != nil {
					t.Errorf("%s: the counter is %d, %v", name, n, err)
				}
				return nil
			})
		}
	})
}

func TestAReaderCannotWriteAndSeesOneState(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		add := func(tx *db.Tx) error { _, err := tx.Exec(`UPDATE test_thing SET n = n + 1`); return err }
		if err := d.Read(ctx, add); err == nil {
			t.Error("a reader wrote")
		}
		err := d.Read(ctx, func(tx *db.Tx) error {
			before, err := count(tx)
			if err != nil {
				return err
			}
			if err := d.Write(ctx, add); err != nil {
				return err
			}
			after, err := count(tx)
			if before != after {
				t.Errorf("a reader saw %d, then %d", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Two openings of one database are as two nodes, or two programs beside one file.
func TestWritersOfTwoNodesLoseNoUpdate(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		nodes := []*db.DB{testdb.Open(t, dsn, schema...), testdb.Open(t, dsn, schema...)}
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for range 10 {
					if err := nodes[i%2].Write(ctx, func(tx *db.Tx) error {
						n, err := count(tx)
						if err != nil {
							return err
						}
						_, err = tx.Exec(`UPDATE test_thing SET n = $1 WHERE id = 'counter'`, n+1)
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		nodes[0].Read(ctx, func(tx *db.Tx) error {
			if n, err := count(tx); n != 40 || err != nil {
				t.Errorf("40 updates made %d, %v", n, err)
			}
			return nil
		})
	})
}

func TestATransactionHasOneClock(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		look := func() (now time.Time) {
			if err := d.Write(context.Background(), func(tx *db.Tx) error { now = tx.Now; return nil }); err != nil {
				t.Fatal(err)
			}
			return now
		}
		if now := look(); time.Since(now).Abs() > time.Minute || now.Location() != time.UTC {
			t.Errorf("Now is %v", now)
		}
		at := time.Date(2027, 1, 1, 0, 0, 0, 1999, time.FixedZone("", -3600))
		d.Clock = func() time.Time { return at }
		if now := look(); now.String() != "2027-01-01 01:00:00.000001 +0000 UTC" {
			t.Errorf("Now is %v", now)
		}
	})
}

func TestTheFileIsItsOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a?b#c%20 d.db")
	d := testdb.Open(t, path, schema...)
	if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(`UPDATE test_thing SET n = 1`); return err }); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Dir(path) + "/*")
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f, path) {
			t.Errorf("%s: %v, %v", f, info.Mode(), err)
		}
	}
	if len(files) < 2 {
		t.Errorf("no write-ahead log: %q", files)
	}
	for _, dsn := range []string{"", ":memory:", "sqlite:"} {
		if _, err := db.Open(context.Background(), dsn); err == nil {
			t.Errorf("%q was opened", dsn)
		}
	}
}
