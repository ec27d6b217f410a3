package der

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// OID is an OBJECT IDENTIFIER as its content octets (X.690 §8.19), so it compares with ==,
// is a map key, and has arcs of any size.
type OID string

// maxOID is the longest OID that is read; the longest in use have about 30 octets.
const maxOID = 1024

// ParseOID reads the dotted form, such as "1.2.840.113549.1.7.2".
func ParseOID(dotted string) (OID, error) {
	arcs := strings.Split(dotted, ".")
	if len(arcs) < 2 {
		return "", fmt.Errorf("object identifier %q has fewer than two arcs", dotted)
	}
	var out []byte
	var first int64
	for i, s := range arcs {
		arc, ok := new(big.Int).SetString(s, 10)
		if !ok || s[0] == '-' || s[0] == '+' || (len(s) > 1 && s[0] == '0') {
			return "", fmt.Errorf("object identifier %q: %q is not a number", dotted, s)
		}
		switch i {
		case 0:
			if first = arc.Int64(); !arc.IsInt64() || first > 2 {
				return "", fmt.Errorf("object identifier %q: first arc is over 2", dotted)
			}
			continue
		case 1: // X.690 §8.19.4
			if first < 2 && arc.Cmp(big.NewInt(40)) >= 0 {
				return "", fmt.Errorf("object identifier %q: second arc is over 39", dotted)
			}
			arc.Add(arc, big.NewInt(40*first))
		}
		out = appendArc(out, arc)
	}
	if len(out) > maxOID {
		return "", fmt.Errorf("object identifier of %d octets is over the limit of %d", len(out), maxOID)
	}
	return OID(out), nil
}

// MustOID is ParseOID for constants. It panics on a malformed one.
func MustOID(dotted string) OID {
	o, err := ParseOID(dotted)
	if err != nil {
		panic(err)
	}
	return o
}

// String returns the dotted form.
func (o OID) String() string {
	if !o.valid() {
		return fmt.Sprintf("malformed OID %x", string(o))
	}
	var out strings.Builder
	for i, start := 0, 0; i < len(o); i++ {
		if o[i]&0x80 != 0 {
			continue
		}
		arc := arcValue(o[start : i+1])
		if start == 0 {
			root := int64(2)
			if arc.Cmp(big.NewInt(80)) < 0 {
				root = arc.Int64() / 40
			}
			arc.Sub(arc, big.NewInt(40*root))
			out.WriteString(strconv.FormatInt(root, 10))
		}
		out.WriteByte('.')
		out.WriteString(arc.String())
		start = i + 1
	}
	return out.String()
}

// HasPrefix reports whether o is p or lies below it in the tree of identifiers.
func (o OID) HasPrefix(p OID) bool { return p != "" && strings.HasPrefix(string(o), string(p)) }

// valid reports whether o is a sequence of whole, minimal arcs (X.690 §8.19.2).
func (o OID) valid() bool {
	if o == "" || len(o) > maxOID || o[len(o)-1]&0x80 != 0 {
		return false
	}
	start := true
	for i := range len(o) {
		if start && o[i] == 0x80 {
			return false
		}
		start = o[i]&0x80 == 0
	}
	return true
}

func arcValue(octets OID) *big.Int {
	v := new(big.Int)
	for i := range len(octets) {
		v.Lsh(v, 7)
		v.Or(v, big.NewInt(int64(octets[i]&0x7f)))
	}
	return v
}

func appendArc(dst []byte, arc *big.Int) []byte {
	groups := max((arc.BitLen()+6)/7, 1)
	low := big.NewInt(0x7f)
	for i := groups - 1; i >= 0; i-- {
		g := new(big.Int).Rsh(arc, uint(7*i))
		c := byte(g.And(g, low).Uint64())
		if i > 0 {
			c |= 0x80
		}
		dst = append(dst, c)
	}
	return dst
}
