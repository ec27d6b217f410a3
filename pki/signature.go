package pki

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
)

// CheckSignatureFrom checks the certificate's signature by the issuer's key, nothing else:
// names, validity and Faults are for a path validation.
func (c *Certificate) CheckSignatureFrom(issuer *Certificate, allow alg.Allow) error {
	return c.CheckSignatureBy(issuer.PublicKey, allow)
}

// CheckSignatureBy checks the certificate's signature by a key (RFC 5280 §6.1.3 (a)(1)).
func (c *Certificate) CheckSignatureBy(key crypto.PublicKey, allow alg.Allow) error {
	return signed{"certificate", c.RawTBS, c.SignatureAlgorithm, c.Signature}.check(key, allow)
}

// CheckSignatureBy checks the list's signature by a key (RFC 5280 §6.3.3 (g)).
func (c *CRL) CheckSignatureBy(key crypto.PublicKey, allow alg.Allow) error {
	return signed{"CRL", c.RawTBS, c.SignatureAlgorithm, c.Signature}.check(key, allow)
}

// CheckSignatureBy checks the answer's signature by a key (RFC 6960 §3.2).
func (r *OCSPResponse) CheckSignatureBy(key crypto.PublicKey, allow alg.Allow) error {
	return signed{"OCSP answer", r.RawTBS, r.SignatureAlgorithm, r.Signature}.check(key, allow)
}

// CheckSignatureBy checks the signature of a signed request by the requestor's key (RFC 6960 §4.1.2).
func (r *OCSPRequest) CheckSignatureBy(key crypto.PublicKey, allow alg.Allow) error {
	return signed{"OCSP request", r.RawTBS, r.SignatureAlgorithm, r.Signature}.check(key, allow)
}

// CheckSignature checks that who made the request has the private key (RFC 2986 §3).
func (r *Request) CheckSignature(allow alg.Allow) error {
	return signed{"certification request", r.RawTBS, r.SignatureAlgorithm, r.Signature}.check(r.PublicKey, allow)
}

// signed is what all signed objects have in common (RFC 5280 §4.1.1).
type signed struct {
	what      string
	tbs       []byte
	algorithm alg.Identifier
	signature []byte
}

func (s signed) check(key crypto.PublicKey, allow alg.Allow) error {
	if key == nil {
		return fmt.Errorf("%s: the key to check it with cannot be read", s.what)
	}
	if s.tbs == nil || s.signature == nil {
		return fmt.Errorf("%s: %w", s.what, errUnsigned)
	}
	v, err := alg.NewVerifier(s.algorithm, nil, key, allow)
	if err == nil {
		err = v.VerifyMessage(s.tbs, s.signature)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.what, err)
	}
	return nil
}

var errUnsigned = errors.New("it carries no readable signature")
