package keyfile

import (
	"bytes"
	"crypto/cipher"
	"crypto/des"
	"crypto/rand"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// sealer encrypts parts of a file under its password.
type sealer interface {
	seal(plain []byte) (alg.Identifier, []byte, error)
}

// protector encrypts by PBES2 with AES-256 in CBC mode. All parts of a file share one derived key, each with an
// initialization vector of its own, so that a file with the keys of many years opens with one derivation.
type protector struct {
	kdf *alg.KDF
	key []byte
}

// newProtector makes the key; 0 iterations mean 600,000.
func newProtector(password []byte, iterations int) (*protector, error) {
	kdf, err := alg.NewPBKDF2(alg.SHA256, iterations)
	if err != nil {
		return nil, err
	}
	c, err := alg.NewCipher(alg.OIDAES256CBC)
	if err != nil {
		return nil, err
	}
	key, err := kdf.Key(password, c.KeySize, limit.New(limit.Limits{}))
	return &protector{kdf: kdf, key: key}, err
}

func (p *protector) seal(plain []byte) (alg.Identifier, []byte, error) {
	pbe, err := alg.NewPBES2(alg.OIDAES256CBC, p.kdf) // with a fresh initialization vector
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	var out bytes.Buffer
	e, err := pbe.Cipher.NewEncrypter(p.key, &out, alg.Ahead{})
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	e.Write(plain) // to memory; Finish returns its error
	if _, err := e.Finish(nil); err != nil {
		return alg.Identifier{}, nil, err
	}
	return pbe.Identifier(), out.Bytes(), nil
}

// oldProtector encrypts by 3DES under the key derivation of PKCS #12 with SHA-1 (RFC 7292 Appendix C). It is for
// PKCS12Options.Compatible alone: the one old form that is written here.
type oldProtector struct {
	password   []byte
	iterations int
}

// key makes a salt and the key of it.
// QUIRK: gpgsm 2.2 loses zeros at the head of a block in this derivation, and so does not open one in a hundred of such bags, whoever
// wrote them: a salt that brings it there is drawn anew.
func (p *oldProtector) key(bmp []byte, b *limit.Budget) (salt, key []byte, err error) {
	for {
		salt = make([]byte, 8)
		rand.Read(salt)
		key, err = alg.PKCS12Key(alg.SHA1, alg.PKCS12ForKey, bmp, salt, p.iterations, 24, b)
		if err != nil || !alg.PKCS12LeadingZero(alg.SHA1, bmp, salt, key) {
			return salt, key, err
		}
	}
}

func (p *oldProtector) seal(plain []byte) (alg.Identifier, []byte, error) {
	b, bmp := limit.New(limit.Limits{}), alg.BMPPassword(p.password)
	salt, key, err := p.key(bmp, b)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	iv, err := alg.PKCS12Key(alg.SHA1, alg.PKCS12ForIV, bmp, salt, p.iterations, des.BlockSize, b)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	block, err := des.NewTripleDESCipher(key)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	pad := des.BlockSize - len(plain)%des.BlockSize
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	var params der.Builder
	params.Sequence(func(b *der.Builder) {
		b.OctetString(salt)
		b.Int(int64(p.iterations))
	})
	raw, err := params.Bytes()
	return alg.Identifier{OID: alg.OIDPBESHA13DES, Params: raw}, out, err
}
