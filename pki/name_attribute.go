package pki

import (
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// attributeLabels are the short names of RFC 4514 §3 and those that people and other tools use.
var attributeLabels = []struct {
	id    der.OID
	label string
}{
	{alg.OIDAttrCommonName, "CN"},
	{alg.OIDAttrLocality, "L"},
	{alg.OIDAttrState, "ST"},
	{alg.OIDAttrOrganization, "O"},
	{alg.OIDAttrOrganizationalUnit, "OU"},
	{alg.OIDAttrCountry, "C"},
	{alg.OIDAttrStreet, "STREET"},
	{alg.OIDAttrDomainComponent, "DC"},
	{alg.OIDAttrUserID, "UID"},
	{alg.OIDAttrEmailAddress, "emailAddress"},
	{alg.OIDAttrSerialNumber, "serialNumber"},
	{alg.OIDAttrSurname, "SN"},
	{alg.OIDAttrGivenName, "givenName"},
	{alg.OIDAttrInitials, "initials"},
	{alg.OIDAttrGenerationQualifier, "generationQualifier"},
	{alg.OIDAttrTitle, "title"},
	{alg.OIDAttrPseudonym, "pseudonym"},
	{alg.OIDAttrDNQualifier, "dnQualifier"},
	{alg.OIDAttrName, "name"},
	{alg.OIDAttrPostalCode, "postalCode"},
	{alg.OIDAttrOrganizationIdentifier, "organizationIdentifier"},
	{alg.OIDAttrDescription, "description"},
	{alg.OIDAttrBusinessCategory, "businessCategory"},
}

// attributeLabel returns the short name of a type, or its dotted form and false.
func attributeLabel(t der.OID) (string, bool) {
	for _, l := range attributeLabels {
		if l.id == t {
			return l.label, true
		}
	}
	return t.String(), false
}

// attributeType is the reverse of attributeLabel; case does not matter (RFC 4514 §2.3).
func attributeType(label string) (der.OID, bool) {
	for _, l := range attributeLabels {
		if strings.EqualFold(l.label, label) {
			return l.id, true
		}
	}
	id, err := der.ParseOID(label)
	return id, err == nil
}

// isText reports whether the value was a string that could be decoded.
func (a Attribute) isText() bool {
	switch a.Tag {
	case der.UTF8String, der.PrintableString, der.IA5String, der.T61String, der.BMPString,
		der.UniversalString, der.VisibleString, der.NumericString, der.GeneralString:
		return !a.undecoded
	}
	return false
}

// MaxLength returns the upper bound of an attribute's text in characters (RFC 5280 Appendix A.1),
// or 0 where there is none.
func MaxLength(t der.OID) int {
	switch t {
	case alg.OIDAttrCommonName, alg.OIDAttrOrganization, alg.OIDAttrOrganizationalUnit,
		alg.OIDAttrTitle, alg.OIDAttrSerialNumber:
		return 64
	case alg.OIDAttrLocality, alg.OIDAttrState, alg.OIDAttrPseudonym:
		return 128
	case alg.OIDAttrEmailAddress:
		return 255
	case alg.OIDAttrCountry:
		return 2
	}
	return 0
}
