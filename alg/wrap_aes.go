package alg

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// rfc3394IV is the check value of AES key wrap (RFC 3394 §2.2.3.1).
const rfc3394IV = "\xa6\xa6\xa6\xa6\xa6\xa6\xa6\xa6"

// rfc5649IV is the first half of that with padding (RFC 5649 §3); the length of the key follows.
const rfc5649IV = "\xa6\x59\x59\xa6"

// maxWrapped is more than any key that is wrapped: private keys of RSA come to 10 KiB.
const maxWrapped = 64 << 10

var errKeyLength = errors.New("AES key wrap: the key has a wrong length")

// wrapAES is RFC 3394 §2.2.1: two half blocks at least.
func wrapAES(kek, cek []byte) ([]byte, error) {
	if len(cek) < 16 || len(cek)%8 != 0 || len(cek) > maxWrapped {
		return nil, errKeyLength
	}
	return wrapHalves(kek, append([]byte(rfc3394IV), cek...))
}

func unwrapAES(kek, wrapped []byte) ([]byte, error) {
	if len(wrapped) < 24 {
		return nil, ErrDecrypt
	}
	out, err := unwrapHalves(kek, wrapped)
	if err != nil || subtle.ConstantTimeCompare(out[:8], []byte(rfc3394IV)) != 1 {
		return nil, ErrDecrypt
	}
	return out[8:], nil
}

// wrapAESPad is RFC 5649 §4.1.
func wrapAESPad(kek, cek []byte) ([]byte, error) {
	if len(cek) == 0 || len(cek) > maxWrapped {
		return nil, errKeyLength
	}
	b := append([]byte(rfc5649IV), 0, 0, 0, 0)
	binary.BigEndian.PutUint32(b[4:], uint32(len(cek)))
	b = append(b, cek...)
	b = append(b, make([]byte, -len(cek)&7)...)
	if len(b) > 16 {
		return wrapHalves(kek, b)
	}
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	block.Encrypt(b, b)
	return b, nil
}

// unwrapAESPad is RFC 5649 §4.2, and looks at all of the check value and the padding.
func unwrapAESPad(kek, wrapped []byte) ([]byte, error) {
	out, err := unwrapHalves(kek, wrapped)
	if err != nil {
		return nil, ErrDecrypt
	}
	key := out[8:]
	n := int(binary.BigEndian.Uint32(out[4:8]) & (1<<31 - 1))
	good := subtle.ConstantTimeCompare(out[:4], []byte(rfc5649IV))
	good &= subtle.ConstantTimeByteEq(out[4]>>7, 0)
	good &= subtle.ConstantTimeLessOrEq(len(key)-7, n) & subtle.ConstantTimeLessOrEq(n, len(key))
	for i := len(key) - 8; i < len(key); i++ {
		padding := subtle.ConstantTimeLessOrEq(n, i)
		good &= subtle.ConstantTimeSelect(padding, subtle.ConstantTimeByteEq(key[i], 0), 1)
	}
	if good != 1 {
		return nil, ErrDecrypt
	}
	return key[:n], nil
}

// wrapHalves works on half blocks in place, the check value first (RFC 3394 §2.2.1).
func wrapHalves(kek, b []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil {
		return nil, err
	}
	n := len(b)/8 - 1
	var ab [16]byte
	copy(ab[:8], b)
	for t := range 6 * n {
		r := b[8*(t%n+1):][:8]
		copy(ab[8:], r)
		block.Encrypt(ab[:], ab[:])
		binary.BigEndian.PutUint64(ab[:8], binary.BigEndian.Uint64(ab[:8])^uint64(t+1))
		copy(r, ab[8:])
	}
	copy(b, ab[:8])
	return b, nil
}

// unwrapHalves goes back, in a copy (RFC 3394 §2.2.2). One whole block is one use of AES (RFC 5649 §4.2).
func unwrapHalves(kek, wrapped []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil || len(wrapped) < 16 || len(wrapped)%8 != 0 || len(wrapped) > maxWrapped+8 {
		return nil, ErrDecrypt
	}
	b := append([]byte(nil), wrapped...)
	if len(b) == 16 {
		block.Decrypt(b, b)
		return b, nil
	}
	n := len(b)/8 - 1
	var ab [16]byte
	copy(ab[:8], b)
	for t := 6*n - 1; t >= 0; t-- {
		r := b[8*(t%n+1):][:8]
		binary.BigEndian.PutUint64(ab[:8], binary.BigEndian.Uint64(ab[:8])^uint64(t+1))
		copy(ab[8:], r)
		block.Decrypt(ab[:], ab[:])
		copy(r, ab[8:])
	}
	copy(b, ab[:8])
	return b, nil
}
