package milter

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Handler decides about mail. Its methods run at the same time for different connections.
type Handler interface {
	// Recipient is asked at each RCPT where Server.AskRecipients is set; m has neither header nor content yet.
	// Reject and TempFail refuse this recipient.
	Recipient(ctx context.Context, m *Message, r Recipient) Answer

	// Message is asked at the end of each mail. m is gone when it returns, unless the Answer's Body reads from it.
	Message(ctx context.Context, m *Message) Answer
}

// Limits bound what an MTA can make the filter hold. Zero fields take the defaults named.
type Limits struct {
	Connections int           // at the same time; 500
	Handling    int           // mails at the handler at the same time; 4 for each CPU
	Packet      int           // bytes of one packet; 1 MiB
	Header      int           // bytes of all header fields of a mail; 1 MiB
	Recipients  int           // of a mail; 10,000
	Size        int64         // bytes of a mail; 100 MiB. Larger mail is rejected with 552
	Spool       int           // bytes of a mail kept in memory; 1 MiB
	Idle        time.Duration // waiting for the MTA, whose client may be slow; 15 minutes
	Write       time.Duration // waiting until the MTA takes an answer; 1 minute
	Progress    time.Duration // how often the MTA is told to be patient; 10 seconds
}

func orDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

func (l Limits) complete() Limits {
	orDefault(&l.Connections, 500)
	orDefault(&l.Handling, 4*runtime.GOMAXPROCS(0))
	orDefault(&l.Packet, 1<<20)
	orDefault(&l.Header, 1<<20)
	orDefault(&l.Recipients, 10_000)
	orDefault(&l.Size, 100<<20)
	orDefault(&l.Spool, 1<<20)
	orDefault(&l.Idle, 15*time.Minute)
	orDefault(&l.Write, time.Minute)
	orDefault(&l.Progress, 10*time.Second)
	return l
}

// Server is a filter for any number of MTAs. Its fields must not change once Serve was called.
type Server struct {
	Handler       Handler
	Actions       Actions          // everything the handler may ever want to change
	AskRecipients bool             // ask the handler at each RCPT
	Macros        map[Stage]string // macros to ask for, as "i {auth_authen}"; nil takes what the MTA sends by itself
	SpoolDir      string           // folder of the private files of large mails; empty takes os.TempDir()
	Limits        Limits
	Log           *slog.Logger // never told content; nil logs nothing

	once     sync.Once
	limits   Limits
	handling chan struct{}
	draining atomic.Bool
	ctx      context.Context
	stop     context.CancelFunc

	mu        sync.Mutex
	listeners map[net.Listener]bool
	sessions  map[*session]bool
	done      sync.WaitGroup
}

// ErrClosed is what Serve returns after Shutdown.
var ErrClosed = errors.New("milter: server closed")

func (s *Server) start() {
	s.limits = s.Limits.complete()
	s.handling = make(chan struct{}, s.limits.Handling)
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.listeners, s.sessions = map[net.Listener]bool{}, map[*session]bool{}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
}

// Serve takes connections until Shutdown, and returns ErrClosed then. It may run for several listeners.
func (s *Server) Serve(l net.Listener) error {
	s.once.Do(s.start)
	s.mu.Lock()
	s.listeners[l] = true
	s.mu.Unlock()
	for {
		if s.draining.Load() {
			l.Close()
			return ErrClosed
		}
		c, err := l.Accept()
		switch {
		case err == nil:
			s.admit(c)
		case s.draining.Load():
			return ErrClosed
		case errors.Is(err, net.ErrClosed):
			return err
		default: // out of file descriptors is a state that passes
			s.Log.Warn("accept", "err", err)
			time.Sleep(50 * time.Millisecond)
		}
	}
}

func (s *Server) admit(c net.Conn) {
	n := newSession(s, c)
	s.mu.Lock()
	full := s.draining.Load() || len(s.sessions) >= s.limits.Connections
	if !full {
		s.sessions[n] = true
		s.done.Add(1)
	}
	s.mu.Unlock()
	if full {
		c.Close() // the MTA does what its milter_default_action says
		return
	}
	go func() {
		n.run(s.ctx)
		c.Close()
		s.mu.Lock()
		delete(s.sessions, n)
		s.mu.Unlock()
		s.done.Done()
	}()
}

// Shutdown stops taking connections, closes those that have no mail in hand and returns when all are gone. When ctx ends first
// the rest is cut off: the MTA answers those clients as its milter_default_action says.
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
	var err error
	select {
	case <-gone:
	case <-ctx.Done():
		err = ctx.Err()
		s.stop()
		s.mu.Lock()
		for n := range s.sessions {
			n.conn.Close()
		}
		s.mu.Unlock()
		<-gone
	}
	s.stop()
	return err
}
