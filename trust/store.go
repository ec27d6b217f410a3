package trust

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// Entry is an authority and what it is trusted for.
type Entry struct {
	Certificate *pki.Certificate
	Name        string          // what people call it; empty takes the certificate's
	Domains     []string        // mail domains that it may speak for; nil: every domain. See chain.Anchor
	Purposes    []chain.Purpose // nil: every purpose
	Until       time.Time       // certificates issued after this moment do not count; zero: no end
	Source      string          // where it came from: a file's name
	Added       time.Time
}

// ID names the entry: the SHA-256 of its certificate in hexadecimal.
func (e Entry) ID() string {
	print := e.Certificate.Fingerprint()
	return hex.EncodeToString(print[:])
}

// Anchor is the entry for a path validation.
func (e Entry) Anchor() chain.Anchor {
	return chain.Anchor{Certificate: e.Certificate, Name: e.Name, Domains: e.Domains, Purposes: e.Purposes, Until: e.Until}
}

// file is the form of an entry on the disk.
type file struct {
	Version     int             `json:"version"`
	Name        string          `json:"name,omitempty"`
	Subject     string          `json:"subject"` // for people who read the file
	Domains     []string        `json:"domains,omitempty"`
	Purposes    []chain.Purpose `json:"purposes,omitempty"`
	Until       *time.Time      `json:"until,omitempty"`
	Source      string          `json:"source,omitempty"`
	Added       time.Time       `json:"added"`
	Certificate []byte          `json:"certificate"` // DER
}

// Store is a folder of entries.
type Store struct{ dir string }

// Open returns the store in a folder, which need not exist.
func Open(dir string) *Store { return &Store{dir} }

// ErrNone says that no entry has the name or fingerprint.
var ErrNone = errors.New("no such authority in the trust store")

const suffix = ".anchor.json"

// List returns every entry, by name.
func (s *Store) List() ([]Entry, error) {
	files, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Entry
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), suffix) || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		e, err := readEntry(filepath.Join(s.dir, f.Name()))
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return strings.Compare(a.shown(), b.shown()) })
	return list, nil
}

func (e Entry) shown() string {
	if e.Name != "" {
		return e.Name
	}
	return e.Certificate.Subject.Display()
}

func readEntry(path string) (Entry, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Entry{}, err
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", path, err)
	}
	if f.Version != 1 {
		return Entry{}, fmt.Errorf("%s: written by a newer version (%d)", path, f.Version)
	}
	c, err := pki.ParseCertificate(f.Certificate)
	if err != nil {
		return Entry{}, fmt.Errorf("%s: %w", path, err)
	}
	e := Entry{Certificate: c, Name: f.Name, Domains: f.Domains, Purposes: f.Purposes, Source: f.Source, Added: f.Added}
	if f.Until != nil {
		e.Until = *f.Until
	}
	return e, nil
}

// Add puts an entry into the store, in place of one with the same certificate.
func (s *Store) Add(e Entry) error {
	f := file{Version: 1, Name: e.Name, Subject: e.Certificate.Subject.String(), Domains: e.Domains, Purposes: e.Purposes,
		Source: e.Source, Added: e.Added, Certificate: e.Certificate.Raw}
	if !e.Until.IsZero() {
		f.Until = &e.Until
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(s.dir, ".part-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(append(data, '\n'))
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), filepath.Join(s.dir, e.ID()+suffix))
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}

// Remove takes out the entries with a name, or whose fingerprint begins with id (at least 8 digits), and returns them.
func (s *Store) Remove(id string) ([]Entry, error) {
	list, err := s.List()
	if err != nil {
		return nil, err
	}
	var gone []Entry
	for _, e := range list {
		if e.is(id) {
			if err := os.Remove(filepath.Join(s.dir, e.ID()+suffix)); err != nil {
				return gone, err
			}
			gone = append(gone, e)
		}
	}
	if len(gone) == 0 {
		return nil, ErrNone
	}
	return gone, nil
}

func (e Entry) is(id string) bool {
	const least = 8
	return strings.EqualFold(id, e.shown()) || len(id) >= least && strings.HasPrefix(e.ID(), strings.ToLower(strings.ReplaceAll(id, ":", "")))
}

// Anchors returns the store for a path validation.
func (s *Store) Anchors() ([]chain.Anchor, error) {
	list, err := s.List()
	if err != nil {
		return nil, err
	}
	anchors := make([]chain.Anchor, len(list))
	for i, e := range list {
		anchors[i] = e.Anchor()
	}
	return anchors, nil
}
