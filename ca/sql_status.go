package ca

import (
	"errors"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// statusSchema is the tables of the status half: who was revoked, which keys are blocked, lists and answers as signed, responders,
// and challenges. ca_shard counts the changes of each shard of a CRL, and how many of them are on the newest list.
var statusSchema = []db.Migration{{Room: "ca-status", Version: 1, SQL: `
CREATE TABLE ca_revocation (
	certificate TEXT PRIMARY KEY REFERENCES ca_certificate (id),
	authority TEXT NOT NULL,
	shard BIGINT NOT NULL,
	serial TEXT NOT NULL,
	state TEXT NOT NULL,
	reason BIGINT NOT NULL,
	revoked BIGINT NOT NULL,
	decided BIGINT NOT NULL,
	invalid BIGINT,
	change BIGINT NOT NULL,
	not_after BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	report TEXT NOT NULL
);
CREATE INDEX ca_revocation_shard ON ca_revocation (authority, shard);
CREATE TABLE ca_shard (
	authority TEXT NOT NULL,
	shard BIGINT NOT NULL,
	changes BIGINT NOT NULL,
	PRIMARY KEY (authority, shard)
);
CREATE TABLE ca_crl_head (authority TEXT PRIMARY KEY, number BIGINT NOT NULL);
CREATE TABLE ca_crl (
	authority TEXT NOT NULL,
	shard BIGINT NOT NULL,
	delta BIGINT NOT NULL,
	number BIGINT NOT NULL,
	base BIGINT NOT NULL,
	changes BIGINT NOT NULL,
	entries BIGINT NOT NULL,
	this_update BIGINT NOT NULL,
	next_update BIGINT NOT NULL,
	published BIGINT,
	der BYTEA NOT NULL,
	PRIMARY KEY (authority, shard, delta, number)
);
CREATE INDEX ca_crl_staged ON ca_crl (authority, number) WHERE published IS NULL;
CREATE TABLE ca_blocked_key (
	spki_sha256 TEXT PRIMARY KEY,
	source TEXT NOT NULL,
	at BIGINT NOT NULL,
	made_by TEXT NOT NULL
);
CREATE TABLE ca_challenge (
	id TEXT PRIMARY KEY,
	spki_sha256 TEXT NOT NULL,
	phrase TEXT NOT NULL,
	expires BIGINT NOT NULL,
	used BIGINT
);
CREATE TABLE ca_responder (
	id TEXT PRIMARY KEY,
	authority TEXT NOT NULL,
	key_id TEXT NOT NULL,
	certificate BYTEA NOT NULL,
	not_before BIGINT NOT NULL,
	not_after BIGINT NOT NULL,
	retired BIGINT
);
CREATE INDEX ca_responder_authority ON ca_responder (authority);
CREATE TABLE ca_answer (
	certificate TEXT NOT NULL,
	hash TEXT NOT NULL,
	status TEXT NOT NULL,
	signer TEXT NOT NULL,
	this_update BIGINT NOT NULL,
	next_update BIGINT NOT NULL,
	der BYTEA NOT NULL,
	PRIMARY KEY (certificate, hash)
);
`}}

const revocationColumns = `certificate, authority, shard, serial, state, reason, revoked, decided, invalid, made_by, report`

func scanRevocation(scan func(...any) error) (*Revocation, error) {
	var r Revocation
	err := scan(&r.Certificate, &r.Authority, &r.Shard, &r.Serial, &r.State, &r.Reason, db.Moment(&r.Revoked), db.Moment(&r.Decided), db.Moment(&r.Invalid), &r.By, &r.Report)
	return &r, err
}

// revocationOf returns nil when there is none.
func revocationOf(tx *db.Tx, certificate string) (*Revocation, error) {
	r, err := scanRevocation(tx.Row(`SELECT `+revocationColumns+` FROM ca_revocation WHERE certificate = $1`, certificate).Scan)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	return r, err
}

// changeShard counts a change of a shard, so that its list is known to be old.
func changeShard(tx *db.Tx, authority string, shard int) (n int64, err error) {
	err = tx.Row(`INSERT INTO ca_shard (authority, shard, changes) VALUES ($1, $2, 1)
		ON CONFLICT (authority, shard) DO UPDATE SET changes = ca_shard.changes + 1 RETURNING changes`, authority, shard).Scan(&n)
	return n, err
}

// putRevocation writes the row anew, as a change of its shard.
func putRevocation(tx *db.Tx, r *Revocation, notAfter time.Time) error {
	change, err := changeShard(tx, r.Authority, r.Shard)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO ca_revocation (certificate, authority, shard, serial, state, reason, revoked, decided, invalid, change, not_after, made_by, report)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (certificate) DO UPDATE SET state = excluded.state, reason = excluded.reason, revoked = excluded.revoked, decided = excluded.decided,
			invalid = excluded.invalid, change = excluded.change, made_by = excluded.made_by, report = excluded.report`,
		r.Certificate, r.Authority, r.Shard, r.Serial, string(r.State), int64(r.Reason), r.Revoked, r.Decided, r.Invalid, change, notAfter, r.By, r.Report)
	return err
}

// issuedWithKey lists every issued certificate of a key, however many there are.
func issuedWithKey(tx *db.Tx, spki string) (list []*Certificate, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		c, err := scanCertificate(scan)
		list = append(list, c)
		return err
	}, `SELECT `+certificateColumns+` FROM ca_certificate WHERE spki_sha256 = $1 AND state = 'issued' ORDER BY id`, plainHex(spki))
	return list, err
}

func blockedKey(tx *db.Tx, spki string) (*BlockedKey, error) {
	var b BlockedKey
	err := tx.Row(`SELECT spki_sha256, source, at, made_by FROM ca_blocked_key WHERE spki_sha256 = $1`, plainHex(spki)).Scan(&b.SPKI, &b.Source, db.Moment(&b.At), &b.By)
	return &b, err
}

// insertBlocked reports whether the key was not blocked before.
func insertBlocked(tx *db.Tx, b BlockedKey) (bool, error) {
	n, err := tx.Exec(`INSERT INTO ca_blocked_key (spki_sha256, source, at, made_by) VALUES ($1, $2, $3, $4) ON CONFLICT (spki_sha256) DO NOTHING`,
		plainHex(b.SPKI), b.Source, b.At, b.By)
	return n == 1, err
}

func insertChallenge(tx *db.Tx, h Challenge) error {
	_, err := tx.Exec(`INSERT INTO ca_challenge (id, spki_sha256, phrase, expires) VALUES ($1, $2, $3, $4)`, h.ID, h.SPKI, h.Phrase, h.Expires)
	return err
}

// openChallenge is one that is not used and not over.
func openChallenge(tx *db.Tx, id string) (h Challenge, err error) {
	err = tx.Row(`SELECT id, spki_sha256, phrase, expires FROM ca_challenge WHERE id = $1 AND used IS NULL AND expires > $2`, id, tx.Now).
		Scan(&h.ID, &h.SPKI, &h.Phrase, db.Moment(&h.Expires))
	return h, err
}

func useChallenge(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE ca_challenge SET used = $2 WHERE id = $1`, id, tx.Now)
	return err
}
