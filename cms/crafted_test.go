package cms_test

import (
	"bytes"
	"slices"
	"sort"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// tlv encodes one element under a one-octet identifier.
func tlv(identifier byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	h := der.AppendHeader(nil, der.OctetString, false, int64(len(body)))
	h[0] = identifier
	return append(h, body...)
}

func oid(o der.OID) []byte          { return tlv(6, []byte(o)) }
func octets(b []byte) []byte        { return tlv(4, b) }
func sequence(p ...[]byte) []byte   { return tlv(0x30, p...) }
func identifier(h *alg.Hash) []byte { return h.Identifier().Bytes() }

// indefinite encodes one constructed element of indefinite length.
func indefinite(identifier byte, parts ...[]byte) []byte {
	return append(append([]byte{identifier, 0x80}, bytes.Join(parts, nil)...), 0, 0)
}

// attribute encodes an Attribute with its values.
func attribute(t der.OID, values ...[]byte) []byte {
	return sequence(oid(t), tlv(0x31, values...))
}

// crafted is a SignedData in parts, each of which a test may change before it is put together.
type crafted struct {
	version     byte
	digests     [][]byte
	contentType der.OID
	content     []byte // what is signed
	encap       []byte // what stands under [0]; nil: detached
	certs       [][]byte
	crls        [][]byte
	signers     []*craftedSigner
	trailing    []byte
}

// craftedSigner is a SignerInfo in parts.
type craftedSigner struct {
	by         *testca.Entity
	scheme     *alg.SignScheme
	version    byte
	sid        []byte
	digest     []byte
	attributes [][]byte // nil: none
	unsorted   bool     // sign and write the attributes in their order here
	algorithm  []byte
	signature  []byte // nil: made over the attributes
	unsigned   [][]byte
}

// craft returns a right SignedData by somebody.
func craft(t testing.TB, by *testca.Entity, content []byte) *crafted {
	t.Helper()
	c := &crafted{version: 1, contentType: alg.OIDData, content: content, encap: octets(content)}
	c.add(t, by, alg.SignOptions{})
	return c
}

// add makes somebody a signer as well.
func (c *crafted) add(t testing.TB, by *testca.Entity, o alg.SignOptions) *craftedSigner {
	t.Helper()
	scheme, err := alg.SignatureFor(by.Signer().Public(), o)
	if err != nil {
		t.Fatal(err)
	}
	g := &craftedSigner{by: by, scheme: scheme, version: 1, digest: identifier(scheme.Digest), algorithm: scheme.Identifier.Bytes()}
	g.sid = sequence(by.Certificate.RawIssuer, tlv(2, by.Certificate.SerialRaw))
	g.attributes = [][]byte{
		attribute(alg.OIDContentType, oid(c.contentType)),
		attribute(alg.OIDMessageDigest, octets(scheme.Digest.Sum(c.content))),
	}
	c.digests = append(c.digests, g.digest)
	c.certs = append(c.certs, by.Certificate.Raw)
	c.signers = append(c.signers, g)
	return g
}

// set replaces the attribute of a type, or removes it where no values are given, or adds it.
func (g *craftedSigner) set(t der.OID, values ...[]byte) {
	g.attributes = slices.DeleteFunc(g.attributes, func(a []byte) bool { return bytes.Contains(a, oid(t)) })
	if values != nil {
		g.attributes = append(g.attributes, attribute(t, values...))
	}
}

// signedSet returns the SET OF that is signed.
func (g *craftedSigner) signedSet() []byte {
	list := slices.Clone(g.attributes)
	if !g.unsorted {
		sort.Slice(list, func(i, j int) bool { return bytes.Compare(list[i], list[j]) < 0 })
	}
	return tlv(0x31, list...)
}

func (g *craftedSigner) bytes(t testing.TB, content []byte) []byte {
	t.Helper()
	signed := content
	parts := [][]byte{tlv(2, []byte{g.version}), g.sid, g.digest}
	if g.attributes != nil {
		signed = g.signedSet()
		parts = append(parts, append([]byte{0xa0}, signed[1:]...))
	}
	if g.signature == nil {
		var err error
		if g.signature, err = g.scheme.SignMessage(g.by.Signer(), signed); err != nil {
			t.Fatal(err)
		}
	}
	parts = append(parts, g.algorithm, octets(g.signature))
	if g.unsigned != nil {
		parts = append(parts, tlv(0xa1, g.unsigned...))
	}
	return sequence(parts...)
}

// bytes puts it together.
func (c *crafted) bytes(t testing.TB) []byte {
	t.Helper()
	encap := [][]byte{oid(c.contentType)}
	if c.encap != nil {
		encap = append(encap, tlv(0xa0, c.encap))
	}
	parts := [][]byte{tlv(2, []byte{c.version}), tlv(0x31, c.digests...), sequence(encap...)}
	if c.certs != nil {
		parts = append(parts, tlv(0xa0, c.certs...))
	}
	if c.crls != nil {
		parts = append(parts, tlv(0xa1, c.crls...))
	}
	var infos [][]byte
	for _, g := range c.signers {
		infos = append(infos, g.bytes(t, c.content))
	}
	parts = append(parts, tlv(0x31, infos...))
	return append(sequence(oid(alg.OIDSignedData), tlv(0xa0, sequence(parts...))), c.trailing...)
}

// check reads it and checks its first signer.
func (c *crafted) check(t testing.TB, allow alg.Allow, candidates ...*pki.Certificate) (*cms.Signed, cms.Check) {
	t.Helper()
	s := openSigned(t, c.bytes(t))
	if s.NeedsContent() {
		if err := s.Hash(bytes.NewReader(c.content)); err != nil {
			t.Fatal(err)
		}
	}
	k, err := s.Check(s.Signers[0], candidates, allow)
	if err != nil {
		t.Fatal(err)
	}
	return s, k
}

// openSigned reads a SignedData to its end.
func openSigned(t testing.TB, raw []byte) *cms.Signed {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.(*cms.Signed)
	if !ok {
		t.Fatalf("it is a %v", c.Type())
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	return s
}

// codes returns the codes of findings.
func codes(list []finding.Finding) []finding.Code {
	out := []finding.Code{}
	for _, f := range list {
		out = append(out, f.Code)
	}
	return out
}

// wantCodes fails unless the findings are exactly these, in any order.
func wantCodes(t testing.TB, list []finding.Finding, want ...finding.Code) {
	t.Helper()
	got := codes(list)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v: %+v", got, want, list)
	}
}
