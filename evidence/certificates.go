package evidence

import (
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
)

// certificatesIn reads what stands at the address of an issuer: a certificate in DER, or a certs-only message
// (RFC 5280 §4.2.2.1). PEM is met too.
func certificatesIn(body []byte) []*pki.Certificate {
	if c, err := pki.ParseCertificate(body); err == nil {
		return []*pki.Certificate{c}
	}
	b, err := keyfile.Read(body, keyfile.Options{})
	if err != nil {
		return nil
	}
	return b.Certificates
}
