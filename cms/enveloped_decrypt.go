package cms

import (
	"context"
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// Decrypt decrypts the content to w. w is a quarantine: what was written to it is worth nothing, and must
// be destroyed, unless Decrypt returned nil (RFC 5083 §2). A cipher without authentication
// (Authenticated is false) leaves the content open to changes even then.
//
// The errors are ErrDecrypt; ErrNoRecipient; ErrWrongContainer; what alg says of a cipher that is refused; alg.ErrAhead, which asks
// for DecryptOptions.Ahead; a *limit.Error; or what reading and writing failed with. Which of several recipient
// entries failed, and how, they do not tell.
func (e *Enveloped) Decrypt(ctx context.Context, w io.Writer, o DecryptOptions) error {
	cipher, err := alg.CipherOf(e.Cipher, o.Allow)
	if err != nil {
		return err
	}
	if cipher.AEAD() != e.Authenticated {
		e.note(finding.New(finding.CMSWrongContainer).Because("%v", e.Cipher))
		return ErrWrongContainer
	}
	cek, found, err := o.contentKey(e.object, e.Recipients, e.OriginatorCertificates, cipher.KeySize)
	if err != nil {
		return err
	}
	if !found {
		return ErrNoRecipient
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

// contentKey tries every key that the message names, whatever comes of the others, and returns the content key: nil when no entry
// gave one, found false when no entry names a key at hand. Of several it takes the first that carries proof of being right; PKCS #1 v1.5
// carries none (STANDARDS item 6). size is the length of the key, 0 for any.
func (o *DecryptOptions) contentKey(in object, recipients []*Recipient, originators certificateList, size int) (cek []byte, found bool, err error) {
	if o.Keys == nil {
		return nil, false, nil
	}
	var sure bool
	for _, r := range recipients {
		for _, k := range o.Keys.For(r) {
			if err := in.b.Take(limit.PublicKey, 1); err != nil {
				return nil, found, err
			}
			found = true
			one, proven, err := r.open(k, openInput{allow: o.Allow, budget: in.b, originators: originators, size: size})
			var over *limit.Error
			if errors.As(err, &over) || errors.Is(err, alg.ErrKeyUnavailable) {
				o.tell(r, err)
				if errors.As(err, &over) {
					return nil, found, err
				}
				continue
			}
			o.tell(r, err)
			if err == nil && (cek == nil || proven && !sure) {
				cek, sure = one, proven
			}
		}
	}
	return cek, found, nil
}
