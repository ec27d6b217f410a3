package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
)

// handshakeError is a failed handshake: the mail waits, whatever the reason is.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return fmt.Sprintf("TLS handshake: %v", e.err) }

func (l *link) handshake(ctx context.Context) error {
	c := l.client
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		cfg = c.TLS.Clone()
	}
	if cfg.ServerName == "" {
		host, _, err := net.SplitHostPort(c.Address)
		if err != nil {
			host = c.Address
		}
		cfg.ServerName = host
	}
	// TLSMay and TLSMust are against those who listen, not against those who pretend (RFC 7435 §1.2).
	cfg.InsecureSkipVerify = c.Security != TLSVerify
	if cfg.InsecureSkipVerify {
		cfg.VerifyPeerCertificate, cfg.VerifyConnection = nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.Connect)
	defer cancel()
	t := tls.Client(l.raw, cfg)
	if err := t.HandshakeContext(ctx); err != nil {
		return &handshakeError{err}
	}
	state := t.ConnectionState()
	l.conn, l.tls, l.r = t, &state, bufio.NewReaderSize(t, 4096)
	return nil
}

// secure does STARTTLS as the client's Security says.
func (l *link) secure(ctx context.Context, try bool) error {
	c := l.client
	switch {
	case l.tls != nil || c.Security == TLSNone || !try:
		return nil
	case !l.offers("STARTTLS") && c.Security == TLSMay:
		return nil
	case !l.offers("STARTTLS"):
		// Whoever stands between us can take the offer away: the mail waits.
		return Temporary("4.7.5", "the next hop offers no STARTTLS, and TLS is required")
	}
	r, err := l.ask("STARTTLS\r\n")
	if err != nil {
		return err
	}
	if !r.Positive() {
		if c.Security == TLSMay {
			return nil
		}
		return Temporary("4.7.5", "the next hop refuses STARTTLS: "+r.String())
	}
	if l.r.Buffered() > 0 {
		// Answers put in before the handshake would be taken for the server's after it (CVE-2021-38371 and kin).
		return &handshakeError{errProtocol}
	}
	if err := l.handshake(ctx); err != nil {
		return err
	}
	return l.hello() // RFC 3207 §4.2: what was announced before counts no more
}

// authenticate logs in where the client has a Login.
func (l *link) authenticate() error {
	login := l.client.Login
	if login == nil {
		return nil
	}
	if l.tls == nil && l.client.Network != "unix" {
		return Temporary("4.7.11", "the next hop offers no TLS, and a password does not go in clear")
	}
	return l.login(login)
}
