package ca

import (
	"encoding/json"
	"fmt"

	"github.com/waxwing-mail/waxwing/db"
)

func lastVersion(tx *db.Tx, name string) (n int, err error) {
	err = tx.Row(`SELECT coalesce(max(version), 0) FROM ca_profile WHERE name = $1`, name).Scan(&n)
	return n, err
}

func insertProfile(tx *db.Tx, p Profile, body string) error {
	_, err := tx.Exec(`INSERT INTO ca_profile (name, version, body, added) VALUES ($1, $2, $3, $4)`, p.Name, p.Version, body, tx.Now)
	return err
}

func retireProfile(tx *db.Tx, p Profile) error {
	_, err := tx.Exec(`UPDATE ca_profile SET retired = $3 WHERE name = $1 AND version = $2 AND retired IS NULL`, p.Name, p.Version, tx.Now)
	return err
}

func scanProfile(scan func(...any) error) (*StoredProfile, error) {
	var s StoredProfile
	var body string
	if err := scan(&body, db.Moment(&s.Added), db.Moment(&s.Retired)); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &s.Profile); err != nil {
		return nil, fmt.Errorf("a profile in the database cannot be read: %w", err)
	}
	return &s, nil
}

func profileVersion(tx *db.Tx, name string, version int) (*StoredProfile, error) {
	return scanProfile(tx.Row(`SELECT body, added, retired FROM ca_profile WHERE name = $1 AND version = $2`, name, version).Scan)
}

// profileVersions lists the versions of a name, or of all if it is empty.
func profileVersions(tx *db.Tx, name string) (list []*StoredProfile, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		s, err := scanProfile(scan)
		list = append(list, s)
		return err
	}, `SELECT body, added, retired FROM ca_profile WHERE name = $1 OR $1 = '' ORDER BY name, version DESC`, name)
	return list, err
}
