package chain

// Purpose is what a certificate is to be used for.
type Purpose string

// The purposes.
const (
	Any          Purpose = "any"           // no requirement on key usage
	SMIMESign    Purpose = "smime-sign"    // RFC 8550 §4.4: signing mail
	SMIMEEncrypt Purpose = "smime-encrypt" // RFC 8550 §4.4: receiving encrypted mail
	TimeStamping Purpose = "timestamping"  // RFC 3161 §2.3
	OCSPSigning  Purpose = "ocsp-signing"  // RFC 6960 §4.2.2.2
	CRLSigning   Purpose = "crl-signing"   // RFC 5280 §6.3.3 (f)
	CA           Purpose = "ca"            // issuing certificates
)
