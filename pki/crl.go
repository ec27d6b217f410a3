package pki

import (
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// CRL is a certificate revocation list as read (RFC 5280 §5). Its entries stay bytes: beside its
// own size a list costs eight bytes for each entry. Its byte slices must not be changed.
type CRL struct {
	Raw       []byte
	RawTBS    []byte // tbsCertList: what the signature covers
	RawIssuer []byte // the issuer's Name

	Version    int // 1 or 2; 0 when it is none of them, with a broken Fault
	Issuer     Name
	ThisUpdate time.Time
	NextUpdate time.Time // zero when absent

	Number       *big.Int // §5.2.3; nil when absent
	DeltaBase    *big.Int // §5.2.4 BaseCRLNumber; nil when this is no delta CRL
	Scope        IssuingDistributionPoint
	AuthorityKey AuthorityKeyID
	IssuerAlt    GeneralNames
	FreshestCRL  []DistributionPoint
	Access       []AccessDescription

	SignatureAlgorithm alg.Identifier // the outer one; an inner one that differs is a broken Fault
	Signature          []byte

	Extensions        []Extension
	UnhandledCritical []der.OID // of the list and of any entry: RFC 5280 §5.2, §5.3 forbid to use the list

	Faults []Fault

	entries entryIndex
}

// IssuingDistributionPoint says what a CRL covers (RFC 5280 §5.2.5).
type IssuingDistributionPoint struct {
	Present         bool
	Point           PointName
	OnlyUserCerts   bool
	OnlyCACerts     bool
	OnlyAttributes  bool
	OnlySomeReasons ReasonFlags // 0 when absent: all reasons
	Indirect        bool        // entries may be about certificates of other issuers
}

// Broken returns the first fault for which the list must not be used.
func (c *CRL) Broken() (Fault, bool) { return faults(c.Faults).firstBroken() }

// IsDelta reports whether the list holds only changes to another one (RFC 5280 §5.2.4).
func (c *CRL) IsDelta() bool { return c.DeltaBase != nil }

// Extension returns the first extension with an identifier.
func (c *CRL) Extension(id der.OID) (Extension, bool) { return findExtension(c.Extensions, id) }

// Len returns the number of entries.
func (c *CRL) Len() int { return len(c.entries.refs) }
