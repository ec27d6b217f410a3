package db

import (
	"context"
	"errors"
)

// Documents are small documents by name, as rows: what package shelf keeps in a folder, for many nodes. Every method is a
// transaction of its own.
type Documents struct {
	d    *DB
	kind string
}

// Documents returns the documents of one kind, such as "trust".
func (d *DB) Documents(kind string) *Documents { return &Documents{d, kind} }

// Get returns a document; nil if there is none of that name.
func (s *Documents) Get(name string) (document []byte, err error) {
	err = s.d.Read(context.Background(), func(tx *Tx) error { // short, and asked for by rooms that know no context
		document, err = s.get(tx, name)
		return err
	})
	return document, err
}

func (s *Documents) get(tx *Tx, name string) (document []byte, err error) {
	err = tx.Row(`SELECT document FROM db_document WHERE kind = $1 AND name = $2`, s.kind, name).Scan(&document)
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	return document, err
}

// Update puts what f makes of a document, nil if there was none, in its place. If f returns nil, the document is gone. f is called
// again where another node got in the way.
func (s *Documents) Update(name string, f func(old []byte) ([]byte, error)) error {
	return s.d.Write(context.Background(), func(tx *Tx) error {
		old, err := s.get(tx, name)
		if err != nil {
			return err
		}
		changed, err := f(old)
		switch {
		case err != nil:
			return err
		case changed == nil:
			_, err = tx.Exec(`DELETE FROM db_document WHERE kind = $1 AND name = $2`, s.kind, name)
		default:
			_, err = tx.Exec(`INSERT INTO db_document (kind, name, document, changed_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (kind, name) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at`, s.kind, name, changed, tx.Now)
		}
		return err
	})
}

// Each calls f for every document, by name.
func (s *Documents) Each(f func(name string, document []byte) error) error {
	type item struct {
		name     string
		document []byte
	}
	var list []item
	err := s.d.Read(context.Background(), func(tx *Tx) error {
		list = nil
		return tx.Each(func(scan func(dest ...any) error) error {
			var i item
			err := scan(&i.name, &i.document)
			list = append(list, i)
			return err
		}, `SELECT name, document FROM db_document WHERE kind = $1 ORDER BY name`, s.kind)
	})
	for _, i := range list {
		if err == nil {
			err = f(i.name, i.document)
		}
	}
	return err
}
