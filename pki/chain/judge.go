package chain

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// judging is one path: its certificates without the anchor, the anchor, and what was found.
type judging struct {
	*verifying
	path   way // the leaf first
	anchor *Anchor
	r      *Result
}

// judge applies RFC 5280 §6.1 to a path and keeps its result when it is the best so far. It tells whether the path is good.
// A nil way is the anchor itself.
func (v *verifying) judge(w way, a *Anchor) bool {
	j := &judging{verifying: v, path: w, anchor: a, r: &Result{Anchor: a}}
	j.r.Path = append(append(j.r.Path, w...), a.Certificate)
	j.checkAnchor()
	for i := len(w) - 1; i >= 0; i-- {
		j.checkCertificate(i)
	}
	j.checkNames()
	j.checkPolicies()
	j.checkLeaf()
	if v.stop != nil {
		return false
	}
	if j.onlyTime() {
		j.checkRevocation()
	}
	if v.stop != nil {
		return false
	}
	j.r.OK = len(j.r.Failures) == 0
	var all []finding.Finding
	for _, f := range j.r.Failures {
		all = append(all, f.Finding)
	}
	j.r.Findings = append(all, j.r.Findings...)
	tried := 1
	if v.best != nil {
		tried += v.best.Tried
	}
	if v.best == nil || j.r.better(v.best) {
		v.best = j.r
	}
	v.best.Tried = tried
	return j.r.OK
}

// onlyTime tells whether nothing but the time speaks against the path. Evidence is asked for only then, so that nobody is asked
// about a certificate that no trusted authority vouches for: a forger could otherwise name any address to be asked.
func (j *judging) onlyTime() bool {
	for _, f := range j.r.Failures {
		if f.Code != finding.TimeExpired && f.Code != finding.TimeNotYet {
			return false
		}
	}
	return true
}

// better tells whether a failing path came nearer than another: it has fewer faults, or its first fault stands further from the anchor.
func (r *Result) better(o *Result) bool {
	if r.OK != o.OK {
		return r.OK
	}
	if len(r.Failures) != len(o.Failures) {
		return len(r.Failures) < len(o.Failures)
	}
	return len(r.Failures) > 0 && r.Failures[0].Index < o.Failures[0].Index
}

// fail notes a failure of the certificate at an index of the path; the anchor's is len(j.path).
func (j *judging) fail(i int, f finding.Finding, section string) {
	c := j.r.Path[i]
	j.r.Failures = append(j.r.Failures, Failure{Finding: f.At(c.Subject.Display()), Certificate: c, Index: i, Section: section})
}

// checkAnchor looks at what the trust is limited to, and at the anchor's own certificate as far as it limits itself (RFC 5937).
func (j *judging) checkAnchor() {
	c, at := j.anchor.Certificate, len(j.path)
	j.checkTime(at)
	if f, broken := c.Broken(); broken {
		j.fail(at, finding.New(finding.PathMalformed).Because("%v", f), "RFC 5280 §4")
	}
	if len(j.path) > 0 && c.Version >= 3 {
		if !c.Basic.CA {
			j.fail(at, finding.New(finding.PathNotCA).Because("the trusted certificate is no authority's"), "RFC 5280 §6.1.4 (k)")
		}
		if !c.Allows(pki.KeyCertSign) {
			j.fail(at, finding.New(finding.PathKeyUsage).Because("keyCertSign is missing"), "RFC 5280 §6.1.4 (n)")
		}
	}
	leaf := j.r.Path[0]
	if until := j.anchor.Until; !until.IsZero() && leaf.NotBefore.After(until) {
		j.fail(at, finding.New(finding.PathAnchor).Because("certificates issued after %s do not count", until.UTC().Format("2006-01-02")), "RFC 5937")
	}
	if !j.anchor.servesPurpose(j.Purpose) {
		j.fail(at, finding.New(finding.PathAnchor).Because("it is not trusted for %s", j.Purpose), "RFC 5937")
	}
	if d, ok := j.anchor.servesDomains(leaf); !ok {
		j.fail(at, finding.New(finding.PathAnchor).Because("it is not trusted for %s", d), "RFC 5937")
	}
}

// checkTime applies RFC 5280 §6.1.3 (a)(2).
func (j *judging) checkTime(i int) {
	c := j.r.Path[i]
	switch {
	case j.Time.Before(c.NotBefore):
		j.fail(i, finding.New(finding.TimeNotYet).Because("valid from %s", c.NotBefore.UTC().Format("2006-01-02 15:04")), "RFC 5280 §6.1.3 (a)(2)")
	case j.Time.After(c.NotAfter):
		j.fail(i, finding.New(finding.TimeExpired).Because("valid until %s", c.NotAfter.UTC().Format("2006-01-02 15:04")), "RFC 5280 §6.1.3 (a)(2)")
	}
}

