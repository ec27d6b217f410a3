package ca

import (
	"errors"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

func insertCertificate(tx *db.Tx, c *Certificate, tbs, lint string) error {
	_, err := tx.Exec(`INSERT INTO ca_certificate (id, authority, serial, shard, state, der, tbs_sha256, spki_sha256, profile, holder, credential, reference, made_by, lint, not_before, not_after, planned)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		c.ID, c.Authority, c.Serial, c.Shard, string(c.State), c.DER, tbs, c.SPKI, c.Profile, c.Holder, c.Credential, c.Reference, c.By, lint, c.NotBefore, c.NotAfter, c.Planned)
	return err
}

func insertAddress(tx *db.Tx, address, certificate string) error {
	_, err := tx.Exec(`INSERT INTO ca_address (address, certificate) VALUES ($1, $2)`, address, certificate)
	return err
}

// fulfil puts the certificate in the place of its intent, and reports whether the intent was still planned.
func fulfil(tx *db.Tx, c *Certificate) (bool, error) {
	n, err := tx.Exec(`UPDATE ca_certificate SET state = 'issued', der = $2, sha256 = $3, issued = $4 WHERE id = $1 AND state = 'planned'`, c.ID, c.DER, c.Fingerprint, c.Issued)
	return n == 1, err
}

func voidCertificate(tx *db.Tx, id string) error {
	_, err := tx.Exec(`UPDATE ca_certificate SET state = 'void' WHERE id = $1 AND state = 'planned'`, id)
	return err
}

// intentOf is the hash of what is planned, and since when; db.ErrNone if it is no longer.
func intentOf(tx *db.Tx, id string) (tbs string, planned time.Time, err error) {
	err = tx.Row(`SELECT tbs_sha256, planned FROM ca_certificate WHERE id = $1 AND state = 'planned'`, id).Scan(&tbs, db.Moment(&planned))
	return tbs, planned, err
}

func byReference(tx *db.Tx, reference string) (*Certificate, error) {
	return scanCertificate(tx.Row(`SELECT `+certificateColumns+` FROM ca_certificate WHERE reference = $1 AND state <> 'void'`, reference).Scan)
}

func plannedBefore(tx *db.Tx, t time.Time) (list []*Certificate, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		c, err := scanCertificate(scan)
		list = append(list, c)
		return err
	}, `SELECT `+certificateColumns+` FROM ca_certificate WHERE state = 'planned' AND planned < $1 ORDER BY id`, t)
	return list, err
}

// lastPlanned is when the newest intent was made; zero if there is none.
func lastPlanned(tx *db.Tx) (t time.Time, err error) {
	err = tx.Row(`SELECT planned FROM ca_certificate ORDER BY id DESC LIMIT 1`).Scan(db.Moment(&t))
	if errors.Is(err, db.ErrNone) {
		return t, nil
	}
	return t, err
}

// otherHolder names somebody else in whose certificate the key is; empty: nobody.
func otherHolder(tx *db.Tx, spki, holder string) (other string, err error) {
	err = tx.Row(`SELECT holder FROM ca_certificate WHERE spki_sha256 = $1 AND holder <> $2 AND state <> 'void' LIMIT 1`, spki, holder).Scan(&other)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return other, err
}

// authorityOfKey names the authority that has the key; empty: none.
func authorityOfKey(tx *db.Tx, spki string) (name string, err error) {
	err = tx.Row(`SELECT name FROM ca_authority WHERE spki_sha256 = $1 LIMIT 1`, spki).Scan(&name)
	if errors.Is(err, db.ErrNone) {
		return "", nil
	}
	return name, err
}

func newestIssuing(tx *db.Tx) (*Authority, error) {
	a, err := scanAuthority(tx.Row(`SELECT ` + authorityColumns + ` FROM ca_authority WHERE type = 'issuing' AND state = 'active' AND key_id <> '' ORDER BY id DESC LIMIT 1`).Scan)
	if err != nil {
		return nil, err
	}
	return a, fillChain(tx, a)
}

// activate gives a planned authority its certificate.
func activate(tx *db.Tx, c *Certificate) error {
	_, err := tx.Exec(`UPDATE ca_authority SET state = 'active', certificate = $2, not_after = $3 WHERE 'authority:' || id = $1 AND state = 'planned'`, c.Holder, c.DER, c.NotAfter)
	return err
}

// installCertificate gives a planned authority a certificate that was made elsewhere.
func installCertificate(tx *db.Tx, id, parent string, der []byte, notAfter time.Time) error {
	_, err := tx.Exec(`UPDATE ca_authority SET state = 'active', certificate = $2, parent = $3, not_after = $4 WHERE id = $1 AND state = 'planned'`, id, der, parent, notAfter)
	return err
}
