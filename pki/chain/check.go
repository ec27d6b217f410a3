package chain

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// CRLCheck is a question to CheckCRL: is this list good, and what does it say?
type CRLCheck struct {
	CRL         *pki.CRL
	Delta       *pki.CRL           // joined with CRL; nil for none
	Issuer      *pki.Certificate   // whose list it must be; trusted for this check
	Certificate *pki.Certificate   // whose status is asked for; nil checks the list alone
	Pool        []*pki.Certificate // certificates of a separate CRL signer, and the way to it from Issuer
	Time        time.Time          // as in Request
	Now         time.Time
	MaxAge      time.Duration
	Allow       alg.Allow
	Budget      *limit.Budget
	Cache       *Cache
}

// OCSPCheck is a question to CheckOCSP: is this answer good, and what does it say?
type OCSPCheck struct {
	Response    *pki.OCSPResponse
	Certificate *pki.Certificate
	Issuer      *pki.Certificate   // of Certificate; trusted for this check
	Responders  []*pki.Certificate // trusted to answer for any issuer (RFC 6960 §2.2: a Trusted Responder)
	Nonce       []byte             // what was sent; nil accepts any
	Time        time.Time          // as in Request
	Now         time.Time
	MaxAge      time.Duration
	Allow       alg.Allow
	Budget      *limit.Budget
	Cache       *Cache
}

// Check is what was found about a CRL or an OCSP answer.
type Check struct {
	OK       bool              // the evidence can be used: nothing Bad speaks against it
	Status   Status            // of the certificate asked about; Unknown when none was, or when not OK
	Findings []finding.Finding // what speaks against it, and what it says
	Limit    error             // *limit.Error when the check was cut short
}
