package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/smime"
)

// The exit codes. They are frozen.
const (
	exitGood          = 0
	exitError         = 1 // ours: a file that cannot be read, a full disk
	exitUsage         = 2
	exitNotSigned     = 3
	exitNotAcceptable = 4 // signed, and not acceptable
	exitNoDecrypt     = 5
	exitMalformed     = 6 // not S/MIME, or malformed
	exitLimit         = 7
	exitPolicy        = 8
	exitTemporary     = 9
)

// exitMeanings explains the codes in the help and the manual.
var exitMeanings = []struct {
	code    int
	meaning string
}{
	{exitGood, "good"}, {exitError, "an error on our side, such as a file that cannot be read"}, {exitUsage, "wrong usage"},
	{exitNotSigned, "the message is not signed"}, {exitNotAcceptable, "it is signed, and the signature is not acceptable"},
	{exitNoDecrypt, "it cannot be decrypted"}, {exitMalformed, "it is not S/MIME, or it is malformed"},
	{exitLimit, "it exceeds a limit"}, {exitPolicy, "policy refuses it"}, {exitTemporary, "a temporary failure; try again"},
}

// exit is an error with its code. An empty text prints nothing: everything was said.
type exit struct {
	code int
	text string
	hint string
	err  error
}

func (e *exit) Error() string { return e.text }
func (e *exit) Unwrap() error { return e.err }

// usage is wrong usage of a command.
func usage(c *cobra.Command, format string, args ...any) error {
	return &exit{code: exitUsage, text: fmt.Sprintf(format, args...), hint: "see: " + c.CommandPath() + " --help"}
}

// failed is an error with a code and the next step.
func failed(code int, hint, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &exit{code: code, text: err.Error(), hint: hint, err: errors.Unwrap(err)}
}

// done ends a command whose answer is on the screen already.
func done(code int) error {
	if code == exitGood {
		return nil
	}
	return &exit{code: code}
}

// report prints an error as one line with its next step, and returns its exit code.
func (a *app) report(err error) int {
	if err == nil {
		return exitGood
	}
	var e *exit
	if !errors.As(err, &e) {
		e = classify(err)
	}
	if e.text != "" {
		a.note("error: %s", oneLine(e.text))
	}
	if e.hint != "" {
		a.note("hint: %s", oneLine(e.hint))
	}
	return e.code
}

// oneLine keeps an error from a file's contents out of the terminal's controls.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// classify maps the errors of the rooms to exit codes, in one place.
func classify(err error) *exit {
	e := &exit{code: exitError, text: err.Error(), err: err}
	var over *limit.Error
	var none *smime.NoCommonCipherError
	var password *keyfile.PasswordError
	var fault *audit.Fault
	switch {
	case errors.As(err, &over):
		e.code, e.hint = exitLimit, "if you trust the file, raise the limit with --limit "+string(over.What)+"=N"
	case errors.Is(err, cms.ErrDecrypt), errors.Is(err, cms.ErrNoRecipient):
		e.code = exitNoDecrypt
	case errors.Is(err, cms.ErrNotCMS), errors.Is(err, cms.ErrWrongContainer):
		e.code, e.hint = exitMalformed, "see what it is with: waxwing inspect FILE"
	case errors.As(err, &none):
		e.code, e.hint = exitPolicy, "choose another --cipher, or encrypt to them separately"
	case errors.As(err, &password):
		e.hint = "give the password with --password-file FILE"
	case errors.As(err, &fault):
		e.code, e.hint = exitNotAcceptable, "keep the database as it is, and compare it with a backup and what a witness kept"
	case classifyDesk(err, e):
	case errors.Is(err, context.Canceled):
		e.text = "interrupted"
	case errors.Is(err, syscall.EPIPE):
		e.text, e.hint = "the reader of the output closed the pipe", "write to a file with -o FILE"
	case errors.Is(err, syscall.ENOSPC):
		e.hint = "the disk is full; free some space, or write elsewhere with -o (temporary files: TMPDIR=" + os.TempDir() + ")"
	case errors.Is(err, fs.ErrNotExist):
		e.hint = "check the name of the file"
	case errors.Is(err, fs.ErrPermission):
		e.hint = "you may not read or write it; check the file's owner and mode"
	}
	return e
}
