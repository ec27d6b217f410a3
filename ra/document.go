package ra

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/waxwing-mail/waxwing/db"
)

// MaxDocument is the largest document in bytes.
const MaxDocument = 40 << 20

// piece is how much of a document is sealed at once.
const piece = 256 << 10

// DocumentState is where an upload stands.
type DocumentState string

// The states of a document.
const (
	Uploading       DocumentState = "uploading"
	Stored          DocumentState = "stored"
	RefusedDocument DocumentState = "refused" // it is not kept: Refusals say why
	Erased          DocumentState = "erased"  // its key was destroyed
)

// Document is something that somebody uploaded. Its bytes lie in the database, each piece sealed with AES-256-GCM under a key of this
// document alone, which the vault wraps: without the key nobody can read it, nor what a backup has of it.
//
// A face hands it out as a download of application/octet-stream and never shows it: a reviewer opens it with a program of his own.
type Document struct {
	ID          string        `json:"id"`
	Application string        `json:"application"`
	Person      string        `json:"person"`
	Name        string        `json:"name"` // as it was uploaded, without a folder
	Type        string        `json:"type,omitempty"`
	Size        int64         `json:"size"`     // as announced
	Received    int64         `json:"received"` // so far: where an interrupted upload goes on
	SHA256      string        `json:"sha256,omitempty"`
	State       DocumentState `json:"state"`
	Refusals    []Refusal     `json:"refusals,omitempty"` // why it is not kept
	By          string        `json:"by"`
	At          time.Time     `json:"at"`
}

// NewDocument announces an upload.
type NewDocument struct {
	Application string
	Name        string // with its extension, which has to fit what is inside
	Size        int64  // in bytes
	SHA256      string // hexadecimal; "": not checked
}

func (d Document) name() string { return "document:" + d.ID }

// wrapContext binds a wrapped key to its document.
func (d Document) wrapContext() string { return "ra document " + d.ID }

