package alg

import "github.com/waxwing-mail/waxwing/der"

// Identifiers of the public key infrastructure. Each is the contents of the encoded OBJECT
// IDENTIFIER; the comment beside it is its dotted form, which a test compares.

// Attribute types of distinguished names (RFC 5280 Appendix A.1, RFC 4519, S/MIME BR §7.1.4.2).
const (
	OIDAttrCommonName             der.OID = "\x55\x04\x03"                             // 2.5.4.3
	OIDAttrSurname                der.OID = "\x55\x04\x04"                             // 2.5.4.4
	OIDAttrSerialNumber           der.OID = "\x55\x04\x05"                             // 2.5.4.5
	OIDAttrCountry                der.OID = "\x55\x04\x06"                             // 2.5.4.6
	OIDAttrLocality               der.OID = "\x55\x04\x07"                             // 2.5.4.7
	OIDAttrState                  der.OID = "\x55\x04\x08"                             // 2.5.4.8
	OIDAttrStreet                 der.OID = "\x55\x04\x09"                             // 2.5.4.9
	OIDAttrOrganization           der.OID = "\x55\x04\x0a"                             // 2.5.4.10
	OIDAttrOrganizationalUnit     der.OID = "\x55\x04\x0b"                             // 2.5.4.11
	OIDAttrTitle                  der.OID = "\x55\x04\x0c"                             // 2.5.4.12
	OIDAttrDescription            der.OID = "\x55\x04\x0d"                             // 2.5.4.13
	OIDAttrBusinessCategory       der.OID = "\x55\x04\x0f"                             // 2.5.4.15
	OIDAttrPostalCode             der.OID = "\x55\x04\x11"                             // 2.5.4.17
	OIDAttrName                   der.OID = "\x55\x04\x29"                             // 2.5.4.41
	OIDAttrGivenName              der.OID = "\x55\x04\x2a"                             // 2.5.4.42
	OIDAttrInitials               der.OID = "\x55\x04\x2b"                             // 2.5.4.43
	OIDAttrGenerationQualifier    der.OID = "\x55\x04\x2c"                             // 2.5.4.44
	OIDAttrDNQualifier            der.OID = "\x55\x04\x2e"                             // 2.5.4.46
	OIDAttrPseudonym              der.OID = "\x55\x04\x41"                             // 2.5.4.65
	OIDAttrOrganizationIdentifier der.OID = "\x55\x04\x61"                             // 2.5.4.97
	OIDAttrUserID                 der.OID = "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01" // 0.9.2342.19200300.100.1.1
	OIDAttrDomainComponent        der.OID = "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19" // 0.9.2342.19200300.100.1.25
	OIDAttrEmailAddress           der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"     // 1.2.840.113549.1.9.1
)

// Attributes of certification requests (RFC 2985 §5.4).
const (
	OIDChallengePassword         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07"     // 1.2.840.113549.1.9.7
	OIDExtensionRequest          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"     // 1.2.840.113549.1.9.14
	OIDMicrosoftExtensionRequest der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e" // 1.3.6.1.4.1.311.2.1.14
)