// checkCertificate applies the rules of RFC 5280 §6.1.3 and §6.1.4 that need no memory of the path.
func (j *judging) checkCertificate(i int) {
	c, issuer := j.path[i], j.r.Path[i+1]
	if f, broken := c.Broken(); broken {
		j.fail(i, finding.New(finding.PathMalformed).Because("%v", f), "RFC 5280 §4")
	}
	if err := j.signed(c, issuer); err != nil {
		j.fail(i, signatureFailure(err), "RFC 5280 §6.1.3 (a)(1)")
	}
	j.checkTime(i)
	if len(c.UnhandledCritical) > 0 {
		j.fail(i, finding.New(finding.PathCritical).Because("%v", c.UnhandledCritical[0]), "RFC 5280 §6.1.4 (o)")
	}
	j.checkKey(i)
	if i > 0 {
		j.checkAuthority(i)
	}
}

// checkKey refuses keys that can be computed.
func (j *judging) checkKey(i int) {
	c := j.path[i]
	const least = 100 // bits: RSA with 1,024 has 80, with 2,048 112
	switch {
	case c.PublicKey == nil:
		j.fail(i, finding.New(finding.PathMalformed).Because("%v", c.KeyError), "RFC 5280 §4.1.2.7")
	case c.KeyInfo.Bits > 0 && c.KeyInfo.Bits < least && !j.Allow.Legacy:
		j.fail(i, finding.New(finding.PathWeak).Because("key of type %s", c.KeyInfo.Name), "RFC 8550 §4.2")
	}
}

// checkAuthority applies RFC 5280 §6.1.4 (k) to (n) to a certificate that issued another.
func (j *judging) checkAuthority(i int) {
	c := j.path[i]
	if c.Version < 3 || !c.Basic.CA {
		j.fail(i, finding.New(finding.PathNotCA), "RFC 5280 §6.1.4 (k)")
	}
	if !c.Allows(pki.KeyCertSign) {
		j.fail(i, finding.New(finding.PathKeyUsage).Because("keyCertSign is missing"), "RFC 5280 §6.1.4 (n)")
	}
	// Authorities below the one at i that are not self-issued, which do not count (RFC 5280 §6.1.4 (l)).
	below := 0
	for k := i - 1; k > 0; k-- {
		if !j.path[k].SelfIssued() {
			below++
		}
	}
	if most := c.Basic.MaxPathLen; c.Basic.CA && most >= 0 && below > most {
		j.fail(i, finding.New(finding.PathLength).Because("%d authorities below it, %d allowed", below, most), "RFC 5280 §6.1.4 (m)")
	}
	if want := j.Purpose.usage(); want != "" && c.ExtKeyUsage != nil && !c.HasUsage(want) && !c.HasUsage(alg.OIDUsageAny) {
		// S/MIME BR §7.1.2.1: an authority's purposes limit those of the certificates below.
		j.fail(i, finding.New(finding.PathPurpose).Because("the authority is limited to %s", purposes(c)), "RFC 5280 §4.2.1.12")
	}
}

// checkAnchorLength applies the anchor's own limit to the length of the path.
func (j *judging) checkAnchorLength() {
	a := j.anchor.Certificate
	below := 0
	for k := len(j.path) - 1; k > 0; k-- {
		if !j.path[k].SelfIssued() {
			below++
		}
	}
	if most := a.Basic.MaxPathLen; a.Basic.CA && most >= 0 && below > most {
		j.fail(len(j.path), finding.New(finding.PathLength).Because("%d authorities below it, %d allowed", below, most), "RFC 5280 §6.1.4 (m)")
	}
}

func purposes(c *pki.Certificate) string {
	var out string
	for i, u := range c.ExtKeyUsage {
		if i > 0 {
			out += ", "
		}
		out += pki.UsageName(u)
	}
	return out
}

// usage returns the extended key usage of a purpose; empty for those that ask for none.
func (p Purpose) usage() der.OID {
	switch p {
	case SMIMESign, SMIMEEncrypt:
		return alg.OIDUsageEmailProtection
	case TimeStamping:
		return alg.OIDUsageTimeStamping
	case OCSPSigning:
		return alg.OIDUsageOCSPSigning
	}
	return ""
}
