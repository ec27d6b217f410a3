package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// TestMain is also the program that is killed: it commits numbered rows one after the other, each with its part, says so, and ends
// in the middle of a large transaction.
func TestMain(m *testing.M) {
	dsn := os.Getenv("WAXWING_TEST_CRASH")
	if dsn == "" {
		os.Exit(m.Run())
	}
	if err := victim(dsn); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func victim(dsn string) error {
	d, err := db.Open(context.Background(), dsn, schema...)
	if err != nil {
		return err
	}
	add := func(tx *db.Tx, i int) error {
		if _, err := tx.Exec(`INSERT INTO test_thing (id, n, raw) VALUES ($1, $2, $3)`, fmt.Sprint(i), i, make([]byte, 3000)); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO test_part (id, thing) VALUES ($1, $1)`, fmt.Sprint(i))
		return err
	}
	for i := range 20 {
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return add(tx, i) }); err != nil {
			return err
		}
		fmt.Println(i)
	}
	return d.Write(context.Background(), func(tx *db.Tx) error {
		for i := 1000; ; i++ {
			if err := add(tx, i); err != nil {
				return err
			}
			if i == 3000 { // more than a cache holds
				fmt.Println("middle")
			}
		}
	})
}

func TestAfterAKillWhatWasConfirmedIsThereAndNothingElse(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "WAXWING_TEST_CRASH="+dsn)
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		said := ""
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if said = lines.Text(); said == "middle" {
				break
			}
		}
		c.Process.Kill() // SIGKILL
		c.Wait()
		if said != "middle" {
			t.Fatalf("the last word was %q", said)
		}
		d := testdb.Open(t, dsn, schema...)
		h, err := d.Check(context.Background())
		if err != nil || len(h.Problems) > 0 {
			t.Errorf("%v, %v", h.Problems, err)
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			var things, parts int
			if err := tx.Row(`SELECT (SELECT count(*) FROM test_thing), (SELECT count(*) FROM test_part)`).Scan(&things, &parts); err != nil {
				return err
			}
			if things != 21 || parts != 20 {
				t.Errorf("%d things with %d parts", things, parts)
			}
			_, err := tx.Exec(`INSERT INTO test_thing (id, n) VALUES ('after', 1)`)
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestATransactionWithinAnotherIsRefused(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if err := d.Read(tx.Context(), func(*db.Tx) error { return nil }); err != nil {
				t.Errorf("a reader within a writer: %v", err)
			}
			return d.Write(tx.Context(), func(*db.Tx) error { return nil })
		})
		if err == nil || !strings.Contains(err.Error(), "within another") {
			t.Error(err)
		}
	})
}
