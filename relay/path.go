package relay

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var errPath = errors.New("not an address in angle brackets")

// readPath reads "<local@domain>" at the start of s and returns what follows. A source route is dropped (RFC 5321 §4.1.1.3, appendix C).
func readPath(s string) (address, rest string, err error) {
	if !strings.HasPrefix(s, "<") {
		return "", "", errPath
	}
	quoted, end := false, -1
	for i := 1; i < len(s) && end < 0; i++ {
		switch c := s[i]; {
		case c < ' ' || c == 0x7f:
			return "", "", errPath
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '>':
			end = i
		case c == '<' || c == ' ':
			return "", "", errPath
		}
	}
	if end < 0 {
		return "", "", errPath
	}
	address, rest = s[1:end], s[end+1:]
	if rest != "" && rest[0] != ' ' {
		return "", "", errPath
	}
	if strings.HasPrefix(address, "@") {
		_, after, found := strings.Cut(address, ":")
		if !found {
			return "", "", errPath
		}
		address = after
	}
	return address, strings.TrimLeft(rest, " "), nil
}

// checkAddress tells whether an address can stand in a command: nothing in it may end the path or the line.
func checkAddress(address string) error {
	if len(address) > 320 { // RFC 5321 §4.5.3.1: 64 for the local part, 255 for the domain
		return errors.New("address longer than 320 octets")
	}
	back, rest, err := readPath("<" + address + ">")
	if err != nil || rest != "" || back != address {
		return errPath
	}
	if !utf8.ValidString(address) {
		return errors.New("address is not UTF-8")
	}
	at := strings.LastIndexByte(address, '@')
	if at == 0 || at == len(address)-1 {
		return errPath
	}
	if at < 0 && !strings.EqualFold(address, "postmaster") { // RFC 5321 §4.5.1
		return errors.New("address without domain")
	}
	return nil
}

// isASCII tells whether an address can go to a peer without SMTPUTF8.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// readXtext undoes xtext (RFC 3461 §4). What is no xtext is returned as it is, with false.
func readXtext(s string) (string, bool) {
	if !strings.Contains(s, "+") {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '+' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) || hexValue(s[i+1]) < 0 || hexValue(s[i+2]) < 0 {
			return s, false
		}
		b.WriteByte(byte(hexValue(s[i+1])<<4 | hexValue(s[i+2])))
		i += 2
	}
	return b.String(), true
}

// hexValue is lenient about lower case, which some programs write.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// xtext encodes a value (RFC 3461 §4).
func xtext(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || c == '+' || c == '=' {
			b.WriteByte('+')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// isXtext tells whether a parameter value can be passed on as it stands: printable, without space, plus signs in order.
// RFC 6533 §3 lets UTF-8 stand in it.
func isXtext(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f || s[i] == '=' {
			return false
		}
	}
	return utf8.ValidString(s)
}
