package relay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// taken is one mail that a box was given.
type taken struct {
	env     *Envelope
	content []byte
}

// box is a handler that keeps everything, and answers as told.
type box struct {
	mu       sync.Mutex
	mails    []taken
	answer   func(e *Envelope, r Recipient) Reply // at the end; nil says OK
	atRcpt   func(r Recipient) Reply              // nil says OK
	before   func(ctx context.Context)            // called first in Deliver
	handling int
}

func (b *box) Recipient(_ context.Context, _ *Envelope, r Recipient) Reply {
	if b.atRcpt != nil {
		return b.atRcpt(r)
	}
	return OK("recipient ok")
}

func (b *box) Deliver(ctx context.Context, e *Envelope, m eml.Source) []Reply {
	if b.before != nil {
		b.before(ctx)
	}
	content, err := io.ReadAll(io.NewSectionReader(m, 0, m.Size()))
	if err != nil {
		return nil
	}
	b.mu.Lock()
	b.mails = append(b.mails, taken{e.Clone(), content})
	b.mu.Unlock()
	var list []Reply
	for _, r := range e.Recipients {
		reply := OK("taken")
		if b.answer != nil {
			reply = b.answer(e, r)
		}
		list = append(list, reply)
	}
	return list
}

func (b *box) all() []taken {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]taken(nil), b.mails...)
}

func (b *box) only(t *testing.T) taken {
	t.Helper()
	all := b.all()
	if len(all) != 1 {
		t.Fatalf("%d mails arrived, want 1", len(all))
	}
	return all[0]
}

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// serve starts a server on a TCP port or a Unix socket, and returns its address.
func serve(t testing.TB, s *Server, network string) string {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "s")
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, s, l)
	return l.Addr().String()
}

func serveOn(t testing.TB, s *Server, l net.Listener) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Errorf("serve: %v", err)
		}
	})
}

// talk is a client that says exactly what the test writes.
type talk struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

func dialTalk(t testing.TB, network, address string) *talk {
	t.Helper()
	c, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return &talk{t, c, bufio.NewReader(c)}
}

func (k *talk) say(text string) {
	k.t.Helper()
	if _, err := io.WriteString(k, text); err != nil {
		k.t.Fatalf("say %q: %v", text, err)
	}
}

// hear returns the next reply, all its lines.
func (k *talk) hear() string {
	k.t.Helper()
	var all string
	for {
		line, err := k.r.ReadString('\n')
		if err != nil {
			k.t.Fatalf("hear: %v after %q", err, all)
		}
		all += line
		if len(line) < 4 || line[3] != '-' {
			return all
		}
	}
}

// want says text and wants an answer that begins so, for each of begins.
func (k *talk) want(text string, begins ...string) {
	k.t.Helper()
	if text != "" {
		k.say(text)
	}
	for _, b := range begins {
		if got := k.hear(); !strings.HasPrefix(got, b) {
			k.t.Fatalf("after %.200q: got %q, want %q", text, got, b)
		}
	}
}

// closed wants the end of the connection.
func (k *talk) closed() {
	k.t.Helper()
	if rest, err := io.ReadAll(k.r); err != nil || len(rest) > 0 {
		k.t.Fatalf("connection not closed: %q %v", rest, err)
	}
}

func message(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }

func source(b []byte) eml.Source { return bytes.NewReader(b) }
