package audit

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// Verify reads the whole log in one state, in constant memory, and returns the tree. A *Fault names the first bad entry: one that was
// changed, removed, moved or put in, a hash that is not that of its entries, a signed checkpoint that the entries do not lead to,
// a key of personal data that is gone without an entry that erased it. v has the keys of the checkpoints in the database and of those that
// were kept elsewhere, which also show that an older state was put back. If Log.Keys is set, personal data is opened too.
func (l *Log) Verify(tx *db.Tx, v note.Verifiers, kept ...string) (tlog.Tree, error) {
	if v == nil || l.Origin == "" {
		return tlog.Tree{}, errors.New("audit: a verification needs the log's origin and the keys of its checkpoints")
	}
	n, err := Size(tx)
	if err != nil {
		return tlog.Tree{}, err
	}
	r := &verification{log: l, tx: tx, verifier: v, size: n}
	for _, text := range kept {
		tree, err := ReadCheckpoint(text, l.Origin, v)
		if err != nil {
			return tlog.Tree{}, fmt.Errorf("%w (a checkpoint kept elsewhere)", err)
		}
		r.kept = append(r.kept, tree)
	}
	for from := int64(0); from < n; from += page {
		if err := r.page(from, min(from+page, n)); err != nil {
			return tlog.Tree{}, err
		}
	}
	if err := r.end(); err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: n, Hash: r.root()}, nil
}

// verification walks along the log.
type verification struct {
	log      *Log
	tx       *db.Tx
	verifier note.Verifiers
	size     int64
	kept     []tlog.Tree

	done  int64       // entries read
	good  int64       // entries that the last good checkpoint covers
	peaks []tlog.Hash // the complete subtrees of the entries read, larger ones first
}

// page checks the entries from from up to to, with the hashes and checkpoints that belong to them.
func (r *verification) page(from, to int64) error {
	list, listErr := entries(r.tx, from, to-from)
	var bad *rowError
	if listErr != nil && !errors.As(listErr, &bad) {
		return listErr
	}
	stored, err := hashes(r.tx, tlog.StoredHashIndex(0, from), tlog.StoredHashIndex(0, to))
	if err != nil {
		return err
	}
	signed, err := checkpoints(r.tx, from, to)
	if err != nil {
		return err
	}
	for seq := from; seq < to; seq++ {
		if len(signed) > 0 && signed[0].size == seq {
			if err := r.checkpoint(signed[0]); err != nil {
				return err
			}
			signed = signed[1:]
		}
		if len(list) == 0 && bad != nil {
			return faultAt(seq, "it cannot be read: %v", bad.err)
		}
		if len(list) == 0 || list[0].Seq != seq {
			return faultAt(seq, "it is missing")
		}
		if stored, err = r.entry(&list[0], stored); err != nil {
			return err
		}
		list = list[1:]
		if err := r.compareKept(); err != nil {
			return err
		}
	}
	return nil
}

// entry adds one entry to the tree and compares the hashes that it completes with the stored ones.
func (r *verification) entry(e *Entry, stored []storedHash) ([]storedHash, error) {
	h := e.Hash()
	idx := tlog.StoredHashIndex(0, e.Seq)
	for level, n := 0, e.Seq; ; level, n = level+1, n/2 {
		switch {
		case len(stored) == 0 || stored[0].idx != idx+int64(level):
			return nil, faultAt(e.Seq, "its hash is missing")
		case !bytes.Equal(stored[0].hash, h[:]) && level == 0:
			return nil, faultAt(e.Seq, "it or its hash was changed")
		case !bytes.Equal(stored[0].hash, h[:]):
			return nil, &Fault{First: e.Seq - 1<<level + 1, Last: e.Seq, What: "one of them was changed together with its own hash, or the hash over them was"}
		}
		stored = stored[1:]
		if n%2 == 0 {
			break
		}
		h = tlog.NodeHash(r.peaks[len(r.peaks)-1], h)
		r.peaks = r.peaks[:len(r.peaks)-1]
	}
	r.peaks = append(r.peaks, h)
	r.done++
	return stored, r.personal(e)
}

// root is that of the entries read (RFC 6962 §2.1).
func (r *verification) root() tlog.Hash {
	if len(r.peaks) == 0 {
		h, _ := tlog.TreeHash(0, nil) // of nothing: asks for no hash
		return h
	}
	h := r.peaks[len(r.peaks)-1]
	for i := len(r.peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(r.peaks[i], h)
	}
	return h
}

// checkpoint compares a signed checkpoint of the database with the entries before it.
func (r *verification) checkpoint(c storedCheckpoint) error {
	tree, err := ReadCheckpoint(c.note, r.log.Origin, r.verifier)
	if err != nil {
		return r.since("the checkpoint over %d entries cannot be read: %v", c.size, err)
	}
	if tree.N != c.size || tree.Hash != r.root() {
		return r.since("the signed checkpoint over %d entries is of others", c.size)
	}
	r.good = c.size
	return nil
}

// compareKept compares the entries so far with the checkpoints that were kept elsewhere.
func (r *verification) compareKept() error {
	for _, tree := range r.kept {
		if tree.N != r.done {
			continue
		}
		if tree.Hash != r.root() {
			return r.since("the checkpoint kept elsewhere over %d entries is of others", tree.N)
		}
		r.good = tree.N
	}
	return nil
}

// since is a fault somewhere after the last good checkpoint.
func (r *verification) since(format string, args ...any) error {
	return &Fault{First: r.good, Last: max(r.good, r.done-1), What: fmt.Sprintf(format, args...)}
}

// end checks what stands at the end of the log and beyond.
func (r *verification) end() error {
	signed, err := checkpoints(r.tx, r.size, 1<<62)
	if err != nil {
		return err
	}
	for _, c := range signed {
		if c.size > r.size {
			return faultAt(r.size, "it is missing: a signed checkpoint is over %d entries", c.size)
		}
		if err := r.checkpoint(c); err != nil {
			return err
		}
	}
	for _, tree := range r.kept {
		if tree.N > r.size {
			return faultAt(r.size, "it is missing: a checkpoint kept elsewhere is over %d entries", tree.N)
		}
	}
	for _, query := range []string{entriesFrom, hashesFrom} {
		from := r.size
		if query == hashesFrom {
			from = tlog.StoredHashIndex(0, r.size)
		}
		if n, err := countFrom(r.tx, query, from); err != nil {
			return err
		} else if n > 0 {
			return faultAt(r.size, "%d rows stand beyond the end of the log", n)
		}
	}
	return nil
}
