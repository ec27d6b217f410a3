package relay

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// Handler decides about mail. Its methods run at the same time for different connections, and must return when ctx ends.
type Handler interface {
	// Recipient is asked at each RCPT. The recipient is part of the message when the reply is positive.
	Recipient(ctx context.Context, e *Envelope, r Recipient) Reply

	// Deliver takes the message, whole and checked, and answers for each recipient of e, in order. A missing answer is
	// a temporary failure. m is gone when Deliver returns.
	Deliver(ctx context.Context, e *Envelope, m eml.Source) []Reply
}

// Server takes mail in. Its fields must not change once Serve was called.
type Server struct {
	Handler  Handler
	Hostname string // in the greeting and in Received; empty takes "localhost"
	LMTP     bool   // RFC 2033 instead of SMTP
	SpoolDir string // folder of the private files of large messages; empty takes os.TempDir()

	TLS          *tls.Config    // offers STARTTLS; nil does not. A listener of crypto/tls makes TLS implicit
	Accounts     Accounts       // offers AUTH, over TLS and Unix sockets only; nil does not
	Admit        []netip.Prefix // TCP peers that may send without AUTH or a verified client certificate; nil admits none
	Trust        []netip.Prefix // TCP peers whose XFORWARD and XCLIENT are believed, as those on Unix sockets always are
	LoopField    string         // a message with this header field, whose value is LoopValue, was here before
	LoopValue    string
	AcceptBareCR bool // lets a CR alone through. What a next hop makes of it is its own affair: leave it off

	Limits Limits
	Log    *slog.Logger // never told content; nil logs nothing

	once     sync.Once
	limits   Limits
	handling chan struct{}
	memory   atomic.Int64 // left of Limits.Memory
	draining atomic.Bool
	ctx      context.Context
	stop     context.CancelFunc

	decoyKey [32]byte

	mu        sync.Mutex
	listeners map[net.Listener]bool
	sessions  map[*session]bool
	perAddr   map[netip.Addr]int
	done      sync.WaitGroup
}

// ErrClosed is what Serve returns after Shutdown.
var ErrClosed = errors.New("relay: server closed")

func (s *Server) start() {
	s.limits = s.Limits.complete()
	s.handling = make(chan struct{}, s.limits.Handling)
	s.memory.Store(s.limits.Memory)
	rand.Read(s.decoyKey[:])
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.listeners, s.sessions, s.perAddr = map[net.Listener]bool{}, map[*session]bool{}, map[netip.Addr]int{}
	if s.Hostname == "" {
		s.Hostname = "localhost"
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
}

// Serve takes connections until Shutdown, and returns ErrClosed then. It may run for several listeners.
func (s *Server) Serve(l net.Listener) error {
	s.once.Do(s.start)
	s.mu.Lock()
	if s.draining.Load() {
		s.mu.Unlock()
		l.Close()
		return ErrClosed
	}
	s.listeners[l] = true
	s.mu.Unlock()
	for {
		c, err := l.Accept()
		if err != nil {
			if s.draining.Load() {
				return ErrClosed
			}
			// Out of file descriptors is a state that passes; a listener that is gone is not.
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			s.Log.Warn("accept", "err", err)
			time.Sleep(50 * time.Millisecond)
			continue
		}
		s.admit(c)
	}
}

// admit starts a session, or says in one line why not.
func (s *Server) admit(c net.Conn) {
	n := newSession(s, c)
	addr := n.peer.Addr.Addr()
	s.mu.Lock()
	full := s.draining.Load() || len(s.sessions) >= s.limits.Connections || addr.IsValid() && s.perAddr[addr] >= s.limits.PerAddress
	if !full {
		s.sessions[n] = true
		s.perAddr[addr]++
		s.done.Add(1)
	}
	s.mu.Unlock()
	if full {
		c.SetDeadline(time.Now().Add(time.Second))
		if _, isTLS := c.(*tls.Conn); !isTLS { // a handshake is what the limit is to save
			c.Write(Reply{421, "4.3.2", "too many connections; try again later"}.appendTo(nil))
		}
		c.Close()
		return
	}
	go func() {
		defer s.leave(n, addr)
		n.run(s.ctx)
	}()
}

func (s *Server) leave(n *session, addr netip.Addr) {
	n.conn.Close()
	s.mu.Lock()
	delete(s.sessions, n)
	if s.perAddr[addr]--; s.perAddr[addr] <= 0 {
		delete(s.perAddr, addr)
	}
	s.mu.Unlock()
	s.done.Done()
}

// Shutdown stops taking connections, tells quiet peers 421, lets transactions in hand finish and returns when all are gone.
// When ctx ends first, the rest is cut off and its error returned: those peers keep their mail.
func (s *Server) Shutdown(ctx context.Context) error {
	s.once.Do(s.start)
	s.mu.Lock()
	s.draining.Store(true)
	for l := range s.listeners {
		l.Close()
	}
	for n := range s.sessions {
		n.wake()
	}
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() { s.done.Wait(); close(gone) }()
	select {
	case <-gone:
		s.stop()
		return nil
	case <-ctx.Done():
	}
	s.stop()
	s.mu.Lock()
	for n := range s.sessions {
		n.raw.Close()
	}
	s.mu.Unlock()
	<-gone
	return ctx.Err()
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if a.IsValid() && p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

// decoy is the key of the salts that users who do not exist seem to have.
func (s *Server) decoy() []byte { return s.decoyKey[:] }
