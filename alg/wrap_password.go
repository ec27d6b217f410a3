package alg

import (
	"crypto/subtle"
	"errors"
	"slices"

	"github.com/waxwing-mail/waxwing/der"
)

// NewPasswordWrap returns id-alg-PWRI-KEK (RFC 3211 §2.3) over a current CBC cipher, with a fresh
// initialization vector, for one wrapping.
func NewPasswordWrap(cbc der.OID) (*Wrap, error) {
	c, err := NewCipher(cbc)
	if err != nil {
		return nil, err
	}
	w, err := WrapOf(Identifier{OID: OIDPWRIKEK, Params: c.id.Bytes()}, Allow{})
	if err != nil {
		return nil, err
	}
	w.fresh = true
	return w, nil
}

// parsePassword reads the parameters of id-alg-PWRI-KEK: the identifier of the cipher.
// RFC 3211 §2.2: it has to be a block cipher with chaining (STANDARDS 9).
func (w *Wrap) parsePassword(allow Allow) error {
	p := der.NewCursor(w.id.Params)
	inner := ParseIdentifier(p)
	if p.Done() != nil || inner.OID == OIDCEKHKDFSHA256 {
		return &ParamsError{Algorithm: w.Name, Reason: "malformed"}
	}
	c, err := CipherOf(inner, allow)
	if err != nil {
		return err
	}
	if c.BlockSize == 1 {
		return &ParamsError{Algorithm: w.Name, Reason: c.Name + " is no block cipher with chaining"}
	}
	w.password, w.KeySize = c, c.KeySize
	w.wrap, w.unwrap = w.wrapPassword, w.unwrapPassword
	return nil
}

// wrapPassword is RFC 3211 §2.3.1: length, check value, key and random padding, encrypted twice.
func (w *Wrap) wrapPassword(kek, cek []byte) ([]byte, error) {
	if len(cek) < 5 || len(cek) > 255 {
		return nil, errors.New("password key wrap: the key has a wrong length")
	}
	block := w.password.BlockSize
	b := append([]byte{byte(len(cek)), ^cek[0], ^cek[1], ^cek[2]}, cek...)
	size := max(2*block, (len(b)+block-1)/block*block)
	b = append(b, random(size-len(b))...)
	e, err := w.password.start(kek, Ahead{}, false)
	if err != nil {
		return nil, err
	}
	// Without resetting the initialization vector: the engine goes on where it was.
	once := make([]byte, size)
	e.crypt(once, b)
	e.crypt(b, once)
	return b, nil
}

// unwrapPassword is RFC 3211 §2.3.2.
func (w *Wrap) unwrapPassword(kek, wrapped []byte) ([]byte, error) {
	block, n := w.password.BlockSize, len(wrapped)
	// STANDARDS 9: two blocks at least.
	if n < 2*block || n%block != 0 || n > 4+255+2*block {
		return nil, ErrDecrypt
	}
	// The last block, decrypted with the one before it, is the initialization vector of the outer layer.
	last := make([]byte, block)
	if err := w.cbcDecrypt(kek, wrapped[n-2*block:n-block], last, wrapped[n-block:]); err != nil {
		return nil, err
	}
	inner := make([]byte, n)
	if err := w.cbcDecrypt(kek, last, inner, wrapped[:n-block]); err != nil {
		return nil, err
	}
	copy(inner[n-block:], last)
	b := make([]byte, n)
	if err := w.cbcDecrypt(kek, w.password.nonce, b, inner); err != nil {
		return nil, err
	}
	return checkPasswordKey(b)
}

// cbcDecrypt decrypts with an initialization vector of its own.
func (w *Wrap) cbcDecrypt(kek, iv, dst, src []byte) error {
	c := *w.password
	c.nonce = slices.Clone(iv)
	e, err := c.start(kek, Ahead{}, true)
	if err != nil {
		return ErrDecrypt
	}
	e.crypt(dst[:len(src)], src)
	return nil
}

// checkPasswordKey takes the key out of its block. Length and check value are looked at together.
func checkPasswordKey(b []byte) ([]byte, error) {
	n := int(b[0])
	good := subtle.ConstantTimeLessOrEq(5, n) & subtle.ConstantTimeLessOrEq(n, len(b)-4)
	check := (b[1] ^ b[4]) & (b[2] ^ b[5]) & (b[3] ^ b[6])
	if good&subtle.ConstantTimeByteEq(check, 0xff) != 1 {
		return nil, ErrDecrypt
	}
	return b[4 : 4+n], nil
}
