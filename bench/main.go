// Command bench measures waxwing beside its peers, in one run on one machine.
//
//	go run ./bench                     # 10 KB, 1 MB, 100 MB and 1 GB mails against `openssl cms`
//	go run ./bench -sizes 10k,1m       # a quick look
//	go run ./bench -huge 4g            # memory of waxwing alone, above what openssl can open
//	go run ./bench -small              # messages per CPU second in process, against libcrypto
//	go test -run '^$' -bench Growth -benchtime 1x ./bench   # certificates and lists made to keep a validator busy
//
// It prints CPU and wall time as ratios (above 1: waxwing is faster), the peak memory of each
// process, and how much of the machine's limit (hash, cipher, base64 in memory) was reached.
// It never fails on a slow machine: it is a measurement, not a test.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	sizes := flag.String("sizes", "10k,1m,100m,1g", "sizes of the mails, comma separated")
	huge := flag.String("huge", "", "also run waxwing alone on a mail of this size (such as 4g)")
	small := flag.Bool("small", false, "measure small mails in process instead")
	dir := flag.String("dir", "", "work folder (default: a temporary one, removed afterwards)")
	flag.Parse()
	if err := run(*sizes, *huge, *small, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(sizes, huge string, small bool, dir string) error {
	dir, remove, err := workFolder(dir)
	if err != nil {
		return err
	}
	defer remove()
	if small {
		return runSmall(dir)
	}
	house, err := newHouse(dir)
	if err != nil {
		return err
	}
	limits := measureLimits()
	fmt.Println(limits)
	fmt.Println(header)
	for _, s := range strings.Split(sizes, ",") {
		if err := house.both(s, limits); err != nil {
			return err
		}
	}
	if huge != "" {
		return house.alone(huge)
	}
	return nil
}

// workFolder returns the folder that was asked for, or a temporary one, and what removes it.
func workFolder(dir string) (string, func(), error) {
	if dir != "" {
		return dir, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "waxwing-bench-")
	return dir, func() { os.RemoveAll(dir) }, err
}

// house is a folder with keys, the two programs and the mails.
type house struct {
	dir     string
	waxwing string
}

// newHouse builds waxwing and makes an authority and a person with an RSA and a P-256 identity.
func newHouse(dir string) (*house, error) {
	h := &house{dir: dir, waxwing: filepath.Join(dir, "waxwing")}
	if err := sh("", "go", "build", "-o", h.waxwing, "./cmd/waxwing"); err != nil {
		return nil, fmt.Errorf("build waxwing (run from the repository root): %w", err)
	}
	return h, makeKeys(dir)
}

func (h *house) path(name string) string { return filepath.Join(h.dir, name) }
