package smime

import (
	"encoding/hex"
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
)

// askedKeys asks for the keys of each recipient entry once: the answer may come from far.
type askedKeys struct {
	keys  cms.Keys
	known map[*cms.Recipient][]cms.Key
}

// For implements cms.Keys.
func (k *askedKeys) For(r *cms.Recipient) []cms.Key {
	if k.keys == nil {
		return nil
	}
	if list, known := k.known[r]; known {
		return list
	}
	if k.known == nil {
		k.known = map[*cms.Recipient][]cms.Key{}
	}
	k.known[r] = k.keys.For(r)
	return k.known[r]
}

// enveloped opens an EnvelopedData or an AuthEnvelopedData.
func (x *opening) enveloped(l *Layer, e *cms.Enveloped, in input, at place) error {
	l.Kind = KindEnveloped
	if e.Authenticated {
		l.Kind = KindAuthEnveloped
	}
	l.Covers = &Cover{Source: in.covers.Source, Range: in.covers.Range, Form: FormBytes}
	l.Encryption = &EncryptionReport{Cipher: alg.Name(e.Cipher.OID), Integrity: e.Authenticated}
	l.Encryption.list(e.Recipients, x.keys)
	o := cms.DecryptOptions{Keys: x.keys, Allow: x.Allow, Audit: x.Audit}
	held, err := x.fill(func(w io.Writer) error {
		var err error
		if o.Ahead, err = x.ahead(e, in); err != nil {
			return err
		}
		return e.Decrypt(x.ctx, w, o)
	})
	l.take(e.Findings)
	if err != nil {
		return x.closed(l, err)
	}
	return x.decrypted(l, held, e.ContentType, at)
}

// decrypted goes on with what came out of an encrypted layer. It is a source of its own, never joined with what
// stands around it (RFC 8551 §6).
func (x *opening) decrypted(l *Layer, held *content, contentType der.OID, at place) error {
	l.Encryption.Opened = true
	l.Covers = &Cover{Source: held.number, Range: held.whole(), Form: FormBytes}
	if !l.Encryption.Integrity {
		l.because(finding.EncryptionNoIntegrity, "%s", l.Encryption.Cipher)
		at.exposed = true
	}
	return x.holds(l, held, contentType, at)
}

// aheadSize is up to where a cipher holds the ciphertext in memory until the attributes behind it are known.
const aheadSize = 1 << 20

// isGCM names the ciphers whose authenticated attributes may come behind the ciphertext.
func isGCM(cipher der.OID) bool {
	return cipher == alg.OIDAES128GCM || cipher == alg.OIDAES192GCM || cipher == alg.OIDAES256GCM
}

// ahead reads a large message once for what stands behind its ciphertext, where the cipher wants that first.
func (x *opening) ahead(e *cms.Enveloped, in input) (*cms.Enveloped, error) {
	if !e.Authenticated || in.covers.Range.Len() <= aheadSize || isGCM(e.Cipher.OID) {
		return nil, nil
	}
	c, err := cms.Read(in.open(x), x.b)
	if err != nil {
		return nil, err
	}
	ahead, ok := c.(*cms.Enveloped)
	if !ok {
		return nil, errors.New("the message changed while it was read")
	}
	return ahead, ahead.Skip()
}

// closed states why an encrypted layer stays closed, unless the error is about us.
func (x *opening) closed(l *Layer, err error) error {
	if stop := x.stops(err); stop != nil {
		return stop
	}
	var old *alg.NotAllowedError
	var unsupported *alg.UnsupportedError
	var params *alg.ParamsError
	switch {
	case errors.Is(err, cms.ErrNoRecipient):
		l.grave(finding.New(finding.EncryptionNoKey))
	case errors.Is(err, cms.ErrDecrypt):
		l.grave(finding.New(finding.EncryptionFailed))
	case errors.Is(err, cms.ErrWrongContainer):
		l.grave(finding.New(finding.EncryptionRefused).Because("%v", err))
	case errors.As(err, &old), errors.As(err, &unsupported), errors.As(err, &params):
		l.grave(finding.New(finding.EncryptionRefused).Because("%v", err))
	default:
		return x.malformed(l, err)
	}
	return nil
}

// list describes the recipient entries.
func (e *EncryptionReport) list(recipients []*cms.Recipient, keys cms.Keys) {
	for _, r := range recipients {
		e.Recipients = append(e.Recipients, RecipientReport{Kind: string(r.Kind), ID: recipientName(r),
			Algorithm: alg.Name(r.KeyEncryption.OID), KeyHeld: len(keys.For(r)) > 0})
	}
}

// recipientName names the key of a recipient entry for people.
func recipientName(r *cms.Recipient) string {
	switch r.Kind {
	case cms.KEK:
		return "shared key " + hex.EncodeToString(r.KeyID)
	case cms.Password:
		return "password"
	case cms.Other:
		if r.KEM == nil {
			return "unknown kind " + r.OtherType.String()
		}
	}
	return r.ID.String()
}
