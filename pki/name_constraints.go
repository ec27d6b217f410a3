package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// NameConstraints says which names a CA may certify (RFC 5280 §4.2.1.10).
type NameConstraints struct {
	Permitted []GeneralSubtree
	Excluded  []GeneralSubtree
}

// GeneralSubtree is one base of a name constraint. RFC 5280 requires Minimum 0 and no Maximum.
type GeneralSubtree struct {
	Base    GeneralName
	Minimum int
	Maximum int // -1 when absent
}

func parseNameConstraints(value []byte, f *faults) (*NameConstraints, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var nc NameConstraints
	for i, list := range []*[]GeneralSubtree{&nc.Permitted, &nc.Excluded} {
		v, ok := seq.Optional(der.Context(uint32(i)))
		if !ok {
			continue
		}
		var err error
		if *list, err = readSubtrees(v.Body, f); err != nil {
			return nil, err
		}
	}
	if nc.Permitted == nil && nc.Excluded == nil {
		f.odd("nameConstraints", "no subtrees") // RFC 5280 §4.2.1.10: MUST NOT be an empty sequence
	}
	return &nc, errors.Join(seq.Done(), c.Done())
}

func readSubtrees(body []byte, f *faults) ([]GeneralSubtree, error) {
	var list []GeneralSubtree
	c := der.NewCursor(body)
	for c.More() {
		seq := c.Sequence()
		s := GeneralSubtree{Maximum: -1}
		base := seq.Next()
		lowest, hasMin := seq.Optional(der.Context(0))
		highest, hasMax := seq.Optional(der.Context(1))
		if err := seq.Done(); err != nil {
			return nil, fmt.Errorf("subtree: %w", err)
		}
		var err, errMin, errMax error
		s.Base, err = readGeneralName(base, "nameConstraints", f)
		if hasMin {
			s.Minimum, errMin = skipCount(lowest.Body)
		}
		if hasMax {
			s.Maximum, errMax = skipCount(highest.Body)
		}
		if err := errors.Join(err, errMin, errMax); err != nil {
			return nil, fmt.Errorf("subtree: %w", err)
		}
		list = append(list, s)
	}
	return list, c.Done()
}

// NameConstraintsExtension makes the extension, critical as RFC 5280 §4.2.1.10 requires.
func NameConstraintsExtension(nc NameConstraints) (Extension, error) {
	return makeExtension(alg.OIDExtNameConstraints, true, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for i, list := range [][]GeneralSubtree{nc.Permitted, nc.Excluded} {
				if len(list) == 0 {
					continue
				}
				b.Implicit(der.Context(uint32(i)), true, func(b *der.Builder) {
					for _, s := range list {
						b.Sequence(s.Base.build) // minimum is DEFAULT 0
					}
				})
			}
		})
	})
}
