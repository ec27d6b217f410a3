package ca

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
)

func profileRef(name string, version int) string { return name + "@" + strconv.Itoa(version) }

// plainHex is hexadecimal as stored: small letters without colons.
func plainHex(s string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(s))
}

// serialHex is a serial number as stored: 40 digits. Those of others may be shorter and are not in the table.
func serialHex(s string) string {
	s = plainHex(s)
	if s == "" {
		return ""
	}
	s = strings.TrimLeft(s, "0")
	return strings.Repeat("0", max(0, 40-len(s))) + s
}

// expand fills an address of the authority.
func (a *Authority) expand(url string, shard int) string {
	return strings.NewReplacer("{authority}", a.ID, "{shard}", strconv.Itoa(shard)).Replace(url)
}

// hexSum is the SHA-256 in hexadecimal.
func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func notInText(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff'
}
