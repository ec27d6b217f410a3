// Command waxwing signs, encrypts, opens and judges S/MIME mail.
//
//	waxwing demo                                  # see everything at work in a few seconds
//	waxwing sign -k alice.p12 -o signed.eml mail.eml
//	waxwing verify --trust-anchor ca.pem signed.eml
//	waxwing help
//
// It holds no rule: each verb ends in one call of a library room. What the verbs, flags and exit codes are
// is in one table of commands, from which the help, the man page and docs/cli.md are made.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	// A closed pipe becomes an error of the write, so that files are cleaned up and the exit code is ours.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
