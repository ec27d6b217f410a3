package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func client(t testing.TB, network, address string, lmtp bool) *Client {
	c := &Client{Network: network, Address: address, LMTP: lmtp, Hello: "client.test", Security: TLSNone}
	t.Cleanup(func() { c.Close() })
	return c
}

func envelope(to ...string) *Envelope {
	e := &Envelope{From: "from@x.test"}
	for _, a := range to {
		e.Recipients = append(e.Recipients, Recipient{Address: a})
	}
	return e
}

func texts(list []Result) string {
	var all []string
	for _, r := range list {
		s := r.Reply.String()
		if r.Unknown {
			s += " (unknown)"
		}
		all = append(all, s)
	}
	return strings.Join(all, " | ")
}

func TestClientAndServerAgree(t *testing.T) {
	content := message("Subject: x", "", ".", "..", ".x", "", "end")
	for _, network := range []string{"unix", "tcp"} {
		for _, lmtp := range []bool{false, true} {
			b := &box{answer: func(_ *Envelope, r Recipient) Reply {
				if r.Address == "later@y.test" {
					return Temporary("4.2.1", "later")
				}
				return OK("taken")
			}, atRcpt: func(r Recipient) Reply {
				if r.Address == "never@y.test" {
					return Permanent("5.1.1", "nobody")
				}
				return OK("")
			}}
			c := client(t, network, serve(t, &Server{Handler: b, LMTP: lmtp, Admit: loopback(), Trust: loopback()}, network), lmtp)
			c.Forward = true
			e := envelope("one@y.test", "never@y.test", "later@y.test")
			e.Forward = Forward{Ident: "q 1+=", Source: "LOCAL"}
			e.Body, e.SMTPUTF8, e.Ret, e.EnvID = "8BITMIME", true, "FULL", "id"
			e.Recipients[0].Notify, e.Recipients[0].ORcpt = "NEVER", "rfc822;one@y.test"
			want := "250 2.0.0 taken | 550 5.1.1 nobody | 451 4.2.1 later"
			if !lmtp {
				want = "451 4.2.1 later | 550 5.1.1 nobody | 451 4.2.1 later"
			}
			for range 2 { // the second on the kept connection
				if got := texts(c.Send(t.Context(), e, source(content))); got != want {
					t.Errorf("%s lmtp=%v: %s", network, lmtp, got)
				}
			}
			m := b.all()[1]
			if !bytes.Equal(m.content, content) {
				t.Errorf("content %q", m.content)
			}
			got := m.env
			if got.From != e.From || got.Body != e.Body || !got.SMTPUTF8 || got.Ret != "FULL" || got.EnvID != "id" || got.Size != int64(len(content)) ||
				got.Forward != e.Forward || got.Recipients[0] != e.Recipients[0] || len(got.Recipients) != 2 {
				t.Errorf("envelope %+v", got)
			}
		}
	}
}

func TestConnectionsAreKeptAndStaleOnesReplaced(t *testing.T) {
	b := &box{}
	s := &Server{Handler: b, LMTP: true, Limits: Limits{Command: 80 * time.Millisecond}}
	var opened atomic.Int32
	l, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, s, countingListener{l, &opened})
	c := client(t, "unix", l.Addr().String(), true)
	for range 3 {
		if got := texts(c.Send(t.Context(), envelope("b@y.test"), source(message("A: b")))); got != "250 2.0.0 taken" {
			t.Fatal(got)
		}
	}
	if n := opened.Load(); n != 1 {
		t.Errorf("%d connections for three mails", n)
	}
	time.Sleep(150 * time.Millisecond) // the server says 421 and closes
	if got := texts(c.Send(t.Context(), envelope("b@y.test"), source(message("A: b")))); got != "250 2.0.0 taken" {
		t.Error(got)
	}
	if n := opened.Load(); n != 2 || len(b.all()) != 4 {
		t.Errorf("%d connections, %d mails", n, len(b.all()))
	}
}

type countingListener struct {
	net.Listener
	n *atomic.Int32
}

func (l countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.n.Add(1)
	}
	return c, err
}

