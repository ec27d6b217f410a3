package keyfile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"encoding/hex"
	"encoding/pem"

	"strings"

	"github.com/waxwing-mail/waxwing/alg"
)

// pem reads every block of a file, in any order. Text around them is skipped (RFC 7468 §2), and so are blocks of
// other kinds, which are noted.
func (r *reader) pem(data []byte) error {
	seen := 0
	for rest := lenientPEM(data); ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		seen++
		if err := r.block(b); err != nil {
			return err
		}
	}
	switch {
	case seen == 0:
		return formatError("the PEM text is damaged: no block has its end")
	case len(r.bundle.Keys)+len(r.bundle.Certificates)+len(r.bundle.CRLs) == 0:
		return formatError("the PEM file has no key and no certificate; it has " + strings.Join(r.bundle.Notes, ", "))
	}
	return nil
}

// lenientPEM ends lines with LF and cuts white space at their ends, which mail and editors add.
func lenientPEM(data []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))) {
		if line = bytes.TrimSpace(line); len(line) > 0 || out.Len() > 0 {
			out.Write(line)
			out.WriteByte('\n')
		}
	}
	return bytes.ReplaceAll(out.Bytes(), []byte("-----\n\n"), []byte("-----\n"))
}

func (r *reader) block(b *pem.Block) error {
	data := b.Bytes
	if strings.Contains(b.Headers["Proc-Type"], "ENCRYPTED") {
		var err error
		if data, err = r.traditional(b); err != nil {
			return err
		}
	}
	switch b.Type {
	case "CERTIFICATE", "X509 CERTIFICATE":
		return r.certificate(data, Label{})
	case "TRUSTED CERTIFICATE": // OpenSSL appends its own data
		return r.trusted(data)
	case "PKCS7", "CMS", "PKCS #7 SIGNED DATA":
		return r.der(data)
	case "X509 CRL", "CRL":
		r.bundle.CRLs = append(r.bundle.CRLs, data)
		return nil
	case "EC PARAMETERS", "DSA PARAMETERS":
		return nil // the key repeats them
	case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "PKCS12":
		return r.der(data)
	case "DSA PRIVATE KEY":
		return r.dsaTraditional(data)
	case "OPENSSH PRIVATE KEY":
		return formatError("this is an OpenSSH key; convert it with: ssh-keygen -p -m PKCS8 -f FILE")
	}
	r.bundle.Notes = append(r.bundle.Notes, "a block of type "+b.Type+" that was skipped")
	return nil
}

// trusted reads OpenSSL's form: a certificate with something behind it.
func (r *reader) trusted(data []byte) error {
	if n := elementLen(data); n > 0 && n <= len(data) {
		data = data[:n]
	}
	return r.certificate(data, Label{})
}

// traditional decrypts the old encryption of PEM files, in which MD5 makes the key of the password.
func (r *reader) traditional(b *pem.Block) ([]byte, error) {
	if !r.allow.Legacy {
		return nil, &alg.NotAllowedError{Algorithm: "the old encryption of PEM files (MD5)", Status: alg.Legacy, Flag: "--allow-legacy"}
	}
	name, ivText, _ := strings.Cut(b.Headers["DEK-Info"], ",")
	iv, err := hex.DecodeString(ivText)
	size, block := traditionalCipher(name)
	if err != nil || block == nil || len(iv) < 8 {
		return nil, formatError("the key is encrypted with " + name + ", which is not known")
	}
	var plain []byte
	err = r.passwords.try("private key", func(password []byte) error {
		c, err := block(opensslKey(password, iv[:8], size))
		if err != nil || len(iv) != c.BlockSize() || len(b.Bytes) == 0 || len(b.Bytes)%c.BlockSize() != 0 {
			return damaged("encrypted private key", err)
		}
		out := make([]byte, len(b.Bytes))
		cipher.NewCBCDecrypter(c, iv).CryptBlocks(out, b.Bytes)
		pad := int(out[len(out)-1])
		if pad < 1 || pad > c.BlockSize() || out[0] != 0x30 || elementLen(out) != len(out)-pad {
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
