package pki

import (
	"fmt"
	"net/netip"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Mailbox returns the general name of an address: rfc822Name when it is ASCII, else the
// SmtpUTF8Mailbox of RFC 9598 §3. The domain must be in A-labels and lower case, which the caller sees to.
func Mailbox(address string) GeneralName {
	for i := 0; i < len(address); i++ {
		if !isASCII(address[i]) {
			return SmtpUTF8(address)
		}
	}
	return textName(RFC822Name, address)
}

// SmtpUTF8 returns the otherName SmtpUTF8Mailbox (RFC 9598 §3).
func SmtpUTF8(address string) GeneralName {
	var b der.Builder
	b.UTF8String(address)
	value, err := b.Bytes()
	if err != nil {
		return GeneralName{Kind: OtherName} // without Raw: building with it fails
	}
	g := Other(alg.OIDOtherNameSmtpUTF8Mailbox, value)
	g.Text = address
	return g
}

// Other returns an otherName with an encoded value.
func Other(id der.OID, value []byte) GeneralName {
	g := GeneralName{Kind: OtherName, ID: id, Bytes: value}
	g.encode(true, func(b *der.Builder) {
		b.OID(id)
		b.Explicit(0, func(b *der.Builder) { b.Raw(value) })
	})
	return g
}

// RFC822 returns an rfc822Name: an address, and in name constraints also a host or a ".domain".
func RFC822(address string) GeneralName { return textName(RFC822Name, address) }

// DNS returns a dNSName.
func DNS(host string) GeneralName { return textName(DNSName, host) }

// URI returns a uniformResourceIdentifier.
func URI(uri string) GeneralName { return textName(URIName, uri) }

// Directory returns a directoryName.
func Directory(n Name) GeneralName {
	g := GeneralName{Kind: DirectoryName, Directory: n}
	g.encode(true, n.build) // explicit: Name is a CHOICE
	return g
}

// IP returns an iPAddress.
func IP(a netip.Addr) GeneralName {
	g := GeneralName{Kind: IPAddress, Bytes: a.AsSlice()}
	g.encode(false, func(b *der.Builder) { b.AppendBytes(g.Bytes) })
	return g
}

// textName keeps Raw empty for a text that is not ASCII: building with it fails.
func textName(k NameKind, text string) GeneralName {
	g := GeneralName{Kind: k, Text: text}
	for i := 0; i < len(text); i++ {
		if !isASCII(text[i]) {
			return g
		}
	}
	g.encode(false, func(b *der.Builder) { b.AppendBytes([]byte(text)) })
	return g
}

func (g *GeneralName) encode(constructed bool, contents func(*der.Builder)) {
	var b der.Builder
	b.Implicit(der.Context(uint32(g.Kind)), constructed, contents)
	g.Raw, _ = b.Bytes()
}

// build writes the names one after another.
func (l GeneralNames) build(b *der.Builder) {
	for _, g := range l {
		g.build(b)
	}
}

// build writes the name. One that could not be encoded has no Raw.
func (g GeneralName) build(b *der.Builder) {
	if len(g.Raw) == 0 {
		b.Fail(fmt.Errorf("%v %q does not fit into its type", g.Kind, clip(g.Text)))
		return
	}
	b.Raw(g.Raw)
}

// SubjectAltNameExtension makes subjectAltName. It must be critical when the subject is empty
// (RFC 5280 §4.2.1.6).
func SubjectAltNameExtension(critical bool, names ...GeneralName) (Extension, error) {
	return makeExtension(alg.OIDExtSubjectAltName, critical, func(b *der.Builder) {
		b.Sequence(GeneralNames(names).build)
	})
}

// IssuerAltNameExtension makes issuerAltName, not critical.
func IssuerAltNameExtension(names ...GeneralName) (Extension, error) {
	return makeExtension(alg.OIDExtIssuerAltName, false, func(b *der.Builder) {
		b.Sequence(GeneralNames(names).build)
	})
}
