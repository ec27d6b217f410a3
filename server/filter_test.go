package server

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/gateway"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/testmta"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/relay"
	"github.com/waxwing-mail/waxwing/smime"
)

// book knows the certificates of one person, and signs for another.
type book struct{ reader, signer *testca.Entity }

func (b book) Find(_ context.Context, address string) ([]smime.Recipient, error) {
	if address != "bob@corp.test" {
		return nil, nil
	}
	return []smime.Recipient{{Certificate: b.reader.Certificate}}, nil
}

func (b book) Of(context.Context, string) (*cms.SignedOptions, error) {
	return &cms.SignedOptions{Certificates: b.signer.Chain(), Signers: []cms.SignerOptions{smime.Signer(b.signer.Signer(), b.signer.Certificate, testca.Now)}}, nil
}

// keyring has the keys of one person.
type keyring struct {
	address string
	of      *testca.Entity
}

func (k keyring) Of(_ context.Context, address string) (cms.Keys, error) {
	if address != k.address {
		return nil, nil
	}
	return cms.KeyList{{Certificate: k.of.Certificate, Private: k.of.Key}}, nil
}

// refusing is a mailbox server that takes recipients and refuses every mail.
type refusing struct{}

func (refusing) Recipient(context.Context, *relay.Envelope, relay.Recipient) relay.Reply {
	return relay.OK("ok")
}

func (refusing) Deliver(_ context.Context, e *relay.Envelope, _ eml.Source) []relay.Reply {
	list := make([]relay.Reply, len(e.Recipients))
	for i := range list {
		list[i] = relay.Reply{Code: 552, Enhanced: "5.2.2", Text: "over quota"}
	}
	return list
}

func listenLMTP(t *testing.T, h relay.Handler, socket string) {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(socket, 0o666)
	s := &relay.Server{Handler: h, LMTP: true, Hostname: "gw.corp.test"}
	go s.Serve(l)
	t.Cleanup(func() { s.Shutdown(context.Background()) })
}

// GATEWAY 23, 25, 30, 41: through a real Postfix and Dovecot.
func TestArrivingMailThroughPostfix(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "waxwing-arriving-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	in, full := filepath.Join(dir, "in.sock"), filepath.Join(dir, "full.sock")
	m := testmta.Start(t, testmta.Options{Inbound: in, Main: []string{"transport_maps = inline:{ { full@corp.test = lmtp:unix:" + full + " } }"}})
	root := testca.Root(t, "Partner Root")
	alice, bob := root.Issue(testca.Person("alice@partner.test")), root.Issue(testca.Person("bob@corp.test"))
	inbound := &gateway.Inbound{ID: "mx.corp.test", Keys: keyring{"bob@corp.test", bob},
		Opener: smime.Opener{Trust: chain.NewAnchors(chain.Anchor{Certificate: root.Certificate}), Revocation: chain.Off}}
	h := &Filter{Next: &relay.Client{Network: "unix", Address: m.ReinjectIn, Security: relay.TLSNone, Forward: true},
		Gateway: inbound}
	t.Cleanup(func() { h.Next.Close() })
	listenLMTP(t, h, in)
	listenLMTP(t, refusing{}, full)

	signed := signMail(t, "Authentication-Results: mx.corp.test; smime=pass\r\nFrom: Alice <alice@partner.test>\r\nTo: bob@corp.test\r\nSubject: hello\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nMARKER-text\r\n", alice)
	secret := encryptMail(t, signed, bob)
	c := &relay.Client{Network: "tcp", Address: m.SMTP, Security: relay.TLSNone}
	t.Cleanup(func() { c.Close() })
	send := func(mail []byte, to ...string) {
		t.Helper()
		e := &relay.Envelope{From: "alice@partner.test"}
		for _, a := range to {
			e.Recipients = append(e.Recipients, relay.Recipient{Address: a})
		}
		for _, r := range c.Send(t.Context(), e, bytes.NewReader(mail)) {
			if !r.Reply.Positive() {
				t.Fatal(r.Reply)
			}
		}
	}
	send(signed, "zoe@corp.test")
	if got := string(m.Wait(t, "zoe@corp.test", 1)[0]); strings.Count(got, "smime=") != 1 || !strings.Contains(got, "smime=pass (ECDSA") || !strings.Contains(got, "Waxwing-Verdict: genuine") {
		t.Errorf("zoe gets %s", got)
	}
	send(bytes.Replace(signed, []byte("MARKER-text"), []byte("MARKER-Text"), 1), "yan@corp.test")
	if got := string(m.Wait(t, "yan@corp.test", 1)[0]); !strings.Contains(got, "smime=fail") || strings.Contains(got, "smime=pass") {
		t.Errorf("yan gets %s", got)
	}
	send(secret, "bob@corp.test", "carol@corp.test")
	m.Wait(t, "bob@corp.test", 1)
	if got := string(m.Fetch(t, "bob@corp.test")[0]); !strings.Contains(got, "MARKER-text") || !strings.Contains(got, "smime=pass") || !strings.Contains(got, "opened=?1") {
		t.Errorf("bob gets %s", got)
	}
	if got := string(m.Wait(t, "carol@corp.test", 1)[0]); strings.Contains(got, "MARKER") || !strings.Contains(got, "smime=neutral") {
		t.Errorf("carol gets %s", got)
	}
	// GATEWAY 41: the mailbox server refuses the opened mail; what goes back to the sender tells nothing of it.
	inbound.Keys = keyring{"full@corp.test", bob}
	send(secret, "full@corp.test")
	bounce := string(m.Wait(t, "alice@partner.test", 1)[0])
	if !strings.Contains(bounce, "over quota") || strings.Contains(bounce, "MARKER") {
		t.Errorf("the bounce is %s", bounce)
	}
	m.Drained(t)
}

