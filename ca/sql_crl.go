package ca

import (
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

const crlColumns = `authority, shard, number, base, changes, entries, this_update, next_update`

func scanCRL(scan func(...any) error, more ...any) (*CRL, error) {
	var l CRL
	err := scan(append([]any{&l.Authority, &l.Shard, &l.Number, &l.Base, &l.changes, &l.Entries, db.Moment(&l.ThisUpdate), db.Moment(&l.NextUpdate)}, more...)...)
	return &l, err
}

func currentCRL(tx *db.Tx, authority string, shard int, delta bool) (*CRL, error) {
	var raw []byte
	l, err := scanCRL(tx.Row(`SELECT `+crlColumns+`, der FROM ca_crl WHERE authority = $1 AND shard = $2 AND delta = $3 AND published IS NOT NULL
		ORDER BY number DESC LIMIT 1`, authority, shard, truth(delta)).Scan, &raw)
	if err != nil {
		return nil, err
	}
	l.DER = raw
	return l, nil
}

// truth is how the tables write it.
func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func crlHeads(tx *db.Tx, authority string, delta bool) (list []*CRL, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		l, err := scanCRL(scan)
		if n := len(list); n > 0 && list[n-1].Shard == l.Shard {
			list[n-1] = l
			return err
		}
		list = append(list, l)
		return err
	}, `SELECT `+crlColumns+` FROM ca_crl WHERE authority = $1 AND delta = $2 AND published IS NOT NULL ORDER BY shard, number`, authority, truth(delta))
	return list, err
}

func shardChanges(tx *db.Tx, authority string) (map[int]int64, error) {
	m := map[int]int64{}
	err := tx.Each(func(scan func(...any) error) error {
		var shard int
		var changes int64
		err := scan(&shard, &changes)
		m[shard] = changes
		return err
	}, `SELECT shard, changes FROM ca_shard WHERE authority = $1`, authority)
	return m, err
}

// nextCRLNumber is a number that no list of the authority has.
func nextCRLNumber(tx *db.Tx, authority string) (n int64, err error) {
	err = tx.Row(`INSERT INTO ca_crl_head (authority, number) VALUES ($1, 1)
		ON CONFLICT (authority) DO UPDATE SET number = ca_crl_head.number + 1 RETURNING number`, authority).Scan(&n)
	return n, err
}

// raiseCRLNumber makes numbers go on behind that of a list which was signed elsewhere.
func raiseCRLNumber(tx *db.Tx, authority string, n int64) error {
	_, err := tx.Exec(`INSERT INTO ca_crl_head (authority, number) VALUES ($1, $2)
		ON CONFLICT (authority) DO UPDATE SET number = excluded.number WHERE ca_crl_head.number < excluded.number`, authority, n)
	return err
}

// dropStaged removes what builds left behind that did not get to their end.
func dropStaged(tx *db.Tx, authority string) error {
	_, err := tx.Exec(`DELETE FROM ca_crl WHERE authority = $1 AND published IS NULL`, authority)
	return err
}

func stageCRL(tx *db.Tx, l *CRL) error {
	_, err := tx.Exec(`INSERT INTO ca_crl (authority, shard, delta, number, base, changes, entries, this_update, next_update, der)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		l.Authority, l.Shard, truth(l.Base != 0), l.Number, l.Base, l.changes, l.Entries, l.ThisUpdate, l.NextUpdate, l.DER)
	return err
}

// publishCRLs shows what was staged under a number, and returns how many lists they are.
func publishCRLs(tx *db.Tx, authority string, number int64) (int64, error) {
	return tx.Exec(`UPDATE ca_crl SET published = $3 WHERE authority = $1 AND number = $2 AND published IS NULL`, authority, number, tx.Now)
}

// dropOldCRLs removes lists that have a newer full one.
func dropOldCRLs(tx *db.Tx, authority string) error {
	_, err := tx.Exec(`DELETE FROM ca_crl WHERE authority = $1 AND published IS NOT NULL AND EXISTS (SELECT 1 FROM ca_crl AS newer
		WHERE newer.authority = ca_crl.authority AND newer.shard = ca_crl.shard AND newer.delta = 0 AND newer.published IS NOT NULL AND newer.number > ca_crl.number)`, authority)
	return err
}

// crlEntry is what a list says of one certificate.
type crlEntry struct {
	serial   []byte
	state    RevocationState
	reason   pki.Reason
	revoked  time.Time
	invalid  time.Time
	notAfter time.Time
}

// eachEntry calls f for the revocations of a shard that belong on its next full list: those of certificates that had not expired when
// the last list was made, and those that this list did not know. So an entry stands on one more list after its certificate expired
// (RFC 5280 §3.3, S/MIME BR §4.10.1).
func eachEntry(tx *db.Tx, authority string, shard int, last *CRL, f func(crlEntry)) error {
	var since, changes int64
	if last != nil {
		since, changes = last.ThisUpdate.UnixMicro(), last.changes
	}
	return scanEntries(tx, f, `SELECT serial, state, reason, revoked, invalid, not_after FROM ca_revocation WHERE authority = $1 AND shard = $2
		AND state <> 'released' AND (not_after >= $3 OR change > $4) ORDER BY serial`, authority, shard, since, changes)
}

// eachChange calls f for what changed in a shard since a list.
func eachChange(tx *db.Tx, authority string, shard int, base *CRL, f func(crlEntry)) error {
	return scanEntries(tx, f, `SELECT serial, state, reason, revoked, invalid, not_after FROM ca_revocation WHERE authority = $1 AND shard = $2
		AND change > $3 ORDER BY serial`, authority, shard, base.changes)
}

func scanEntries(tx *db.Tx, f func(crlEntry), query string, args ...any) error {
	return tx.Each(func(scan func(...any) error) error {
		var e crlEntry
		var serial string
		if err := scan(&serial, &e.state, &e.reason, db.Moment(&e.revoked), db.Moment(&e.invalid), db.Moment(&e.notAfter)); err != nil {
			return err
		}
		e.serial = (&Certificate{Serial: serial}).SerialRaw()
		f(e)
		return nil
	}, query, args...)
}

// shardChange is how many changes a shard has seen.
func shardChange(tx *db.Tx, authority string, shard int) (n int64, err error) {
	err = tx.Row(`SELECT coalesce(max(changes), 0) FROM ca_shard WHERE authority = $1 AND shard = $2`, authority, shard).Scan(&n)
	return n, err
}
