package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

var errUndo = errors.New("undo")

// tampering is what somebody with a hand in the database does, and what the verification says of it. 301 entries, a checkpoint
// over them, and 299 more.
var tampering = map[string]struct {
	sql         string
	first, last int64
	what        string
}{
	"a word is changed":                                {`UPDATE audit_entry SET who = 'user:eve' WHERE seq = 77`, 77, 77, "changed"},
	"one byte of the details":                          {`UPDATE audit_entry SET details = '{"n":2}' WHERE seq = 300`, 300, 300, "changed"},
	"the moment":                                       {`UPDATE audit_entry SET at = at + 1 WHERE seq = 0`, 0, 0, "changed"},
	"a text moves to the next column":                  {`UPDATE audit_entry SET what = 'test', object = '.donething:4' WHERE seq = 5`, 5, 5, "changed"},
	"a row is deleted":                                 {`DELETE FROM audit_entry WHERE seq = 123`, 123, 123, "missing"},
	"rows are deleted":                                 {`DELETE FROM audit_entry WHERE seq > 100 AND seq < 400`, 101, 101, "missing"},
	"two rows are exchanged":                           {`UPDATE audit_entry SET seq = -1 WHERE seq = 20; UPDATE audit_entry SET seq = 20 WHERE seq = 21; UPDATE audit_entry SET seq = 21 WHERE seq = -1`, 20, 20, "changed"},
	"the tail is cut off":                              {`DELETE FROM audit_entry WHERE seq >= 590`, 590, 590, "missing"},
	"the tail with hashes":                             {`DELETE FROM audit_entry WHERE seq >= 590; DELETE FROM audit_hash WHERE idx >= leaf(590)`, 590, 590, "missing"},
	"the tail with hashes and size, into a checkpoint": {`DELETE FROM audit_entry WHERE seq >= 300; DELETE FROM audit_hash WHERE idx >= leaf(300); UPDATE audit_head SET size = 300`, 300, 300, "missing"},
	"the size alone":                                   {`UPDATE audit_head SET size = 599`, 599, 599, "beyond the end"},
	"the size is more":                                 {`UPDATE audit_head SET size = 1000`, 600, 600, "missing"},
	"the size is gone":                                 {`DELETE FROM audit_head`, 0, 0, "size"},
	"a row is put in":                                  {`INSERT INTO audit_entry (seq, at, who, what, object, details, document) VALUES (600, 0, 'x', 'a.b', '', '{}', '')`, 600, 600, "beyond the end"},
	"a row is put in before":                           {`INSERT INTO audit_entry (seq, at, who, what, object, details, document) VALUES (-1, 0, 'x', 'a.b', '', '{}', '')`, 600, 600, "beyond the end"},
	"a leaf's hash":                                    {`UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE idx = 0) WHERE idx = 1`, 1, 1, "changed"},
	"an inner hash":                                    {`UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE idx = 0) WHERE idx = 6`, 0, 3, "the hash over them"},
	"a hash is gone":                                   {`DELETE FROM audit_hash WHERE idx = 6`, 3, 3, "hash is missing"},
	"a hash is short":                                  {`UPDATE audit_hash SET hash = $1 WHERE idx = 6`, 0, 3, "the hash over them"},
	"an entry and its hash":                            {`UPDATE audit_entry SET who = (SELECT who FROM audit_entry WHERE seq = 0), at = (SELECT at FROM audit_entry WHERE seq = 0), what = (SELECT what FROM audit_entry WHERE seq = 0) WHERE seq = 8; UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE idx = 0) WHERE idx = leaf(8)`, 8, 8, "changed"},
	"a checkpoint is unreadable":                       {`UPDATE audit_checkpoint SET note = 'x'`, 0, 300, "cannot be read"},
	"a checkpoint is at another place":                 {`UPDATE audit_checkpoint SET size = 302`, 0, 301, "is of others"},
	"a checkpoint is of another root":                  {`UPDATE audit_checkpoint SET note = replace(note, '301', '300'), size = 300`, 0, 299, "cannot be read"},
	"the key of personal data is gone":                 {`DELETE FROM audit_key WHERE document = 'kept'`, 1, 1, "no entry erased it"},
	"the key is emptied":                               {`UPDATE audit_key SET wrapped = NULL WHERE document = 'kept'`, 1, 1, "no entry erased it"},
	"the key is said to be erased":                     {`UPDATE audit_key SET wrapped = NULL, erased_by = 7 WHERE document = 'kept'`, 1, 1, "no entry erased it"},
	"the key is said to be erased by that of another":  {`UPDATE audit_key SET wrapped = NULL, erased_by = 3 WHERE document = 'kept'`, 1, 1, "no entry erased it"},
	"the key is exchanged":                             {`UPDATE audit_key SET wrapped = (SELECT hash FROM audit_hash WHERE idx = 1) WHERE document = 'kept'`, 1, 1, "cannot be opened"},
	"an erased key is back":                            {`UPDATE audit_key SET wrapped = (SELECT hash FROM audit_hash WHERE idx = 1) WHERE document = 'erased'`, 2, 3, "not destroyed"},
	"an erasure is undone":                             {`UPDATE audit_key SET wrapped = (SELECT hash FROM audit_hash WHERE idx = 1), erased_by = NULL WHERE document = 'erased'`, 2, 3, ""},
}

