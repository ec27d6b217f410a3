package vault

import (
	"errors"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// Schema is this room's tables. Escrow has tables of its own, into which a key that signs cannot be put: the reference is to the
// key and its purpose, and the purpose is checked.
var Schema = []db.Migration{{Room: "vault", Version: 1, SQL: `
CREATE TABLE vault_kek (
	id TEXT PRIMARY KEY,
	source TEXT NOT NULL,
	params TEXT NOT NULL,
	verifier BYTEA NOT NULL,
	previous TEXT NOT NULL,
	bridge BYTEA,
	created BIGINT NOT NULL,
	retired BIGINT
);
CREATE TABLE vault_wrapper (
	id TEXT PRIMARY KEY,
	kek TEXT NOT NULL REFERENCES vault_kek (id),
	wrapped BYTEA NOT NULL,
	created BIGINT NOT NULL
);
CREATE TABLE vault_key (
	id TEXT PRIMARY KEY,
	algorithm TEXT NOT NULL,
	purpose TEXT NOT NULL,
	owner TEXT NOT NULL,
	label TEXT NOT NULL,
	spki BYTEA NOT NULL,
	spki_sha256 TEXT NOT NULL UNIQUE,
	token TEXT NOT NULL,
	kek TEXT REFERENCES vault_kek (id),
	wrapped BYTEA,
	sealed BYTEA,
	created BIGINT NOT NULL,
	retired BIGINT,
	destroyed BIGINT,
	UNIQUE (id, purpose)
);
CREATE INDEX vault_key_owner ON vault_key (owner, id);
CREATE INDEX vault_key_kek ON vault_key (kek, id);
CREATE TABLE vault_circle (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	public BYTEA NOT NULL,
	threshold BIGINT NOT NULL,
	sharing BIGINT NOT NULL,
	commitments BYTEA NOT NULL,
	created BIGINT NOT NULL
);
CREATE TABLE vault_share (
	circle TEXT NOT NULL REFERENCES vault_circle (id),
	sharing BIGINT NOT NULL,
	place BIGINT NOT NULL,
	officer TEXT NOT NULL,
	certificate BYTEA NOT NULL,
	sealed BYTEA NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (circle, sharing, place)
);
CREATE TABLE vault_escrow (
	key TEXT NOT NULL,
	purpose TEXT NOT NULL CHECK (purpose = 'encryption'),
	circle TEXT NOT NULL REFERENCES vault_circle (id),
	sealed BYTEA NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (key, circle),
	FOREIGN KEY (key, purpose) REFERENCES vault_key (id, purpose)
);
`}}

// kekRow is one key-encryption key, which is not in it.
type kekRow struct {
	id, source string
	params     []byte
	verifier   []byte // something sealed, to tell the right key
	previous   string // whose rows were or are being put under this one
	bridge     []byte // the previous key under this one, as long as rows are under it
	retired    time.Time
}

const kekColumns = `SELECT id, source, params, verifier, previous, bridge, retired FROM vault_kek `

func scanKEK(scan func(...any) error) (r kekRow, err error) {
	err = scan(&r.id, &r.source, &r.params, &r.verifier, &r.previous, &r.bridge, db.Moment(&r.retired))
	return r, err
}

// currentKEK returns the one that new rows are under.
func currentKEK(tx *db.Tx) (r kekRow, some bool, err error) {
	r, err = scanKEK(tx.Row(kekColumns + `WHERE retired IS NULL`).Scan)
	if errors.Is(err, db.ErrNone) {
		return r, false, nil
	}
	return r, err == nil, err
}

func retiredKEKs(tx *db.Tx) (list []kekRow, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		r, err := scanKEK(scan)
		list = append(list, r)
		return err
	}, kekColumns+`WHERE retired IS NOT NULL ORDER BY id DESC`)
	return list, err
}

func insertKEK(tx *db.Tx, r kekRow) error {
	_, err := tx.Exec(`INSERT INTO vault_kek (id, source, params, verifier, previous, bridge, created) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.id, r.source, string(r.params), r.verifier, r.previous, r.bridge, tx.Now)
	return err
}

func retireKEK(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE vault_kek SET retired = $2 WHERE id = $1`, id, tx.Now)
	return err
}

func removeBridge(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE vault_kek SET bridge = NULL WHERE id = $1`, id)
	return err
}

// wrappedRow is a data key of a row of vault_key or vault_wrapper.
type wrappedRow struct {
	id, purpose, kek string
	wrapped          []byte
}

func wrappers(tx *db.Tx) (list []wrappedRow, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var r wrappedRow
		err := scan(&r.id, &r.kek, &r.wrapped)
		list = append(list, r)
		return err
	}, `SELECT id, kek, wrapped FROM vault_wrapper ORDER BY id`)
	return list, err
}

func insertWrapper(tx *db.Tx, r wrappedRow) error {
	_, err := tx.Exec(`INSERT INTO vault_wrapper (id, kek, wrapped, created) VALUES ($1, $2, $3, $4)`, r.id, r.kek, r.wrapped, tx.Now)
	return err
}

func rewrapWrapper(tx *db.Tx, r wrappedRow) error {
	_, err := tx.Exec(`UPDATE vault_wrapper SET kek = $2, wrapped = $3 WHERE id = $1`, r.id, r.kek, r.wrapped)
	return err
}

// keysUnder returns at most n data keys of vault_key under a KEK.
func keysUnder(tx *db.Tx, kek string, n int) (list []wrappedRow, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		r := wrappedRow{kek: kek}
		err := scan(&r.id, &r.purpose, &r.wrapped)
		list = append(list, r)
		return err
	}, `SELECT id, purpose, wrapped FROM vault_key WHERE kek = $1 ORDER BY id LIMIT $2`, kek, n)
	return list, err
}

func rewrapKey(tx *db.Tx, r wrappedRow) error {
	_, err := tx.Exec(`UPDATE vault_key SET kek = $2, wrapped = $3 WHERE id = $1`, r.id, r.kek, r.wrapped)
	return err
}

func countUnder(tx *db.Tx, kek string) (n int64, err error) {
	err = tx.Row(`SELECT count(*) FROM vault_key WHERE kek = $1`, kek).Scan(&n)
	return n, err
}