// scripted is a next hop that answers each command by a table, and hangs up where the answer is empty.
func scripted(t *testing.T, announce []string, answers map[string]string) string {
	t.Helper()
	l, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go script(c, announce, answers)
		}
	}()
	return l.Addr().String()
}

func script(c net.Conn, announce []string, answers map[string]string) {
	defer c.Close()
	w := window{src: c}
	io.WriteString(c, "220 script\r\n")
	for {
		line, err := w.line(10000)
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(line, " ")
		answer, ok := answers[line]
		if !ok {
			answer, ok = answers[verb]
		}
		switch {
		case ok && answer == "":
			return
		case ok:
		case verb == "EHLO" || verb == "LHLO":
			io.WriteString(c, "250-script\r\n")
			for _, a := range announce {
				io.WriteString(c, "250-"+a+"\r\n")
			}
			answer = "250 HELP"
		case verb == "DATA":
			answer = "354 go"
		default:
			answer = "250 2.0.0 ok"
		}
		if _, err := io.WriteString(c, answer+"\r\n"); err != nil {
			return
		}
		if verb == "DATA" && answer[0] == '3' {
			u := unstuffer{w: io.Discard}
			for done := false; !done; {
				if len(w.rest()) == 0 && w.fill() != nil {
					return
				}
				var n int
				n, done = u.feed(w.rest())
				w.use(n)
			}
			end, ok := answers["."]
			if !ok {
				end = "250 2.0.0 queued"
			}
			if end == "" {
				return
			}
			io.WriteString(c, end+"\r\n")
		}
	}
}

