package pki

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// parseScope reads issuingDistributionPoint (RFC 5280 §5.2.5).
func parseScope(value []byte, f *faults) (IssuingDistributionPoint, error) {
	const where = "issuingDistributionPoint"
	s := IssuingDistributionPoint{Present: true}
	c := der.NewCursor(value)
	seq := c.Sequence()
	if seq.Err() == nil && !seq.More() {
		// RFC 5280 §5.2.5: MUST NOT be an empty sequence.
		f.broken(where, "an empty sequence")
	}
	var err error
	if v, ok := seq.Optional(der.Context(0)); ok {
		if s.Point, err = readPointName(v.Body, where, f); err != nil {
			return s, err
		}
	}
	err = errors.Join(
		scopeFlag(seq, 1, &s.OnlyUserCerts, f),
		scopeFlag(seq, 2, &s.OnlyCACerts, f),
		scopeReasons(seq, &s),
		scopeFlag(seq, 4, &s.Indirect, f),
		scopeFlag(seq, 5, &s.OnlyAttributes, f),
		seq.Done(), c.Done())
	if only := count(s.OnlyUserCerts, s.OnlyCACerts, s.OnlyAttributes); only > 1 {
		// RFC 5280 §5.2.5: at most one of them may be TRUE.
		f.broken(where, "it covers only one kind of certificates, and only another")
	}
	return s, err
}

// scopeFlag reads [n] IMPLICIT BOOLEAN DEFAULT FALSE.
func scopeFlag(c *der.Cursor, n uint32, field *bool, f *faults) (err error) {
	if v, ok := c.Optional(der.Context(n)); ok {
		*field, err = lenientBool(v, "issuingDistributionPoint", f)
	}
	return err
}

func scopeReasons(c *der.Cursor, s *IssuingDistributionPoint) error {
	v, ok := c.Optional(der.Context(3))
	if !ok {
		return nil
	}
	flags, err := bitFlags(v.Body, len(reasonFlagNames))
	s.OnlySomeReasons = ReasonFlags(flags)
	return err
}

func count(flags ...bool) (n int) {
	for _, f := range flags {
		if f {
			n++
		}
	}
	return n
}

// ScopeExtension makes issuingDistributionPoint, critical (RFC 5280 §5.2.5).
func ScopeExtension(s IssuingDistributionPoint) (Extension, error) {
	return makeExtension(alg.OIDExtIssuingDistributionPoint, true, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			s.Point.build(b)
			buildFlag(b, 1, s.OnlyUserCerts)
			buildFlag(b, 2, s.OnlyCACerts)
			if s.OnlySomeReasons != 0 {
				buildFlags(b, der.Context(3), uint16(s.OnlySomeReasons))
			}
			buildFlag(b, 4, s.Indirect)
			buildFlag(b, 5, s.OnlyAttributes)
		})
	})
}

// buildFlag writes [n] IMPLICIT BOOLEAN when it is TRUE.
func buildFlag(b *der.Builder, n uint32, flag bool) {
	if flag {
		b.Implicit(der.Context(n), false, func(b *der.Builder) { b.AppendBytes([]byte{0xff}) })
	}
}
