package audit_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// AUTHORITY 59: an inclusion proof is checked with the key alone.
func TestAProofNeedsNoDatabase(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		fill(t, d, l, 20)
		write(t, d, func(tx *db.Tx) error {
			_, err := l.Append(tx, audit.Entry{Who: "x", What: "a.b", Document: "d", Personal: []byte("Ada")})
			return err
		})
		v := verifiers(t, l)
		proofs := map[int64]string{}
		for seq := range int64(22) {
			write(t, d, func(tx *db.Tx) (err error) { proofs[seq], err = l.Prove(tx, seq); return err })
		}
		fill(t, d, l, 20)
		write(t, d, func(tx *db.Tx) (err error) { proofs[30], err = l.Prove(tx, 30); return err })
		for seq, text := range proofs {
			e, tree, err := audit.CheckProof(text, origin, v)
			if err != nil || e.Seq != seq || tree.N <= seq {
				t.Errorf("%d: %+v, %v", seq, e, err)
			}
			read(t, d, func(tx *db.Tx) error {
				return audit.List(tx, audit.Query{From: seq, Most: 1}, func(have audit.Entry) error {
					if fmt.Sprint(have) != fmt.Sprint(e) || have.Hash() != e.Hash() {
						t.Errorf("%d: the proof shows\n%+v, the log\n%+v", seq, e, have)
					}
					return nil
				})
			})
		}
		if strings.Contains(proofs[21], "Ada") {
			t.Error("personal data is in the proof")
		}
		for _, seq := range []int64{-1, 42, 1 << 40} {
			if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := l.Prove(tx, seq); return err }); !errors.Is(err, db.ErrNone) {
				t.Errorf("a proof of entry %d: %v", seq, err)
			}
		}
		for i := range len(proofs[7]) - len("?=\n") { // no byte is without meaning; of the last character of the signature, some bits are
			bad := []byte(proofs[7])
			bad[i] ^= 1
			if e, _, err := audit.CheckProof(string(bad), origin, v); err == nil {
				t.Errorf("with byte %d changed it proves %+v", i, e)
			}
		}
	})
}

func TestGrowthIsProven(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		trees := make([]tlog.Tree, 20)
		for i := range trees {
			read(t, d, func(tx *db.Tx) (err error) { trees[i], err = audit.TreeAt(tx, -1); return err })
			fill(t, d, l, 1)
		}
		read(t, d, func(tx *db.Tx) error {
			for i := range trees {
				for k := range i {
					p, err := audit.ProveGrowth(tx, trees[i].N, trees[k].N)
					if err != nil {
						return err
					}
					if err := tlog.CheckTree(p, trees[i].N, trees[i].Hash, trees[k].N, trees[k].Hash); err != nil {
						t.Errorf("%d from %d: %v", i, k, err)
					}
				}
				if at, err := audit.TreeAt(tx, trees[i].N); err != nil || at != trees[i] {
					t.Errorf("the tree of %d entries changed: %v", trees[i].N, err)
				}
			}
			return nil
		})
	})
}

// FuzzCheckProof: no text makes it panic, and what it accepts names the entry that was signed.
func FuzzCheckProof(f *testing.F) {
	d, err := db.Open(context.Background(), filepath.Join(f.TempDir(), "a.db"), audit.Schema...)
	if err != nil {
		f.Fatal(err)
	}
	defer d.Close()
	l := start(f, d)
	fill(f, d, l, 6)
	var v note.Verifiers = verifiers(f, l)
	hashes := map[int64]tlog.Hash{}
	write(f, d, func(tx *db.Tx) error {
		for seq := range int64(7) {
			text, err := l.Prove(tx, seq)
			if err != nil {
				return err
			}
			f.Add(text)
		}
		return audit.List(tx, audit.Query{}, func(e audit.Entry) error { hashes[e.Seq] = e.Hash(); return nil })
	})
	f.Fuzz(func(t *testing.T, text string) {
		if e, _, err := audit.CheckProof(text, origin, v); err == nil && hashes[e.Seq] != e.Hash() {
			t.Errorf("it proves %+v", e)
		}
	})
}
