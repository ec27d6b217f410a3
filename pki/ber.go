package pki

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// readOuter reads the one SEQUENCE that raw is. Trailing bytes are noted. BER with indefinite
// lengths or constructed strings, which some authorities have issued, is brought into the form of DER
// first: the signature was most probably made over that (RFC 5280 §4.1.1.3 wants it so).
func readOuter(raw []byte, where string, f *faults) (der.Value, error) {
	v, rest, err := der.Parse(raw)
	if err != nil {
		normal, berErr := der.Normalize(raw, limit.New(limit.Limits{}))
		if berErr != nil {
			return v, err // of the two errors the one about DER is the one to read
		}
		f.odd(where, "encoded in BER with indefinite lengths")
		if v, rest, err = der.Parse(normal); err != nil {
			return v, err
		}
	}
	if v.Tag != der.Sequence || !v.Constructed {
		return v, fmt.Errorf("%v where a SEQUENCE must be", v.Tag)
	}
	if len(rest) > 0 {
		f.odd(where, "%d bytes follow it", len(rest))
	}
	return v, nil
}
