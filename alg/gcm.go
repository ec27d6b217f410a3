package alg

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// maxGCM is the most octets that one GCM nonce may cover (SP 800-38D §5.2.1.1).
const maxGCM = 1<<36 - 32

var errTooLong = errors.New("content is too long for its cipher")

// gcm computes AES-GCM over chunks, without holding the message.
//
// The standard library's GCM works on whole messages only, but at full speed. So each chunk of ciphertext
// is handed to it as the additional data of an empty message, and the tag that comes out is taken
// apart again. With H the hash key, Y the GHASH of a chunk and L its block of lengths, that tag is
// E(J0) + (Y + L)·H, and Y·H = tag + E(J0) + L·H. The state z holds the sum of the chunks' Y·H, each
// multiplied by H for every block that followed.
//
// The additional data is told at the end (authAttrs come after the content, RFC 5083 §2.1): its GHASH
// is multiplied by H for every block of content.
type gcm struct {
	block cipher.Block
	aead  cipher.AEAD
	h     gf128
	mask  gf128    // E(J0) of the nonce of zeros, under which chunks are hashed
	j0    [16]byte // the counter block of the message
	z     gf128    // see above
	size  uint64   // octets so far; a multiple of 16 until the last chunk

	chunk uint64 // blocks of the chunk for which power is H^chunk
	power gf128

	stream *ctr32
	open   bool // decrypts: the source is what is hashed
}

func newGCM(key, nonce []byte, open bool) (*gcm, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	g := &gcm{block: block, aead: aead, open: open}
	var b [16]byte
	block.Encrypt(b[:], b[:])
	g.h = gfElement(&b)
	b = [16]byte{15: 1}
	block.Encrypt(b[:], b[:])
	g.mask = gfElement(&b)
	g.j0 = g.counterBlock(nonce)
	g.stream = newCTR32(block, g.j0)
	return g, nil
}

// counterBlock returns J0 (SP 800-38D §7.1): the nonce and 1 where it has 96 bits, and else the GHASH of the
// nonce, padded, and its length in bits.
func (g *gcm) counterBlock(nonce []byte) (j0 [16]byte) {
	if len(nonce) == 12 {
		copy(j0[:], nonce)
		j0[15] = 1
		return j0
	}
	return g.hashTimesH(nonce).add(lengths(0, uint64(len(nonce))).mul(g.h)).block()
}

// crypt takes the next octets of the content. src is a multiple of 16 octets, except the last one.
func (g *gcm) crypt(dst, src []byte) {
	g.stream.xor(dst, src)
	hashed := src
	if !g.open {
		hashed = dst
	}
	g.hash(hashed)
}

// hash adds a chunk to z.
func (g *gcm) hash(chunk []byte) {
	if n := uint64(len(chunk)+15) / 16; n != g.chunk {
		g.chunk, g.power = n, g.h.pow(n)
	}
	g.z = g.z.mul(g.power).add(g.hashTimesH(chunk))
	g.size += uint64(len(chunk))
}

// tag returns the tag of 16 octets over what was taken and the additional data.
func (g *gcm) tag(aad []byte) []byte {
	s := g.hashTimesH(aad).mul(g.h.pow((g.size + 15) / 16))
	return g.seal(s.add(g.z).add(lengths(uint64(len(aad)), g.size).mul(g.h)))
}

// seal adds E(J0) to a GHASH, which makes it a tag.
func (g *gcm) seal(hash gf128) []byte {
	sum, out := hash.block(), make([]byte, 16)
	g.block.Encrypt(out, g.j0[:])
	subtle.XORBytes(out, out, sum[:])
	return out
}

// lengths is the last block of GHASH.
func lengths(aad, text uint64) gf128 {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], aad*8)
	binary.BigEndian.PutUint64(b[8:], text*8)
	return gfElement(&b)
}

// hashTimesH returns GHASH(b)·H, with b as the additional data of an empty message.
func (g *gcm) hashTimesH(b []byte) gf128 {
	var nonce [12]byte
	var tag [16]byte
	g.aead.Seal(tag[:0], nonce[:], nil, b)
	return gfElement(&tag).add(g.mask).add(lengths(uint64(len(b)), 0).mul(g.h))
}
