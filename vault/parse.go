package vault

import (
	"fmt"
	"strings"
)

// ParseSource reads where a key-encryption key comes from: file:PATH, env:VARIABLE (which names a file), passphrase:PATH, or the URI of
// a key on a token (pkcs11:..., RFC 7512).
func ParseSource(text string) (Source, error) {
	kind, rest, _ := strings.Cut(text, ":")
	switch {
	case rest == "":
	case kind == "file":
		return File(rest), nil
	case kind == "env":
		return EnvFile(rest)
	case kind == "passphrase":
		return Passphrase(rest), nil
	case kind == "pkcs11":
		return Token(text)
	}
	return Source{}, fmt.Errorf("vault: a key-encryption key comes from file:PATH, env:VARIABLE, passphrase:PATH or pkcs11:URI, not from %q", text)
}
