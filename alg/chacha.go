package alg

import (
	"encoding/binary"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/poly1305" //nolint:staticcheck // it is deprecated for everything but building this AEAD
)

// maxChaCha is the most octets that one nonce may cover (RFC 8439 §2.8).
const maxChaCha = (1<<32 - 1) * 64

// chacha is ChaCha20-Poly1305 (RFC 8439 §2.8) over chunks.
type chacha struct {
	open   bool
	stream *chacha20.Cipher
	mac    *poly1305.MAC
	aad    uint64 // octets
	size   uint64 // octets
}

func newChaCha(key, nonce, aad []byte, open bool) (engine, error) {
	stream, err := chacha20.NewUnauthenticatedCipher(key, nonce)
	if err != nil {
		return nil, err
	}
	var block [64]byte
	stream.XORKeyStream(block[:], block[:])
	c := &chacha{open: open, stream: stream, mac: poly1305.New((*[32]byte)(block[:32])), aad: uint64(len(aad))}
	c.hash(aad)
	return c, nil
}

// hash adds octets to the MAC, with zeros after them up to 16.
func (c *chacha) hash(b []byte) {
	c.mac.Write(b)
	if n := len(b) % 16; n > 0 {
		c.mac.Write(make([]byte, 16-n))
	}
}

func (c *chacha) crypt(dst, src []byte) {
	c.size += uint64(len(src))
	if c.open {
		c.hash(src)
	}
	c.stream.XORKeyStream(dst, src)
	if !c.open {
		c.hash(dst)
	}
}

// tag returns the tag over the content and the additional data that newChaCha was given.
func (c *chacha) tag([]byte) []byte {
	c.mac.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, c.aad), c.size))
	return c.mac.Sum(nil)
}
