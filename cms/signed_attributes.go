package cms

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// scheme returns how the signer's key signs.
func (s *SignerOptions) scheme() (*alg.SignScheme, error) {
	if s.Certificate == nil || s.Key == nil {
		return nil, errors.New("certificate and key are required")
	}
	pub := s.Key.Public()
	if reserved, ok := s.Certificate.PublicKey.(*alg.PSSPublicKey); ok { // RFC 4055 §1.2: it signs in no other way
		pub = reserved
	}
	return alg.SignatureFor(pub, alg.SignOptions{Hash: s.Hash, PSS: s.PSS})
}

// id names the signer's certificate.
func (s *SignerOptions) id() ID { return IDOf(s.Certificate, s.UseKeyID) }

// errAmbiguous refuses what could be taken for another signature: see looksLikeAttributes.
var errAmbiguous = errors.New("the content has the form of signed attributes; sign it with attributes")

// info signs and writes the SignerInfo (RFC 5652 §5.3).
func (s *SignerOptions) info(scheme *alg.SignScheme, contentType der.OID, d *Digests) (info []byte, err error) {
	digest, ok := d.Sum(scheme.Digest)
	if !ok {
		return nil, ErrNotHashed
	}
	var attributes, signature []byte
	if s.NoAttributes {
		signature, err = s.signBare(scheme, contentType, digest, d)
	} else if attributes, err = s.attributes(scheme, contentType, digest); err == nil {
		signature, err = scheme.SignMessage(s.Key, attributes)
	}
	if err != nil {
		return nil, err
	}
	unsigned, err := s.unsigned(signature)
	if err != nil {
		return nil, fmt.Errorf("unsigned attributes: %w", err)
	}
	return s.write(scheme, attributes, signature, unsigned)
}

// placeholder returns a SignerInfo as long as the one that will be made, and whether that is known.
func (s *SignerOptions) placeholder(scheme *alg.SignScheme, contentType der.OID) (raw []byte, ok bool, err error) {
	var size int
	key, isRSA := s.Key.Public().(interface{ Size() int })
	switch {
	case s.Unsigned != nil:
		return nil, false, nil
	case scheme.Identifier.OID == alg.OIDEd25519:
		size = 64 // RFC 8032 §5.1.6
	case scheme.Identifier.OID == alg.OIDEd448:
		size = 114 // RFC 8032 §5.2.6
	case isRSA:
		size = key.Size() // RFC 8017 §8.1.1, §8.2.1
	default:
		return nil, false, nil // ECDSA writes two INTEGERs as they come
	}
	var attributes []byte
	if !s.NoAttributes {
		if attributes, err = s.attributes(scheme, contentType, make([]byte, scheme.Digest.Size)); err != nil {
			return nil, false, err
		}
	}
	raw, err = s.write(scheme, attributes, make([]byte, size), nil)
	return raw, true, err
}

// digestAlgorithm returns what the signer names as its digest.
func (s *SignerOptions) digestAlgorithm(scheme *alg.SignScheme) alg.Identifier {
	return scheme.DigestIdentifier(!s.NoAttributes)
}

// signBare signs the content itself, which only id-data allows (RFC 5652 §5.3).
func (s *SignerOptions) signBare(scheme *alg.SignScheme, contentType der.OID, digest []byte, d *Digests) ([]byte, error) {
	switch {
	case contentType != alg.OIDData:
		return nil, errors.New("a content that is not plain data needs signed attributes")
	case looksLikeAttributes(d.head):
		return nil, errAmbiguous
	case d.unseen:
		return nil, errors.New("a content that was hashed elsewhere needs signed attributes")
	case !scheme.Pure:
		return scheme.SignDigest(s.Key, digest)
	}
	whole, ok := d.content()
	if !ok {
		return nil, fmt.Errorf("the content is longer than %d octets; sign it with attributes", wholeSize)
	}
	return scheme.SignMessage(s.Key, whole)
}

