package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// proofHead is the first line of a proof (C2SP tlog-proof).
const proofHead = "c2sp.org/tlog-proof@v1"

// The most that a proof may have: the leaf with its details and sealed data, and as many hashes as a tree of 2^63 entries needs.
const (
	maxProof  = 512 << 10 // bytes
	maxHashes = 63
)

// Prove writes down the entry at seq with the proof that it is in the log, under the last checkpoint if that covers it, else under a
// new one. The text is C2SP's tlog-proof, with the whole entry as its extra data: CheckProof needs nothing else but
// the verifier key.
func (l *Log) Prove(tx *db.Tx, seq int64) (string, error) {
	list, err := entries(tx, seq, 1)
	if err != nil {
		return "", err
	}
	if seq < 0 || len(list) == 0 || list[0].Seq != seq {
		return "", fmt.Errorf("audit: there is no entry %d: %w", seq, db.ErrNone)
	}
	c, err := lastCheckpoint(tx)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return "", err
	}
	if err != nil || c.size <= seq {
		if c.note, err = l.Checkpoint(tx); err != nil {
			return "", err
		}
		if c.size, err = Size(tx); err != nil {
			return "", err
		}
	}
	proof, err := ProveEntry(tx, c.size, seq)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofHead, base64.StdEncoding.EncodeToString(list[0].leaf()), seq)
	for _, h := range proof {
		fmt.Fprintln(&b, h)
	}
	b.WriteString("\n" + c.note)
	return b.String(), nil
}

// CheckProof checks what Prove wrote, without a database, and returns the entry and the tree it is in.
func CheckProof(text, origin string, v note.Verifiers) (Entry, tlog.Tree, error) {
	e, proof, checkpoint, err := readProof(text)
	if err != nil {
		return Entry{}, tlog.Tree{}, err
	}
	tree, err := ReadCheckpoint(checkpoint, origin, v)
	if err != nil {
		return Entry{}, tlog.Tree{}, err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, e.Seq, e.Hash()); err != nil {
		return Entry{}, tlog.Tree{}, fmt.Errorf("audit: proof: entry %d is not in the signed tree of %d entries", e.Seq, tree.N)
	}
	return e, tree, nil
}

var errProof = errors.New("audit: this is no proof of an audit log (" + proofHead + ")")

// readProof takes a proof apart and checks nothing but its form.
func readProof(text string) (e Entry, proof tlog.RecordProof, checkpoint string, err error) {
	head, checkpoint, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(text) > maxProof || len(lines) < 3 || len(lines) > 3+maxHashes || lines[0] != proofHead {
		return e, nil, "", errProof
	}
	extra, ok1 := strings.CutPrefix(lines[1], "extra ")
	index, ok2 := strings.CutPrefix(lines[2], "index ")
	leaf, err := base64.StdEncoding.Strict().DecodeString(extra)
	if !ok1 || !ok2 || err != nil {
		return e, nil, "", errProof
	}
	if e, err = parseLeaf(leaf); err != nil {
		return e, nil, "", err
	}
	if index != strconv.FormatInt(e.Seq, 10) {
		return e, nil, "", fmt.Errorf("audit: proof: it is for entry %q and shows entry %d", index, e.Seq)
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line { // one form only
			return e, nil, "", errProof
		}
		proof = append(proof, h)
	}
	return e, proof, checkpoint, nil
}

// ProveEntry shows that the entry at seq is in the tree of the first size entries; tlog.CheckRecord checks it with Entry.Hash.
func ProveEntry(tx *db.Tx, size, seq int64) (tlog.RecordProof, error) {
	p, err := tlog.ProveRecord(size, seq, reader{tx})
	if err != nil {
		return nil, fmt.Errorf("audit: prove entry %d of %d: %w", seq, size, err)
	}
	return p, nil
}

// ProveGrowth shows that the tree of the first size entries continues the one of the first old; tlog.CheckTree checks it.
func ProveGrowth(tx *db.Tx, size, old int64) (tlog.TreeProof, error) {
	p, err := tlog.ProveTree(size, old, reader{tx})
	if err != nil {
		return nil, fmt.Errorf("audit: prove the growth from %d to %d entries: %w", old, size, err)
	}
	return p, nil
}
