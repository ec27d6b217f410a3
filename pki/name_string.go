package pki

import (
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// String prints the name by RFC 4514: the most specific RDN first.
func (n Name) String() string {
	var b strings.Builder
	for i := len(n.RDNs) - 1; i >= 0; i-- {
		for j, a := range n.RDNs[i] {
			if j > 0 {
				b.WriteByte('+')
			}
			b.WriteString(a.String())
		}
		if i > 0 {
			b.WriteByte(',')
		}
	}
	return b.String()
}

// String prints the attribute by RFC 4514 §2.3 and §2.4.
func (a Attribute) String() string {
	label, known := attributeLabel(a.Type)
	if !known || !a.isText() {
		// RFC 4514 §2.4: a type without a short name, or a value that is no string, prints as #hex.
		return label + "=#" + hex.EncodeToString(a.Raw)
	}
	return label + "=" + escapeValue(a.Text)
}

// escapeValue escapes a value by RFC 4514 §2.4. Beyond the RFC, characters that do not show or that
// change the direction of text are escaped too, so that a name cannot look like another.
func escapeValue(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case strings.ContainsRune(`"+,;<>\`, r),
			i == 0 && (r == ' ' || r == '#'),
			r == ' ' && i == len(s)-1:
			b.WriteByte('\\')
			b.WriteRune(r)
		case r != ' ' && !unicode.IsPrint(r):
			for _, c := range []byte(string(r)) {
				b.WriteByte('\\')
				b.WriteString(hex.EncodeToString([]byte{c}))
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CommonName returns the most specific common name, or "".
func (n Name) CommonName() string { return n.Get(alg.OIDAttrCommonName) }

// Organization returns the most specific organisation name, or "".
func (n Name) Organization() string { return n.Get(alg.OIDAttrOrganization) }

// Country returns the most specific country, or "".
func (n Name) Country() string { return n.Get(alg.OIDAttrCountry) }

// Get returns the text of the most specific attribute of a type, or "".
func (n Name) Get(t der.OID) string {
	if all := n.All(t); len(all) > 0 {
		return all[len(all)-1]
	}
	return ""
}

// All returns the texts of every attribute of a type, in the order of the encoding.
func (n Name) All(t der.OID) []string {
	var out []string
	for _, rdn := range n.RDNs {
		for _, a := range rdn {
			if a.Type == t && a.isText() {
				out = append(out, a.Text)
			}
		}
	}
	return out
}

// Display returns what a person is shown for the name: the common name, else a name of a person or
// an organisation, else an address, else the whole name.
func (n Name) Display() string {
	if cn := n.CommonName(); cn != "" {
		return cn
	}
	person := strings.TrimSpace(n.Get(alg.OIDAttrGivenName) + " " + n.Get(alg.OIDAttrSurname))
	for _, s := range []string{
		person, n.Get(alg.OIDAttrPseudonym), n.Organization(), n.Get(alg.OIDAttrOrganizationalUnit), n.Get(alg.OIDAttrEmailAddress),
	} {
		if s != "" {
			return s
		}
	}
	return n.String()
}
