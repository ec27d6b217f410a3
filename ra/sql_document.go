package ra

import "github.com/waxwing-mail/waxwing/db"

func documentByID(tx *db.Tx, id string) (Document, error) {
	return load[Document](tx, "document", `SELECT body FROM ra_document WHERE id = $1`, id)
}

func documentsOf(tx *db.Tx, application string) ([]Document, error) {
	return loadAll[Document](tx, `SELECT body FROM ra_document WHERE application = $1 ORDER BY id`, application)
}

func insertDocument(tx *db.Tx, d Document, wrapped []byte) error {
	_, err := tx.Exec(`INSERT INTO ra_document (id, application, person, state, wrapped, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.ID, d.Application, d.Person, d.State, wrapped, marshal(d))
	return err
}

func updateDocument(tx *db.Tx, d Document) error {
	_, err := tx.Exec(`UPDATE ra_document SET state = $2, body = $3 WHERE id = $1`, d.ID, d.State, marshal(d))
	return err
}

func documentKey(tx *db.Tx, id string) (wrapped []byte, err error) {
	err = tx.Row(`SELECT wrapped FROM ra_document WHERE id = $1`, id).Scan(&wrapped)
	return wrapped, err
}

// destroy forgets the key of a document, and its bytes.
func destroy(tx *db.Tx, id string) error {
	if _, err := tx.Exec(`UPDATE ra_document SET wrapped = NULL WHERE id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM ra_piece WHERE document = $1`, id)
	return err
}

func insertPiece(tx *db.Tx, id string, n int64, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO ra_piece (document, n, sealed) VALUES ($1, $2, $3)`, id, n, sealed)
	return err
}

func pieceOf(tx *db.Tx, id string, n int64) (sealed []byte, err error) {
	err = tx.Row(`SELECT sealed FROM ra_piece WHERE document = $1 AND n = $2`, id, n).Scan(&sealed)
	return sealed, err
}
