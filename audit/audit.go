// Package audit remembers what happened and by whom, so that nobody can change it afterwards unseen.
//
//	log := &audit.Log{Origin: "waxwing.example/audit", Signer: signer, Keys: vault}
//	err := d.Write(ctx, func(tx *db.Tx) error {
//		... the act itself ...
//		_, err := log.Append(tx, audit.Entry{Who: "user:ada", What: "application.approved", Object: "application:01J...", Details: details})
//		return err
//	})
//
// An entry is written in the transaction of the act: there is no act without its entry and no entry without its act. The entries are the
// leaves of a Merkle tree (RFC 6962 §2.1, golang.org/x/mod/sumdb/tlog). Log.Checkpoint signs the tree as a note (C2SP tlog-checkpoint), and
// whoever keeps a checkpoint elsewhere can prove that an entry was there, that a later log continues the one
// he knew, and that nobody went back to an older state. Log.Verify reads everything and names the first bad entry.
//
// Personal data does not go into Details, but into Personal: it is sealed under a key of its document, and Erase destroys that key. The tree
// is over the sealed bytes, so it holds after an erasure. Without Log.Keys, personal data is refused.
//
// What it cannot do: notice that entries at the end are missing which no checkpoint covers, when the one who took them away rewrote
// the log's size as well. Sign often, and keep checkpoints where the database's owner cannot write.
package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// The longest texts of an entry, in bytes.
const (
	maxWord    = 512
	maxDetails = 64 << 10
)

// Log writes and reads one log. Its fields are set before use and not changed.
type Log struct {
	Origin string      // names the log in checkpoints, as example.org/audit; without blanks and plus signs
	Signer note.Signer // signs checkpoints; nil signs none. See NewSigner
	Keys   Keys        // wraps the keys of personal data; nil refuses personal data
}

// Entry is one thing that happened.
type Entry struct {
	Seq      int64     // its place, from 0; given by Append
	At       time.Time // the transaction's moment; given by Append
	Who      string    // who did it: "user:ada", "node:mx1", "cli:root"
	What     string    // the act: "certificate.issued"
	Object   string    // on what: "certificate:01J..."
	Details  []byte    // JSON without personal data; nil is {}
	Document string    // whose key seals Personal; needed if there is some
	Personal []byte    // what may have to be forgotten. In entries read: nil unless asked for, and after an erasure
	sealed   []byte    // Personal as stored
}

// check refuses what could not be stored or read back the same.
func (e *Entry) check() error {
	for name, s := range map[string]string{"Who": e.Who, "What": e.What, "Object": e.Object, "Document": e.Document} {
		if len(s) > maxWord {
			return fmt.Errorf("audit: %s has %d bytes, more than %d", name, len(s), maxWord)
		}
	}
	switch {
	case e.Who == "" || e.What == "":
		return errors.New("audit: an entry needs Who and What")
	case len(e.Details) > maxDetails || len(e.Personal) > maxDetails:
		return fmt.Errorf("audit: the details have more than %d bytes", maxDetails)
	case (e.Personal != nil) != (e.Document != ""):
		return errors.New("audit: personal data and its document come together")
	}
	if e.Details == nil {
		e.Details = []byte("{}")
	}
	var b bytes.Buffer
	if err := json.Compact(&b, e.Details); err != nil {
		return fmt.Errorf("audit: the details are not JSON: %w", err)
	}
	e.Details = b.Bytes()
	return nil
}

// leaf is what the tree is over: every column, in a form that two different rows cannot share.
func (e *Entry) leaf() []byte {
	var b strings.Builder
	b.WriteString("waxwing audit entry 1\n")
	fmt.Fprintf(&b, "%d %d\n", e.Seq, e.At.UnixMicro())
	for _, s := range []string{e.Who, e.What, e.Object, string(e.Details), e.Document, string(e.sealed)} {
		b.WriteString(strconv.Itoa(len(s)))
		b.WriteByte(':')
		b.WriteString(s)
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// Hash is the leaf hash of an entry that was read, as inclusion proofs are checked with.
func (e Entry) Hash() tlog.Hash { return tlog.RecordHash(e.leaf()) }

// Append writes an entry at the end of the log and returns its place.
func (l *Log) Append(tx *db.Tx, e Entry) (int64, error) {
	if err := e.check(); err != nil {
		return 0, err
	}
	seq, err := nextSeq(tx)
	if err != nil {
		return 0, err
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
		return 0, err
	}
	return seq, insertHashes(tx, tlog.StoredHashIndex(0, seq), hashes)
}

// Size is how many entries there are.
func Size(tx *db.Tx) (int64, error) { return size(tx) }

// List calls f for each entry from the place from on, at most n of them, in order, without their personal data.
func List(tx *db.Tx, from, n int64, f func(Entry) error) error {
	list, err := entries(tx, from, n)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}
