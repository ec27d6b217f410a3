package pki

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// ParseOCSPResponse reads an OCSPResponse (RFC 6960 §4.2.1).
func ParseOCSPResponse(raw []byte) (*OCSPResponse, error) {
	var f faults
	outer, err := readOuter(raw, "OCSP answer", &f)
	if err != nil {
		return nil, fmt.Errorf("OCSP answer: %w", err)
	}
	c := der.NewCursor(outer.Body)
	status := c.Expect(der.Enumerated)
	wrapped, present := c.Explicit(0)
	if err := c.Done(); err != nil {
		return nil, fmt.Errorf("OCSP answer: %w", err)
	}
	if len(status.Body) != 1 || status.Body[0] > 6 || status.Body[0] == 4 {
		return nil, fmt.Errorf("OCSP answer: unknown status %x", status.Body)
	}
	r := &OCSPResponse{Raw: outer.Raw, Status: OCSPStatus(status.Body[0])}
	switch {
	case present:
		err = r.readBytes(wrapped, &f)
	case r.Status == OCSPSuccessful:
		err = errors.New("a successful answer without its contents")
	}
	if err != nil {
		return nil, fmt.Errorf("OCSP answer: %w", err)
	}
	r.Faults = f
	return r, nil
}

// ParseBasicOCSP reads a BasicOCSPResponse by itself, as long-term signatures carry it (RFC 5126 §6.3.4).
func ParseBasicOCSP(raw []byte) (*OCSPResponse, error) {
	var f faults
	r := &OCSPResponse{Status: OCSPSuccessful, Type: alg.OIDOCSPBasic}
	if err := r.readBasic(raw, &f); err != nil {
		return nil, fmt.Errorf("OCSP answer: %w", err)
	}
	r.Raw, r.Faults = r.RawBasic, f
	return r, nil
}

// readBytes reads ResponseBytes.
func (r *OCSPResponse) readBytes(c *der.Cursor, f *faults) error {
	seq := c.Sequence()
	r.Type = seq.OID()
	basic := seq.OctetString()
	if err := errors.Join(seq.Done(), c.Done()); err != nil {
		return err
	}
	if r.Type != alg.OIDOCSPBasic || r.Status != OCSPSuccessful {
		return nil
	}
	return r.readBasic(basic, f)
}

func (r *OCSPResponse) readBasic(raw []byte, f *faults) error {
	outer, err := readOuter(raw, "BasicOCSPResponse", f)
	if err != nil {
		return err
	}
	r.RawBasic = outer.Raw
	c := der.NewCursor(outer.Body)
	tbs := c.Expect(der.Sequence)
	r.SignatureAlgorithm = alg.ParseIdentifier(c)
	r.Signature = readSignature(c, f)
	wrapped, carried := c.Explicit(0)
	if err := c.Done(); err != nil {
		return err
	}
	r.RawTBS = tbs.Raw
	if carried {
		if err := r.readCertificates(wrapped, f); err != nil {
			return err
		}
	}
	return r.readData(der.NewCursor(tbs.Body), f)
}

// readCertificates keeps what parses: a helpful extra certificate is no reason to lose the answer.
func (r *OCSPResponse) readCertificates(wrapped *der.Cursor, f *faults) error {
	list := wrapped.Sequence()
	for list.More() {
		v := list.Next()
		if list.Err() != nil {
			break
		}
		c, err := ParseCertificate(v.Raw)
		if err != nil {
			f.odd("certs", "%v", err)
			continue
		}
		r.Certificates = append(r.Certificates, c)
	}
	return errors.Join(list.Done(), wrapped.Done())
}

// readData reads the contents of ResponseData.
func (r *OCSPResponse) readData(c *der.Cursor, f *faults) error {
	r.Version = readVersion(c, f)
	if err := r.readResponder(c, f); err != nil {
		return err
	}
	produced := c.Next()
	list := c.Sequence()
	for list.More() {
		s, err := readSingle(list.Sequence(), f)
		if err != nil {
			return fmt.Errorf("response %d: %w", len(r.Responses)+1, err)
		}
		r.Responses = append(r.Responses, s)
	}
	if err := errors.Join(list.Done(), c.Err()); err != nil {
		return err
	}
	r.ProducedAt = readTime(produced, "producedAt", f)
	if wrapped, ok := c.Explicit(1); ok {
		if err := r.readExtensions(wrapped, f); err != nil {
			return err
		}
	}
	return c.Done()
}

// readResponder reads ResponderID: [1] EXPLICIT Name or [2] EXPLICIT OCTET STRING.
func (r *OCSPResponse) readResponder(c *der.Cursor, f *faults) error {
	if v, ok := c.Optional(der.Context(1)); ok {
		n, err := readName(v.Body, "responderID", f)
		r.ResponderName = &n
		return err
	}
	wrapped, ok := c.Explicit(2)
	if !ok {
		return errors.Join(c.Err(), errors.New("no responder identifier"))
	}
	r.ResponderKey = wrapped.OctetString()
	return wrapped.Done()
}

func (r *OCSPResponse) readExtensions(wrapped *der.Cursor, f *faults) error {
	list := wrapped.Expect(der.Sequence)
	err := wrapped.Done()
	if err == nil {
		r.Extensions, err = readExtensions(list.Body, f)
	}
	if err != nil {
		return fmt.Errorf("responseExtensions: %w", err)
	}
	for _, e := range r.Extensions {
		switch {
		case e.ID == alg.OIDOCSPNonce:
			r.Nonce = readNonce(e.Value)
		case e.ID == alg.OIDOCSPExtendedRevoke: // RFC 6960 §4.4.8: changes nothing in how an answer is read
		case e.Critical:
			r.UnhandledCritical = append(r.UnhandledCritical, e.ID)
		}
	}
	return nil
}

// readNonce reads a Nonce (RFC 9654 §2.1): an OCTET STRING inside the extension's value. Some
// clients of old put the octets there without it.
func readNonce(value []byte) []byte {
	c := der.NewCursor(value)
	if nonce := c.OctetString(); c.Done() == nil {
		return nonce
	}
	return value
}
