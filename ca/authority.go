package ca

import (
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// AuthorityState is where an authority stands.
type AuthorityState string

// The states of an authority.
const (
	AuthorityPlanned AuthorityState = "planned" // its key exists and its certificate does not yet
	AuthorityActive  AuthorityState = "active"
	AuthorityRetired AuthorityState = "retired" // issues no more, and still answers for what it issued
)

// Authority is one CA of the house: a name and a key.
type Authority struct {
	ID     string
	Name   string // for people and commands: "root", "issuing"
	Type   Type   // RootCA or IssuingCA
	State  AuthorityState
	Parent string // id of the authority above; empty: a root
	KeyID  string // of its key, for Keys; empty: the key is kept elsewhere, offline

	Certificate []byte   // DER; nil while planned
	Chain       [][]byte // DER: the authorities above, the root last; empty for a root

	Shards    int    // of its CRL; a certificate is in shard (last four octets of its serial number) mod Shards. At least 1
	CRLURL    string // http address of a shard, with {authority} and {shard}; empty: none
	IssuerURL string // http address of its certificate, with {authority}
	OCSPURL   string // http address of the responder; empty: none
	PolicyArc string // dotted; own policies of certificates begin so; empty: none are asserted

	NotAfter time.Time // of its certificate
	Created  time.Time
}

// Parsed reads the certificate.
func (a *Authority) Parsed() (*pki.Certificate, error) { return pki.ParseCertificate(a.Certificate) }

// ShardURL is the address of one shard of the CRL, as in cRLDistributionPoints and in issuingDistributionPoint
// (RFC 5280 §5.2.5: they are compared octet by octet); empty if there is none.
func (a *Authority) ShardURL(shard int) string { return a.expand(a.CRLURL, shard) }

// GetAuthority finds an authority by id or by name; db.ErrNone if there is none.
func GetAuthority(tx *db.Tx, idOrName string) (*Authority, error) {
	return authorityByName(tx, idOrName)
}

// Authorities lists all, the oldest first.
func Authorities(tx *db.Tx) ([]*Authority, error) { return listAuthorities(tx) }