// sql puts in where the hash of an entry's leaf is.
func sql(text string) string {
	return regexp.MustCompile(`leaf\((\d+)\)`).ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.ParseInt(s[5:len(s)-1], 10, 64)
		return strconv.FormatInt(tlog.StoredHashIndex(0, n), 10)
	})
}

// short is the value for a text with one parameter.
func short(text string) []any {
	if strings.Contains(text, "$1") {
		return []any{[]byte{1}}
	}
	return nil
}

// AUTHORITY 57: flip one byte in one event row, delete a row, truncate the tail.
func TestVerificationNamesTheFirstBadEntry(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		write(t, d, func(tx *db.Tx) error {
			for _, document := range []string{"kept", "erased"} {
				if _, err := l.Append(tx, audit.Entry{Who: "x", What: "a.b", Document: document, Personal: []byte("Ada")}); err != nil {
					return err
				}
			}
			return l.Erase(tx, "erased", audit.Entry{Who: "x"})
		})
		fill(t, d, l, 297)
		write(t, d, func(tx *db.Tx) error { _, err := l.Checkpoint(tx); return err })
		fill(t, d, l, 299)
		read(t, d, func(tx *db.Tx) error { _, err := l.Verify(tx, verifiers(t, l)); return err })
		for name, c := range tampering {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				for _, s := range strings.Split(c.sql, "; ") {
					if _, err := tx.Exec(sql(s), short(s)...); err != nil {
						return err
					}
				}
				_, err := l.Verify(tx, verifiers(t, l))
				var f *audit.Fault
				if !errors.As(err, &f) || f.First < c.first || f.Last > c.last || !strings.Contains(f.What, c.what) {
					t.Errorf("%s: %v, want an entry of %d to %d, %q", name, err, c.first, c.last, c.what)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// SQLite takes any kind of value into any column.
func TestARowOfAnotherKindIsNamed(t *testing.T) {
	d := testdb.Open(t, filepath.Join(t.TempDir(), "waxwing.db"), audit.Schema...)
	l := start(t, d)
	fill(t, d, l, 20)
	write(t, d, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE audit_entry SET at = 'yesterday' WHERE seq = 13`)
		return err
	})
	err := d.Read(context.Background(), func(tx *db.Tx) error { _, err := l.Verify(tx, verifiers(t, l)); return err })
	var f *audit.Fault
	if !errors.As(err, &f) || f.First != 13 || f.Last != 13 || !strings.Contains(err.Error(), "entry 13") {
		t.Error(err)
	}
}

// Whoever writes entry, hashes and all that is above anew is betrayed by a checkpoint: one of the database, or one kept elsewhere.
func TestALogWrittenAnewIsNotTheOneThatWasSigned(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		d := testdb.Open(t, dsn, audit.Schema...)
		l := start(t, d)
		var first, second string
		fill(t, d, l, 49)
		write(t, d, func(tx *db.Tx) (err error) { first, err = l.Checkpoint(tx); return err })
		fill(t, d, l, 50)
		write(t, d, func(tx *db.Tx) (err error) { second, err = l.Checkpoint(tx); return err })
		write(t, d, func(tx *db.Tx) error {
			for _, s := range []string{`DELETE FROM audit_entry WHERE seq >= 60`, sql(`DELETE FROM audit_hash WHERE idx >= leaf(60)`), `UPDATE audit_head SET size = 60`} {
				if _, err := tx.Exec(s); err != nil {
					return err
				}
			}
			return nil
		})
		fill(t, d, l, 60)
		for name, c := range map[string]struct {
			sql         string
			kept        []string
			first, last int64
		}{
			"the checkpoints of the database": {`SELECT 1`, nil, 50, 99},
			"one kept elsewhere":              {`DELETE FROM audit_checkpoint`, []string{second}, 0, 99},
			"two kept elsewhere":              {`DELETE FROM audit_checkpoint`, []string{second, first}, 50, 99},
		} {
			err := d.Write(context.Background(), func(tx *db.Tx) error {
				if strings.HasPrefix(c.sql, "DELETE") {
					if _, err := tx.Exec(c.sql); err != nil {
						return err
					}
				}
				_, err := l.Verify(tx, verifiers(t, l), c.kept...)
				var f *audit.Fault
				if !errors.As(err, &f) || f.First != c.first || f.Last != c.last {
					t.Errorf("%s: %v", name, err)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Errorf("%s: %v", name, err)
			}
		}
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := l.Checkpoint(tx); return err })
		var f *audit.Fault
		if !errors.As(err, &f) || f.Last != 99 {
			t.Errorf("it was signed once more: %v", err)
		}
	})
}

func TestAVerificationNeedsToKnowWhomToBelieve(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		write(t, d, func(tx *db.Tx) error { _, err := l.Checkpoint(tx); return err })
		other := start(t, testdb.Open(t, filepath.Join(t.TempDir(), "other.db"), audit.Schema...))
		read(t, d, func(tx *db.Tx) error {
			if _, err := l.Verify(tx, nil); err == nil {
				t.Error("no key was needed")
			}
			if _, err := l.Verify(tx, verifiers(t, other)); err == nil {
				t.Error("any key was good")
			}
			if _, err := (&audit.Log{Origin: "other.test/audit"}).Verify(tx, verifiers(t, l)); err == nil {
				t.Error("any origin was good")
			}
			_, err := (&audit.Log{Origin: origin}).Verify(tx, verifiers(t, l))
			return err
		})
	})
}

// A log of 90 MB is verified and listed in a few pages of memory.
func TestALargeLogIsReadInLittleMemory(t *testing.T) {
	d := testdb.Open(t, filepath.Join(t.TempDir(), "waxwing.db"), audit.Schema...)
	l := start(t, d)
	details := []byte(`"` + strings.Repeat("a", 60_000) + `"`)
	for range 15 {
		write(t, d, func(tx *db.Tx) error {
			for range 100 {
				if _, err := l.Append(tx, audit.Entry{Who: "x", What: "a.b", Details: details}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read(t, d, func(tx *db.Tx) error {
		if err := audit.List(tx, audit.Query{Latest: true}, func(audit.Entry) error { return nil }); err != nil {
			return err
		}
		tree, err := l.Verify(tx, verifiers(t, l))
		if tree.N != 1501 {
			t.Errorf("%d entries", tree.N)
		}
		return err
	})
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 70<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}

// AUTHORITY 57: one byte of the file itself. What the verification lets pass is what was written.
func TestAFlippedByteOfTheFileIsNoticed(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "waxwing.db")
	d := testdb.Open(t, path, audit.Schema...)
	l := start(t, d)
	fill(t, d, l, 40)
	write(t, d, func(tx *db.Tx) error { _, err := l.Checkpoint(tx); return err })
	d.Close()
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	look := func(data []byte) (text string, err error) {
		for _, tail := range []string{"-wal", "-shm", "-journal"} {
			os.Remove(path + tail)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := db.Open(ctx, path, audit.Schema...)
		if err != nil {
			return "", err
		}
		defer d.Close()
		err = d.Read(ctx, func(tx *db.Tx) error {
			if _, err := l.Verify(tx, verifiers(t, l)); err != nil {
				return err
			}
			return audit.List(tx, audit.Query{}, func(e audit.Entry) error { text += fmt.Sprintln(e); return nil })
		})
		return text, err
	}
	want, err := look(good)
	if err != nil {
		t.Fatal(err)
	}
	noticed := 0
	for i := 0; i < len(good); i += 181 {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		got, err := look(bad)
		if err != nil {
			noticed++
		} else if got != want {
			t.Errorf("byte %d of the file was changed, and the verification passed over other entries", i)
		}
	}
	if noticed < 20 {
		t.Errorf("only %d changes of %d were noticed", noticed, len(good)/181)
	}
}
