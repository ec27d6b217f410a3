package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// BasicConstraints says whether a certificate is a CA's (RFC 5280 §4.2.1.9).
type BasicConstraints struct {
	Present    bool
	CA         bool
	MaxPathLen int // -1 when absent
}

func parseBasicConstraints(value []byte, f *faults) (BasicConstraints, error) {
	bc := BasicConstraints{Present: true, MaxPathLen: -1}
	c := der.NewCursor(value)
	seq := c.Sequence()
	if v, ok := seq.Optional(der.Boolean); ok {
		var err error
		if bc.CA, err = lenientBool(v, "basicConstraints", f); err != nil {
			return bc, err
		}
	}
	if v, ok := seq.Optional(der.Integer); ok {
		n, err := skipCount(v.Body)
		if err != nil {
			return bc, fmt.Errorf("pathLenConstraint: %w", err)
		}
		bc.MaxPathLen = n
	}
	return bc, errors.Join(seq.Done(), c.Done())
}

// BasicConstraintsExtension makes the extension, critical (RFC 5280 §4.2.1.9: for CAs it MUST be).
// A maxPathLen below zero stands for none.
func BasicConstraintsExtension(ca bool, maxPathLen int) (Extension, error) {
	return makeExtension(alg.OIDExtBasicConstraints, true, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			if ca {
				b.Bool(true) // DEFAULT FALSE is left out (X.690 §11.5)
			}
			if maxPathLen >= 0 {
				b.Int(int64(maxPathLen))
			}
		})
	})
}

// lenientBool reads a BOOLEAN. DER wants 0x00 or 0xff; any other octet is true and odd.
func lenientBool(v der.Value, where string, f *faults) (bool, error) {
	if len(v.Body) != 1 {
		return false, errors.New("BOOLEAN of wrong length")
	}
	if b := v.Body[0]; b != 0 && b != 0xff {
		f.odd(where, "BOOLEAN TRUE is written %#02x", b)
	}
	return v.Body[0] != 0, nil
}

// skipCount reads a number of certificates: INTEGER (0..MAX). Huge numbers become a large one,
// which no path reaches.
func skipCount(body []byte) (int, error) {
	if len(body) == 0 || body[0]&0x80 != 0 {
		return 0, errors.New("negative or empty INTEGER")
	}
	const large = 1 << 30
	n := 0
	for _, b := range body {
		if n = n<<8 | int(b); n > large {
			return large, nil
		}
	}
	return n, nil
}
