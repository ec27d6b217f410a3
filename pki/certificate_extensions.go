package pki

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// noExtensions returns the values that stand for absent extensions.
func noExtensions() CertificateExtensions {
	return CertificateExtensions{
		Basic:        BasicConstraints{MaxPathLen: -1},
		PolicyLimits: PolicyConstraints{RequireExplicit: -1, InhibitMapping: -1},
		InhibitAny:   -1,
	}
}

// readAll reads every extension that this package knows and returns the critical ones that it does
// not. A known extension that cannot be read is a broken Fault (RFC 5280 §4.2).
func (x *CertificateExtensions) readAll(list []Extension, f *faults) (unhandled []der.OID) {
	seen := map[der.OID]bool{}
	for _, e := range list {
		if seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		known, err := x.readRule(e, f)
		if !known {
			known, err = x.readSource(e, f)
		}
		if !known {
			err = x.readStatement(e)
			if e.Critical {
				unhandled = append(unhandled, e.ID)
			}
		}
		if err != nil {
			f.broken(extensionPlace(e.ID), "cannot be read: %v", err)
		}
	}
	return unhandled
}

// readRule takes the extensions that bind a path validation.
func (x *CertificateExtensions) readRule(e Extension, f *faults) (known bool, err error) {
	switch e.ID {
	case alg.OIDExtKeyUsage:
		x.HasKeyUsage = true
		x.KeyUsage, err = parseKeyUsage(e.Value, f)
	case alg.OIDExtExtKeyUsage:
		x.ExtKeyUsage, err = parseExtKeyUsage(e.Value, f)
	case alg.OIDExtBasicConstraints:
		x.Basic, err = parseBasicConstraints(e.Value, f)
	case alg.OIDExtSubjectAltName:
		x.SubjectAlt, err = parseAltName(e.Value, "subjectAltName", f)
	case alg.OIDExtIssuerAltName:
		x.IssuerAlt, err = parseAltName(e.Value, "issuerAltName", f)
	case alg.OIDExtNameConstraints:
		x.Constraints, err = parseNameConstraints(e.Value, f)
	case alg.OIDExtCertificatePolicies:
		x.Policies, err = parsePolicies(e.Value, f)
	case alg.OIDExtPolicyMappings:
		x.Mappings, err = parsePolicyMappings(e.Value)
	case alg.OIDExtPolicyConstraints:
		x.PolicyLimits, err = parsePolicyConstraints(e.Value, f)
	case alg.OIDExtInhibitAnyPolicy:
		x.InhibitAny, err = parseInhibitAny(e.Value)
	case alg.OIDExtSubjectKeyID:
		x.SubjectKeyID, err = parseSubjectKeyID(e.Value)
	case alg.OIDExtAuthorityKeyID:
		x.AuthorityKey, err = parseAuthorityKeyID(e.Value, f)
	default:
		return false, nil
	}
	return true, err
}

// readSource takes the extensions that say where more is known, and what the subject can read.
func (x *CertificateExtensions) readSource(e Extension, f *faults) (known bool, err error) {
	switch e.ID {
	case alg.OIDExtCRLDistributionPoints:
		x.CRLPoints, err = parseDistributionPoints(e.Value, "cRLDistributionPoints", f)
	case alg.OIDExtFreshestCRL:
		x.FreshestCRL, err = parseDistributionPoints(e.Value, "freshestCRL", f)
	case alg.OIDExtAuthorityInfoAccess:
		x.Access, err = parseAccess(e.Value, "authorityInfoAccess", f)
	case alg.OIDExtSubjectInfoAccess:
		x.SubjectInfo, err = parseAccess(e.Value, "subjectInfoAccess", f)
	case alg.OIDOCSPNoCheck:
		x.OCSPNoCheck = true
	case alg.OIDExtSMIMECapabilities:
		x.Capabilities, err = parseCapabilities(e.Value)
	default:
		return false, nil
	}
	return true, err
}

// readStatement takes the extensions that are shown to people and processed by nobody here: where
// they are critical, a validator has to refuse (RFC 5280 §4.2).
func (x *CertificateExtensions) readStatement(e Extension) (err error) {
	switch e.ID {
	case alg.OIDExtQCStatements:
		x.QCStatements, err = parseQCStatements(e.Value)
	case alg.OIDExtSubjectDirectoryAttributes:
		x.DirectoryAttributes, err = parseDirectoryAttributes(e.Value)
	}
	return err
}

func parseAltName(value []byte, where string, f *faults) (GeneralNames, error) {
	c := der.NewCursor(value)
	list := c.Expect(der.Sequence)
	if err := c.Done(); err != nil {
		return nil, err
	}
	return readGeneralNames(list.Body, where, f)
}
