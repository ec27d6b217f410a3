package keyfile

import (
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// encrypt encrypts one part of the file under the password.
func (o *PKCS12Options) encrypt(plain []byte) (alg.Identifier, []byte, error) {
	if !o.Compatible {
		return pbes2(plain, o.Password, o.Iterations)
	}
	salt := make([]byte, 8)
	rand.Read(salt)
	unbounded := limit.New(limit.Limits{})
	password := alg.BMPPassword(o.Password)
	key, err := alg.PKCS12Key(alg.SHA1, alg.PKCS12ForKey, password, salt, o.Iterations, 24, unbounded)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	iv, err := alg.PKCS12Key(alg.SHA1, alg.PKCS12ForIV, password, salt, o.Iterations, 8, unbounded)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	block, err := des.NewTripleDESCipher(key)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	pad := 8 - len(plain)%8
	padded := append([]byte{}, plain...)
	for range pad {
		padded = append(padded, byte(pad))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(padded, padded)
	var params der.Builder
	params.Sequence(func(b *der.Builder) {
		b.OctetString(salt)
		b.Int(int64(o.Iterations))
	})
	raw, err := params.Bytes()
	return alg.Identifier{OID: alg.OIDPBESHA13DES, Params: raw}, padded, err
}

// mac writes the MacData (RFC 7292 §4, RFC 9579 §3).
func (o *PKCS12Options) mac(safe []byte) ([]byte, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	h := alg.SHA256
	if o.Compatible {
		h = alg.SHA1
	}
	id, iterations := h.Identifier(), o.Iterations
	var sum []byte
	var err error
	if o.PBMAC1 && !o.Compatible {
		var p *alg.PasswordMAC
		if p, err = alg.NewPBMAC1(h, o.Iterations); err != nil {
			return nil, err
		}
		id, iterations = p.Identifier(), 1 // RFC 9579 §3: salt and count are those of PBMAC1
		sum, err = p.Sum(o.Password, safe, limit.New(limit.Limits{}))
	} else {
		id.Params = []byte{5, 0} // NULL, which old readers want
		sum, err = pkcs12MAC(h, alg.BMPPassword(o.Password), salt, o.Iterations, safe, limit.New(limit.Limits{}))
	}
	if err != nil {
		return nil, err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			id.Append(b)
			b.OctetString(sum)
		})
		b.OctetString(salt)
		b.Int(int64(iterations))
	})
	return b.Bytes()
}
