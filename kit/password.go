package kit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters are the characters of a generated password: 32, so that each has five bits. There is no l, o, 0 or 1, and no capital.
const letters = "abcdefghijkmnpqrstuvwxyz23456789"

// A generated password is five groups of five: 24 random characters of 120 bits together, and a check. It has 29 characters with
// its hyphens.
// QUIRK: gpgsm 2.2 takes no more than 31.
const (
	groupSize = 5
	drawn     = 5*groupSize - 1
)

// shortest is how many characters a password must have that a caller brings.
const shortest = 12

// Password is the password of a kit. Printing it shows nothing; Reveal gives it, for the one time that a person is shown it.
type Password struct {
	text      string
	generated bool
}

// String hides the password: one in a log or in an error must not give itself away.
func (Password) String() string { return "[password]" }

// GoString is String, for %#v.
func (p Password) GoString() string { return p.String() }

// Reveal returns the password as it is typed, with its hyphens.
func (p Password) Reveal() string { return p.text }

// Generated tells that the password was made here, and not by a person.
func (p Password) Generated() bool { return p.generated }

// NewPassword draws a password of 120 bits, in five groups with hyphens between, which belong to it. The last character
// is a check, so that a typing error is told from a wrong password.
func NewPassword() (Password, error) {
	text := make([]byte, drawn, drawn+1)
	rand.Read(text)
	for i := range text {
		text[i] = letters[text[i]%32] // 256 is a multiple of 32: no character is likelier than another
	}
	return Password{text: grouped(append(text, check(text))), generated: true}, nil
}

// check is a sum in the field of 32 elements, each weighted with another power of x modulo x^5+x^2+1: a single wrong
// character changes it, and so does an exchange of two characters anywhere.
func check(text []byte) byte {
	sum := 0
	for _, c := range text {
		sum ^= strings.IndexByte(letters, c)
		if sum <<= 1; sum > 31 {
			sum ^= 0b100101
		}
	}
	return letters[sum]
}

func grouped(text []byte) string {
	var parts []string
	for ; len(text) > groupSize; text = text[groupSize:] {
		parts = append(parts, string(text[:groupSize]))
	}
	return strings.Join(append(parts, string(text)), "-")
}

// ErrTyping says that a generated password was typed wrong: its check does not fit.
var ErrTyping = errors.New("the password has a typing error: compare it letter by letter with the one that was shown")

// Typed reads a generated password as people type it: in capitals, with blanks, without hyphens. It fails with ErrTyping
// when the check does not fit, and gives back unchanged what does not look like a generated password.
func Typed(text string) (Password, error) {
	bare := []byte(strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '\u2010' || r == '\u2011' || r == '\u2013' {
			return -1
		}
		return r
	}, text)))
	if len(bare) != drawn+1 {
		return Password{text: text}, nil
	}
	for _, c := range bare {
		if strings.IndexByte(letters, c) < 0 {
			return Password{text: text}, nil
		}
	}
	if check(bare[:drawn]) != bare[drawn] {
		return Password{}, ErrTyping
	}
	return Password{text: grouped(bare), generated: true}, nil
}

// OwnPassword takes a password that a caller brings, composed as keyboards compose it (Unicode NFC). It refuses what
// programs would read differently: characters beyond U+FFFF, controls, blanks at the ends; and what is short.
func OwnPassword(text string) (Password, error) {
	if !utf8.ValidString(text) {
		return Password{}, errors.New("the password is not text in UTF-8; save the file as UTF-8")
	}
	text = norm.NFC.String(text)
	for _, r := range text {
		switch {
		case r > 0xffff:
			// RFC 7292 Appendix B.1: the password is a BMPString, which has no characters beyond U+FFFF; programs disagree
			// about what to do with them.
			return Password{}, fmt.Errorf("the password has the character U+%X: PKCS#12 has room for characters up to U+FFFF only (RFC 7292 Appendix B.1),"+
				" and programs disagree about others such as emoji; leave it out", r)
		case unicode.IsControl(r):
			return Password{}, fmt.Errorf("the password has the control character U+%04X, which cannot be typed; leave it out", r)
		}
	}
	if strings.TrimFunc(text, unicode.IsSpace) != text {
		return Password{}, errors.New("the password begins or ends with a blank, which gets lost when it is copied; leave it out")
	}
	if n := utf8.RuneCountInString(text); n < shortest {
		return Password{}, fmt.Errorf("the password has %d characters, and the file can be attacked without any limit of tries: take at least %d, or let one be made", n, shortest)
	}
	return Password{text: text}, nil
}
