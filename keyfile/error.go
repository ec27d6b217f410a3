package keyfile

import (
	"errors"
	"fmt"
)

// ErrPassword is what errors.Is finds in every error about a password: one is needed, or is wrong.
var ErrPassword = errors.New("password needed or wrong")

// ErrFormat is what errors.Is finds when a file is none that this package reads.
var ErrFormat = errors.New("not a file with keys or certificates")

// ErrNoKey says that a file has no private key where one is needed.
var ErrNoKey = errors.New("the file has no private key; give one that holds it, such as a .p12, or name the key file too")

// PasswordError says that something encrypted stayed closed.
type PasswordError struct {
	What  string // what is encrypted, such as "PKCS#12 file"
	Given bool   // a password was given, and it does not fit
}

// Error says what to do next.
func (e *PasswordError) Error() string {
	if e.Given {
		return fmt.Sprintf("the password does not open the %s; check the keyboard layout and capital letters", e.What)
	}
	return fmt.Sprintf("the %s is encrypted; give its password, for example with --password-file", e.What)
}

// Is makes errors.Is(err, ErrPassword) true.
func (e *PasswordError) Is(target error) bool { return target == ErrPassword }

// formatError says that a file is of another kind, with the next step. errors.Is finds ErrFormat.
type formatError string

func (e formatError) Error() string        { return string(e) }
func (e formatError) Is(target error) bool { return target == ErrFormat }
