package ca

import (
	"errors"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// BlockedKey is a key that is never certified again (S/MIME BR §6.1.1.3: previously compromised keys).
type BlockedKey struct {
	SPKI   string // SHA-256 of the SubjectPublicKeyInfo, hexadecimal
	Source string // why, in words without personal data
	At     time.Time
	By     string
}

// Blocked returns the entry of a key, by the SHA-256 of its SubjectPublicKeyInfo; db.ErrNone if it is not blocked.
func Blocked(tx *db.Tx, spki string) (*BlockedKey, error) { return blockedKey(tx, spki) }

// Block blocks a key from now on, and reports whether it was not blocked before. It revokes nothing: see Revoke and ReportKey.
func (c *CA) Block(tx *db.Tx, b BlockedKey) (bool, error) {
	b.At = tx.Now
	added, err := insertBlocked(tx, b)
	if err != nil || !added {
		return added, err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: b.By, What: "key.blocked", Object: "key:" + plainHex(b.SPKI)})
	return true, err
}

// lookAtKey adds what speaks against certifying a key: its numbers, the lists of keys that others know, and our own. AUTHORITY 18.
func (c *CA) lookAtKey(tx *db.Tx, spki []byte, o keycheck.Options, no *Refusal) error {
	o.Lists = c.KnownKeys
	weigh(spki, o, no)
	b, err := blockedKey(tx, hexSum(spki))
	if errors.Is(err, db.ErrNone) {
		return nil
	}
	if err == nil {
		no.add(Problem{Code: "key.blocked", Section: "S/MIME BR §6.1.1.3", Field: "key", What: "the key was compromised: " + b.Source, Advice: "make a new key; this one is never certified again"})
	}
	return err
}
