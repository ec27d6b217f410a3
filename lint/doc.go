// Package lint judges how a certificate, a revocation list or an OCSP answer is made: whether it follows RFC 5280, RFC 6960,
// RFC 8550 and the S/MIME Baseline Requirements of the CA/Browser Forum that were in force when it was made.
//
//	for _, r := range lint.Certificate(c, lint.Options{Issuer: ca}) {
//		if r.Status == lint.Fail {
//			fmt.Println(r.Severity, r.Name, r.Section, r.Detail)
//		}
//	}
//
// CRL and OCSP do the same for lists and answers. Every rule stands in a table (Rules, CRLRules, OCSPRules) with the section it obeys, the dates between which it holds, and what to do
// about it. A rule looks at the certificate alone, and at its issuer's where Options names one.
//
// It does not say whether a certificate can be trusted: that is a path validation's (pki/chain). It does not look at
// validation evidence, at DNS, or at lists of compromised keys.
package lint
