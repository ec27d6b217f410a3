package ra

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// pieces reads the bytes of a document, piece after piece.
type pieces struct {
	tx   *db.Tx
	d    Document
	aead cipher.AEAD
	n    int64
	left []byte
	at   int64
}

// Read implements io.Reader.
func (r *pieces) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		if r.at == r.d.Received {
			return 0, io.EOF
		}
		sealed, err := pieceOf(r.tx, r.d.ID, r.n)
		if err != nil {
			return 0, fmt.Errorf("piece %d of document %s: %w", r.n, r.d.ID, err)
		}
		size := r.aead.NonceSize()
		if len(sealed) < size {
			return 0, fmt.Errorf("piece %d of document %s is damaged", r.n, r.d.ID)
		}
		if r.left, err = r.aead.Open(nil, sealed[:size], sealed[size:], r.d.bound(r.n)); err != nil {
			return 0, fmt.Errorf("piece %d of document %s was changed", r.n, r.d.ID)
		}
		r.n, r.at = r.n+1, r.at+int64(len(r.left))
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

func (a *RA) reader(tx *db.Tx, d Document) (io.Reader, error) {
	aead, err := a.key(tx, d)
	return &pieces{tx: tx, d: d, aead: aead}, err
}

// ReadDocument writes a document to a reviewer, or to whom it belongs, and enters that in the log.
func (a *RA) ReadDocument(tx *db.Tx, who Actor, id string, w io.Writer) (Document, error) {
	d, err := a.document(tx, who, DoReadDocument, id)
	if err != nil {
		return d, err
	}
	if d.State != Stored {
		return d, &WrongState{Object: d.name(), State: string(d.State), Event: string(DoReadDocument), Where: []string{string(Stored)}}
	}
	r, err := a.reader(tx, d)
	if err != nil {
		return d, err
	}
	if err := a.log(tx, who.ID, "document.read", d.name(), details{"application": d.Application}); err != nil {
		return d, err
	}
	_, err = io.Copy(w, r)
	return d, err
}

// Documents lists what was uploaded for an application, without its bytes.
func (a *RA) Documents(tx *db.Tx, who Actor, application string) ([]Document, error) {
	p, err := applicationByID(tx, application)
	if err != nil {
		return nil, err
	}
	if err := who.may(DoListDocument, p.object()); err != nil {
		return nil, err
	}
	return documentsOf(tx, application)
}

// Retention is how long papers are kept after an application ended (S/MIME BR §5.5.2: two years after the last certificate expired).
const Retention = 2 * 365 * day

// Erase forgets a person (AUTHORITY 17): the keys of all his documents are destroyed, his names leave the applications, and what the
// log sealed about him can no longer be opened; its tree still verifies. The record of his certificates stays, and so do
// the checks. While he has a credential, or Retention is not over, it is refused.
func (a *RA) Erase(tx *db.Tx, who Actor, personID, reason string) error {
	known, err := personByID(tx, personID)
	if err != nil {
		return noneIs(err, refuse("person.unknown", "", "person", personID, "this person is not known here", "take the id from the application"))
	}
	if err := who.may(DoErase, object{name: "person:" + personID, organisation: known.Organisation, person: personID}); err != nil {
		return err
	}
	if err := note(DoErase, reason); err != nil {
		return err
	}
	kept, err := count(tx, `SELECT count(*) FROM ra_credential WHERE person = $1 AND not_after > $2`, personID, tx.Now.Add(-Retention))
	if err != nil {
		return err
	}
	open, err := count(tx, `SELECT count(*) FROM ra_application WHERE person = $1 AND state IN ('draft', 'submitted', 'collecting', 'in-review', 'changes', 'on-hold', 'validated', 'approved', 'issuing', 'failed')`, personID)
	if err != nil {
		return err
	}
	if kept+open > 0 {
		return refuse("erase.retention", "S/MIME BR §5.5.2", "person", personID, fmt.Sprintf("%d credentials have to be kept on record, %d applications are open", kept, open), "wait until two years after the last one expired, and withdraw what is open")
	}
	documents, err := strings1(tx, `SELECT id FROM ra_document WHERE person = $1 ORDER BY id`, personID)
	if err != nil {
		return err
	}
	for _, id := range documents {
		d, err := documentByID(tx, id)
		if err != nil {
			return err
		}
		d.State, d.Name, d.Refusals = Erased, "", nil
		if err := errors.Join(destroy(tx, id), updateDocument(tx, d)); err != nil {
			return err
		}
	}
	if err := a.blank(tx, personID); err != nil {
		return err
	}
	if err := a.log(tx, who.ID, "person.erased", "person:"+personID, details{"documents": len(documents)}); err != nil || a.Log.Keys == nil {
		return err
	}
	return a.Log.Erase(tx, "person:"+personID, audit.Entry{Who: who.ID, Object: "person:" + personID})
}

// blank takes the person out of the applications and all their versions.
func (a *RA) blank(tx *db.Tx, personID string) error {
	list, err := loadAll[Application](tx, `SELECT body FROM ra_application WHERE person = $1 ORDER BY id`, personID)
	if err != nil {
		return err
	}
	for _, p := range list {
		p.Subject.GivenName, p.Subject.Surname, p.Subject.Pseudonym, p.Subject.CommonName, p.Subject.Email, p.Subject.SerialNumber, p.Subject.Title = "", "", "", "", "", "", ""
		p.Addresses, p.Reason, p.Refusals = nil, "", nil
		for i := range p.Parts {
			p.Parts[i].Request = nil
		}
		if err := updateApplication(tx, p); err != nil {
			return err
		}
		for _, q := range []string{`UPDATE ra_revision SET body = '{}' WHERE application = $1`, `DELETE FROM ra_address WHERE application = $1`, `DELETE FROM ra_proof WHERE application = $1`} {
			if _, err := tx.Exec(q, p.ID); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec(`UPDATE ra_person SET state = 'erased', reference = '' WHERE id = $1`, personID); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE ra_user SET name = '' WHERE person = $1`, personID)
	return err
}
