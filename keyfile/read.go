package keyfile

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf16"

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
// wrong is a *PasswordError; old protection that is not allowed is an *alg.NotAllowedError, and more work than
// the budget has left is a *limit.Error. Without an error the bundle holds something.
func Read(data []byte, o Options) (*Bundle, error) {
	r := &reader{bundle: &Bundle{}, allow: o.Allow, budget: o.Budget, passwords: passwords{given: o.Password, ask: o.Ask}}
	if r.budget == nil {
		r.budget = limit.New(limit.Limits{})
	}
	if err := r.budget.Take(limit.Bytes, int64(len(data))); err != nil {
		return nil, err
	}
	if err := r.any(data); err != nil {
		return nil, err
	}
	if b := r.bundle; len(b.Keys)+len(b.Certificates)+len(b.CRLs) == 0 {
		return nil, r.nothing()
	}
	return r.bundle, nil
}

// reader fills a bundle.
type reader struct {
	bundle    *Bundle
	allow     alg.Allow
	budget    *limit.Budget
	passwords passwords
	derived   map[string][]byte // keys that were made of a password, by password and derivation
	curve     []byte            // what the last block of EC PARAMETERS named
	hint      string            // what to do with a file that has nothing else
}

// skip notes something that is not taken: what it is, and what a person can do who meant to give it.
func (r *reader) skip(what, hint string) {
	r.bundle.Notes = append(r.bundle.Notes, what)
	if r.hint == "" {
		r.hint = hint
	}
}

// nothing is the error for a file in which nothing was found.
func (r *reader) nothing() error {
	switch {
	case r.hint != "":
		return formatError(r.hint)
	case len(r.bundle.Notes) > 0:
		return formatError("the file has no key and no certificate; it has " + strings.Join(r.bundle.Notes, ", "))
	}
	return formatError("the file has no key and no certificate")
}

// any tells PEM, DER and bare base64 apart.
func (r *reader) any(data []byte) error {
	data = asText(data)
	armoured := bytes.Contains(data, []byte("-----BEGIN "))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return formatError("the file is empty")
	case data[0] == 0x30 && !(armoured && isText(data)): // '0' is 0x30
		return r.objects(data)
	case armoured:
		return r.pem(data)
	}
	// Windows and web forms hand out base64 without armour.
	if plain, ok := decodeBase64(data); ok && plain[0] == 0x30 {
		return r.objects(plain)
	}
	return unknownFormat(data)
}

// asText takes the mark of UTF-8 away and turns UTF-16, in which Windows saves text, into UTF-8.
func asText(data []byte) []byte {
	little, big := bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff"))
	if !little && !big {
		return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		u := uint16(data[i])<<8 | uint16(data[i+1])
		if little {
			u = u<<8 | u>>8
		}
		units = append(units, u)
	}
	return []byte(string(utf16.Decode(units)))
}

// isText tells whether a file begins like text.
func isText(data []byte) bool {
	for _, c := range data[:min(len(data), 32)] {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

// decodeBase64 decodes base64 with white space anywhere, and with or without padding.
func decodeBase64(text []byte) ([]byte, bool) {
	compact := bytes.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, text)
	compact = bytes.TrimRight(compact, "=")
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(compact)))
	n, err := base64.RawStdEncoding.Decode(out, compact)
	return out[:n], err == nil && n > 0
}

// unknownFormat names the kinds of file that people mistake for ours.
func unknownFormat(data []byte) error {
	for magic, said := range map[string]string{
		"\xfe\xed\xfe\xed":         "this is a Java key store; convert it with: keytool -importkeystore -srckeystore FILE -destkeystore out.p12 -deststoretype PKCS12",
		"\xce\xce\xce\xce":         "this is a Java key store (JCEKS); convert it with: keytool -importkeystore -srckeystore FILE -srcstoretype JCEKS -destkeystore out.p12 -deststoretype PKCS12",
		"ssh-":                     "this is an OpenSSH public key; S/MIME needs a certificate",
		"PK\x03\x04":               "this is a ZIP archive; unpack it and give the .p12 or .pem file inside",
		"PuTTY-User-Key-File":      "this is a PuTTY key; export it with PuTTYgen as an OpenSSH key and then as PKCS#8; S/MIME needs a certificate too",
		"---- BEGIN SSH2":          "this is an SSH public key; S/MIME needs a certificate",
		"Content-Type: ":           "this is a mail, not a file with keys; open it with: waxwing decrypt or waxwing verify",
		"\x00\x00\x00\x02\x00\x00": "this is a BouncyCastle key store; convert it with keytool to PKCS12",
	} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return formatError(said)
		}
	}
	return formatError("this holds no key and no certificate that can be read; PEM, DER, PKCS#8, PKCS#12 and PKCS#7 files can")
}
