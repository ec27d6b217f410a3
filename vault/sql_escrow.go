package vault

import (
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

func insertCircle(tx *db.Tx, c Circle) error {
	_, err := tx.Exec(`INSERT INTO vault_circle (id, name, public, threshold, sharing, commitments, created) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Name, c.public, c.Threshold, c.Sharing, c.commitments, tx.Now)
	return err
}

func updateCircle(tx *db.Tx, c Circle) error {
	_, err := tx.Exec(`UPDATE vault_circle SET threshold = $2, sharing = $3, commitments = $4 WHERE id = $1`, c.ID, c.Threshold, c.Sharing, c.commitments)
	return err
}

func selectCircle(tx *db.Tx, id string) (Circle, error) {
	c := Circle{ID: id}
	err := tx.Row(`SELECT name, public, threshold, sharing, commitments, created FROM vault_circle WHERE id = $1`, id).
		Scan(&c.Name, &c.public, &c.Threshold, &c.Sharing, &c.commitments, db.Moment(&c.Created))
	if errors.Is(err, db.ErrNone) {
		return c, fmt.Errorf("%w: %s", ErrNoCircle, id)
	}
	if err != nil {
		return c, err
	}
	err = tx.Each(func(scan func(...any) error) error {
		var o Officer
		var raw []byte
		if err := scan(&o.Name, &raw); err != nil {
			return err
		}
		o.Certificate, err = pki.ParseCertificate(raw)
		c.Officers = append(c.Officers, o)
		return err
	}, `SELECT officer, certificate FROM vault_share WHERE circle = $1 AND sharing = $2 ORDER BY place`, id, c.Sharing)
	return c, err
}

func selectCircles(tx *db.Tx) (list []Circle, err error) {
	var ids []string
	err = tx.Each(func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM vault_circle ORDER BY id`)
	for _, id := range ids {
		if err != nil {
			break
		}
		var c Circle
		c, err = selectCircle(tx, id)
		list = append(list, c)
	}
	return list, err
}

func insertShare(tx *db.Tx, c *Circle, o Officer, place int, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO vault_share (circle, sharing, place, officer, certificate, sealed, created) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Sharing, place, o.Name, o.Certificate.Raw, sealed, tx.Now)
	return err
}

func selectShare(tx *db.Tx, circle, officer string) (sealed []byte, err error) {
	err = tx.Row(`SELECT sealed FROM vault_share WHERE circle = $1 AND officer = $2`, circle, officer).Scan(&sealed)
	return sealed, err
}

func deleteShares(tx *db.Tx, circle string) error {
	_, err := tx.Exec(`DELETE FROM vault_share WHERE circle = $1`, circle)
	return err
}

// insertEscrow refuses, by the tables themselves, a key that is not for encryption.
func insertEscrow(tx *db.Tx, circle string, k Key, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO vault_escrow (key, purpose, circle, sealed, created) VALUES ($1, $2, $3, $4, $5)`, k.ID, string(k.Purpose), circle, sealed, tx.Now)
	return err
}

func selectEscrow(tx *db.Tx, circle, key string) (sealed []byte, err error) {
	err = tx.Row(`SELECT sealed FROM vault_escrow WHERE circle = $1 AND key = $2`, circle, key).Scan(&sealed)
	if errors.Is(err, db.ErrNone) {
		return nil, fmt.Errorf("%w to circle %s: %s", ErrNotEscrowed, circle, key)
	}
	return sealed, err
}

func selectEscrows(tx *db.Tx, key string) (circles []string, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		circles = append(circles, id)
		return err
	}, `SELECT circle FROM vault_escrow WHERE key = $1 ORDER BY circle`, key)
	return circles, err
}