// Extensions of certificates and CRLs (RFC 5280 §4.2, §5.2, §5.3; RFC 3739, RFC 4262, RFC 6960).
const (
	OIDExtSubjectDirectoryAttributes der.OID = "\x55\x1d\x09"                             // 2.5.29.9
	OIDExtSubjectKeyID               der.OID = "\x55\x1d\x0e"                             // 2.5.29.14
	OIDExtKeyUsage                   der.OID = "\x55\x1d\x0f"                             // 2.5.29.15
	OIDExtPrivateKeyUsagePeriod      der.OID = "\x55\x1d\x10"                             // 2.5.29.16
	OIDExtSubjectAltName             der.OID = "\x55\x1d\x11"                             // 2.5.29.17
	OIDExtIssuerAltName              der.OID = "\x55\x1d\x12"                             // 2.5.29.18
	OIDExtBasicConstraints           der.OID = "\x55\x1d\x13"                             // 2.5.29.19
	OIDExtCRLNumber                  der.OID = "\x55\x1d\x14"                             // 2.5.29.20
	OIDExtReasonCode                 der.OID = "\x55\x1d\x15"                             // 2.5.29.21
	OIDExtHoldInstruction            der.OID = "\x55\x1d\x17"                             // 2.5.29.23
	OIDExtInvalidityDate             der.OID = "\x55\x1d\x18"                             // 2.5.29.24
	OIDExtDeltaCRLIndicator          der.OID = "\x55\x1d\x1b"                             // 2.5.29.27
	OIDExtIssuingDistributionPoint   der.OID = "\x55\x1d\x1c"                             // 2.5.29.28
	OIDExtCertificateIssuer          der.OID = "\x55\x1d\x1d"                             // 2.5.29.29
	OIDExtNameConstraints            der.OID = "\x55\x1d\x1e"                             // 2.5.29.30
	OIDExtCRLDistributionPoints      der.OID = "\x55\x1d\x1f"                             // 2.5.29.31
	OIDExtCertificatePolicies        der.OID = "\x55\x1d\x20"                             // 2.5.29.32
	OIDExtPolicyMappings             der.OID = "\x55\x1d\x21"                             // 2.5.29.33
	OIDExtAuthorityKeyID             der.OID = "\x55\x1d\x23"                             // 2.5.29.35
	OIDExtPolicyConstraints          der.OID = "\x55\x1d\x24"                             // 2.5.29.36
	OIDExtExtKeyUsage                der.OID = "\x55\x1d\x25"                             // 2.5.29.37
	OIDExtFreshestCRL                der.OID = "\x55\x1d\x2e"                             // 2.5.29.46
	OIDExtInhibitAnyPolicy           der.OID = "\x55\x1d\x36"                             // 2.5.29.54
	OIDExtExpiredCertsOnCRL          der.OID = "\x55\x1d\x3c"                             // 2.5.29.60
	OIDExtAuthorityInfoAccess        der.OID = "\x2b\x06\x01\x05\x05\x07\x01\x01"         // 1.3.6.1.5.5.7.1.1
	OIDExtQCStatements               der.OID = "\x2b\x06\x01\x05\x05\x07\x01\x03"         // 1.3.6.1.5.5.7.1.3
	OIDExtSubjectInfoAccess          der.OID = "\x2b\x06\x01\x05\x05\x07\x01\x0b"         // 1.3.6.1.5.5.7.1.11
	OIDExtSMIMECapabilities          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f"     // 1.2.840.113549.1.9.15
	OIDExtNetscapeCertType           der.OID = "\x60\x86\x48\x01\x86\xf8\x42\x01\x01"     // 2.16.840.1.113730.1.1
	OIDExtSCTList                    der.OID = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05" // 1.3.6.1.4.1.11129.2.4.5
	OIDExtLEI                        der.OID = "\x2b\x06\x01\x04\x01\x83\x98\x2a\x01"     // 1.3.6.1.4.1.52266.1
	OIDExtAdobeTimeStamp             der.OID = "\x2a\x86\x48\x86\xf7\x2f\x01\x01\x09\x01" // 1.2.840.113583.1.1.9.1
	OIDExtAdobeArchiveRevInfo        der.OID = "\x2a\x86\x48\x86\xf7\x2f\x01\x01\x09\x02" // 1.2.840.113583.1.1.9.2
	OIDExtLEIRole                    der.OID = "\x2b\x06\x01\x04\x01\x83\x98\x2a\x02"     // 1.3.6.1.4.1.52266.2
)

// Parts of extensions: policies and their qualifiers, access methods, kinds of other names.
const (
	OIDAnyPolicy                der.OID = "\x55\x1d\x20\x00"                         // 2.5.29.32.0
	OIDQualifierCPS             der.OID = "\x2b\x06\x01\x05\x05\x07\x02\x01"         // 1.3.6.1.5.5.7.2.1
	OIDQualifierUserNotice      der.OID = "\x2b\x06\x01\x05\x05\x07\x02\x02"         // 1.3.6.1.5.5.7.2.2
	OIDAccessOCSP               der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01"         // 1.3.6.1.5.5.7.48.1
	OIDAccessCAIssuers          der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x02"         // 1.3.6.1.5.5.7.48.2
	OIDAccessTimeStamping       der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x03"         // 1.3.6.1.5.5.7.48.3
	OIDAccessCARepository       der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x05"         // 1.3.6.1.5.5.7.48.5
	OIDOtherNameSmtpUTF8Mailbox der.OID = "\x2b\x06\x01\x05\x05\x07\x08\x09"         // 1.3.6.1.5.5.7.8.9
	OIDOtherNameUPN             der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03" // 1.3.6.1.4.1.311.20.2.3
)

// Purposes in extendedKeyUsage (RFC 5280 §4.2.1.12).
const (
	OIDUsageAny                      der.OID = "\x55\x1d\x25\x00"                         // 2.5.29.37.0
	OIDUsageServerAuth               der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x01"         // 1.3.6.1.5.5.7.3.1
	OIDUsageClientAuth               der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x02"         // 1.3.6.1.5.5.7.3.2
	OIDUsageCodeSigning              der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x03"         // 1.3.6.1.5.5.7.3.3
	OIDUsageEmailProtection          der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x04"         // 1.3.6.1.5.5.7.3.4
	OIDUsageTimeStamping             der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x08"         // 1.3.6.1.5.5.7.3.8
	OIDUsageOCSPSigning              der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x09"         // 1.3.6.1.5.5.7.3.9
	OIDUsageDocumentSigning          der.OID = "\x2b\x06\x01\x05\x05\x07\x03\x24"         // 1.3.6.1.5.5.7.3.36
	OIDUsageMicrosoftSmartcardLogon  der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x02" // 1.3.6.1.4.1.311.20.2.2
	OIDUsageMicrosoftDocumentSigning der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0c" // 1.3.6.1.4.1.311.10.3.12
)

