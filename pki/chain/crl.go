package chain

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// lists applies RFC 5280 §6.3.3 with every list at hand: for each distribution point of the certificate, then for the one that is
// assumed, until every reason is covered.
func (q *question) lists(all []*pki.CRL) {
	complete, deltas := q.sortLists(all)
	var covered pki.ReasonFlags
	var first *statement
	for i, p := range q.points() {
		for _, l := range complete {
			if covered == pki.AllReasons || q.stopped() {
				break
			}
			reasons, ok := q.scope(l, p, i == len(q.cert.CRLPoints))
			if !ok || reasons&^covered == 0 {
				continue // RFC 5280 §6.3.3 (e)
			}
			s, ok := q.list(l, deltas)
			switch {
			case !ok:
				if q.useless++; q.useless > maxUseless {
					return
				}
			case s.revoked:
				q.statements = append(q.statements, s)
				return
			default:
				covered |= reasons
				if first == nil || s.this.Before(first.this) {
					first = &s
				}
			}
		}
	}
	switch {
	case covered == pki.AllReasons:
		q.statements = append(q.statements, *first)
	case covered != 0:
		q.why = fmt.Sprintf("the lists at hand cover only the reasons %v", covered)
	}
}

// sortLists takes complete lists and deltas apart, the newest first, so that of two lists for the same certificates the newer one
// speaks.
func (q *question) sortLists(all []*pki.CRL) (complete, deltas []*pki.CRL) {
	for _, l := range all {
		switch {
		case l == nil:
		case l.IsDelta():
			deltas = append(deltas, l)
		default:
			complete = append(complete, l)
		}
	}
	slices.SortStableFunc(complete, func(a, b *pki.CRL) int { return b.ThisUpdate.Compare(a.ThisUpdate) })
	return complete, deltas
}

// points returns the distribution points of the certificate, and at last the one that RFC 5280 §6.3.3 assumes for lists of the issuer that no point names. A
// list that is judged alone has to be the one that the certificate asks for, where it asks for another issuer's.
func (q *question) points() []pki.DistributionPoint {
	points := slices.Clip(slices.Clone(q.cert.CRLPoints))
	if q.alone && slices.ContainsFunc(points, func(p pki.DistributionPoint) bool { return len(p.CRLIssuer) > 0 }) {
		return points
	}
	return append(points, pki.DistributionPoint{PointName: pki.PointName{Present: true, FullName: pki.GeneralNames{pki.Directory(q.cert.Issuer)}}})
}

// list judges one complete list with the delta that belongs to it, and says what they say about the certificate.
func (q *question) list(l *pki.CRL, deltas []*pki.CRL) (statement, bool) {
	if !q.readable(l) {
		return statement{}, false
	}
	w := q.dated(l.ThisUpdate, l.NextUpdate)
	if w == future {
		q.undated(w, "a list", l.ThisUpdate, l.NextUpdate)
		return statement{}, false
	}
	signer := q.listSigner(l)
	if signer == nil {
		return statement{}, false
	}
	s := statement{source: FromCRL, this: l.ThisUpdate, next: l.NextUpdate, signer: signer}
	delta := q.delta(l, deltas, signer)
	if delta != nil {
		// RFC 5280 §5.2.4: joined they are a complete list as new as the delta.
		s.this, s.next, w = delta.ThisUpdate, delta.NextUpdate, current
	}
	listed := q.listed(&s, l, delta)
	switch {
	case w == outdated && (!listed || s.hold() || q.alone):
		q.undated(w, "a list", l.ThisUpdate, l.NextUpdate)
		return s, false
	case !listed && q.cert != nil && s.this.After(q.cert.NotAfter):
		// RFC 5280 §3.3: an entry may be removed once it was on a list after the end of the validity.
		q.ignore(finding.EvidenceStale, "the list was made after the certificate had expired")
		return s, false
	}
	return s, true
}

// readable refuses lists that say something that is not understood.
func (q *question) readable(l *pki.CRL) bool {
	if f, broken := l.Broken(); broken {
		q.ignore(finding.EvidenceMalformed, "%v", f)
		return false
	}
	if len(l.UnhandledCritical) > 0 {
		q.ignore(finding.EvidenceCritical, "%v", l.UnhandledCritical[0])
		return false
	}
	return true
}

// delta finds the newest delta CRL that belongs to a complete list (RFC 5280 §6.3.3 (c), (h)); nil for none.
func (q *question) delta(l *pki.CRL, deltas []*pki.CRL, signer *pki.Certificate) *pki.CRL {
	var best *pki.CRL
	for _, d := range deltas {
		if !belongs(d, l) || best != nil && best.Number.Cmp(d.Number) >= 0 || !q.readable(d) {
			continue
		}
		if w := q.dated(d.ThisUpdate, d.NextUpdate); w != current {
			q.undated(w, "a delta", d.ThisUpdate, d.NextUpdate)
			continue
		}
		// (h): with the same key as the complete list.
		if err := q.verify(d, signer, func() error { return d.CheckSignatureBy(keyOf(signer, q.above), q.Allow) }); err != nil {
			q.ignore(finding.EvidenceSignature, "a delta of %s", d.Issuer.Display())
			continue
		}
		best = d
	}
	return best
}

// belongs compares a delta with a complete list: the same issuer, scope and key, a base that is not newer than the list, and itself newer.
func belongs(d, l *pki.CRL) bool {
	return d.Issuer.Equal(l.Issuer) && l.Number != nil && d.Number != nil && d.DeltaBase != nil && sameScope(d, l) &&
		bytes.Equal(d.AuthorityKey.KeyID, l.AuthorityKey.KeyID) &&
		l.Number.Cmp(d.DeltaBase) >= 0 && l.Number.Cmp(d.Number) < 0
}

// sameScope compares the issuing distribution points of two lists byte by byte.
func sameScope(a, b *pki.CRL) bool {
	x, okA := a.Extension(alg.OIDExtIssuingDistributionPoint)
	y, okB := b.Extension(alg.OIDExtIssuingDistributionPoint)
	return okA == okB && bytes.Equal(x.Value, y.Value)
}

// listed looks for the certificate in the delta, then in the complete list (RFC 5280 §6.3.3 (i) to (k)), and tells whether it is on one.
func (q *question) listed(s *statement, l, delta *pki.CRL) bool {
	if q.cert == nil {
		return false
	}
	for _, list := range []*pki.CRL{delta, l} {
		if list == nil {
			continue
		}
		e, found := list.Find(q.cert.Serial, q.cert.Issuer)
		if !found {
			continue
		}
		if e.HasReason && e.Reason == pki.RemoveFromCRL {
			return false // the hold was lifted
		}
		s.revoked, s.at, s.hasReason, s.reason, s.invalid = true, e.Revoked, e.HasReason, e.Reason, e.Invalid
		return true
	}
	return false
}
