package cms_test

import (
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
)

// Which algorithms are named, and whether they belong together (STANDARDS 12, 13).
func TestEachAlgorithmIsJudged(t *testing.T) {
	root := testca.Root(t, "Root")
	rsa := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	ec := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.P256)))
	ed := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.Ed25519)))
	sha1 := func(g *craftedSigner) {
		g.digest, g.algorithm = null(alg.OIDSHA1), null(alg.OIDSHA1WithRSA)
		g.set(alg.OIDMessageDigest, octets(alg.SHA1.Sum(letter)))
		g.signature = signSHA1(t, rsa, g.signedSet())
	}
	for _, c := range []struct {
		name   string
		by     *testca.Entity
		sign   alg.SignOptions
		change func(*craftedSigner)
		allow  alg.Allow
		want   []finding.Code
		verify bool
	}{
		{"rsaEncryption", rsa, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = null(alg.OIDRSA) }, alg.Allow{}, nil, true},
		{"rsaEncryption without NULL", rsa, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = sequence(oid(alg.OIDRSA)) }, alg.Allow{}, nil, true},
		{"ecPublicKey", ec, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = sequence(oid(alg.OIDECPublicKey)) }, alg.Allow{}, nil, true},
		{"digest with NULL", ec, alg.SignOptions{}, func(g *craftedSigner) { g.digest = null(alg.OIDSHA256) }, alg.Allow{}, nil, true},
		{"digest with odd parameters", ec, alg.SignOptions{}, func(g *craftedSigner) { g.digest = sequence(oid(alg.OIDSHA256), octets(nil)) }, alg.Allow{},
			[]finding.Code{finding.SignatureUnsupported}, true},
		{"PSS", rsa, alg.SignOptions{PSS: true}, func(g *craftedSigner) {}, alg.Allow{}, nil, true},
		{"PSS without parameters", rsa, alg.SignOptions{PSS: true}, func(g *craftedSigner) { g.algorithm = sequence(oid(alg.OIDRSASSAPSS)) }, alg.Allow{},
			[]finding.Code{finding.SignatureUnsupported}, false},
		{"PSS with NULL", rsa, alg.SignOptions{PSS: true}, func(g *craftedSigner) { g.algorithm = null(alg.OIDRSASSAPSS) }, alg.Allow{},
			[]finding.Code{finding.SignatureUnsupported}, false},
		{"two digests", rsa, alg.SignOptions{Hash: alg.SHA512}, func(g *craftedSigner) {
			g.digest = identifier(alg.SHA256)
			g.set(alg.OIDMessageDigest, octets(alg.SHA256.Sum(letter)))
		}, alg.Allow{}, []finding.Code{finding.SignatureTwoDigests}, true},
		{"two digests with PSS", rsa, alg.SignOptions{Hash: alg.SHA512, PSS: true}, func(g *craftedSigner) {
			g.digest = identifier(alg.SHA256)
			g.set(alg.OIDMessageDigest, octets(alg.SHA256.Sum(letter)))
		}, alg.Allow{}, []finding.Code{finding.SignatureTwoDigests}, true},
		{"Ed25519", ed, alg.SignOptions{}, func(g *craftedSigner) {}, alg.Allow{}, nil, true},
		{"Ed25519 with NULL", ed, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = null(alg.OIDEd25519) }, alg.Allow{}, nil, true},
		{"Ed25519 with odd parameters", ed, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = sequence(oid(alg.OIDEd25519), octets(nil)) }, alg.Allow{},
			[]finding.Code{finding.SignatureUnsupported}, false},
		{"a signature for another kind of key", ec, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = null(alg.OIDSHA256WithRSA) }, alg.Allow{},
			[]finding.Code{finding.SignatureKey}, false},
		{"an unknown signature", ec, alg.SignOptions{}, func(g *craftedSigner) { g.algorithm = sequence(oid("\x2a\x03")) }, alg.Allow{},
			[]finding.Code{finding.SignatureUnsupported}, false},
		{"an unknown digest", ec, alg.SignOptions{}, func(g *craftedSigner) { g.digest = sequence(oid("\x2a\x03")) }, alg.Allow{},
			[]finding.Code{finding.SignatureUnsupported}, false},
		{"an unknown digest, which is empty", ec, alg.SignOptions{}, func(g *craftedSigner) {
			g.digest = sequence(oid("\x2a\x03"))
			g.set(alg.OIDMessageDigest, octets(nil))
		}, alg.Allow{}, []finding.Code{finding.SignatureUnsupported}, false},
		{"SHA-1", rsa, alg.SignOptions{}, sha1, alg.Allow{}, []finding.Code{finding.SignatureRefused}, false},
		{"SHA-1 allowed", rsa, alg.SignOptions{}, sha1, alg.Allow{SHA1: true}, []finding.Code{finding.SignatureWeak}, true},
		{"SHA-1 of the content only", rsa, alg.SignOptions{}, func(g *craftedSigner) {
			g.digest = null(alg.OIDSHA1)
			g.set(alg.OIDMessageDigest, octets(alg.SHA1.Sum(letter)))
		}, alg.Allow{}, []finding.Code{finding.SignatureRefused}, false},
		{"a changed signature", ec, alg.SignOptions{}, func(g *craftedSigner) {
			g.bytes(t, letter)
			g.signature[len(g.signature)-1] ^= 1
		}, alg.Allow{}, []finding.Code{finding.SignatureWrong}, false},
		{"an empty signature", ec, alg.SignOptions{}, func(g *craftedSigner) { g.signature = []byte{} }, alg.Allow{}, []finding.Code{finding.SignatureWrong}, false},
		{"a changed attribute", ec, alg.SignOptions{}, func(g *craftedSigner) {
			g.bytes(t, letter)
			g.set(alg.OIDSigningTime, utc)
		}, alg.Allow{}, []finding.Code{finding.SignatureWrong}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &crafted{version: 1, contentType: alg.OIDData, content: letter, encap: octets(letter)}
			m.add(t, c.by, c.sign)
			c.change(m.signers[0])
			m.digests = [][]byte{m.signers[0].digest}
			_, k := m.check(t, c.allow)
			wantCodes(t, k.Findings, c.want...)
			if k.SignatureOK != c.verify {
				t.Errorf("the signature verifies: %v", k.SignatureOK)
			}
			good := len(c.want) == 0 || c.want[0] == finding.SignatureWeak
			if k.OK() != good {
				t.Errorf("good: %v", k.OK())
			}
			if k.Digest == nil && k.DigestOK {
				t.Error("an unknown digest is said to be right")
			}
		})
	}
}
