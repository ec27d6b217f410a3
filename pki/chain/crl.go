package chain

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// lists applies RFC 5280 §6.3.3 with every list at hand: for each distribution point of the certificate, then for the one that is
// assumed, until every reason is covered.
func (q *question) lists(all []*pki.CRL) {
	if len(all) == 0 {
		return
	}
	points := slices.Clone(q.cert.CRLPoints)
	// RFC 5280 §6.3.3: what is left is asked of a list of the issuer's own.
	if !q.alone || !slices.ContainsFunc(points, func(p pki.DistributionPoint) bool { return len(p.CRLIssuer) > 0 }) {
		points = append(points, pki.DistributionPoint{PointName: pki.PointName{Present: true, FullName: pki.GeneralNames{pki.Directory(q.cert.Issuer)}}})
	}
	var covered pki.ReasonFlags
	for i, p := range points {
		assumed := i == len(points)-1
		for _, l := range all {
			if q.stop != nil || covered == pki.AllReasons || l.IsDelta() {
				continue
			}
			reasons, ok := q.scope(l, p, assumed)
			if !ok || reasons&^covered == 0 || !q.usable(l) {
				continue
			}
			delta := q.delta(l, all)
			q.noteList(l, delta)
			if q.listed(l, delta) {
				return
			}
			if l.ThisUpdate.After(q.cert.NotAfter) {
				// RFC 5280 §3.3: an entry may be removed once it was on a list after the end of the validity.
				q.ignore(finding.EvidenceStale, "the list was made after the certificate had expired")
				continue
			}
			covered |= reasons
		}
	}
	switch {
	case covered == pki.AllReasons:
		if q.s.State == Unknown {
			q.s.State, q.s.Why = Good, ""
		}
	case covered != 0:
		q.s.Source, q.s.Why = "", fmt.Sprintf("the lists at hand cover only the reasons %v", covered)
	}
}

func (q *question) noteList(l, delta *pki.CRL) {
	q.s.Source, q.s.ThisUpdate, q.s.NextUpdate = FromCRL, l.ThisUpdate, l.NextUpdate
	if delta != nil {
		q.s.ThisUpdate, q.s.NextUpdate = delta.ThisUpdate, delta.NextUpdate
	}
}

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
		if !assumed {
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
	case s.OnlyUserCerts && q.cert.Basic.CA, s.OnlyUserCerts && q.cert.Version < 3:
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

// usable applies freshness and form, and finds the one who signed the list (RFC 5280 §6.3.3 (a), (f), (g)).
func (q *question) usable(l *pki.CRL) bool {
	if f, broken := l.Broken(); broken {
		q.ignore(finding.EvidenceMalformed, "%v", f)
		return false
	}
	if len(l.UnhandledCritical) > 0 {
		q.ignore(finding.EvidenceCritical, "%v", l.UnhandledCritical[0])
		return false
	}
	return q.fresh(l.ThisUpdate, l.NextUpdate) && q.signedBy(l)
}

// delta finds the newest delta CRL that belongs to a complete list (RFC 5280 §6.3.3 (c)); nil for none.
func (q *question) delta(l *pki.CRL, all []*pki.CRL) *pki.CRL {
	var best *pki.CRL
	for _, d := range all {
		if !d.IsDelta() || !d.Issuer.Equal(l.Issuer) || l.Number == nil || d.Number == nil || !sameScope(d, l) ||
			!bytes.Equal(d.AuthorityKey.KeyID, l.AuthorityKey.KeyID) {
			continue
		}
		// The complete list is at least as new as the base, and older than the delta.
		if l.Number.Cmp(d.DeltaBase) < 0 || l.Number.Cmp(d.Number) >= 0 || best != nil && best.Number.Cmp(d.Number) >= 0 {
			continue
		}
		if q.usable(d) {
			best = d
		}
	}
	return best
}

// sameScope compares the issuing distribution points of two lists byte by byte.
func sameScope(a, b *pki.CRL) bool {
	x, okA := a.Extension(oidScope)
	y, okB := b.Extension(oidScope)
	return okA == okB && bytes.Equal(x.Value, y.Value)
}

// listed looks for the certificate in the delta and the complete list, and states what it finds. It tells whether the certificate is on one.
func (q *question) listed(l, delta *pki.CRL) bool {
	for _, list := range []*pki.CRL{delta, l} {
		if list == nil {
			continue
		}
		e, found := list.Find(q.cert.Serial, q.cert.Issuer)
		switch {
		case !found:
			continue
		case list == delta && e.HasReason && e.Reason == pki.RemoveFromCRL:
			return false // the hold was lifted
		case len(e.Critical) > 0:
			q.ignore(finding.EvidenceCritical, "%v", e.Critical[0])
			return false
		}
		q.revoked(e.Revoked, e.HasReason, e.Reason, e.Invalid)
		q.s.Why = ""
		return true
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
