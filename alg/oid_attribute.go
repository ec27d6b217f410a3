package alg

import "github.com/waxwing-mail/waxwing/der"

// Content types that a reader meets and only names (RFC 5272, Authenticode).
const (
	OIDPKIData         der.OID = "\x2b\x06\x01\x05\x05\x07\x0c\x02"         // 1.3.6.1.5.5.7.12.2
	OIDPKIResponse     der.OID = "\x2b\x06\x01\x05\x05\x07\x0c\x03"         // 1.3.6.1.5.5.7.12.3
	OIDSPCIndirectData der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x04" // 1.3.6.1.4.1.311.2.1.4
)

// Attributes of long-term signatures that a reader names (RFC 5126, RFC 4998, RFC 5752,
// ETSI EN 319 122-1, Authenticode, ISO 32000).
const (
	OIDSignerAttributes        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x12" // 1.2.840.113549.1.9.16.2.18
	OIDOtherSigningCertificate der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x13" // 1.2.840.113549.1.9.16.2.19
	OIDEscTimeStamp            der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x19" // 1.2.840.113549.1.9.16.2.25
	OIDCertCRLTimeStamp        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x1a" // 1.2.840.113549.1.9.16.2.26
	OIDArchiveTimeStamp        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x1b" // 1.2.840.113549.1.9.16.2.27
	OIDEvidenceRecord          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x31" // 1.2.840.113549.1.9.16.2.49
	OIDMultipleSignatures      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x33" // 1.2.840.113549.1.9.16.2.51
	OIDArchiveTimeStampV3      der.OID = "\x04\x00\x8d\x45\x02\x04"                     // 0.4.0.1733.2.4
	OIDATSHashIndexV3          der.OID = "\x04\x00\x81\x95\x32\x01\x05"                 // 0.4.0.19122.1.5
	OIDMicrosoftTimeStamp      der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x03\x03\x01"     // 1.3.6.1.4.1.311.3.3.1
	OIDAdobeRevocationInfo     der.OID = "\x2a\x86\x48\x86\xf7\x2f\x01\x01\x08"         // 1.2.840.113583.1.1.8
)

// Abilities that are no algorithm (RFC 8551 §2.5.2), other revocation information (RFC 5940 §2).
const (
	OIDPreferBinaryInside der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x0b\x01" // 1.2.840.113549.1.9.16.11.1
	OIDRevocationSCVP     der.OID = "\x2b\x06\x01\x05\x05\x07\x10\x04"             // 1.3.6.1.5.5.7.16.4
)

// Bags of PKCS#12, and the attributes of a bag and of a key (RFC 7292 §4.2, RFC 2985 §5.5).
const (
	OIDKeyBag                der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x01"     // 1.2.840.113549.1.12.10.1.1
	OIDShroudedKeyBag        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02"     // 1.2.840.113549.1.12.10.1.2
	OIDCertBag               der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03"     // 1.2.840.113549.1.12.10.1.3
	OIDCRLBag                der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x04"     // 1.2.840.113549.1.12.10.1.4
	OIDSecretBag             der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x05"     // 1.2.840.113549.1.12.10.1.5
	OIDSafeContentsBag       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x06"     // 1.2.840.113549.1.12.10.1.6
	OIDBagX509Certificate    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"         // 1.2.840.113549.1.9.22.1
	OIDBagSDSICertificate    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x02"         // 1.2.840.113549.1.9.22.2
	OIDBagX509CRL            der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x17\x01"         // 1.2.840.113549.1.9.23.1
	OIDFriendlyName          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14"             // 1.2.840.113549.1.9.20
	OIDLocalKeyID            der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15"             // 1.2.840.113549.1.9.21
	OIDMicrosoftCSPName      der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x11\x01"             // 1.3.6.1.4.1.311.17.1
	OIDOracleTrustedKeyUsage der.OID = "\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01" // 2.16.840.1.113894.746875.1.1
)
