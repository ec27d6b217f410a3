package eml

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vectors returns the folder of third-party data, or skips aloud.
func vectors(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("WAXWING_VECTORS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			dir = filepath.Join(dir, "..", "shared", "vectors")
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("the third-party vectors are not here: %v", err)
			}
			return dir
		}
	}
	t.Skip("the repository's root was not found")
	return ""
}

// mails returns every file of the MIME corpora by its name, mails or not: all of it must be read.
func mails(t testing.TB) map[string][]byte {
	t.Helper()
	dir := vectors(t)
	found := make(map[string][]byte)
	for _, corpus := range []string{"MimeKit/messages", "enmime", "mox", "stalwart-mail-parser", "rfc4134", "rfc9788"} {
		root, err := filepath.EvalSymlinks(filepath.Join(dir, corpus))
		if err != nil {
			t.Fatal(err)
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, ".json") {
				return err
			}
			data, err := os.ReadFile(path)
			name, _ := filepath.Rel(root, path)
			found[corpus+"/"+name] = data
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 300 {
		t.Fatalf("%d files in the corpora", len(found))
	}
	return found
}
