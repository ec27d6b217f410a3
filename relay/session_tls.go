package relay

import (
	"context"
	"crypto/tls"
	"time"
)

// handshake makes TLS active. What was said before counts no more (RFC 3207 §4.2).
func (n *session) handshake(ctx context.Context, t *tls.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	n.setQuiet(false)
	if err := t.HandshakeContext(ctx); err != nil {
		n.srv.Log.Info("TLS handshake", "peer", n.real.Addr, "err", err)
		return err
	}
	state := t.ConnectionState()
	n.conn, n.in.src = t, t
	n.peer = Peer{Network: n.real.Network, Addr: n.real.Addr, TLS: &state}
	n.real = n.peer
	return nil
}

func (n *session) startTLS(ctx context.Context, arg string) bool {
	switch {
	case arg != "":
		n.fault(Reply{501, "5.5.4", "STARTTLS has no argument"})
		return true
	case n.srv.TLS == nil || n.peer.TLS != nil:
		n.fault(Reply{503, "5.5.1", "STARTTLS is not offered"})
		return true
	case n.env != nil:
		n.fault(Reply{503, "5.5.1", "a transaction is open"})
		return true
	case len(n.in.rest()) > 0:
		// Commands sent before the handshake could be another's, to be obeyed as the client's after it (CVE-2011-0411).
		n.reply(Reply{554, "5.5.0", "STARTTLS must be the last command sent in clear"})
		return false
	}
	n.reply(Reply{220, "2.0.0", "start TLS"})
	if n.flush() != nil {
		return false
	}
	n.in.release()
	n.conn.SetDeadline(time.Now().Add(time.Minute))
	plain := n.conn
	t := tls.Server(plain, n.srv.TLS)
	n.drop()
	n.forward = Forward{}
	return n.handshake(ctx, t) == nil
}
