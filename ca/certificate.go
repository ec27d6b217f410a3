package ca

import (
	"encoding/hex"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// State is where a certificate stands. Whether it was revoked is the status half's to say.
type State string

// The states of a certificate.
const (
	Planned State = "planned" // its number is reserved, and it may be about to be signed
	Valid   State = "issued"
	Void    State = "void" // planned, and given up: its number is never used
)

// Certificate is one row: what was issued, or what was planned.
type Certificate struct {
	ID          string // ULID
	Authority   string // id
	Serial      string // 40 hexadecimal digits: 20 octets
	State       State
	Shard       int    // of the authority's CRL
	DER         []byte // the certificate; the linting certificate (with a dummy signature) unless State is Valid
	Fingerprint string // SHA-256 of DER, hexadecimal; empty unless Valid
	SPKI        string // SHA-256 of the SubjectPublicKeyInfo, hexadecimal
	Profile     string // "name@version"
	Holder      string
	Credential  string
	Reference   string
	By          string
	NotBefore   time.Time
	NotAfter    time.Time
	Planned     time.Time
	Issued      time.Time // zero unless Valid
}

// Parsed reads the certificate, or the linting certificate of one that is planned.
func (c *Certificate) Parsed() (*pki.Certificate, error) { return pki.ParseCertificate(c.DER) }

// SerialRaw is the content octets of the serial number, as CRL entries carry them.
func (c *Certificate) SerialRaw() []byte {
	raw, _ := hex.DecodeString(c.Serial) // written by us
	return raw
}

// Query says which certificates are wanted: those that fit all fields that are set.
type Query struct {
	ID          string
	Authority   string // id
	Serial      string // hexadecimal, with or without colons and leading zeros
	Address     string // as mailboxes compare
	Fingerprint string // SHA-256, hexadecimal
	SPKI        string // SHA-256 of the SubjectPublicKeyInfo, hexadecimal
	Holder      string
	Credential  string
	Reference   string
	State       State // empty: any

	After string // only with greater ids, for paging; empty: from the beginning
	Limit int    // zero: 100
}

// Find lists certificates in the order in which they were planned.
func Find(tx *db.Tx, q Query) ([]*Certificate, error) { return findCertificates(tx, q) }

// Get returns one certificate by its id; db.ErrNone if there is none.
func Get(tx *db.Tx, id string) (*Certificate, error) {
	list, err := findCertificates(tx, Query{ID: id, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNone
	}
	return list[0], nil
}

// BySerial returns the certificate of an authority with a serial number, given as content octets; db.ErrNone if none.
func BySerial(tx *db.Tx, authority string, serial []byte) (*Certificate, error) {
	return certificateBySerial(tx, authority, serial)
}
