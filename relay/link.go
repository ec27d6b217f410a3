package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// link is one connection to the next hop.
type link struct {
	client *Client
	raw    net.Conn
	conn   net.Conn // raw, or TLS over it
	r      *bufio.Reader
	has    map[string]string // what EHLO announced, upper case, with its argument
	tls    *tls.ConnectionState
	since  time.Time // idle since
	used   bool      // said MAIL once
}

// errStale says that an idle connection was closed before it was used again.
var errStale = errors.New("the idle connection is gone")

var errProtocol = errors.New("the next hop does not speak SMTP")

// say sends commands and waits for the answer to the last one only where want is true.
func (l *link) say(text string) error {
	l.raw.SetWriteDeadline(time.Now().Add(l.client.Command))
	_, err := l.conn.Write([]byte(text))
	return err
}

// hear reads one reply.
func (l *link) hear(within time.Duration) (Reply, error) {
	l.raw.SetReadDeadline(time.Now().Add(within))
	r := Reply{Enhanced: none}
	for n := 0; ; n++ {
		line, err := l.line()
		if err != nil {
			return Reply{}, err
		}
		if n > 200 || len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
			return Reply{}, errProtocol
		}
		code := 0
		for _, c := range line[:3] {
			if c < '0' || c > '9' {
				return Reply{}, errProtocol
			}
			code = code*10 + int(c-'0')
		}
		if n > 0 && code != r.Code || code < 200 || code > 599 {
			return Reply{}, errProtocol
		}
		r.Code = code
		text := strings.TrimPrefix(line[3:], " ")
		text = strings.TrimPrefix(text, "-")
		if code, rest, ok := enhanced(text); ok {
			r.Enhanced, text = code, rest
		}
		if n > 0 {
			text = r.Text + "\n" + text
		}
		r.Text = text
		if len(line) == 3 || line[3] == ' ' {
			return r, nil
		}
	}
}

// line reads a line of at most 4,096 bytes; the reader is as large.
func (l *link) line() (string, error) {
	b, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errProtocol
	}
	return strings.TrimRight(string(b), "\r\n"), err
}

// enhanced cuts an enhanced status code off (RFC 2034 §3).
func enhanced(text string) (code, rest string, ok bool) {
	code, rest, _ = strings.Cut(text, " ")
	part := strings.Split(code, ".")
	if len(part) != 3 || part[0] != "2" && part[0] != "4" && part[0] != "5" {
		return "", text, false
	}
	for _, p := range part[1:] {
		if p == "" || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return "", text, false
		}
	}
	return code, rest, true
}

// ask says one command and hears its answer.
func (l *link) ask(text string) (Reply, error) {
	if err := l.say(text); err != nil {
		return Reply{}, err
	}
	return l.hear(l.client.Command)
}

// need is ask where only a good answer goes on; another one is the error.
func (l *link) need(text string) error {
	r, err := l.ask(text)
	if err == nil && !r.Positive() {
		return r
	}
	return err
}

// hello introduces us and notes what the next hop can do.
func (l *link) hello() error {
	verb := "EHLO "
	if l.client.LMTP {
		verb = "LHLO "
	}
	r, err := l.ask(verb + l.client.Hello + "\r\n")
	if err != nil {
		return err
	}
	l.has = map[string]string{}
	if !r.Positive() {
		if l.client.LMTP || r.Code == 421 {
			return r
		}
		return l.need("HELO " + l.client.Hello + "\r\n") // RFC 5321 §3.2: an old server
	}
	_, lines, _ := strings.Cut(r.Text, "\n")
	for line := range strings.SplitSeq(lines, "\n") {
		name, arg, _ := strings.Cut(line, " ")
		l.has[strings.ToUpper(name)] = arg
	}
	return nil
}

func (l *link) offers(name string) bool {
	_, ok := l.has[name]
	return ok
}

// quit is polite and does not wait.
func (l *link) quit() {
	l.raw.SetWriteDeadline(time.Now().Add(time.Second))
	l.conn.Write([]byte("QUIT\r\n"))
	l.raw.Close()
}

// dial opens a connection that is ready for MAIL.
func (c *Client) dial(ctx context.Context) (*link, error) {
	if c.Implicit && c.Security != TLSMust && c.Security != TLSVerify {
		return nil, errors.New("relay: implicit TLS needs Security must or verify")
	}
	l, err := c.open(ctx, true)
	var failed *handshakeError
	if errors.As(err, &failed) && c.Security == TLSMay {
		// RFC 7435: in clear is no worse than what would have been without the offer.
		return c.open(ctx, false)
	}
	return l, err
}

func (c *Client) open(ctx context.Context, secure bool) (*link, error) {
	d := net.Dialer{Timeout: c.Connect}
	raw, err := d.DialContext(ctx, c.Network, c.Address)
	if err != nil {
		return nil, err
	}
	l := &link{client: c, raw: raw, conn: raw, r: bufio.NewReaderSize(raw, 4096)}
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	err = l.greet(ctx, secure)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		raw.Close()
		return nil, fmt.Errorf("%s: %w", c.Address, err)
	}
	return l, nil
}

func (l *link) greet(ctx context.Context, secure bool) error {
	c := l.client
	if c.Implicit {
		if err := l.handshake(ctx); err != nil {
			return err
		}
	}
	r, err := l.hear(c.Connect)
	if err == nil && r.Code != 220 {
		// RFC 5321 §3.1: 554 at the door is about the connection; the mail may go later or by another way.
		return Temporary("4.4.1", "next hop: "+r.String())
	}
	if err != nil {
		return err
	}
	if err := l.hello(); err != nil {
		return err
	}
	if err := l.secure(ctx, secure); err != nil {
		return err
	}
	return l.authenticate()
}
