package alg

import (
	"errors"

	"github.com/waxwing-mail/waxwing/der"
)

// Wrap is a way to encrypt a key by a key, with its parameters.
type Wrap struct {
	Entry
	KeySize int // octets of the key encryption key

	id       Identifier
	wrap     func(kek, cek []byte) ([]byte, error)
	unwrap   func(kek, wrapped []byte) ([]byte, error)
	password *Cipher // the cipher of id-alg-PWRI-KEK
	fresh    bool    // its initialization vector was made here and was not used yet
}

// aesWraps are the key sizes of AES key wrap, and whether it pads.
var aesWraps = map[der.OID]struct {
	key int
	pad bool
}{
	OIDAES128Wrap: {16, false}, OIDAES192Wrap: {24, false}, OIDAES256Wrap: {32, false},
	OIDAES128WrapPad: {16, true}, OIDAES192WrapPad: {24, true}, OIDAES256WrapPad: {32, true},
}

var errWrite = errors.New("is only read, never written")

// WrapOf returns the key wrapping that an identifier names: AES key wrap, with or without padding, the
// password key wrap of RFC 3211, or, with allow.Legacy and for reading only, that of 3DES.
func WrapOf(id Identifier, allow Allow) (*Wrap, error) {
	e, err := find(id.OID, KindWrap)
	if err != nil {
		return nil, err
	}
	if err := allow.Check(e); err != nil {
		return nil, err
	}
	// QUIRK: AES key wrap has no parameters (RFC 3565 §2.3.2), but NULL is met in old mail.
	if err := e.checkParams(id); err != nil {
		return nil, err
	}
	w := &Wrap{Entry: e, id: id}
	switch a := aesWraps[id.OID]; {
	case id.OID == OIDPWRIKEK:
		return w, w.parsePassword(allow)
	case id.OID == OIDDESEDE3Wrap:
		w.KeySize, w.unwrap = 24, unwrap3DES
	case a.pad:
		w.KeySize, w.wrap, w.unwrap = a.key, wrapAESPad, unwrapAESPad
	case a.key > 0:
		w.KeySize, w.wrap, w.unwrap = a.key, wrapAES, unwrapAES
	default:
		return nil, &UnsupportedError{Algorithm: e.Name, Status: e.Status, Use: string(KindWrap)}
	}
	return w, nil
}

// NewWrap returns AES key wrap by its identifier, for writing.
func NewWrap(oid der.OID) (*Wrap, error) { return WrapOf(Identifier{OID: oid}, Allow{}) }

// WrapFor returns the AES key wrap whose keys are as long as those of a cipher: a message is as strong as the
// weaker of the two (RFC 8551 §2.3).
func WrapFor(c *Cipher) *Wrap {
	oid := OIDAES256Wrap
	switch c.KeySize {
	case 16:
		oid = OIDAES128Wrap
	case 24:
		oid = OIDAES192Wrap
	}
	w, err := NewWrap(oid)
	if err != nil {
		panic("alg: " + err.Error()) // they are in the table
	}
	return w
}

// Identifier returns the keyEncryptionAlgorithm.
func (w *Wrap) Identifier() Identifier { return w.id }

// Wrap encrypts a key.
func (w *Wrap) Wrap(kek, cek []byte) ([]byte, error) {
	switch {
	case len(kek) != w.KeySize:
		return nil, w.fault("the key encryption key has a wrong length")
	case w.password != nil && !w.fresh:
		return nil, errUsed
	case w.wrap == nil:
		return nil, w.fault(errWrite.Error())
	}
	w.fresh = false
	return w.wrap(kek, cek)
}

// Unwrap decrypts a key. Every failure is ErrDecrypt. The caller checks the length of what comes out:
// see Cipher.CheckKey.
func (w *Wrap) Unwrap(kek, wrapped []byte) ([]byte, error) {
	if len(kek) != w.KeySize {
		return nil, ErrDecrypt
	}
	return w.unwrap(kek, wrapped)
}

func (w *Wrap) fault(what string) error { return errors.New(w.Name + ": " + what) }
