package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/crypto/argon2"
)

// Source is where the key-encryption key comes from: File, EnvFile, Passphrase or Token. The zero value is none and is refused.
type Source struct {
	kind   string
	fresh  func(ctx context.Context, rotation bool) (key, params []byte, err error) // makes a new one; params are stored beside the rows
	open   func(ctx context.Context, params []byte) ([][]byte, error)               // those that may be the one
	settle func(key []byte) error                                                   // after it was found right: puts it in its place
	undo   func(key []byte, rotation bool) error                                    // the fresh one is not used after all
}

// Kind is "file", "passphrase" or "token".
func (s Source) Kind() string { return s.kind }

func (s Source) check() error {
	if s.open == nil {
		return errors.New("vault: say where the key-encryption key comes from: a file, a passphrase or a token")
	}
	return nil
}

// unlessMissing forgives that there is no file yet.
func (s Source) unlessMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func nothingToSettle([]byte) error     { return nil }
func nothingToUndo([]byte, bool) error { return nil }

// keyFileHead is the first line of a file with a key-encryption key.
const keyFileHead = "waxwing vault key 1\n"

// maxSecretFile is the most that is read of a file with a secret.
const maxSecretFile = 4096

// File takes the key from a file that only its owner can read, and makes it when a vault is created. A rotation writes the new key to a file
// of the same name with .new behind it, and puts it in the place of the old one at its end; a file that an interruption left is found.
func File(path string) Source {
	return Source{
		kind: "file",
		fresh: func(_ context.Context, rotation bool) ([]byte, []byte, error) {
			key := newKey()
			where := path
			if rotation {
				where = path + ".new"
				if err := os.Remove(where); err != nil && !errors.Is(err, os.ErrNotExist) {
					return nil, nil, err
				}
			}
			text := base64.StdEncoding.AppendEncode([]byte(keyFileHead), key)
			defer clear(text)
			return key, []byte("{}"), writeSecret(where, append(text, '\n'))
		},
		open: func(context.Context, []byte) ([][]byte, error) {
			key, err := readKeyFile(path)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			next, errNext := readKeyFile(path + ".new")
			if err != nil && errNext != nil {
				return nil, err
			}
			return [][]byte{key, next}, nil
		},
		settle: func(key []byte) error {
			next, err := readKeyFile(path + ".new")
			if err != nil || !bytes.Equal(next, key) {
				return nil // no rotation of this key is under way
			}
			clear(next)
			return errors.Join(os.Rename(path+".new", path), syncFolder(path))
		},
		undo: func(key []byte, rotation bool) error {
			where := path
			if rotation {
				where = path + ".new"
			}
			if made, err := readKeyFile(where); err != nil || !bytes.Equal(made, key) {
				return err
			}
			return os.Remove(where)
		},
	}
}

// EnvFile takes the key from the file that an environment variable names, as service managers hand out secrets. The key itself is
// never in the environment.
func EnvFile(variable string) (Source, error) {
	path := os.Getenv(variable)
	if path == "" {
		return Source{}, fmt.Errorf("vault: the environment variable %s does not name a file", variable)
	}
	return File(path), nil
}

func readKeyFile(path string) ([]byte, error) {
	text, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	coded, ok := bytes.CutPrefix(text, []byte(keyFileHead))
	key := make([]byte, base64.StdEncoding.DecodedLen(len(coded)))
	n, err := base64.StdEncoding.Decode(key, bytes.TrimSpace(coded))
	if !ok || err != nil || n != keySize {
		clear(key)
		return nil, fmt.Errorf("%s is not a key file of a vault: it should have the line %q and 32 bytes in base64", path, keyFileHead[:len(keyFileHead)-1])
	}
	return key[:n], nil
}

// readSecret reads a small file that only its owner may be able to read.
func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if mode := info.Mode(); !mode.IsRegular() && mode&os.ModeNamedPipe == 0 {
		return nil, fmt.Errorf("%s is not a file", path)
	} else if mode.Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others than the owner can use %s (mode %04o); set it right with: chmod 600 %s", path, mode.Perm(), path)
	}
	data := make([]byte, maxSecretFile+1)
	n, err := io.ReadFull(f, data)
	switch {
	case err == nil:
		clear(data)
		return nil, fmt.Errorf("%s has more than %d bytes", path, maxSecretFile)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return data[:n], nil
	}
	return nil, err
}

// writeSecret makes a new file for its owner alone, and is done when it would survive a power cut.
func writeSecret(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close(), syncFolder(path))
}

func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// The cost of Argon2id: the second choice of RFC 9106 §4, and the most that is believed of a stored one.
const (
	argonTime, argonMemory, argonThreads = 3, 64 << 10, 4
	maxArgonTime, maxArgonMemory         = 64, 4 << 20
	shortestPassphrase                   = 12
)

// passphraseParams is what is stored of a key that was derived from a passphrase.
type passphraseParams struct {
	Salt    []byte `json:"salt"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory"` // KiB
	Threads uint8  `json:"threads"`
}

// Passphrase derives the key by Argon2id (RFC 9106) from the first line of a file that only its owner can read. The salt and the cost
// are stored with the vault.
func Passphrase(path string) Source {
	return Source{
		kind: "passphrase",
		fresh: func(context.Context, bool) ([]byte, []byte, error) {
			p := passphraseParams{Salt: make([]byte, 16), Time: argonTime, Memory: argonMemory, Threads: argonThreads}
			rand.Read(p.Salt) // never fails
			key, err := p.derive(path)
			if err != nil {
				return nil, nil, err
			}
			params, err := json.Marshal(p)
			return key, params, err
		},
		open: func(_ context.Context, params []byte) ([][]byte, error) {
			var p passphraseParams
			if err := json.Unmarshal(params, &p); err != nil {
				return nil, fmt.Errorf("the stored cost of the passphrase: %w", err)
			}
			key, err := p.derive(path)
			return [][]byte{key}, err
		},
		settle: nothingToSettle,
		undo:   nothingToUndo,
	}
}

func (p passphraseParams) derive(path string) ([]byte, error) {
	if p.Time == 0 || p.Time > maxArgonTime || p.Memory > maxArgonMemory || p.Threads == 0 || len(p.Salt) < 16 {
		return nil, errors.New("the stored cost of the passphrase is out of bounds: the database was changed")
	}
	text, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) < shortestPassphrase {
		return nil, fmt.Errorf("the passphrase in %s is shorter than %d bytes", path, shortestPassphrase)
	}
	return argon2.IDKey(line, p.Salt, p.Time, p.Memory, p.Threads, keySize), nil
}
