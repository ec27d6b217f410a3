package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cloudflare/circl/group"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// mostOfficers is how many officers a circle can have.
const mostOfficers = 32

// Officer is a person who holds a share.
type Officer struct {
	Name        string           // as in the audit log: "user:carol"
	Certificate *pki.Certificate // the share is sealed to this one: of a key that decrypts, and that is not in this vault
}

// Circle is officers of whom any Threshold together can recover the keys that were escrowed to it, and fewer cannot.
type Circle struct {
	ID        string
	Name      string
	Threshold int
	Sharing   int // counts the sharings: shares of an earlier one are refused
	Officers  []Officer
	Created   time.Time

	public, commitments []byte
}

// CircleSpec says which circle to found, or how to share one anew.
type CircleSpec struct {
	Name      string // for people to read; Reshare leaves it
	Threshold int    // how many officers are needed: at least 2
	Officers  []Officer
	By        string // who does it, for the audit log
}

func (s CircleSpec) check() error {
	switch {
	case s.By == "":
		return errors.New("vault: say by whom the circle is made")
	case s.Threshold < 2:
		return errors.New("vault: a circle needs a threshold of at least 2: one officer alone must not recover a key")
	case len(s.Officers) < s.Threshold || len(s.Officers) > mostOfficers:
		return fmt.Errorf("vault: a threshold of %d needs as many officers, and at most %d, not %d", s.Threshold, mostOfficers, len(s.Officers))
	}
	for n, o := range s.Officers {
		if o.Name == "" || o.Certificate == nil {
			return fmt.Errorf("vault: officer %d needs a name and a certificate", n+1)
		}
		if !o.Certificate.Allows(pki.KeyEncipherment | pki.KeyAgreement) {
			return fmt.Errorf("vault: the certificate of %s is not for encryption", o.Name)
		}
		for _, p := range s.Officers[:n] {
			if p.Name == o.Name || alg.SameKey(p.Certificate.PublicKey, o.Certificate.PublicKey) {
				return fmt.Errorf("vault: %s and %s are the same officer, or have the same key", p.Name, o.Name)
			}
		}
	}
	return nil
}

// FoundCircle draws the secret of a new circle, seals a share to each officer's certificate and forgets the secret. Share
// gives the sealed shares.
func (v *Vault) FoundCircle(tx *db.Tx, s CircleSpec) (Circle, error) {
	if err := s.check(); err != nil {
		return Circle{}, err
	}
	secret := field.RandomNonZeroScalar(rand.Reader)
	key, err := escrowKey(secret)
	if err != nil {
		return Circle{}, err
	}
	c := Circle{ID: tx.NewID(), Name: s.Name, Created: tx.Now, public: key.PublicKey().Bytes()}
	if err := v.share(tx, &c, s, secret, insertCircle); err != nil {
		return Circle{}, err
	}
	return c, v.entry(tx, s.By, "circle.founded", "circle:"+c.ID, c.details())
}

func (c Circle) details() details {
	var names []string
	for _, o := range c.Officers {
		names = append(names, o.Name)
	}
	return details{"threshold": c.Threshold, "sharing": c.Sharing, "officers": names}
}

// share shares the secret of a circle and stores the circle and its shares.
func (v *Vault) share(tx *db.Tx, c *Circle, s CircleSpec, secret group.Scalar, store func(*db.Tx, Circle) error) error {
	values, commitments, err := split(secret, s.Threshold, len(s.Officers))
	if err != nil {
		return err
	}
	if c.commitments != nil && !bytes.Equal(c.commitments[:scalarSize], commitments[:scalarSize]) {
		return errors.New("vault: the new sharing would be of another secret")
	}
	c.Threshold, c.Officers, c.commitments = s.Threshold, s.Officers, commitments
	c.Sharing++
	if err := store(tx, *c); err != nil {
		return err
	}
	for n, o := range s.Officers {
		if err := v.sealShare(tx, c, o, n+1, values[n]); err != nil {
			return err
		}
	}
	return nil
}

