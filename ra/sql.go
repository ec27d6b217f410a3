package ra

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/db"
)

// Schema is this room's tables. Bodies are JSON of the types of the same name; what is asked for by value has a column of its own.
var Schema = []db.Migration{{Room: "ra", Version: 1, SQL: `
CREATE TABLE ra_user (
	id TEXT PRIMARY KEY,
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	person TEXT NOT NULL
);
CREATE TABLE ra_grant (
	id TEXT PRIMARY KEY,
	user_id TEXT NOT NULL,
	role TEXT NOT NULL,
	organisation TEXT NOT NULL,
	domain TEXT NOT NULL,
	profile TEXT NOT NULL,
	granted_by TEXT NOT NULL,
	granted_at BIGINT NOT NULL
);
CREATE INDEX ra_grant_user ON ra_grant (user_id);
CREATE TABLE ra_organisation (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	parent TEXT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE ra_domain (
	domain TEXT PRIMARY KEY,
	organisation TEXT NOT NULL
);
CREATE INDEX ra_domain_organisation ON ra_domain (organisation);
CREATE TABLE ra_person (
	id TEXT PRIMARY KEY,
	organisation TEXT NOT NULL,
	reference TEXT NOT NULL,
	state TEXT NOT NULL,
	created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX ra_person_reference ON ra_person (organisation, reference) WHERE reference <> '';
CREATE TABLE ra_application (
	id TEXT PRIMARY KEY,
	version BIGINT NOT NULL,
	state TEXT NOT NULL,
	profile TEXT NOT NULL,
	organisation TEXT NOT NULL,
	person TEXT NOT NULL,
	submitter TEXT NOT NULL,
	once TEXT NOT NULL,
	replaces TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE UNIQUE INDEX ra_application_once ON ra_application (submitter, once) WHERE once <> '';
CREATE INDEX ra_application_state ON ra_application (state, changed_at);
CREATE INDEX ra_application_person ON ra_application (person);
CREATE TABLE ra_revision (
	application TEXT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	who TEXT NOT NULL,
	event TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (application, version)
);
CREATE TABLE ra_address (
	application TEXT NOT NULL,
	address TEXT NOT NULL,
	PRIMARY KEY (application, address)
);
CREATE INDEX ra_address_address ON ra_address (address);
CREATE TABLE ra_claim (
	application TEXT PRIMARY KEY,
	who TEXT NOT NULL,
	until_at BIGINT NOT NULL
);
CREATE TABLE ra_need (
	application TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	facts TEXT NOT NULL,
	PRIMARY KEY (application, kind, subject, facts)
);
CREATE INDEX ra_need_subject ON ra_need (subject, kind);
CREATE TABLE ra_requirement (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	facts TEXT NOT NULL,
	round BIGINT NOT NULL,
	state TEXT NOT NULL,
	expires_at BIGINT,
	body TEXT NOT NULL,
	UNIQUE (subject, kind, facts, round)
);
CREATE TABLE ra_check (
	id TEXT PRIMARY KEY,
	requirement TEXT NOT NULL,
	who TEXT NOT NULL,
	at BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE INDEX ra_check_requirement ON ra_check (requirement);
CREATE TABLE ra_approval (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL,
	who TEXT NOT NULL,
	person TEXT NOT NULL,
	hash TEXT NOT NULL,
	at BIGINT NOT NULL,
	void_at BIGINT
);
CREATE INDEX ra_approval_application ON ra_approval (application);
CREATE TABLE ra_document (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL,
	person TEXT NOT NULL,
	state TEXT NOT NULL,
	wrapped BYTEA,
	body TEXT NOT NULL
);
CREATE INDEX ra_document_application ON ra_document (application);
CREATE INDEX ra_document_person ON ra_document (person);
CREATE TABLE ra_piece (
	document TEXT NOT NULL,
	n BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (document, n)
);
CREATE TABLE ra_proof (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL,
	address TEXT NOT NULL,
	digest TEXT NOT NULL,
	message TEXT NOT NULL,
	submitter TEXT NOT NULL,
	sent_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	used_at BIGINT
);
CREATE INDEX ra_proof_address ON ra_proof (address, sent_at);
CREATE INDEX ra_proof_application ON ra_proof (application);
CREATE INDEX ra_proof_digest ON ra_proof (digest);
CREATE TABLE ra_credential (
	id TEXT PRIMARY KEY,
	application TEXT NOT NULL,
	person TEXT NOT NULL,
	organisation TEXT NOT NULL,
	state TEXT NOT NULL,
	not_after BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE INDEX ra_credential_person ON ra_credential (person);
CREATE INDEX ra_credential_end ON ra_credential (state, not_after);
CREATE TABLE ra_notice (
	credential TEXT NOT NULL,
	days BIGINT NOT NULL,
	sent_at BIGINT NOT NULL,
	PRIMARY KEY (credential, days)
);
CREATE TABLE ra_report (
	id TEXT PRIMARY KEY,
	state TEXT NOT NULL,
	received_at BIGINT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE ra_import (
	id TEXT PRIMARY KEY,
	body TEXT NOT NULL
);
CREATE TABLE ra_import_row (
	import TEXT NOT NULL,
	n BIGINT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (import, n)
);
`}}

// scanner copies the columns of one row.
type scanner = func(dest ...any) error

// noneIs replaces "no row" by another error.
func noneIs(err, other error) error {
	if errors.Is(err, db.ErrNone) {
		return other
	}
	return err
}

func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only types of this room come here
	}
	return string(b)
}

// load reads one body. A missing row is an error that names the noun.
func load[T any](tx *db.Tx, noun, query string, args ...any) (v T, err error) {
	var body string
	if err := tx.Row(query, args...).Scan(&body); err != nil {
		return v, noneIs(err, fmt.Errorf("there is no %s %v: %w", noun, args[0], db.ErrNone))
	}
	return v, json.Unmarshal([]byte(body), &v)
}

// loadAll reads the bodies of an answer.
func loadAll[T any](tx *db.Tx, query string, args ...any) (list []T, err error) {
	err = tx.Each(func(scan scanner) error {
		var body string
		if err := scan(&body); err != nil {
			return err
		}
		var v T
		list = append(list, v)
		return json.Unmarshal([]byte(body), &list[len(list)-1])
	}, query, args...)
	return list, err
}

func strings1(tx *db.Tx, query string, args ...any) (list []string, err error) {
	err = tx.Each(func(scan scanner) error {
		var s string
		err := scan(&s)
		list = append(list, s)
		return err
	}, query, args...)
	return list, err
}

func count(tx *db.Tx, query string, args ...any) (n int64, err error) {
	err = tx.Row(query, args...).Scan(&n)
	return n, err
}
