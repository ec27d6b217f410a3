package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// blocklistFolder is the folder of a home with lists of keys that others know, one list a file. See docs/keys.md.
const blocklistFolder = "blocklists"

// knownKeys reads the lists; a home without the folder has none.
func (h *House) knownKeys() (lists []*keycheck.List, err error) {
	dir := filepath.Join(h.Dir, blocklistFolder)
	files, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	for _, f := range files {
		list, err := readKnownKeys(dir, f.Name())
		if err != nil {
			return nil, fmt.Errorf("server: %w", err)
		}
		lists = append(lists, list)
	}
	return lists, nil
}

func readKnownKeys(dir, name string) (*keycheck.List, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list := &keycheck.List{Name: "the list " + name}
	if _, err := list.ReadList(f); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return list, nil
}