// GATEWAY 47
func TestWhatTheNextHopCanDoToUs(t *testing.T) {
	all := []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "SIZE 100000"}
	for name, c := range map[string]struct {
		announce []string
		answers  map[string]string
		want     string
	}{
		"all is well":                     {all, nil, "250 2.0.0 queued | 250 2.0.0 queued"},
		"all is well without pipelining":  {nil, nil, "250 2.0.0 queued | 250 2.0.0 queued"},
		"an old server":                   {nil, map[string]string{"EHLO": "502 what"}, "250 2.0.0 queued | 250 2.0.0 queued"},
		"MAIL refused":                    {all, map[string]string{"MAIL": "550 5.7.1 no"}, "550 5.7.1 no | 550 5.7.1 no"},
		"MAIL refused, one after another": {nil, map[string]string{"MAIL": "450 no"}, "450 no | 450 no"},
		"a code without enhanced code":    {all, map[string]string{"MAIL": "550 1.2.3 no"}, "550 1.2.3 no | 550 1.2.3 no"},
		"one recipient refused":           {all, map[string]string{"RCPT TO:<one@y.test>": "452 4.2.2 full"}, "452 4.2.2 full | 250 2.0.0 queued"},
		"all recipients refused":          {all, map[string]string{"RCPT": "550 5.1.1 who"}, "550 5.1.1 who | 550 5.1.1 who"},
		"DATA refused":                    {all, map[string]string{"DATA": "451 4.3.0 disk"}, "451 4.3.0 disk | 451 4.3.0 disk"},
		"DATA answered with 250":          {all, map[string]string{"DATA": "250 yes"}, "451 4.5.0 the next hop answered DATA with 250 yes | 451 4.5.0 the next hop answered DATA with 250 yes"},
		"content refused":                 {all, map[string]string{".": "554 5.6.0 bad"}, "554 5.6.0 bad | 554 5.6.0 bad"},
		"hangs up at DATA":                {all, map[string]string{"DATA": ""}, "451 4.4.2 connection to the next hop broke before the message was complete: EOF | 451 4.4.2 connection to the next hop broke before the message was complete: EOF"},
		"hangs up after the dot":          {all, map[string]string{".": ""}, "451 4.4.2 the connection broke before the next hop answered; it may have the message: EOF (unknown) | 451 4.4.2 the connection broke before the next hop answered; it may have the message: EOF (unknown)"},
		"nonsense after the dot":          {all, map[string]string{".": "hello"}, "451 4.4.2 the connection broke before the next hop answered; it may have the message: the next hop does not speak SMTP (unknown) | 451 4.4.2 the connection broke before the next hop answered; it may have the message: the next hop does not speak SMTP (unknown)"},
		"too large":                       {[]string{"SIZE 5"}, nil, "550 5.3.4 message of 14 octets, the next hop takes 5 | 550 5.3.4 message of 14 octets, the next hop takes 5"},
		"several lines":                   {all, map[string]string{".": "250-2.0.0 a\r\n250 2.0.0 b"}, "250-2.0.0 a 250 2.0.0 b | 250-2.0.0 a 250 2.0.0 b"},
	} {
		c2 := client(t, "unix", scripted(t, c.announce, c.answers), false)
		if got := texts(c2.Send(t.Context(), envelope("one@y.test", "two@y.test"), source(message("A: b", "", "text")))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestLMTPThatHangsUpBetweenItsAnswers(t *testing.T) {
	addr := scripted(t, nil, map[string]string{".": "250 2.1.5 first"})
	c := client(t, "unix", addr, true)
	c.Done = 50 * time.Millisecond
	got := c.Send(t.Context(), envelope("one@y.test", "two@y.test"), source(message("A: b")))
	if got[0].Unknown || !got[0].Reply.Positive() || !got[1].Unknown || !got[1].Reply.IsTemporary() {
		t.Error(texts(got))
	}
}

// GATEWAY 17, 18, 20: what cannot go as it is does not go, for those concerned, for good.
func TestDowngradeRules(t *testing.T) {
	ascii, eight := message("A: b", "", "text"), message("A: b", "", "Grüße")
	utf8Header := message("Subject: Grüße", "", "text")
	split := message("A: "+strings.Repeat("x", 1<<16-7), "", "Grüße") // the empty line lies across two reads
	type is struct {
		mail []byte
		utf8 bool
		to   []string
		want string
	}
	for name, c := range map[string]struct {
		announce []string
		is       is
	}{
		"plain mail that was announced as 8-bit":  {nil, is{ascii, true, []string{"a@y.test"}, "250 2.0.0 queued"}},
		"8-bit body, nothing offered":             {nil, is{eight, false, []string{"a@y.test"}, "550 5.6.3 the message has 8-bit content, and the next hop does not offer 8BITMIME"}},
		"8-bit body behind a long header":         {[]string{"8BITMIME"}, is{split, true, []string{"a@y.test"}, "250 2.0.0 queued"}},
		"8-bit body, 8BITMIME offered":            {[]string{"8BITMIME"}, is{eight, true, []string{"a@y.test"}, "250 2.0.0 queued"}},
		"letters in the header, 8BITMIME offered": {[]string{"8BITMIME"}, is{utf8Header, true, []string{"a@y.test"}, "550 5.6.7 SMTPUTF8 is needed, and the next hop does not offer it"}},
		"letters in one address":                  {[]string{"8BITMIME"}, is{ascii, true, []string{"ä@y.test", "a@y.test"}, "550 5.6.7 SMTPUTF8 is needed, and the next hop does not offer it | 250 2.0.0 queued"}},
		"letters, all offered":                    {[]string{"8BITMIME", "SMTPUTF8"}, is{utf8Header, true, []string{"ä@y.test"}, "250 2.0.0 queued"}},
	} {
		cl := client(t, "unix", scripted(t, c.announce, nil), false)
		e := envelope(c.is.to...)
		e.SMTPUTF8, e.Body = c.is.utf8, "8BITMIME"
		if got := texts(cl.Send(t.Context(), e, source(c.is.mail))); got != c.is.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.is.want)
		}
	}
}

