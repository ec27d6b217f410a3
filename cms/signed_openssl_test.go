package cms_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// Everything that `openssl cms -sign` can be told to write is good here.
func TestWhatOpenSSLSignsIsGood(t *testing.T) {
	peer.Need(t, "openssl")
	root := testca.Root(t, "Root")
	dir := t.TempDir()
	rsa := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	ec := root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.P256)))
	p384 := root.Issue(testca.Person("carol@example.org").With(testca.Key(testca.P384)))
	rsaCert, rsaKey, _ := rsa.Files(dir, "alice")
	ecCert, ecKey, _ := ec.Files(dir, "bob")
	p384Cert, p384Key, _ := p384.Files(dir, "carol")
	byRSA := []string{"-signer", rsaCert, "-inkey", rsaKey}
	for _, c := range []struct {
		name    string
		argv    []string
		signers int
		size    int
	}{
		{"PSS", append(byRSA, "-keyopt", "rsa_padding_mode:pss"), 1, 100},
		{"PSS, SHA-512", append(byRSA, "-md", "sha512", "-keyopt", "rsa_padding_mode:pss"), 1, 100},
		{"PSS, a salt of 20", append(byRSA, "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:20"), 1, 100},
		{"PSS without attributes", append(byRSA, "-noattr", "-keyopt", "rsa_padding_mode:pss"), 1, 100},
		{"three signers", append(byRSA, "-signer", ecCert, "-inkey", ecKey, "-signer", p384Cert, "-inkey", p384Key, "-md", "sha384"), 3, 100},
		{"another content type", append(byRSA, "-econtent_type", "1.2.840.113549.1.9.16.1.4"), 1, 100},
		{"CAdES", append(byRSA, "-cades"), 1, 100},
		{"SHA3-256", append(byRSA, "-md", "sha3-256"), 1, 100},
		{"no capabilities", append(byRSA, "-nosmimecap"), 1, 100},
		{"no certificates", append(byRSA, "-nocerts"), 1, 100},
		{"a megabyte in segments", append(byRSA, "-stream"), 1, 1 << 20},
		{"a megabyte in one piece", append(byRSA, "-noindef"), 1, 1 << 20},
		{"nothing", byRSA, 1, 0},
	} {
		content := bytes.Repeat([]byte("Proof.\n"), c.size/7+1)[:c.size]
		for _, detached := range []bool{false, true} {
			argv := append([]string{"openssl", "cms", "-sign", "-binary", "-outform", "der"}, c.argv...)
			if !detached {
				argv = append(argv, "-nodetach")
			}
			s, list, err := checkAll(peer.Run(t, content, argv...), content, []*pki.Certificate{rsa.Certificate}, alg.Allow{})
			streamed := slices.Contains(argv, "-stream") // of which OpenSSL writes no detached ones as DER
			if err != nil || s.Detached != (detached && !streamed) || len(list) != c.signers || len(s.Findings) > 0 {
				t.Errorf("%s: %d signers, detached %v, %v", c.name, len(list), detached, err)
				continue
			}
			for i, k := range list {
				if !k.OK() {
					t.Errorf("%s: signer %d: %+v", c.name, i+1, k.Findings)
				}
			}
		}
	}
}

// OpenSSL verifies each form that we write. OpenSSL 3.0 has no EdDSA in CMS: "invalid digest".
func TestOpenSSLVerifiesEveryFormWeWrite(t *testing.T) {
	peer.Need(t, "openssl")
	root := testca.Root(t, "Root")
	dir := t.TempDir()
	root.Files(dir, "root")
	verify := []string{"openssl", "cms", "-verify", "-binary", "-inform", "der", "-CAfile", filepath.Join(dir, "root.pem")}
	rsa := root.Issue(testca.Person("alice@example.org").With(testca.Key(testca.RSA)))
	ec := root.Issue(testca.Person("bob@example.org"))
	large := bytes.Repeat([]byte("0123456789abcdef"), 3<<16)
	certificates := append(rsa.Chain(), ec.Chain()...)
	for name, c := range map[string]struct {
		o       cms.SignedOptions
		content []byte
	}{
		"two signers":                {cms.SignedOptions{Signers: []cms.SignerOptions{signer(rsa), signer(ec)}}, letter},
		"segments":                   {cms.SignedOptions{Size: -1, Signers: []cms.SignerOptions{signer(ec)}}, large},
		"one string, BER around it":  {cms.SignedOptions{Size: int64(len(large)), Signers: []cms.SignerOptions{signer(ec)}}, large},
		"DER in one pass":            {cms.SignedOptions{Size: int64(len(large)), Signers: []cms.SignerOptions{signer(rsa)}}, large},
		"another type":               {cms.SignedOptions{ContentType: alg.OIDTSTInfo, Signers: []cms.SignerOptions{signer(rsa)}}, letter},
		"with a CRL":                 {cms.SignedOptions{CRLs: []*pki.CRL{root.CRL()}, Signers: []cms.SignerOptions{signer(rsa)}}, letter},
		"with an OCSP answer":        {cms.SignedOptions{OCSP: []*pki.OCSPResponse{root.OCSP(rsa, pki.OCSPGood)}, Signers: []cms.SignerOptions{signer(rsa)}}, letter},
		"detached":                   {cms.SignedOptions{Detached: true, Signers: []cms.SignerOptions{signer(rsa), signer(ec)}}, letter},
		"bare, by two":               {cms.SignedOptions{Signers: []cms.SignerOptions{bare(rsa), bare(ec)}}, letter},
		"a size of nothing, unknown": {cms.SignedOptions{Signers: []cms.SignerOptions{signer(ec)}}, nil},
	} {
		c.o.Certificates = certificates
		raw := stream(t, c.o, c.content)
		argv := verify
		if c.o.Detached {
			path := filepath.Join(dir, "content")
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			argv = append(argv[:len(argv):len(argv)], "-content", path)
		}
		if out := peer.Run(t, raw, argv...); !bytes.Equal(out, c.content) {
			t.Errorf("%s: another content came out", name)
		}
		if printed := peer.Run(t, raw, "openssl", "cms", "-cmsout", "-print", "-noout", "-inform", "der"); !bytes.Contains(printed, []byte("signerInfos")) {
			t.Errorf("%s: OpenSSL prints nothing", name)
		}
	}
}

func bare(e *testca.Entity) cms.SignerOptions {
	return cms.SignerOptions{Certificate: e.Certificate, Key: e.Signer(), NoAttributes: true}
}

// Debian's OpenSSL is built without zlib, so it compresses nothing that could be compared.
func TestOpenSSLAndWeReadEachOthersDigests(t *testing.T) {
	peer.Need(t, "openssl")
	for _, size := range []int{0, 1000, 2 << 20} {
		content := bytes.Repeat([]byte("Proof.\n"), size/7+1)[:size]
		d := readDigested(t, peer.Run(t, content, "openssl", "cms", "-digest_create", "-binary", "-nodetach", "-md", "sha256", "-outform", "der"))
		if err := d.Finish(); err != nil || !d.OK {
			t.Errorf("%d octets: %v, %v", size, d.OK, err)
		}
		var out bytes.Buffer
		w, err := cms.NewDigestedWriter(&out, alg.SHA512, "")
		if err != nil {
			t.Fatal(err)
		}
		write(t, w, content)
		if got := peer.Run(t, out.Bytes(), "openssl", "cms", "-digest_verify", "-binary", "-inform", "der"); !bytes.Equal(got, content) {
			t.Errorf("%d octets come back as %d", size, len(got))
		}
	}
}