// BeginUpload announces a document. If the same one was begun by the same person and is not finished, that upload is returned, to go
// on at Received (AUTHORITY 14).
func (a *RA) BeginUpload(tx *db.Tx, who Actor, n NewDocument) (Document, error) {
	p, err := a.open(tx, who, DoUpload, Ref{ID: n.Application})
	if err != nil {
		return Document{}, err
	}
	if a.Vault == nil {
		return Document{}, errors.New("this house has no vault to keep documents in: waxwing vault init")
	}
	name := path.Base(strings.ReplaceAll(n.Name, `\`, "/"))
	d := Document{ID: tx.NewID(), Application: p.ID, Person: p.Person, Name: name, Size: n.Size, SHA256: strings.ToLower(n.SHA256), State: Uploading, By: who.ID, At: tx.Now}
	if err := d.policy(); err != nil {
		return d, err
	}
	begun, err := documentsOf(tx, p.ID)
	if err != nil {
		return d, err
	}
	for _, o := range begun {
		if o.State == Uploading && o.By == d.By && o.Name == d.Name && o.Size == d.Size && o.SHA256 == d.SHA256 {
			return o, nil
		}
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return d, err
	}
	defer clear(key)
	wrapped, err := a.Vault.Wrap(key, d.wrapContext())
	if err != nil {
		return d, fmt.Errorf("wrap the key of document %s: %w", d.ID, err)
	}
	return d, insertDocument(tx, d, wrapped)
}

// policy refuses what the name and the size already tell.
func (d Document) policy() error {
	switch {
	case d.Size > MaxDocument:
		return refuse("document.large", "", "size", fmt.Sprint(d.Size), fmt.Sprintf("a document may have %d MB", MaxDocument>>20), "scan it in grey with 200 dots an inch, or send its pages apart")
	case d.Size <= 0:
		return refuse("document.empty", "", "size", fmt.Sprint(d.Size), "there is nothing in it", "choose the file again")
	case d.Name == "." || d.Name == "/" || len(d.Name) > 200 || strings.ContainsFunc(d.Name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return refuse("document.name", "", "name", fmt.Sprintf("%q", d.Name), "this is no name of a file", "rename it: letters, digits, and the extension of its type")
	}
	_, err := typeByName(d.Name)
	return err
}

// sealer makes the cipher of one document.
func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// bound is what a piece is bound to: it can be neither moved nor put into another document.
func (d Document) bound(n int64) []byte {
	return []byte(fmt.Sprintf("%s piece %d", d.wrapContext(), n))
}

// key opens the key of a document.
func (a *RA) key(tx *db.Tx, d Document) (cipher.AEAD, error) {
	wrapped, err := documentKey(tx, d.ID)
	if err != nil {
		return nil, err
	}
	if wrapped == nil || d.State == Erased {
		return nil, fmt.Errorf("document %s was erased: its key is destroyed", d.ID)
	}
	key, err := a.Vault.Unwrap(wrapped, d.wrapContext())
	if err != nil {
		return nil, fmt.Errorf("unwrap the key of document %s: %w", d.ID, err)
	}
	defer clear(key)
	return sealer(key)
}

// Append adds bytes at an offset, which must be Received. All pieces but the last are full.
func (a *RA) Append(tx *db.Tx, who Actor, id string, offset int64, data []byte) (Document, error) {
	d, err := a.document(tx, who, DoUpload, id)
	if err != nil {
		return d, err
	}
	last := offset+int64(len(data)) == d.Size
	switch {
	case d.State != Uploading || d.By != who.ID:
		return d, &WrongState{Object: d.name(), State: string(d.State), Event: "append", Where: []string{string(Uploading) + " by the same person"}}
	case offset != d.Received:
		return d, refuse("document.offset", "", "offset", fmt.Sprint(offset), fmt.Sprintf("%d bytes are here", d.Received), "go on there")
	case len(data) != piece && !last || len(data) > piece || offset+int64(len(data)) > d.Size:
		return d, refuse("document.piece", "", "data", fmt.Sprint(len(data)), fmt.Sprintf("pieces have %d bytes, up to the last, and end with the announced size %d", piece, d.Size), "announce the size that the file has")
	}
	aead, err := a.key(tx, d)
	if err != nil {
		return d, err
	}
	n := offset / piece
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(data)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return d, err
	}
	if err := insertPiece(tx, d.ID, n, aead.Seal(nonce, nonce, data, d.bound(n))); err != nil {
		return d, err
	}
	d.Received += int64(len(data))
	return d, updateDocument(tx, d)
}

// Finish looks into a whole upload: what it is, and whether it does what no paper does. What is refused is forgotten at once.
func (a *RA) Finish(tx *db.Tx, who Actor, id string) (Document, error) {
	d, err := a.document(tx, who, DoUpload, id)
	if err != nil || d.State == Stored {
		return d, err
	}
	if d.State != Uploading || d.Received != d.Size {
		return d, &WrongState{Object: d.name(), State: fmt.Sprintf("%s, %d of %d bytes", d.State, d.Received, d.Size), Event: "finish", Where: []string{"whole"}}
	}
	r, err := a.reader(tx, d)
	if err != nil {
		return d, err
	}
	h := sha256.New()
	found, err := inspect(io.TeeReader(r, h), d.Name, d.Size)
	var no *Refused
	if err != nil && !errors.As(err, &no) {
		return d, err
	}
	if _, err := io.Copy(h, r); err != nil {
		return d, err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if no == nil && d.SHA256 != "" && d.SHA256 != sum {
		no = refuse("document.damaged", "", "sha256", sum, "it is not what was announced", "upload it again").(*Refused)
	}
	d.SHA256, d.Type, d.State = sum, found, Stored
	if no != nil {
		d.State, d.Refusals = RefusedDocument, no.Refusals
		return d, errors.Join(updateDocument(tx, d), destroy(tx, d.ID), a.log(tx, who.ID, "document.refused", d.name(), details{"application": d.Application, "code": no.Refusals[0].Code, "size": d.Size}))
	}
	return d, errors.Join(updateDocument(tx, d), a.log(tx, who.ID, "document.stored", d.name(), details{"application": d.Application, "type": d.Type, "size": d.Size, "sha256": d.SHA256}))
}

// document opens a document for an act.
func (a *RA) document(tx *db.Tx, who Actor, v Verb, id string) (Document, error) {
	d, err := documentByID(tx, id)
	if err != nil {
		return d, err
	}
	p, err := applicationByID(tx, d.Application)
	if err != nil {
		return d, err
	}
	return d, who.may(v, p.object())
}

// Upload brings a whole document, in as many transactions as it takes. If it fails half way, the same call goes on where it ended.
// A document that is refused comes back as *Refused.
func (a *RA) Upload(ctx context.Context, d *db.DB, who Actor, n NewDocument, r io.ReadSeeker) (Document, error) {
	var doc Document
	err := a.Do(ctx, d, func(tx *db.Tx) (err error) { doc, err = a.BeginUpload(tx, who, n); return err })
	if err != nil {
		return doc, err
	}
	if _, err := r.Seek(doc.Received, io.SeekStart); err != nil {
		return doc, err
	}
	buffer := make([]byte, piece)
	for doc.Received < doc.Size {
		k, err := io.ReadFull(r, buffer[:min(piece, doc.Size-doc.Received)])
		if err != nil {
			return doc, fmt.Errorf("read %s after %d of %d bytes: %w", n.Name, doc.Received+int64(k), n.Size, err)
		}
		at, id := doc.Received, doc.ID
		err = a.Do(ctx, d, func(tx *db.Tx) (err error) { doc, err = a.Append(tx, who, id, at, buffer[:k]); return err })
		if err != nil {
			return doc, err
		}
	}
	id := doc.ID
	err = a.Do(ctx, d, func(tx *db.Tx) (err error) { doc, err = a.Finish(tx, who, id); return err })
	if err == nil && doc.State == RefusedDocument {
		err = &Refused{doc.Refusals}
	}
	return doc, err
}
