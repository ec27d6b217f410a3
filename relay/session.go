package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"time"
)

const longestCommand = 12288 // RFC 4954 §4: a line of AUTH may have that much

// session is one connection to the server.
type session struct {
	srv  *Server
	raw  net.Conn // as it came
	conn net.Conn // raw, or TLS over it
	in   window
	out  []byte // answers not sent yet: they leave when there is no command left to read (RFC 2920 §3.2)

	peer    Peer
	real    Peer // the peer itself, where XCLIENT changed peer
	forward Forward
	env     *Envelope // of the transaction in hand, or nil
	bdat    *incoming // of a transaction with BDAT, or nil
	faults  int

	wait  time.Duration // for the next read
	until time.Time     // no read waits longer; zero is none

	mu    sync.Mutex
	quiet bool // between transactions: may be woken to be told 421
}

var errDraining = errors.New("draining")

func newSession(s *Server, c net.Conn) *session {
	n := &session{srv: s, raw: c, conn: c, peer: peerOf(c)}
	n.in.src = c
	n.in.before = n.beforeRead
	n.real = n.peer
	return n
}

// beforeRead sends the answers and sets how long to wait.
func (n *session) beforeRead() error {
	if err := n.flush(); err != nil {
		return err
	}
	d := time.Now().Add(n.wait)
	if !n.until.IsZero() && n.until.Before(d) {
		d = n.until
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.raw.SetReadDeadline(d); err != nil {
		return err
	}
	if n.quiet && n.srv.draining.Load() {
		return errDraining
	}
	return nil
}

func (n *session) flush() error {
	if len(n.out) == 0 {
		return nil
	}
	n.conn.SetWriteDeadline(time.Now().Add(n.srv.limits.Write))
	_, err := n.conn.Write(n.out)
	if n.out = n.out[:0]; cap(n.out) > 4<<10 {
		n.out = nil
	}
	return err
}

// wake ends the waiting of a quiet session. The server's lock is held, which beforeRead never asks for.
func (n *session) wake() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.quiet {
		n.raw.SetReadDeadline(time.Unix(1, 0))
	}
}

func (n *session) setQuiet(q bool) {
	n.mu.Lock()
	n.quiet = q
	n.mu.Unlock()
}

func (n *session) reply(r Reply) { n.out = r.appendTo(n.out) }

// fault is a refused command; too many close the connection.
func (n *session) fault(r Reply) {
	n.faults++
	n.reply(r)
}

func (n *session) run(ctx context.Context) {
	defer n.in.release()
	defer n.drop()
	n.wait = n.srv.limits.Command
	if t, ok := n.conn.(*tls.Conn); ok && n.handshake(ctx, t) != nil {
		return
	}
	n.reply(Reply{220, none, n.srv.Hostname + " " + n.service() + " ready"})
	for {
		n.setQuiet(n.env == nil)
		if n.env == nil && n.srv.draining.Load() {
			n.end(Reply{421, "4.3.2", n.srv.Hostname + " is closing; try again"})
			return
		}
		line, err := n.in.line(longestCommand)
		n.setQuiet(false)
		if err != nil {
			n.readFault(err)
			return
		}
		if !n.command(ctx, line) {
			n.flush()
			return
		}
		if n.faults >= n.srv.limits.Faults {
			n.end(Reply{421, "4.7.0", "too many errors"})
			return
		}
	}
}

func (n *session) end(r Reply) {
	n.reply(r)
	n.flush()
}

// readFault says goodbye, where the peer may be listening.
func (n *session) readFault(err error) {
	var timeout net.Error
	switch {
	case errors.Is(err, errLineTooLong):
		n.end(Reply{500, "5.5.2", "line too long"})
	case errors.Is(err, errBareCommand):
		// RFC 5321 §2.3.8: CR and LF occur as CRLF only. What follows cannot be trusted to be what the sender meant.
		n.end(Reply{521, "5.5.2", "a line must end with CR LF, and hold neither"})
	case errors.Is(err, errDraining) || n.srv.draining.Load():
		n.end(Reply{421, "4.3.2", n.srv.Hostname + " is closing; try again"})
	case errors.As(err, &timeout) && timeout.Timeout():
		n.end(Reply{421, "4.4.2", "timeout"})
	}
}

func (n *session) service() string {
	if n.srv.LMTP {
		return "LMTP"
	}
	return "ESMTP"
}

// protocol names how the mail came, for Received (RFC 3848).
func (n *session) protocol(extended bool) string {
	p := "SMTP"
	switch {
	case n.srv.LMTP:
		p = "LMTP"
	case extended:
		p = "ESMTP"
	default:
		return p
	}
	if n.peer.TLS != nil {
		p += "S"
	}
	if n.peer.User != "" {
		p += "A"
	}
	return p
}

// drop forgets the transaction in hand.
func (n *session) drop() {
	if n.bdat != nil {
		n.bdat.close()
	}
	n.bdat, n.env = nil, nil
	n.until = time.Time{}
}

// command carries out one line and tells whether the connection goes on.
func (n *session) command(ctx context.Context, line string) bool {
	verb, arg, _ := strings.Cut(line, " ")
	arg = strings.TrimLeft(arg, " ")
	switch verb = strings.ToUpper(verb); verb {
	case "HELO", "EHLO", "LHLO":
		n.hello(verb, arg)
	case "MAIL":
		n.mail(arg)
	case "RCPT":
		n.rcpt(ctx, arg)
	case "DATA":
		return n.data(ctx, arg)
	case "BDAT":
		return n.chunk(ctx, arg)
	case "RSET":
		n.drop()
		n.forward = Forward{}
		n.reply(OK("ok"))
	case "NOOP":
		n.reply(OK("ok"))
	case "VRFY":
		n.reply(Reply{252, "2.5.2", "send the mail and see"}) // RFC 5321 §7.3
	case "QUIT":
		n.reply(Reply{221, "2.0.0", "bye"})
		return false
	case "STARTTLS":
		return n.startTLS(ctx, arg)
	case "AUTH":
		return n.auth(ctx, arg)
	case "XFORWARD":
		n.xforward(arg)
	case "XCLIENT":
		n.xclient(arg)
	default:
		return n.unknown(verb)
	}
	return true
}

// unknown closes the connection at once where the peer does not speak SMTP at all: a browser that was made to post
// commands, or the rest of a message that ended somewhere else for the peer.
func (n *session) unknown(verb string) bool {
	switch {
	case verb == "GET", verb == "POST", verb == "CONNECT", strings.HasSuffix(verb, ":"):
		n.reply(Reply{521, "5.7.0", "this is " + n.service()})
		return false
	}
	n.fault(Reply{500, "5.5.1", "command not known"})
	return true
}
