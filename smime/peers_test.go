package smime

import (
	"crypto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
)

// signingKey is a key out of a file.
type signingKey = crypto.Signer

// openssl is the peer with the people's files.
type openssl struct {
	*story
	dir string
}

func newOpenSSL(t *testing.T) *openssl {
	t.Helper()
	peer.Need(t, "openssl")
	p := &openssl{newStory(t), t.TempDir()}
	p.write("root.pem", string(p.root.CertificatePEM()))
	p.alice.Files(p.dir, "alice")
	p.bob.Files(p.dir, "bob")
	p.write("ca.pem", string(p.ca.CertificatePEM()))
	return p
}

func (p *openssl) write(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *openssl) run(in string, args ...string) string {
	p.t.Helper()
	for i, a := range args {
		args[i] = strings.ReplaceAll(a, "@", p.dir+"/")
	}
	return string(peer.Run(p.t, []byte(in), append([]string{"openssl"}, args...)...))
}

func TestOpenSSLReadsWhatIsWritten(t *testing.T) {
	p := newOpenSSL(t)
	const text = "Shall we meet at noon?"
	for name, mail := range map[string]string{"clear": p.clear(p.mail, p.alice), "opaque": p.opaque(p.mail, p.alice)} {
		for _, m := range []string{mail, lf(mail)} {
			for _, verb := range []string{"cms", "smime"} {
				if got := p.run(m, verb, "-verify", "-CAfile", "@root.pem"); !strings.Contains(got, text) {
					t.Errorf("%s, openssl %s: %q", name, verb, got)
				}
			}
		}
	}
	for _, c := range []CipherPolicy{cbc, gcm} {
		mail := p.encrypt(p.clear(p.mail, p.alice), c, p.alice, p.bob)
		inner := p.run(mail, "cms", "-decrypt", "-recip", "@bob.pem", "-inkey", "@bob.key")
		if got := p.run(inner, "cms", "-verify", "-CAfile", "@root.pem"); !strings.Contains(got, text) {
			t.Errorf("%s: %q", c.Cipher, got)
		}
	}
	twice := p.clear(p.encrypt(p.mail, cbc, p.bob), p.alice)
	inner := p.run(twice, "cms", "-verify", "-CAfile", "@root.pem")
	if got := p.run(inner, "cms", "-decrypt", "-recip", "@bob.pem", "-inkey", "@bob.key"); !strings.Contains(got, text) {
		t.Errorf("%q", got)
	}
}

func TestWhatOpenSSLWritesIsRead(t *testing.T) {
	p := newOpenSSL(t)
	o := p.opener()
	o.Now = time.Now()
	text := p.write("text", "Content-Type: text/plain\r\n\r\nShall we meet at noon?\r\n")
	head := []string{"-from", "alice at example.org", "-subject", "Lunch"}
	mine := []string{"-signer", "@alice.pem", "-inkey", "@alice.key", "-certfile", "@ca.pem"}
	for i := range head {
		head[i] = strings.ReplaceAll(head[i], " at ", "\x40")
	}
	run := func(in string, args ...string) string {
		for i, a := range args {
			if strings.HasPrefix(a, "@") {
				args[i] = p.dir + "/" + a[1:]
			}
		}
		return string(peer.Run(t, []byte(in), append([]string{"openssl"}, args...)...))
	}
	with := func(verb string, lists ...[]string) []string {
		args := []string{verb}
		for _, l := range lists {
			args = append(args, l...)
		}
		return args
	}
	for _, verb := range []string{"cms", "smime"} {
		for name, extra := range map[string][]string{"clear": nil, "opaque": {"-nodetach"}, "streamed": {"-nodetach", "-stream"}} {
			signed := run("", with(verb, []string{"-sign", "-in", text}, mine, head, extra)...)
			r := p.openAs(o, signed)
			if len(r.Signers) != 1 {
				t.Fatalf("%s %s: %v", verb, name, codes(r.Findings))
			}
			wantGood(t, r)
			inner := run("", with(verb, []string{"-sign", "-in", text}, mine, extra)...)
			sealed := run(inner, with("cms", []string{"-encrypt", "-aes128"}, head, []string{"@bob.pem"})...)
			if r := p.openAs(o, sealed); !r.Opened {
				t.Errorf("%s %s: %v", verb, name, codes(r.Findings))
			} else {
				wantGood(t, r)
			}
		}
	}
	sealed := run("", with("cms", []string{"-encrypt", "-in", text, "-aes-256-gcm"}, head, []string{"@bob.pem"})...)
	if r := p.openAs(o, sealed); !r.Opened || r.Root.Kind != KindAuthEnveloped {
		t.Errorf("%v", codes(r.Findings))
	}
	bare := p.openCMS(o, []byte(run("", with("cms", []string{"-sign", "-in", text, "-outform", "PEM", "-nodetach"}, mine)...)))
	if len(bare.Signers) != 1 || !bare.Signers[0].OK() {
		t.Errorf("%v", codes(bare.Findings))
	}
	o.Content = strings.NewReader(string(readFile(t, text)))
	for _, extra := range [][]string{nil, {"-binary"}, {"-nosmimecap"}, {"-keyid"}} {
		bare = p.openCMS(o, []byte(run("", with("cms", []string{"-sign", "-in", text, "-outform", "DER"}, mine, extra)...)))
		if len(bare.Signers) != 1 || !bare.Signers[0].OK() {
			t.Errorf("%v: %v", extra, codes(bare.Findings))
		}
	}
	if r := p.openCMS(o, []byte(run("", "cms", "-digest_create", "-in", text, "-outform", "DER"))); r.Root.Kind != KindDigested {
		t.Errorf("%s: %v", r.Root.Kind, codes(r.Findings))
	}
	key := "00112233445566778899aabbccddeeff"
	o.Keys = cms.KeyList{{KEK: []byte("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff")}}
	r := p.openCMS(o, []byte(run("", "cms", "-EncryptedData_encrypt", "-in", text, "-aes128", "-secretkey", key, "-outform", "DER")))
	if r.Root.Kind != KindEncrypted || !r.Opened {
		t.Errorf("%s, opened %v: %v", r.Root.Kind, r.Opened, r.Findings)
	}
}

func TestGpgsmReadsWhatIsSigned(t *testing.T) {
	peer.Need(t, "gpgsm", "gpgconf")
	s := newStory(t)
	home := t.TempDir()
	t.Setenv("GNUPGHOME", home)
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	rsa := s.person("rsa@example.org", testca.Key(testca.RSA))
	o := signing(rsa).CMS
	o.Detached = true
	conf := "disable-crl-checks\nno-common-certs-import\n"
	if err := os.WriteFile(filepath.Join(home, "gpgsm.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	defer peer.Try(t, nil, "gpgconf", "--kill", "all")
	sig, text := filepath.Join(home, "sig"), filepath.Join(home, "text")
	for path, b := range map[string]string{sig: string(signedData(t, lunch, o)), text: lunch} {
		if err := os.WriteFile(path, []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, errOut, _ := peer.Try(t, nil, "gpgsm", "--batch", "--verify", sig, text)
	if !strings.Contains(string(errOut), "Signature made") || strings.Contains(string(errOut), "BAD signature") || strings.Contains(string(errOut), "invalid signature") {
		t.Errorf("gpgsm: %s", errOut)
	}
}
