package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

func TestALeaseFencesWhoSleptPastItsEnd(t *testing.T) {
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) {
		now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		d.Clock = func() time.Time { return now }
		in := func(f func(tx *db.Tx) error) error { return d.Write(context.Background(), f) }
		acquire := func(holder string) (l db.Lease, err error) {
			err = in(func(tx *db.Tx) error { l, err = tx.Acquire("jobs", holder, time.Minute); return err })
			return l, err
		}
		want := func(what string, err, want error) {
			t.Helper()
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
		a, err := acquire("a")
		want("a free lease", err, nil)
		_, err = acquire("b")
		want("a held lease", err, db.ErrHeld)
		_, err = acquire("a")
		want("one's own lease again", err, db.ErrHeld)
		now = now.Add(59 * time.Second)
		want("a renewal in time", in(func(tx *db.Tx) (err error) { a, err = a.Renew(tx, time.Minute); return err }), nil)
		now = now.Add(time.Minute - time.Microsecond)
		want("the last moment", in(a.Check), nil)
		now = now.Add(time.Microsecond)
		want("the end", in(a.Check), db.ErrLost)
		want("a renewal after the end", in(func(tx *db.Tx) error { _, err := a.Renew(tx, time.Minute); return err }), db.ErrLost)
		b, err := acquire("b")
		want("an expired lease", err, nil)
		if b.Token <= a.Token {
			t.Errorf("the token went from %d to %d", a.Token, b.Token)
		}
		// The sleeper's whole act is undone.
		want("an act of the sleeper", in(func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE test_thing SET n = 99`); err != nil {
				return err
			}
			return a.Check(tx)
		}), db.ErrLost)
		want("the sleeper's release", in(a.Release), db.ErrLost)
		want("the holder's release", in(b.Release), nil)
		want("after the release", in(b.Check), db.ErrLost)
		c, err := acquire("a")
		want("a released lease", err, nil)
		if c.Token <= b.Token {
			t.Errorf("the token went from %d to %d", b.Token, c.Token)
		}
		want("nothing of the sleeper's is left", d.Read(context.Background(), func(tx *db.Tx) error {
			if n, err := count(tx); n != 0 || err != nil {
				t.Errorf("the counter is %d, %v", n, err)
			}
			return nil
		}), nil)
		for _, l := range []struct {
			name, holder string
			length       time.Duration
		}{{"", "a", 1}, {"x", "", 1}, {"x", "a", 0}, {"x", "a", -1}} {
			if err := in(func(tx *db.Tx) error { _, err := tx.Acquire(l.name, l.holder, l.length); return err }); err == nil {
				t.Errorf("%+v was given", l)
			}
		}
	})
}

func TestOneOfManyNodesGetsALease(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		nodes := []*db.DB{testdb.Open(t, dsn, schema...), testdb.Open(t, dsn, schema...)}
		var mu sync.Mutex
		var wg sync.WaitGroup
		var got, held int
		for i := range 8 {
			wg.Go(func() {
				err := nodes[i%2].Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Acquire("jobs", string(rune('a'+i)), time.Hour); return err })
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					got++
				case errors.Is(err, db.ErrHeld):
					held++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got != 1 || held != 7 {
			t.Errorf("%d got it, %d were told that it is held", got, held)
		}
	})
}
