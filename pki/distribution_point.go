package pki

import (
	"errors"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// DistributionPoint says where a CRL is (RFC 5280 §4.2.1.13).
type DistributionPoint struct {
	PointName
	Reasons   ReasonFlags  // 0 when absent: all reasons
	CRLIssuer GeneralNames // empty when the certificate's issuer issues the CRL
}

// PointName is a DistributionPointName: one of a list of full names and a relative name.
type PointName struct {
	Present  bool
	FullName GeneralNames
	Relative []Attribute // nameRelativeToCRLIssuer
}

// ReasonFlags is a set of revocation reasons; bit n of the BIT STRING is 1<<n.
type ReasonFlags uint16

// The reason flags (RFC 5280 §4.2.1.13). Bit 0 is unused.
const (
	ForKeyCompromise ReasonFlags = 1 << (iota + 1)
	ForCACompromise
	ForAffiliationChanged
	ForSuperseded
	ForCessationOfOperation
	ForCertificateHold
	ForPrivilegeWithdrawn
	ForAACompromise

	AllReasons ReasonFlags = 0x1fe
)

var reasonFlagNames = [...]string{
	"unused", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
	"cessationOfOperation", "certificateHold", "privilegeWithdrawn", "aACompromise",
}

// String lists the reasons by their names in RFC 5280.
func (r ReasonFlags) String() string {
	var out []string
	for i, name := range reasonFlagNames {
		if r&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// URIs returns the addresses of a full name.
func (p PointName) URIs() []string { return p.FullName.Texts(URIName) }

// Names returns the point's names as they compare: the full names, or the relative name joined to
// the issuer's (RFC 5280 §5.2.5 and §6.3.3 (b)(2)).
func (p PointName) Names(issuer Name) GeneralNames {
	if p.Relative == nil {
		return p.FullName
	}
	joined := make([][]Attribute, 0, len(issuer.RDNs)+1)
	joined = append(append(joined, issuer.RDNs...), p.Relative)
	n := Name{RDNs: joined, key: nameKey(joined)}
	return GeneralNames{{Kind: DirectoryName, Directory: n}}
}

func parseDistributionPoints(value []byte, where string, f *faults) ([]DistributionPoint, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var list []DistributionPoint
	for seq.More() {
		one := seq.Sequence()
		p, err := readDistributionPoint(one, where, f)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		f.odd(where, "an empty list of distribution points")
	}
	return list, errors.Join(seq.Done(), c.Done())
}

func readDistributionPoint(c *der.Cursor, where string, f *faults) (p DistributionPoint, err error) {
	if v, ok := c.Optional(der.Context(0)); ok {
		if p.PointName, err = readPointName(v.Body, where, f); err != nil {
			return p, err
		}
	}
	if v, ok := c.Optional(der.Context(1)); ok {
		flags, err := bitFlags(v.Body, len(reasonFlagNames))
		if err != nil {
			return p, fmt.Errorf("reasons: %w", err)
		}
		p.Reasons = ReasonFlags(flags)
	}
	if v, ok := c.Optional(der.Context(2)); ok {
		if p.CRLIssuer, err = readGeneralNames(v.Body, where+" cRLIssuer", f); err != nil {
			return p, err
		}
	}
	if !p.Present && p.CRLIssuer == nil {
		// RFC 5280 §4.2.1.13: MUST NOT consist of only the reasons.
		f.odd(where, "a point without name and issuer")
	}
	return p, c.Done()
}

// readPointName reads the DistributionPointName inside its explicit tag.
func readPointName(body []byte, where string, f *faults) (p PointName, err error) {
	p.Present = true
	c := der.NewCursor(body)
	if v, ok := c.Optional(der.Context(0)); ok {
		p.FullName, err = readGeneralNames(v.Body, where, f)
	} else if v, ok := c.Optional(der.Context(1)); ok {
		p.Relative, err = readRDN(v.Body, where, f)
	} else {
		err = errors.New("distribution point name is neither full nor relative")
	}
	return p, errors.Join(err, c.Done())
}

// CRLPointsExtension makes cRLDistributionPoints of one point with the addresses, not critical.
func CRLPointsExtension(points ...DistributionPoint) (Extension, error) {
	return pointsExtension(alg.OIDExtCRLDistributionPoints, points)
}

// FreshestCRLExtension makes freshestCRL, which says where delta CRLs are, not critical.
func FreshestCRLExtension(points ...DistributionPoint) (Extension, error) {
	return pointsExtension(alg.OIDExtFreshestCRL, points)
}

func pointsExtension(id der.OID, points []DistributionPoint) (Extension, error) {
	return makeExtension(id, false, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, p := range points {
				b.Sequence(func(b *der.Builder) { p.build(b) })
			}
		})
	})
}

func (p DistributionPoint) build(b *der.Builder) {
	p.PointName.build(b)
	if p.Reasons != 0 {
		buildFlags(b, der.Context(1), uint16(p.Reasons))
	}
	if len(p.CRLIssuer) > 0 {
		b.Implicit(der.Context(2), true, func(b *der.Builder) { p.CRLIssuer.build(b) })
	}
}

// build writes the [0] EXPLICIT DistributionPointName, nothing when there is none.
func (p PointName) build(b *der.Builder) {
	if len(p.FullName) == 0 && len(p.Relative) == 0 {
		return
	}
	b.Explicit(0, func(b *der.Builder) {
		if len(p.FullName) > 0 {
			b.Implicit(der.Context(0), true, func(b *der.Builder) { p.FullName.build(b) })
			return
		}
		b.Implicit(der.Context(1), true, func(b *der.Builder) { buildRDN(b, p.Relative) })
	})
}

// PointAt returns a distribution point with one address.
func PointAt(uri string) DistributionPoint {
	return DistributionPoint{PointName: PointName{Present: true, FullName: GeneralNames{URI(uri)}}}
}
