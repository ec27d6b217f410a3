package cms

import (
	"context"
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
)

// Decrypt decrypts the content to w. w is a quarantine: what was written to it is worth nothing, and must
// be destroyed, unless Decrypt returned nil (RFC 5083 §2). A cipher without authentication
// (Authenticated is false) leaves the content open to changes even then.
//
// The errors are ErrDecrypt; ErrNoRecipient; ErrWrongContainer; ErrDetached; what alg says of a cipher that is refused, or
// of the algorithms of all entries for the keys at hand; alg.ErrAhead, which asks for DecryptOptions.Ahead;
// alg.ErrKeyUnavailable, when no key could be asked; a *limit.Error; or what reading and writing failed with. Which
// of several recipient entries failed, and how, they do not tell.
func (e *Enveloped) Decrypt(ctx context.Context, w io.Writer, o DecryptOptions) error {
	cipher, err := alg.CipherOf(e.Cipher, o.Allow)
	if err != nil {
		return err
	}
	if cipher.AEAD() != e.Authenticated {
		e.note(finding.New(finding.CMSWrongContainer).Because("%v", e.Cipher))
		return ErrWrongContainer
	}
	if e.Detached {
		return ErrDetached
	}
	cek, err := o.contentKey(e.object, e.Recipients, e.OriginatorCertificates, cipher.KeySize)
	if err != nil {
		return err
	}
	known := cek != nil
	if !known {
		// A failure must not be told from a content that does not decrypt, neither by the answer nor by the time it takes.
		cek = cipher.NewKey()
	}
	err = e.decryptContent(ctx, w, cipher, cek, o)
	if err == nil && !known {
		err = ErrDecrypt
	}
	return err
}

// decryptContent decrypts and checks the content under a key.
func (e *Enveloped) decryptContent(ctx context.Context, w io.Writer, cipher *alg.Cipher, cek []byte, o DecryptOptions) error {
	var ahead alg.Ahead
	if o.Ahead != nil {
		ahead = o.Ahead.ahead
	}
	d, err := cipher.NewDecrypter(cek, w, ahead)
	if err != nil {
		return uniform(err, o)
	}
	if err := e.copyCiphertext(contextWriter{ctx, d}); err != nil {
		return uniform(err, o)
	}
	tag, aad, err := e.readBehind()
	if err != nil {
		return err
	}
	if err := d.Finish(tag, aad); err != nil {
		return uniform(err, o)
	}
	if e.Authenticated {
		if err := checkAuthAttributes(e.AuthAttributes, e.ContentType); err != nil {
			e.note(finding.New(finding.CMSAuthAttributes).Because("%v", err))
			return uniform(alg.ErrDecrypt, o)
		}
	}
	return nil
}

// uniform turns what a wrong key or a changed content leads to into ErrDecrypt, and tells the audit. Other errors stay.
func uniform(err error, o DecryptOptions) error {
	if !errors.Is(err, alg.ErrDecrypt) {
		return err
	}
	o.tell(nil, err)
	return ErrDecrypt
}

func (o *DecryptOptions) tell(r *Recipient, err error) {
	if o.Audit != nil {
		o.Audit(Attempt{Recipient: r, Err: err})
	}
}

// contextWriter fails when the context is done.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c contextWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
