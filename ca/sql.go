package ca

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/db"
)

// Schema is the tables of both halves.
var Schema = slices.Concat(issuingSchema, statusSchema)

// issuingSchema is the tables of the issuing half: authorities, versions of profiles, certificates planned and issued, and the addresses
// in them. ca_certificate.serial is unique over all authorities and rows are never deleted: no number is used twice.
var issuingSchema = []db.Migration{{Room: "ca", Version: 1, SQL: `
CREATE TABLE ca_authority (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	type TEXT NOT NULL,
	state TEXT NOT NULL,
	parent TEXT NOT NULL,
	key_id TEXT NOT NULL,
	certificate BYTEA,
	spki BYTEA NOT NULL,
	spki_sha256 TEXT NOT NULL,
	shards BIGINT NOT NULL,
	crl_url TEXT NOT NULL,
	issuer_url TEXT NOT NULL,
	ocsp_url TEXT NOT NULL,
	policy_arc TEXT NOT NULL,
	not_after BIGINT,
	created BIGINT NOT NULL
);
CREATE INDEX ca_authority_spki ON ca_authority (spki_sha256);
CREATE TABLE ca_house (id BIGINT PRIMARY KEY, public_trust BIGINT NOT NULL);
CREATE TABLE ca_profile (
	name TEXT NOT NULL,
	version BIGINT NOT NULL,
	body TEXT NOT NULL,
	added BIGINT NOT NULL,
	retired BIGINT,
	PRIMARY KEY (name, version)
);
CREATE TABLE ca_certificate (
	id TEXT PRIMARY KEY,
	authority TEXT NOT NULL,
	serial TEXT NOT NULL UNIQUE,
	shard BIGINT NOT NULL,
	state TEXT NOT NULL,
	der BYTEA NOT NULL,
	tbs_sha256 TEXT NOT NULL,
	sha256 TEXT,
	spki_sha256 TEXT NOT NULL,
	profile TEXT NOT NULL,
	holder TEXT NOT NULL,
	credential TEXT NOT NULL,
	reference TEXT NOT NULL,
	made_by TEXT NOT NULL,
	lint TEXT NOT NULL,
	not_before BIGINT NOT NULL,
	not_after BIGINT NOT NULL,
	planned BIGINT NOT NULL,
	issued BIGINT
);
CREATE UNIQUE INDEX ca_certificate_reference ON ca_certificate (reference) WHERE state <> 'void';
CREATE INDEX ca_certificate_sha256 ON ca_certificate (sha256);
CREATE INDEX ca_certificate_spki ON ca_certificate (spki_sha256);
CREATE INDEX ca_certificate_credential ON ca_certificate (credential) WHERE credential <> '';
CREATE INDEX ca_certificate_holder ON ca_certificate (holder) WHERE holder <> '';
CREATE INDEX ca_certificate_planned ON ca_certificate (planned) WHERE state = 'planned';
CREATE TABLE ca_address (
	address TEXT NOT NULL,
	certificate TEXT NOT NULL REFERENCES ca_certificate (id),
	PRIMARY KEY (address, certificate)
);
`}}

const certificateColumns = `id, authority, serial, shard, state, der, coalesce(sha256, ''), spki_sha256, profile, holder, credential, reference, made_by, not_before, not_after, planned, issued`

func scanCertificate(scan func(...any) error) (*Certificate, error) {
	var c Certificate
	err := scan(&c.ID, &c.Authority, &c.Serial, &c.Shard, &c.State, &c.DER, &c.Fingerprint, &c.SPKI, &c.Profile, &c.Holder, &c.Credential,
		&c.Reference, &c.By, db.Moment(&c.NotBefore), db.Moment(&c.NotAfter), db.Moment(&c.Planned), db.Moment(&c.Issued))
	return &c, err
}

