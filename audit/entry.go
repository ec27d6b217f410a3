package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// The longest texts of an entry, in bytes.
const (
	maxWord    = 512
	maxDetails = 64 << 10
)

// Entry is one thing that happened.
type Entry struct {
	Seq      int64     // its place, from 0; given by Append
	At       time.Time // the transaction's moment; given by Append
	Who      string    // who did it: "user:ada", "node:mx1", "cli:root"
	What     string    // the act: "certificate.issued"
	Object   string    // on what: "certificate:01J..."
	Details  []byte    // JSON without personal data; nil is {}
	Document string    // whose key seals Personal; needed if there is some
	Personal []byte    // what may have to be forgotten. In entries read: nil, see Log.Personal
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

// leafHead begins every leaf and says how it is to be read.
const leafHead = "waxwing audit entry 1\n"

// leaf is what the tree is over: every column, in a form that two different rows cannot share.
func (e *Entry) leaf() []byte {
	var b strings.Builder
	b.WriteString(leafHead)
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

// Sealed is the personal data as it is stored: of use only to tell that there is some.
func (e Entry) Sealed() []byte { return e.sealed }

var errLeaf = errors.New("audit: this is no entry of an audit log")

// parseLeaf reads a leaf back. What it accepts has this one form.
func parseLeaf(leaf []byte) (Entry, error) {
	rest, ok := strings.CutPrefix(string(leaf), leafHead)
	place, rest, ok2 := strings.Cut(rest, "\n")
	seq, at, ok3 := strings.Cut(place, " ")
	if !ok || !ok2 || !ok3 {
		return Entry{}, errLeaf
	}
	n, err1 := strconv.ParseInt(seq, 10, 64)
	micros, err2 := strconv.ParseInt(at, 10, 64)
	if err1 != nil || err2 != nil {
		return Entry{}, errLeaf
	}
	var fields [6]string
	for i := range fields {
		size, after, ok := strings.Cut(rest, ":")
		long, err := strconv.Atoi(size)
		if !ok || err != nil || long < 0 || long >= len(after) || after[long] != '\n' {
			return Entry{}, errLeaf
		}
		fields[i], rest = after[:long], after[long+1:]
	}
	e := Entry{Seq: n, At: time.UnixMicro(micros).UTC(), Who: fields[0], What: fields[1], Object: fields[2], Details: []byte(fields[3]), Document: fields[4]}
	if fields[5] != "" {
		e.sealed = []byte(fields[5])
	}
	if !bytes.Equal(e.leaf(), leaf) {
		return Entry{}, errLeaf
	}
	return e, nil
}
