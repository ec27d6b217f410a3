package cms_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
)

// signerKinds are keys that take three ways through the check: by digest, by digest, and pure.
var signerKinds = []testca.KeyKind{testca.RSA, testca.P256, testca.Ed25519}

// STANDARDS 11: signatures without signed attributes.
func TestASignatureWithoutAttributes(t *testing.T) {
	root := testca.Root(t, "Root")
	for _, kind := range signerKinds {
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(kind)))
		for _, c := range []struct {
			name   string
			change func(*crafted)
			want   []finding.Code
			verify bool
		}{
			{"over plain data", func(m *crafted) {}, nil, true},
			{"over no data", func(m *crafted) { m.content, m.encap = nil, octets(nil) }, nil, true},
			{"over another type", func(m *crafted) { m.contentType = alg.OIDTSTInfo }, []finding.Code{finding.SignatureNeedsAttributes}, true},
			{"over other data", func(m *crafted) { m.encap = octets([]byte("Forged.")) }, []finding.Code{finding.SignatureWrong}, false},
			{"over data in segments", func(m *crafted) {
				m.encap = indefinite(0x24, octets(letter[:5]), indefinite(0x24, octets(letter[5:])))
			}, nil, true},
			{"over a SET that is no attributes", func(m *crafted) {
				m.content = tlv(0x31, sequence(oid(alg.OIDContentType), tlv(0x31)))
				m.encap = octets(m.content)
			}, nil, true},
		} {
			t.Run(string(kind)+" "+c.name, func(t *testing.T) {
				m := craft(t, alice, letter)
				m.signers[0].attributes = nil
				c.change(m)
				s := openSigned(t, m.bytes(t))
				if s.NeedsContent() != (kind == testca.Ed25519) {
					t.Errorf("needs content: %v", s.NeedsContent())
				}
				if s.NeedsContent() {
					again := m.content
					if c.name == "over other data" {
						again = []byte("Forged.")
					}
					if err := s.Hash(bytes.NewReader(again)); err != nil {
						t.Fatal(err)
					}
				}
				k, err := s.Check(s.Signers[0], nil, alg.Allow{})
				if err != nil {
					t.Fatal(err)
				}
				wantCodes(t, k.Findings, append(c.want, finding.SignatureNoAttributes)...)
				if k.SignatureOK != c.verify || k.DigestOK != c.verify || k.OK() != (len(c.want) == 0) {
					t.Errorf("signature %v, digest %v, good %v", k.SignatureOK, k.DigestOK, k.OK())
				}
			})
		}
	}
}

// STANDARDS 11 (EUF-CMA): the signed attributes of a genuine signature become the content of a forged one.
func TestStrippedAttributesAreDetected(t *testing.T) {
	root := testca.Root(t, "Root")
	for _, kind := range signerKinds {
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(kind)))
		for name, change := range map[string]func(*craftedSigner){
			"the least": func(*craftedSigner) {},
			"many": func(g *craftedSigner) {
				g.set(alg.OIDSigningTime, utc)
				g.set("\x2a\x03\x04", octets(bytes.Repeat([]byte("x"), 300)))
				g.set("\x2a\x03\x05", octets(bytes.Repeat([]byte("y"), 70_000)))
			},
			"not sorted": func(g *craftedSigner) { g.unsorted = true },
		} {
			genuine := craft(t, alice, letter)
			change(genuine.signers[0])
			_, k := genuine.check(t, alg.Allow{})
			if !k.OK() {
				t.Fatalf("%s, %s: the genuine one: %+v", kind, name, k.Findings)
			}
			forged := craft(t, alice, letter)
			forged.content = genuine.signers[0].signedSet()
			forged.encap = octets(forged.content)
			forged.signers[0].attributes, forged.signers[0].signature = nil, genuine.signers[0].signature
			for form, encap := range map[string][]byte{"whole": forged.encap, "detached": nil,
				"in segments": indefinite(0x24, octets(forged.content[:1]), octets(nil), octets(forged.content[1:]))} {
				forged.encap = encap
				_, k = forged.check(t, alg.Allow{})
				if !k.SignatureOK {
					t.Errorf("%s, %s, %s: the forgery is not one", kind, name, form)
				}
				wantCodes(t, k.Findings, finding.SignatureNoAttributes, finding.SignatureStripped)
				if k.OK() {
					t.Errorf("%s, %s, %s: a forgery is good", kind, name, form)
				}
			}
		}
	}
}

// STANDARDS 11: what could be taken for attributes is not signed bare.
func TestWeDoNotSignWhatLooksLikeAttributes(t *testing.T) {
	root := testca.Root(t, "Root")
	for _, kind := range signerKinds {
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(kind)))
		g := craft(t, alice, letter).signers[0]
		o := cms.SignedOptions{Signers: []cms.SignerOptions{{Certificate: alice.Certificate, Key: alice.Signer(), NoAttributes: true}}}
		sign := func(content []byte) error {
			d, err := cms.NewDigests(o)
			if err != nil {
				t.Fatal(err)
			}
			for i := range content { // octet by octet
				d.Write(content[i : i+1])
			}
			_, err = cms.Sign(o, d)
			return err
		}
		if err := sign(g.signedSet()); err == nil || !strings.Contains(err.Error(), "form of signed attributes") {
			t.Errorf("%s: %v", kind, err)
		}
		if err := sign([]byte("1 letter")); err != nil {
			t.Errorf("%s: a letter that begins like a SET: %v", kind, err)
		}
		o.ContentType = alg.OIDTSTInfo
		if err := sign(letter); err == nil {
			t.Errorf("%s: a content of another type was signed bare", kind)
		}
		o.ContentType = ""
		d, err := cms.NewDigests(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range d.Hashes() {
			d.Set(h, h.Sum(letter), int64(len(letter)))
		}
		if _, err := cms.Sign(o, d); err == nil {
			t.Errorf("%s: a content nobody looked at was signed bare", kind)
		}
	}
}

func TestEdwardsWithoutAttributesHoldsAMebibyteAtMost(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org").With(testca.Key(testca.Ed25519)))
	for _, size := range []int{1 << 20, 1<<20 + 1} {
		m := craft(t, alice, make([]byte, size))
		m.signers[0].attributes = nil
		_, k := m.check(t, alg.Allow{})
		if fits := size == 1<<20; k.OK() != fits {
			t.Errorf("%d octets: %+v", size, k.Findings)
		} else if !fits {
			wantCodes(t, k.Findings, finding.SignatureNoAttributes, finding.SignatureTooLong)
		}
		o := cms.SignedOptions{Signers: []cms.SignerOptions{{Certificate: alice.Certificate, Key: alice.Signer(), NoAttributes: true}}}
		d, err := cms.NewDigests(o)
		if err != nil {
			t.Fatal(err)
		}
		d.Write(m.content)
		if _, err := cms.Sign(o, d); (err == nil) != (size == 1<<20) {
			t.Errorf("signing %d octets: %v", size, err)
		}
	}
}

func TestAContentThatWasNotHashedIsNotJudged(t *testing.T) {
	m := craft(t, testca.Root(t, "Root").Issue(testca.Person("alice@example.org")), letter)
	m.encap = nil
	s := openSigned(t, m.bytes(t))
	if _, err := s.Check(s.Signers[0], nil, alg.Allow{}); !errors.Is(err, cms.ErrNotHashed) || !s.NeedsContent() || !s.Detached || s.Content() != nil {
		t.Errorf("%v", err)
	}
}
