// Package pki reads and builds what a public key infrastructure passes around:
// certificates, certification requests, CRLs, OCSP requests and answers.
//
// Reading is lenient. Real mail carries certificates with negative serial numbers, odd string
// types, unknown curves and doubled extensions; a person still wants to see them and a path
// validator still has to say what is wrong with them. So a reader here keeps the raw bytes,
// decodes what can be decoded, and notes the rest as a Fault:
//
//	c, err := pki.ParseCertificate(der)      // fails only when it is no certificate at all
//	if f, broken := c.Broken(); broken {     // something could not be understood:
//		return f                             // a validator must refuse the certificate
//	}
//	for _, e := range c.Emails() { ... }     // every address, with the place where it stands
//	err = c.CheckSignatureFrom(issuer, allow)
//
// Building is strict DER, with any crypto.Signer and any subject key:
//
//	der, err := pki.CreateCertificate(pki.Template{...}, issuer, signer)
//
// The package does not judge: whether a certificate is valid, for whom and when, is decided in
// pki/chain. It knows no clock, fetches nothing and holds no keys. Attribute certificates
// (RFC 5755) are not read.
//
// RFCs: 5280, 6818, 9598 (names and mailboxes), 4514 and 4518 (names as text and their
// comparison), 2986 (PKCS#10), 6960, 9654 and 5019 (OCSP), 4262 (S/MIME capabilities).
package pki
