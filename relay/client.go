package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// Security says how a client protects the way to the next hop.
type Security string

// The levels.
const (
	TLSNone   Security = "none"   // in clear: for Unix sockets and loopback
	TLSMay    Security = ""       // STARTTLS where it is offered, whatever certificate is shown, else in clear
	TLSMust   Security = "must"   // TLS, whatever certificate is shown
	TLSVerify Security = "verify" // TLS, and the certificate is good for the host's name
)

// Client hands mail to one next hop. Its fields must not change once Send was called.
type Client struct {
	Network string // "tcp" or "unix"
	Address string // host:port, or the path of the socket
	LMTP    bool
	Hello   string // our name; empty takes "localhost"

	Security Security
	TLS      *tls.Config // roots and client certificates; nil takes the system's
	Implicit bool        // TLS from the first byte (port 465); Security must not be TLSNone or TLSMay
	Login    *Login      // AUTH, over TLS and Unix sockets only; nil does not
	Forward  bool        // tell XFORWARD attributes where the next hop takes them

	Connections int // at the same time; zero takes 20, more Sends wait
	Idle        int // connections kept for the next mail; zero takes Connections, negative keeps none

	IdleFor time.Duration // how long they are kept; zero takes 30 seconds
	Connect time.Duration // zero takes 30 seconds, with TLS
	Command time.Duration // for an answer; zero takes 2 minutes
	Data    time.Duration // for each piece of a message; zero takes 3 minutes
	Done    time.Duration // for the answer to the message; zero takes 10 minutes (RFC 5321 §4.5.3.2.6)

	once sync.Once
	slot chan struct{}
	mu   sync.Mutex
	free []*link
	shut bool
}

// Login is an account at the next hop.
type Login struct {
	User, Password string
	Mechanism      string // "PLAIN", "LOGIN" or "SCRAM-SHA-256"; empty takes the strongest that is offered
}

// Result is how handing over went for one recipient.
type Result struct {
	Reply Reply // the next hop's, or one of our own

	// Unknown tells that the connection broke after all of the message was sent and before its answer: the next hop may
	// have it. Reply is temporary; a second try may make a second copy, no try may lose the mail (RFC 1047).
	Unknown bool
}

func (c *Client) start() {
	orDefault(&c.Connections, 20)
	orDefault(&c.Idle, c.Connections)
	orDefault(&c.IdleFor, 30*time.Second)
	orDefault(&c.Connect, 30*time.Second)
	orDefault(&c.Command, 2*time.Minute)
	orDefault(&c.Data, 3*time.Minute)
	orDefault(&c.Done, 10*time.Minute)
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	c.slot = make(chan struct{}, c.Connections)
}

// Send hands m to the recipients of e and returns a result for each, in order. It never fails as a whole: what kept it from
// being sent is in each result. When ctx ends, what was not answered is temporary, or unknown.
func (c *Client) Send(ctx context.Context, e *Envelope, m eml.Source) []Result {
	c.once.Do(c.start)
	t := newTransaction(e, m)
	select {
	case c.slot <- struct{}{}:
		defer func() { <-c.slot }()
	case <-ctx.Done():
		t.rest(Temporary("4.3.2", "no connection to the next hop was free"))
		return t.results
	}
	for {
		l, reused, err := c.link(ctx)
		if err != nil {
			t.rest(asReply(err))
			return t.results
		}
		err = c.over(ctx, l, t)
		if reused && errors.Is(err, errStale) {
			continue // the next hop closed it while it was idle; nothing was said yet
		}
		return t.results
	}
}

// over runs the transaction on a link and decides what becomes of the link.
func (c *Client) over(ctx context.Context, l *link, t *transaction) error {
	stop := context.AfterFunc(ctx, func() { l.raw.SetDeadline(time.Unix(1, 0)) })
	err := t.run(l)
	if !stop() || err != nil {
		l.raw.Close()
		return err
	}
	c.keep(l)
	return nil
}

// link returns an idle connection, or a new one.
func (c *Client) link(ctx context.Context) (l *link, reused bool, err error) {
	c.mu.Lock()
	for len(c.free) > 0 {
		l := c.free[len(c.free)-1]
		c.free = c.free[:len(c.free)-1]
		if time.Since(l.since) < c.IdleFor {
			c.mu.Unlock()
			return l, true, nil
		}
		l.raw.Close()
	}
	c.mu.Unlock()
	l, err = c.dial(ctx)
	return l, false, err
}

func (c *Client) keep(l *link) {
	l.since = time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shut || len(c.free) >= c.Idle {
		l.quit()
		return
	}
	c.free = append(c.free, l)
}

// Close closes the idle connections. Sends that run finish.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut = true
	for _, l := range c.free {
		l.quit()
	}
	c.free = nil
	return nil
}

// asReply makes a reply of whatever kept us from sending.
func asReply(err error) Reply {
	var r Reply
	if errors.As(err, &r) {
		return r
	}
	return Temporary("4.4.1", "next hop: "+err.Error()) // RFC 3463 §3.5: no answer from host
}
