package keyfile

import (
	"bytes"
	"encoding/base64"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/limit"
)

// Options is how Read reads. The zero value reads what is not encrypted.
type Options struct {
	// Password opens what is encrypted. Nil means that there is none; for a PKCS#12 file, which may
	// be protected with an empty password or with none, both are tried.
	Password []byte
	// Ask is called when a password is needed and Password is nil or does not fit, and at most once; what
	// names the thing to open. Nil means that nobody can be asked.
	Ask func(what string) ([]byte, error)
	// Allow says which old protection is read. Zero means none.
	Allow alg.Allow
	// Budget bounds elements, memory and key derivation. Nil means the default limits.
	Budget *limit.Budget
}

// Read reads keys and certificates from the contents of a file, of whatever kind it is.
// What it does not know is an error that satisfies errors.Is(err, ErrFormat); a password that is missing or
// wrong is a *PasswordError.
func Read(data []byte, o Options) (*Bundle, error) {
	r := &reader{bundle: &Bundle{}, allow: o.Allow, budget: o.Budget, passwords: passwords{given: o.Password, ask: o.Ask}}
	if r.budget == nil {
		r.budget = limit.New(limit.Limits{})
	}
	if err := r.any(data); err != nil {
		return nil, err
	}
	return r.bundle, nil
}

// reader fills a bundle.
type reader struct {
	bundle    *Bundle
	allow     alg.Allow
	budget    *limit.Budget
	passwords passwords
}

// any tells PEM, DER and bare base64 apart.
func (r *reader) any(data []byte) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // a byte order mark
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return formatError("the file is empty")
	case data[0] == 0x30:
		return r.der(data)
	case bytes.Contains(data, []byte("-----BEGIN ")):
		return r.pem(data)
	}
	// Windows and web forms hand out base64 without armour.
	if plain, err := base64.StdEncoding.DecodeString(string(bytes.Join(bytes.Fields(data), nil))); err == nil && plain[0] == 0x30 {
		return r.der(plain)
	}
	return unknownFormat(data)
}

// unknownFormat names the kinds of file that people mistake for ours.
func unknownFormat(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("\xfe\xed\xfe\xed")):
		return formatError("this is a Java key store; convert it with: keytool -importkeystore -srckeystore FILE -destkeystore out.p12 -deststoretype PKCS12")
	case bytes.HasPrefix(data, []byte("ssh-")):
		return formatError("this is an OpenSSH public key; S/MIME needs a certificate")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return formatError("this is a ZIP archive; unpack it and give the .p12 or .pem file inside")
	}
	return formatError("this holds no key and no certificate that can be read; PEM, DER, PKCS#8, PKCS#12 and PKCS#7 files can")
}
