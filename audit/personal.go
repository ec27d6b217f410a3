package audit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"

	"github.com/waxwing-mail/waxwing/db"
)

// ErrErased says that the key of the personal data was destroyed.
var ErrErased = errors.New("audit: the personal data was erased")

// Erased is what an erasure is called in the log; its Object is the document.
const Erased = "personal.erased"

// Keys wraps the keys of documents, so that neither the database nor a copy of it tells them. The vault is one.
type Keys interface {
	// Wrap seals a key; context must be given again to Unwrap.
	Wrap(key []byte, context string) ([]byte, error)
	// Unwrap opens what Wrap sealed.
	Unwrap(wrapped []byte, context string) ([]byte, error)
}

// wrapContext binds a wrapped key to its document.
func wrapContext(document string) string { return "waxwing audit " + document }

// seal encrypts the personal data of an entry under the key of its document, which is made when it is first needed.
func (l *Log) seal(tx *db.Tx, e *Entry) ([]byte, error) {
	if l.Keys == nil {
		return nil, errors.New("audit: personal data needs a keeper of its keys")
	}
	wrapped, erasedBy, err := documentKey(tx, e.Document)
	switch {
	case errors.Is(err, db.ErrNone):
		key := make([]byte, 32)
		rand.Read(key) // never fails
		if wrapped, err = l.Keys.Wrap(key, wrapContext(e.Document)); err != nil {
			return nil, fmt.Errorf("audit: wrap the key of %s: %w", e.Document, err)
		}
		if err := insertKey(tx, e.Document, wrapped); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	case erasedBy >= 0:
		return nil, fmt.Errorf("%w: nothing can be added to %s", ErrErased, e.Document)
	}
	aead, err := l.aead(wrapped, e.Document)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, e.Personal, place(e)), nil
}

// place binds sealed data to its entry.
func place(e *Entry) []byte { return []byte(strconv.FormatInt(e.Seq, 10) + " " + e.Document) }

// aead is AES-256-GCM with a random nonce in front of the ciphertext.
func (l *Log) aead(wrapped []byte, document string) (cipher.AEAD, error) {
	key, err := l.Keys.Unwrap(wrapped, wrapContext(document))
	if err != nil {
		return nil, fmt.Errorf("audit: unwrap the key of %s: %w", document, err)
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("audit: the key of %s: %w", document, err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Personal returns the personal data of an entry that was read: nil if it has none, ErrErased if its key is gone.
func (l *Log) Personal(tx *db.Tx, e Entry) ([]byte, error) {
	if e.Document == "" {
		return nil, nil
	}
	if l.Keys == nil {
		return nil, errors.New("audit: personal data needs a keeper of its keys")
	}
	wrapped, erasedBy, err := documentKey(tx, e.Document)
	if err != nil {
		return nil, fmt.Errorf("audit: the key of %s: %w", e.Document, err)
	}
	if erasedBy >= 0 {
		return nil, ErrErased
	}
	aead, err := l.aead(wrapped, e.Document)
	if err != nil {
		return nil, err
	}
	data, err := aead.Open(nil, nil, e.sealed, place(&e))
	if err != nil {
		return nil, fmt.Errorf("audit: the personal data of entry %d does not open with the key of %s", e.Seq, e.Document)
	}
	return data, nil
}

// Erase destroys the key of a document, and with it all personal data sealed under it, and enters the act in the log; e says Who and why.
// The tree still holds. Backups made before have the wrapped key, and PostgreSQL's files until the next VACUUM: neither opens without the
// vault, and backups are to be kept no longer than the data may be.
func (l *Log) Erase(tx *db.Tx, document string, e Entry) error {
	_, erasedBy, err := documentKey(tx, document)
	if err != nil {
		return fmt.Errorf("audit: there is no personal data of %s: %w", document, err)
	}
	if erasedBy >= 0 {
		return fmt.Errorf("%w: %s", ErrErased, document)
	}
	e.What, e.Object = Erased, document
	seq, err := l.Append(tx, e)
	if err != nil {
		return err
	}
	return eraseKey(tx, document, seq)
}
