package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// OCSPRequest is a question about certificates (RFC 6960 §4.1).
type OCSPRequest struct {
	Raw        []byte
	RawTBS     []byte
	Requestor  *GeneralName // requestorName; nil when absent
	CertIDs    []CertID
	Nonce      []byte // RFC 9654; nil when absent
	Extensions []Extension

	SignatureAlgorithm alg.Identifier // empty when the request is not signed
	Signature          []byte
	Certificates       []*Certificate

	Faults []Fault
}

// ParseOCSPRequest reads an OCSPRequest (RFC 6960 §4.1.1).
func ParseOCSPRequest(raw []byte) (*OCSPRequest, error) {
	var f faults
	outer, err := readOuter(raw, "OCSP request", &f)
	if err != nil {
		return nil, fmt.Errorf("OCSP request: %w", err)
	}
	r := &OCSPRequest{Raw: outer.Raw}
	c := der.NewCursor(outer.Body)
	tbs := c.Expect(der.Sequence)
	wrapped, signed := c.Explicit(0)
	err = c.Done()
	if err == nil && signed {
		err = r.readSignature(wrapped, &f)
	}
	if err == nil {
		r.RawTBS = tbs.Raw
		err = r.readTBS(der.NewCursor(tbs.Body), &f)
	}
	if err != nil {
		return nil, fmt.Errorf("OCSP request: %w", err)
	}
	r.Faults = f
	return r, nil
}

func (r *OCSPRequest) readTBS(c *der.Cursor, f *faults) error {
	readVersion(c, f)
	if v, ok := c.Optional(der.Context(1)); ok {
		inner, rest, err := der.Parse(v.Body)
		if err != nil || len(rest) > 0 {
			return errors.New("requestorName is not one general name")
		}
		g, err := readGeneralName(inner, "requestorName", f)
		if err != nil {
			return err
		}
		r.Requestor = &g
	}
	list := c.Sequence()
	for list.More() {
		one := list.Sequence()
		id := readCertID(one)
		one.Explicit(0) // singleRequestExtensions: none bears on the answer
		if err := one.Done(); err != nil {
			return fmt.Errorf("request %d: %w", len(r.CertIDs)+1, err)
		}
		r.CertIDs = append(r.CertIDs, id)
	}
	if err := list.Done(); err != nil {
		return err
	}
	if wrapped, ok := c.Explicit(2); ok {
		extensions := wrapped.Expect(der.Sequence)
		err := wrapped.Done()
		if err == nil {
			r.Extensions, err = readExtensions(extensions.Body, f)
		}
		if err != nil {
			return fmt.Errorf("requestExtensions: %w", err)
		}
	}
	if e, ok := findExtension(r.Extensions, alg.OIDOCSPNonce); ok {
		r.Nonce = readNonce(e.Value)
	}
	return c.Done()
}

func (r *OCSPRequest) readSignature(wrapped *der.Cursor, f *faults) error {
	seq := wrapped.Sequence()
	r.SignatureAlgorithm = alg.ParseIdentifier(seq)
	r.Signature = readSignature(seq, f)
	if certs, ok := seq.Explicit(0); ok {
		list := certs.Sequence()
		for list.More() {
			if c, err := ParseCertificate(list.Next().Raw); err == nil {
				r.Certificates = append(r.Certificates, c)
			}
		}
		if err := errors.Join(list.Done(), certs.Done()); err != nil {
			return err
		}
	}
	return errors.Join(seq.Done(), wrapped.Done())
}

// CreateOCSPRequest asks about certificates. A nonce of 32 octets is best (RFC 9654 §2.1); nil asks
// without, so that the answer may come out of a cache (RFC 5019 §4).
func CreateOCSPRequest(ids []CertID, nonce []byte) ([]byte, error) {
	if len(ids) == 0 || len(nonce) > 128 {
		return nil, errors.New("an OCSP request needs a certificate, and its nonce has at most 128 octets")
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				for _, id := range ids {
					b.Sequence(func(b *der.Builder) { rawElement(b, id.Raw, "certID") })
				}
			})
			if nonce != nil {
				b.Explicit(2, func(b *der.Builder) { buildExtensions(b, []Extension{NonceExtension(nonce)}) })
			}
		})
	})
	return b.Bytes()
}

// NonceExtension makes the nonce of an OCSP request or answer (RFC 9654 §2.1).
func NonceExtension(nonce []byte) Extension {
	var b der.Builder
	b.OctetString(nonce)
	value, _ := b.Bytes()
	return Extension{ID: alg.OIDOCSPNonce, Value: value}
}
