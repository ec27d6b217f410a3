package cms

import (
	"context"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Authenticated is an AuthenticatedData as it is read (RFC 5652 §9): a content in the clear with a
// MAC that every recipient could have made. The attributes are known after Verify.
type Authenticated struct {
	Version                int
	OriginatorCertificates []*pki.Certificate
	OriginatorCRLs         []*pki.CRL
	Recipients             []*Recipient
	MAC                    alg.Identifier
	Digest                 alg.Identifier // zero when absent
	ContentType            der.OID
	Detached               bool

	AuthAttributes []Attribute
	Attributes     []Attribute // unauthenticated
}

// Type returns id-ct-authData.
func (a *Authenticated) Type() der.OID { return alg.OIDAuthenticatedData }

// Verify copies the content to w and checks its MAC with a key that o.Keys holds. w is a quarantine
// as in Enveloped.Decrypt.
func (a *Authenticated) Verify(ctx context.Context, w io.Writer, o DecryptOptions) error {
	return ErrDecrypt
}