// GATEWAY 3, 6, 8: mail that leaves, opened by OpenSSL at the other end.
func TestLeavingMailThroughPostfix(t *testing.T) {
	peer.Need(t, "openssl")
	dir, err := os.MkdirTemp("/tmp", "waxwing-leaving-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	socket := filepath.Join(dir, "out.sock")
	m := testmta.Start(t, testmta.Options{Outbound: socket})
	root := testca.Root(t, "Partner Root")
	alice, bob := root.Issue(testca.Person("alice@partner.test")), root.Issue(testca.Person("bob@corp.test"))
	people := book{bob, alice}
	must := func(_, to string) gateway.Intent {
		if to == "must@corp.test" {
			return gateway.Intent{Encrypt: gateway.Must}
		}
		return gateway.Intent{}
	}
	h := &Filter{Next: &relay.Client{Network: "unix", Address: m.ReinjectOut, Security: relay.TLSNone, Forward: true},
		Gateway: &gateway.Outbound{Identities: people, Directory: people, Intent: must}}
	t.Cleanup(func() { h.Next.Close() })
	listenLMTP(t, h, socket)
	c := &relay.Client{Network: "tcp", Address: m.Submission, Security: relay.TLSNone}
	t.Cleanup(func() { c.Close() })
	e := &relay.Envelope{From: "alice@partner.test"}
	for _, to := range []string{"bob@corp.test", "dave@corp.test", "must@corp.test"} {
		e.Recipients = append(e.Recipients, relay.Recipient{Address: to})
	}
	mail := "From: Alice <alice@partner.test>\r\nTo: bob@corp.test\r\nSubject: hello\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMARKER Grüße\r\n"
	e.Body = "8BITMIME"
	for _, r := range c.Send(t.Context(), e, strings.NewReader(mail)) {
		if !r.Reply.Positive() {
			t.Fatal(r.Reply)
		}
	}
	files := t.TempDir()
	root.Files(files, "root")
	_, key, _ := bob.Files(files, "bob")
	secret := m.Wait(t, "bob@corp.test", 1)[0]
	if bytes.Contains(secret, []byte("MARKER")) {
		t.Errorf("bob's copy went in clear: %s", secret)
	}
	opened := peer.Run(t, secret, "openssl", "cms", "-decrypt", "-inkey", key)
	checked := peer.Run(t, opened, "openssl", "cms", "-verify", "-CAfile", filepath.Join(files, "root.pem"))
	if !bytes.Contains(checked, []byte("TUFSS0VSIEdyw7zDn2UNCg==")) { // "MARKER Grüße", in base64 so that no hop changes it
		t.Errorf("OpenSSL reads %s", checked)
	}
	peer.Run(t, m.Wait(t, "dave@corp.test", 1)[0], "openssl", "cms", "-verify", "-CAfile", filepath.Join(files, "root.pem"))
	bounce := string(m.Wait(t, "alice@partner.test", 1)[0])
	if !strings.Contains(bounce, "550 5.7.10 encryption is required") || len(m.Mails(t, "must@corp.test")) > 0 {
		t.Errorf("the bounce is %s", bounce)
	}
	m.Drained(t)
}

func parseMail(t *testing.T, raw []byte) *eml.Message {
	t.Helper()
	m, err := eml.Parse(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func signMail(t *testing.T, raw string, by *testca.Entity) []byte {
	t.Helper()
	var out bytes.Buffer
	o := smime.SignOptions{CMS: cms.SignedOptions{Certificates: by.Chain(), Signers: []cms.SignerOptions{smime.Signer(by.Signer(), by.Certificate, testca.Now)}}}
	if err := smime.Sign(t.Context(), &out, parseMail(t, []byte(raw)), o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func encryptMail(t *testing.T, raw []byte, to *testca.Entity) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := smime.Encrypt(t.Context(), &out, parseMail(t, raw), smime.EncryptOptions{Recipients: []smime.Recipient{{Certificate: to.Certificate}}}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
