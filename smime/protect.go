package smime

import (
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
)

// Protection puts the header fields of a message inside its cryptographic envelope, where they are
// signed or encrypted with the body (RFC 9788 §5.2).
type Protection struct {
	// Encrypted says that encryption is part of the envelope, now or by a later Encrypt:
	// fields are then shown outside as Policy says. It must be true exactly when that is so.
	Encrypted bool
	Policy    HeaderPolicy // zero takes HeadersBaseline
}

// HeaderPolicy is a Header Confidentiality Policy (RFC 9788 §3): what of a field stays visible
// outside the encryption.
type HeaderPolicy string

// The policies of RFC 9788 §3.2.
const (
	HeadersBaseline HeaderPolicy = "baseline" // Subject becomes "[...]"; Keywords and Comments vanish (§3.2.1)
	HeadersShy      HeaderPolicy = "shy"      // also without display names (§3.2.2)
	HeadersVisible  HeaderPolicy = "visible"  // everything stays visible (§3.2.3)
)

// outside returns the value of a field that stays visible, and false when none does.
func (p HeaderPolicy) outside(f eml.Field) (string, bool) {
	value := f.Value()
	if p == HeadersVisible {
		return value, true
	}
	switch strings.ToLower(f.Name) {
	case "subject":
		return "[...]", true
	case "keywords", "comments":
		return "", false
	case "from", "to", "cc", "sender", "reply-to":
		if p == HeadersShy {
			return withoutNames(value), true
		}
	}
	return value, true
}

// withoutNames returns an address field's bare addresses.
func withoutNames(value string) string {
	list := eml.ParseAddressList(value)
	if len(list.Addresses) == 0 {
		return value
	}
	bare := make([]string, len(list.Addresses))
	for i, a := range list.Addresses {
		bare[i] = a.Addr()
	}
	return strings.Join(bare, ", ")
}

// structural tells whether a field describes the body and moves with it (RFC 9788 §1.1.1).
func structural(f eml.Field) bool {
	name := strings.ToLower(f.Name)
	return strings.HasPrefix(name, "content-") || name == "mime-version"
}

// transit lists the fields that are added on the way or must not be repeated: they are never
// protected. Bcc never stands inside (RFC 9787 §9.4; STANDARDS item 33).
var transit = []string{"received", "return-path", "delivered-to", "dkim-signature", "authentication-results",
	"received-spf", "bcc", "resent-bcc", "hp-outer"}

// protectable tells whether a field is its author's and belongs inside the envelope.
func protectable(f eml.Field) bool {
	name := strings.ToLower(f.Name)
	return !structural(f) && !slices.Contains(transit, name) && !strings.HasPrefix(name, "arc-")
}

// apply moves an entity's fields inside, as Compose of RFC 9788 §5.2.1 does.
func (p *Protection) apply(e *entity) error {
	mode := HeadersClear
	if p.Encrypted {
		mode = HeadersCipher
	}
	inner, err := markProtected(e.fields, mode)
	if err != nil {
		return err
	}
	var outer []eml.Field
	for _, f := range e.outer {
		if !protectable(f) {
			if !f.Is("HP-Outer") {
				outer = append(outer, f)
			}
			continue
		}
		inner = append(inner, f)
		if !p.Encrypted {
			outer = append(outer, f)
			continue
		}
		shown, note, err := p.shown(f)
		if err != nil {
			return err
		}
		outer, inner = append(outer, shown...), append(inner, note...)
	}
	e.outer, e.fields = outer, inner
	return nil
}

// shown returns the field that stays outside the encryption and the HP-Outer field that records it
// inside (RFC 9788 §2.2); nothing of both when the field vanishes.
func (p *Protection) shown(f eml.Field) (outside, note []eml.Field, err error) {
	value, ok := p.Policy.outside(f)
	if !ok {
		return nil, nil, nil
	}
	if value != f.Value() {
		if f, err = newField(f.Name, value); err != nil {
			return nil, nil, err
		}
	}
	n, err := newField("HP-Outer", f.Name+": "+value)
	return []eml.Field{f}, []eml.Field{n}, err
}

// markProtected sets the hp parameter on the payload's Content-Type (RFC 9788 §2.1.1).
func markProtected(fields []eml.Field, mode HeaderMode) ([]eml.Field, error) {
	t, rest := eml.MediaType{Type: "text", Subtype: "plain"}, []eml.Field(nil)
	for _, f := range fields {
		if f.Is("Content-Type") {
			t, _ = eml.ParseMediaType(f.Value())
			continue
		}
		rest = append(rest, f)
	}
	t.Params = slices.DeleteFunc(slices.Clone(t.Params), func(q eml.Param) bool { return q.Name == "hp" })
	t.Params = append(t.Params, eml.Param{Name: "hp", Value: string(mode)})
	raw, err := eml.AppendTypeField(nil, "Content-Type", t)
	if err != nil {
		return nil, fmt.Errorf("mark the protected header: %w", err)
	}
	return append([]eml.Field{{Name: "Content-Type", Raw: raw}}, rest...), nil
}

// newField makes a field that was not received.
func newField(name, value string) (eml.Field, error) {
	raw, err := eml.AppendField(nil, name, value)
	return eml.Field{Name: name, Raw: raw}, err
}
