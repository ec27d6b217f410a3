package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// ParseCertificate reads a certificate (RFC 5280 §4.1). It fails only when the bytes do not have a
// certificate's outline; whatever else is wrong becomes a Fault. BER with indefinite lengths is
// read after Normalize, and then Raw is the normal form.
func ParseCertificate(raw []byte) (*Certificate, error) {
	var f faults
	body, err := readOuter(raw, "certificate", &f)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	c := &Certificate{Raw: body.Raw}
	seq := der.NewCursor(body.Body)
	tbs := seq.Expect(der.Sequence)
	c.SignatureAlgorithm = alg.ParseIdentifier(seq)
	c.Signature = readSignature(seq, &f)
	if err := seq.Done(); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	c.RawTBS = tbs.Raw
	if err := c.readTBS(der.NewCursor(tbs.Body), &f); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	c.Faults = f
	return c, nil
}

// readTBS reads the contents of TBSCertificate (RFC 5280 §4.1.2).
func (c *Certificate) readTBS(tbs *der.Cursor, f *faults) error {
	c.Version = readVersion(tbs, f)
	c.SerialRaw = tbs.Expect(der.Integer).Body
	inner := alg.ParseIdentifier(tbs)
	issuer := tbs.Expect(der.Sequence)
	validity := tbs.Sequence()
	notBefore, notAfter := validity.Next(), validity.Next()
	subject := tbs.Expect(der.Sequence)
	spki := tbs.Expect(der.Sequence)
	if err := errors.Join(tbs.Err(), validity.Done()); err != nil {
		return err
	}
	c.RawIssuer, c.RawSubject, c.RawSPKI = issuer.Raw, subject.Raw, spki.Raw
	c.Serial = signedInt(c.SerialRaw)
	noteSerial(c.SerialRaw, c.Serial.Sign(), f)
	if !inner.Equal(c.SignatureAlgorithm) {
		// RFC 5280 §4.1.1.2: MUST be the same.
		f.broken("signature", "the signature algorithm inside is %s, the one outside %s", inner, c.SignatureAlgorithm)
	}
	var err error
	if c.Issuer, err = readName(c.RawIssuer, "issuer", f); err != nil {
		return err
	}
	if c.Subject, err = readName(c.RawSubject, "subject", f); err != nil {
		return err
	}
	c.NotBefore = readTime(notBefore, "notBefore", f)
	c.NotAfter = readTime(notAfter, "notAfter", f)
	if c.NotAfter.Before(c.NotBefore) {
		f.odd("validity", "it ends before it begins")
	}
	if c.PublicKey, c.KeyInfo, c.KeyError = alg.ParsePublicKey(c.RawSPKI); c.KeyError != nil {
		f.odd("subjectPublicKeyInfo", "%v", c.KeyError)
	}
	return c.readTail(tbs, f)
}

// readTail reads the optional fields at the end of TBSCertificate.
func (c *Certificate) readTail(tbs *der.Cursor, f *faults) error {
	for i, id := range []*[]byte{&c.IssuerUniqueID, &c.SubjectUniqueID} {
		if v, ok := tbs.Optional(der.Context(uint32(i + 1))); ok {
			*id = v.Body
			if c.Version < 2 {
				f.odd("uniqueID", "present in a version %d certificate", c.Version) // RFC 5280 §4.1.2.8
			}
		}
	}
	c.CertificateExtensions = noExtensions()
	if wrapped, ok := tbs.Explicit(3); ok {
		list := wrapped.Expect(der.Sequence)
		if err := wrapped.Done(); err != nil {
			return fmt.Errorf("extensions: %w", err)
		}
		if c.Version != 3 {
			f.odd("extensions", "present in a version %d certificate", c.Version) // RFC 5280 §4.1.2.9
		}
		var err error
		if c.Extensions, err = readExtensions(list.Body, f); err != nil {
			return fmt.Errorf("extensions: %w", err)
		}
		c.UnhandledCritical = c.CertificateExtensions.readAll(c.Extensions, f)
	}
	return tbs.Done()
}

// readVersion reads [0] EXPLICIT INTEGER DEFAULT v1 (RFC 5280 §4.1.2.1).
func readVersion(c *der.Cursor, f *faults) int {
	wrapped, ok := c.Explicit(0)
	if !ok {
		return 1
	}
	n := wrapped.SmallInt()
	if err := wrapped.Done(); err != nil {
		c.Fail(err)
		return 0
	}
	switch {
	case n == 0:
		f.odd("version", "the default, version 1, is written out") // X.690 §11.5
	case n < 0 || n > 2:
		f.broken("version", "unknown version number %d", n)
		return 0
	}
	return int(n) + 1
}

func noteSerial(body []byte, sign int, f *faults) {
	const where = "serialNumber"
	switch {
	case sign < 0:
		f.odd(where, "negative") // RFC 5280 §4.1.2.2: users SHOULD be prepared to handle such
	case sign == 0:
		f.odd(where, "zero")
	}
	if short := minimal(body); len(short) != len(body) {
		f.odd(where, "written with leading octets that carry nothing")
	} else if len(short) > 20 {
		f.odd(where, "%d octets, more than 20", len(short))
	}
}

// readSignature reads the BIT STRING of a signature. Unused bits would make it ambiguous.
func readSignature(c *der.Cursor, f *faults) []byte {
	v := c.Expect(der.TagBitString)
	if c.Err() != nil {
		return nil
	}
	if len(v.Body) == 0 || v.Body[0] != 0 {
		f.broken("signatureValue", "not a whole number of octets")
		return nil
	}
	return v.Body[1:]
}
