package chain

import (
	"crypto"
	"crypto/dsa"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// signatures remembers, for one judgement, which signatures verify and which do not: in a maze the same ones are asked for over and over.
// Keys are told apart by their encoding, so that many certificates of one key cost one operation.
type signatures struct {
	keys  map[string]int
	found map[signatureBy]error
}

// signatureBy is a signed object (a certificate, CRL or OCSP answer) and a key.
type signatureBy struct {
	object any
	key    int
}

// verify checks a signature by a certificate's key once. check does it.
func (j *judge) verify(object any, by *pki.Certificate, check func() error) error {
	k := &j.known
	if k.found == nil {
		k.keys, k.found = map[string]int{}, map[signatureBy]error{}
	}
	id, ok := k.keys[string(by.RawSPKI)]
	if !ok {
		id = len(k.keys)
		k.keys[string(by.RawSPKI)] = id
	}
	if err, done := k.found[signatureBy{object, id}]; done {
		return err
	}
	if j.stopped() || !j.operation() {
		return j.limit
	}
	err := check()
	k.found[signatureBy{object, id}] = err
	return err
}

// operation takes a public-key operation from the budget.
func (j *judge) operation() bool {
	if j.Budget == nil {
		j.Budget = limit.New(limit.Limits{})
	}
	if err := j.Budget.Take(limit.PublicKey, 1); err != nil {
		j.limit = err
	}
	return j.limit == nil
}

// checkSignature checks the signature of a certificate by the key of another (RFC 5280 §6.1.3 (a)(1)).
// For a DSA key whose parameters stand further up it says yes: complete checks that signature.
func (j *judge) checkSignature(c, issuer *pki.Certificate) (finding.Finding, bool) {
	if issuer.PublicKey == nil {
		return finding.New(finding.PathSignature).Because("the key of %s cannot be read", issuer.Subject.Display()), false
	}
	if inherits(issuer.PublicKey) && j.Allow.Legacy {
		return finding.Finding{}, true
	}
	err := j.signedBy(c, issuer)
	if err == nil {
		return finding.Finding{}, true
	}
	return signatureFailure(err, issuer), false
}

func (j *judge) signedBy(c, issuer *pki.Certificate) error {
	var key cacheKey
	if j.Cache != nil {
		key = cacheKeyOf(c, issuer, j.Allow)
		if j.Cache.has(key) {
			return nil
		}
	}
	err := j.verify(c, issuer, func() error { return c.CheckSignatureBy(issuer.PublicKey, j.Allow) })
	if err == nil && j.Cache != nil {
		j.Cache.put(key)
	}
	return err
}

// inherits tells a DSA key without parameters (RFC 3279 §2.3.2).
func inherits(key crypto.PublicKey) bool {
	k, ok := key.(*dsa.PublicKey)
	return ok && k.P == nil
}

// checkInherited checks the signatures by DSA keys that take their parameters from the key above (RFC 5280 §6.1.4 (f), working_public_key_parameters).
func (j *judge) checkInherited(a *attempt) {
	path := a.path()
	working := path[len(path)-1].PublicKey
	for i := len(path) - 2; i >= 0; i-- {
		if inherits(path[i+1].PublicKey) {
			if !j.operation() {
				return
			}
			if err := path[i].CheckSignatureBy(working, j.Allow); err != nil {
				a.fail(i, "RFC 5280 §6.1.3 (a)(1)", signatureFailure(err, path[i+1]))
			}
		}
		working = alg.InheritDSA(path[i].PublicKey, working)
	}
}

// keyOf returns a certificate's key, with the parameters that it inherits from those above it (RFC 3279 §2.3.2).
func keyOf(c *pki.Certificate, above []*pki.Certificate) crypto.PublicKey {
	if !inherits(c.PublicKey) {
		return c.PublicKey
	}
	var working crypto.PublicKey
	for i := len(above) - 1; i >= 0; i-- {
		if working = alg.InheritDSA(above[i].PublicKey, working); above[i].Equal(c) {
			return working
		}
	}
	return c.PublicKey
}

// signatureFailure says what is wrong with a signature.
func signatureFailure(err error, by *pki.Certificate) finding.Finding {
	var old *alg.NotAllowedError
	var unsupported *alg.UnsupportedError
	var params *alg.ParamsError
	switch {
	case errors.As(err, &old):
		return finding.New(finding.PathWeak).Because("%v", err)
	case errors.As(err, &unsupported), errors.As(err, &params):
		return finding.New(finding.PathUnsupported).Because("%v", err)
	}
	return finding.New(finding.PathSignature).Because("by the key of %s: %v", by.Subject.Display(), err)
}

// aged says that a certificate counts only because old algorithms were allowed, or because its key was long enough at the time.
func (j *judge) aged(c *pki.Certificate, a *attempt) (finding.Finding, bool) {
	if bits := c.KeyInfo.Bits; bits > 0 && bits < leastBits {
		return finding.New(finding.PathOld).Because("a key of type %s", c.KeyInfo.Name), true
	}
	if j.Allow == (alg.Allow{}) {
		return finding.Finding{}, false
	}
	for t := a.top; t != nil && t.below != nil; t = t.below {
		if t.below.cert != c {
			continue
		}
		var old *alg.NotAllowedError
		if _, err := alg.NewVerifier(c.SignatureAlgorithm, nil, t.cert.PublicKey, alg.Allow{}); errors.As(err, &old) {
			return finding.New(finding.PathOld).Because("signed with %s", old.Algorithm), true
		}
	}
	return finding.Finding{}, false
}
