package pki

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// AccessDescription says where more about a certificate is found (RFC 5280 §4.2.2.1).
type AccessDescription struct {
	Method   der.OID
	Location GeneralName
}

// OCSPServers returns the addresses of OCSP responders (RFC 6960 §3.1).
func (c *Certificate) OCSPServers() []string { return accessURIs(c.Access, alg.OIDAccessOCSP) }

// IssuerURIs returns the addresses where certificates of the issuer are found (RFC 5280 §4.2.2.1).
func (c *Certificate) IssuerURIs() []string { return accessURIs(c.Access, alg.OIDAccessCAIssuers) }

func accessURIs(list []AccessDescription, method der.OID) []string {
	var out []string
	for _, a := range list {
		if a.Method == method && a.Location.Kind == URIName {
			out = append(out, a.Location.Text)
		}
	}
	return out
}

func parseAccess(value []byte, where string, f *faults) ([]AccessDescription, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var list []AccessDescription
	for seq.More() {
		one := seq.Sequence()
		a := AccessDescription{Method: one.OID()}
		location := one.Next()
		if err := one.Done(); err != nil {
			return nil, err
		}
		var err error
		if a.Location, err = readGeneralName(location, where, f); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, errors.Join(seq.Done(), c.Done())
}

// AccessExtension makes authorityInfoAccess, not critical (RFC 5280 §4.2.2.1).
func AccessExtension(list ...AccessDescription) (Extension, error) {
	return makeExtension(alg.OIDExtAuthorityInfoAccess, false, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, a := range list {
				b.Sequence(func(b *der.Builder) {
					b.OID(a.Method)
					a.Location.build(b)
				})
			}
		})
	})
}
