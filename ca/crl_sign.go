package ca

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// read collects what a list is to say, as of the moment of the transaction.
func (p *crlPlan) read(tx *db.Tx, s shardPlan) (*CRL, []pki.RevokedEntry, error) {
	changes, err := shardChange(tx, p.authority.ID, s.shard)
	if err != nil {
		return nil, nil, err
	}
	_, valid := p.times.crl(p.authority)
	l := &CRL{Authority: p.authority.ID, Shard: s.shard, Number: p.number, changes: changes, ThisUpdate: tx.Now.Truncate(time.Second)}
	if s.last != nil && l.ThisUpdate.Before(s.last.ThisUpdate) {
		l.ThisUpdate = s.last.ThisUpdate // the clock went back: a newer number is not older
	}
	l.NextUpdate = l.ThisUpdate.Add(valid)
	var entries []pki.RevokedEntry
	if !p.options.Delta {
		err = eachEntry(tx, l.Authority, l.Shard, s.last, func(e crlEntry) { entries = append(entries, e.revokedEntry()) })
	} else {
		l.Base = s.last.Number
		err = eachChange(tx, l.Authority, l.Shard, s.last, func(e crlEntry) { entries = e.change(entries, s.last) })
	}
	l.Entries = len(entries)
	return l, entries, err
}

// revokedEntry is the entry of a full list.
func (e crlEntry) revokedEntry() pki.RevokedEntry {
	return pki.RevokedEntry{SerialRaw: e.serial, Revoked: e.revoked.Truncate(time.Second), Invalid: e.invalid.Truncate(time.Second),
		HasReason: e.reason != pki.Unspecified, Reason: e.reason} // RFC 5280 §5.3.1: unspecified is never written. AUTHORITY 50
}

// change adds the entry of a delta.
func (e crlEntry) change(list []pki.RevokedEntry, base *CRL) []pki.RevokedEntry {
	x := e.revokedEntry()
	if e.state != Released {
		return append(list, x)
	}
	if x.Revoked.After(base.ThisUpdate) {
		return list // held and released since: nobody has heard of it
	}
	x.Reason, x.HasReason = pki.RemoveFromCRL, true // RFC 5280 §5.3.1: only in deltas. AUTHORITY 49
	return append(list, x)
}

// sign makes the list, and looks at it before anybody else does.
func (p *crlPlan) sign(l *CRL, entries []pki.RevokedEntry) error {
	t := pki.CRLTemplate{Number: big.NewInt(l.Number), ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate, Entries: slices.Values(entries), Scope: p.authority.scope(l.Shard)}
	if l.Base != 0 {
		t.DeltaBase = big.NewInt(l.Base)
	}
	raw, err := pki.CreateCRL(t, p.issuer, p.signer)
	if err != nil {
		return err
	}
	made, err := pki.ParseCRL(raw)
	if err != nil {
		return err
	}
	if made.Len() != len(entries) {
		return fmt.Errorf("it has %d entries where %d must be", made.Len(), len(entries))
	}
	l.DER = raw
	return made.CheckSignatureBy(p.issuer.PublicKey, alg.Allow{}) // AUTHORITY 36: a token that signs nonsense
}

// scope is issuingDistributionPoint: the address of the shard, octet by octet as in the certificates (RFC 5280 §5.2.5). A list that is
// not in parts covers everything and needs none, and old readers like it better.
func (a *Authority) scope(shard int) pki.IssuingDistributionPoint {
	if a.Shards <= 1 || a.CRLURL == "" {
		return pki.IssuingDistributionPoint{}
	}
	return pki.IssuingDistributionPoint{Present: true, Point: pki.PointAt(a.ShardURL(shard)).PointName}
}

// ImportCRL publishes a list that was signed elsewhere, as that of a root whose key is offline. It must be the authority's, newer than
// the one that is published, and of the right scope.
func (c *CA) ImportCRL(tx *db.Tx, authority string, shard int, raw []byte, by string) (*CRL, error) {
	a, err := GetAuthority(tx, authority)
	if err != nil {
		return nil, err
	}
	issuer, err := a.Parsed()
	if err != nil {
		return nil, err
	}
	l, err := readCRL(a, issuer, shard, raw)
	if err != nil {
		return nil, fmt.Errorf("import the CRL of %s: %w", a.Name, err)
	}
	last, err := currentCRL(tx, a.ID, shard, false)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return nil, err
	}
	if last != nil && (l.Number <= last.Number || l.ThisUpdate.Before(last.ThisUpdate)) {
		return nil, fmt.Errorf("import the CRL of %s: number %d of %v is not newer than number %d of %v, which is published (RFC 5280 §5.2.3)", a.Name, l.Number, l.ThisUpdate, last.Number, last.ThisUpdate)
	}
	if err := l.complete(tx, last); err != nil {
		return nil, fmt.Errorf("import the CRL of %s: %w", a.Name, err)
	}
	if err := errors.Join(raiseCRLNumber(tx, a.ID, l.Number), stageCRL(tx, l)); err != nil {
		return nil, err
	}
	if _, err := publishCRLs(tx, a.ID, l.Number); err != nil {
		return nil, err
	}
	if err := dropOldCRLs(tx, a.ID); err != nil {
		return nil, err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: by, What: "crl.imported", Object: "authority:" + a.ID, Details: fmt.Appendf(nil, `{"number":%d,"sha256":%q}`, l.Number, hexSum(raw))})
	return l, err
}

// readCRL checks a list that was signed elsewhere.
func readCRL(a *Authority, issuer *pki.Certificate, shard int, raw []byte) (*CRL, error) {
	made, err := pki.ParseCRL(raw)
	if err != nil {
		return nil, err
	}
	if f, broken := made.Broken(); broken {
		return nil, f
	}
	switch {
	case made.IsDelta():
		return nil, errors.New("it is a delta; publish a full list")
	case made.Number == nil || !made.Number.IsInt64() || made.NextUpdate.IsZero():
		return nil, errors.New("it has no number or no nextUpdate (RFC 5280 §5.1.2.5, §5.2.3)")
	case string(made.RawIssuer) != string(issuer.RawSubject):
		return nil, fmt.Errorf("it is of %s", made.Issuer)
	case made.Scope.Present != a.scope(shard).Present || made.Scope.Present && !slices.Equal(made.Scope.Point.URIs(), []string{a.ShardURL(shard)}):
		return nil, fmt.Errorf("its issuingDistributionPoint is not %s (RFC 5280 §5.2.5)", a.ShardURL(shard))
	}
	if err := made.CheckSignatureBy(issuer.PublicKey, alg.Allow{}); err != nil {
		return nil, err
	}
	return &CRL{Authority: a.ID, Shard: shard, Number: made.Number.Int64(), Entries: made.Len(), ThisUpdate: made.ThisUpdate, NextUpdate: made.NextUpdate, DER: raw}, nil
}

// complete checks that everybody who was revoked is on a list that was signed elsewhere.
func (l *CRL) complete(tx *db.Tx, last *CRL) (err error) {
	if l.changes, err = shardChange(tx, l.Authority, l.Shard); err != nil {
		return err
	}
	made, err := pki.ParseCRL(l.DER)
	if err != nil {
		return err
	}
	var missing error
	err = eachEntry(tx, l.Authority, l.Shard, last, func(e crlEntry) {
		if _, there := made.Find(new(big.Int).SetBytes(e.serial), made.Issuer); !there {
			missing = fmt.Errorf("the certificate with the serial number %x was revoked, and is not on it", e.serial)
		}
	})
	return errors.Join(err, missing)
}
