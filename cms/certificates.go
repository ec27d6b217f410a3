package cms

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// CertificateSet is what a message carries beside its content: certificates and revocation information
// (RFC 5652 §10.2). None of it is trusted for being there.
type CertificateSet struct {
	Certificates    []*pki.Certificate
	RawCertificates [][]byte // entries that are no X.509 certificate, or none that can be read
	CRLs            []*pki.CRL
	OCSP            []*pki.OCSPResponse // RFC 5940
	RawRevocation   [][]byte            // entries of other kinds, or that cannot be read

	v1Attribute, v2Attribute, other bool // kinds of entries, for the version number
}

// read reads the optional fields certificates [0] and crls [1]. It adds to the findings.
func (s *CertificateSet) read(o *object, found []finding.Finding) ([]finding.Finding, error) {
	if err := o.each(der.Context(0), func(raw []byte) { found = s.certificate(raw, found) }); err != nil {
		return found, fmt.Errorf("certificates: %w", err)
	}
	if err := o.each(der.Context(1), func(raw []byte) { found = s.revocation(raw, found) }); err != nil {
		return found, fmt.Errorf("revocation information: %w", err)
	}
	return found, nil
}

// each gives every element of an optional set to f.
func (o *object) each(t der.Tag, f func(raw []byte)) error {
	if ok, err := o.at(t); err != nil || !ok {
		return err
	}
	if err := o.r.Enter(t); err != nil {
		return err
	}
	for {
		more, err := o.r.More()
		if err != nil || !more {
			return joined(err, o.r.Leave)
		}
		if err := o.b.Take(limit.Certificates, 1); err != nil {
			return err
		}
		raw, err := o.r.Value(maxValue)
		if err != nil {
			return err
		}
		f(raw)
	}
}

// certificate takes one CertificateChoices (RFC 5652 §10.2.2).
func (s *CertificateSet) certificate(raw []byte, found []finding.Finding) []finding.Finding {
	if raw[0] == 0x30 {
		c, err := pki.ParseCertificate(raw)
		if err == nil {
			s.Certificates = append(s.Certificates, c)
			return found
		}
		found = append(found, finding.New(finding.CMSCertificate).Because("%v", err))
	} else {
		found = append(found, finding.New(finding.CMSCertificateKind).Because("%s", s.kind(raw[0])))
	}
	s.RawCertificates = append(s.RawCertificates, raw)
	return found
}

// kind notes and names the kind of a certificate that is no X.509 certificate.
func (s *CertificateSet) kind(identifier byte) string {
	switch identifier {
	case 0xa0:
		return "PKCS #6 extended certificate"
	case 0xa1:
		s.v1Attribute = true
		return "attribute certificate of version 1"
	case 0xa2:
		s.v2Attribute = true
		return "attribute certificate"
	}
	s.other = true
	return "other format"
}

// revocation takes one RevocationInfoChoice (RFC 5652 §10.2.1).
func (s *CertificateSet) revocation(raw []byte, found []finding.Finding) []finding.Finding {
	err := s.knownRevocation(raw)
	if err == nil {
		return found
	}
	s.RawRevocation = append(s.RawRevocation, raw)
	return append(found, finding.New(finding.CMSRevocation).Because("%v", err))
}

func (s *CertificateSet) knownRevocation(raw []byte) error {
	if raw[0] == 0x30 {
		crl, err := pki.ParseCRL(raw)
		if err == nil {
			s.CRLs = append(s.CRLs, crl)
		}
		return err
	}
	s.other = true
	c := der.NewCursor(raw).Enter(der.Context(1)) // OtherRevocationInfoFormat
	format, info := c.OID(), c.Next()
	if err := c.Done(); err != nil {
		return err
	}
	if format != alg.OIDRevocationOCSP {
		return fmt.Errorf("information of type %v", format)
	}
	answer, err := pki.ParseOCSPResponse(info.Raw)
	if err == nil {
		s.OCSP = append(s.OCSP, answer)
	}
	return err
}

// version returns the least version of the object that the entries ask for (RFC 5652 §5.1, §6.1, §9.1).
func (s *CertificateSet) version() int {
	switch {
	case s.other:
		return 5
	case s.v2Attribute:
		return 4
	case s.v1Attribute:
		return 3
	}
	return 0
}
