package cms

import (
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// seal writes the RecipientInfo that gives a content key to a recipient. The key has the length of the cipher's, which decides
// the strength of the key wrap.
func (o *RecipientOptions) seal(cek []byte) ([]byte, *Recipient, error) {
	switch {
	case o.Certificate != nil:
		return o.sealToCertificate(cek)
	case o.KEK != nil:
		return o.sealKEKRI(cek)
	case o.Password != nil:
		return o.sealPWRI(cek)
	}
	return nil, nil, errors.New("a recipient needs a certificate, a key or a password")
}

func (o *RecipientOptions) sealToCertificate(cek []byte) ([]byte, *Recipient, error) {
	c := o.Certificate
	switch c.PublicKey.(type) {
	case nil:
		return nil, nil, fmt.Errorf("the key of %s cannot be used: %w", c.Subject.Display(), c.KeyError)
	case *rsa.PublicKey, *alg.OAEPPublicKey:
		return o.sealKTRI(cek)
	}
	return o.sealKARI(cek)
}

// sealKTRI writes a KeyTransRecipientInfo (RFC 5652 §6.2.1).
func (o *RecipientOptions) sealKTRI(cek []byte) ([]byte, *Recipient, error) {
	h := o.Hash
	if !o.OAEP {
		h = nil
	} else if h == nil {
		h = alg.SHA256
	}
	t, err := alg.TransportFor(o.Certificate.PublicKey, h)
	if err != nil {
		return nil, nil, err
	}
	encrypted, err := t.Encrypt(o.Certificate.PublicKey, cek)
	if err != nil {
		return nil, nil, err
	}
	r := &Recipient{Kind: KeyTransport, ID: IDOf(o.Certificate, o.UseKeyID)}
	if r.ID.ByKeyID() {
		r.Version = 2
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(int64(r.Version))
		b.Raw(r.ID.append(nil))
		t.Identifier().Append(b)
		b.OctetString(encrypted)
	})
	raw, err := b.Bytes()
	return raw, r, err
}

// wrapFor returns the key wrap that was asked for, or the one as strong as the content key.
func (o *RecipientOptions) wrapFor(cek []byte) (*alg.Wrap, error) {
	oid := o.Wrap
	if oid == "" {
		switch {
		case len(cek) <= 16:
			oid = alg.OIDAES128Wrap
		case len(cek) <= 24:
			oid = alg.OIDAES192Wrap
		default:
			oid = alg.OIDAES256Wrap
		}
	}
	return alg.NewWrap(oid)
}

// sealKARI writes a KeyAgreeRecipientInfo with a fresh key of the sender's (RFC 5652 §6.2.2, RFC 5753 §3.1.1).
func (o *RecipientOptions) sealKARI(cek []byte) ([]byte, *Recipient, error) {
	wrap, err := o.wrapFor(cek)
	if err != nil {
		return nil, nil, err
	}
	a, err := alg.NewAgreement(o.Certificate.PublicKey, o.Hash, wrap)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.Certificate.Subject.Display(), err)
	}
	from, kek, err := a.Send(o.Certificate.PublicKey, nil)
	if err != nil {
		return nil, nil, err
	}
	encrypted, err := wrap.Wrap(kek, cek)
	if err != nil {
		return nil, nil, err
	}
	r := &Recipient{Kind: KeyAgreement, Version: 3, ID: IDOf(o.Certificate, o.UseKeyID)}
	var b der.Builder
	b.Implicit(der.Context(1), true, func(b *der.Builder) {
		b.Int(3)
		b.Explicit(0, func(b *der.Builder) {
			b.Implicit(der.Context(1), true, func(b *der.Builder) { // originatorKey
				from.Algorithm.Append(b)
				b.BitString(der.BitString{Bytes: from.PublicKey})
			})
		})
		a.Identifier().Append(b)
		b.Sequence(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) {
				r.ID.buildAgreement(b)
				b.OctetString(encrypted)
			})
		})
	})
	raw, err := b.Bytes()
	return raw, r, err
}

// buildAgreement writes a KeyAgreeRecipientIdentifier.
func (id *ID) buildAgreement(b *der.Builder) {
	if !id.ByKeyID() {
		b.Raw(appendIssuerSerial(nil, der.Sequence, id))
		return
	}
	b.Implicit(der.Context(0), true, func(b *der.Builder) { b.OctetString(id.KeyID) })
}

// sealKEKRI writes a KEKRecipientInfo (RFC 5652 §6.2.3).
func (o *RecipientOptions) sealKEKRI(cek []byte) ([]byte, *Recipient, error) {
	wrap, err := o.wrapFor(o.KEK)
	if err != nil {
		return nil, nil, err
	}
	encrypted, err := wrap.Wrap(o.KEK, cek)
	if err != nil {
		return nil, nil, err
	}
	var b der.Builder
	b.Implicit(der.Context(2), true, func(b *der.Builder) {
		b.Int(4)
		b.Sequence(func(b *der.Builder) { b.OctetString(o.KEKID) })
		wrap.Identifier().Append(b)
		b.OctetString(encrypted)
	})
	raw, err := b.Bytes()
	return raw, &Recipient{Kind: KEK, Version: 4, KeyID: o.KEKID}, err
}

// sealPWRI writes a PasswordRecipientInfo (RFC 5652 §6.2.4) with PBKDF2 and the key wrap of RFC 3211.
func (o *RecipientOptions) sealPWRI(cek []byte) ([]byte, *Recipient, error) {
	kdf, err := alg.NewPBKDF2(o.Hash, o.Iterations)
	if err != nil {
		return nil, nil, err
	}
	cbc := alg.OIDAES256CBC
	if len(cek) <= 16 {
		cbc = alg.OIDAES128CBC
	}
	wrap, err := alg.NewPasswordWrap(cbc)
	if err != nil {
		return nil, nil, err
	}
	kek, err := kdf.Key(o.Password, wrap.KeySize, limit.New(limit.Limits{}))
	if err != nil {
		return nil, nil, err
	}
	encrypted, err := wrap.Wrap(kek, cek)
	if err != nil {
		return nil, nil, err
	}
	var b der.Builder
	b.Implicit(der.Context(3), true, func(b *der.Builder) {
		b.Int(0)
		b.Raw(append([]byte{0xa0}, kdf.Identifier().Bytes()[1:]...)) // [0] IMPLICIT AlgorithmIdentifier
		wrap.Identifier().Append(b)
		b.OctetString(encrypted)
	})
	raw, err := b.Bytes()
	return raw, &Recipient{Kind: Password}, err
}
