package testdb_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/shelf"
)

// each runs f with a shelf of every kind.
func each(t *testing.T, f func(t *testing.T, s shelf.Shelf)) {
	t.Run("folder", func(t *testing.T) { f(t, shelf.Folder(filepath.Join(t.TempDir(), "new"), ".doc", shelf.Private)) })
	testdb.Each(t, nil, func(t *testing.T, d *db.DB) {
		other := d.Documents("other")
		if err := other.Update("a", func([]byte) ([]byte, error) { return []byte("not here"), nil }); err != nil {
			t.Fatal(err)
		}
		f(t, d.Documents("this"))
	})
}

func put(t *testing.T, s shelf.Shelf, name, text string) {
	t.Helper()
	if err := s.Update(name, func([]byte) ([]byte, error) { return []byte(text), nil }); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, s shelf.Shelf) string {
	t.Helper()
	var list []string
	if err := s.Each(func(name string, document []byte) error {
		list = append(list, name+"="+string(document))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestDocumentsAreThereUntilTheyAreTakenAway(t *testing.T) {
	each(t, func(t *testing.T, s shelf.Shelf) {
		if d, err := s.Get("a"); d != nil || err != nil || names(t, s) != "" {
			t.Errorf("an empty shelf has %q, %v", d, err)
		}
		put(t, s, "b", "2")
		put(t, s, "a", "1")
		put(t, s, "a", "3")
		if got := names(t, s); got != "a=3 b=2" {
			t.Error(got)
		}
		oops := errors.New("oops")
		if err := s.Update("a", func(old []byte) ([]byte, error) {
			if string(old) != "3" {
				t.Errorf("%q", old)
			}
			return nil, oops
		}); !errors.Is(err, oops) {
			t.Error(err)
		}
		if err := s.Each(func(string, []byte) error { return oops }); !errors.Is(err, oops) {
			t.Error(err)
		}
		for range 2 { // what is gone may go again
			if err := s.Update("a", func([]byte) ([]byte, error) { return nil, nil }); err != nil {
				t.Fatal(err)
			}
		}
		if got := names(t, s); got != "b=2" {
			t.Error(got)
		}
		big := strings.Repeat("\x00\xff", 2<<20)
		put(t, s, "big", big)
		if d, err := s.Get("big"); err != nil || !bytes.Equal(d, []byte(big)) {
			t.Errorf("%d bytes, %v", len(d), err)
		}
	})
}

func TestNoUpdateIsLostAmongMany(t *testing.T) {
	each(t, func(t *testing.T, s shelf.Shelf) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 5 {
					err := s.Update("count", func(old []byte) ([]byte, error) {
						n := 0
						fmt.Sscan(string(old), &n)
						return fmt.Append(nil, n+1), nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := names(t, s); got != "count=40" {
			t.Error(got)
		}
	})
}

func TestAFolderHoldsNothingBeyondItsDocuments(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	s := shelf.Folder(dir, ".doc", shelf.Private)
	for _, name := range []string{"", "../x", "a/b", ".hidden", "a.b", "ä"} {
		if err := s.Update(name, func([]byte) ([]byte, error) { return []byte("x"), nil }); err == nil {
			t.Errorf("%q became a document", name)
		}
		if _, err := s.Get(name); err == nil {
			t.Errorf("%q was read", name)
		}
	}
	put(t, s, "a", "1")
	os.WriteFile(filepath.Join(dir, "README"), []byte("by hand"), 0o600)
	os.WriteFile(filepath.Join(dir, ".part-1.doc"), []byte("half"), 0o600)
	if got := names(t, s); got != "a=1" {
		t.Error(got)
	}
	info, err := os.Stat(filepath.Join(dir, "a.doc"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	open := filepath.Join(t.TempDir(), "open")
	put(t, shelf.Folder(open, "", shelf.Public), "a", "1")
	if info, err := os.Stat(filepath.Join(open, "a")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}
