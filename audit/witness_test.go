package audit_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

func TestACheckpointIsANoteThatOthersRead(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		fill(t, d, l, 9)
		var text, again string
		write(t, d, func(tx *db.Tx) (err error) {
			if text, err = l.Checkpoint(tx); err == nil {
				again, err = l.Checkpoint(tx)
			}
			return err
		})
		if text != again {
			t.Error("the same log was signed twice")
		}
		v := verifiers(t, l)
		n, err := note.Open([]byte(text), v)
		if err != nil || !strings.HasPrefix(n.Text, origin+"\n10\n") || len(n.Sigs) != 1 || n.Sigs[0].Name != origin {
			t.Errorf("%v, %v", n, err)
		}
		tree, err := audit.ReadCheckpoint(text, origin, v)
		if err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) error {
			now, err := audit.TreeAt(tx, -1)
			if now != tree {
				t.Errorf("%v is not %v", now, tree)
			}
			verified, err2 := l.Verify(tx, v, text)
			if verified != tree {
				t.Errorf("%v is not %v", verified, tree)
			}
			return errors.Join(err, err2)
		})
		for name, bad := range map[string]string{
			"another origin":   strings.Replace(text, "lab.test/audit\n", "lab.test/other\n", 1),
			"another size":     strings.Replace(text, "\n10\n", "\n11\n", 1),
			"a broken root":    strings.Replace(text, tree.Hash.String()[:8], "AAAAAAAA", 1),
			"without its sign": text[:strings.Index(text, "\n\n")+1],
			"nothing":          "",
		} {
			if _, err := audit.ReadCheckpoint(bad, origin, v); err == nil {
				t.Errorf("%s: taken", name)
			}
		}
		if _, err := audit.ReadCheckpoint(text, "lab.test/other", v); err == nil {
			t.Error("it was taken for that of another log")
		}
	})
}

// A note that is signed well may still be no checkpoint.
func TestASignedNoteIsNotYetACheckpoint(t *testing.T) {
	_, key, _ := ed25519.GenerateKey(nil)
	s, err := audit.NewSigner(origin, key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := audit.Verifiers(s.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	root := tlog.RecordHash(nil).String()
	for text, want := range map[string]bool{
		origin + "\n7\n" + root + "\n":                   true,
		origin + "\n7\n" + root + "\nextension\n":        true,
		origin + "\n0\n" + root + "\n":                   true,
		origin + "\n07\n" + root + "\n":                  false,
		origin + "\n-7\n" + root + "\n":                  false,
		origin + "\n+7\n" + root + "\n":                  false,
		origin + "\n9223372036854775807\n" + root + "\n": false,
		origin + "\n7\nAAAA\n":                           false,
		origin + "\n7\n":                                 false,
		origin + "\n":                                    false,
		"other\n7\n" + root + "\n":                       false,
	} {
		signed, err := note.Sign(&note.Note{Text: text}, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := audit.ReadCheckpoint(string(signed), origin, v); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestOnlyEd25519SignsAndOnlyUnderTheLogsName(t *testing.T) {
	weak, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.NewSigner(origin, weak); err == nil {
		t.Error("ECDSA signs")
	}
	_, key, _ := ed25519.GenerateKey(nil)
	if _, err := audit.NewSigner("a b", key); err == nil {
		t.Error("a name with a blank signs")
	}
	for _, s := range []string{"", "x", "a+b+c"} {
		if _, err := audit.Verifiers(s); err == nil {
			t.Errorf("%q is a verifier key", s)
		}
	}
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		if l.Signer, err = audit.NewSigner("lab.test/other", key); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return l.AddSigner(tx, "x") }); err == nil {
			t.Error("the signer of another log was added")
		}
		if err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := (&audit.Log{Origin: origin}).Checkpoint(tx); return err }); err == nil {
			t.Error("no signer signed")
		}
	})
}

// AUTHORITY 57: a restored backup; the witness catches the rollback, at once and after the log grew again.
func TestAWitnessNoticesThatAnOlderStateWasPutBack(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, yesterday, kept := filepath.Join(dir, "a.db"), filepath.Join(dir, "yesterday"), filepath.Join(dir, "kept")
	d := testdb.Open(t, path, audit.Schema...)
	l := start(t, d)
	fill(t, d, l, 30)
	if err := d.Backup(ctx, yesterday); err != nil {
		t.Fatal(err)
	}
	fill(t, d, l, 11)
	write(t, d, func(tx *db.Tx) error {
		w, err := l.Witness(tx, nil)
		return errors.Join(err, w.Write(kept))
	})
	d.Close()
	if _, err := db.Restore(ctx, yesterday, path, nil, audit.Schema...); err != nil {
		t.Fatal(err)
	}
	w, err := audit.ReadWitness(kept)
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	d = testdb.Open(t, path, audit.Schema...)
	for _, more := range []int{0, 5, 6, 20} {
		fill(t, d, l, more)
		var f *audit.Fault
		err := d.Read(ctx, func(tx *db.Tx) error { _, err := l.Verify(tx, v, w.Checkpoint); return err })
		if !errors.As(err, &f) || f.First > 42 {
			t.Errorf("after %d more, verify: %v", more, err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error { _, err := l.Witness(tx, &w); return err })
		if !errors.As(err, &f) {
			t.Errorf("after %d more, witness: %v", more, err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error { _, err := l.Verify(tx, v); return err }); err != nil {
			t.Errorf("without the witness nobody can tell, and yet: %v", err)
		}
	}
}

func TestAWitnessBelievesANewKeyOnlyWhenTold(t *testing.T) {
	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) {
		l := start(t, d)
		path := filepath.Join(t.TempDir(), "kept")
		witness := func(old *audit.Witness) (w audit.Witness, err error) {
			err = d.Write(context.Background(), func(tx *db.Tx) error { w, err = l.Witness(tx, old); return err })
			return w, err
		}
		first, err := witness(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Write(path); err != nil {
			t.Fatal(err)
		}
		old, err := audit.ReadWitness(path)
		if err != nil || old.Checkpoint != first.Checkpoint || len(old.Keys) != 1 {
			t.Fatalf("%+v, %v", old, err)
		}
		_, key, _ := ed25519.GenerateKey(nil)
		if l.Signer, err = audit.NewSigner(origin, key); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			write(t, d, func(tx *db.Tx) error { return l.AddSigner(tx, "test") })
		}
		fill(t, d, l, 3)
		if _, err := witness(&old); !errors.Is(err, audit.ErrNewSigner) {
			t.Errorf("a new key was believed: %v", err)
		}
		old.Keys = append(old.Keys, l.Signer.VerifierKey())
		second, err := witness(&old)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Write(path); err != nil {
			t.Fatal(err)
		}
		if third, err := witness(&second); err != nil || third.Checkpoint != second.Checkpoint {
			t.Errorf("%v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			v, err := second.Verifiers()
			if err != nil {
				return err
			}
			tree, err := l.Verify(tx, v, first.Checkpoint, second.Checkpoint)
			if tree.N != 5 {
				t.Errorf("%d entries: a signer is entered once", tree.N)
			}
			return err
		})
	})
}

func TestWhatIsNoWitnessFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept")
	for _, text := range []string{"", "a\n\nb", "\n\n", strings.Repeat("a", 100<<10)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := audit.ReadWitness(path); err == nil {
			t.Errorf("%.10q: taken", text)
		}
	}
	if _, err := audit.ReadWitness(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
