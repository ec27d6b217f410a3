package interop

import (
	"bytes"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// opensslVerifies tells whether `openssl cms` accepts a signed mail.
func (h *house) opensslVerifies(raw []byte) bool {
	_, errOut, err := peer.Try(h.t, raw, "openssl", "cms", "-verify", "-CAfile", h.path("root.pem"), "-out", h.path("verified"))
	if err != nil {
		h.t.Logf("openssl cms -verify: %s", errOut)
	}
	return err == nil
}

// opensslSigns returns a mail that `openssl cms` signed; nil when it cannot.
func (h *house) opensslSigns(in []byte, k testca.KeyKind, pss, opaque bool) []byte {
	argv := []string{"openssl", "cms", "-sign", "-in", h.write("plain", in), "-signer", h.path(fileName(k) + ".pem"),
		"-inkey", h.path(fileName(k) + ".key"), "-certfile", h.path("issuing.pem"), "-from", "alice@example.org"}
	if pss {
		argv = append(argv, "-keyopt", "rsa_padding_mode:pss")
	}
	if opaque {
		argv = append(argv, "-nodetach")
	}
	out, errOut, err := peer.Try(h.t, nil, argv...)
	if err != nil {
		h.t.Logf("%v: %s", argv, errOut)
		return nil
	}
	return out
}

func (h *house) opensslDecrypts(raw []byte, k testca.KeyKind) ([]byte, bool) {
	out, errOut, err := peer.Try(h.t, raw, "openssl", "cms", "-decrypt", "-recip", h.path(fileName(k)+".pem"), "-inkey", h.path(fileName(k)+".key"))
	if err != nil {
		h.t.Logf("openssl cms -decrypt: %s", errOut)
	}
	return out, err == nil
}

func (h *house) opensslEncrypts(in []byte, k testca.KeyKind, cipher string, oaep bool, friends int) []byte {
	argv := []string{"openssl", "cms", "-encrypt", "-in", h.write("plain", in), "-" + cipher, "-from", "alice@example.org", "-recip", h.path(fileName(k) + ".pem")}
	if oaep {
		argv = append(argv, "-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256")
	}
	if k == testca.P256 {
		argv = append(argv, "-keyopt", "ecdh_kdf_md:sha256")
	}
	for _, f := range h.friends[:friends] {
		argv = append(argv, "-recip", h.path(f.Certificate.Emails()[0].Address+".pem"))
		argv = append(argv, "-keyopt", "ecdh_kdf_md:sha256")
	}
	return peer.Run(h.t, nil, argv...)
}

// genuine is the cell for a mail that we judge.
func (h *house) genuine(raw []byte) cell {
	if raw == nil {
		return cannot
	}
	if word, why := h.judge(raw); word != policy.Genuine {
		h.t.Logf("judged %s: %s", word, why)
		return broken
	}
	return works
}

func yes(ok bool) cell {
	if ok {
		return works
	}
	return broken
}

func signatures(h *house) *table {
	tb := &table{title: "Signatures: OpenSSL", columns: []string{"OpenSSL verifies ours", "we verify OpenSSL's"}}
	for _, c := range []struct {
		name string
		key  testca.KeyKind
		pss  bool
	}{{"RSA", testca.RSA, false}, {"RSA-PSS", testca.RSA, true}, {"P-256", testca.P256, false}, {"P-384", testca.P384, false}, {"Ed25519", testca.Ed25519, false}} {
		for _, opaque := range []bool{false, true} {
			name := c.name + ", clear"
			if opaque {
				name = c.name + ", opaque"
			}
			ours, theirs := cannot, h.genuine(h.opensslSigns([]byte(inner), c.key, c.pss, opaque))
			if note := ""; c.key == testca.Ed25519 {
				note = "OpenSSL 3.0 knows no EdDSA in CMS"
				if h.opensslVerifies(h.sign([]byte(mail), c.key, c.pss, opaque)) {
					ours, note = works, ""
				}
				tb.add(name, note, ours, theirs)
				continue
			}
			tb.add(name, "", yes(h.opensslVerifies(h.sign([]byte(mail), c.key, c.pss, opaque))), theirs)
		}
	}
	return tb
}

// inner is a MIME entity for a peer to sign or encrypt.
const inner = "Content-Type: text/plain; charset=us-ascii\r\n\r\nHello from the peer.\r\n"

var contentCiphers = []struct {
	name string
	oid  der.OID
	gcm  bool
}{{"aes-128-cbc", alg.OIDAES128CBC, false}, {"aes-256-cbc", alg.OIDAES256CBC, false}, {"aes-128-gcm", alg.OIDAES128GCM, true}, {"aes-256-gcm", alg.OIDAES256GCM, true}}

var transports = []struct {
	name string
	key  testca.KeyKind
	oaep bool
}{{"RSA", testca.RSA, false}, {"RSA-OAEP", testca.RSA, true}, {"ECDH P-256", testca.P256, false}}

func encryption(h *house) *table {
	tb := &table{title: "Encryption: OpenSSL", columns: []string{"OpenSSL decrypts ours", "we decrypt OpenSSL's"}}
	for _, tr := range transports {
		for _, c := range contentCiphers {
			for _, friends := range []int{0, 2} {
				name := tr.name + ", " + c.name + ", 1 recipient"
				if friends > 0 {
					name = tr.name + ", " + c.name + ", 3 recipients"
				}
				o := smime.EncryptOptions{Policy: smime.CipherPolicy{Cipher: c.oid, OAEP: tr.oaep}}
				out, ok := h.opensslDecrypts(h.encrypt([]byte(mail), tr.key, o, friends), tr.key)
				ok = ok && bytes.Contains(out, []byte("nothing is changed"))
				got, opened := h.opened(h.opensslEncrypts([]byte(inner), tr.key, c.name, tr.oaep, friends))
				opened = opened && bytes.Contains(got, []byte("Hello from the peer."))
				tb.add(name, "", yes(ok), yes(opened))
			}
		}
	}
	return tb
}

// nesting signs and encrypts in both orders, with both programs.
func nesting(h *house) *table {
	tb := &table{title: "Nesting: OpenSSL", columns: []string{"OpenSSL opens ours", "we open OpenSSL's"}}
	for _, k := range []testca.KeyKind{testca.RSA, testca.P256} {
		o := smime.EncryptOptions{Policy: smime.CipherPolicy{Cipher: alg.OIDAES256GCM}}
		plain, ok := h.opensslDecrypts(h.encrypt(h.sign([]byte(mail), k, false, false), k, o, 0), k)
		ours := yes(ok && h.opensslVerifies(plain))
		theirs := h.genuine(h.opensslEncrypts(h.opensslSigns([]byte(inner), k, false, false), k, "aes-256-cbc", false, 0))
		tb.add("signed, then encrypted, "+fileName(k), "", ours, theirs)

		triple := h.sign(h.encrypt(h.sign([]byte(mail), k, false, true), k, o, 0), k, false, false)
		ours = broken
		if h.opensslVerifies(triple) {
			inside, ok := h.opensslDecrypts(h.read("verified"), k)
			ours = yes(ok && h.opensslVerifies(inside))
		}
		theirs = h.genuine(h.opensslSigns(h.opensslEncrypts(h.opensslSigns([]byte(inner), k, false, true), k, "aes-256-cbc", false, 0), k, false, false))
		tb.add("signed, encrypted, signed, "+fileName(k), "", ours, theirs)
	}
	return tb
}

func TestPeersAgreeWithUs(t *testing.T) {
	peer.Need(t, "openssl", "gpgsm")
	h := newHouse(t)
	keep(t, signatures(h), encryption(h), nesting(h), gpgsmTable(h))
}
