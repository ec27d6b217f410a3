package ca

import (
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

func responderRows(tx *db.Tx, authority string) (list []*StoredResponder, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var r StoredResponder
		err := scan(&r.ID, &r.Authority, &r.KeyID, &r.Certificate, db.Moment(&r.NotBefore), db.Moment(&r.NotAfter))
		list = append(list, &r)
		return err
	}, `SELECT id, authority, key_id, certificate, not_before, not_after FROM ca_responder WHERE authority = $1 AND retired IS NULL ORDER BY not_after DESC, id DESC`, authority)
	return list, err
}

func insertResponder(tx *db.Tx, r *StoredResponder) error {
	_, err := tx.Exec(`INSERT INTO ca_responder (id, authority, key_id, certificate, not_before, not_after) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.ID, r.Authority, r.KeyID, r.Certificate, r.NotBefore, r.NotAfter)
	return err
}

// retireResponder reports whether there was one.
func retireResponder(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(`UPDATE ca_responder SET retired = $2 WHERE id = $1 AND retired IS NULL`, id, tx.Now)
	return n == 1, err
}

// storable is an answer with the certificate it is about.
type storable struct {
	*keptAnswer
	certificate string
}

func storeAnswers(tx *db.Tx, list []storable) error {
	for _, k := range list {
		_, err := tx.Exec(`INSERT INTO ca_answer (certificate, hash, status, signer, this_update, next_update, der) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (certificate, hash) DO UPDATE SET status = excluded.status, signer = excluded.signer, this_update = excluded.this_update, next_update = excluded.next_update, der = excluded.der`,
			k.certificate, k.key, k.status, k.signer, k.this, k.next, k.der)
		if err != nil {
			return err
		}
	}
	return nil
}

// storedAnswer returns nil when there is none.
func storedAnswer(tx *db.Tx, s *single) (*keptAnswer, error) {
	k := &keptAnswer{key: s.key()}
	err := tx.Row(`SELECT status, signer, this_update, next_update, der FROM ca_answer WHERE certificate = $1 AND hash = $2`, s.row.ID, k.key).
		Scan(&k.status, &k.signer, db.Moment(&k.this), db.Moment(&k.next), &k.der)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	return k, err
}
