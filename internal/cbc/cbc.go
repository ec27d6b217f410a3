// Package cbc decrypts AES-CBC at the speed of the processor.
//
//	mode, err := cbc.NewDecrypter(key, iv) // a cipher.BlockMode
//	mode.CryptBlocks(dst, src)
//
// Decryption of a block of CBC needs no result of another block, so a processor with AES instructions works on eight at
// once. The standard library does one after the other, which takes six times as long: for a mail that is most of the time
// of its decryption after the private key was used. For encryption there is nothing to gain, and nothing here.
//
// Why this is no cipher of our own: AES is what the processor does. The assembly loads, calls AESDEC and XORs, and
// the key schedule asks the processor for each S-box (AESKEYGENASSIST) and each inverse of MixColumns (AESIMC). There is no table,
// no branch and no address that depends on a secret, so that the time depends on lengths only. The result is compared
// with crypto/cipher in tests and by fuzzing. Where the processor has no AES instructions, on other
// architectures, and in FIPS 140 mode, it is crypto/cipher that does the work.
package cbc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/fips140"
	"errors"
)

// BlockSize is that of AES, in octets.
const BlockSize = aes.BlockSize

var errIV = errors.New("cbc: the initialization vector has not one block")

// NewDecrypter returns what decrypts AES-CBC (SP 800-38A §6.2) with a key of 16, 24 or 32 octets and an initialization vector
// of 16. dst and src of CryptBlocks are the same memory or do not overlap.
func NewDecrypter(key, iv []byte) (cipher.BlockMode, error) {
	if len(iv) != BlockSize {
		return nil, errIV
	}
	if hardware && !fips140.Enabled() {
		return newFast(key, iv)
	}
	return newStandard(key, iv)
}

// newStandard returns the decrypter of the standard library.
func newStandard(key, iv []byte) (cipher.BlockMode, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewCBCDecrypter(b, iv), nil
}
