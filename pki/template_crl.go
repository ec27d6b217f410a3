package pki

import (
	"crypto"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// CRLTemplate is a revocation list to be made (RFC 5280 §5.1), always of version 2.
type CRLTemplate struct {
	Number     *big.Int                 // required (§5.2.3)
	ThisUpdate time.Time                // required
	NextUpdate time.Time                // required (§5.1.2.5)
	Entries    iter.Seq[RevokedEntry]   // nil for none; see NewRevokedEntry, slices.Values and CRL.Entries
	DeltaBase  *big.Int                 // makes a delta CRL (§5.2.4)
	Scope      IssuingDistributionPoint // written when Present
	Extensions []Extension              // added to those of the fields above
	Signing    alg.SignOptions
}

// NewRevokedEntry returns an entry to be put on a list. RFC 5280 §5.3.1: the reason unspecified is
// expressed by leaving the reason out.
func NewRevokedEntry(serial *big.Int, at time.Time, reason Reason) RevokedEntry {
	return RevokedEntry{SerialRaw: integerBytes(serial), Revoked: at, HasReason: reason != Unspecified, Reason: reason}
}

// CreateCRL makes a revocation list in DER. The issuer's name and key identifier are taken from its
// certificate.
func CreateCRL(t CRLTemplate, issuer *Certificate, signer crypto.Signer) ([]byte, error) {
	scheme, err := alg.SignatureFor(signer.Public(), t.Signing)
	if err != nil {
		return nil, fmt.Errorf("create CRL: %w", err)
	}
	extensions, err := t.extensions(issuer)
	if err != nil {
		return nil, fmt.Errorf("create CRL: %w", err)
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(1) // RFC 5280 §5.1.2.1: version 2
		scheme.Identifier.Append(b)
		issuer.Subject.build(b)
		b.Time(t.ThisUpdate)
		b.Time(t.NextUpdate)
		t.buildEntries(b)
		b.Explicit(0, func(b *der.Builder) { buildExtensions(b, extensions) })
	})
	tbs, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("create CRL: %w", err)
	}
	return SignTBS(tbs, scheme, signer)
}

func (t CRLTemplate) extensions(issuer *Certificate) ([]Extension, error) {
	if t.Number == nil || t.ThisUpdate.IsZero() || t.NextUpdate.IsZero() {
		return nil, errors.New("a CRL needs a number and both dates")
	}
	var list []Extension
	var errs []error
	add := func(e Extension, err error) {
		list, errs = append(list, e), append(errs, err)
	}
	if issuer.SubjectKeyID != nil {
		add(AuthorityKeyIDExtension(issuer.SubjectKeyID))
	}
	add(numberExtension(alg.OIDExtCRLNumber, false, t.Number))
	if t.DeltaBase != nil {
		add(numberExtension(alg.OIDExtDeltaCRLIndicator, true, t.DeltaBase)) // §5.2.4: critical
	}
	if t.Scope.Present {
		add(ScopeExtension(t.Scope))
	}
	return append(list, t.Extensions...), errors.Join(errs...)
}

func numberExtension(id der.OID, critical bool, n *big.Int) (Extension, error) {
	return makeExtension(id, critical, func(b *der.Builder) { b.BigInt(n) })
}

// buildEntries writes revokedCertificates, nothing for an empty list (RFC 5280 §5.1.2.6).
func (t CRLTemplate) buildEntries(b *der.Builder) {
	if t.Entries == nil {
		return
	}
	var list der.Builder
	last, empty := "", true
	for e := range t.Entries {
		issuer := e.issuerKey()
		e.build(&list, issuer != last)
		last, empty = issuer, false
	}
	if raw, err := list.Bytes(); err != nil {
		b.Fail(err)
	} else if !empty {
		b.Sequence(func(b *der.Builder) { b.Raw(raw) })
	}
}

// issuerKey is empty for the list's own issuer, and else the names as written.
func (e RevokedEntry) issuerKey() string {
	var key []byte
	for _, g := range e.Issuer {
		key = append(key, g.Raw...)
	}
	return string(key)
}

// build writes the entry. certificateIssuer is written where it changes, since it holds for the
// entries after it (RFC 5280 §5.3.3).
func (e RevokedEntry) build(b *der.Builder, newIssuer bool) {
	b.Sequence(func(b *der.Builder) {
		b.Implicit(der.Integer, false, func(b *der.Builder) { b.AppendBytes(e.SerialRaw) })
		b.Time(e.Revoked)
		var list []Extension
		add := func(x Extension, err error) {
			if err != nil {
				b.Fail(err)
			}
			list = append(list, x)
		}
		if e.HasReason {
			add(makeExtension(alg.OIDExtReasonCode, false, func(b *der.Builder) { b.Enumerated(int64(e.Reason)) }))
		}
		if !e.Invalid.IsZero() {
			add(makeExtension(alg.OIDExtInvalidityDate, false, func(b *der.Builder) { b.GeneralizedTime(e.Invalid) }))
		}
		if newIssuer {
			add(makeExtension(alg.OIDExtCertificateIssuer, true, func(b *der.Builder) { b.Sequence(e.Issuer.build) }))
		}
		if len(list) > 0 {
			buildExtensions(b, list)
		}
	})
}
