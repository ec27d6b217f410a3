package cms_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// signedLimits are limits under which a fuzzer finds what exceeds them.
var signedLimits = limit.Limits{Bytes: 1 << 20, Depth: 32, Elements: 10_000, Signers: 8, Certificates: 50, PublicKey: 20, Expansion: 4 << 20, Ratio: 100}

// account reads an object to its end and tells everything about it.
func account(r io.Reader, candidates []*pki.Certificate) string {
	c, err := cms.Read(r, limit.New(signedLimits))
	if err != nil {
		return err.Error()
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v ", c.Type())
	switch c := c.(type) {
	case *cms.Signed:
		accountSigned(&out, c, candidates)
	case *cms.Compressed:
		if z, err := c.Content(); err == nil {
			n, err := io.Copy(io.Discard, z)
			fmt.Fprint(&out, n, err)
		}
		fmt.Fprint(&out, c.Finish())
	case *cms.Digested:
		fmt.Fprint(&out, c.Finish(), c.OK)
	case *cms.Data:
		fmt.Fprint(&out, c.Finish())
	}
	return out.String()
}

func accountSigned(out io.Writer, s *cms.Signed, candidates []*pki.Certificate) {
	content := []byte("another content")
	if !s.Detached {
		content, _ = io.ReadAll(s.Content())
	}
	err := s.Finish()
	fmt.Fprintf(out, "%x %v %+v ", content, err, s.Findings)
	if err != nil {
		return
	}
	if s.NeedsContent() {
		fmt.Fprint(out, s.Hash(bytes.NewReader(content)))
	}
	for _, g := range s.Signers {
		k, err := s.Check(g, candidates, everything)
		fmt.Fprintf(out, "%s %v %v %v %v %+v %v %s", k.Algorithm, k.Status, k.DigestOK, k.SignatureOK, k.OK(), k.Findings, err, g.ID.String())
		list, err := g.Countersignatures()
		fmt.Fprint(out, len(list), err, len(g.Timestamps()))
		for _, c := range list {
			k, err := g.CheckCountersignature(c, candidates, everything)
			fmt.Fprintf(out, "%v %+v %v", k.OK(), k.Findings, err)
		}
	}
}

// FuzzSigned reads anything as CMS: no panic, within the limits, and twice the same whatever pieces it comes in.
func FuzzSigned(f *testing.F) {
	root := testca.Root(f, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	notary := root.Issue(testca.Person("notary@example.org").With(testca.Key(testca.Ed25519)))
	m := craft(f, alice, letter)
	m.add(f, notary, alg.SignOptions{})
	m.crls = [][]byte{root.CRL().Raw}
	f.Add(loosen(f, m))
	m.signers[0].unsigned = [][]byte{attribute(alg.OIDCountersignature, countersign(f, notary, m.signers[0].signature, func(*craftedSigner) {}))}
	f.Add(m.bytes(f))
	m.encap = nil
	f.Add(m.bytes(f))
	m.encap = sequence(letter)
	m.signers[1].attributes, m.signers[1].signature = nil, nil
	f.Add(m.bytes(f))
	f.Add(stream(f, cms.SignedOptions{Signers: []cms.SignerOptions{signer(alice)}, Certificates: alice.Chain()}, letter))
	f.Add(compressed(alg.OIDZlibCompress, octets(deflate(letter))))
	f.Add(digested(0, identifier(alg.SHA256), alg.OIDData, octets(letter), alg.SHA256.Sum(letter)))
	for _, raw := range corpus() {
		f.Add(raw)
	}
	candidates := []*pki.Certificate{alice.Certificate, notary.Certificate}
	f.Fuzz(func(t *testing.T, raw []byte) {
		first := account(bytes.NewReader(raw), candidates)
		if again := account(&pieces{b: raw}, candidates); again != first {
			t.Errorf("first %s\nthen %s", first, again)
		}
	})
}

// pieces delivers octets in pieces of growing sizes.
type pieces struct {
	b []byte
	n int
}

func (p *pieces) Read(out []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	p.n = p.n%7 + 1
	n := copy(out[:min(len(out), p.n)], p.b)
	p.b = p.b[n:]
	return n, nil
}

// corpus returns a few of OpenSSL's seeds, where they are.
func corpus() (list [][]byte) {
	root := os.Getenv("WAXWING_VECTORS")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "vectors")
	}
	paths, _ := filepath.Glob(filepath.Join(root, "openssl-fuzz-corpora", "cms", "*"))
	for i, path := range paths {
		if raw, err := os.ReadFile(path); err == nil && i%5 == 0 {
			list = append(list, raw)
		}
	}
	return list
}
