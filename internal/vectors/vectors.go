// Package vectors reads the project's own test vectors: one scenario a file, a text header that says what is to be
// expected, an empty line, and the mail as it is.
//
//	expect: impostor
//	code: from.mismatch
//	note: Mallory signs in Alice's name, with a good certificate of his own
//
//	From: Alice <alice@example.org>
//	...
//
// Where nothing else is said, root.pem beside the files is trusted, bob.pem opens what is encrypted, nobody asks a
// network, and the moment of judgement is Now. It is for tests only.
package vectors

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Now is the moment of judgement.
var Now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// Vector is one scenario.
type Vector struct {
	Name   string
	Expect string // the verdict, see package policy
	Code   string // a finding that must be among those of the report; empty: none
	Note   string // what happens here, in one sentence
	Mail   []byte
}

// Folder is where the repository keeps a collection, such as "attacks".
func Folder(t testing.TB, collection string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "testdata", "vectors", collection)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

// Read returns every scenario of a collection, sorted by name.
func Read(t testing.TB, collection string) []Vector {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Folder(t, collection), "*.vector"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors in %s: %v", Folder(t, collection), err)
	}
	list := make([]Vector, len(files))
	for i, path := range files {
		raw, err := os.ReadFile(path)
		if err == nil {
			list[i], err = parse(raw)
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		list[i].Name = strings.TrimSuffix(filepath.Base(path), ".vector")
	}
	return list
}

func parse(raw []byte) (v Vector, err error) {
	header, mail, ok := bytes.Cut(raw, []byte("\n\n"))
	if !ok {
		return v, fmt.Errorf("no empty line behind the header")
	}
	v.Mail = mail
	for line := range strings.SplitSeq(string(header), "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "expect":
			v.Expect = value
		case "code":
			v.Code = value
		case "note":
			v.Note = value
		default:
			return v, fmt.Errorf("unknown field %q", line)
		}
	}
	if v.Expect == "" || v.Note == "" {
		return v, fmt.Errorf("nothing is expected, or nothing is said about it")
	}
	return v, nil
}

// Bytes returns the vector as a file.
func (v Vector) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "expect: %s\n", v.Expect)
	if v.Code != "" {
		fmt.Fprintf(&b, "code: %s\n", v.Code)
	}
	fmt.Fprintf(&b, "note: %s\n\n", v.Note)
	b.Write(v.Mail)
	return b.Bytes()
}
