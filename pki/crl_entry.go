package pki

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// RevokedEntry is one entry of a CRL (RFC 5280 §5.1.2.6).
type RevokedEntry struct {
	SerialRaw []byte // content octets of the serial number
	Revoked   time.Time
	HasReason bool
	Reason    Reason
	Invalid   time.Time    // §5.3.2 invalidityDate; zero when absent
	Issuer    GeneralNames // §5.3.3: the certificate's issuer where an entry named one; nil means the CRL's issuer
	Critical  []der.OID    // critical extensions that this package does not read
}

// Serial returns the serial number.
func (e RevokedEntry) Serial() *big.Int { return signedInt(e.SerialRaw) }

// Reason is why a certificate was revoked (RFC 5280 §5.3.1).
type Reason int

// The reasons.
const (
	Unspecified          Reason = 0
	KeyCompromise        Reason = 1
	CACompromise         Reason = 2
	AffiliationChanged   Reason = 3
	Superseded           Reason = 4
	CessationOfOperation Reason = 5
	CertificateHold      Reason = 6
	RemoveFromCRL        Reason = 8
	PrivilegeWithdrawn   Reason = 9
	AACompromise         Reason = 10
)

func (r Reason) String() string {
	switch r {
	case Unspecified:
		return "unspecified"
	case CertificateHold:
		return "certificateHold"
	case RemoveFromCRL:
		return "removeFromCRL"
	}
	if flag := r.Flag(); flag != 0 {
		return flag.String()
	}
	return fmt.Sprintf("reason %d", int(r))
}

// Flag returns the bit of a reason in distribution points; 0 for those that have none.
func (r Reason) Flag() ReasonFlags {
	switch {
	case KeyCompromise <= r && r <= CertificateHold:
		return 1 << r
	case r == PrivilegeWithdrawn:
		return ForPrivilegeWithdrawn
	case r == AACompromise:
		return ForAACompromise
	}
	return 0
}

// entryParts are the fields of an entry, not yet decoded.
type entryParts struct {
	serial, revoked der.Value
	extensions      []byte // contents of crlEntryExtensions
	extended        bool
}

// splitEntry cuts an entry into its fields. It allocates nothing: ParseCRL calls it for each entry.
func splitEntry(body []byte) (p entryParts, err error) {
	var rest []byte
	if p.serial, rest, err = der.Parse(body); err != nil {
		return p, err
	}
	if p.revoked, rest, err = der.Parse(rest); err != nil {
		return p, err
	}
	if p.serial.Tag != der.Integer || len(p.serial.Body) == 0 {
		return p, errors.New("no serial number")
	}
	if len(rest) == 0 {
		return p, nil
	}
	list, rest, err := der.Parse(rest)
	if err != nil {
		return p, err
	}
	if list.Tag != der.Sequence || len(rest) > 0 {
		return p, errors.New("unexpected data behind the date")
	}
	p.extensions, p.extended = list.Body, true
	return p, nil
}

// decode reads the fields of an entry; the issuer is the caller's to set.
func (p entryParts) decode(f *faults) (RevokedEntry, error) {
	e := RevokedEntry{SerialRaw: p.serial.Body, Revoked: readTime(p.revoked, "revocationDate", f)}
	if !p.extended {
		return e, nil
	}
	list, err := readExtensions(p.extensions, f)
	if err != nil {
		return e, err
	}
	for _, x := range list {
		c := der.NewCursor(x.Value)
		switch x.ID {
		case alg.OIDExtReasonCode:
			v := c.Expect(der.Enumerated)
			e.HasReason, e.Reason = len(v.Body) == 1, reasonOf(v.Body)
		case alg.OIDExtInvalidityDate:
			e.Invalid = readTime(c.Next(), "invalidityDate", f)
		case alg.OIDExtCertificateIssuer:
			if e.Issuer, err = readGeneralNames(c.Expect(der.Sequence).Body, "certificateIssuer", f); len(e.Issuer) == 0 {
				err = errors.Join(err, errors.New("no issuer"))
			}
		default:
			if x.Critical {
				e.Critical = append(e.Critical, x.ID)
			}
			continue
		}
		if err := errors.Join(err, c.Done()); err != nil {
			return e, fmt.Errorf("%s: %w", extensionPlace(x.ID), err)
		}
	}
	return e, nil
}

func reasonOf(body []byte) Reason {
	if len(body) == 1 {
		return Reason(body[0])
	}
	return Unspecified
}
