package pki

import (
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Template is a certificate to be made (RFC 5280 §4.1). Extensions are written as given and in their
// order; KeyUsageExtension and its like make them. Nothing is added: not even a key identifier.
type Template struct {
	Serial     *big.Int         // required
	Subject    Name             // may be empty
	NotBefore  time.Time        // required
	NotAfter   time.Time        // required
	PublicKey  crypto.PublicKey // the subject's key; any that alg.MarshalPublicKey knows
	RawSPKI    []byte           // used instead of PublicKey when set
	Extensions []Extension      // none makes a version 1 certificate
	Signing    alg.SignOptions  // the zero value takes the algorithm that fits the signer's key
}

// CreateCertificate makes a certificate in DER. The issuer's name is taken byte by byte from its
// certificate (S/MIME BR §7.1.4.1); a nil issuer stands for the subject itself.
func CreateCertificate(t Template, issuer *Certificate, signer crypto.Signer) ([]byte, error) {
	scheme, err := alg.SignatureFor(signer.Public(), t.Signing)
	if err != nil {
		return nil, fmt.Errorf("create certificate: %w", err)
	}
	name := t.Subject
	if issuer != nil {
		name = issuer.Subject
	}
	tbs, err := t.TBS(name, scheme.Identifier)
	if err != nil {
		return nil, fmt.Errorf("create certificate: %w", err)
	}
	return SignTBS(tbs, scheme, signer)
}

// TBS returns the tbsCertificate under an issuer's name, to be looked at before it is signed.
func (t Template) TBS(issuer Name, signature alg.Identifier) ([]byte, error) {
	if t.Serial == nil || t.NotBefore.IsZero() || t.NotAfter.IsZero() {
		return nil, errors.New("a certificate needs a serial number and a time of validity")
	}
	spki := t.RawSPKI
	if spki == nil {
		var err error
		if spki, err = alg.MarshalPublicKey(t.PublicKey); err != nil {
			return nil, err
		}
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		if len(t.Extensions) > 0 {
			b.Explicit(0, func(b *der.Builder) { b.Int(2) }) // RFC 5280 §4.1.2.1: version 3
		}
		b.BigInt(t.Serial)
		signature.Append(b)
		issuer.build(b)
		b.Sequence(func(b *der.Builder) {
			b.Time(t.NotBefore)
			b.Time(t.NotAfter)
		})
		t.Subject.build(b)
		b.Raw(spki)
		if len(t.Extensions) > 0 {
			b.Explicit(3, func(b *der.Builder) { buildExtensions(b, t.Extensions) })
		}
	})
	return b.Bytes()
}

// SignTBS signs what TBS returned, and makes the whole: the signed bytes, the algorithm and the
// signature (RFC 5280 §4.1.1).
func SignTBS(tbs []byte, scheme *alg.SignScheme, signer crypto.Signer) ([]byte, error) {
	signature, err := scheme.SignMessage(signer, tbs)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Raw(tbs)
		scheme.Identifier.Append(b)
		b.BitString(der.BitString{Bytes: signature})
	})
	return b.Bytes()
}

// build writes the name; the zero Name is the empty sequence.
func (n Name) build(b *der.Builder) {
	if n.Raw == nil {
		b.Sequence(func(*der.Builder) {})
		return
	}
	b.Raw(n.Raw)
}
