package cms_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

func BenchmarkSign(b *testing.B) {
	alice := testca.Root(b, "Root").Issue(testca.Person("alice@example.org"))
	o := cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain(), Detached: true}
	content := make([]byte, 10_000)
	b.Run("message", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d, _ := cms.NewDigests(o)
			d.Write(content)
			if _, err := cms.Sign(o, d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("key", func(b *testing.B) {
		scheme, _ := alg.SignatureFor(alice.Signer().Public(), alg.SignOptions{})
		for b.Loop() {
			if _, err := scheme.SignMessage(alice.Signer(), content); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	for _, kind := range []testca.KeyKind{testca.P256, testca.RSA} {
		alice := testca.Root(b, "Root").Issue(testca.Person("alice@example.org").With(testca.Key(kind)))
		content := make([]byte, 10_000)
		raw := stream(b, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}, content)
		b.Run(string(kind)+" message", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
				if err != nil {
					b.Fatal(err)
				}
				s := c.(*cms.Signed)
				io.Copy(io.Discard, s.Content())
				s.Finish()
				if k, err := s.Check(s.Signers[0], nil, alg.Allow{}); err != nil || !k.OK() {
					b.Fatal(k.Findings)
				}
			}
		})
		b.Run(string(kind)+" key", func(b *testing.B) {
			scheme, _ := alg.SignatureFor(alice.Signer().Public(), alg.SignOptions{})
			sig, _ := scheme.SignMessage(alice.Signer(), content)
			v, _ := alg.NewVerifier(scheme.Identifier, scheme.Digest, alice.Certificate.PublicKey, alg.Allow{})
			for b.Loop() {
				if v.VerifyMessage(content, sig) != nil {
					b.Fatal("wrong")
				}
			}
		})
	}
	b.Run("content", func(b *testing.B) { // as fast as the hash
		alice := testca.Root(b, "Root").Issue(testca.Person("alice@example.org"))
		content := make([]byte, 64<<20)
		raw := stream(b, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}, content)
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			c, _ := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
			if _, err := io.Copy(io.Discard, c.(*cms.Signed).Content()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hash", func(b *testing.B) {
		content := make([]byte, 64<<20)
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			alg.SHA256.Sum(content)
		}
	})
}
