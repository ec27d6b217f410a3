package audit_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

const origin = "lab.test/audit"

// keeper wraps keys as the vault does.
type keeper struct{ cipher.AEAD }

func newKeeper(t testing.TB) keeper {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return keeper{aead}
}

func (k keeper) Wrap(key []byte, context string) ([]byte, error) {
	return k.Seal(nil, nil, key, []byte(context)), nil
}

func (k keeper) Unwrap(wrapped []byte, context string) ([]byte, error) {
	return k.Open(nil, nil, wrapped, []byte(context))
}

// start makes a log with a signer and a keeper of keys.
func start(t testing.TB, d *db.DB) *audit.Log {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	l := &audit.Log{Origin: origin, Keys: newKeeper(t)}
	if l.Signer, err = audit.NewSigner(origin, key); err != nil {
		t.Fatal(err)
	}
	write(t, d, func(tx *db.Tx) error {
		if err := audit.Start(tx, origin); err != nil {
			return err
		}
		return l.AddSigner(tx, "test")
	})
	return l
}

func write(t testing.TB, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// fill appends n entries in one transaction.
func fill(t testing.TB, d *db.DB, l *audit.Log, n int) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		for i := range n {
			if _, err := l.Append(tx, audit.Entry{Who: "user:ada", What: "test.done", Object: fmt.Sprint("thing:", i), Details: []byte(`{"n": 1}`)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func verifiers(t testing.TB, l *audit.Log) note.Verifiers {
	t.Helper()
	v, err := audit.Verifiers(l.Signer.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnEntryComesBackAsItWentIn(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		var at time.Time
		write(t, d, func(tx *db.Tx) error {
			at = tx.Now
			seq, err := l.Append(tx, audit.Entry{Who: "user:ärger\n", What: "a.b", Object: "1:2\n3:", Details: []byte(`{ "x": [1, "ü"] }`), Document: "doc", Personal: []byte("Ada Lovelace")})
			if seq != 1 {
				t.Errorf("the second entry is at %d", seq)
			}
			return err
		})
		read(t, d, func(tx *db.Tx) error {
			return audit.List(tx, audit.Query{From: 1}, func(e audit.Entry) error {
				if e.Seq != 1 || !e.At.Equal(at) || e.Who != "user:ärger\n" || e.What != "a.b" || e.Object != "1:2\n3:" || string(e.Details) != `{"x":[1,"ü"]}` || e.Document != "doc" || e.Personal != nil {
					t.Errorf("got %+v", e)
				}
				if strings.Contains(string(e.Sealed()), "Ada") {
					t.Error("personal data is stored in clear")
				}
				if p, err := l.Personal(tx, e); string(p) != "Ada Lovelace" || err != nil {
					t.Errorf("personal data: %q, %v", p, err)
				}
				return nil
			})
		})
	})
}

func TestWhatCannotBeRememberedIsRefused(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		for name, e := range map[string]audit.Entry{
			"nobody":                     {What: "a.b"},
			"nothing":                    {Who: "x"},
			"no JSON":                    {Who: "x", What: "a.b", Details: []byte("{")},
			"two JSON values":            {Who: "x", What: "a.b", Details: []byte("{}{}")},
			"long details":               {Who: "x", What: "a.b", Details: []byte(`"` + strings.Repeat("a", 64<<10) + `"`)},
			"a long object":              {Who: "x", What: "a.b", Object: strings.Repeat("a", 513)},
			"text that is not UTF-8":     {Who: "x\xff", What: "a.b"},
			"details that are not UTF-8": {Who: "x", What: "a.b", Details: []byte("\"\xff\"")},
			"a NUL":                      {Who: "x\x00", What: "a.b"},
			"personal of no document":    {Who: "x", What: "a.b", Personal: []byte("Ada")},
			"a document of nothing":      {Who: "x", What: "a.b", Document: "doc"},
		} {
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := l.Append(tx, e); return err })
			if err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		bare := &audit.Log{Origin: origin}
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := bare.Append(tx, audit.Entry{Who: "x", What: "a.b", Document: "doc", Personal: []byte("Ada")})
			return err
		})
		if err == nil {
			t.Error("personal data was taken without a keeper of its key")
		}
		read(t, d, func(tx *db.Tx) error {
			if n, err := audit.Size(tx); n != 1 || err != nil {
				t.Errorf("the log has %d entries, %v", n, err)
			}
			return nil
		})
	})
}

