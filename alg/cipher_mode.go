package alg

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"math"

	"github.com/waxwing-mail/waxwing/der"
	fastcbc "github.com/waxwing-mail/waxwing/internal/cbc"
)

// mode is what ciphers of one kind have in common.
type mode struct {
	key, block int    // octets
	nonce, tag int    // octets as they are written
	max        uint64 // octets of content; 0: as many as there are

	parse  func(c *Cipher, params []byte) error
	params func(c *Cipher) []byte
	start  func(c *Cipher, key []byte, a Ahead, open bool) (engine, error)
	ahead  func(a Ahead) bool // whether enough is known; nil: nothing has to be
}

// engine turns plaintext into ciphertext or back. crypt takes the next octets: a multiple of 16 and of the
// block, except for the last ones of an AEAD. dst and src do not overlap.
type engine interface {
	crypt(dst, src []byte)
	tag(aad []byte) []byte // over everything, whole; nil for CBC
}

// modes are the ciphers that are implemented.
var modes = map[der.OID]*mode{
	OIDAES128CBC: cbcMode(16, 16, aes.NewCipher), OIDAES192CBC: cbcMode(24, 16, aes.NewCipher),
	OIDAES256CBC: cbcMode(32, 16, aes.NewCipher),
	OIDDESCBC:    cbcMode(8, 8, des.NewCipher), OIDDESEDE3CBC: cbcMode(24, 8, des.NewTripleDESCipher),
	OIDRC2CBC:    rc2Mode(),
	OIDAES128GCM: gcmMode(16), OIDAES192GCM: gcmMode(24), OIDAES256GCM: gcmMode(32),
	OIDAES128CCM: ccmMode(16), OIDAES192CCM: ccmMode(24), OIDAES256CCM: ccmMode(32),
	OIDChaCha20Poly1305: chachaMode(),
}

// cbcMode is a block cipher with chaining. RFC 3565 §4.1: the parameters are the initialization vector.
func cbcMode(key, block int, f func([]byte) (cipher.Block, error)) *mode {
	return &mode{
		key: key, block: block, nonce: block,
		parse:  func(c *Cipher, params []byte) error { return c.parseNonce(params, block) },
		params: func(c *Cipher) []byte { return octets(c.nonce) },
		start: func(c *Cipher, key []byte, _ Ahead, open bool) (engine, error) {
			if open && block == fastcbc.BlockSize { // only AES has it
				m, err := fastcbc.NewDecrypter(key, c.nonce)
				return cbc{m}, err
			}
			b, err := f(key)
			if err != nil {
				return nil, err
			}
			return newCBC(b, c.nonce, open), nil
		},
	}
}

// rc2Mode is RC2, whose key is as long as its effective bits.
func rc2Mode() *mode {
	m := cbcMode(0, 8, nil)
	m.parse = (*Cipher).parseRC2
	m.start = func(c *Cipher, key []byte, _ Ahead, open bool) (engine, error) {
		return newCBC(newRC2(key, c.rc2), c.nonce, open), nil
	}
	return m
}

func gcmMode(key int) *mode {
	return &mode{
		key: key, block: 1, nonce: 12, tag: 16, max: maxGCM,
		parse:  func(c *Cipher, params []byte) error { return c.parseAEAD(params, 1, maxGCMNonce) },
		params: (*Cipher).aeadParams,
		start: func(c *Cipher, key []byte, _ Ahead, open bool) (engine, error) {
			return newGCM(key, c.nonce, open)
		},
	}
}

// ccmMode is counter mode with CBC-MAC. RFC 5084 §3.1: L is 8, and the nonce has 15-L octets.
func ccmMode(key int) *mode {
	return &mode{
		key: key, block: 1, nonce: 7, tag: 16, max: math.MaxInt64,
		parse:  func(c *Cipher, params []byte) error { return c.parseAEAD(params, 7, 13) },
		params: (*Cipher).aeadParams,
		start: func(c *Cipher, key []byte, a Ahead, open bool) (engine, error) {
			return newCCM(key, c.nonce, c.TagSize, a, open)
		},
		ahead: func(a Ahead) bool { return a.Known && a.Size >= 0 },
	}
}

// chachaMode is RFC 8103 §2: the parameters are the nonce of 12 octets, and the tag has 16.
func chachaMode() *mode {
	return &mode{
		key: 32, block: 1, nonce: 12, tag: 16, max: maxChaCha,
		parse: func(c *Cipher, params []byte) error {
			c.TagSize = 16
			return c.parseNonce(params, 12)
		},
		params: func(c *Cipher) []byte { return octets(c.nonce) },
		start: func(c *Cipher, key []byte, a Ahead, open bool) (engine, error) {
			return newChaCha(key, c.nonce, a.AAD, open)
		},
		ahead: func(a Ahead) bool { return a.Known },
	}
}
