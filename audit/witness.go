package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/db"
)

// Witness is what somebody else keeps of a log: the keys it was signed with, and the last checkpoint he saw. In a file it is
// the keys, one a line, an empty line, and the checkpoint. It holds nothing secret.
type Witness struct {
	Keys       []string // verifier keys, the latest last
	Checkpoint string
}

// maxWitness is the size of the largest witness file, in bytes.
const maxWitness = 64 << 10

// ReadWitness reads a witness file.
func ReadWitness(path string) (Witness, error) {
	f, err := os.Open(path)
	if err != nil {
		return Witness{}, fmt.Errorf("audit: witness: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxWitness+1))
	if err != nil {
		return Witness{}, fmt.Errorf("audit: witness: %w", err)
	}
	keys, checkpoint, ok := strings.Cut(string(data), "\n\n")
	if !ok || len(data) > maxWitness {
		return Witness{}, fmt.Errorf("audit: %s is no witness file: it has verifier keys, an empty line, and a checkpoint", path)
	}
	w := Witness{Keys: strings.Split(keys, "\n"), Checkpoint: checkpoint}
	if _, err := w.Verifiers(); err != nil {
		return Witness{}, fmt.Errorf("%w (%s)", err, path)
	}
	return w, nil
}

// Write puts the witness into a file, in one step: a crash leaves the old one or the new one.
func (w Witness) Write(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("audit: witness: %w", err)
	}
	defer os.Remove(f.Name()) // is gone after the rename
	_, err = io.WriteString(f, strings.Join(w.Keys, "\n")+"\n\n"+w.Checkpoint)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("audit: witness: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("audit: witness: %w", err)
	}
	return nil
}

// Verifiers returns the kept keys.
func (w Witness) Verifiers() (note.Verifiers, error) { return Verifiers(w.Keys...) }

// tree checks the kept checkpoint with the kept keys.
func (w Witness) tree(origin string) (tlog.Tree, error) {
	v, err := w.Verifiers()
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := ReadCheckpoint(w.Checkpoint, origin, v)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%w (the witness's)", err)
	}
	return tree, nil
}

// ErrNewSigner says that the log's signer is none that the witness knows. Who is sure of the new key adds it to Witness.Keys.
var ErrNewSigner = errors.New("audit: the log is signed with a key that the witness does not know")

// Witness signs a checkpoint for a witness: for a new one if old is nil, who then takes the keys as they are. It fails with a *Fault if the log
// does not continue the one that the witness saw, because it was changed or an older state was put back, and with ErrNewSigner if
// the key is another; the witness then keeps what he has.
func (l *Log) Witness(tx *db.Tx, old *Witness) (Witness, error) {
	n, err := Size(tx)
	if err != nil {
		return Witness{}, err
	}
	var w Witness
	if old == nil {
		w.Keys, err = VerifierKeys(tx)
	} else {
		w.Keys, err = old.Keys, l.seen(tx, *old, n)
	}
	if err != nil {
		return Witness{}, err
	}
	if w.Checkpoint, err = l.Checkpoint(tx); err != nil {
		return Witness{}, err
	}
	v, err := w.Verifiers()
	if err != nil {
		return Witness{}, err
	}
	if _, err := v.Verifier(l.Signer.Name(), l.Signer.KeyHash()); err != nil {
		return Witness{}, fmt.Errorf("%w: %s", ErrNewSigner, l.Signer.VerifierKey())
	}
	return w, nil
}

// seen checks that a log of n entries continues the one that a witness saw.
func (l *Log) seen(tx *db.Tx, w Witness, n int64) error {
	tree, err := w.tree(l.Origin)
	if err != nil {
		return err
	}
	if tree.N > n {
		return faultAt(n, "it is missing: the witness saw %d entries; an older state was put back, or the end was cut off", tree.N)
	}
	now, err := TreeAt(tx, tree.N)
	if err != nil {
		return err
	}
	if now != tree {
		return &Fault{First: 0, Last: tree.N - 1, What: fmt.Sprintf("the first %d entries are not those that the witness saw: run the verification with it", tree.N)}
	}
	return nil
}
