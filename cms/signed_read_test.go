package cms_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// What is said about the object as a whole, beside its signers.
func TestTheWholeObjectIsJudged(t *testing.T) {
	root := testca.Root(t, "Root")
	alice := root.Issue(testca.Person("alice@example.org"))
	bob := root.Issue(testca.Person("bob@example.org"))
	ocsp := root.OCSP(alice, pki.OCSPGood)
	otherInfo := func(t der.OID, info []byte) []byte { return tlv(0xa1, oid(t), info) }
	for _, c := range []struct {
		name   string
		change func(*crafted)
		want   []finding.Code
	}{
		{"nothing is changed", func(m *crafted) {}, nil},
		{"two signers", func(m *crafted) { m.add(t, bob, alg.SignOptions{Hash: alg.SHA512}) }, nil},
		{"bytes behind the end", func(m *crafted) { m.trailing = []byte{0} }, []finding.Code{finding.CMSTrailing}},
		{"a second object behind the first", func(m *crafted) { m.trailing = craft(t, bob, letter).bytes(t) }, []finding.Code{finding.CMSTrailing}},
		{"STANDARDS 32: version 3 for data", func(m *crafted) { m.version = 3 }, []finding.Code{finding.CMSVersion}},
		{"STANDARDS 32: version 3 for another type", func(m *crafted) { retype(m, alg.OIDTSTInfo) }, nil},
		{"STANDARDS 32: version 1 for another type", func(m *crafted) { retype(m, alg.OIDTSTInfo); m.version = 1 }, []finding.Code{finding.CMSVersion}},
		{"STANDARDS 32: version 3 for a key identifier", func(m *crafted) {
			m.version, m.signers[0].version, m.signers[0].sid = 3, 3, tlv(0x80, alice.Certificate.SubjectKeyID)
		}, nil},
		{"STANDARDS 32: version 3 for an old attribute certificate", func(m *crafted) { m.version, m.certs = 3, append(m.certs, tlv(0xa1)) },
			[]finding.Code{finding.CMSCertificateKind}},
		{"STANDARDS 32: version 4 for an attribute certificate", func(m *crafted) { m.version, m.certs = 4, append(m.certs, tlv(0xa2)) },
			[]finding.Code{finding.CMSCertificateKind}},
		{"STANDARDS 32: version 5 for another certificate", func(m *crafted) { m.version, m.certs = 5, append(m.certs, tlv(0xa3)) },
			[]finding.Code{finding.CMSCertificateKind}},
		{"STANDARDS 32: version 5 for an OCSP answer", func(m *crafted) {
			m.version, m.crls = 5, [][]byte{otherInfo(alg.OIDRevocationOCSP, ocsp.Raw)}
		}, nil},
		{"an extended certificate", func(m *crafted) { m.certs = append(m.certs, tlv(0xa0)) }, []finding.Code{finding.CMSCertificateKind}},
		{"a broken certificate", func(m *crafted) { m.certs = append(m.certs, sequence(octets(nil))) }, []finding.Code{finding.CMSCertificate}},
		{"a CRL", func(m *crafted) { m.crls = [][]byte{root.CRL().Raw} }, nil},
		{"a broken CRL", func(m *crafted) { m.crls = [][]byte{sequence(octets(nil))} }, []finding.Code{finding.CMSRevocation}},
		{"a broken OCSP answer", func(m *crafted) { m.version, m.crls = 5, [][]byte{otherInfo(alg.OIDRevocationOCSP, sequence())} },
			[]finding.Code{finding.CMSRevocation}},
		{"unknown revocation information", func(m *crafted) { m.version, m.crls = 5, [][]byte{otherInfo(alg.OIDRevocationSCVP, sequence())} },
			[]finding.Code{finding.CMSRevocation}},
		{"an attribute certificate in BER", func(m *crafted) { m.version, m.certs = 4, append(m.certs, indefinite(0xa2, octets(nil))) },
			[]finding.Code{finding.CMSCertificateKind}},
		{"STANDARDS 16: no digest is announced", func(m *crafted) { m.digests = nil }, []finding.Code{finding.CMSDigestList}},
		{"STANDARDS 16: another digest is announced", func(m *crafted) { m.digests = [][]byte{identifier(alg.SHA512)} },
			[]finding.Code{finding.CMSDigestList}},
		{"STANDARDS 16: an unknown digest is announced as well", func(m *crafted) { m.digests = append(m.digests, sequence(oid("\x2a\x03"))) }, nil},
		{"STANDARDS 16: many digests are announced before the right one", func(m *crafted) {
			m.digests = [][]byte{identifier(alg.SHA512), identifier(alg.SHA384), identifier(alg.SHA224), identifier(alg.SHA3256), m.digests[0]}
		}, nil},
		{"a content that is no string", func(m *crafted) { m.encap = sequence(letter) }, []finding.Code{finding.CMSForeignContent}},
		{"a content that is no string, in BER", func(m *crafted) {
			m.content = octets([]byte("Proof."))
			m.signers[0].set(alg.OIDMessageDigest, octets(alg.SHA256.Sum(m.content)))
			m.encap = indefinite(0x30, m.content)
		}, []finding.Code{finding.CMSForeignContent}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := craft(t, alice, letter)
			c.change(m)
			s, k := m.check(t, alg.Allow{})
			wantCodes(t, s.Findings, c.want...)
			if !k.OK() {
				t.Errorf("the signature: %+v", k.Findings)
			}
			if len(s.Certificates)+len(s.RawCertificates) != len(m.certs) || len(s.CRLs)+len(s.OCSP)+len(s.RawRevocation) != len(m.crls) {
				t.Errorf("%d certificates, %d others, %d CRLs, %d answers, %d others",
					len(s.Certificates), len(s.RawCertificates), len(s.CRLs), len(s.OCSP), len(s.RawRevocation))
			}
		})
	}
}

