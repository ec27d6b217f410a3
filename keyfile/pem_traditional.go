package keyfile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"encoding/hex"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// traditional decrypts OpenSSL's old encryption of PEM files (RFC 1421 §4.6 has its headers), in which MD5 makes the
// key of the password, in one round.
func (r *reader) traditional(b *armour) ([]byte, error) {
	if !r.allow.Legacy {
		return nil, &alg.NotAllowedError{Algorithm: "the old encryption of PEM files (MD5)", Status: alg.Legacy, Flag: "--allow-legacy"}
	}
	name, ivText, _ := strings.Cut(b.headers["DEK-Info"], ",")
	size, block := traditionalCipher(strings.TrimSpace(name))
	if block == nil {
		return nil, b.damaged("is encrypted with " + short(name) + ", which is not known; convert it with: openssl pkcs8 -topk8 -in FILE")
	}
	iv, err := hex.DecodeString(strings.TrimSpace(ivText))
	if err != nil || len(iv) < 8 {
		return nil, b.damaged("has no initialization vector")
	}
	var plain []byte
	err = r.passwords.try("private key", func(password []byte) error {
		c, err := block(opensslKey(password, iv[:8], size))
		if err != nil || len(iv) != c.BlockSize() || len(b.data)%c.BlockSize() != 0 {
			return b.damaged("is not a whole number of cipher blocks")
		}
		out := make([]byte, len(b.data))
		cipher.NewCBCDecrypter(c, iv).CryptBlocks(out, b.data)
		pad := int(out[len(out)-1])
		if pad < 1 || pad > c.BlockSize() || len(firstElement(out)) != len(out)-pad {
			return &PasswordError{What: "private key", Given: true}
		}
		plain = out[:len(out)-pad]
		return nil
	})
	return plain, err
}

func traditionalCipher(name string) (size int, block func([]byte) (cipher.Block, error)) {
	switch strings.ToUpper(name) {
	case "AES-128-CBC":
		return 16, aes.NewCipher
	case "AES-192-CBC":
		return 24, aes.NewCipher
	case "AES-256-CBC":
		return 32, aes.NewCipher
	case "DES-EDE3-CBC":
		return 24, des.NewTripleDESCipher
	case "DES-CBC":
		return 8, des.NewCipher
	}
	return 0, nil
}

// opensslKey is EVP_BytesToKey with MD5 and one round.
func opensslKey(password, salt []byte, size int) []byte {
	var key, last []byte
	for len(key) < size {
		h := md5.New()
		h.Write(last)
		h.Write(password)
		h.Write(salt)
		last = h.Sum(nil)
		key = append(key, last...)
	}
	return key[:size]
}

// firstElement returns the SEQUENCE that b begins with; nil for none.
func firstElement(b []byte) []byte {
	v, _, err := der.Parse(b)
	if err != nil || v.Tag != der.Sequence {
		return nil
	}
	return v.Raw
}
