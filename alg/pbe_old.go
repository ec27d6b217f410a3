package alg

import (
	"errors"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// oldPBE is PBES1 (RFC 8018 §6.1) or an encryption of PKCS#12 (RFC 7292 Appendix C), for reading.
type oldPBE struct {
	salt       []byte
	iterations int

	name   string
	cipher der.OID
	size   int   // octets of the key
	hash   *Hash // of PBES1; PKCS#12 has SHA-1
	pkcs12 bool
}

// oldPBEs are the ones that are read.
var oldPBEs = map[der.OID]oldPBE{
	OIDPBEMD5DES:     {cipher: OIDDESCBC, size: 8, hash: MD5},
	OIDPBEMD5RC2:     {cipher: OIDRC2CBC, size: 8, hash: MD5},
	OIDPBESHA1DES:    {cipher: OIDDESCBC, size: 8, hash: SHA1},
	OIDPBESHA1RC2:    {cipher: OIDRC2CBC, size: 8, hash: SHA1},
	OIDPBESHA13DES:   {cipher: OIDDESEDE3CBC, size: 24, pkcs12: true},
	OIDPBESHA12DES:   {cipher: OIDDESEDE3CBC, size: 16, pkcs12: true},
	OIDPBESHA1RC2128: {cipher: OIDRC2CBC, size: 16, pkcs12: true},
	OIDPBESHA1RC240:  {cipher: OIDRC2CBC, size: 5, pkcs12: true},
}

// parseOldPBE reads PBEParameter and pkcs-12PbeParams, which are the same: salt and iterations.
func parseOldPBE(e Entry, id Identifier) (*oldPBE, error) {
	p, ok := oldPBEs[id.OID]
	if !ok {
		return nil, &UnsupportedError{Algorithm: e.Name, Status: e.Status, Use: string(KindPBE)}
	}
	c := der.NewCursor(id.Params)
	s := c.Sequence()
	p.name, p.salt = e.Name, s.OctetString()
	iterations := s.SmallInt()
	if errors.Join(s.Done(), c.Done()) != nil || iterations < 1 || iterations > 1<<31-1 {
		return nil, &ParamsError{Algorithm: e.Name, Reason: "malformed"}
	}
	if !p.pkcs12 && len(p.salt) != 8 {
		return nil, &ParamsError{Algorithm: e.Name, Reason: "the salt has not 8 octets"} // RFC 8018 Appendix A.3
	}
	p.iterations = int(iterations)
	return &p, nil
}

// key makes key and initialization vector of a password.
func (p *oldPBE) key(password []byte, b *limit.Budget) (*Cipher, []byte, error) {
	c, err := newCipher(p.cipher)
	if err != nil {
		return nil, nil, err
	}
	if p.cipher == OIDRC2CBC {
		c.setRC2(p.size * 8)
	}
	if !p.pkcs12 {
		key, err := p.pbkdf1(password, b)
		if err != nil {
			return nil, nil, err
		}
		c.nonce = key[8:16]
		return c, key[:8], nil
	}
	key, err := PKCS12Key(SHA1, PKCS12ForKey, password, p.salt, p.iterations, p.size, b)
	if err != nil {
		return nil, nil, err
	}
	if p.size == 16 && p.cipher == OIDDESEDE3CBC {
		key = append(key, key[:8]...) // two keys, the first again as the third
	}
	c.nonce, err = PKCS12Key(SHA1, PKCS12ForIV, password, p.salt, p.iterations, 8, b)
	return c, key, err
}

// pbkdf1 is RFC 8018 §5.1.
func (p *oldPBE) pbkdf1(password []byte, b *limit.Budget) ([]byte, error) {
	if err := b.Take(limit.KDF, int64(p.iterations)); err != nil {
		return nil, err
	}
	t := p.hash.Sum(append(append([]byte{}, password...), p.salt...))
	for range p.iterations - 1 {
		t = p.hash.Sum(t)
	}
	return t, nil
}