func TestNothingOfAnEnvelopeBecomesACommand(t *testing.T) {
	addr := scripted(t, nil, nil)
	for _, bad := range []string{"a@y.test>\r\nRCPT TO:<x@y.test", "a@y.test\r\nDATA", "a@y.test> NOTIFY=NEVER", "a b@y.test", "", "\"a@y.test", "a@y.test\x00"} {
		got := client(t, "unix", addr, false).Send(t.Context(), envelope("good@y.test", bad), source(message("A: b")))
		if !got[0].Reply.Positive() || got[1].Reply.Enhanced != "5.1.3" {
			t.Errorf("%q: %s", bad, texts(got))
		}
		e := envelope("good@y.test")
		if e.From = bad; bad != "" && client(t, "unix", addr, false).Send(t.Context(), e, source(message("A: b")))[0].Reply.Enhanced != "5.1.7" {
			t.Errorf("sender %q was sent", bad)
		}
	}
	e := envelope("good@y.test")
	e.EnvID = "x\r\nDATA"
	if got := client(t, "unix", addr, false).Send(t.Context(), e, source(message("A: b"))); got[0].Reply.Positive() {
		t.Error("an envelope id was sent as a command")
	}
}

func TestNoNextHopIsATemporaryFailure(t *testing.T) {
	got := client(t, "unix", t.TempDir()+"/nobody", true).Send(t.Context(), envelope("a@y.test", "b@y.test"), source(message("A: b")))
	for _, r := range got {
		if !r.Reply.IsTemporary() || r.Unknown || r.Reply.Enhanced != "4.4.1" {
			t.Error(texts(got))
		}
	}
	refuses := scripted(t, nil, map[string]string{"EHLO": "", "HELO": ""})
	if got := client(t, "unix", refuses, false).Send(t.Context(), envelope("a@y.test"), source(message("A: b"))); !got[0].Reply.IsTemporary() {
		t.Error(texts(got))
	}
}

func TestAContextThatEndsIsTemporaryOrUnknown(t *testing.T) {
	block := make(chan bool)
	b := &box{before: func(context.Context) { <-block }}
	c := client(t, "unix", serve(t, &Server{Handler: b, LMTP: true}, "unix"), true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	got := c.Send(ctx, envelope("a@y.test"), source(message("A: b")))
	close(block)
	if !got[0].Unknown || !got[0].Reply.IsTemporary() {
		t.Error(texts(got))
	}
}

func TestAMessageThatCannotBeReadIsNotSent(t *testing.T) {
	b := &box{}
	c := client(t, "unix", serve(t, &Server{Handler: b, LMTP: true}, "unix"), true)
	got := c.Send(t.Context(), envelope("a@y.test"), broken{})
	if !got[0].Reply.IsTemporary() || got[0].Unknown {
		t.Error(texts(got))
	}
	for _, bad := range []string{"A: b\n\r\nx\r\n", "A: b\r\n\r\nx\n.\r\nMAIL FROM:<>\r\n", "x\r.\ry\r\n", "x\r"} {
		got := c.Send(t.Context(), envelope("a@y.test"), source([]byte(bad)))
		if got[0].Reply.Enhanced != "5.6.0" {
			t.Errorf("%q: %s", bad, texts(got))
		}
	}
	if len(b.all()) != 0 {
		t.Errorf("%q arrived", b.all()[0].content)
	}
}

type broken struct{}

func (broken) Size() int64 { return 1 << 20 }
func (broken) ReadAt(p []byte, off int64) (int, error) {
	if off > 100000 {
		return 0, errors.New("disk")
	}
	return copy(p, bytes.Repeat([]byte("A: 0123456789\r\n"), len(p)/15+1)), nil
}

func TestManyRecipientsAtOnce(t *testing.T) {
	b := &box{}
	c := client(t, "unix", serve(t, &Server{Handler: b, LMTP: true, Limits: Limits{Recipients: 950}}, "unix"), true)
	var to []string
	for i := range 1000 {
		to = append(to, fmt.Sprintf("user%d@y.test", i))
	}
	good, later := 0, 0
	for _, r := range c.Send(t.Context(), envelope(to...), source(message("A: b"))) {
		switch {
		case r.Reply.Positive():
			good++
		case r.Reply.Code == 452:
			later++
		}
	}
	if good != 950 || later != 50 || len(b.only(t).env.Recipients) != 950 {
		t.Errorf("%d good, %d later", good, later)
	}
}
