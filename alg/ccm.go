package alg

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// ccm is AES-CCM (RFC 3610, SP 800-38C): counter mode, and a CBC-MAC of the plaintext, which begins with the
// length of the content and with the additional data. Hence both are to be known ahead.
type ccm struct {
	open   bool
	stream cipher.Stream
	mac    cipher.BlockMode
	sum    [16]byte // the last block of the CBC-MAC
	mask   [16]byte // S_0, which hides it
	left   int64    // octets of content still to come; below zero: there was too much
	buf    []byte   // where the CBC-MAC writes
}

func newCCM(key, nonce []byte, tag int, a Ahead, open bool) (engine, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	l := 15 - len(nonce) // octets of the length and of the counter
	if l < 8 && uint64(a.Size)>>(8*l) != 0 {
		return nil, errTooLong
	}
	m := &ccm{open: open, left: a.Size, buf: make([]byte, chunkSize+16)}
	var b [16]byte
	b[0] = byte(l - 1)
	copy(b[1:], nonce)
	m.stream = cipher.NewCTR(block, b[:])
	m.stream.XORKeyStream(m.mask[:], m.mask[:])

	// RFC 3610 §2.2: B_0 is the flags, the nonce and the length.
	m.mac = cipher.NewCBCEncrypter(block, make([]byte, 16))
	size := binary.BigEndian.AppendUint64(nil, uint64(a.Size))
	copy(b[16-l:], size[8-l:])
	b[0] |= byte((tag - 2) / 2 << 3)
	if len(a.AAD) > 0 {
		b[0] |= 1 << 6
	}
	m.hash(b[:])
	if len(a.AAD) > 0 {
		m.hash(append(aadLength(len(a.AAD)), a.AAD...))
	}
	return m, nil
}

// aadLength encodes the length of additional data (RFC 3610 §2.2).
func aadLength(n int) []byte {
	if n < 0xff00 {
		return binary.BigEndian.AppendUint16(nil, uint16(n))
	}
	return binary.BigEndian.AppendUint32([]byte{0xff, 0xfe}, uint32(n))
}

// hash adds octets to the CBC-MAC, with zeros after them up to a block.
func (m *ccm) hash(b []byte) {
	for len(b) > 0 {
		n := min(len(b), chunkSize)
		blocks := m.buf[:(n+15)&^15]
		clear(blocks[copy(blocks, b[:n]):])
		m.mac.CryptBlocks(blocks, blocks)
		copy(m.sum[:], blocks[len(blocks)-16:])
		b = b[n:]
	}
}

func (m *ccm) crypt(dst, src []byte) {
	m.left -= int64(len(src))
	m.stream.XORKeyStream(dst, src)
	if m.open {
		m.hash(dst)
		return
	}
	m.hash(src)
}

// tag returns the whole tag. A content of another length than the tag speaks of has none.
func (m *ccm) tag([]byte) []byte {
	out := make([]byte, 16)
	if m.left != 0 {
		return random(16)
	}
	subtle.XORBytes(out, m.sum[:], m.mask[:])
	return out
}
