package relay_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/internal/testmta"
	"github.com/waxwing-mail/waxwing/relay"
)

// through is a filter that changes nothing: what comes by LMTP goes back into Postfix.
type through struct {
	next *relay.Client

	mu     sync.Mutex
	seen   []*relay.Envelope
	refuse func(address string) bool // for now
}

func (h *through) Recipient(context.Context, *relay.Envelope, relay.Recipient) relay.Reply {
	return relay.OK("recipient ok")
}

func (h *through) Deliver(ctx context.Context, e *relay.Envelope, m eml.Source) []relay.Reply {
	h.mu.Lock()
	h.seen = append(h.seen, e.Clone())
	refuse := h.refuse
	h.mu.Unlock()
	var all []relay.Reply
	for _, r := range e.Recipients {
		if refuse != nil && refuse(r.Address) {
			all = append(all, relay.Temporary("4.3.0", "the key service is down"))
			continue
		}
		all = append(all, h.next.Send(ctx, e.For(r), m)[0].Reply)
	}
	return all
}

func (h *through) setRefuse(f func(string) bool) {
	h.mu.Lock()
	h.refuse = f
	h.mu.Unlock()
}

// filter starts the filter on a socket that Postfix may connect to.
func filter(t *testing.T, h *through, socket string) {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(socket, 0o666); err != nil {
		t.Fatal(err)
	}
	s := &relay.Server{Handler: h, LMTP: true, Hostname: "gw.test"}
	go s.Serve(l)
	t.Cleanup(func() { s.Shutdown(context.Background()); h.next.Close() })
}

// socketDir is a folder that Postfix's user may enter.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "waxwing-filter-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	return dir
}

// withFilter starts Postfix with a pass-through filter.
func withFilter(t *testing.T) (*testmta.MTA, *through) {
	t.Helper()
	socket := filepath.Join(socketDir(t), "in.sock")
	m := testmta.Start(t, testmta.Options{Inbound: socket})
	h := &through{next: &relay.Client{Network: "unix", Address: m.ReinjectIn, Hello: "gw.test", Security: relay.TLSNone, Forward: true}}
	filter(t, h, socket)
	return m, h
}

func TestPostfixBringsMailThroughUsAndBackByteForByte(t *testing.T) {
	m, h := withFilter(t)
	body := "..\r\n.one dot\r\n8-bit: Gr\xc3\xbc\xc3\x9fe \xff\r\n" + strings.Repeat("long ", 180) + "\r\ntrailing space \r\n\r\n.\t\r\nend\r\n"
	mail := []byte("From: a@x.test\r\nTo: alice@corp.test\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Transfer-Encoding: 8bit\r\nSubject: exact\r\n\r\n" + body)
	c := &relay.Client{Network: "tcp", Address: m.SMTP, Hello: "sender.test", Security: relay.TLSNone}
	defer c.Close()
	e := &relay.Envelope{From: "a@x.test", Body: "8BITMIME", Ret: "HDRS", EnvID: "id+20x", Recipients: []relay.Recipient{
		{Address: "alice@corp.test", Notify: "FAILURE", ORcpt: "rfc822;Alice@corp.test"}, {Address: "bob@corp.test"}}}
	for _, r := range c.Send(t.Context(), e, bytes.NewReader(mail)) {
		if !r.Reply.Positive() {
			t.Fatal(r.Reply)
		}
	}
	for _, who := range []string{"alice@corp.test", "bob@corp.test"} {
		got := m.Wait(t, who, 1)
		if !bytes.HasSuffix(got[0], []byte("\n\n"+strings.ReplaceAll(body, "\r\n", "\n"))) {
			t.Errorf("%s got %q", who, got[0])
		}
		if imap := m.Fetch(t, who); len(imap) != 1 || !bytes.HasSuffix(imap[0], []byte("\r\n\r\n"+body)) {
			t.Errorf("%s: IMAP gives %q", who, imap)
		}
	}
	m.Drained(t)
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := h.seen[0]
	if seen.Forward.Ident == "" || seen.Forward.Addr != "127.0.0.1" || seen.Forward.Helo != "sender.test" || seen.Body != "8BITMIME" {
		t.Errorf("envelope %+v", seen)
	}
	// GATEWAY 19: Postfix knows that we do DSN, so it hands its duties on.
	if seen.Ret != "HDRS" || seen.EnvID != "id+20x" || seen.Recipients[0].Notify != "FAILURE" || seen.Recipients[0].ORcpt != "rfc822;Alice@corp.test" {
		t.Errorf("DSN parameters %+v", seen)
	}
}

