package vault

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
)

// keyRow is a key with what is stored of its private half.
type keyRow struct {
	Key
	kek     string // empty: on a token, or destroyed
	wrapped []byte
	sealed  []byte
}

const keyColumns = `SELECT id, algorithm, purpose, owner, label, spki, token, kek, wrapped, sealed, created, retired, destroyed FROM vault_key `

func scanKey(scan func(...any) error) (r keyRow, err error) {
	var kek *string
	err = scan(&r.ID, &r.Algorithm, &r.Purpose, &r.Owner, &r.Label, &r.SPKI, &r.Token, &kek, &r.wrapped, &r.sealed,
		db.Moment(&r.Created), db.Moment(&r.Retired), db.Moment(&r.Destroyed))
	if err != nil {
		return r, err
	}
	if kek != nil {
		r.kek = *kek
	}
	r.Public, _, err = alg.ParsePublicKey(r.SPKI)
	return r, err
}

func selectKey(tx *db.Tx, id string) (keyRow, error) {
	r, err := scanKey(tx.Row(keyColumns+`WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNoKey
	}
	return r, err
}

func selectKeyByPublic(tx *db.Tx, hash string) (keyRow, error) {
	r, err := scanKey(tx.Row(keyColumns+`WHERE spki_sha256 = $1`, hash).Scan)
	if errors.Is(err, db.ErrNone) {
		return r, ErrNoKey
	}
	return r, err
}

// selectKeys returns the keys of an owner, or all with "", after one id, at most n.
func selectKeys(tx *db.Tx, owner, after string, n int) (list []Key, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		r, err := scanKey(scan)
		list = append(list, r.Key)
		return err
	}, keyColumns+`WHERE (owner = $1 OR $1 = '') AND id > $2 ORDER BY id LIMIT $3`, owner, after, n)
	return list, err
}

func insertKey(tx *db.Tx, r keyRow) error {
	var kek any
	if r.kek != "" {
		kek = r.kek
	}
	_, err := tx.Exec(`INSERT INTO vault_key (id, algorithm, purpose, owner, label, spki, spki_sha256, token, kek, wrapped, sealed, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		r.ID, string(r.Algorithm), string(r.Purpose), r.Owner, r.Label, r.SPKI, r.Fingerprint(), r.Token, kek, r.wrapped, r.sealed, tx.Now)
	return err
}

func retireKey(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE vault_key SET retired = $2 WHERE id = $1 AND retired IS NULL`, id, tx.Now)
	return err
}

func destroyKey(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE vault_key SET kek = NULL, wrapped = NULL, sealed = NULL, destroyed = $2 WHERE id = $1`, id, tx.Now)
	return err
}
