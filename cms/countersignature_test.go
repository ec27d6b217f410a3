package cms_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// countersign returns a countersignature of a signature (RFC 5652 §11.4): a SignerInfo of it, without a content type.
func countersign(t testing.TB, by *testca.Entity, signature []byte, change func(*craftedSigner)) []byte {
	t.Helper()
	m := &crafted{content: signature}
	g := m.add(t, by, alg.SignOptions{})
	g.set(alg.OIDContentType)
	change(g)
	return g.bytes(t, signature)
}

func TestCountersignaturesAreJudged(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	for _, kind := range signerKinds {
		notary := root.Issue(testca.Person("notary@example.org").With(testca.Key(kind)))
		for _, c := range []struct {
			name   string
			change func(*craftedSigner)
			want   []finding.Code
			verify bool
		}{
			{"right", func(*craftedSigner) {}, nil, true},
			{"with a time", func(g *craftedSigner) { g.set(alg.OIDSigningTime, utc) }, nil, true},
			{"without attributes", func(g *craftedSigner) { g.attributes = nil }, nil, true},
			{"with a content type", func(g *craftedSigner) { g.set(alg.OIDContentType, oid(alg.OIDData)) },
				[]finding.Code{finding.SignatureContentType}, true},
			{"without a digest", func(g *craftedSigner) {
				g.set(alg.OIDMessageDigest)
				g.set(alg.OIDSigningTime, utc)
			}, []finding.Code{finding.SignatureMessageDigest}, true},
			{"of another signature", func(g *craftedSigner) { g.set(alg.OIDMessageDigest, octets(g.scheme.Digest.Sum(letter))) },
				[]finding.Code{finding.SignatureDigest}, true},
			{"changed", func(g *craftedSigner) { g.signature = make([]byte, 70) }, []finding.Code{finding.SignatureWrong}, false},
		} {
			t.Run(string(kind)+" "+c.name, func(t *testing.T) {
				m := craft(t, alice, letter)
				m.bytes(t)
				g := m.signers[0]
				g.unsigned = [][]byte{attribute(alg.OIDCountersignature, countersign(t, notary, g.signature, c.change))}
				s, k := m.check(t, alg.Allow{})
				if !k.OK() || len(k.Findings) > 0 {
					t.Errorf("the signature itself: %+v", k.Findings)
				}
				list, err := s.Signers[0].Countersignatures()
				if err != nil || len(list) != 1 {
					t.Fatal(len(list), err)
				}
				k, err = s.Signers[0].CheckCountersignature(list[0], []*pki.Certificate{alice.Certificate, notary.Certificate}, alg.Allow{})
				if err != nil {
					t.Fatal(err)
				}
				wantCodes(t, k.Findings, c.want...)
				if k.SignatureOK != c.verify || k.OK() != (c.want == nil) || !k.Certificate.Equal(notary.Certificate) {
					t.Errorf("signature %v, good %v, by %v", k.SignatureOK, k.OK(), k.Certificate.Subject)
				}
			})
		}
	}
}

func TestCountersignaturesAreCountersignedAndCounted(t *testing.T) {
	root := testca.Root(t, "Root")
	alice, notary := root.Issue(testca.Person("alice@example.org")), root.Issue(testca.Person("notary@example.org"))
	m := craft(t, alice, letter)
	m.bytes(t)
	g := m.signers[0]
	inner := countersign(t, notary, g.signature, func(c *craftedSigner) {
		c.bytes(t, g.signature)
		c.unsigned = [][]byte{attribute(alg.OIDCountersignature, countersign(t, alice, c.signature, func(*craftedSigner) {}))}
	})
	g.unsigned = [][]byte{attribute(alg.OIDCountersignature, inner, inner), attribute(alg.OIDCountersignature, inner)}
	s := openSigned(t, m.bytes(t))
	list, err := s.Signers[0].Countersignatures()
	if err != nil || len(list) != 3 {
		t.Fatal(len(list), err)
	}
	again, err := list[0].Countersignatures()
	if err != nil || len(again) != 1 {
		t.Fatal(len(again), err)
	}
	if k, err := list[0].CheckCountersignature(again[0], []*pki.Certificate{alice.Certificate}, alg.Allow{}); err != nil || !k.OK() {
		t.Errorf("%+v, %v", k.Findings, err)
	}

	c, err := cms.Read(bytes.NewReader(m.bytes(t)), limit.New(limit.Limits{Signers: 3}))
	if err != nil {
		t.Fatal(err)
	}
	s = c.(*cms.Signed)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	var over *limit.Error
	if _, err := s.Signers[0].Countersignatures(); !errors.As(err, &over) || over.What != limit.Signers {
		t.Errorf("four signers where three may be: %v", err)
	}

	g.unsigned = [][]byte{attribute(alg.OIDCountersignature, sequence())}
	if _, err := openSigned(t, m.bytes(t)).Signers[0].Countersignatures(); err == nil {
		t.Error("an empty countersignature is one")
	}
}
