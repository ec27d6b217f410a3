// Package peer runs the programs of others that tests compare with, and finds the test data of others.
//
//	peer.Need(t, "openssl")
//	out := peer.Run(t, message, "openssl", "cms", "-verify", "-CAfile", root)
//	files := peer.Vectors(t, "rfc4134")
//
// Where a program or the data is missing, a test is skipped and says so; with CI=true it fails instead, because
// a build that did not meet its peers proves nothing. It is for tests only.
package peer

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// inCI tells whether nothing may be skipped.
func inCI() bool { return os.Getenv("CI") == "true" }

// Need skips the test, or fails it in CI, unless every program is on the PATH.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if inCI() {
			t.Fatalf("%s is not installed; `make deps` installs it", p)
		}
		t.Skipf("%s is not installed; `make deps` installs it", p)
	}
}

// Run runs a program that must succeed, and returns what it wrote to its standard output.
func Run(t testing.TB, stdin []byte, argv ...string) []byte {
	t.Helper()
	out, errOut, err := Try(t, stdin, argv...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, errOut)
	}
	return out
}

// Try runs a program that may fail, and returns what it wrote to its standard output and error.
func Try(t testing.TB, stdin []byte, argv ...string) (out, errOut []byte, err error) {
	t.Helper()
	c := exec.Command(argv[0], argv[1:]...)
	var o, e bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(stdin), &o, &e
	err = c.Run()
	return o.Bytes(), e.Bytes(), err
}

// Vectors returns a folder of third-party test data: WAXWING_VECTORS, or ../shared/vectors beside the repository.
func Vectors(t testing.TB, names ...string) string {
	t.Helper()
	root := os.Getenv("WAXWING_VECTORS")
	if root == "" {
		root = filepath.Join(repository(t), "..", "shared", "vectors")
	}
	dir := filepath.Join(append([]string{root}, names...)...)
	if _, err := os.Stat(dir); err != nil {
		if inCI() {
			t.Fatalf("no test data at %s; set WAXWING_VECTORS", dir)
		}
		t.Skipf("no test data at %s; set WAXWING_VECTORS", dir)
	}
	return dir
}

// repository returns the folder of go.mod.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}
