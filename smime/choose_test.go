package smime

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

func announcing(e *testca.Entity, list ...der.OID) Recipient {
	r := Recipient{Certificate: e.Certificate, Capabilities: []alg.Identifier{}}
	for _, o := range list {
		r.Capabilities = append(r.Capabilities, alg.Identifier{OID: o})
	}
	return r
}

// STANDARDS 23: what all can read, never below policy, and the choice is explained.
func TestTheCipherIsOneThatEverybodyReads(t *testing.T) {
	s := newStory(t)
	unknown := Recipient{Certificate: s.bob.Certificate}
	prefers128 := announcing(s.alice, alg.OIDAES128GCM, alg.OIDAES256GCM)
	prefers256 := announcing(s.alice, alg.OIDAES256GCM, alg.OIDAES128GCM)
	old := announcing(s.alice, alg.OIDAES256CBC, alg.OIDDESEDE3CBC)
	ancient := announcing(s.alice, alg.OIDDESEDE3CBC)
	chacha := announcing(s.alice, alg.OIDChaCha20Poly1305)
	curves := announcing(s.alice, alg.OIDSHA256)
	for _, c := range []struct {
		name string
		to   []Recipient
		p    CipherPolicy
		want der.OID // empty: none
	}{
		{"nothing is known", []Recipient{unknown}, CipherPolicy{}, alg.OIDAES256GCM},
		{"nothing is known and old clients are about", []Recipient{unknown}, CipherPolicy{AssumeCBC: true}, alg.OIDAES256CBC},
		{"what the only recipient prefers", []Recipient{prefers128}, CipherPolicy{}, alg.OIDAES128GCM},
		{"what both prefer", []Recipient{prefers128, prefers128}, CipherPolicy{}, alg.OIDAES128GCM},
		{"they prefer different ones", []Recipient{prefers128, prefers256}, CipherPolicy{}, alg.OIDAES256GCM},
		{"one is older", []Recipient{unknown, old}, CipherPolicy{}, alg.OIDAES256CBC},
		{"one is older and policy wants integrity", []Recipient{unknown, old}, CipherPolicy{RequireAEAD: true}, ""},
		{"one is ancient", []Recipient{unknown, ancient}, CipherPolicy{}, ""},
		{"nothing in common", []Recipient{chacha, old}, CipherPolicy{}, ""},
		{"policy wants 256 bits", []Recipient{prefers128}, CipherPolicy{MinBits: 256}, alg.OIDAES256GCM},
		{"policy names one", []Recipient{unknown}, CipherPolicy{Cipher: alg.OIDAES128CBC}, alg.OIDAES128CBC},
		{"policy names one that somebody does not read", []Recipient{old}, CipherPolicy{Cipher: alg.OIDAES128GCM}, ""},
		{"policy names one without the integrity that it wants", []Recipient{unknown}, CipherPolicy{Cipher: alg.OIDAES128CBC, RequireAEAD: true}, ""},
		{"policy names one that is not written", []Recipient{unknown}, CipherPolicy{Cipher: alg.OIDDESEDE3CBC}, ""},
		{"capabilities that name no cipher", []Recipient{curves}, CipherPolicy{}, alg.OIDAES256GCM},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Choose(c.to, c.p)
			var none *NoCommonCipherError
			if c.want == "" {
				if !errors.As(err, &none) || none.Error() == "" {
					t.Fatalf("chose %v, %v", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Cipher.OID != c.want || len(got.Why) != len(c.to)+1 || len(got.OAEP) != len(c.to) {
				t.Errorf("chose %s: %q", got.Cipher.Name, got.Why)
			}
		})
	}
}

func TestOAEPIsUsedForThoseWhoAnnounceIt(t *testing.T) {
	s := newStory(t)
	c, err := Choose([]Recipient{announcing(s.alice, alg.OIDAES256GCM, alg.OIDRSAESOAEP), {Certificate: s.bob.Certificate}}, CipherPolicy{})
	if err != nil || !c.OAEP[0] || c.OAEP[1] {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = Choose([]Recipient{{Certificate: s.bob.Certificate}}, CipherPolicy{OAEP: true}); err != nil || !c.OAEP[0] {
		t.Errorf("%+v, %v", c, err)
	}
}

// STANDARDS 19: encryption needs keyEncipherment or keyAgreement, by the kind of the key.
func TestNobodyEncryptsToACertificateForSigning(t *testing.T) {
	s := newStory(t)
	for _, c := range []struct {
		name  string
		key   testca.KeyKind
		usage pki.KeyUsage
		good  bool
	}{
		{"RSA for key encipherment", testca.RSA, pki.KeyEncipherment, true},
		{"RSA for anything", testca.RSA, 0, true},
		{"RSA for signing", testca.RSA, pki.DigitalSignature, false},
		{"RSA for key agreement", testca.RSA, pki.KeyAgreement, false},
		{"P-256 for key agreement", testca.P256, pki.KeyAgreement, true},
		{"P-256 for signing", testca.P256, pki.DigitalSignature, false},
		{"P-256 for key encipherment", testca.P256, pki.KeyEncipherment, false},
		{"X25519", testca.X25519, pki.KeyAgreement, true},
		{"Ed25519", testca.Ed25519, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := s.person("x@example.org", testca.Key(c.key), testca.Usage(c.usage))
			_, err := Choose([]Recipient{{Certificate: e.Certificate}}, CipherPolicy{})
			var usage *KeyUsageError
			if c.good != (err == nil) || !c.good && !errors.As(err, &usage) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBlindRecipientsGetEnvelopesOfTheirOwn(t *testing.T) {
	s := newStory(t)
	carol := s.person("carol@example.org")
	o := EncryptOptions{Recipients: []Recipient{{Certificate: s.bob.Certificate}}, Self: []Recipient{{Certificate: s.alice.Certificate}},
		Blind: []Recipient{{Certificate: carol.Certificate}}}
	if err := Encrypt(context.Background(), io.Discard, parse(t, s.mail), o); err == nil {
		t.Error("a blind recipient was put beside others")
	}
	var mails []*bytes.Buffer
	err := EncryptBlind(context.Background(), parse(t, s.mail), o, func([]Recipient) (io.Writer, error) {
		mails = append(mails, &bytes.Buffer{})
		return mails[len(mails)-1], nil
	})
	if err != nil || len(mails) != 2 {
		t.Fatalf("%d envelopes, %v", len(mails), err)
	}
	for i, want := range []int{2, 1} {
		if got := len(s.open(mails[i].String()).Root.Encryption.Recipients); got != want {
			t.Errorf("envelope %d shows %d recipients; want %d", i, got, want)
		}
	}
}

func TestTheOrderOfRecipientsTellsNothing(t *testing.T) {
	s := newStory(t)
	a, b := Recipient{Certificate: s.alice.Certificate}, Recipient{Certificate: s.bob.Certificate}
	one := inFingerprintOrder([]Recipient{a, b})
	for _, lists := range [][][]Recipient{{{b, a}}, {{a}, {b}}, {{b, b}, {a}}} {
		other := inFingerprintOrder(lists...)
		if len(other) != 2 || other[0].Certificate != one[0].Certificate || other[1].Certificate != one[1].Certificate {
			t.Error("the order differs")
		}
	}
}
