package milter

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// session is one connection of an MTA.
type session struct {
	srv    *Server
	conn   net.Conn
	wire   packets
	with   agreed
	client Client
	macros map[string]string // of the connection; a mail has its own on top
	next   map[string]string // of the mail that begins
	mail   *mail             // in hand, or nil

	mu    sync.Mutex
	quiet bool // no mail in hand
}

// mail is a mail in the making.
type mail struct {
	Message
	spool  *eml.Spool
	header int
	full   bool // beyond a limit: it will be rejected
	fault  error
	body   bool // the empty line was written
}

// patient sets a deadline for each read and write.
type patient struct {
	n *session
	r *bufio.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if p.r.Buffered() == 0 {
		p.n.mu.Lock()
		err := p.n.conn.SetReadDeadline(time.Now().Add(p.n.srv.limits.Idle))
		if p.n.quiet && p.n.srv.draining.Load() {
			err = os.ErrDeadlineExceeded
		}
		p.n.mu.Unlock()
		if err != nil {
			return 0, err
		}
	}
	return p.r.Read(b)
}

func (p *patient) Write(b []byte) (int, error) {
	if err := p.n.conn.SetWriteDeadline(time.Now().Add(p.n.srv.limits.Write)); err != nil {
		return 0, err
	}
	return p.n.conn.Write(b)
}

func newSession(s *Server, c net.Conn) *session {
	n := &session{srv: s, conn: c, macros: map[string]string{}, quiet: true}
	n.wire = packets{rw: &patient{n, bufio.NewReader(c)}, most: s.limits.Packet}
	return n
}

func (n *session) wake() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.quiet {
		n.conn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (n *session) run(ctx context.Context) {
	defer n.drop()
	for {
		n.mu.Lock()
		n.quiet = n.mail == nil
		n.mu.Unlock()
		cmd, data, err := n.wire.read()
		if err == nil {
			err = n.command(ctx, cmd, data)
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, errQuit), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, net.ErrClosed):
			return
		default:
			n.srv.Log.Warn("milter connection", "err", err)
			return
		}
	}
}

var errQuit = errors.New("quit")

// command carries out one packet and answers where the MTA waits for it.
func (n *session) command(ctx context.Context, cmd byte, data []byte) error {
	if n.with.version == 0 && cmd != cmdNegotiate && cmd != cmdQuit {
		return errPacket
	}
	switch cmd {
	case cmdNegotiate:
		a, reply, err := n.srv.negotiate(data)
		if err != nil {
			return err
		}
		n.with = a
		return n.wire.write(cmdNegotiate, reply)
	case cmdMacro:
		return n.macro(data)
	case cmdConnect:
		c, err := client(data)
		n.client = c
		return n.goOn(err, quietConnect)
	case cmdHelo:
		list, err := cstrings(data)
		if len(list) > 0 {
			n.client.Helo = list[0]
		}
		return n.goOn(err, quietHelo)
	case cmdMail:
		return n.goOn(n.begin(data), quietMail)
	case cmdRcpt:
		return n.rcpt(ctx, data)
	case cmdData:
		return n.goOn(nil, quietData)
	case cmdHeader:
		return n.goOn(n.field(data), quietHeader)
	case cmdHeaderEnd:
		return n.goOn(n.headerEnd(), quietEOH)
	case cmdBody:
		return n.piece(data)
	case cmdEnd:
		return n.end(ctx, data)
	case cmdAbort:
		n.drop()
		return nil
	case cmdUnknown:
		return n.goOn(nil, quietUnknown)
	case cmdQuitNew:
		n.drop()
		n.client, n.macros = Client{}, map[string]string{}
		return nil
	case cmdQuit:
		return errQuit
	}
	return errPacket
}

// goOn answers SMFIR_CONTINUE unless the MTA was told not to wait.
func (n *session) goOn(err error, flag uint32) error {
	if err != nil || n.with.quiet(flag) {
		return err
	}
	return n.wire.write(repContinue)
}

func (n *session) drop() {
	if n.mail != nil {
		n.mail.spool.Close()
		n.mail = nil
	}
}

// macro keeps the macros of a stage: those of CONNECT and HELO belong to the connection, the others to the mail.
func (n *session) macro(data []byte) error {
	if len(data) == 0 {
		return errPacket
	}
	list, err := cstrings(data[1:])
	if err != nil || len(list)%2 != 0 {
		return errPacket
	}
	into := n.macros
	switch {
	case data[0] == cmdMail: // they come before MAIL
		n.next = map[string]string{}
		into = n.next
	case data[0] != cmdConnect && data[0] != cmdHelo && n.mail != nil:
		into = n.mail.Macros
	}
	if len(into)+len(list) > 1000 {
		return errPacket
	}
	for i := 0; i < len(list); i += 2 {
		into[strings.Trim(list[i], "{}")] = list[i+1]
	}
	return nil
}
