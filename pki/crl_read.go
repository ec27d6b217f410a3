package pki

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// ParseCRL reads a certificate revocation list (RFC 5280 §5.1). Every entry is looked at once, so that
// a list that parses can be read to its end.
func ParseCRL(raw []byte) (*CRL, error) {
	var f faults
	outer, err := readOuter(raw, "CRL", &f)
	if err != nil {
		return nil, fmt.Errorf("CRL: %w", err)
	}
	c := &CRL{Raw: outer.Raw}
	seq := der.NewCursor(outer.Body)
	tbs := seq.Expect(der.Sequence)
	c.SignatureAlgorithm = alg.ParseIdentifier(seq)
	c.Signature = readSignature(seq, &f)
	if err := seq.Done(); err != nil {
		return nil, fmt.Errorf("CRL: %w", err)
	}
	c.RawTBS = tbs.Raw
	if err := c.readTBS(der.NewCursor(tbs.Body), &f); err != nil {
		return nil, fmt.Errorf("CRL: %w", err)
	}
	c.Faults = f
	return c, nil
}

// readTBS reads the contents of TBSCertList (RFC 5280 §5.1.2).
func (c *CRL) readTBS(tbs *der.Cursor, f *faults) error {
	c.readVersion(tbs, f)
	inner := alg.ParseIdentifier(tbs)
	issuer := tbs.Expect(der.Sequence)
	thisUpdate := tbs.Next()
	if err := tbs.Err(); err != nil {
		return err
	}
	if !inner.Equal(c.SignatureAlgorithm) {
		// RFC 5280 §5.1.1.2: MUST be the same.
		f.broken("signature", "the signature algorithm inside is %s, the one outside %s", inner, c.SignatureAlgorithm)
	}
	var err error
	c.RawIssuer = issuer.Raw
	if c.Issuer, err = readName(c.RawIssuer, "issuer", f); err != nil {
		return err
	}
	c.ThisUpdate = readTime(thisUpdate, "thisUpdate", f)
	if tag, ok := tbs.Peek(); ok && (tag == der.UTCTime || tag == der.GeneralizedTime) {
		c.NextUpdate = readTime(tbs.Next(), "nextUpdate", f)
	}
	if list, ok := tbs.Optional(der.Sequence); ok {
		if err := c.readEntries(list.Body, f); err != nil {
			return err
		}
	}
	if wrapped, ok := tbs.Explicit(0); ok {
		list := wrapped.Expect(der.Sequence)
		if err := wrapped.Done(); err != nil {
			return fmt.Errorf("crlExtensions: %w", err)
		}
		if err := c.readExtensions(list.Body, f); err != nil {
			return fmt.Errorf("crlExtensions: %w", err)
		}
	}
	return tbs.Done()
}

// readVersion reads the optional INTEGER: absent is version 1, the only number is that of
// version 2 (RFC 5280 §5.1.2.1).
func (c *CRL) readVersion(tbs *der.Cursor, f *faults) {
	c.Version = 1
	v, ok := tbs.Optional(der.Integer)
	if !ok {
		return
	}
	c.Version = 2
	if len(v.Body) != 1 || v.Body[0] != 1 {
		c.Version = 0
		f.broken("version", "%x is not the number of version 2", v.Body)
	}
}

func (c *CRL) readExtensions(body []byte, f *faults) (err error) {
	if c.Version != 2 {
		f.broken("crlExtensions", "present in a list of version 1") // RFC 5280 §5.1.2.7
	}
	if c.Extensions, err = readExtensions(body, f); err != nil {
		return err
	}
	for _, e := range slices.Backward(c.Extensions) { // of a repeated one the first stays
		known, err := c.readExtension(e, f)
		if err != nil {
			f.broken(extensionPlace(e.ID), "cannot be read: %v", err)
		}
		if !known && e.Critical {
			c.UnhandledCritical = append(c.UnhandledCritical, e.ID)
		}
	}
	return nil
}

func (c *CRL) readExtension(e Extension, f *faults) (known bool, err error) {
	switch e.ID {
	case alg.OIDExtCRLNumber:
		c.Number, err = parseCRLNumber(e.Value)
	case alg.OIDExtDeltaCRLIndicator:
		c.DeltaBase, err = parseCRLNumber(e.Value)
	case alg.OIDExtIssuingDistributionPoint:
		c.Scope, err = parseScope(e.Value, f)
	case alg.OIDExtAuthorityKeyID:
		c.AuthorityKey, err = parseAuthorityKeyID(e.Value, f)
	case alg.OIDExtIssuerAltName:
		c.IssuerAlt, err = parseAltName(e.Value, "issuerAltName", f)
	case alg.OIDExtFreshestCRL:
		c.FreshestCRL, err = parseDistributionPoints(e.Value, "freshestCRL", f)
	case alg.OIDExtAuthorityInfoAccess:
		c.Access, err = parseAccess(e.Value, "authorityInfoAccess", f)
	default:
		return false, nil
	}
	return true, err
}

// parseCRLNumber reads a CRLNumber (RFC 5280 §5.2.3): INTEGER (0..MAX), up to 20 octets.
func parseCRLNumber(value []byte) (*big.Int, error) {
	c := der.NewCursor(value)
	v := c.Expect(der.Integer)
	if err := c.Done(); err != nil {
		return nil, err
	}
	n := signedInt(v.Body)
	if n.Sign() < 0 {
		return nil, errors.New("negative CRL number")
	}
	return n, nil
}
