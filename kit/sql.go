package kit

import (
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

// Schema is this room's table: what waits to be fetched, by whom, until when. Of the link it has the hash alone.
var Schema = []db.Migration{{Room: "kit", Version: 1, SQL: `
CREATE TABLE kit_delivery (
	id TEXT PRIMARY KEY,
	token_hash BYTEA NOT NULL UNIQUE,
	account TEXT NOT NULL,
	object TEXT NOT NULL,
	form TEXT NOT NULL,
	state TEXT NOT NULL,
	wrong BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	opened_at BIGINT,
	closed_at BIGINT
);
CREATE INDEX kit_delivery_object ON kit_delivery (object, id);
CREATE INDEX kit_delivery_waiting ON kit_delivery (state, expires_at);
`}}

const columns = `id, account, object, form, state, wrong, created_at, expires_at, opened_at, closed_at`

func scanDelivery(scan func(...any) error) (d Delivery, err error) {
	err = scan(&d.ID, &d.Account, &d.Object, &d.Form, &d.State, &d.Wrong, db.Moment(&d.Created), db.Moment(&d.Expires), db.Moment(&d.Opened), db.Moment(&d.Closed))
	return d, err
}

func insertDelivery(tx *db.Tx, d Delivery, hash []byte) error {
	_, err := tx.Exec(`INSERT INTO kit_delivery (`+columns+`, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		d.ID, d.Account, d.Object, d.Form, d.State, d.Wrong, d.Created, d.Expires, d.Opened, d.Closed, hash)
	return err
}

func updateDelivery(tx *db.Tx, d Delivery) error {
	_, err := tx.Exec(`UPDATE kit_delivery SET state = $1, wrong = $2, opened_at = $3, closed_at = $4 WHERE id = $5`, d.State, d.Wrong, d.Opened, d.Closed, d.ID)
	return err
}

// deliveryByHash returns false where no link has this hash.
func deliveryByHash(tx *db.Tx, hash []byte) (Delivery, bool, error) {
	return one(tx.Row(`SELECT `+columns+` FROM kit_delivery WHERE token_hash = $1`, hash))
}

func deliveryByID(tx *db.Tx, id string) (Delivery, bool, error) {
	return one(tx.Row(`SELECT `+columns+` FROM kit_delivery WHERE id = $1`, id))
}

func one(r db.Row) (Delivery, bool, error) {
	d, err := scanDelivery(r.Scan)
	if errors.Is(err, db.ErrNone) {
		return d, false, nil
	}
	return d, err == nil, err
}

func deliveriesOf(tx *db.Tx, object string) ([]Delivery, error) {
	return listDeliveries(tx, `SELECT `+columns+` FROM kit_delivery WHERE object = $1 ORDER BY id`, object)
}

func deliveriesOver(tx *db.Tx, most int) ([]Delivery, error) {
	return listDeliveries(tx, `SELECT `+columns+` FROM kit_delivery WHERE state IN ($1, $2) AND expires_at <= $3 ORDER BY expires_at LIMIT $4`, Waiting, Opening, tx.Now, most)
}

func listDeliveries(tx *db.Tx, query string, args ...any) (list []Delivery, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		d, err := scanDelivery(scan)
		list = append(list, d)
		return err
	}, query, args...)
	return list, err
}
