package pki

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// NameKind is the choice taken in a GeneralName; the values are the tag numbers of RFC 5280 §4.2.1.6.
type NameKind int

// The kinds of general names.
const (
	OtherName     NameKind = 0
	RFC822Name    NameKind = 1
	DNSName       NameKind = 2
	X400Address   NameKind = 3
	DirectoryName NameKind = 4
	EDIPartyName  NameKind = 5
	URIName       NameKind = 6
	IPAddress     NameKind = 7
	RegisteredID  NameKind = 8
)

func (k NameKind) String() string {
	switch k {
	case OtherName:
		return "otherName"
	case RFC822Name:
		return "rfc822Name"
	case DNSName:
		return "dNSName"
	case X400Address:
		return "x400Address"
	case DirectoryName:
		return "directoryName"
	case EDIPartyName:
		return "ediPartyName"
	case URIName:
		return "URI"
	case IPAddress:
		return "iPAddress"
	case RegisteredID:
		return "registeredID"
	}
	return fmt.Sprintf("general name [%d]", int(k))
}

// GeneralName is one GeneralName (RFC 5280 §4.2.1.6). Which fields are set depends on Kind.
type GeneralName struct {
	Kind      NameKind
	Text      string  // rfc822Name, dNSName, URI; otherName when it is SmtpUTF8Mailbox or a user principal name
	Directory Name    // directoryName
	ID        der.OID // registeredID; otherName: its type-id
	Bytes     []byte  // iPAddress: octets (with the mask in name constraints); otherName: the value with its header; x400Address and ediPartyName: contents
	Raw       []byte  // the whole name, with its header
}

// SmtpUTF8Mailbox returns the address of an otherName of that type (RFC 9598 §3).
func (g GeneralName) SmtpUTF8Mailbox() (string, bool) {
	return g.Text, g.Kind == OtherName && g.ID == alg.OIDOtherNameSmtpUTF8Mailbox && g.Text != ""
}

// String prints the name with its kind: "rfc822Name:alice@example.org".
func (g GeneralName) String() string { return g.Kind.String() + ":" + g.value() }

func (g GeneralName) value() string {
	switch g.Kind {
	case RFC822Name, DNSName, URIName:
		return printable(g.Text)
	case DirectoryName:
		return g.Directory.String()
	case RegisteredID:
		return g.ID.String()
	case IPAddress:
		return ipText(g.Bytes)
	case OtherName:
		if g.Text != "" {
			return g.ID.String() + ";" + printable(g.Text)
		}
		return fmt.Sprintf("%s;#%x", g.ID, g.Bytes)
	}
	return fmt.Sprintf("#%x", g.Bytes)
}

func ipText(b []byte) string {
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.String()
	}
	if len(b) == 8 || len(b) == 32 {
		a, _ := netip.AddrFromSlice(b[:len(b)/2])
		m, _ := netip.AddrFromSlice(b[len(b)/2:])
		return a.String() + "/" + m.String()
	}
	return fmt.Sprintf("#%x", b)
}

// GeneralNames is a list of general names, such as a subjectAltName.
type GeneralNames []GeneralName

// Of returns the names of one kind.
func (l GeneralNames) Of(k NameKind) GeneralNames {
	var out GeneralNames
	for _, g := range l {
		if g.Kind == k {
			out = append(out, g)
		}
	}
	return out
}

// Texts returns the texts of the names of one kind, such as every URI.
func (l GeneralNames) Texts(k NameKind) []string {
	var out []string
	for _, g := range l.Of(k) {
		out = append(out, g.Text)
	}
	return out
}

// readGeneralNames reads the contents of a GeneralNames.
func readGeneralNames(body []byte, where string, f *faults) (GeneralNames, error) {
	var out GeneralNames
	c := der.NewCursor(body)
	for c.More() {
		v := c.Next()
		if c.Err() != nil {
			break
		}
		g, err := readGeneralName(v, where, f)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	if len(out) == 0 && c.Err() == nil {
		f.odd(where, "an empty list of names") // RFC 5280 §4.2.1.6: at least one
	}
	return out, c.Done()
}

func readGeneralName(v der.Value, where string, f *faults) (GeneralName, error) {
	g := GeneralName{Kind: -1, Raw: v.Raw}
	for k := OtherName; k <= RegisteredID; k++ {
		if v.Tag == der.Context(uint32(k)) {
			g.Kind = k
		}
	}
	var err error
	switch g.Kind {
	case RFC822Name, DNSName, URIName:
		err = g.readText(v, where, f)
	case DirectoryName:
		g.Directory, err = readName(v.Body, where+" directoryName", f)
	case IPAddress:
		g.Bytes = v.Body
		if n := len(v.Body); n != 4 && n != 16 && n != 8 && n != 32 {
			f.odd(where, "iPAddress of %d octets", n)
		}
	case RegisteredID:
		g.ID = der.OID(v.Body)
	case OtherName:
		err = g.readOther(v, where, f)
	case X400Address, EDIPartyName:
		g.Bytes = v.Body
	default:
		err = fmt.Errorf("unknown kind of general name, tag %v", v.Tag)
	}
	return g, err
}

// readText takes an IA5String. Characters outside ASCII are kept: some authorities write addresses
// in UTF-8 here, and a person should see them.
func (g *GeneralName) readText(v der.Value, where string, f *faults) error {
	if v.Constructed {
		return fmt.Errorf("%v is not a primitive string", g.Kind)
	}
	text, odd, _ := decodeRestricted(v.Body, g.Kind.String(), isASCII)
	g.Text = text
	switch {
	case odd != "":
		f.odd(where, "%s", odd)
	case text == "":
		f.odd(where, "empty %v", g.Kind)
	case printable(text) != text:
		f.odd(where, "%v holds control characters", g.Kind)
	}
	return nil
}

// readOther reads type-id and [0] EXPLICIT value. RFC 9598 §3: SmtpUTF8Mailbox is a UTF8String.
func (g *GeneralName) readOther(v der.Value, where string, f *faults) error {
	c := der.NewCursor(v.Body)
	g.ID = c.OID()
	inner, present := c.Explicit(0)
	if !present {
		return errors.Join(c.Err(), errors.New("otherName without a value"))
	}
	value := inner.Next()
	if err := errors.Join(inner.Done(), c.Done()); err != nil {
		return fmt.Errorf("otherName: %w", err)
	}
	g.Bytes = value.Raw
	if g.ID != alg.OIDOtherNameSmtpUTF8Mailbox && g.ID != alg.OIDOtherNameUPN {
		return nil
	}
	text, odd, ok := decodeText(value)
	if !ok || value.Tag != der.UTF8String {
		f.odd(where, "otherName %s is not a UTF8String %s", g.ID, odd)
		return nil
	}
	g.Text = text
	return nil
}
