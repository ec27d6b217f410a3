package chain

import (
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// checkLeaf applies to the leaf whatever does not depend on its issuer.
func (j *judge) checkLeaf(g *goal, t *step) {
	j.checkAlone(g, t)
	if c := t.cert; c.HasKeyUsage && c.KeyUsage&pki.KeyCertSign != 0 && !c.Basic.CA {
		// RFC 5280 §4.2.1.3, §4.2.1.9: such a certificate contradicts itself, and some programs would take it for an authority's.
		t.fail(0, c, "RFC 5280 §4.2.1.9", finding.New(finding.PathKeyUsage).Because("keyCertSign in a certificate that is no authority's"))
	}
	for _, r := range breaches(g.purpose, t.cert) {
		t.fail(0, t.cert, r.section, r.finding)
	}
}

// checkIssuer applies to a certificate that is put on top of a way whatever does not need its key.
func (j *judge) checkIssuer(g *goal, t *step) {
	c, at := t.cert, t.depth-1
	j.checkAlone(g, t)
	if t.anchor != nil {
		j.checkLimits(g, t)
	}
	switch {
	case c.Version < 3 && t.anchor == nil:
		// RFC 5280 §6.1.4 (k): without the extension only other means tell that it is an authority's, and there are none here.
		t.fail(at, c, "RFC 5280 §6.1.4 (k)", finding.New(finding.PathNotCA).Because("a certificate of version %d cannot say that it is an authority's", c.Version))
	case c.Version >= 3 && !c.Basic.CA:
		// RFC 5280 §4.2.1.9 holds for the anchor's own certificate too, when it is one of version 3.
		t.fail(at, c, "RFC 5280 §6.1.4 (k)", finding.New(finding.PathNotCA).Because("%s", notCA(c)))
	case c.Basic.MaxPathLen >= 0 && t.below.counted > c.Basic.MaxPathLen:
		t.fail(at, c, "RFC 5280 §6.1.4 (l), (m)", finding.New(finding.PathLength).Because("%d below it, %d allowed", t.below.counted, c.Basic.MaxPathLen))
	}
	if !c.Allows(pki.KeyCertSign) {
		t.fail(at, c, "RFC 5280 §6.1.4 (n)", finding.New(finding.PathKeyUsage).Because("keyCertSign is missing, it has %v", c.KeyUsage))
	}
	if c.Subject.Empty() {
		// RFC 5280 §4.1.2.6: an authority has a name; else nothing ties it to what it issued.
		t.fail(at, c, "RFC 5280 §4.1.2.6", finding.New(finding.PathNotCA).Because("it has no name"))
	}
	if r, ok := nesting(g.purpose, c); !ok {
		t.fail(at, c, r.section, r.finding)
	}
}

func notCA(c *pki.Certificate) string {
	if !c.Basic.Present {
		return "basicConstraints is missing"
	}
	return "basicConstraints says that it is no authority's"
}

// checkAlone applies what a certificate must fulfil wherever it stands. RFC 5280 §6.1.1 (d) needs of an anchor its name and key alone; like other programs we
// look at its certificate too: what it says about itself is not understood, or no longer true, as little there as elsewhere.
func (j *judge) checkAlone(g *goal, t *step) {
	c, at := t.cert, t.depth-1
	if f, broken := c.Broken(); broken {
		t.fail(at, c, "RFC 5280 §4", finding.New(finding.PathMalformed).Because("%v", f))
	}
	if c.Version < 3 && len(c.Extensions) > 0 {
		t.fail(at, c, "RFC 5280 §4.1.2.9", finding.New(finding.PathMalformed).Because("extensions in a certificate of version %d", c.Version))
	}
	if c.Issuer.Empty() && t.anchor == nil {
		t.fail(at, c, "RFC 5280 §4.1.2.4", finding.New(finding.PathMalformed).Because("the issuer has no name"))
	}
	if len(c.UnhandledCritical) > 0 {
		t.fail(at, c, "RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f)", finding.New(finding.PathCritical).Because("%v", c.UnhandledCritical[0]))
	}
	if unknownQualifier(c) {
		t.fail(at, c, "RFC 5280 §4.2.1.4", finding.New(finding.PathCritical).Because("a policy has a qualifier that is not understood"))
	}
	j.checkTime(g, t)
	j.checkKey(g, t)
}

// checkTime applies RFC 5280 §6.1.3 (a)(2), to the anchor too: who names it may set another end to the trust, and not a later one.
func (j *judge) checkTime(g *goal, t *step) {
	const form = "2006-01-02 15:04"
	c := t.cert
	switch {
	case g.at.Before(c.NotBefore):
		t.fail(t.depth-1, c, "RFC 5280 §6.1.3 (a)(2)", finding.New(finding.TimeNotYet).
			Because("valid from %s, judged as of %s", c.NotBefore.UTC().Format(form), g.at.UTC().Format(form)))
	case g.at.After(c.NotAfter):
		t.fail(t.depth-1, c, "RFC 5280 §6.1.3 (a)(2)", finding.New(finding.TimeExpired).
			Because("valid until %s, judged as of %s", c.NotAfter.UTC().Format(form), g.at.UTC().Format(form)))
	}
}

// How strong a key has to be, in bits. RFC 8550 §4.3: RSA keys below 2048 bits SHOULD NOT be accepted, and never without a warning.
const (
	leastBits = 112 // RSA 2048
	onceBits  = 80  // RSA 1024, which was thought sufficient until shortKeys
)

// shortKeys is the day since which keys of 80 bits are no longer acceptable (NIST SP 800-131A).
var shortKeys = time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC)

// checkKey refuses keys that cannot be read and keys that could be computed at the time.
func (j *judge) checkKey(g *goal, t *step) {
	c := t.cert
	switch bits := c.KeyInfo.Bits; {
	case c.PublicKey == nil:
		t.fail(t.depth-1, c, "RFC 5280 §4.1.2.7", finding.New(finding.PathMalformed).Because("its key cannot be read: %v", c.KeyError))
	case bits == 0 || bits >= leastBits || j.Allow.Legacy:
	case bits < onceBits || !g.at.Before(shortKeys):
		t.fail(t.depth-1, c, "RFC 8550 §4.3", finding.New(finding.PathWeak).Because("a key of type %s", c.KeyInfo.Name))
	}
}

// checkLimits applies what the trust in an anchor is limited to. Certificates that sign evidence have no addresses, and serve every purpose that
// the anchor serves.
func (j *judge) checkLimits(g *goal, t *step) {
	a := t.anchor
	fail := func(format string, args ...any) {
		t.fail(t.depth-1, t.cert, "RFC 5937 §3", finding.New(finding.PathAnchor).Because("%s: %s", a.Name, fmt.Sprintf(format, args...)))
	}
	if !a.serves(g.purpose) {
		fail("not trusted for %s", g.purpose)
	}
	for below := t.below; below != nil && !a.Until.IsZero(); below = below.below {
		if below.cert.NotBefore.After(a.Until) {
			fail("certificates issued after %s do not count", a.Until.UTC().Format("2006-01-02"))
			break
		}
	}
	if address, ok := a.speaksFor(g.leaf); !ok {
		fail("not trusted for %s", address)
	}
}