// OCSP (RFC 6960, RFC 9654).
const (
	OIDOCSPBasic               der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x01" // 1.3.6.1.5.5.7.48.1.1
	OIDOCSPNonce               der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x02" // 1.3.6.1.5.5.7.48.1.2
	OIDOCSPCRLReference        der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x03" // 1.3.6.1.5.5.7.48.1.3
	OIDOCSPAcceptableResponses der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x04" // 1.3.6.1.5.5.7.48.1.4
	OIDOCSPNoCheck             der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x05" // 1.3.6.1.5.5.7.48.1.5
	OIDOCSPArchiveCutoff       der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x06" // 1.3.6.1.5.5.7.48.1.6
	OIDOCSPServiceLocator      der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x07" // 1.3.6.1.5.5.7.48.1.7
	OIDOCSPPreferredAlgorithms der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x08" // 1.3.6.1.5.5.7.48.1.8
	OIDOCSPExtendedRevoke      der.OID = "\x2b\x06\x01\x05\x05\x07\x30\x01\x09" // 1.3.6.1.5.5.7.48.1.9
)

// Reserved policies of the S/MIME Baseline Requirements (§7.1.6.1).
const (
	OIDPolicyMailboxLegacy            der.OID = "\x67\x81\x0c\x01\x05\x01\x01" // 2.23.140.1.5.1.1
	OIDPolicyMailboxMultipurpose      der.OID = "\x67\x81\x0c\x01\x05\x01\x02" // 2.23.140.1.5.1.2
	OIDPolicyMailboxStrict            der.OID = "\x67\x81\x0c\x01\x05\x01\x03" // 2.23.140.1.5.1.3
	OIDPolicyOrganizationLegacy       der.OID = "\x67\x81\x0c\x01\x05\x02\x01" // 2.23.140.1.5.2.1
	OIDPolicyOrganizationMultipurpose der.OID = "\x67\x81\x0c\x01\x05\x02\x02" // 2.23.140.1.5.2.2
	OIDPolicyOrganizationStrict       der.OID = "\x67\x81\x0c\x01\x05\x02\x03" // 2.23.140.1.5.2.3
	OIDPolicySponsorLegacy            der.OID = "\x67\x81\x0c\x01\x05\x03\x01" // 2.23.140.1.5.3.1
	OIDPolicySponsorMultipurpose      der.OID = "\x67\x81\x0c\x01\x05\x03\x02" // 2.23.140.1.5.3.2
	OIDPolicySponsorStrict            der.OID = "\x67\x81\x0c\x01\x05\x03\x03" // 2.23.140.1.5.3.3
	OIDPolicyIndividualLegacy         der.OID = "\x67\x81\x0c\x01\x05\x04\x01" // 2.23.140.1.5.4.1
	OIDPolicyIndividualMultipurpose   der.OID = "\x67\x81\x0c\x01\x05\x04\x02" // 2.23.140.1.5.4.2
	OIDPolicyIndividualStrict         der.OID = "\x67\x81\x0c\x01\x05\x04\x03" // 2.23.140.1.5.4.3
)

// Statements of qualified certificates (ETSI EN 319 412-5); the first is the arc of them all.
const (
	OIDQCStatements der.OID = "\x04\x00\x8e\x46\x01"         // 0.4.0.1862.1
	OIDQCCompliance der.OID = "\x04\x00\x8e\x46\x01\x01"     // 0.4.0.1862.1.1
	OIDQCLimit      der.OID = "\x04\x00\x8e\x46\x01\x02"     // 0.4.0.1862.1.2
	OIDQCRetention  der.OID = "\x04\x00\x8e\x46\x01\x03"     // 0.4.0.1862.1.3
	OIDQCDevice     der.OID = "\x04\x00\x8e\x46\x01\x04"     // 0.4.0.1862.1.4
	OIDQCDisclosure der.OID = "\x04\x00\x8e\x46\x01\x05"     // 0.4.0.1862.1.5
	OIDQCType       der.OID = "\x04\x00\x8e\x46\x01\x06"     // 0.4.0.1862.1.6
	OIDQCTypeSign   der.OID = "\x04\x00\x8e\x46\x01\x06\x01" // 0.4.0.1862.1.6.1
	OIDQCTypeSeal   der.OID = "\x04\x00\x8e\x46\x01\x06\x02" // 0.4.0.1862.1.6.2
	OIDQCTypeWeb    der.OID = "\x04\x00\x8e\x46\x01\x06\x03" // 0.4.0.1862.1.6.3
)
