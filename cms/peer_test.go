package cms_test

import (
	"bytes"
	"crypto"
	"io"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

func signedBy(t *testing.T, e *testca.Entity, content []byte, change func(*cms.SignedOptions)) []byte {
	t.Helper()
	o := cms.SignedOptions{Certificates: e.Chain(), Signers: []cms.SignerOptions{{Certificate: e.Certificate, Key: e.Key.(crypto.Signer), SigningTime: testca.Now}}}
	if change != nil {
		change(&o)
	}
	d, err := cms.NewDigests(o)
	if err != nil {
		t.Fatal(err)
	}
	d.Write(content)
	m, err := cms.Sign(o, d)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := m.Write(&out, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	if int64(out.Len()) != m.Size() {
		t.Errorf("%d octets written, %d announced", out.Len(), m.Size())
	}
	return out.Bytes()
}

// readSigned reads a SignedData whole and checks every signer. content is what a detached one covers.
func readSigned(t *testing.T, raw, content []byte, allow alg.Allow) (*cms.Signed, []cms.Check) {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	s := c.(*cms.Signed)
	var inside []byte
	if !s.Detached {
		if inside, err = io.ReadAll(s.Content()); err != nil {
			t.Fatal(err)
		}
		content = inside
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	if s.NeedsContent() {
		if err := s.Hash(bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	var checks []cms.Check
	for _, g := range s.Signers {
		k, err := s.Check(g, nil, allow)
		if err != nil {
			t.Fatal(err)
		}
		checks = append(checks, k)
	}
	return s, checks
}

func TestOpenSSLVerifiesWhatWeSign(t *testing.T) {
	peer.Need(t, "openssl")
	content := bytes.Repeat([]byte("Proof.\r\n"), 1000)
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.P521} {
		root := testca.Root(t, "Root")
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(k)))
		dir := t.TempDir()
		root.Files(dir, "root")
		for name, change := range map[string]func(*cms.SignedOptions){
			"plain":         nil,
			"by key id":     func(o *cms.SignedOptions) { o.Signers[0].UseKeyID = true },
			"no attributes": func(o *cms.SignedOptions) { o.Signers[0].NoAttributes = true },
			"pss":           func(o *cms.SignedOptions) { o.Signers[0].PSS = k == testca.RSA },
			"two signers":   func(o *cms.SignedOptions) { o.Signers = append(o.Signers, o.Signers[0]) },
			"capabilities": func(o *cms.SignedOptions) {
				o.Signers[0].Capabilities = []alg.Identifier{{OID: alg.OIDAES256GCM}, {OID: alg.OIDAES128CBC}}
				o.Signers[0].EncryptionKey = alice.Certificate
			},
		} {
			raw := signedBy(t, alice, content, change)
			out := peer.Run(t, raw, "openssl", "cms", "-verify", "-binary", "-inform", "der", "-CAfile", filepath.Join(dir, "root.pem"))
			if !bytes.Equal(out, content) {
				t.Errorf("%s, %s: another content came out", k, name)
			}
			s, checks := readSigned(t, raw, nil, alg.Allow{})
			for _, c := range checks {
				if !c.OK() && name != "no attributes" {
					t.Errorf("%s, %s: %+v", k, name, c.Findings)
				}
			}
			if len(s.Findings) > 0 {
				t.Errorf("%s, %s: %+v", k, name, s.Findings)
			}
		}
	}
}

func TestWeVerifyWhatOpenSSLSigns(t *testing.T) {
	peer.Need(t, "openssl")
	content := []byte("Proof.\r\n")
	root := testca.Root(t, "Root")
	dir := t.TempDir()
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384} {
		alice := root.Issue(testca.Person("alice@example.org").With(testca.Key(k)))
		certs, key, _ := alice.Files(dir, "alice")
		for _, extra := range [][]string{{"-nodetach"}, {}, {"-nodetach", "-keyid"}, {"-nodetach", "-noattr"}, {"-nodetach", "-stream"}, {"-nodetach", "-md", "sha512"}} {
			argv := append([]string{"openssl", "cms", "-sign", "-binary", "-outform", "der", "-signer", certs, "-inkey", key}, extra...)
			_, checks := readSigned(t, peer.Run(t, content, argv...), content, alg.Allow{})
			if len(checks) != 1 || !checks[0].SignatureOK || !checks[0].DigestOK {
				t.Errorf("%s %v: %+v", k, extra, checks)
			}
		}
	}
}

func sealTo(t *testing.T, o cms.EnvelopeOptions, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := cms.NewEnvelopedWriter(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unseal(t *testing.T, raw []byte, keys cms.KeyList) ([]byte, error) {
	t.Helper()
	c, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = c.(*cms.Enveloped).Decrypt(t.Context(), &out, cms.DecryptOptions{Keys: keys})
	return out.Bytes(), err
}

func keyOf(e *testca.Entity) cms.Key { return cms.Key{Certificate: e.Certificate, Private: e.Key} }

func TestOpenSSLAndWeDecryptEachOther(t *testing.T) {
	peer.Need(t, "openssl")
	content := bytes.Repeat([]byte("secret "), 999)
	root := testca.Root(t, "Root")
	other := root.Issue(testca.Person("carol@example.org"))
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256, testca.P384, testca.P521} {
		bob := root.Issue(testca.Person("bob@example.org").With(testca.Key(k)))
		dir := t.TempDir()
		certs, key, _ := bob.Files(dir, "bob")
		for cipher, name := range map[string]string{string(alg.OIDAES128CBC): "aes-128-cbc", string(alg.OIDAES256CBC): "aes-256-cbc", string(alg.OIDAES256GCM): "aes-256-gcm", string(alg.OIDAES128GCM): "aes-128-gcm"} {
			for _, oaep := range []bool{false, true} {
				for _, size := range []int64{int64(len(content)), -1} {
					raw := sealTo(t, cms.EnvelopeOptions{Cipher: derOID(cipher), Size: size, Recipients: []cms.RecipientOptions{
						{Certificate: other.Certificate}, {Certificate: bob.Certificate, OAEP: oaep, UseKeyID: oaep}}}, content)
					if out := peer.Run(t, raw, "openssl", "cms", "-decrypt", "-binary", "-inform", "der", "-recip", certs, "-inkey", key); !bytes.Equal(out, content) {
						t.Errorf("%s, %s: another content came out", k, name)
					}
					if out, err := unseal(t, raw, cms.KeyList{keyOf(bob)}); err != nil || !bytes.Equal(out, content) {
						t.Errorf("%s, %s: %v", k, name, err)
					}
					if _, err := unseal(t, raw, cms.KeyList{keyOf(root.Issue(testca.Person("eve@example.org").With(testca.Key(k))))}); err != cms.ErrNoRecipient {
						t.Errorf("a stranger gets %v", err)
					}
				}
			}
			argv := []string{"openssl", "cms", "-encrypt", "-binary", "-outform", "der", "-" + name, "-recip", certs}
			if k == testca.RSA {
				argv = append(argv, "-keyopt", "rsa_padding_mode:oaep")
			}
			if out, err := unseal(t, peer.Run(t, content, argv...), cms.KeyList{keyOf(bob)}); err != nil || !bytes.Equal(out, content) {
				t.Errorf("%s, %s of openssl: %v", k, name, err)
			}
		}
	}
}

func derOID(s string) der.OID { return der.OID(s) }
