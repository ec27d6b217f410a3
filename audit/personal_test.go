package audit_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// AUTHORITY 17: after an erasure the data is unreadable, verification passes, and the record is kept.
func TestAnErasureForgetsADocumentAndKeepsTheChain(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		l := start(t, d)
		add := func(document string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, err := l.Append(tx, audit.Entry{Who: "user:ada", What: "person.named", Object: "person:1", Document: document, Personal: []byte("born 1815")})
				return err
			})
		}
		if err := errors.Join(add("person:1"), add("person:2"), add("person:1")); err != nil {
			t.Fatal(err)
		}
		var before string
		write(t, d, func(tx *db.Tx) (err error) { before, err = l.Checkpoint(tx); return err })
		erase := func(document string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				return l.Erase(tx, document, audit.Entry{Who: "user:dpo", Details: []byte(`{"why":"Art. 17"}`)})
			})
		}
		if err := erase("person:1"); err != nil {
			t.Fatal(err)
		}
		if err := erase("person:1"); !errors.Is(err, audit.ErrErased) {
			t.Errorf("erased twice: %v", err)
		}
		if err := erase("person:3"); !errors.Is(err, db.ErrNone) {
			t.Errorf("erased what was not there: %v", err)
		}
		if err := add("person:1"); !errors.Is(err, audit.ErrErased) {
			t.Errorf("an erased document grew: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			opened := map[string]int{}
			if err := audit.List(tx, audit.Query{}, func(e audit.Entry) error {
				p, err := l.Personal(tx, e)
				switch {
				case e.Document == "person:1" && errors.Is(err, audit.ErrErased):
					opened["erased"]++
				case err != nil:
					return err
				case p != nil:
					opened[string(p)]++
				case e.What == audit.Erased && e.Object == "person:1" && e.Who == "user:dpo" && string(e.Details) == `{"why":"Art. 17"}`:
					opened["entry"]++
				}
				return nil
			}); err != nil {
				return err
			}
			if opened["erased"] != 2 || opened["born 1815"] != 1 || opened["entry"] != 1 {
				t.Errorf("%v", opened)
			}
			tree, err := l.Verify(tx, verifiers(t, l), before)
			if tree.N != 5 {
				t.Errorf("%d entries", tree.N)
			}
			return err
		})
	})
}

// The wrapped key of what was erased is in no file any more.
func TestADestroyedKeyLeavesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	d := testdb.Open(t, path, audit.Schema...)
	l := start(t, d)
	write(t, d, func(tx *db.Tx) error {
		_, err := l.Append(tx, audit.Entry{Who: "x", What: "a.b", Document: "d", Personal: []byte("Ada")})
		return err
	})
	var wrapped []byte
	read(t, d, func(tx *db.Tx) error { return tx.Row(`SELECT wrapped FROM audit_key`).Scan(&wrapped) })
	found := func() (n int) {
		files, _ := filepath.Glob(path + "*")
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(data, wrapped)
		}
		return n
	}
	if found() == 0 {
		t.Fatal("the key is not where the test looks for it")
	}
	write(t, d, func(tx *db.Tx) error { return l.Erase(tx, "d", audit.Entry{Who: "x"}) })
	d.Close()
	if n := found(); n > 0 {
		t.Errorf("the key is there %d times", n)
	}
}

func TestPersonalDataOpensInItsPlaceOnly(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		write(t, d, func(tx *db.Tx) error {
			for _, document := range []string{"a", "a", "b"} {
				if _, err := l.Append(tx, audit.Entry{Who: "x", What: "a.b", Document: document, Personal: []byte("Ada")}); err != nil {
					return err
				}
			}
			return nil
		})
		var list []audit.Entry
		read(t, d, func(tx *db.Tx) error {
			if err := audit.List(tx, audit.Query{From: 1}, func(e audit.Entry) error { list = append(list, e); return nil }); err != nil {
				return err
			}
			for name, change := range map[string]func(e *audit.Entry){
				"the entry after it": func(e *audit.Entry) { e.Seq++ },
				"another document":   func(e *audit.Entry) { e.Document = "b" },
			} {
				e := list[0]
				change(&e)
				if p, err := l.Personal(tx, e); err == nil {
					t.Errorf("%s: opens as %q", name, p)
				}
			}
			other := &audit.Log{Origin: origin, Keys: newKeeper(t)}
			if _, err := other.Personal(tx, list[0]); err == nil {
				t.Error("any keeper opens it")
			}
			if _, err := (&audit.Log{Origin: origin}).Personal(tx, list[0]); err == nil {
				t.Error("no keeper opens it")
			}
			return nil
		})
	})
}
