package interop

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// gpgsm is GnuPG's S/MIME program with a home of its own.
type gpgsm struct {
	h    *house
	home string
}

// newGPGSM makes a home with every key, where the root is trusted.
func newGPGSM(h *house) *gpgsm {
	h.t.Helper()
	home, err := os.MkdirTemp("/tmp", "wx") // the agent's socket needs a short path
	if err != nil {
		h.t.Fatal(err)
	}
	g := &gpgsm{h, home}
	h.t.Cleanup(func() {
		exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	print := sha1.Sum(h.root.Certificate.Raw)
	g.file("trustlist.txt", fmt.Sprintf("%X S relax\n", print))
	g.file("gpg-agent.conf", "allow-loopback-pinentry\n")
	g.file("gpgsm.conf", "disable-crl-checks\ndisable-dirmngr\n")
	peer.Run(h.t, h.root.CertificatePEM(), g.argv("--import")...)
	for k := range h.people {
		if k != testca.RSA {
			continue // gpgsm 2.2 reads no other private keys out of PKCS#12
		}
		p12 := h.path(fileName(k) + ".p12")
		peer.Run(h.t, nil, "openssl", "pkcs12", "-export", "-inkey", h.path(fileName(k)+".key"), "-in", h.path(fileName(k)+".pem"),
			"-out", p12, "-passout", "pass:x", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1")
		peer.Run(h.t, []byte("x\n"), g.argv("--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import", p12)...)
	}
	return g
}

func (g *gpgsm) file(name, text string) {
	g.h.t.Helper()
	if err := os.WriteFile(filepath.Join(g.home, name), []byte(text), 0o600); err != nil {
		g.h.t.Fatal(err)
	}
}

// secret runs gpgsm over data with the password of its keys.
func (g *gpgsm) secret(data []byte, args ...string) (out, errOut []byte, err error) {
	args = append([]string{"--pinentry-mode", "loopback", "--passphrase-fd", "0"}, args...)
	return peer.Try(g.h.t, []byte("x\n"), g.argv(append(args, g.h.write("gpgsm.in", data))...)...)
}

func (g *gpgsm) argv(args ...string) []string {
	return append([]string{"gpgsm", "--homedir", g.home, "--batch", "--no-tty", "--yes"}, args...)
}

// user names a person's certificate by its fingerprint.
func user(p *testca.Entity) string {
	print := sha1.Sum(p.Certificate.Raw)
	return fmt.Sprintf("%X", print)
}

// verifies checks a detached signature of ours over bytes.
func (g *gpgsm) verifies(k testca.KeyKind, pss bool) bool {
	p := g.h.people[k]
	signer := smime.Signer(p.Signer(), p.Certificate, testca.Now)
	signer.PSS = pss
	o := cms.SignedOptions{Signers: []cms.SignerOptions{signer}, Certificates: p.Chain(), Detached: true}
	d, err := cms.NewDigests(o)
	if err != nil {
		g.h.t.Fatal(err)
	}
	io.WriteString(d, inner)
	m, err := cms.Sign(o, d)
	if err != nil {
		g.h.t.Fatal(err)
	}
	out, errOut, err := peer.Try(g.h.t, nil, g.argv("--status-fd", "1", "--verify", g.h.write("sig.der", m.Detached()), g.h.write("content", []byte(inner)))...)
	if err != nil {
		g.h.t.Logf("gpgsm --verify %s: %s", fileName(k), errOut)
	}
	return err == nil && bytes.Contains(out, []byte("GOODSIG"))
}

// signs lets gpgsm sign, and us verify.
func (g *gpgsm) signs(k testca.KeyKind) cell {
	out, errOut, err := g.secret([]byte(inner), "--local-user", user(g.h.people[k]), "--sign")
	if err != nil {
		g.h.t.Logf("gpgsm --sign %s: %s", fileName(k), errOut)
		return cannot
	}
	o := g.h.opener()
	o.NoSenderCheck = true
	r, err := o.OpenCMS(g.h.t.Context(), bytes.NewReader(out))
	if err != nil {
		g.h.t.Logf("open gpgsm's: %v", err)
		return broken
	}
	defer r.Close()
	v := policy.Judge(r, policy.Settings{})
	if v.Word != policy.Genuine {
		g.h.t.Logf("gpgsm's signature with %s is %s: %s", fileName(k), v.Word, v.Reason)
	}
	return yes(v.Word == policy.Genuine)
}

// decrypts lets gpgsm decrypt ours.
func (g *gpgsm) decrypts(k testca.KeyKind, cipher string) bool {
	var o smime.EncryptOptions
	for _, c := range contentCiphers {
		if c.name == cipher {
			o.Policy.Cipher = c.oid
		}
	}
	raw := g.h.encrypt([]byte(mail), k, o, 0)
	_, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	sealed, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		g.h.t.Fatal(err)
	}
	out, errOut, err := g.secret(sealed, "--decrypt")
	if err != nil {
		g.h.t.Logf("gpgsm --decrypt: %s", errOut)
	}
	return err == nil && bytes.Contains(out, []byte("nothing is changed"))
}

// encrypts lets gpgsm encrypt, and us decrypt.
func (g *gpgsm) encrypts(k testca.KeyKind, cipher string) bool {
	out, errOut, err := peer.Try(g.h.t, []byte(inner), g.argv("--cipher-algo", cipher, "--recipient", user(g.h.people[k]), "--encrypt")...)
	if err != nil {
		g.h.t.Logf("gpgsm --encrypt: %s", errOut)
		return false
	}
	o := g.h.opener()
	r, err := o.OpenCMS(g.h.t.Context(), bytes.NewReader(out))
	if err != nil {
		g.h.t.Logf("open gpgsm's: %v", err)
		return false
	}
	defer r.Close()
	return r.Opened
}

func gpgsmTable(h *house) *table {
	g := newGPGSM(h)
	tb := &table{title: "gpgsm", columns: []string{"gpgsm reads ours", "we read gpgsm's"}}
	for _, c := range []struct {
		name string
		key  testca.KeyKind
		pss  bool
	}{{"signature, RSA", testca.RSA, false}, {"signature, RSA-PSS", testca.RSA, true}, {"signature, P-256", testca.P256, false}, {"signature, P-384", testca.P384, false}} {
		theirs, note := cannot, "gpgsm 2.2 makes no PSS, and imports no EC keys"
		if c.key == testca.RSA && !c.pss {
			theirs, note = g.signs(c.key), ""
		}
		tb.add(c.name, note, yes(g.verifies(c.key, c.pss)), theirs)
	}
	for _, c := range []struct{ ours, theirs string }{{"aes-128-cbc", "AES"}, {"aes-256-cbc", "AES256"}} {
		tb.add("encryption, RSA, "+c.ours, "", yes(g.decrypts(testca.RSA, c.ours)), yes(g.encrypts(testca.RSA, c.theirs)))
	}
	tb.add("encryption, RSA, aes-256-gcm", "gpgsm 2.2 knows no AuthEnvelopedData", cannot, cannot)
	tb.add("encryption, P-256", "gpgsm 2.2 knows no ECDH", cannot, cannot)
	return tb
}
