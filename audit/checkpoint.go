package audit

import (
	"crypto"
	"crypto/ed25519"
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
func (l *Log) Checkpoint(tx *db.Tx) (string, error) {
	if l.Signer == nil || l.Origin == "" {
		return "", errors.New("audit: a checkpoint needs the log's origin and a signer")
	}
	n, err := size(tx)
	if err != nil {
		return "", err
	}
	if text, err := checkpointAt(tx, n); !errors.Is(err, db.ErrNone) {
		return text, err
	}
	root, err := tlog.TreeHash(n, reader{tx})
	if err != nil {
		return "", fmt.Errorf("audit: checkpoint: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: checkpointText(l.Origin, n, root)}, l.Signer)
	if err != nil {
		return "", fmt.Errorf("audit: sign the checkpoint: %w", err)
	}
	return string(signed), insertCheckpoint(tx, n, string(signed))
}

func checkpointText(origin string, n int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, n, base64.StdEncoding.EncodeToString(root[:]))
}

// ReadCheckpoint checks the signature of a checkpoint of the log named origin, and returns the tree it is about.
func ReadCheckpoint(text, origin string, v note.Verifier) (tlog.Tree, error) {
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != origin {
		return tlog.Tree{}, fmt.Errorf("audit: this is no checkpoint of %s", origin)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("audit: checkpoint: %q is no number of entries", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("audit: checkpoint: the root: %w", err)
	}
	return tlog.Tree{N: size, Hash: root}, nil
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

// signer signs notes with an Ed25519 key that is somewhere else.
type signer struct {
	note.Verifier
	key crypto.Signer
}

// NewSigner makes a note signer of an Ed25519 key, under a name without blanks and plus signs.
func NewSigner(name string, key crypto.Signer) (note.Signer, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("audit: checkpoints are signed with Ed25519, not %T", key.Public())
	}
	v, err := NewVerifier(name, pub)
	if err != nil {
		return nil, err
	}
	return &signer{v, key}, nil
}

// NewVerifier makes the note verifier that belongs to NewSigner.
func NewVerifier(name string, key ed25519.PublicKey) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(name, key)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("audit: the signer %q: %w", name, err)
	}
	return v, nil
}

// Sign implements note.Signer.
func (s *signer) Sign(msg []byte) ([]byte, error) { return s.key.Sign(nil, msg, crypto.Hash(0)) }
