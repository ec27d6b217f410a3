package eml

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// mails returns every file of the MIME corpora by its name, mails or not: all of it must be read.
func mails(t testing.TB) map[string][]byte {
	t.Helper()
	dir := peer.Vectors(t)
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
