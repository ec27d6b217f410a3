package alg

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/subtle"
	"slices"
)

// unwrap3DES is RFC 3217 §3.2, for reading: the content key of a message in 3DES. The parity of the key
// is not looked at, as senders have not always set it.
func unwrap3DES(kek, wrapped []byte) ([]byte, error) {
	block, err := des.NewTripleDESCipher(kek)
	if err != nil || len(wrapped) != 40 {
		return nil, ErrDecrypt
	}
	b := slices.Clone(wrapped)
	cipher.NewCBCDecrypter(block, []byte("\x4a\xdd\xa2\x2c\x79\xe8\x21\x05")).CryptBlocks(b, b)
	slices.Reverse(b)
	cipher.NewCBCDecrypter(block, b[:8]).CryptBlocks(b[8:], b[8:])
	cek, check := b[8:32], b[32:]
	// RFC 3217 §2: the first 8 octets of the key's SHA-1.
	if subtle.ConstantTimeCompare(SHA1.Sum(cek)[:8], check) != 1 {
		return nil, ErrDecrypt
	}
	return cek, nil
}