func TestAnActThatFailedHasNoEntry(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		oops := errors.New("oops")
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := l.Append(tx, audit.Entry{Who: "x", What: "a.b"}); err != nil {
				return err
			}
			return oops
		}); !errors.Is(err, oops) {
			t.Fatal(err)
		}
		fill(t, d, l, 3)
		read(t, d, func(tx *db.Tx) error {
			tree, err := l.Verify(tx, verifiers(t, l))
			if tree.N != 4 {
				t.Errorf("%d entries", tree.N)
			}
			return err
		})
	})
}

// Two nodes, four writers, and readers that verify meanwhile.
func TestEntriesOfManyWritersFollowEachOther(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		nodes := []*db.DB{testdb.Open(t, dsn, audit.Schema...), testdb.Open(t, dsn, audit.Schema...)}
		l := start(t, nodes[0])
		var wg sync.WaitGroup
		seen := make([][]int64, 4)
		for i := range seen {
			wg.Go(func() {
				for range 12 {
					var seq int64
					if err := nodes[i%2].Write(context.Background(), func(tx *db.Tx) (err error) {
						seq, err = l.Append(tx, audit.Entry{Who: fmt.Sprint("user:", i), What: "a.b"})
						return err
					}); err != nil {
						t.Error(err)
						return
					}
					seen[i] = append(seen[i], seq)
				}
			})
		}
		for range 5 {
			if err := nodes[1].Read(context.Background(), func(tx *db.Tx) error { _, err := l.Verify(tx, verifiers(t, l)); return err }); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		all := slices.Concat(seen...)
		slices.Sort(all)
		for i, seq := range all {
			if seq != int64(i+1) {
				t.Fatalf("place %d is %d", i+1, seq)
			}
		}
		read(t, nodes[0], func(tx *db.Tx) error {
			tree, err := l.Verify(tx, verifiers(t, l))
			if tree.N != 49 {
				t.Errorf("%d entries", tree.N)
			}
			return err
		})
	})
}

func TestAQueryFindsWhatItAsksFor(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		at := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		d.Clock = func() time.Time { at = at.Add(time.Hour); return at }
		fill(t, d, l, 600)
		write(t, d, func(tx *db.Tx) error {
			_, err := l.Append(tx, audit.Entry{Who: "user:bob", What: "test.undone", Object: "thing:7", Document: "d", Personal: []byte("x")})
			return err
		})
		for name, c := range map[string]struct {
			q           audit.Query
			n           int
			first, last int64
		}{
			"all":               {audit.Query{}, 602, 0, 601},
			"the latest":        {audit.Query{Latest: true}, 602, 601, 0},
			"the latest three":  {audit.Query{Latest: true, Most: 3}, 3, 601, 599},
			"before a place":    {audit.Query{Latest: true, From: 5}, 6, 5, 0},
			"a part":            {audit.Query{From: 10, Most: 300}, 300, 10, 309},
			"exactly two pages": {audit.Query{From: 1, Most: 512}, 512, 1, 512},
			"of one object":     {audit.Query{Object: "thing:7"}, 2, 8, 601},
			"of one person":     {audit.Query{Who: "user:bob"}, 1, 601, 601},
			"one act":           {audit.Query{What: audit.SignerAdded}, 1, 0, 0},
			"about a document":  {audit.Query{Document: "d"}, 1, 601, 601},
			"since":             {audit.Query{Since: at}, 1, 601, 601},
			"until":             {audit.Query{Until: at, Who: "user:ada"}, 600, 1, 600},
			"nothing":           {audit.Query{Who: "user:bob", Object: "thing:8"}, 0, 0, 0},
		} {
			var got []int64
			read(t, d, func(tx *db.Tx) error {
				return audit.List(tx, c.q, func(e audit.Entry) error {
					got = append(got, e.Seq)
					_, err := l.Personal(tx, e) // the transaction may be used
					return err
				})
			})
			if len(got) != c.n || c.n > 0 && (got[0] != c.first || got[c.n-1] != c.last) {
				t.Errorf("%s: %d entries: %v", name, len(got), got[:min(len(got), 3)])
			}
		}
	})
}

func TestALogHasOneNameForEver(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		start(t, d)
		for name, want := range map[string]bool{origin: true, "other.test/audit": false, "": false, "a b": false, "a+b": false, "a\nb": false} {
			if err := d.Write(context.Background(), func(tx *db.Tx) error { return audit.Start(tx, name) }); (err == nil) != want {
				t.Errorf("%q: %v", name, err)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			l, err := audit.Open(tx)
			if err == nil && l.Origin != origin {
				t.Errorf("it is %q", l.Origin)
			}
			return err
		})
	})
}