// retype makes a content of another type of it.
func retype(m *crafted, contentType der.OID) {
	m.version, m.contentType = 3, contentType
	m.signers[0].set(alg.OIDContentType, oid(contentType))
}

// STANDARDS 14: what has no signers is read, and nothing in it says that something is good.
func TestZeroSignersAreSeenAsSuch(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	for name, encap := range map[string][]byte{"certs-only": nil, "with a content": octets(letter), "with an empty content": octets(nil)} {
		m := craft(t, alice, letter)
		m.signers, m.digests, m.encap = nil, nil, encap
		s := openSigned(t, m.bytes(t))
		if len(s.Signers) != 0 || s.Detached != (encap == nil) || s.NeedsContent() || len(s.Certificates) != 1 {
			t.Errorf("%s: %d signers, detached %v", name, len(s.Signers), s.Detached)
		}
	}
}

// STANDARDS 16: each signer is judged by itself, wherever it stands in the list.
func TestEachOfSeveralSignersIsJudgedByItself(t *testing.T) {
	root := testca.Root(t, "Root")
	people := []*testca.Entity{root.Issue(testca.Person("alice@example.org")),
		root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA))),
		root.Issue(testca.Person("carol@example.org").With(testca.Key(testca.Ed25519)))}
	for broken := range people {
		m := &crafted{version: 1, contentType: alg.OIDData, content: letter, encap: octets(letter)}
		for i, p := range people {
			g := m.add(t, p, alg.SignOptions{})
			if i == broken {
				g.bytes(t, letter)
				g.signature[len(g.signature)-1] ^= 1
			}
		}
		s := openSigned(t, m.bytes(t))
		for i, g := range s.Signers {
			k, err := s.Check(g, nil, alg.Allow{})
			if err != nil || k.OK() == (i == broken) || !k.Certificate.Equal(people[i].Certificate) {
				t.Errorf("signer %d of which %d is broken: %v, %v", i, broken, k.OK(), err)
			}
		}
	}
}

// STANDARDS 27: every form of BER that means the same is read as the same.
func TestEveryFormOfBERIsReadAsTheSame(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	for name, encap := range map[string][]byte{
		"a segment":              tlv(0x24, octets(letter)),
		"segments":               tlv(0x24, octets(letter[:1]), octets(letter[1:9]), octets(letter[9:])),
		"empty segments":         tlv(0x24, octets(nil), octets(letter), octets(nil)),
		"segments in segments":   tlv(0x24, tlv(0x24, octets(letter[:1]), indefinite(0x24, octets(letter[1:9]))), octets(letter[9:])),
		"indefinite":             indefinite(0x24, octets(letter)),
		"octet by octet":         indefinite(0x24, segments(letter)...),
		"a long form of length":  append([]byte{4, 0x88, 0, 0, 0, 0, 0, 0, 0, byte(len(letter))}, letter...),
		"indefinite at 30 depth": nest(octets(letter), 30),
	} {
		m := craft(t, alice, letter)
		m.encap = encap
		for how, raw := range map[string][]byte{"DER around it": m.bytes(t), "BER around it": loosen(t, m)} {
			c, err := cms.Read(iotest.OneByteReader(bytes.NewReader(raw)), limit.New(limit.Limits{}))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, how, err)
			}
			s := c.(*cms.Signed)
			got, err := io.ReadAll(s.Content())
			if err != nil || !bytes.Equal(got, letter) {
				t.Fatalf("%s, %s: %q, %v", name, how, got, err)
			}
			if err := s.Finish(); err != nil {
				t.Fatalf("%s, %s: %v", name, how, err)
			}
			if k, err := s.Check(s.Signers[0], nil, alg.Allow{}); err != nil || !k.OK() {
				t.Errorf("%s, %s: %+v, %v", name, how, k.Findings, err)
			}
		}
	}
}

// segments cuts a string into strings of one octet.
func segments(b []byte) (list [][]byte) {
	for i := range b {
		list = append(list, octets(b[i:i+1]))
	}
	return list
}

// nest puts a string into strings.
func nest(b []byte, depth int) []byte {
	for range depth {
		b = indefinite(0x24, b)
	}
	return b
}

