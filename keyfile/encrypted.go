package keyfile

import (
	"bytes"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// encryptedKey reads an EncryptedPrivateKeyInfo (RFC 5958 §3).
func (r *reader) encryptedKey(data []byte, l Label) error {
	c := der.NewCursor(data)
	s := c.Sequence()
	id := alg.ParseIdentifier(s)
	ciphertext := s.OctetString()
	if s.Done() != nil || c.Done() != nil {
		return damaged("encrypted private key", nil)
	}
	plain, err := r.open("private key", id, ciphertext)
	if err != nil {
		return err
	}
	if shapeOf(plain) != shapePKCS8 {
		return damaged("encrypted private key", nil)
	}
	return r.privateKeyInfo(plain, l)
}

// open decrypts what a password encrypts, which is one element, and returns it with definite lengths.
func (r *reader) open(what string, id alg.Identifier, ciphertext []byte) (plain []byte, err error) {
	p, err := alg.PBEOf(id, r.allow)
	if err != nil {
		return nil, err
	}
	err = r.passwords.try(what, func(password []byte) error {
		plain, err = r.decrypt(p, password, ciphertext)
		if len(password) == 0 && p.UsesBMP() && errors.Is(err, alg.ErrDecrypt) {
			var out []byte
			if out, err = p.DecryptNoPassword(ciphertext, r.budget); err == nil {
				plain, err = r.element(out)
			}
		}
		if errors.Is(err, alg.ErrDecrypt) {
			return &PasswordError{What: what, Given: true}
		}
		return err
	})
	return plain, err
}

// decrypt decrypts one element. One wrong password in 256 passes the padding; hardly one gives an element, so
// that what is none is ErrDecrypt too.
func (r *reader) decrypt(p *alg.PBE, password, ciphertext []byte) ([]byte, error) {
	var out []byte
	var err error
	if p.KDF == nil {
		out, err = p.Decrypt(password, ciphertext, r.budget)
	} else {
		out, err = r.decryptPBES2(p, password, ciphertext)
	}
	if err != nil {
		return nil, err
	}
	return r.element(out)
}

// element checks that decrypted octets are one SEQUENCE.
func (r *reader) element(out []byte) ([]byte, error) {
	if len(out) < 2 || out[0] != 0x30 || out[1] != 0x80 && len(firstElement(out)) != len(out) {
		return nil, alg.ErrDecrypt
	}
	normal, err := der.Normalize(out, r.budget)
	if err != nil && !isLimit(err) {
		return nil, alg.ErrDecrypt
	}
	return normal, err
}

// decryptPBES2 remembers the key of a password and a derivation: files where many parts share one are opened
// with one derivation.
func (r *reader) decryptPBES2(p *alg.PBE, password, ciphertext []byte) ([]byte, error) {
	id := string(p.KDF.Identifier().Bytes()) + p.Cipher.Name + string(password)
	key, ok := r.derived[id]
	if !ok {
		var err error
		if key, err = p.KDF.Key(password, p.Cipher.KeySize, r.budget); err != nil {
			return nil, err
		}
		if r.derived == nil {
			r.derived = map[string][]byte{}
		}
		r.derived[id] = key
	}
	var out bytes.Buffer
	d, err := p.Cipher.NewDecrypter(key, &out, alg.Ahead{})
	if err != nil {
		return nil, err
	}
	d.Write(ciphertext) // to memory; Finish returns its error
	if err := d.Finish(nil, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// normal brings what stands inside something else into definite lengths.
func (r *reader) normal(what string, data []byte) ([]byte, error) {
	out, err := der.Normalize(data, r.budget)
	if err != nil && !isLimit(err) {
		return nil, damaged(what, nil)
	}
	return out, err
}
