package pki

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/der"
)

// Extension is one extension of a certificate, request, CRL or OCSP answer (RFC 5280 §4.1).
type Extension struct {
	ID       der.OID
	Critical bool
	Value    []byte // contents of extnValue: an encoded element
}

// readExtensions reads the contents of Extensions. It fails when the list itself is broken.
func readExtensions(body []byte, f *faults) ([]Extension, error) {
	var list []Extension
	seen := map[der.OID]bool{}
	c := der.NewCursor(body)
	for c.More() {
		e, err := readExtension(c, f)
		if err != nil {
			return list, err
		}
		if seen[e.ID] {
			// RFC 5280 §4.2: MUST NOT include more than one instance.
			f.broken(extensionPlace(e.ID), "appears more than once")
		}
		seen[e.ID] = true
		list = append(list, e)
	}
	if len(list) == 0 {
		f.odd("extensions", "an empty list") // RFC 5280 §4.1: SIZE (1..MAX)
	}
	return list, c.Done()
}

func readExtension(c *der.Cursor, f *faults) (Extension, error) {
	seq := c.Sequence()
	e := Extension{ID: seq.OID()}
	if v, ok := seq.Optional(der.Boolean); ok {
		critical, err := lenientBool(v, extensionPlace(e.ID), f)
		if err != nil {
			return e, err
		}
		if !critical {
			f.odd(extensionPlace(e.ID), "critical FALSE is written out") // X.690 §11.5
		}
		e.Critical = critical
	}
	e.Value = seq.OctetString()
	if err := seq.Done(); err != nil {
		return e, fmt.Errorf("extension: %w", err)
	}
	return e, nil
}

func findExtension(list []Extension, id der.OID) (Extension, bool) {
	for _, e := range list {
		if e.ID == id {
			return e, true
		}
	}
	return Extension{}, false
}

// extensionPlace names an extension in a Fault.
func extensionPlace(id der.OID) string { return "extension " + id.String() }

// makeExtension builds an extension around an encoded value.
func makeExtension(id der.OID, critical bool, value func(*der.Builder)) (Extension, error) {
	var b der.Builder
	value(&b)
	raw, err := b.Bytes()
	if err != nil {
		return Extension{}, fmt.Errorf("build %s: %w", extensionPlace(id), err)
	}
	return Extension{ID: id, Critical: critical, Value: raw}, nil
}

// buildExtensions writes Extensions (RFC 5280 §4.1): the SEQUENCE OF, without a tag around it.
func buildExtensions(b *der.Builder, list []Extension) {
	b.Sequence(func(b *der.Builder) {
		for _, e := range list {
			b.Sequence(func(b *der.Builder) {
				b.OID(e.ID)
				if e.Critical {
					b.Bool(true)
				}
				b.OctetString(e.Value)
			})
		}
	})
}
