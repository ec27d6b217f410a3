package chain

import (
	"bytes"
	"slices"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// scope applies RFC 5280 §6.3.3 (b) and (d): is the list for this certificate at this distribution point, and for which reasons.
func (q *question) scope(l *pki.CRL, p pki.DistributionPoint, assumed bool) (pki.ReasonFlags, bool) {
	s := l.Scope
	if len(p.CRLIssuer) > 0 {
		named := slices.ContainsFunc(p.CRLIssuer, func(n pki.GeneralName) bool { return n.Kind == pki.DirectoryName && n.Directory.Equal(l.Issuer) })
		if !named {
			return 0, false
		}
		if !s.Indirect {
			q.ignore(finding.EvidenceScope, "the list is another issuer's and not indirect")
			return 0, false
		}
	} else if !l.Issuer.Equal(q.cert.Issuer) {
		if q.alone && assumed {
			q.ignore(finding.EvidenceForeign, "a list of %s, the certificate is of %s", l.Issuer.Display(), q.cert.Issuer.Display())
		}
		return 0, false
	}
	if s.Present && !q.covers(s, l, p) {
		return 0, false
	}
	reasons := pki.AllReasons
	if p.Reasons != 0 {
		reasons &= p.Reasons
	}
	if s.OnlySomeReasons != 0 {
		reasons &= s.OnlySomeReasons
	}
	return reasons, true
}

// covers compares the issuing distribution point with the certificate and its distribution point (RFC 5280 §6.3.3 (b)(2)).
func (q *question) covers(s pki.IssuingDistributionPoint, l *pki.CRL, p pki.DistributionPoint) bool {
	if s.Point.Present {
		want := p.PointName.Names(crlIssuer(p, q.cert.Issuer))
		if !p.Present {
			want = p.CRLIssuer
		}
		if !shareName(s.Point.Names(l.Issuer), want) {
			q.ignore(finding.EvidenceScope, "the list is for another distribution point")
			return false
		}
	}
	switch {
	case q.alone && s.Indirect && len(p.CRLIssuer) == 0:
		q.ignore(finding.EvidenceScope, "the list is indirect, and the certificate does not name its issuer")
	case s.OnlyUserCerts && (q.cert.Basic.CA || q.cert.Version < 3):
		q.ignore(finding.EvidenceScope, "the list covers people's certificates only")
	case s.OnlyCACerts && !q.cert.Basic.CA:
		q.ignore(finding.EvidenceScope, "the list covers authorities' certificates only")
	case s.OnlyAttributes:
		q.ignore(finding.EvidenceScope, "the list covers attribute certificates only")
	default:
		return true
	}
	return false
}

// shareName tells whether two lists have a name in common.
func shareName(a, b pki.GeneralNames) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Kind != y.Kind {
				continue
			}
			if x.Kind == pki.DirectoryName && x.Directory.Equal(y.Directory) || x.Kind != pki.DirectoryName && x.Raw != nil && bytes.Equal(x.Raw, y.Raw) {
				return true
			}
		}
	}
	return false
}

// crlIssuer is whose name a relative point is joined to (RFC 5280 §4.2.1.13).
func crlIssuer(p pki.DistributionPoint, issuer pki.Name) pki.Name {
	for _, n := range p.CRLIssuer {
		if n.Kind == pki.DirectoryName {
			return n.Directory
		}
	}
	return issuer
}
