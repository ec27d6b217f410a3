package trust

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/shelf"
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

// document is the form of an entry on the shelf.
type document struct {
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

// Store is a shelf of entries.
type Store struct{ shelf shelf.Shelf }

// Open returns the store in a folder, which need not exist.
func Open(dir string) *Store { return On(shelf.Folder(dir, ".anchor.json", shelf.Public)) }

// On returns the store on a shelf, such as db.Documents("trust").
func On(s shelf.Shelf) *Store { return &Store{s} }

// ErrNone says that no entry has the name or fingerprint.
var ErrNone = errors.New("no such authority in the trust store")

// List returns every entry, by name.
func (s *Store) List() ([]Entry, error) {
	var list []Entry
	err := s.shelf.Each(func(_ string, data []byte) error {
		e, err := readEntry(data)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, err
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

func readEntry(data []byte) (Entry, error) {
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return Entry{}, err
	}
	if d.Version != 1 {
		return Entry{}, fmt.Errorf("written by a newer version (%d)", d.Version)
	}
	c, err := pki.ParseCertificate(d.Certificate)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Certificate: c, Name: d.Name, Domains: d.Domains, Purposes: d.Purposes, Source: d.Source, Added: d.Added}
	if d.Until != nil {
		e.Until = *d.Until
	}
	return e, nil
}

// Add puts an entry into the store, in place of one with the same certificate.
func (s *Store) Add(e Entry) error {
	d := document{Version: 1, Name: e.Name, Subject: e.Certificate.Subject.String(), Domains: e.Domains, Purposes: e.Purposes,
		Source: e.Source, Added: e.Added, Certificate: e.Certificate.Raw}
	if !e.Until.IsZero() {
		d.Until = &e.Until
	}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	return s.shelf.Update(e.ID(), func([]byte) ([]byte, error) { return append(data, '\n'), nil })
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
			if err := s.shelf.Update(e.ID(), func([]byte) ([]byte, error) { return nil, nil }); err != nil {
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
