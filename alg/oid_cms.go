package alg

import "github.com/waxwing-mail/waxwing/der"

// Identifiers of the Cryptographic Message Syntax. Each is the contents of the encoded OBJECT
// IDENTIFIER; the comment beside it is its dotted form, which a test compares.

// Content types (RFC 5652, RFC 5083, RFC 3274, RFC 2634, RFC 3161, RFC 5544).
const (
	OIDData                   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"         // 1.2.840.113549.1.7.1
	OIDSignedData             der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"         // 1.2.840.113549.1.7.2
	OIDEnvelopedData          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"         // 1.2.840.113549.1.7.3
	OIDSignedAndEnvelopedData der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x04"         // 1.2.840.113549.1.7.4
	OIDDigestedData           der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x05"         // 1.2.840.113549.1.7.5
	OIDEncryptedData          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"         // 1.2.840.113549.1.7.6
	OIDReceipt                der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x01" // 1.2.840.113549.1.9.16.1.1
	OIDAuthenticatedData      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x02" // 1.2.840.113549.1.9.16.1.2
	OIDTSTInfo                der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04" // 1.2.840.113549.1.9.16.1.4
	OIDContentInfo            der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x06" // 1.2.840.113549.1.9.16.1.6
	OIDCompressedData         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09" // 1.2.840.113549.1.9.16.1.9
	OIDAuthEnvelopedData      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17" // 1.2.840.113549.1.9.16.1.23
	OIDTimestampedData        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x1f" // 1.2.840.113549.1.9.16.1.31
)

// Attributes of RFC 5652 §11, RFC 8551 §2.5, RFC 6211 and Microsoft's form of the key preference.
const (
	OIDContentType             der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03"         // 1.2.840.113549.1.9.3
	OIDMessageDigest           der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04"         // 1.2.840.113549.1.9.4
	OIDSigningTime             der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05"         // 1.2.840.113549.1.9.5
	OIDCountersignature        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06"         // 1.2.840.113549.1.9.6
	OIDSMIMECapabilities       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0f"         // 1.2.840.113549.1.9.15
	OIDAlgorithmProtection     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x34"         // 1.2.840.113549.1.9.52
	OIDEncryptionKeyPreference der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0b" // 1.2.840.113549.1.9.16.2.11
	OIDMicrosoftKeyPreference  der.OID = "\x2b\x06\x01\x04\x01\x82\x37\x10\x04"         // 1.3.6.1.4.1.311.16.4
)

// Attributes of RFC 2634, RFC 5035, RFC 3161 Appendix A and RFC 5126.
const (
	OIDReceiptRequest       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x01" // 1.2.840.113549.1.9.16.2.1
	OIDSecurityLabel        der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x02" // 1.2.840.113549.1.9.16.2.2
	OIDMLExpansionHistory   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x03" // 1.2.840.113549.1.9.16.2.3
	OIDContentHint          der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x04" // 1.2.840.113549.1.9.16.2.4
	OIDMsgSigDigest         der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x05" // 1.2.840.113549.1.9.16.2.5
	OIDContentIdentifier    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x07" // 1.2.840.113549.1.9.16.2.7
	OIDEquivalentLabels     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x09" // 1.2.840.113549.1.9.16.2.9
	OIDContentReference     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0a" // 1.2.840.113549.1.9.16.2.10
	OIDSigningCertificate   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0c" // 1.2.840.113549.1.9.16.2.12
	OIDSignatureTimeStamp   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0e" // 1.2.840.113549.1.9.16.2.14
	OIDSignaturePolicy      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x0f" // 1.2.840.113549.1.9.16.2.15
	OIDCommitmentType       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x10" // 1.2.840.113549.1.9.16.2.16
	OIDSignerLocation       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x11" // 1.2.840.113549.1.9.16.2.17
	OIDContentTimeStamp     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x14" // 1.2.840.113549.1.9.16.2.20
	OIDCertificateRefs      der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x15" // 1.2.840.113549.1.9.16.2.21
	OIDRevocationRefs       der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x16" // 1.2.840.113549.1.9.16.2.22
	OIDCertificateValues    der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x17" // 1.2.840.113549.1.9.16.2.23
	OIDRevocationValues     der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x18" // 1.2.840.113549.1.9.16.2.24
	OIDSigningCertificateV2 der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f" // 1.2.840.113549.1.9.16.2.47
	OIDArchiveTimeStampV2   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x30" // 1.2.840.113549.1.9.16.2.48
)

// Other recipients (RFC 9629) and other revocation information (RFC 5940).
const (
	OIDRecipientKEM   der.OID = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x0d\x03" // 1.2.840.113549.1.9.16.13.3
	OIDRevocationOCSP der.OID = "\x2b\x06\x01\x05\x05\x07\x10\x02"             // 1.3.6.1.5.5.7.16.2
)