func findCertificates(tx *db.Tx, q Query) (list []*Certificate, err error) {
	var where []string
	var args []any
	add := func(condition string, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, fmt.Sprintf(condition, len(args)))
		}
	}
	add(`id = $%d`, q.ID)
	add(`authority = $%d`, q.Authority)
	add(`serial = $%d`, serialHex(q.Serial))
	add(`sha256 = $%d`, plainHex(q.Fingerprint))
	add(`spki_sha256 = $%d`, plainHex(q.SPKI))
	add(`holder = $%d`, q.Holder)
	add(`credential = $%d`, q.Credential)
	add(`reference = $%d`, q.Reference)
	add(`state = $%d`, string(q.State))
	add(`id > $%d`, q.After)
	add(`id IN (SELECT certificate FROM ca_address WHERE address = $%d)`, addressKey(q.Address))
	if q.Limit == 0 {
		q.Limit = 100
	}
	args = append(args, q.Limit)
	query := `SELECT ` + certificateColumns + ` FROM ca_certificate`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	query += fmt.Sprintf(` ORDER BY id LIMIT $%d`, len(args))
	err = tx.Each(func(scan func(...any) error) error {
		c, err := scanCertificate(scan)
		list = append(list, c)
		return err
	}, query, args...)
	return list, err
}

func certificateBySerial(tx *db.Tx, authority string, serial []byte) (*Certificate, error) {
	row := tx.Row(`SELECT `+certificateColumns+` FROM ca_certificate WHERE serial = $1 AND authority = $2`, serialHex(fmt.Sprintf("%x", serial)), authority)
	return scanCertificate(row.Scan)
}

const authorityColumns = `id, name, type, state, parent, key_id, certificate, shards, crl_url, issuer_url, ocsp_url, policy_arc, not_after, created`

func scanAuthority(scan func(...any) error) (*Authority, error) {
	var a Authority
	err := scan(&a.ID, &a.Name, &a.Type, &a.State, &a.Parent, &a.KeyID, &a.Certificate, &a.Shards, &a.CRLURL, &a.IssuerURL, &a.OCSPURL,
		&a.PolicyArc, db.Moment(&a.NotAfter), db.Moment(&a.Created))
	return &a, err
}

func authorityByName(tx *db.Tx, idOrName string) (*Authority, error) {
	a, err := scanAuthority(tx.Row(`SELECT `+authorityColumns+` FROM ca_authority WHERE id = $1 OR name = $1`, idOrName).Scan)
	if err != nil {
		return nil, err
	}
	return a, fillChain(tx, a)
}

// fillChain puts the certificates above an authority into it.
func fillChain(tx *db.Tx, a *Authority) error {
	for parent := a.Parent; parent != ""; {
		up, err := scanAuthority(tx.Row(`SELECT `+authorityColumns+` FROM ca_authority WHERE id = $1`, parent).Scan)
		if errors.Is(err, db.ErrNone) {
			return fmt.Errorf("authority %s: the authority %s above it is missing in the database", a.Name, parent)
		}
		if err != nil {
			return err
		}
		if up.Certificate != nil {
			a.Chain = append(a.Chain, up.Certificate)
		}
		parent = up.Parent
	}
	return nil
}

func listAuthorities(tx *db.Tx) (list []*Authority, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		a, err := scanAuthority(scan)
		list = append(list, a)
		return err
	}, `SELECT `+authorityColumns+` FROM ca_authority ORDER BY id`)
	for _, a := range list {
		if err == nil {
			err = fillChain(tx, a)
		}
	}
	return list, err
}

func insertAuthority(tx *db.Tx, a *Authority, spki []byte) error {
	_, err := tx.Exec(`INSERT INTO ca_authority (id, name, type, state, parent, key_id, certificate, spki, spki_sha256, shards, crl_url, issuer_url, ocsp_url, policy_arc, not_after, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		a.ID, a.Name, string(a.Type), string(a.State), a.Parent, a.KeyID, a.Certificate, spki, hexSum(spki), a.Shards, a.CRLURL, a.IssuerURL, a.OCSPURL, a.PolicyArc, a.NotAfter, a.Created)
	return err
}

// authoritySPKI is the public key of an authority, which may have no certificate yet.
func authoritySPKI(tx *db.Tx, id string) (spki []byte, err error) {
	err = tx.Row(`SELECT spki FROM ca_authority WHERE id = $1`, id).Scan(&spki)
	return spki, err
}

func publicTrust(tx *db.Tx) (bound bool, err error) {
	var n int
	err = tx.Row(`SELECT public_trust FROM ca_house WHERE id = 1`).Scan(&n)
	if errors.Is(err, db.ErrNone) {
		return false, nil
	}
	return n == 1, err
}

func setPublicTrust(tx *db.Tx, bound bool) error {
	_, err := tx.Exec(`INSERT INTO ca_house (id, public_trust) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET public_trust = excluded.public_trust`, map[bool]int{true: 1}[bound])
	return err
}
