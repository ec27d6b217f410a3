package alg

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
)

// maxGCM is the most octets that one GCM nonce may cover (SP 800-38D §5.2.1.1).
const maxGCM = 1<<36 - 32

var errTooLong = errors.New("content is too long for its cipher")

// gcm computes AES-GCM over chunks, without holding the message.
//
// The standard library's GCM works on whole messages only, but at full speed. Each chunk is made such
// a message of its own, and its tag is taken apart again. With H the hash key, Y the GHASH of a
// chunk and L its block of lengths, the tag of a chunk is E(J0) + (Y + L)·H; so
// Y·H = tag + E(J0) + L·H. The state z holds the sum of the chunks' Y·H, each multiplied by H for every block that
// followed, and the tag of the whole is E(J0) + z + L·H once more.
//
// The additional data may be told at the end (authAttrs come after the content, RFC 5083 §2.1): its GHASH
// is multiplied by H for every block of content.
type gcm struct {
	block cipher.Block
	aead  cipher.AEAD // with nonces of 16 octets
	h     gf128
	j0    [16]byte // the counter block of the message
	z     gf128    // see above
	size  uint64   // octets so far; a multiple of 16 until the last chunk

	chunk uint64 // blocks of the chunk for which power is H^chunk
	power gf128

	ready  bool  // hInv2 and lInv are set
	hInv2  gf128 // 1/H²
	lInv   gf128 // L/H, for a nonce of 128 bits
	stream *ctr32
}

func newGCM(key, nonce []byte) (*gcm, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithNonceSize(block, 16)
	if err != nil {
		return nil, err
	}
	g := &gcm{block: block, aead: aead}
	var b [16]byte
	block.Encrypt(b[:], b[:])
	g.h = gfElement(&b)
	if len(nonce) == 12 {
		copy(g.j0[:], nonce)
		g.j0[15] = 1
		return g, nil
	}
	// SP 800-38D §7.1: J0 is the GHASH of the nonce, padded, and its length in bits.
	y := g.hashTimesH(nonce)
	g.j0 = y.add(lengths(0, uint64(len(nonce))).mul(g.h)).block()
	return g, nil
}

// lengths is the last block of GHASH.
func lengths(aad, text uint64) gf128 {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], aad*8)
	binary.BigEndian.PutUint64(b[8:], text*8)
	return gfElement(&b)
}

// counter returns J0 with n added to its last 32 bits, modulo 2^32.
func (g *gcm) counter(n uint64) [16]byte {
	c := g.j0
	binary.BigEndian.PutUint32(c[12:], binary.BigEndian.Uint32(c[12:])+uint32(n))
	return c
}

// hashTimesH returns GHASH(b)·H, with b as the additional data of an empty message.
func (g *gcm) hashTimesH(b []byte) gf128 {
	var nonce, tag [16]byte
	g.aead.Seal(tag[:0], nonce[:], nil, b)
	return gfElement(&tag).add(g.maskOfZero()).add(lengths(uint64(len(b)), 0).mul(g.h))
}
