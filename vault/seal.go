package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"strings"
)

// keySize is that of every symmetric key here: AES-256.
const keySize = 32

// errOpen is all that is said about sealed data that does not open.
var errOpen = errors.New("vault: it does not open: it was changed, belongs to another row, or is under another key")

// sealer seals and opens under one key, which only its two functions know: neither fmt nor reflection can show a captured variable.
type sealer struct {
	seal func(plain []byte, bound string) []byte
	open func(sealed []byte, bound string) ([]byte, error)

	sealSelf func(under sealer, bound string) []byte // seals this key under another
}

// newSealer makes a sealer of a key of 32 bytes: AES-256-GCM with a random nonce in front. The caller clears the key.
func newSealer(key []byte) (sealer, error) {
	if len(key) != keySize {
		return sealer{}, errors.New("vault: a key-encryption key has 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, err
	}
	own := bytes.Clone(key)
	return sealer{
		sealSelf: func(under sealer, bound string) []byte { return under.seal(own, bound) },
		seal:     func(plain []byte, bound string) []byte { return aead.Seal(nil, nil, plain, []byte(bound)) },
		open: func(sealed []byte, bound string) ([]byte, error) {
			plain, err := aead.Open(nil, nil, sealed, []byte(bound))
			if err != nil {
				return nil, errOpen
			}
			return plain, nil
		},
	}, nil
}

// newKey draws a symmetric key.
func newKey() []byte {
	key := make([]byte, keySize)
	rand.Read(key) // never fails
	return key
}

// bound names what sealed data belongs to. No part but the last may have a line feed.
func bound(what string, parts ...string) string {
	return "waxwing vault 1\n" + what + "\n" + strings.Join(parts, "\n")
}
