package vault

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/keyfile"
)

// details are those of an entry in the audit log. No secret and no personal data goes into them.
type details map[string]any

// entry enters an act in the audit log.
func (v *Vault) entry(tx *db.Tx, by, what, object string, d details) error {
	if v.log == nil {
		return errors.New("vault: without an audit log nothing is done")
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = v.log.Append(tx, audit.Entry{Who: by, What: what, Object: object, Details: raw})
	return err
}

// Generate makes a key and keeps it. RSA keys take up to seconds, for which other writers wait: see Draw.
func (v *Vault) Generate(tx *db.Tx, s Spec) (Key, error) {
	if err := s.check(); err != nil {
		return Key{}, err
	}
	if s.Token != "" {
		return v.generateOnToken(tx, s)
	}
	private, err := s.draw()
	if err != nil {
		return Key{}, err
	}
	return v.keep(tx, s, keyfile.Key{Private: private}, "key.generated")
}

// Import takes in a key that was made elsewhere. One that is here already is refused, whoever it belongs to.
func (v *Vault) Import(tx *db.Tx, s Spec, key keyfile.Key) (Key, error) {
	if s.Token != "" {
		return Key{}, errors.New("vault: a key that was made elsewhere is not put on a token: its copies stay where it was")
	}
	if s.Label == "" {
		s.Label = key.Name
	}
	return v.keep(tx, s, key, "key.imported")
}

// usable tells whether a private key can do what its purpose wants.
func usable(p Purpose, private crypto.PrivateKey) error {
	key := keyfile.Key{Private: private}
	if _, ok := key.Signer(); p.Signs() && !ok {
		return fmt.Errorf("vault: this key (%v) cannot sign, so it is not for %s", key, p)
	}
	if p.Decrypts() {
		if _, err := decrypting(private); err != nil {
			return fmt.Errorf("vault: this key (%v) cannot decrypt, so it is not for %s", key, p)
		}
	}
	return nil
}

// keep seals a private key into a new row.
func (v *Vault) keep(tx *db.Tx, s Spec, key keyfile.Key, act string) (Key, error) {
	pub := key.Public()
	if pub == nil {
		return Key{}, fmt.Errorf("vault: %v: such keys are not implemented", key)
	}
	s.Algorithm = algorithmOf(pub, alg.KeyName(pub))
	if err := errors.Join(s.check(), usable(s.Purpose, key.Private)); err != nil {
		return Key{}, err
	}
	spki, err := alg.MarshalPublicKey(pub)
	if err != nil {
		return Key{}, fmt.Errorf("vault: the public key: %w", err)
	}
	r := keyRow{Key: Key{ID: tx.NewID(), Algorithm: s.Algorithm, Purpose: s.Purpose, Owner: s.Owner, Label: s.Label, Public: pub, SPKI: spki, Created: tx.Now}}
	if err := v.refuseTwice(tx, r.Key); err != nil {
		return Key{}, err
	}
	raw, err := keyfile.MarshalPKCS8(key.Private, nil)
	if err != nil {
		return Key{}, fmt.Errorf("vault: %v: %w", key, err)
	}
	defer clear(raw)
	if err := v.seal(tx, &r, raw); err != nil {
		return Key{}, err
	}
	return r.Key, v.add(tx, r, s.By, act)
}

// add stores a row and enters it in the log.
func (v *Vault) add(tx *db.Tx, r keyRow, by, act string) error {
	if err := insertKey(tx, r); err != nil {
		return fmt.Errorf("vault: keep the key: %w", err)
	}
	d := details{"algorithm": r.Algorithm, "purpose": r.Purpose, "owner": r.Owner, "spkiSHA256": r.Fingerprint()}
	if r.Token != "" {
		d["token"] = true
	}
	return v.entry(tx, by, act, object(r.ID), d)
}

// object names a key in the audit log.
func object(id string) string { return "key:" + id }

// refuseTwice refuses a key that is or was here: two owners of one key could read each other's mail.
func (v *Vault) refuseTwice(tx *db.Tx, k Key) error {
	old, err := selectKeyByPublic(tx, k.Fingerprint())
	switch {
	case errors.Is(err, ErrNoKey):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("vault: this key is here already, as %s of %s (%s)", old.ID, old.Owner, old.State())
}

func (r *keyRow) dataKeyBound() string {
	return wrappedRow{id: r.ID, purpose: string(r.Purpose), kek: r.kek}.keyBound()
}

func (r wrappedRow) keyBound() string { return bound("data key", r.id, r.purpose, r.kek) }

func (r *keyRow) keyBound() string {
	return bound("private key", r.ID, string(r.Purpose), r.Fingerprint())
}

// seal puts PKCS#8 under a fresh data key, and that under the current key-encryption key.
func (v *Vault) seal(tx *db.Tx, r *keyRow, raw []byte) error {
	id, kek, err := v.current(tx)
	if err != nil {
		return err
	}
	data := newKey()
	defer clear(data)
	s, err := newSealer(data)
	if err != nil {
		return err
	}
	r.kek = id
	r.wrapped = kek.seal(data, r.dataKeyBound())
	r.sealed = s.seal(raw, r.keyBound())
	return nil
}

// unseal returns PKCS#8. The caller clears it.
func (v *Vault) unseal(tx *db.Tx, r *keyRow) ([]byte, error) {
	switch {
	case !r.Destroyed.IsZero():
		return nil, fmt.Errorf("%w: %s", ErrDestroyed, r.ID)
	case r.Token != "":
		return nil, fmt.Errorf("vault: key %s is on a token and cannot leave it", r.ID)
	}
	kek, err := v.kek(tx, r.kek)
	if err != nil {
		return nil, err
	}
	data, err := kek.open(r.wrapped, r.dataKeyBound())
	if err != nil {
		return nil, fmt.Errorf("vault: the data key of %s: %w", r.ID, err)
	}
	defer clear(data)
	s, err := newSealer(data)
	if err != nil {
		return nil, err
	}
	raw, err := s.open(r.sealed, r.keyBound())
	if err != nil {
		return nil, fmt.Errorf("vault: key %s: %w", r.ID, err)
	}
	return raw, nil
}

// private returns the private key of a row.
func (v *Vault) private(tx *db.Tx, r *keyRow) (crypto.PrivateKey, error) {
	raw, err := v.unseal(tx, r)
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	b, err := keyfile.Read(raw, keyfile.Options{})
	if err != nil || len(b.Keys) != 1 || !alg.SameKey(b.Keys[0].Public(), r.Public) {
		return nil, fmt.Errorf("vault: what is sealed for key %s is not its private key", r.ID)
	}
	return b.Keys[0].Private, nil
}
