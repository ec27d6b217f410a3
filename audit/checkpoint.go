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

// Checkpoint signs the log as it is in this transaction and keeps the note, or returns the one that is there already.
// The note is C2SP's tlog-checkpoint: the origin, the number of entries, the tree's root.
// A log that does not continue the one of the last checkpoint is not signed: the error is a *Fault.
func (l *Log) Checkpoint(tx *db.Tx) (string, error) {
	if l.Signer == nil || l.Origin == "" {
		return "", errors.New("audit: a checkpoint needs the log's origin and a signer")
	}
	tree, err := TreeAt(tx, -1)
	if err != nil {
		return "", err
	}
	n, text := tree.N, checkpointText(l.Origin, tree.N, tree.Hash)
	last, err := lastCheckpoint(tx)
	switch {
	case errors.Is(err, db.ErrNone):
	case err != nil:
		return "", err
	case last.size == n && strings.HasPrefix(last.note, text+"\n"):
		return last.note, nil
	default:
		if err := l.continues(tx, last, n); err != nil {
			return "", err
		}
	}
	signed, err := note.Sign(&note.Note{Text: text}, l.Signer)
	if err != nil {
		return "", fmt.Errorf("audit: sign the checkpoint: %w", err)
	}
	return string(signed), insertCheckpoint(tx, n, string(signed))
}

// TreeAt is the tree of the first n entries, as the stored hashes say; a negative n is all. Verify checks that they are right.
func TreeAt(tx *db.Tx, n int64) (tlog.Tree, error) {
	if n < 0 {
		var err error
		if n, err = Size(tx); err != nil {
			return tlog.Tree{}, err
		}
	}
	root, err := tlog.TreeHash(n, reader{tx})
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("audit: the tree of %d entries: %w", n, err)
	}
	return tlog.Tree{N: n, Hash: root}, nil
}

// continues checks that the stored hashes lead from an earlier checkpoint to the log of now.
func (l *Log) continues(tx *db.Tx, last storedCheckpoint, n int64) error {
	if last.size >= n {
		return faultAt(n, "a signed checkpoint is over %d entries and leads elsewhere: run the verification", last.size)
	}
	tree, err := TreeAt(tx, last.size)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(last.note, checkpointText(l.Origin, last.size, tree.Hash)+"\n") {
		return &Fault{First: 0, Last: last.size - 1, What: fmt.Sprintf("the signed checkpoint over %d entries is of others: run the verification", last.size)}
	}
	return nil
}

// maxSize is more entries than any log has.
const maxSize = 1 << 48

func checkpointText(origin string, n int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, n, base64.StdEncoding.EncodeToString(root[:]))
}

// ReadCheckpoint checks the signature of a checkpoint of the log named origin, and returns the tree it is about. It accepts lines that others
// added (C2SP tlog-checkpoint, extension lines), and further signatures.
func ReadCheckpoint(text, origin string, v note.Verifiers) (tlog.Tree, error) {
	n, err := note.Open([]byte(text), v)
	var unknown *note.UnverifiedNoteError
	if errors.As(err, &unknown) {
		return tlog.Tree{}, errors.New("audit: checkpoint: it is signed by none of the known keys")
	}
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return tlog.Tree{}, fmt.Errorf("audit: this is no checkpoint of %s", origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > maxSize || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("audit: checkpoint: %q is no number of entries", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("audit: checkpoint: the root: %w", err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
}
