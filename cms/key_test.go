package cms_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
)

// decrypterToken is an RSA key that does not show itself.
type decrypterToken struct {
	*rsa.PrivateKey
	gone bool
}

// Decrypt tells by its error that the padding is bad, as PKCS #11 tokens do.
func (k *decrypterToken) Decrypt(r io.Reader, b []byte, o crypto.DecrypterOpts) ([]byte, error) {
	if k.gone {
		return nil, fmt.Errorf("slot 0: %w", alg.ErrKeyUnavailable)
	}
	if _, ok := o.(*rsa.PKCS1v15DecryptOptions); ok {
		o = nil
	}
	return k.PrivateKey.Decrypt(r, b, o)
}

// agreementToken is a key of an elliptic curve that does not show itself.
type agreementToken struct{ ecdh.KeyExchanger }

func agreeingToken(t *testing.T, k crypto.PrivateKey) agreementToken {
	t.Helper()
	e, err := k.(*ecdsa.PrivateKey).ECDH()
	if err != nil {
		t.Fatal(err)
	}
	return agreementToken{e}
}

func TestAKeyOnATokenDecrypts(t *testing.T) {
	root := testca.Root(t, "Root")
	bob := root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
	carol := root.Issue(testca.Person("carol@example.org").With(testca.Key(testca.P384)))
	for _, oaep := range []bool{false, true} {
		raw := sealTo(t, cms.EnvelopeOptions{Cipher: alg.OIDAES256GCM, Recipients: []cms.RecipientOptions{{Certificate: bob.Certificate, OAEP: oaep}, {Certificate: carol.Certificate}}}, nil)
		for name, k := range map[string]cms.Key{
			"RSA": {Certificate: bob.Certificate, Private: &decrypterToken{PrivateKey: bob.Key.(*rsa.PrivateKey)}},
			"EC":  {Certificate: carol.Certificate, Private: agreeingToken(t, carol.Key)},
		} {
			if _, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{k}}); err != nil {
				t.Errorf("%s, OAEP %v: %v", name, oaep, err)
			}
		}
		gone := cms.Key{Certificate: bob.Certificate, Private: &decrypterToken{PrivateKey: bob.Key.(*rsa.PrivateKey), gone: true}}
		if _, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{gone}}); !errors.Is(err, alg.ErrKeyUnavailable) {
			t.Errorf("a token that is gone: %v", err)
		}
		if _, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{gone, keyOf(carol)}}); err != nil {
			t.Errorf("a token that is gone beside a key: %v", err)
		}
	}
}

// STANDARDS 17: certificates that share an identifier, or a key, are all tried.
func TestAllKeysThatAnEntryNamesAreTried(t *testing.T) {
	root, imitation := testca.Root(t, "Root"), testca.Root(t, "Root")
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256} {
		spec := testca.Person("bob@example.org").With(testca.Key(k))
		bob := root.Issue(spec)
		renewed := root.Renew(bob, spec)
		other := imitation.Issue(testca.Person("other@example.org").With(testca.Key(k)))
		wrong := cms.Key{Certificate: bob.Certificate, Private: other.Key}
		for _, o := range []cms.RecipientOptions{{Certificate: bob.Certificate}, {Certificate: bob.Certificate, OAEP: true}, {Certificate: bob.Certificate, UseKeyID: true}} {
			raw := sealTo(t, cms.EnvelopeOptions{Cipher: alg.OIDAES256GCM, Recipients: []cms.RecipientOptions{o}}, nil)
			for name, keys := range map[string]cms.KeyList{"wrong first": {wrong, keyOf(bob)}, "wrong last": {keyOf(bob), wrong}, "renewed": {keyOf(renewed), wrong, keyOf(bob)}} {
				if _, _, err := open(raw, cms.DecryptOptions{Keys: keys}); err != nil {
					t.Errorf("%s, %s: %v", k, name, err)
				}
			}
			_, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{keyOf(renewed)}})
			if want := map[bool]error{true: nil, false: cms.ErrNoRecipient}[o.UseKeyID]; err != want {
				t.Errorf("%s: the renewed certificate alone: %v, want %v", k, err, want)
			}
		}
	}
}

// RFC 5753 §3.1.1: one key of the sender's for several recipients.
func TestOneKeyAgreementForSeveralRecipients(t *testing.T) {
	root := testca.Root(t, "Root")
	ephemeral := root.Issue(testca.Person("alice@example.org"))
	people := []*testca.Entity{root.Issue(testca.Person("bob@example.org")), root.Issue(testca.Person("carol@example.org")), root.Issue(testca.Person("dave@example.org"))}
	wrap, err := alg.NewWrap(alg.OIDAES128Wrap)
	if err != nil {
		t.Fatal(err)
	}
	a, err := alg.NewAgreement(people[0].Certificate.PublicKey, nil, wrap)
	if err != nil {
		t.Fatal(err)
	}
	keys := build(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, e := range people {
				kek, err := a.Receive(ephemeral.Key, alg.OriginatorKey{Algorithm: e.Certificate.KeyInfo.Algorithm, PublicKey: e.Certificate.KeyInfo.Raw}, nil)
				if err != nil {
					t.Fatal(err)
				}
				wrapped, err := wrap.Wrap(kek, cek16)
				if err != nil {
					t.Fatal(err)
				}
				b.Sequence(func(b *der.Builder) {
					b.Implicit(der.Context(0), true, func(b *der.Builder) { // RecipientKeyIdentifier
						b.OctetString(e.Certificate.SubjectKeyID)
						b.GeneralizedTime(testca.Now)
					})
					b.OctetString(wrapped)
				})
			}
		})
	})
	info := build(func(b *der.Builder) {
		b.Implicit(der.Context(1), true, func(b *der.Builder) {
			b.Int(3)
			b.Explicit(0, func(b *der.Builder) {
				b.Implicit(der.Context(1), true, func(b *der.Builder) {
					b.Raw(alg.Identifier{OID: alg.OIDECPublicKey}.Bytes())
					b.BitString(der.BitString{Bytes: ephemeral.Certificate.KeyInfo.Raw})
				})
			})
			a.Identifier().Append(b)
			b.Raw(keys)
		})
	})
	m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{info}}
	m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
	for _, who := range people {
		e, out, err := open(m.bytes(), cms.DecryptOptions{Keys: cms.KeyList{keyOf(who)}})
		if err != nil || string(out) != "text" || len(e.Recipients) != 3 || !e.Recipients[1].ID.Date.Equal(testca.Now) {
			t.Errorf("%q, %v", out, err)
		}
	}
}
