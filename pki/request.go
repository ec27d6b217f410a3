package pki

import (
	"crypto"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Request is a certification request as read (PKCS#10, RFC 2986 §4). Its byte slices must not be changed.
type Request struct {
	Raw        []byte
	RawTBS     []byte // certificationRequestInfo: what the signature covers
	RawSubject []byte
	RawSPKI    []byte

	Version   int // the number in the encoding plus one: 1
	Subject   Name
	PublicKey crypto.PublicKey // nil when KeyError says why not
	KeyInfo   alg.KeyInfo
	KeyError  error

	Attributes        []AttributeValues
	Challenge         string      // challengePassword (RFC 2985 §5.4.1)
	Extensions        []Extension // of extensionRequest (RFC 2985 §5.4.2)
	UnhandledCritical []der.OID

	CertificateExtensions // what is read out of Extensions

	SignatureAlgorithm alg.Identifier
	Signature          []byte
	Faults             []Fault
}

// Broken returns the first fault for which the request must be refused.
func (r *Request) Broken() (Fault, bool) { return faults(r.Faults).firstBroken() }

// Extension returns the first extension asked for with an identifier.
func (r *Request) Extension(id der.OID) (Extension, bool) { return findExtension(r.Extensions, id) }

// ParseRequest reads a certification request (RFC 2986 §4.2).
func ParseRequest(raw []byte) (*Request, error) {
	var f faults
	outer, err := readOuter(raw, "request", &f)
	if err != nil {
		return nil, fmt.Errorf("certification request: %w", err)
	}
	r := &Request{Raw: outer.Raw}
	c := der.NewCursor(outer.Body)
	tbs := c.Expect(der.Sequence)
	r.SignatureAlgorithm = alg.ParseIdentifier(c)
	r.Signature = readSignature(c, &f)
	err = c.Done()
	if err == nil {
		r.RawTBS = tbs.Raw
		err = r.readInfo(der.NewCursor(tbs.Body), &f)
	}
	if err != nil {
		return nil, fmt.Errorf("certification request: %w", err)
	}
	r.Faults = f
	return r, nil
}

// readInfo reads the contents of CertificationRequestInfo.
func (r *Request) readInfo(c *der.Cursor, f *faults) error {
	version := c.SmallInt()
	subject, spki := c.Expect(der.Sequence), c.Expect(der.Sequence)
	if err := c.Err(); err != nil {
		return err
	}
	if version != 0 {
		f.odd("version", "number %d instead of 0", version) // RFC 2986 §4.1
	}
	r.Version = int(version) + 1
	r.RawSubject, r.RawSPKI = subject.Raw, spki.Raw
	var err error
	if r.Subject, err = readName(r.RawSubject, "subject", f); err != nil {
		return err
	}
	if r.PublicKey, r.KeyInfo, r.KeyError = alg.ParsePublicKey(r.RawSPKI); r.KeyError != nil {
		f.odd("subjectPublicKeyInfo", "%v", r.KeyError)
	}
	r.CertificateExtensions = noExtensions()
	list, ok := c.Optional(der.Context(0))
	if !ok {
		f.odd("attributes", "absent") // RFC 2986 §4.1 wants an empty set at least
		return c.Done()
	}
	if err := c.Done(); err != nil {
		return err
	}
	return r.readAttributes(list.Body, f)
}

func (r *Request) readAttributes(body []byte, f *faults) (err error) {
	if r.Attributes, err = readAttributeValues(body); err != nil {
		return fmt.Errorf("attributes: %w", err)
	}
	for _, a := range r.Attributes {
		switch a.Type {
		case alg.OIDExtensionRequest, alg.OIDMicrosoftExtensionRequest:
			if err := r.readExtensionRequest(a, f); err != nil {
				return err
			}
		case alg.OIDChallengePassword:
			if len(a.Values) == 1 {
				v, _, _ := der.Parse(a.Values[0])
				r.Challenge, _, _ = decodeText(v)
			}
		}
	}
	return nil
}

func (r *Request) readExtensionRequest(a AttributeValues, f *faults) error {
	if len(a.Values) != 1 || r.Extensions != nil {
		// RFC 2985 §5.4.2: SINGLE VALUE. Which one is meant cannot be told.
		f.broken("extensionRequest", "it is there more than once, or empty")
		return nil
	}
	c := der.NewCursor(a.Values[0])
	list := c.Expect(der.Sequence)
	err := c.Done()
	if err == nil {
		r.Extensions, err = readExtensions(list.Body, f)
	}
	if err != nil {
		return errors.Join(errors.New("extensionRequest"), err)
	}
	r.UnhandledCritical = r.CertificateExtensions.readAll(r.Extensions, f)
	return nil
}
