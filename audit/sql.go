package audit

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// Schema is this room's tables: entries, the hashes of the tree over them, how many there are, what was signed, and the wrapped
// keys of personal data.
var Schema = []db.Migration{{Room: "audit", Version: 1, SQL: `
CREATE TABLE audit_entry (
	seq BIGINT PRIMARY KEY,
	at BIGINT NOT NULL,
	who TEXT NOT NULL,
	what TEXT NOT NULL,
	object TEXT NOT NULL,
	details TEXT NOT NULL,
	document TEXT NOT NULL,
	sealed BYTEA
);
CREATE INDEX audit_entry_object ON audit_entry (object, seq);
CREATE TABLE audit_hash (idx BIGINT PRIMARY KEY, hash BYTEA NOT NULL);
CREATE TABLE audit_head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL);
INSERT INTO audit_head (id, size) VALUES (1, 0);
CREATE TABLE audit_checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE audit_key (document TEXT PRIMARY KEY, wrapped BYTEA, erased_by BIGINT);
`}}

func nextSeq(tx *db.Tx) (n int64, err error) {
	err = tx.Row(`UPDATE audit_head SET size = size + 1 WHERE id = 1 RETURNING size - 1`).Scan(&n)
	return n, err
}

func size(tx *db.Tx) (n int64, err error) {
	err = tx.Row(`SELECT size FROM audit_head WHERE id = 1`).Scan(&n)
	return n, err
}

func insertEntry(tx *db.Tx, e *Entry) error {
	_, err := tx.Exec(`INSERT INTO audit_entry (seq, at, who, what, object, details, document, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Seq, e.At, e.Who, e.What, e.Object, string(e.Details), e.Document, e.sealed)
	return err
}

func insertHashes(tx *db.Tx, first int64, hashes []tlog.Hash) error {
	for i, h := range hashes {
		if _, err := tx.Exec(`INSERT INTO audit_hash (idx, hash) VALUES ($1, $2)`, first+int64(i), h[:]); err != nil {
			return err
		}
	}
	return nil
}

func entries(tx *db.Tx, from, n int64) (list []Entry, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var e Entry
		if err := scan(&e.Seq, db.Moment(&e.At), &e.Who, &e.What, &e.Object, &e.Details, &e.Document, &e.sealed); err != nil {
			return err
		}
		list = append(list, e)
		return nil
	}, `SELECT seq, at, who, what, object, details, document, sealed FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2`, from, n)
	return list, err
}

// storedHash is one row of audit_hash.
type storedHash struct {
	idx  int64
	hash []byte
}

func hashes(tx *db.Tx, from, to int64) (list []storedHash, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var h storedHash
		if err := scan(&h.idx, &h.hash); err != nil {
			return err
		}
		list = append(list, h)
		return nil
	}, `SELECT idx, hash FROM audit_hash WHERE idx >= $1 AND idx < $2 ORDER BY idx`, from, to)
	return list, err
}

// count counts the rows of a table at or beyond a place.
func countFrom(tx *db.Tx, query string, from int64) (n int64, err error) {
	err = tx.Row(query, from).Scan(&n)
	return n, err
}

const (
	entriesFrom = `SELECT count(*) FROM audit_entry WHERE seq >= $1 OR seq < 0`
	hashesFrom  = `SELECT count(*) FROM audit_hash WHERE idx >= $1 OR idx < 0`
)

// reader gives tlog the hashes it asks for.
type reader struct{ tx *db.Tx }

// ReadHashes implements tlog.HashReader.
func (r reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	if len(indexes) == 0 {
		return nil, nil
	}
	args := make([]any, len(indexes))
	marks := make([]string, len(indexes))
	for i, n := range indexes {
		args[i], marks[i] = n, fmt.Sprintf("$%d", i+1)
	}
	found := map[int64][]byte{}
	err := r.tx.Each(func(scan func(...any) error) error {
		var h storedHash
		err := scan(&h.idx, &h.hash)
		found[h.idx] = h.hash
		return err
	}, `SELECT idx, hash FROM audit_hash WHERE idx IN (`+strings.Join(marks, ", ")+`)`, args...)
	if err != nil {
		return nil, err
	}
	list := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		if len(found[n]) != tlog.HashSize {
			return nil, fmt.Errorf("audit: hash %d of the tree is missing: run the verification", n)
		}
		list[i] = tlog.Hash(found[n])
	}
	return list, nil
}

func insertCheckpoint(tx *db.Tx, size int64, text string) error {
	_, err := tx.Exec(`INSERT INTO audit_checkpoint (size, note) VALUES ($1, $2)`, size, text)
	return err
}

// storedCheckpoint is one row of audit_checkpoint.
type storedCheckpoint struct {
	size int64
	note string
}

func checkpoints(tx *db.Tx, from, to int64) (list []storedCheckpoint, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var c storedCheckpoint
		if err := scan(&c.size, &c.note); err != nil {
			return err
		}
		list = append(list, c)
		return nil
	}, `SELECT size, note FROM audit_checkpoint WHERE size >= $1 AND size < $2 ORDER BY size`, from, to)
	return list, err
}

func checkpointAt(tx *db.Tx, size int64) (text string, err error) {
	err = tx.Row(`SELECT note FROM audit_checkpoint WHERE size = $1`, size).Scan(&text)
	return text, err
}

// documentKey returns the wrapped key of a document, and the entry that erased it or -1.
func documentKey(tx *db.Tx, document string) (wrapped []byte, erasedBy int64, err error) {
	var by *int64
	err = tx.Row(`SELECT wrapped, erased_by FROM audit_key WHERE document = $1`, document).Scan(&wrapped, &by)
	if errors.Is(err, db.ErrNone) || by == nil {
		return wrapped, -1, err
	}
	return wrapped, *by, err
}

func insertKey(tx *db.Tx, document string, wrapped []byte) error {
	_, err := tx.Exec(`INSERT INTO audit_key (document, wrapped) VALUES ($1, $2)`, document, wrapped)
	return err
}

func eraseKey(tx *db.Tx, document string, by int64) error {
	_, err := tx.Exec(`UPDATE audit_key SET wrapped = NULL, erased_by = $2 WHERE document = $1`, document, by)
	return err
}
