package vault

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
)

// The errors of escrow a caller may branch on.
var (
	ErrNoCircle    = errors.New("vault: no such circle of officers")
	ErrNotEscrowed = errors.New("vault: this key is not escrowed")
)

// EncryptionKey is a key that only decrypts, the one kind that can be escrowed. Key.Encryption makes it.
type EncryptionKey struct{ key Key }

// Encryption tells whether a key can be escrowed: one that signs, also beside decrypting, never, since whoever recovered it could sign in the
// name of its owner; one on a token cannot leave it.
func (k Key) Encryption() (EncryptionKey, error) {
	if k.Purpose != Encryption {
		return EncryptionKey{}, fmt.Errorf("vault: key %s is for %s: only keys for %s can be escrowed", k.ID, k.Purpose, Encryption)
	}
	if k.Token != "" {
		return EncryptionKey{}, fmt.Errorf("vault: key %s is on a token and cannot leave it", k.ID)
	}
	return EncryptionKey{k}, nil
}

// escrowInfo binds an escrowed key to its circle and its row.
func escrowInfo(circle string, k Key) []byte {
	return []byte(bound("escrow", circle, k.ID, string(k.Purpose), k.Fingerprint()))
}

// Escrow seals a copy of a key to a circle of officers. Nobody can open it without as many of them as the threshold says, not even the
// vault. The owner is to be told: that is the caller's part.
func (v *Vault) Escrow(tx *db.Tx, circle string, e EncryptionKey, by string) error {
	c, err := selectCircle(tx, circle)
	if err != nil {
		return err
	}
	r, err := selectKey(tx, e.key.ID)
	if err != nil {
		return fmt.Errorf("%w: %s", err, e.key.ID)
	}
	if _, err := r.Encryption(); err != nil {
		return err
	}
	raw, err := v.unseal(tx, &r)
	if err != nil {
		return err
	}
	defer clear(raw)
	sealed, err := escrowSeal(c.public, escrowInfo(c.ID, r.Key), raw)
	if err != nil {
		return err
	}
	if err := insertEscrow(tx, c.ID, r.Key, sealed); err != nil {
		if errors.Is(err, db.ErrExists) {
			return fmt.Errorf("vault: key %s is escrowed to circle %s already", r.ID, c.ID)
		}
		return err
	}
	return v.entry(tx, by, "key.escrowed", object(r.ID), details{"circle": c.ID})
}

// Escrowed returns the circles that a key is escrowed to.
func (v *Vault) Escrowed(tx *db.Tx, key string) ([]string, error) { return selectEscrows(tx, key) }

// Recovery is the order to recover an escrowed key.
type Recovery struct {
	Circle       string
	Key          string
	Shares       [][]byte           // as opened by the officers; at least as many as the threshold
	To           *pki.Certificate   // of the requester, of a key that decrypts: the result opens with its key only
	Certificates []*pki.Certificate // of the recovered key and above, which go with it; may be empty
	By           string             // the requester, for the audit log; none of the officers whose shares are used
	Case         string             // the case in which this was decided, for the audit log, without personal data; required
}

// Recover joins the shares of enough officers and gives the key, as PEM with PKCS #8 and the certificates, in a CMS envelope to the requester's
// certificate. It does so without the vault's key-encryption key. An officer cannot be the requester or the owner of the key.
func (v *Vault) Recover(tx *db.Tx, o Recovery) ([]byte, error) {
	if o.By == "" || o.Case == "" || o.To == nil {
		return nil, errors.New("vault: a recovery needs who asks for it, the case in which it was decided, and a certificate to give the key to")
	}
	c, err := selectCircle(tx, o.Circle)
	if err != nil {
		return nil, err
	}
	k, err := v.Key(tx, o.Key)
	if err != nil {
		return nil, err
	}
	sealed, err := selectEscrow(tx, o.Circle, o.Key)
	if err != nil {
		return nil, err
	}
	secret, officers, err := c.open(o.Shares)
	if err != nil {
		return nil, err
	}
	d := details{"circle": c.ID, "sharing": c.Sharing, "case": o.Case, "to": fmt.Sprintf("%x", o.To.Fingerprint())}
	if d["officers"], err = o.judges(k, officers); err != nil {
		return nil, err
	}
	key, err := escrowKey(secret)
	if err != nil {
		return nil, err
	}
	raw, err := escrowOpen(key, escrowInfo(c.ID, k), sealed)
	if err != nil {
		return nil, fmt.Errorf("vault: the escrowed copy of key %s: %w", k.ID, err)
	}
	defer clear(raw)
	out, err := o.envelope(k, raw)
	if err != nil {
		return nil, err
	}
	return out, v.entry(tx, o.By, "key.recovered", object(k.ID), d)
}

// judges returns the names of the officers, none of whom may decide in a case of his own.
func (o Recovery) judges(k Key, officers []Officer) (names []string, err error) {
	for _, f := range officers {
		if f.Name == o.By || f.Name == k.Owner || alg.SameKey(f.Certificate.PublicKey, o.To.PublicKey) {
			return nil, fmt.Errorf("vault: %s gives a share and is the requester or the owner: nobody decides in a case of his own", f.Name)
		}
		names = append(names, f.Name)
	}
	return names, nil
}

// envelope writes the key and its certificates as PEM, encrypted to the requester.
func (o Recovery) envelope(k Key, raw []byte) ([]byte, error) {
	b, err := keyfile.Read(raw, keyfile.Options{})
	if err != nil || len(b.Keys) != 1 || !alg.SameKey(b.Keys[0].Public(), k.Public) {
		return nil, fmt.Errorf("vault: what was escrowed for key %s is not its private key", k.ID)
	}
	var text bytes.Buffer
	defer func() { clear(text.Bytes()) }()
	if err := pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: raw}); err != nil {
		return nil, err
	}
	for _, c := range o.Certificates {
		if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}); err != nil {
			return nil, err
		}
	}
	out, err := sealTo(o.To, text.Bytes())
	if err != nil {
		return nil, fmt.Errorf("vault: encrypt to the requester: %w", err)
	}
	return out, nil
}
