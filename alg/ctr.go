package alg

import (
	"crypto/cipher"
	"encoding/binary"
)

// ctr32 is counter mode as GCM has it: only the last 32 bits of the block count, and they begin again at
// zero (SP 800-38D §6.5), where that of crypto/cipher carries into the other 96.
type ctr32 struct {
	block  cipher.Block
	next   [16]byte // counter block with which the stream begins after the counter is full
	left   uint64   // octets until then
	stream cipher.Stream
}

// newCTR32 returns the stream that begins one after the counter block j0.
func newCTR32(block cipher.Block, j0 [16]byte) *ctr32 {
	first := binary.BigEndian.Uint32(j0[12:]) + 1
	c := &ctr32{block: block, next: j0}
	binary.BigEndian.PutUint32(c.next[12:], first)
	c.restart()
	return c
}

// restart begins a stream at next, and sets what follows it.
func (c *ctr32) restart() {
	c.stream = cipher.NewCTR(c.block, c.next[:])
	c.left = (1<<32 - uint64(binary.BigEndian.Uint32(c.next[12:]))) * 16
	clear(c.next[12:])
}

// xor adds the key stream to src.
func (c *ctr32) xor(dst, src []byte) {
	for uint64(len(src)) > c.left {
		n := int(c.left)
		c.stream.XORKeyStream(dst[:n], src[:n])
		dst, src = dst[n:], src[n:]
		c.restart()
	}
	c.stream.XORKeyStream(dst[:len(src)], src)
	c.left -= uint64(len(src))
}
