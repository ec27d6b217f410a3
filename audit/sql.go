package audit

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// Schema is this room's tables: entries, the hashes of the tree over them, the log's name and how many there are, what was signed and by
// whom, and the wrapped keys of personal data.
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
CREATE INDEX audit_entry_who ON audit_entry (who, seq);
CREATE INDEX audit_entry_what ON audit_entry (what, seq);
CREATE TABLE audit_hash (idx BIGINT PRIMARY KEY, hash BYTEA NOT NULL);
CREATE TABLE audit_head (id BIGINT PRIMARY KEY, size BIGINT NOT NULL, origin TEXT NOT NULL);
INSERT INTO audit_head (id, size, origin) VALUES (1, 0, '');
CREATE TABLE audit_signer (verifier TEXT PRIMARY KEY, seq BIGINT NOT NULL);
CREATE TABLE audit_checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE audit_key (document TEXT PRIMARY KEY, wrapped BYTEA, erased_by BIGINT);
`}}

func nextSeq(tx *db.Tx) (n int64, err error) {
	err = tx.Row(`UPDATE audit_head SET size = size + 1 WHERE id = 1 RETURNING size - 1`).Scan(&n)
	return n, err
}

func headSize(tx *db.Tx) (n int64, err error) {
	err = tx.Row(`SELECT size FROM audit_head WHERE id = 1`).Scan(&n)
	return n, err
}

func headOrigin(tx *db.Tx) (origin string, err error) {
	err = tx.Row(`SELECT origin FROM audit_head WHERE id = 1`).Scan(&origin)
	return origin, headError(err)
}

func setOrigin(tx *db.Tx, origin string) error {
	_, err := tx.Exec(`UPDATE audit_head SET origin = $1 WHERE id = 1`, origin)
	return err
}

func insertEntry(tx *db.Tx, e *Entry) error {
	_, err := tx.Exec(`INSERT INTO audit_entry (seq, at, who, what, object, details, document, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Seq, e.At, e.Who, e.What, e.Object, string(e.Details), e.Document, e.sealed)
	return err
}

// insertHashes writes the hashes that an entry completes: mostly one or two, never more than 64.
func insertHashes(tx *db.Tx, first int64, hashes []tlog.Hash) error {
	args := make([]any, 0, 2*len(hashes))
	marks := make([]string, len(hashes))
	for i, h := range hashes {
		args = append(args, first+int64(i), h[:])
		marks[i] = fmt.Sprintf("($%d, $%d)", 2*i+1, 2*i+2)
	}
	_, err := tx.Exec(`INSERT INTO audit_hash (idx, hash) VALUES `+strings.Join(marks, ", "), args...)
	return err
}

const entryColumns = `seq, at, who, what, object, details, document, sealed`

func scanEntry(e *Entry, scan func(...any) error) error {
	return scan(&e.Seq, db.Moment(&e.At), &e.Who, &e.What, &e.Object, &e.Details, &e.Document, &e.sealed)
}

// entries reads entries in order. With an error of one that is not of our form come those before it.
func entries(tx *db.Tx, from, n int64) (list []Entry, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var e Entry
		if err := scanEntry(&e, scan); err != nil {
			return &rowError{err}
		}
		list = append(list, e)
		return nil
	}, `SELECT `+entryColumns+` FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2`, from, n)
	return list, err
}

// rowError is that of a row with columns of other kinds than we write.
type rowError struct{ err error }

func (e *rowError) Error() string { return "audit: an entry cannot be read: " + e.err.Error() }
func (e *rowError) Unwrap() error { return e.err }

// find reads entries that a query asks for; place is where it goes on.
func find(tx *db.Tx, q *Query, place, n int64) (list []Entry, err error) {
	where, order := []string{"seq >= $1"}, "seq"
	if q.Latest {
		where, order = []string{"seq <= $1"}, "seq DESC"
	}
	args := []any{place, n}
	add := func(condition string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	for column, v := range map[string]string{"who": q.Who, "what": q.What, "object": q.Object, "document": q.Document} {
		if v != "" {
			add(column+" = $%d", v)
		}
	}
	if !q.Since.IsZero() {
		add("at >= $%d", q.Since)
	}
	if !q.Until.IsZero() {
		add("at < $%d", q.Until)
	}
	err = tx.Each(func(scan func(...any) error) error {
		var e Entry
		err := scanEntry(&e, scan)
		list = append(list, e)
		return err
	}, `SELECT `+entryColumns+` FROM audit_entry WHERE `+strings.Join(where, " AND ")+` ORDER BY `+order+` LIMIT $2`, args...)
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

// countFrom counts the rows of a table at or beyond a place.
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

func lastCheckpoint(tx *db.Tx) (c storedCheckpoint, err error) {
	err = tx.Row(`SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&c.size, &c.note)
	return c, err
}

func insertSigner(tx *db.Tx, seq int64, verifier string) error {
	_, err := tx.Exec(`INSERT INTO audit_signer (verifier, seq) VALUES ($1, $2)`, verifier, seq)
	return err
}

func signers(tx *db.Tx) (list []string, err error) {
	err = tx.Each(func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		list = append(list, s)
		return err
	}, `SELECT verifier FROM audit_signer ORDER BY seq`)
	return list, err
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
