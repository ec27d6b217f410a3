//go:build !purego

package cbc

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// hardware tells whether newFast may be called.
var hardware = cpu.X86.HasAES && cpu.X86.HasSSE2

// decrypter holds the key schedule of the equivalent inverse cipher (FIPS 197 §5.3.5), in the order of its use.
type decrypter struct {
	keys   [15][BlockSize]byte
	rounds int
	iv     [BlockSize]byte
}

// newFast returns the decrypter that runs on AES instructions.
func newFast(key, iv []byte) (cipher.BlockMode, error) {
	switch len(key) {
	case 16, 24, 32:
	default:
		return nil, aes.KeySizeError(len(key))
	}
	d := &decrypter{rounds: len(key)/4 + 6, iv: [BlockSize]byte(iv)}
	w := schedule(key, d.rounds)
	for i := range d.rounds + 1 {
		k := &d.keys[d.rounds-i]
		for j := range 4 {
			binary.LittleEndian.PutUint32(k[4*j:], w[4*i+j])
		}
		if i > 0 && i < d.rounds {
			inverseMixColumns(k)
		}
	}
	return d, nil
}

// schedule is KeyExpansion (FIPS 197 §5.2). Words are little-endian, so that RotWord turns right.
func schedule(key []byte, rounds int) (w [60]uint32) {
	n := len(key) / 4
	for i := range n {
		w[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	rcon := uint32(1)
	for i := n; i < 4*(rounds+1); i++ {
		t := w[i-1]
		switch {
		case i%n == 0:
			t = subWord(t>>8|t<<24) ^ rcon
			rcon = rcon<<1 ^ rcon>>7*0x11b
		case n == 8 && i%n == 4:
			t = subWord(t)
		}
		w[i] = w[i-n] ^ t
	}
	return w
}

// BlockSize returns 16.
func (d *decrypter) BlockSize() int { return BlockSize }

// CryptBlocks decrypts whole blocks. It panics where crypto/cipher does.
func (d *decrypter) CryptBlocks(dst, src []byte) {
	switch {
	case len(src)%BlockSize != 0:
		panic("cbc: input not full blocks")
	case len(dst) < len(src):
		panic("cbc: output smaller than input")
	case len(src) == 0:
		return
	case overlap(dst[:len(src)], src):
		panic("cbc: invalid buffer overlap")
	}
	decryptBlocks(&d.keys, d.rounds, &dst[0], &src[0], len(src)/BlockSize, &d.iv)
}

// overlap reports whether two slices of one length share memory and are not the same.
func overlap(a, b []byte) bool {
	x, y := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	n := uintptr(len(a))
	return x != y && x < y+n && y < x+n
}

// SetIV begins anew with another initialization vector of 16 octets.
func (d *decrypter) SetIV(iv []byte) { d.iv = [BlockSize]byte(iv) }

// subWord applies the S-box to each octet.
//
//go:noescape
func subWord(w uint32) uint32

// inverseMixColumns turns a round key into one of the equivalent inverse cipher.
//
//go:noescape
func inverseMixColumns(key *[BlockSize]byte)

// decryptBlocks decrypts n blocks and leaves the last one of the ciphertext in iv.
//
//go:noescape
func decryptBlocks(keys *[15][BlockSize]byte, rounds int, dst, src *byte, n int, iv *[BlockSize]byte)