// unsigned makes the unsigned attributes.
func (s *SignerOptions) unsigned(signature []byte) ([][]byte, error) {
	if s.Unsigned == nil {
		return nil, nil
	}
	list, err := s.Unsigned(signature)
	if err != nil {
		return nil, err
	}
	set := make([][]byte, len(list))
	for i, a := range list {
		if set[i], err = a.encode(); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// write writes the SignerInfo. attributes is the SET OF that was signed, nil for none.
func (s *SignerOptions) write(scheme *alg.SignScheme, attributes, signature []byte, unsigned [][]byte) ([]byte, error) {
	id := s.id()
	version := int64(1)
	if id.ByKeyID() {
		version = 3 // RFC 5652 §5.3
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(version)
		b.Raw(id.append(nil))
		s.digestAlgorithm(scheme).Append(b)
		if attributes != nil {
			// RFC 5652 §5.4: signed as SET OF, sent under [0] IMPLICIT.
			b.Raw(append([]byte{0xa0}, attributes[1:]...))
		}
		scheme.Identifier.Append(b)
		b.OctetString(signature)
		if len(unsigned) > 0 {
			b.Implicit(der.Context(1), true, func(b *der.Builder) { b.SortedRaw(unsigned) })
		}
	})
	return b.Bytes()
}

// attributes writes the signed attributes as the SET OF that the signature covers.
func (s *SignerOptions) attributes(scheme *alg.SignScheme, contentType der.OID, digest []byte) ([]byte, error) {
	var l attributeList
	l.add(alg.OIDContentType, func(b *der.Builder) { b.OID(contentType) })
	l.add(alg.OIDMessageDigest, func(b *der.Builder) { b.OctetString(digest) })
	l.add(alg.OIDSigningCertificateV2, s.signingCertificate)
	l.add(alg.OIDAlgorithmProtection, func(b *der.Builder) { protection(b, s.digestAlgorithm(scheme), scheme.Identifier) })
	if !s.SigningTime.IsZero() {
		l.add(alg.OIDSigningTime, func(b *der.Builder) { b.Time(s.SigningTime) })
	}
	if len(s.Capabilities) > 0 {
		l.add(alg.OIDSMIMECapabilities, s.capabilities)
	}
	if s.EncryptionKey != nil {
		l.add(alg.OIDEncryptionKeyPreference, s.keyPreference)
	}
	l.addAll(s.Attributes)
	return l.set()
}

// signingCertificate writes a SigningCertificateV2 (RFC 5035 §3): SHA-256, the default, is left out.
func (s *SignerOptions) signingCertificate(b *der.Builder) {
	b.Sequence(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				b.OctetString(alg.SHA256.Sum(s.Certificate.Raw))
				b.Sequence(func(b *der.Builder) { // IssuerSerial
					b.Sequence(func(b *der.Builder) {
						b.Explicit(4, func(b *der.Builder) { b.Raw(s.Certificate.RawIssuer) }) // directoryName: a CHOICE is EXPLICIT
					})
					b.Raw(appendElement(nil, der.Integer, false, minimalInteger(s.Certificate.SerialRaw)))
				})
			})
		})
	})
}

// protection writes a CMSAlgorithmProtection (RFC 6211 §2).
func protection(b *der.Builder, digest, signature alg.Identifier) {
	b.Sequence(func(b *der.Builder) {
		digest.Append(b)
		b.Raw(append([]byte{0xa1}, signature.Bytes()[1:]...)) // [1] IMPLICIT
	})
}

// capabilities writes SMIMECapabilities (RFC 8551 §2.5.2).
func (s *SignerOptions) capabilities(b *der.Builder) {
	b.Sequence(func(b *der.Builder) {
		for _, c := range s.Capabilities {
			c.Append(b)
		}
	})
}

// keyPreference writes an SMIMEEncryptionKeyPreference by issuer and serial number (RFC 8551 §2.5.3).
func (s *SignerOptions) keyPreference(b *der.Builder) {
	id := IDOf(s.EncryptionKey, false)
	b.Raw(appendIssuerSerial(nil, der.Context(0), &id))
}
