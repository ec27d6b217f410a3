package pki

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// OCSPTemplate is an OCSP answer to be made (RFC 6960 §4.2).
type OCSPTemplate struct {
	ProducedAt   time.Time        // required
	Responses    []SingleResponse // required; of each CertID.Raw, the status and the times are used
	Nonce        []byte           // copied from the request; nil for none (RFC 9654)
	ByName       bool             // name the responder by its name instead of its key
	Certificates []*Certificate   // sent along, usually the responder's own
	Extensions   []Extension      // added to the nonce
	Signing      alg.SignOptions
}

// CreateOCSP makes a successful OCSPResponse in DER, signed by a responder.
func CreateOCSP(t OCSPTemplate, responder *Certificate, signer crypto.Signer) ([]byte, error) {
	if len(t.Responses) == 0 || t.ProducedAt.IsZero() {
		return nil, errors.New("create OCSP answer: it needs a time and a certificate to speak of")
	}
	scheme, err := alg.SignatureFor(signer.Public(), t.Signing)
	if err != nil {
		return nil, fmt.Errorf("create OCSP answer: %w", err)
	}
	data, err := t.data(responder)
	if err != nil {
		return nil, fmt.Errorf("create OCSP answer: %w", err)
	}
	signature, err := scheme.SignMessage(signer, data)
	if err != nil {
		return nil, fmt.Errorf("create OCSP answer: %w", err)
	}
	var basic, b der.Builder
	basic.Sequence(func(b *der.Builder) {
		b.Raw(data)
		scheme.Identifier.Append(b)
		b.BitString(der.BitString{Bytes: signature})
		if len(t.Certificates) > 0 {
			b.Explicit(0, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) {
					for _, c := range t.Certificates {
						b.Raw(c.Raw)
					}
				})
			})
		}
	})
	raw, err := basic.Bytes()
	if err != nil {
		return nil, fmt.Errorf("create OCSP answer: %w", err)
	}
	b.Sequence(func(b *der.Builder) {
		b.Enumerated(int64(OCSPSuccessful))
		b.Explicit(0, func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.OID(alg.OIDOCSPBasic)
				b.OctetString(raw)
			})
		})
	})
	return b.Bytes()
}

// CreateOCSPError makes the unsigned answer that says why there is none (RFC 6960 §2.3).
func CreateOCSPError(status OCSPStatus) ([]byte, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) { b.Enumerated(int64(status)) })
	return b.Bytes()
}

// data returns the ResponseData.
func (t OCSPTemplate) data(responder *Certificate) ([]byte, error) {
	extensions := t.Extensions
	if t.Nonce != nil {
		extensions = append([]Extension{NonceExtension(t.Nonce)}, extensions...)
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		if t.ByName {
			b.Explicit(1, responder.Subject.build)
		} else {
			b.Explicit(2, func(b *der.Builder) { b.OctetString(responder.KeyHash()) })
		}
		b.GeneralizedTime(t.ProducedAt)
		b.Sequence(func(b *der.Builder) {
			for _, s := range t.Responses {
				b.Sequence(s.build)
			}
		})
		if len(extensions) > 0 {
			b.Explicit(1, func(b *der.Builder) { buildExtensions(b, extensions) })
		}
	})
	return b.Bytes()
}

// build writes the fields of a SingleResponse.
func (s SingleResponse) build(b *der.Builder) {
	rawElement(b, s.CertID.Raw, "certID")
	switch s.Status {
	case OCSPRevoked:
		b.Implicit(der.Context(1), true, func(b *der.Builder) {
			b.GeneralizedTime(s.Revoked)
			if s.HasReason {
				b.Explicit(0, func(b *der.Builder) { b.Enumerated(int64(s.Reason)) })
			}
		})
	default:
		b.Implicit(der.Context(uint32(s.Status)), false, func(*der.Builder) {})
	}
	b.GeneralizedTime(s.ThisUpdate)
	if !s.NextUpdate.IsZero() {
		b.Explicit(0, func(b *der.Builder) { b.GeneralizedTime(s.NextUpdate) })
	}
	if len(s.Extensions) > 0 {
		b.Explicit(1, func(b *der.Builder) { buildExtensions(b, s.Extensions) })
	}
}

// rawElement writes an element that must be there.
func rawElement(b *der.Builder, raw []byte, what string) {
	if len(raw) == 0 {
		b.Fail(errors.New(what + " is missing"))
		return
	}
	b.Raw(raw)
}
