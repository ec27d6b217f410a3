package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// AttributeName returns what people call an attribute, or its dotted identifier.
func AttributeName(t der.OID) string {
	for _, n := range attributeNames {
		if n.oid == t {
			return n.name
		}
	}
	return t.String()
}

// attributeNames are the attributes met in mail, as the documents name them.
var attributeNames = [...]struct {
	oid  der.OID
	name string
}{
	{alg.OIDContentType, "content-type"},
	{alg.OIDMessageDigest, "message-digest"},
	{alg.OIDSigningTime, "signing-time"},
	{alg.OIDCountersignature, "countersignature"},
	{alg.OIDSMIMECapabilities, "smimeCapabilities"},
	{alg.OIDAlgorithmProtection, "algorithm protection"},
	{alg.OIDEncryptionKeyPreference, "encryption key preference"},
	{alg.OIDMicrosoftKeyPreference, "encryption key preference (Microsoft)"},
	{alg.OIDReceiptRequest, "receipt request"},
	{alg.OIDSecurityLabel, "security label"},
	{alg.OIDMLExpansionHistory, "mailing list expansion history"},
	{alg.OIDContentHint, "content hints"},
	{alg.OIDMsgSigDigest, "message signature digest"},
	{alg.OIDContentIdentifier, "content identifier"},
	{alg.OIDEquivalentLabels, "equivalent labels"},
	{alg.OIDContentReference, "content reference"},
	{alg.OIDSigningCertificate, "signing certificate"},
	{alg.OIDSigningCertificateV2, "signing certificate, version 2"},
	{alg.OIDSignatureTimeStamp, "signature timestamp"},
	{alg.OIDContentTimeStamp, "content timestamp"},
	{alg.OIDSignaturePolicy, "signature policy"},
	{alg.OIDCommitmentType, "commitment type"},
	{alg.OIDSignerLocation, "signer location"},
	{alg.OIDCertificateRefs, "certificate references"},
	{alg.OIDRevocationRefs, "revocation references"},
	{alg.OIDCertificateValues, "certificate values"},
	{alg.OIDRevocationValues, "revocation values"},
	{alg.OIDArchiveTimeStampV2, "archive timestamp"},
	{alg.OIDArchiveTimeStampV3, "archive timestamp, version 3"},
	{alg.OIDAdobeRevocationInfo, "revocation information (Adobe)"},
	{alg.OIDMicrosoftTimeStamp, "timestamp (Microsoft)"},
}
