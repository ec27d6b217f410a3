package relay

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// oneUser is alice, whose password is "secret".
type oneUser struct{ secret Secret }

func (o oneUser) Password(_ context.Context, user, password string) error {
	if user != "alice" || password != "secret" {
		return errors.New("no")
	}
	return nil
}

func (o oneUser) Secret(_ context.Context, user string) (Secret, error) {
	if user != "alice" {
		return Secret{}, errors.New("no")
	}
	return o.secret, nil
}

func accounts(t testing.TB) Accounts {
	s, err := NewSecret("secret", 4096)
	if err != nil {
		t.Fatal(err)
	}
	return oneUser{s}
}

// identity returns a certificate for localhost, and the pool that trusts it.
func identity(t testing.TB) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// RFC 7677 §3
func TestSCRAMOfTheRFC(t *testing.T) {
	salt, err := base64.StdEncoding.DecodeString("W22ZaJ0SNY7soEsUEjb6gQ==")
	if err != nil {
		t.Fatal(err)
	}
	s, err := deriveSecret("pencil", salt, 4096)
	if err != nil {
		t.Fatal(err)
	}
	x, err := newExchange("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
	if err != nil || x.user != "user" {
		t.Fatal(err)
	}
	const first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
	if got := x.challenge(s); got != first {
		t.Errorf("challenge %s", got)
	}
	const final = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
	if got, err := x.check(final, s); err != nil || got != "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" {
		t.Errorf("server's proof %s %v", got, err)
	}
	got, server, err := answerSCRAM("pencil", "rOprNGfwEbeRWgbNEkqO", "n=user,r=rOprNGfwEbeRWgbNEkqO", first)
	if err != nil || got != final || "v="+base64.StdEncoding.EncodeToString(server) != "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" {
		t.Errorf("client's proof %s %v", got, err)
	}
	for _, bad := range []string{"", "c=biws,r=x,p=AAAA", strings.Replace(final, "biws", "eSws", 1), strings.Replace(final, "dHzb", "dHzc", 1)} {
		if _, err := x.check(bad, s); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestClientLogsInByEachMechanismOverTLS(t *testing.T) {
	cert, pool := identity(t)
	b := &box{}
	s := &Server{Handler: b, Hostname: "localhost", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Accounts: accounts(t)}
	addr := serve(t, s, "tcp")
	send := func(c *Client) string {
		c.Network, c.Address = "tcp", addr
		defer c.Close()
		return texts(c.Send(t.Context(), envelope("b@y.test"), source(message("A: b"))))
	}
	roots := &tls.Config{RootCAs: pool}
	for _, m := range []string{"PLAIN", "LOGIN", "SCRAM-SHA-256", ""} {
		if got := send(&Client{Security: TLSVerify, TLS: roots, Login: &Login{"alice", "secret", m}}); got != "250 2.0.0 taken" {
			t.Errorf("%s: %s", m, got)
		}
		for _, l := range []*Login{{"alice", "wrong", m}, {"bob", "secret", m}} {
			if got := send(&Client{Security: TLSVerify, TLS: roots, Login: l}); !strings.HasPrefix(got, "451 4.7.8 ") {
				t.Errorf("%s, %s: %s", m, l.User, got)
			}
		}
	}
	all := b.all()
	for _, m := range all {
		if p := m.env.Peer; p.User != "alice" || p.TLS == nil || p.Protocol != "ESMTPSA" || p.Certified() {
			t.Errorf("peer %+v", p)
		}
	}
	if got := send(&Client{Security: TLSNone, Login: &Login{"alice", "secret", ""}}); !strings.HasPrefix(got, "451 4.7.11 ") {
		t.Errorf("a password went in clear: %s", got)
	}
	if len(all) != 4 {
		t.Errorf("%d mails", len(all))
	}
}

func TestWhatEachSecurityAccepts(t *testing.T) {
	cert, pool := identity(t)
	with := &Server{Handler: &box{}, Admit: loopback(), TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}
	without := &Server{Handler: &box{}, Admit: loopback()}
	broken := &Server{Handler: &box{}, Admit: loopback(), TLS: &tls.Config{}} // no certificate: the handshake fails
	roots := &tls.Config{RootCAs: pool}
	address := map[*Server]string{with: serve(t, with, "tcp"), without: serve(t, without, "tcp"), broken: serve(t, broken, "tcp")}
	for name, c := range map[string]struct {
		s    *Server
		sec  Security
		cfg  *tls.Config
		good bool
	}{
		"none, offered":            {with, TLSNone, nil, true},
		"may, offered":             {with, TLSMay, nil, true},
		"may, not offered":         {without, TLSMay, nil, true},
		"may, handshake fails":     {broken, TLSMay, nil, true},
		"must, offered":            {with, TLSMust, nil, true},
		"must, not offered":        {without, TLSMust, nil, false},
		"must, handshake fails":    {broken, TLSMust, nil, false},
		"verify, known authority":  {with, TLSVerify, roots, true},
		"verify, other authority":  {with, TLSVerify, nil, false},
		"verify, other name":       {with, TLSVerify, &tls.Config{RootCAs: pool, ServerName: "mx.other.test"}, false},
		"verify, no STARTTLS":      {without, TLSVerify, roots, false},
		"verify, handshake fails":  {broken, TLSVerify, roots, false},
		"verify, a name that fits": {with, TLSVerify, &tls.Config{RootCAs: pool, ServerName: "localhost"}, true},
	} {
		cl := client(t, "tcp", address[c.s], false)
		cl.Security, cl.TLS = c.sec, c.cfg
		got := cl.Send(t.Context(), envelope("b@y.test"), source(message("A: b")))[0].Reply
		if got.Positive() != c.good || !c.good && !got.IsTemporary() {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestImplicitTLSClientCertificatesAndREQUIRETLS(t *testing.T) {
	cert, pool := identity(t)
	b := &box{}
	s := &Server{Handler: b}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, s, l)
	c := client(t, "tcp", l.Addr().String(), false)
	c.Security, c.Implicit, c.TLS = TLSVerify, true, &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{cert}}
	e := envelope("b@y.test")
	e.RequireTLS = true
	if got := texts(c.Send(t.Context(), e, source(message("A: b")))); got != "250 2.0.0 taken" {
		t.Fatal(got)
	}
	if m := b.only(t).env; !m.RequireTLS || !m.Peer.Certified() || m.Peer.Protocol != "ESMTPS" {
		t.Errorf("envelope %+v", m)
	}
	// RFC 8689 §4.2.1: without a verified way it does not go.
	c2 := client(t, "tcp", l.Addr().String(), false)
	c2.Security, c2.Implicit, c2.TLS = TLSMust, true, &tls.Config{Certificates: []tls.Certificate{cert}}
	if got := c2.Send(t.Context(), e, source(message("A: b")))[0].Reply; got.Enhanced != "5.7.30" {
		t.Error(got)
	}
	c3 := client(t, "tcp", l.Addr().String(), false) // no certificate, no AUTH, not in the list
	c3.Security, c3.Implicit = TLSMust, true
	if got := c3.Send(t.Context(), envelope("b@y.test"), source(message("A: b")))[0].Reply; got.Enhanced != "5.7.1" {
		t.Error(got)
	}
}

// CVE-2011-0411
func TestCommandsBeforeTheHandshakeAreNotObeyedAfterIt(t *testing.T) {
	cert, _ := identity(t)
	b := &box{}
	addr := serve(t, &Server{Handler: b, Admit: loopback(), TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}, "tcp")
	k := dialTalk(t, "tcp", addr)
	k.want("", "220 ")
	k.want("EHLO me\r\nSTARTTLS\r\nMAIL FROM:<evil@x.test>\r\n", "250", "554 ")
	k.closed()
	// The other way round: answers put in before the handshake.
	evil := scripted(t, []string{"STARTTLS"}, map[string]string{"STARTTLS": "220 go\r\n250 injected"})
	c := client(t, "unix", evil, false)
	c.Security = TLSMust
	if got := c.Send(t.Context(), envelope("b@y.test"), source(message("A: b")))[0].Reply; !got.IsTemporary() {
		t.Error(got)
	}
}

func TestAUTHNeedsTLSAndEndsAfterTooManyFailures(t *testing.T) {
	addr := serve(t, &Server{Handler: &box{}, Accounts: accounts(t)}, "tcp")
	k := dialTalk(t, "tcp", addr)
	k.want("", "220 ")
	k.want("EHLO me\r\nAUTH PLAIN AGFsaWNlAHNlY3JldA==\r\nMAIL FROM:<>\r\n", "250", "538 5.7.11", "530 5.7.0")

	k = dialTalk(t, "unix", serve(t, &Server{Handler: &box{}, Accounts: accounts(t)}, "unix"))
	k.want("", "220 ")
	k.want("EHLO me\r\nAUTH LOGIN\r\n*\r\n", "250", "334 ", "501 5.7.0")
	k.want("AUTH PLAIN !\r\nAUTH FOO\r\n", "501 5.5.2", "504 ")
	k.want("AUTH PLAIN\r\nAGFsaWNlAHdyb25n\r\n", "334 ", "535 5.7.8")
	k.want("AUTH PLAIN\r\nAGFsaWNlAHdyb25n\r\n", "334 ", "535 5.7.8")
	k.want("AUTH PLAIN\r\nAGFsaWNlAHdyb25n\r\n", "334 ", "535 5.7.8", "421 4.7.0")
	k.closed()
}

func TestSwaksAndPythonAgainstTheServer(t *testing.T) {
	peer.Need(t, "swaks", "python3")
	cert, _ := identity(t)
	b := &box{}
	s := &Server{Handler: b, Hostname: "localhost", TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Accounts: accounts(t)}
	addr := serve(t, s, "tcp")
	for _, args := range [][]string{{"-tls", "-a", "PLAIN"}, {"-tls", "-a", "LOGIN"}, {"-tls", "-a", "PLAIN", "--pipeline"}} {
		argv := append([]string{"swaks", "--server", addr, "-au", "alice", "-ap", "secret", "--from", "a@x.test", "--to", "b@y.test,c@y.test", "--body", "..dots\n.\nend"}, args...)
		peer.Run(t, nil, argv...)
	}
	host, port, _ := net.SplitHostPort(addr)
	out, err := exec.Command("python3", "-c", `
import smtplib, ssl, sys
c = smtplib.SMTP(sys.argv[1], int(sys.argv[2]))
c.starttls(context=ssl._create_unverified_context())
c.login("alice", "secret")
c.sendmail("gr\u00fc\u00dfe@x.test", ["b\u00fccher@y.test"], "Subject: Gr\u00fc\u00dfe\r\n\r\n.\r\n..\r\nend".encode(), mail_options=["SMTPUTF8", "BODY=8BITMIME"], rcpt_options=["NOTIFY=NEVER"])
c.quit()
`, host, port).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	all := b.all()
	if len(all) != 4 {
		t.Fatalf("%d mails", len(all))
	}
	for _, m := range all[:3] {
		if !strings.Contains(string(m.content), "\r\n\r\n..dots\r\n.\r\nend\r\n") || len(m.env.Recipients) != 2 || m.env.Peer.User != "alice" {
			t.Errorf("swaks: %q", m.content)
		}
	}
	m := all[3]
	if string(m.content) != "Subject: Grüße\r\n\r\n.\r\n..\r\nend\r\n" || m.env.From != "grüße@x.test" || !m.env.SMTPUTF8 || m.env.Recipients[0] != (Recipient{"bücher@y.test", "NEVER", ""}) {
		t.Errorf("python: %+v %q", m.env, m.content)
	}
}
