package db

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// The limit of pages makes SQLite report what it reports when the disk is full.
func TestAFullDiskLosesNothing(t *testing.T) {
	ctx := context.Background()
	d, err := Open(ctx, filepath.Join(t.TempDir(), "a.db"), Migration{Room: "test", Version: 1, SQL: "CREATE TABLE test_thing (id BIGINT PRIMARY KEY, raw BYTEA);\n"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var pages int
	if err := d.write.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := d.write.QueryRow(`PRAGMA max_page_count = 40`).Scan(&pages); err != nil || pages != 40 {
		t.Fatal(pages, err)
	}
	stored := 0
	for i := range 100 {
		if err = d.Write(ctx, func(tx *Tx) error {
			_, err := tx.Exec(`INSERT INTO test_thing (id, raw) VALUES ($1, $2)`, i, make([]byte, 4000))
			return err
		}); err != nil {
			break
		}
		stored++
	}
	if err == nil || !strings.Contains(err.Error(), "full") || stored == 0 {
		t.Fatalf("%d rows, then %v", stored, err)
	}
	h, err := d.Check(ctx)
	if err != nil || len(h.Problems) > 0 {
		t.Errorf("%v, %v", h.Problems, err)
	}
	// There is room again.
	if err := d.write.QueryRow(`PRAGMA max_page_count = 4000`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(ctx, func(tx *Tx) error {
		var n int
		if err := tx.Row(`SELECT count(*) FROM test_thing`).Scan(&n); err != nil || n != stored {
			t.Errorf("%d rows of %d are there, %v", n, stored, err)
		}
		_, err := tx.Exec(`INSERT INTO test_thing (id, raw) VALUES (1000, $1)`, make([]byte, 4000))
		return err
	}); err != nil {
		t.Error(err)
	}
}
