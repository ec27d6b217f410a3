package audit

import (
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"github.com/waxwing-mail/waxwing/db"
)

// SignerAdded is how the log calls a new signer; its Object is the name, its details hold the verifier key.
const SignerAdded = "signer.added"

// Signer signs checkpoints with an Ed25519 key that is somewhere else, mostly in the vault. It implements note.Signer.
type Signer struct {
	verifier note.Verifier
	text     string
	key      crypto.Signer
}

// NewSigner makes a signer of an Ed25519 key under the log's origin, as C2SP tlog-checkpoint wants it.
func NewSigner(origin string, key crypto.Signer) (*Signer, error) {
	pub, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("audit: checkpoints are signed with Ed25519, not %T", key.Public())
	}
	if err := checkOrigin(origin); err != nil {
		return nil, err
	}
	text, err := note.NewEd25519VerifierKey(origin, pub)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("audit: the signer of %s: %w", origin, err)
	}
	return &Signer{v, text, key}, nil
}

// Name implements note.Signer.
func (s *Signer) Name() string { return s.verifier.Name() }

// KeyHash implements note.Signer.
func (s *Signer) KeyHash() uint32 { return s.verifier.KeyHash() }

// Sign implements note.Signer.
func (s *Signer) Sign(msg []byte) ([]byte, error) { return s.key.Sign(nil, msg, crypto.Hash(0)) }

// VerifierKey is the public key in the form that C2SP signed-note and the tools around it take: origin+hash+key.
func (s *Signer) VerifierKey() string { return s.text }

// checkOrigin refuses a name that no note can bear.
func checkOrigin(origin string) error {
	if origin == "" || len(origin) > maxWord || strings.ContainsFunc(origin, func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return fmt.Errorf("audit: a log is named as example.org/audit, without blanks and plus signs, not %q", origin)
	}
	return nil
}

// Verifiers reads verifier keys; one may be there twice. An error names the one that is none.
func Verifiers(keys ...string) (note.Verifiers, error) {
	var list []note.Verifier
	for i, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("audit: %q is no verifier key of the form origin+hash+key", k)
		}
		if !slices.Contains(keys[:i], k) { // a list in which one is twice finds neither
			list = append(list, v)
		}
	}
	return note.VerifierList(list...), nil
}

// AddSigner makes the log's signer known: its key is kept in the database and entered in the log, once. The keys of earlier signers stay, for
// what they signed.
func (l *Log) AddSigner(tx *db.Tx, who string) error {
	if l.Signer == nil {
		return errors.New("audit: the log has no signer")
	}
	if l.Signer.Name() != l.Origin {
		return fmt.Errorf("audit: the signer is of %s, the log is %s", l.Signer.Name(), l.Origin)
	}
	keys, err := VerifierKeys(tx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k == l.Signer.VerifierKey() {
			return nil
		}
	}
	details, err := json.Marshal(map[string]string{"verifier": l.Signer.VerifierKey()})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	seq, err := l.Append(tx, Entry{Who: who, What: SignerAdded, Object: l.Origin, Details: details})
	if err != nil {
		return err
	}
	return insertSigner(tx, seq, l.Signer.VerifierKey())
}

// VerifierKeys returns the keys of all signers the log had, the latest last. Whoever can write into the database can put his own
// there: a verification that is to mean something takes the keys from elsewhere.
func VerifierKeys(tx *db.Tx) ([]string, error) { return signers(tx) }