func TestSwaksThroughPostfixAndUs(t *testing.T) {
	m, _ := withFilter(t)
	mail := []byte("From: a@x.test\r\nSubject: hello\r\n\r\n.dot\r\ntext\r\n")
	m.Swaks(t, mail, "--from", "a@x.test", "--to", "alice@corp.test,bob@corp.test")
	for _, who := range []string{"alice@corp.test", "bob@corp.test"} {
		if got := m.Wait(t, who, 1)[0]; !bytes.HasSuffix(got, []byte("\n\n.dot\ntext\n")) {
			t.Errorf("%s got %q", who, got)
		}
	}
	m.Drained(t)
}

// GATEWAY 45: the healthy recipients get one copy, the other one gets his when the trouble is over.
func TestPostfixRetriesOneRecipientAndRepeatsNoOther(t *testing.T) {
	m, h := withFilter(t)
	h.setRefuse(func(a string) bool { return a == "bob@corp.test" })
	m.Swaks(t, []byte("From: a@x.test\r\nSubject: hello\r\n\r\ntext\r\n"), "--from", "a@x.test", "--to", "alice@corp.test,bob@corp.test,carol@corp.test")
	m.Wait(t, "alice@corp.test", 1)
	m.Wait(t, "carol@corp.test", 1)
	attempts := func() int {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.seen)
	}
	for attempts() < 3 { // Postfix came again, with bob only
		m.Flush(t)
		time.Sleep(100 * time.Millisecond)
	}
	h.setRefuse(nil)
	m.Wait(t, "bob@corp.test", 1)
	m.Drained(t)
	for who, n := range map[string]int{"alice@corp.test": 1, "bob@corp.test": 1, "carol@corp.test": 1} {
		if got := len(m.Mails(t, who)); got != n {
			t.Errorf("%s has %d copies", who, got)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.seen[1].Recipients) != 1 {
		t.Errorf("the second try was for %v", h.seen[1].Recipients)
	}
}

// TestMain runs this program as a filter of its own where a test wants one that it can kill.
func TestMain(m *testing.M) {
	if socket := os.Getenv("WAXWING_TEST_FILTER"); socket != "" {
		os.Remove(socket)
		l, err := net.Listen("unix", socket)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Chmod(socket, 0o666)
		h := &through{next: &relay.Client{Network: "unix", Address: os.Getenv("WAXWING_TEST_NEXT"), Security: relay.TLSNone, Forward: true}}
		s := &relay.Server{Handler: h, LMTP: true}
		s.Serve(l)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// GATEWAY 44: SIGKILL loses nothing. What it may repeat without a journal is counted.
func TestKillingTheFilterLosesNothing(t *testing.T) {
	const mails, kills = 60, 6
	socket := filepath.Join(socketDir(t), "in.sock")
	m := testmta.Start(t, testmta.Options{Inbound: socket})
	start := func() *exec.Cmd {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "WAXWING_TEST_FILTER="+socket, "WAXWING_TEST_NEXT="+m.ReinjectIn)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := &relay.Client{Network: "tcp", Address: m.SMTP, Security: relay.TLSNone}
	defer c.Close()
	running := start()
	sent := make(chan error, 1)
	go func() {
		for i := range mails {
			e := &relay.Envelope{From: "a@x.test", Recipients: []relay.Recipient{{Address: "alice@corp.test"}, {Address: "bob@corp.test"}}}
			mail := fmt.Sprintf("From: a@x.test\r\nSubject: number-%d-\r\n\r\ntext\r\n", i)
			if r := c.Send(context.Background(), e, strings.NewReader(mail))[0]; !r.Reply.Positive() {
				sent <- r.Reply
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		sent <- nil
	}()
	for range kills {
		time.Sleep(250 * time.Millisecond)
		running.Process.Kill()
		running.Wait()
		running = start()
	}
	defer func() { running.Process.Kill(); running.Wait() }()
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	m.Flush(t)
	m.Drained(t)
	extra := 0
	for _, who := range []string{"alice@corp.test", "bob@corp.test"} {
		all := bytes.Join(m.Mails(t, who), nil)
		for i := range mails {
			n := bytes.Count(all, fmt.Appendf(nil, "Subject: number-%d-\n", i))
			if n == 0 {
				t.Errorf("%s never got mail %d", who, i)
			}
			extra += max(0, n-1)
		}
	}
	t.Logf("%d mails to 2 recipients, %d kills: 0 lost, %d copies too many", mails, kills, extra)
}
