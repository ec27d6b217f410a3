package eml

import (
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// Address is one mailbox of an address field (RFC 5322 §3.4, RFC 6532).
type Address struct {
	Name     string   // display name, unquoted and decoded (RFC 2047)
	Local    string   // local part, unquoted
	Domain   string   // domain as written, without comments and white space; [1.2.3.4] keeps its brackets
	Comments []string // decoded
	Group    string   // name of the group it stands in
	Raw      string   // as it stands in the field
	Range    Range    // of Raw in the text given
}

// Addr returns local@domain, the local part quoted where it needs to be.
func (a Address) Addr() string {
	local := a.Local
	if !isDotAtom(local) {
		local = quote(local)
	}
	if a.Domain == "" {
		return local
	}
	return local + "@" + a.Domain
}

// Place says where in an address field a hidden address was seen.
type Place string

// The places of hidden addresses.
const (
	InName    Place = "display name"
	InComment Place = "comment"
	InWord    Place = "encoded word"
	InGroup   Place = "group name"
	InJunk    Place = "text outside any address"
	InLocal   Place = "local part"
)

// Hidden is text that reads like an address but is not one by the grammar. A mail program may show it
// as the sender all the same.
type Hidden struct {
	Address Address // Range is that of the text in which it was seen
	Place   Place
}

// AddressList is everything an address field may show a person.
type AddressList struct {
	Addresses []Address
	Groups    []string // names of groups, the empty ones too
	Hidden    []Hidden
	Faults    []Fault
}

// What is read of one field. Beyond it a fault says that something was left aside.
const (
	longestAddressField = 1 << 20
	mostAddresses       = 30_000
	mostHidden          = 1_000
	mostAddressFaults   = 100
)

// ParseAddressList reads the value of From, Sender, To and their like, unfolded or not. It never fails and loses
// nothing that looks like an address: where text can be read as one address or another, it gives both and a fault.
// Obsolete forms that have one meaning (RFC 5322 §4.4) are no fault, except source routes.
func ParseAddressList(value string) AddressList {
	p := &addressParser{s: value}
	if len(value) > longestAddressField {
		p.s = value[:longestAddressField]
		p.fault(finding.AddressTooMany, longestAddressField, len(value), "the field is too long")
	}
	p.tokenize()
	p.elements()
	return p.list
}

// isAtomText tells whether a byte may stand in an atom (RFC 5322 §3.2.3, RFC 6532 §3.2).
func isAtomText(c byte) bool {
	return c >= 0x80 || c > ' ' && c != 0x7F && !strings.ContainsRune("()<>[]:;@\\,.\"", rune(c))
}

// isDotAtom tells whether a local part or domain needs no quotes.
func isDotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		if s[i] != '.' && !isAtomText(s[i]) {
			return false
		}
	}
	return true
}

// quote returns a quoted string (RFC 5322 §3.2.4).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}

// unquoted removes the quotes or brackets around s, and the backslashes in it.
func unquoted(s string) string {
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
