package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Name is a distinguished name (RFC 5280 §4.1.2.4). The zero Name is the empty one.
// Names come from ParseName, NewName and NameFromText; one put together by hand does not compare.
type Name struct {
	Raw  []byte        // the whole Name as received or as built
	RDNs [][]Attribute // in order of the encoding: the country usually first

	key string // see Canonical
}

// Attribute is one type and value of a relative distinguished name.
type Attribute struct {
	Type der.OID
	Tag  der.Tag // of the value
	Text string  // the value as text, empty when it is no string
	Raw  []byte  // the value with its header

	undecoded bool // Text is a guess for display: Raw decides in comparisons
}

// ParseName reads a DER Name. It fails when the structure is broken; odd values are kept and noted.
func ParseName(raw []byte) (Name, []Fault, error) {
	var f faults
	n, err := readName(raw, "name", &f)
	return n, f, err
}

func readName(raw []byte, where string, f *faults) (Name, error) {
	c := der.NewCursor(raw)
	seq := c.Sequence()
	n := Name{Raw: raw}
	for seq.More() {
		set := seq.Expect(der.Set)
		if seq.Err() != nil {
			break
		}
		rdn, err := readRDN(set.Body, where, f)
		if err != nil {
			return Name{}, err
		}
		n.RDNs = append(n.RDNs, rdn)
	}
	if err := errors.Join(seq.Err(), c.Done()); err != nil {
		return Name{}, fmt.Errorf("%s: %w", where, err)
	}
	n.key = nameKey(n.RDNs)
	return n, nil
}

// readRDN reads the contents of a RelativeDistinguishedName.
func readRDN(body []byte, where string, f *faults) ([]Attribute, error) {
	var rdn []Attribute
	c := der.NewCursor(body)
	for c.More() {
		seq := c.Sequence()
		a := Attribute{Type: seq.OID()}
		v := seq.Next()
		if err := seq.Done(); err != nil {
			return nil, fmt.Errorf("%s: attribute: %w", where, err)
		}
		a.Tag, a.Raw = v.Tag, v.Raw
		text, odd, ok := decodeText(v)
		a.Text, a.undecoded = text, !ok
		if odd != "" {
			f.odd(where, "%s: %s", a.Type, odd)
		}
		rdn = append(rdn, a)
	}
	if err := c.Done(); err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	if len(rdn) == 0 {
		f.odd(where, "an RDN without attributes")
	}
	return rdn, nil
}

// NewName builds a name of one attribute an RDN, in the order given: the most general first.
func NewName(attributes ...Attribute) (Name, error) {
	rdns := make([][]Attribute, len(attributes))
	for i, a := range attributes {
		rdns[i] = []Attribute{a}
	}
	return buildName(rdns)
}

func buildName(rdns [][]Attribute) (Name, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		for _, rdn := range rdns {
			b.Set(func(b *der.Builder) { buildRDN(b, rdn) })
		}
	})
	raw, err := b.Bytes()
	if err != nil {
		return Name{}, fmt.Errorf("build name: %w", err)
	}
	n, _, err := ParseName(raw)
	return n, err
}

// buildRDN writes the contents of a RelativeDistinguishedName, in the order of DER.
func buildRDN(b *der.Builder, rdn []Attribute) {
	var set [][]byte
	for _, a := range rdn {
		var one der.Builder
		one.Sequence(func(b *der.Builder) {
			b.OID(a.Type)
			b.Raw(a.Raw)
		})
		raw, err := one.Bytes()
		if err != nil {
			b.Fail(err)
			return
		}
		set = append(set, raw)
	}
	b.SortedRaw(set)
}

// TextAttribute returns an attribute with the string type that RFC 5280 §4.1.2.4 and Appendix A.1
// want for it: PrintableString for countries, serial numbers and qualifiers, IA5String for
// addresses and domain components, UTF8String for all others.
func TextAttribute(t der.OID, text string) Attribute {
	var b der.Builder
	a := Attribute{Type: t, Text: text, Tag: der.UTF8String}
	switch t {
	case alg.OIDAttrCountry, alg.OIDAttrSerialNumber, alg.OIDAttrDNQualifier:
		a.Tag = der.PrintableString
		b.PrintableString(text)
	case alg.OIDAttrEmailAddress, alg.OIDAttrDomainComponent:
		a.Tag = der.IA5String
		b.IA5String(text)
	default:
		b.UTF8String(text)
	}
	a.Raw, _ = b.Bytes() // a text outside the type leaves Raw empty, which building the name refuses
	return a
}
