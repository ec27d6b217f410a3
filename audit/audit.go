// Package audit remembers what happened and by whom, so that nobody can change it afterwards unseen.
//
//	log, err := audit.Open(tx)            // the log of this database, as audit.Start named it
//	log.Signer, err = audit.NewSigner(log.Origin, key) // an Ed25519 key, mostly of the vault
//	log.Keys = vault
//	err = d.Write(ctx, func(tx *db.Tx) error {
//		... the act itself ...
//		_, err := log.Append(tx, audit.Entry{Who: "user:ada", What: "application.approved", Object: "application:01J...", Details: details})
//		return err
//	})
//
// An entry is written in the transaction of the act: there is no act without its entry and no entry without its act. The entries are the
// leaves of a Merkle tree (RFC 6962 §2.1, golang.org/x/mod/sumdb/tlog). Log.Checkpoint signs the tree as a note (C2SP tlog-checkpoint), and
// whoever keeps a checkpoint elsewhere, as a Witness does, can prove that an entry was there, that a later log continues the one
// he knew, and that nobody went back to an older state. Log.Prove takes one entry out, with a proof that needs no database (C2SP tlog-proof).
// Log.Verify reads everything and names the first bad entry.
//
// Personal data does not go into Details, but into Personal: it is sealed under a key of its document, and Erase destroys that key. The tree
// is over the sealed bytes, so it holds after an erasure. Without Log.Keys, personal data is refused.
//
// What it cannot do: notice that entries at the end are missing which no checkpoint covers, when the one who took them away rewrote
// the log's size as well; or that everything was written anew by one who has the signer's key. Sign often, and keep checkpoints
// where the database's owner cannot write.
package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// Log writes and reads one log. Its fields are set before use and not changed.
type Log struct {
	Origin string  // names the log in checkpoints, as example.org/audit; without blanks and plus signs
	Signer *Signer // signs checkpoints; nil signs none. See NewSigner
	Keys   Keys    // wraps the keys of personal data; nil refuses personal data
}

// Start gives the log of a new database its name for ever. With another name than it has already, it fails.
func Start(tx *db.Tx, origin string) error {
	if err := checkOrigin(origin); err != nil {
		return err
	}
	have, err := headOrigin(tx)
	if err != nil || have == origin {
		return err
	}
	if have != "" {
		return fmt.Errorf("audit: the log is %s already, and cannot become %s", have, origin)
	}
	return setOrigin(tx, origin)
}

// Open returns the log of the database, without a signer and keys. One that was not started has an empty origin.
func Open(tx *db.Tx) (*Log, error) {
	origin, err := headOrigin(tx)
	if err != nil {
		return nil, err
	}
	return &Log{Origin: origin}, nil
}

// Append writes an entry at the end of the log and returns its place.
func (l *Log) Append(tx *db.Tx, e Entry) (int64, error) {
	if err := e.check(); err != nil {
		return 0, err
	}
	seq, err := nextSeq(tx)
	if err != nil {
		return 0, headError(err)
	}
	e.Seq, e.At = seq, tx.Now
	if e.Personal != nil {
		if e.sealed, err = l.seal(tx, &e); err != nil {
			return 0, err
		}
	}
	hashes, err := tlog.StoredHashes(seq, e.leaf(), reader{tx})
	if err != nil {
		return 0, fmt.Errorf("audit: append: %w", err)
	}
	if err := insertEntry(tx, &e); err != nil {
		if errors.Is(err, db.ErrExists) {
			return 0, faultAt(seq, "the log ends before it by its size, and yet it is there: run the verification")
		}
		return 0, err
	}
	return seq, insertHashes(tx, tlog.StoredHashIndex(0, seq), hashes)
}

// Size is how many entries there are.
func Size(tx *db.Tx) (int64, error) {
	n, err := headSize(tx)
	return n, headError(err)
}

// headError explains that the row with the size is gone.
func headError(err error) error {
	if errors.Is(err, db.ErrNone) {
		return faultAt(0, "the log's size was taken away")
	}
	return err
}
