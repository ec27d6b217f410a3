package alg

import (
	"bytes"
	"errors"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// PBE is password-based encryption with its parameters: PBES2 (RFC 8018 §6.2), and for reading the old ways, PBES1
// and those of PKCS#12.
type PBE struct {
	Entry
	KDF    *KDF    // of PBES2; nil for the old ways
	Cipher *Cipher // of PBES2; nil for the old ways

	id  Identifier
	old *oldPBE
}

// PBEOf returns the encryption that an identifier names. With PBES2 the cipher decides whether it is allowed.
func PBEOf(id Identifier, allow Allow) (*PBE, error) {
	e, err := find(id.OID, KindPBE)
	if err != nil {
		return nil, err
	}
	if err := allow.Check(e); err != nil {
		return nil, err
	}
	p := &PBE{Entry: e, id: id}
	if id.OID == OIDPBES2 {
		return p, p.parsePBES2(allow)
	}
	p.old, err = parseOldPBE(e, id)
	return p, err
}

// NewPBES2 returns PBES2 over a current CBC cipher, for writing, for one content.
func NewPBES2(cipher der.OID, kdf *KDF) (*PBE, error) {
	c, err := NewCipher(cipher)
	if err != nil {
		return nil, err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) { kdf.Identifier().Append(b); c.id.Append(b) })
	p := &PBE{Entry: table[OIDPBES2], KDF: kdf, Cipher: c, id: Identifier{OID: OIDPBES2, Params: mustBytes(&b)}}
	return p, p.checkPBES2()
}

// parsePBES2 reads PBES2-params (RFC 8018 Appendix A.4).
func (p *PBE) parsePBES2(allow Allow) error {
	c := der.NewCursor(p.id.Params)
	s := c.Sequence()
	kdf, scheme := ParseIdentifier(s), ParseIdentifier(s)
	err := errors.Join(s.Done(), c.Done())
	if err != nil {
		return &ParamsError{Algorithm: p.Name, Reason: "malformed"}
	}
	if p.KDF, err = KDFOf(kdf); err != nil {
		return err
	}
	if p.Cipher, err = CipherOf(scheme, allow); err != nil {
		return err
	}
	return p.checkPBES2()
}

// checkPBES2 refuses ciphers that have a tag, for which PBES2 has no place (RFC 8018 Appendix B.2).
func (p *PBE) checkPBES2() error {
	if p.Cipher.AEAD() {
		return &ParamsError{Algorithm: p.Name, Reason: p.Cipher.Name + " as cipher"}
	}
	return nil
}

// Identifier returns the encryptionAlgorithm.
func (p *PBE) Identifier() Identifier { return p.id }

// UsesBMP tells whether the password is taken as BMPString (RFC 7292 Appendix B.1), where an empty
// password has two forms: see DecryptNoPassword.
func (p *PBE) UsesBMP() bool { return p.old != nil && p.old.pkcs12 }

// Decrypt decrypts with a password in UTF-8. A wrong password is ErrDecrypt; one in 256 of them is not
// noticed.
func (p *PBE) Decrypt(password, ciphertext []byte, b *limit.Budget) ([]byte, error) {
	if p.UsesBMP() {
		password = BMPPassword(password)
	}
	return p.decrypt(password, ciphertext, b)
}

// DecryptNoPassword decrypts what was encrypted with no password at all, which for PKCS#12 is not the empty one.
func (p *PBE) DecryptNoPassword(ciphertext []byte, b *limit.Budget) ([]byte, error) {
	return p.decrypt(nil, ciphertext, b)
}

// decrypt takes the password as its derivation wants it.
func (p *PBE) decrypt(password, ciphertext []byte, b *limit.Budget) ([]byte, error) {
	c, key, err := p.key(password, b)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	d, err := c.NewDecrypter(key, &out, Ahead{})
	if err != nil {
		return nil, err
	}
	d.Write(ciphertext) // to memory; Finish returns its error
	if err := d.Finish(nil, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// key returns the cipher and its key.
func (p *PBE) key(password []byte, b *limit.Budget) (*Cipher, []byte, error) {
	if p.old != nil {
		return p.old.key(password, b)
	}
	key, err := p.KDF.Key(password, p.Cipher.KeySize, b)
	return p.Cipher, key, err
}

// Encrypt encrypts with a password in UTF-8. It works once, on what NewPBES2 made.
func (p *PBE) Encrypt(password, content []byte, b *limit.Budget) ([]byte, error) {
	if p.old != nil {
		return nil, errors.New(p.Name + " " + errWrite.Error())
	}
	_, key, err := p.key(password, b)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e, err := p.Cipher.NewEncrypter(key, &out, Ahead{})
	if err != nil {
		return nil, err
	}
	e.Write(content) // to memory; Finish returns its error
	if _, err := e.Finish(nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
