package chain

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// Request is one question to Verify.
type Request struct {
	Leaf     *pki.Certificate
	Pool     []*pki.Certificate // to build paths with; no trust follows from them
	Anchors  *Anchors           // nil trusts no one
	Evidence Evidence           // CRLs, OCSP answers and issuers at hand; nil means none

	Time time.Time // the moment at which every certificate must be valid; zero fails
	Now  time.Time // the moment of the judgement, when it is later than Time: evidence up to here counts; zero takes Time

	Purpose    Purpose       // zero takes SMIMESign
	Policies   PolicyInputs  // zero accepts every policy and none
	Revocation Revocation    // zero takes Soft
	MaxAge     time.Duration // how old CRLs and OCSP answers may be at Time, whatever they say themselves; zero: as they say

	Allow  alg.Allow     // legacy algorithms that are accepted; zero accepts none
	Budget *limit.Budget // nil takes a fresh one with the default limits
	Cache  *Cache        // signatures found good before; nil remembers nothing
}

// PolicyInputs are the inputs to policy processing (RFC 5280 §6.1.1 (c), (e), (f), (g)).
type PolicyInputs struct {
	User            []der.OID // user-initial-policy-set; nil is any-policy
	RequireExplicit bool      // initial-explicit-policy
	InhibitMapping  bool      // initial-policy-mapping-inhibit
	InhibitAny      bool      // initial-any-policy-inhibit
}

// Revocation says how much must be known about revocation.
type Revocation string

// The settings. Whatever is chosen, the result says for each certificate what was known.
const (
	Soft Revocation = "soft" // what is known counts; what is unknown is reported
	Hard Revocation = "hard" // every certificate below the anchor must be known to be good (RFC 5280 §6.1.3 (a)(3))
	Off  Revocation = "off"  // nothing is looked at
)

// Evidence is what is known beside the certificates that came along. It is asked for every
// certificate on the way; it may answer with more than was asked for, in any order.
type Evidence interface {
	Issuers(c *pki.Certificate) []*pki.Certificate       // possible issuers of c
	CRLs(c *pki.Certificate) []*pki.CRL                  // lists on which c may stand, and their deltas
	OCSP(c, issuer *pki.Certificate) []*pki.OCSPResponse // answers about c
}
