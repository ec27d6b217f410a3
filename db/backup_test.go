package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// state reads how many parts there are and what the counter says: every transaction of the writer adds one to both.
func state(t *testing.T, d *db.DB) (parts, n int64) {
	t.Helper()
	if err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.Row(`SELECT (SELECT count(*) FROM test_part), n FROM test_thing WHERE id = 'counter'`).Scan(&parts, &n)
	}); err != nil {
		t.Fatal(err)
	}
	return parts, n
}

func step(tx *db.Tx) error {
	if _, err := tx.Exec(`INSERT INTO test_part (id, thing) VALUES ($1, 'counter')`, tx.NewID()); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE test_thing SET n = n + 1`)
	return err
}

// AUTHORITY 60: backup while the house goes on.
func TestABackupIsOneStateWhileOthersWrite(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan int)
		go func() {
			n := 0
			for ; ctx.Err() == nil; n++ {
				if err := d.Write(context.Background(), step); err != nil {
					t.Error(err)
					break
				}
			}
			done <- n
		}()
		dir := t.TempDir()
		last := int64(-1)
		for i := range 5 {
			path := filepath.Join(dir, fmt.Sprint(i))
			if err := d.Backup(context.Background(), path); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
			if err := d.Backup(context.Background(), path); err == nil {
				t.Error("a backup was overwritten")
			}
			b := testdb.Open(t, path, schema...)
			parts, n := state(t, b)
			if h, err := b.Check(context.Background()); parts != n || n < last || err != nil || len(h.Problems) > 0 {
				t.Errorf("backup %d has %d parts and counted %d after %d: %v, %v", i, parts, n, last, h.Problems, err)
			}
			last = n
			b.Close()
		}
		stop()
		if n := <-done; int64(n) < last {
			t.Errorf("%d writes, and a backup with %d", n, last)
		}
		left, _ := filepath.Glob(filepath.Join(dir, ".*"))
		if len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
}

func TestARestoredBackupTakesThePlaceAndTheOldOneIsKept(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "waxwing.db"), filepath.Join(dir, "backup")
	d := testdb.Open(t, path, schema...)
	write := func() {
		t.Helper()
		if err := d.Write(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	write()
	if err := d.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	write()
	write()
	if _, err := db.Restore(ctx, backup, path, nil, schema...); !errors.Is(err, db.ErrInUse) {
		t.Fatalf("an open database was replaced: %v", err)
	}
	write() // it goes on
	d.Close()
	kept, err := db.Restore(ctx, backup, path, nil, schema...)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]int64{path: 1, kept: 4} {
		d := testdb.Open(t, file, schema...)
		if parts, n := state(t, d); parts != want || n != want {
			t.Errorf("%s has %d, want %d", file, n, want)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		d.Close()
	}
	if _, err := os.Stat(backup); err != nil {
		t.Error("the backup itself is gone")
	}
}

// A log of a lost database beside the new one would be played back into it.
func TestTheLogOfALostDatabaseIsSetAside(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "waxwing.db"), filepath.Join(dir, "backup")
	d := testdb.Open(t, path, schema...)
	if err := errors.Join(d.Write(ctx, step), d.Backup(ctx, backup), d.Write(ctx, step)); err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	os.Remove(path)
	if err := os.WriteFile(path+"-wal", wal, 0o600); err != nil {
		t.Fatal(err)
	}
	if kept, err := db.Restore(ctx, backup, path, nil, schema...); kept != "" || err != nil {
		t.Fatal(kept, err)
	}
	if parts, n := state(t, testdb.Open(t, path, schema...)); parts != 1 || n != 1 {
		t.Errorf("%d parts, the counter says %d", parts, n)
	}
}

func TestWhatIsNoGoodBackupIsNotRestored(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup, newer := filepath.Join(dir, "waxwing.db"), filepath.Join(dir, "backup"), filepath.Join(dir, "newer")
	d := testdb.Open(t, path, schema...)
	for range 50 {
		if err := d.Write(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	d.Close()
	testdb.Open(t, newer, schema[0], second).Close()
	good, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), good...)
	for i := 5000; i < len(damaged)-3000; i += 500 {
		damaged[i] ^= 0x55
	}
	for name, data := range map[string][]byte{"empty": {}, "half": good[:len(good)/2], "damaged": damaged, "text": []byte(strings.Repeat("no database ", 1000))} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"empty", "half", "damaged", "text", "newer", "missing"} {
		if kept, err := db.Restore(ctx, filepath.Join(dir, name), path, nil, schema...); err == nil || kept != "" {
			t.Errorf("%s was restored", name)
		} else if name == "newer" && !errors.Is(err, db.ErrNewer) {
			t.Error(err)
		}
	}
	if _, n := state(t, testdb.Open(t, path, schema...)); n != 50 {
		t.Errorf("the counter says %d", n)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestADamagedDatabaseIsReplaced(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "waxwing.db"), filepath.Join(dir, "backup")
	d := testdb.Open(t, path, schema...)
	if err := errors.Join(d.Write(ctx, step), d.Backup(ctx, backup), d.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x", 9000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(ctx, path, schema...); !db.IsDamaged(err) {
		t.Errorf("a damaged database was opened: %v", err)
	}
	if kept, err := db.Restore(ctx, backup, path, nil, schema...); kept == "" || err != nil {
		t.Fatal(kept, err)
	}
	if _, n := state(t, testdb.Open(t, path, schema...)); n != 1 {
		t.Errorf("the counter says %d", n)
	}
}

// A copy goes both ways, and nothing changes on the way.
func TestACopyOfEveryRowIsCompared(t *testing.T) {
	ctx := context.Background()
	d := testdb.Open(t, filepath.Join(t.TempDir(), "a.db"), schema...)
	if err := d.Write(ctx, func(tx *db.Tx) error {
		for range 1500 {
			if err := step(tx); err != nil {
				return err
			}
		}
		if _, err := tx.Acquire("jobs", "a", time.Hour); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO test_thing (id, n, raw, at) VALUES ('grüß ''用户', $1, $2, NULL), ('empty', 0, $3, 0), ('null', 0, NULL, 1)`, -1<<63, []byte{0, 255}, []byte{})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	postgres, back := testdb.Postgres(t), filepath.Join(t.TempDir(), "b.db")
	there, err := d.CopyTo(ctx, postgres)
	if err != nil {
		t.Fatal(err)
	}
	p := testdb.Open(t, postgres, schema...)
	again, err := p.CopyTo(ctx, "sqlite:"+back)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(there) != fmt.Sprint(again) || len(there) != 4 || there[2].Rows != 4 || there[3].Rows != 1500 || there[1].Rows != 1 {
		t.Errorf("%v\n%v", there, again)
	}
	for _, x := range []*db.DB{p, testdb.Open(t, back, schema...)} {
		if parts, n := state(t, x); parts != 1500 || n != 1500 {
			t.Errorf("%d, %d", parts, n)
		}
	}
	for _, dsn := range []string{postgres, back} {
		if _, err := d.CopyTo(ctx, dsn); !errors.Is(err, db.ErrNotEmpty) {
			t.Errorf("a copy into a database with tables: %v", err)
		}
	}
}

func TestACopyThatFailsLeavesNothing(t *testing.T) {
	ctx := context.Background()
	d := testdb.Open(t, filepath.Join(t.TempDir(), "a.db"), schema...)
	// SQLite takes text into a column of numbers, PostgreSQL does not.
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO test_thing (id, n) VALUES ('x', 'many')`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	dsn := testdb.Postgres(t)
	if _, err := d.CopyTo(ctx, dsn); err == nil || !strings.Contains(err.Error(), "test_thing") {
		t.Fatalf("copied: %v", err)
	}
	good := testdb.Open(t, filepath.Join(t.TempDir(), "b.db"), schema...)
	if _, err := good.CopyTo(ctx, dsn); err != nil {
		t.Errorf("the database is no longer empty: %v", err)
	}
}
