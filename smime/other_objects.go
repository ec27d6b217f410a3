package smime

import (
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
)

// compressed opens a CompressedData (RFC 8551 §3.6). It is transparent: what stands inside wraps what is
// shown if the layer does.
func (x *opening) compressed(l *Layer, c *cms.Compressed, at place) error {
	l.Kind = KindCompressed
	held, err := x.fill(func(w io.Writer) error {
		text, err := c.Content()
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, text); err != nil {
			return err
		}
		return c.Finish()
	})
	if err != nil {
		return x.malformed(l, err)
	}
	return x.holds(l, held, c.ContentType, at)
}

// digested opens a DigestedData: a checksum, which anybody can make.
func (x *opening) digested(l *Layer, d *cms.Digested, at place) error {
	l.Kind = KindDigested
	if d.Detached {
		l.grave(finding.New(finding.LayerNoContent))
		return x.malformed(l, d.Finish())
	}
	held, err := x.fill(func(w io.Writer) error {
		if _, err := io.Copy(w, d.Content()); err != nil {
			return err
		}
		return d.Finish()
	})
	if err != nil {
		return x.malformed(l, err)
	}
	l.note(finding.LayerNoProof)
	if !d.OK {
		l.note(finding.LayerChecksum)
	}
	l.Covers = &Cover{Source: held.number, Range: held.whole(), Form: FormBytes}
	return x.holds(l, held, d.ContentType, at)
}

// data opens a ContentInfo that holds bare octets.
func (x *opening) data(l *Layer, d *cms.Data, at place) error {
	l.Kind = KindData
	held, err := x.fill(copying(d.Content()))
	if err == nil {
		err = d.Finish()
	}
	if err != nil {
		return x.malformed(l, err)
	}
	return x.holds(l, held, alg.OIDData, at)
}

// authenticated opens an AuthenticatedData: its MAC may come from any of the recipients.
func (x *opening) authenticated(l *Layer, a *cms.Authenticated, in input, at place) error {
	l.Kind = KindAuthenticated
	l.note(finding.LayerNoProof)
	l.Covers = &in.covers
	l.Encryption = nil
	held, err := x.fill(func(w io.Writer) error {
		return a.Verify(x.ctx, w, cms.DecryptOptions{Keys: x.keys, Allow: x.Allow, Audit: x.Audit})
	})
	if err != nil {
		return x.closed(l, err)
	}
	l.Covers = &Cover{Source: held.number, Range: held.whole(), Form: FormBytes}
	return x.holds(l, held, a.ContentType, at)
}

// encrypted opens an EncryptedData. Its key was agreed elsewhere: the keys that both sides hold are tried,
// those that a recipient entry of that kind without a name would fit.
func (x *opening) encrypted(l *Layer, e *cms.Encrypted, in input, at place) error {
	l.Kind = KindEncrypted
	l.Covers = &in.covers
	l.Encryption = &EncryptionReport{Cipher: alg.Name(e.Cipher.OID)}
	keys := x.keys.For(&cms.Recipient{Kind: cms.KEK})
	if len(keys) == 0 {
		return x.closed(l, cms.ErrNoRecipient)
	}
	var held *content
	var err error
	for i, k := range keys {
		if i > 0 { // the reader has been used up
			if e, err = x.encryptedAgain(in); err != nil {
				break
			}
		}
		held, err = x.fill(func(w io.Writer) error { return e.Decrypt(x.ctx, w, k.KEK, x.Allow) })
		if err == nil {
			return x.decrypted(l, held, e.ContentType, at)
		}
	}
	return x.closed(l, err)
}

func (x *opening) encryptedAgain(in input) (*cms.Encrypted, error) {
	c, err := cms.Read(in.open(x), x.b)
	if err != nil {
		return nil, err
	}
	e, ok := c.(*cms.Encrypted)
	if !ok {
		return nil, cms.ErrNotCMS
	}
	return e, nil
}
