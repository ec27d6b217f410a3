package chain

import "github.com/waxwing-mail/waxwing/pki"

// AtHand is Evidence that was given: files, or what a message carries. All of it is
// offered for every certificate; Verify picks what fits.
type AtHand struct {
	Certificates []*pki.Certificate
	Lists        []*pki.CRL
	Answers      []*pki.OCSPResponse
}

// Issuers returns the certificates whose subject is the issuer of c.
func (a AtHand) Issuers(c *pki.Certificate) []*pki.Certificate {
	var out []*pki.Certificate
	for _, x := range a.Certificates {
		if x != nil && x.Subject.Equal(c.Issuer) {
			out = append(out, x)
		}
	}
	return out
}

// CRLs returns every list.
func (a AtHand) CRLs(*pki.Certificate) []*pki.CRL { return a.Lists }

// OCSP returns every answer.
func (a AtHand) OCSP(_, _ *pki.Certificate) []*pki.OCSPResponse { return a.Answers }

// Joined is the evidence of several sources, the first one's first. Nil ones are skipped.
type Joined []Evidence

// Issuers returns what every source has.
func (j Joined) Issuers(c *pki.Certificate) (out []*pki.Certificate) {
	for _, e := range j {
		if e != nil {
			out = append(out, e.Issuers(c)...)
		}
	}
	return out
}

// CRLs returns what every source has.
func (j Joined) CRLs(c *pki.Certificate) (out []*pki.CRL) {
	for _, e := range j {
		if e != nil {
			out = append(out, e.CRLs(c)...)
		}
	}
	return out
}

// OCSP returns what every source has.
func (j Joined) OCSP(c, issuer *pki.Certificate) (out []*pki.OCSPResponse) {
	for _, e := range j {
		if e != nil {
			out = append(out, e.OCSP(c, issuer)...)
		}
	}
	return out
}