// loosen writes everything around the content and inside the signer with indefinite lengths.
func loosen(t testing.TB, m *crafted) []byte {
	t.Helper()
	m.bytes(t)
	var infos [][]byte
	for _, g := range m.signers {
		attributes := g.signedSet()
		infos = append(infos, indefinite(0x30, []byte{2, 0x81, 1, g.version}, g.sid, g.digest,
			indefinite(0xa0, der1(t, attributes)), g.algorithm, indefinite(0x24, octets(g.signature[:7]), octets(g.signature[7:]))))
	}
	return indefinite(0x30, oid(alg.OIDSignedData), indefinite(0xa0, indefinite(0x30, []byte{2, 1, m.version}, indefinite(0x31, m.digests...),
		indefinite(0x30, oid(m.contentType), indefinite(0xa0, m.encap)), indefinite(0xa0, m.certs...), indefinite(0x31, infos...))))
}

// der1 returns the contents of an element.
func der1(t testing.TB, raw []byte) []byte {
	t.Helper()
	v, err := der.ParseOne(raw)
	if err != nil {
		t.Fatal(err)
	}
	return v.Body
}

func TestWhatIsNoSignedDataIsOneClearError(t *testing.T) {
	alice := testca.Root(t, "Root").Issue(testca.Person("alice@example.org"))
	whole := craft(t, alice, letter).bytes(t)
	read := func(raw []byte, l limit.Limits) error {
		c, err := cms.Read(bytes.NewReader(raw), limit.New(l))
		if err != nil {
			return err
		}
		if s, ok := c.(*cms.Signed); ok {
			return s.Finish()
		}
		return errors.New("it is no SignedData")
	}
	for n := range whole { // truncated everywhere
		err := read(whole[:n], limit.Limits{})
		if err == nil {
			t.Fatalf("%d of %d octets are enough", n, len(whole))
		}
		if n < 19 && !errors.Is(err, cms.ErrNotCMS) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
	for name, raw := range map[string][]byte{
		"nothing": nil, "text": letter, "a certificate": alice.Certificate.Raw, "an unknown type": sequence(oid("\x2a\x03"), tlv(0xa0, sequence())),
		"no content": sequence(oid(alg.OIDSignedData)), "zeros": make([]byte, 100),
	} {
		if err := read(raw, limit.Limits{}); !errors.Is(err, cms.ErrNotCMS) {
			t.Errorf("%s: %v", name, err)
		}
	}
	two := craft(t, alice, letter)
	two.add(t, alice, alg.SignOptions{})
	for name, c := range map[string]struct {
		raw  []byte
		l    limit.Limits
		what limit.What
	}{
		"signers":      {two.bytes(t), limit.Limits{Signers: 1}, limit.Signers},
		"certificates": {two.bytes(t), limit.Limits{Certificates: 1}, limit.Certificates},
		"bytes":        {two.bytes(t), limit.Limits{Bytes: 1000}, limit.Bytes},
		"STANDARDS 27: a promise of 2 GiB for a signer": {promise(), limit.Limits{}, limit.Bytes},
		"STANDARDS 27: a deep nest":                     {bytes.Repeat([]byte{0x30, 0x80}, 1000), limit.Limits{}, ""},
		"STANDARDS 27: a deep string":                   {deep(), limit.Limits{}, limit.Depth},
		"many attributes":                               {manyAttributes(t, alice), limit.Limits{}, limit.Elements},
		"many digests":                                  {manyDigests(t, alice), limit.Limits{}, limit.Elements},
	} {
		err := read(c.raw, c.l)
		var over *limit.Error
		if c.what == "" && err == nil || c.what != "" && (!errors.As(err, &over) || over.What != c.what) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// unended begins a SignedData whose lengths are all indefinite, up to what follows the digest algorithms.
func unended() []byte {
	b := append([]byte{0x30, 0x80}, oid(alg.OIDSignedData)...)
	return append(b, 0xa0, 0x80, 0x30, 0x80, 2, 1, 1, 0x31, 0)
}

// promise returns a message whose signer says that it has 2 GiB.
func promise() []byte {
	return append(append(unended(), sequence(oid(alg.OIDData))...), 0x31, 0x80, 0x30, 0x84, 0x80, 0, 0, 0)
}

// deep returns a message whose content is nested for 8 MiB.
func deep() []byte {
	b := append(append(append(unended(), 0x30, 0x80), oid(alg.OIDData)...), 0xa0, 0x80)
	return append(b, bytes.Repeat([]byte{0x24, 0x80}, 4<<20)...)
}

func manyAttributes(t testing.TB, by *testca.Entity) []byte {
	m := craft(t, by, letter)
	for range 1000 {
		m.signers[0].unsigned = append(m.signers[0].unsigned, attribute("\x2a\x03"))
	}
	openSigned(t, m.bytes(t)) // just as many as may be
	m.signers[0].unsigned = append(m.signers[0].unsigned, attribute("\x2a\x03"))
	return m.bytes(t)
}

func manyDigests(t testing.TB, by *testca.Entity) []byte {
	m := craft(t, by, letter)
	for range 1000 {
		m.digests = append(m.digests, m.digests[0])
	}
	return m.bytes(t)
}
