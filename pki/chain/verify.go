package chain

import (
	"context"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// verifying is one Verify: the question and what the search has found.
type verifying struct {
	Request
	ctx   context.Context
	edges map[edge]error // signatures checked so far
	best  *Result        // of the paths judged
	depth int            // of questions about those who sign evidence
	stop  error          // a limit or the context
}

// edge is a certificate and one that may have issued it.
type edge struct{ issued, issuer *pki.Certificate }

// Verify looks for a path from the leaf to an anchor on which every rule of RFC 5280 §6 holds.
func Verify(ctx context.Context, r Request) *Result {
	v := &verifying{Request: r, ctx: ctx, edges: map[edge]error{}}
	return v.run()
}

func (v *verifying) run() *Result {
	if v.Purpose == "" {
		v.Purpose = SMIMESign
	}
	if v.Revocation == "" {
		v.Revocation = Soft
	}
	if v.Now.IsZero() || v.Now.Before(v.Time) {
		v.Now = v.Time
	}
	if v.Budget == nil {
		v.Budget = limit.New(limit.Limits{})
	}
	if v.Leaf == nil || v.Time.IsZero() {
		return v.failed(finding.New(finding.PathNoMoment))
	}
	// First only certificates that may be authorities are tried, so that a good path is found soon. When there is none, the
	// others are looked at too, to say what is wrong with them.
	if !v.search(true) && v.best == nil {
		v.search(false)
	}
	switch {
	case v.best != nil && v.best.OK:
	case v.stop != nil:
		r := v.failed(finding.New(finding.PathSearch).Because("%v", v.stop))
		r.Limit = v.stop
		v.best = r
	case v.best == nil:
		v.best = v.failed(finding.New(finding.PathNoAnchor).Because("%s, issued by %s", v.Leaf.Subject.Display(), v.Leaf.Issuer.Display()))
	}
	return v.best
}

// failed returns a result with one failure of the whole path.
func (v *verifying) failed(f finding.Finding) *Result {
	r := &Result{Failures: []Failure{{Finding: f, Certificate: v.Leaf, Index: 0, Section: "RFC 5280 §6.1"}}, Findings: []finding.Finding{f}}
	if v.Leaf != nil {
		r.Path = []*pki.Certificate{v.Leaf}
	}
	return r
}

// signed checks the signature of a certificate by the key of another, once.
func (v *verifying) signed(c, issuer *pki.Certificate) error {
	e := edge{c, issuer}
	if err, known := v.edges[e]; known {
		return err
	}
	if v.Cache.good(c, issuer) && v.Allow == (alg.Allow{}) {
		v.edges[e] = nil
		return nil
	}
	if err := v.Budget.Take(limit.PublicKey, 1); err != nil {
		v.stop = err
		return err
	}
	err := c.CheckSignatureFrom(issuer, v.Allow)
	v.edges[e] = err
	if err == nil && v.Allow == (alg.Allow{}) {
		v.Cache.remember(c, issuer)
	}
	return err
}

// signatureFailure names what is wrong with a signature.
func signatureFailure(err error) finding.Finding {
	var old *alg.NotAllowedError
	var unsupported *alg.UnsupportedError
	if errors.As(err, &old) || errors.As(err, &unsupported) {
		return finding.New(finding.PathWeak).Because("%v", err)
	}
	return finding.New(finding.PathSignature).Because("%v", err)
}
