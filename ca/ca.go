package ca

import (
	"context"
	"crypto"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/pki/keycheck"
)

// Keys hands out the private keys of authorities. The vault is one.
type Keys interface {
	// Signer returns the key with an id as one that signs.
	Signer(ctx context.Context, id string) (crypto.Signer, error)
}

// CA issues, revokes and answers for its authorities. Its fields are set before use and not changed.
type CA struct {
	Log  *audit.Log // every act is entered there; required
	Keys Keys       // of the authorities; required where something is signed

	// PublicTrust says that the S/MIME Baseline Requirements bind this house (S/MIME BR §1.1): certificates assert the
	// reserved policies. Without it they assert only policies of the house's own.
	PublicTrust bool

	// RefuseWarnings lets nothing be signed for which the linter has a warning. Errors always forbid it.
	RefuseWarnings bool

	// KnownKeys are lists of keys that others know, such as the weak keys of Debian; nil: none. See package keycheck.
	KnownKeys []*keycheck.List

	// Times say how often lists and answers are made, and how long they hold. The zero value takes the defaults.
	Times Times

	// Fault is called at every step by its name (see Points); an error ends the act there. nil: never. It is for tests that crash.
	Fault func(point string) error
}

func (c *CA) fault(point string) error {
	if c.Fault == nil {
		return nil
	}
	return c.Fault(point)
}
