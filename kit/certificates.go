package kit

import (
	"bytes"
	"encoding/pem"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/pki"
)

// Certificates writes certificates alone for those who kept their key, as the .p7c file that every mail program
// imports: the person's own first, then the chain.
func Certificates(own []*pki.Certificate, chain []*pki.Certificate) ([]byte, error) {
	// RFC 8551 §3.8: a SignedData without signers, its content absent.
	o := cms.SignedOptions{Certificates: append(own[:len(own):len(own)], chain...), Detached: true}
	d, err := cms.NewDigests(o)
	if err != nil {
		return nil, err
	}
	m, err := cms.Sign(o, d)
	if err != nil {
		return nil, err
	}
	return m.Detached(), nil
}

// CertificatesPEM writes the same as PEM, for programs that take their keys from PEM files.
func CertificatesPEM(own []*pki.Certificate, chain []*pki.Certificate) []byte {
	var out bytes.Buffer
	for _, c := range append(own[:len(own):len(own)], chain...) {
		pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	}
	return out.Bytes()
}