// sealShare seals one share to an officer.
func (v *Vault) sealShare(tx *db.Tx, c *Circle, o Officer, place int, value []byte) error {
	defer clear(value)
	text, err := json.Marshal(share{Kind: shareKind, Circle: c.ID, Sharing: c.Sharing, Place: place, Threshold: c.Threshold, Value: value})
	if err != nil {
		return err
	}
	defer clear(text)
	sealed, err := sealTo(o.Certificate, text)
	if err != nil {
		return fmt.Errorf("vault: seal the share of %s: %w", o.Name, err)
	}
	return insertShare(tx, c, o, place, sealed)
}

// sealTo encrypts to a certificate as CMS AuthEnvelopedData with AES-256-GCM (RFC 5083, RFC 5084).
func sealTo(to *pki.Certificate, text []byte) ([]byte, error) {
	var b bytes.Buffer
	oaep := to.KeyInfo.Algorithm.OID == alg.OIDRSA
	w, err := cms.NewEnvelopedWriter(&b, cms.EnvelopeOptions{Cipher: alg.OIDAES256GCM, Size: int64(len(text)),
		Recipients: []cms.RecipientOptions{{Certificate: to, OAEP: oaep}}})
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Circle returns a circle with its officers, or ErrNoCircle.
func (v *Vault) Circle(tx *db.Tx, id string) (Circle, error) { return selectCircle(tx, id) }

// Circles returns all circles by age.
func (v *Vault) Circles(tx *db.Tx) ([]Circle, error) { return selectCircles(tx) }

// Share returns the share of an officer, sealed to his certificate: CMS in DER.
func (v *Vault) Share(tx *db.Tx, circle, officer string) ([]byte, error) {
	sealed, err := selectShare(tx, circle, officer)
	if errors.Is(err, db.ErrNone) {
		return nil, fmt.Errorf("vault: %s has no share of circle %s", officer, circle)
	}
	return sealed, err
}

// open joins opened shares of the current sharing, at least as many as needed, into the secret.
func (c Circle) open(opened [][]byte) (secret group.Scalar, officers []Officer, err error) {
	var shares []share
	seen := map[int]bool{}
	for n, text := range opened {
		s, err := parseShare(text)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("share %d: %w", n+1, err)
		case s.Circle != c.ID:
			return nil, nil, fmt.Errorf("vault: share %d is of another circle", n+1)
		case s.Sharing != c.Sharing:
			return nil, nil, fmt.Errorf("vault: share %d is of sharing %d, and the circle was shared anew since then (%d): fetch the current one", n+1, s.Sharing, c.Sharing)
		case s.Place > len(c.Officers):
			return nil, nil, fmt.Errorf("vault: the share at place %d is not one of this circle's", s.Place)
		case seen[s.Place]:
			return nil, nil, fmt.Errorf("vault: the share of %s is given twice", c.Officers[s.Place-1].Name)
		}
		seen[s.Place] = true
		shares, officers = append(shares, s), append(officers, c.Officers[s.Place-1])
	}
	secret, err = join(shares, c.Threshold, c.commitments)
	return secret, officers, err
}

// Reshare shares the secret of a circle anew, among other officers or with another threshold, out of enough opened shares of the current
// sharing. Escrowed keys are not touched. Shares of officers who left are refused from now on; they are to be destroyed all the same, since
// enough old shares together still hold the secret, for whoever has a copy of the database.
func (v *Vault) Reshare(tx *db.Tx, circle string, opened [][]byte, s CircleSpec) (Circle, error) {
	if err := s.check(); err != nil {
		return Circle{}, err
	}
	c, err := selectCircle(tx, circle)
	if err != nil {
		return Circle{}, err
	}
	secret, _, err := c.open(opened)
	if err != nil {
		return Circle{}, err
	}
	if err := deleteShares(tx, circle); err != nil {
		return Circle{}, err
	}
	if err := v.share(tx, &c, s, secret, updateCircle); err != nil {
		return Circle{}, err
	}
	return c, v.entry(tx, s.By, "circle.reshared", "circle:"+c.ID, c.details())
}
