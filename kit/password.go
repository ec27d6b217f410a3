package kit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters are the characters of a generated password. Without vowels it spells no word; without l it is not taken for a 1;
// letters alone need no second keyboard on a telephone. 19 is prime, so that sums modulo 19 find every wrong letter.
const letters = "bcdfghjkmnpqrstvwxz"

// A generated password is six groups of five letters; the last letter is the check. 29 * log2(19) is 123 bits.
const (
	groups    = 6
	groupSize = 5
	drawn     = groups*groupSize - 1
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

// NewPassword draws a password of 123 bits: lower-case letters in six groups with hyphens between, which belong to it. The
// last letter is a check, so that a typing error is told from a wrong password.
func NewPassword() (Password, error) {
	var text []byte
	for range drawn {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			return Password{}, err
		}
		text = append(text, letters[n.Int64()])
	}
	text = append(text, letters[check(text)])
	return Password{text: grouped(text), generated: true}, nil
}

// check is the sum of letters weighted with the powers of 2, which generate all numbers modulo 19: every single wrong
// letter changes it, and so does every exchange of two neighbours.
func check(text []byte) int {
	sum, weight := 0, 1
	for _, c := range text {
		sum += weight * strings.IndexByte(letters, c)
		weight = weight * 2 % len(letters)
	}
	return sum % len(letters)
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
	if letters[check(bare[:drawn])] != bare[drawn] {
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
