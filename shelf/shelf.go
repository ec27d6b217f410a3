// Package shelf keeps small documents under names: what the trust store, the memory of correspondents and the cache of
// evidence consist of.
//
//	s := shelf.Folder(dir, ".anchor.json", shelf.Private)
//	err := s.Update(name, func(old []byte) ([]byte, error) { return changed(old), nil })
//
// Here it is a folder with a file for each; package db has the same as rows of a database (db.Documents), which many nodes share.
// A document is there whole or not at all. It knows nothing of what it keeps.
package shelf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Shelf keeps documents by name. Names consist of letters, digits, dashes and underscores. It is safe for concurrent use.
type Shelf interface {
	// Get returns a document; nil if there is none of that name.
	Get(name string) ([]byte, error)
	// Update puts what f makes of a document, nil if there was none, in its place. If f returns nil, the document is gone.
	// f may be called again, with what somebody else wrote in the meantime.
	Update(name string, f func(old []byte) ([]byte, error)) error
	// Each calls f for every document, by name.
	Each(f func(name string, document []byte) error) error
}

// Mode says who may read the files of a folder.
type Mode bool

// The modes.
const (
	Private Mode = false // the owner alone
	Public  Mode = true  // everybody; the owner alone writes
)

type folder struct {
	dir, suffix string
	mode        Mode
	mu          sync.Mutex
}

// Folder returns a folder as a shelf; it is made with the first document. Files in it without the suffix are left alone.
// Update is one act among the users of this value, not among processes: the last one to write wins.
func Folder(dir, suffix string, mode Mode) Shelf {
	return &folder{dir: dir, suffix: suffix, mode: mode}
}

func (s *folder) path(name string) (string, error) {
	plain := strings.IndexFunc(name, func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if name == "" || plain >= 0 {
		return "", fmt.Errorf("shelf: %q is no name of a document", name)
	}
	return filepath.Join(s.dir, name+s.suffix), nil
}

func (s *folder) Get(name string) ([]byte, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (s *folder) Update(name string, f func(old []byte) ([]byte, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, err := s.path(name)
	if err != nil {
		return err
	}
	old, err := s.Get(name)
	if err != nil {
		return err
	}
	changed, err := f(old)
	if err != nil {
		return err
	}
	if changed == nil {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return s.write(path, changed)
}

// write makes a file that appears under its name when it is whole.
func (s *folder) write(path string, data []byte) error {
	dirMode, fileMode := os.FileMode(0o700), os.FileMode(0o600)
	if s.mode == Public {
		dirMode, fileMode = 0o755, 0o644
	}
	if err := os.MkdirAll(s.dir, dirMode); err != nil {
		return err
	}
	temp, err := os.CreateTemp(s.dir, ".part-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	err = errors.Join(err, temp.Chmod(fileMode), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

func (s *folder) Each(f func(name string, document []byte) error) error {
	files, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		name, ours := strings.CutSuffix(file.Name(), s.suffix)
		if !ours || strings.HasPrefix(name, ".") || !file.Type().IsRegular() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(s.dir, file.Name()))
		if err != nil {
			return err
		}
		if err := f(name, data); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(s.dir, file.Name()), err)
		}
	}
	return nil
}
