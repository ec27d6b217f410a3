package ca

import (
	"context"
	"crypto"
	"crypto/sha1"
	"encoding/hex"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
)

type cryptoSigner = crypto.Signer

var allowNothing = alg.Allow{}

// keysFunc is Keys that hand out one signer.
type keysFunc func() (crypto.Signer, error)

func (f keysFunc) Signer(context.Context, string) (crypto.Signer, error) { return f() }

// liar is a token that signs something else than it was asked to.
type liar struct{ crypto.Signer }

func (l liar) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return l.Signer.Sign(r, make([]byte, len(digest)), o)
}

// sha1Of is the fingerprint by which gpgsm calls a certificate.
func sha1Of(raw []byte) string {
	sum := sha1.Sum(raw)
	return hex.EncodeToString(sum[:])
}
