package pki

import (
	"crypto/x509"
	"fmt"
)

// X509 returns the certificate as the standard library reads it, which refuses many that are read
// here.
func (c *Certificate) X509() (*x509.Certificate, error) {
	std, err := x509.ParseCertificate(c.Raw)
	if err != nil {
		return nil, fmt.Errorf("certificate for the standard library: %w", err)
	}
	return std, nil
}

// FromX509 returns the standard library's certificate as read here.
func FromX509(std *x509.Certificate) (*Certificate, error) { return ParseCertificate(std.Raw) }
