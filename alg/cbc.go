package alg

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
)

// cbc is cipher block chaining (SP 800-38A §6.2). AES is decrypted by internal/cbc.
type cbc struct{ mode cipher.BlockMode }

func newCBC(b cipher.Block, iv []byte, open bool) cbc {
	if open {
		return cbc{cipher.NewCBCDecrypter(b, iv)}
	}
	return cbc{cipher.NewCBCEncrypter(b, iv)}
}

func (c cbc) crypt(dst, src []byte) { c.mode.CryptBlocks(dst, src) }

func (c cbc) tag([]byte) []byte { return nil }

// pad adds the padding of RFC 5652 §6.3: as many octets as it takes, and at least one, each their number.
func pad(b []byte, block int) []byte {
	n := block - len(b)%block
	return append(b, bytes.Repeat([]byte{byte(n)}, n)...)
}

// padding returns how many octets of the last block are padding, and 1 when it is as pad makes it. Every
// octet is looked at, whatever stands there.
func padding(last []byte) (n, good int) {
	n = int(last[len(last)-1])
	good = subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, len(last))
	for i, b := range last {
		inside := subtle.ConstantTimeLessOrEq(len(last)-i, n)
		good &= subtle.ConstantTimeSelect(inside, subtle.ConstantTimeByteEq(b, byte(n)), 1)
	}
	return n, good
}
