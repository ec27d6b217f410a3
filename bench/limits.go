package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/segmentio/asm/base64"
)

// limits is how long this machine needs for 1 GiB in memory, by primitive.
type limits struct {
	hash, cbcEncrypt, cbcDecrypt, base64 time.Duration
}

// The least a job can cost: the primitives it cannot avoid, nothing else. A mail of n bytes
// needs n bytes hashed, n bytes ciphered, and 4n/3 characters of base64.
func (l limits) sign() time.Duration    { return l.hash }
func (l limits) verify() time.Duration  { return l.hash }
func (l limits) encrypt() time.Duration { return l.cbcEncrypt + l.base64 }
func (l limits) decrypt() time.Duration { return l.cbcDecrypt + l.base64 }

func (l limits) String() string {
	return fmt.Sprintf("limits of this machine per GiB: SHA-256 %s, AES-256-CBC encrypt %s, decrypt %s, base64 %s\n",
		ms(l.hash), ms(l.cbcEncrypt), ms(l.cbcDecrypt), ms(l.base64))
}

// measureLimits times each primitive over 256 MiB in 1 MiB pieces.
func measureLimits() limits {
	const rounds, scale = 256, 4
	buf := make([]byte, 1<<20)
	text := make([]byte, base64.StdEncoding.EncodedLen(len(buf)))
	block, _ := aes.NewCipher(make([]byte, 32)) // 32 is a valid key size
	iv := make([]byte, aes.BlockSize)
	timed := func(f func()) time.Duration {
		start := time.Now()
		for range rounds {
			f()
		}
		return scale * time.Since(start)
	}
	h := sha256.New()
	enc, dec := cipher.NewCBCEncrypter(block, iv), cipher.NewCBCDecrypter(block, iv)
	return limits{
		hash:       timed(func() { h.Write(buf) }),
		cbcEncrypt: timed(func() { enc.CryptBlocks(buf, buf) }),
		cbcDecrypt: timed(func() { dec.CryptBlocks(buf, buf) }),
		base64:     timed(func() { base64.StdEncoding.Encode(text, buf) }),
	}
}
