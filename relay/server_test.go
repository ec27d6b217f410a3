package relay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestOneTransactionOfEachKind(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		b := &box{}
		addr := serve(t, &Server{Handler: b, LMTP: lmtp, Hostname: "gw.test"}, "unix")
		k := dialTalk(t, "unix", addr)
		k.want("", "220 gw.test ")
		hello := "EHLO me\r\n"
		if lmtp {
			hello = "LHLO me\r\n"
		}
		k.want(hello, "250-gw.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250-CHUNKING\r\n250-DSN\r\n250-SIZE 52428800\r\n250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n")
		k.want("XFORWARD IDENT=4abc NAME=out+2Eside SOURCE=REMOTE HELO=[UNAVAILABLE]\r\n", "250 ")
		k.want("MAIL FROM:<a@x.test> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=abc+20d\r\nRCPT TO:<b@y.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;B+2B1@y.test\r\nRCPT TO:<c@y.test>\r\nDATA\r\n",
			"250 2.1.0", "250 ", "250 ", "354 ")
		k.say("Subject: x\r\n\r\n..dot\r\nend\r\n.\r\n")
		k.want("", "250 2.0.0")
		if lmtp {
			k.want("", "250 2.0.0")
		}
		k.want("QUIT\r\n", "221 ")
		k.closed()
		m := b.only(t)
		if got := string(m.content); got != "Subject: x\r\n\r\n.dot\r\nend\r\n" {
			t.Errorf("content %q", got)
		}
		e := m.env
		if e.From != "a@x.test" || e.Size != 100 || e.Body != "8BITMIME" || e.Ret != "HDRS" || e.EnvID != "abc+20d" || len(e.Recipients) != 2 ||
			e.Recipients[0] != (Recipient{"b@y.test", "SUCCESS,FAILURE", "rfc822;B+2B1@y.test"}) ||
			e.Forward != (Forward{Ident: "4abc", Name: "out.side", Source: "REMOTE"}) {
			t.Errorf("envelope %+v", e)
		}
	}
}

func TestCommandsThatAreRefused(t *testing.T) {
	const hello, mail = "EHLO me\r\n", "EHLO me\r\nMAIL FROM:<a@x.test>\r\n"
	for name, c := range map[string]struct{ say, want string }{
		"LHLO to SMTP":                    {"LHLO me\r\n", "500 5.5.1"},
		"hello without a name":            {"EHLO \r\n", "501 "},
		"MAIL before hello":               {"MAIL FROM:<a@x.test>\r\n", "503 "},
		"MAIL without brackets":           {hello + "MAIL FROM:a@x.test\r\n", "501 "},
		"two MAILs":                       {mail + "MAIL FROM:<a@x.test>\r\n", "503 "},
		"a space in an address":           {hello + "MAIL FROM:<a b@x.test>\r\n", "501 "},
		"a bracket in an address":         {hello + "MAIL FROM:<a<b@x.test>\r\n", "501 "},
		"an address with no end":          {hello + "MAIL FROM:<a@x.test\r\n", "501 "},
		"a quoted string with no end":     {hello + "MAIL FROM:<\"a@x.test>\r\n", "501 "},
		"something glued to the address":  {hello + "MAIL FROM:<a@x.test>SIZE=1\r\n", "501 "},
		"an address without local part":   {hello + "MAIL FROM:<@x.test>\r\n", "501 "},
		"letters without SMTPUTF8":        {hello + "MAIL FROM:<ä@x.test>\r\n", "553 5.6.7"},
		"letters that are no UTF-8":       {hello + "MAIL FROM:<\xff@x.test> SMTPUTF8\r\n", "553 5.1.7"},
		"BINARYMIME":                      {hello + "MAIL FROM:<a@x.test> BODY=BINARYMIME\r\n", "501 "},
		"a parameter nobody knows":        {hello + "MAIL FROM:<a@x.test> FOO=1\r\n", "555 "},
		"REQUIRETLS without TLS":          {hello + "MAIL FROM:<a@x.test> REQUIRETLS\r\n", "555 "},
		"a size beyond the limit":         {hello + "MAIL FROM:<a@x.test> SIZE=99999999999\r\n", "552 5.3.4"},
		"a negative size":                 {hello + "MAIL FROM:<a@x.test> SIZE=-1\r\n", "501 "},
		"RET of something else":           {hello + "MAIL FROM:<a@x.test> RET=ALL\r\n", "501 "},
		"RCPT before MAIL":                {hello + "RCPT TO:<a@x.test>\r\n", "503 "},
		"RCPT to nobody":                  {mail + "RCPT TO:<>\r\n", "553 5.1.3"},
		"NEVER together with something":   {mail + "RCPT TO:<a@x.test> NOTIFY=NEVER,DELAY\r\n", "501 "},
		"ORCPT without type":              {mail + "RCPT TO:<a@x.test> ORCPT=a@x.test\r\n", "501 "},
		"DATA without recipients":         {mail + "DATA\r\n", "503 "},
		"BDAT without recipients":         {mail + "BDAT 3 LAST\r\nabc", "503 "},
		"AUTH that is not offered":        {hello + "AUTH PLAIN AAAA\r\n", "502 "},
		"STARTTLS that is not offered":    {hello + "STARTTLS\r\n", "503 "},
		"a command nobody knows":          {hello + "FOO\r\n", "500 5.5.1"},
		"a browser that posts":            {"POST / HTTP/1.1\r\n", "521 "},
		"a header field as a command":     {hello + "Subject: x\r\n", "521 "},
		"a command ended by LF":           {hello + "NOOP\nNOOP\r\n", "521 5.5.2"},
		"a command with a CR in it":       {hello + "NO\rOP\r\n", "521 5.5.2"},
		"a command longer than the limit": {hello + "NOOP " + strings.Repeat("x", 20000) + "\r\n", "500 5.5.2"},
		"XFORWARD of something else":      {hello + "XFORWARD FOO=1\r\n", "501 "},
		"BDAT without size":               {mail + "BDAT x\r\n", "501 "},
	} {
		t.Run(name, func(t *testing.T) {
			k := dialTalk(t, "unix", serve(t, &Server{Handler: &box{}}, "unix"))
			k.want("", "220 ")
			n := strings.Count(c.say, "\r\n") - 1
			k.say(c.say)
			for range n {
				if got := k.hear(); strings.HasPrefix(got, c.want) && got[0] != '2' {
					return
				}
			}
			k.want("", c.want)
		})
	}
}

func TestXFORWARDAndXCLIENTAreForTrustedPeersOnly(t *testing.T) {
	s := &Server{Handler: &box{}, Admit: loopback()}
	k := dialTalk(t, "tcp", serve(t, s, "tcp"))
	k.want("", "220 ")
	k.say("EHLO me\r\n")
	if got := k.hear(); strings.Contains(got, "XFORWARD") || strings.Contains(got, "XCLIENT") {
		t.Errorf("offered to a stranger: %q", got)
	}
	k.want("XFORWARD IDENT=x\r\nXCLIENT LOGIN=root\r\n", "550 ", "550 ")

	b := &box{}
	k = dialTalk(t, "tcp", serve(t, &Server{Handler: b, Trust: loopback()}, "tcp"))
	k.want("", "220 ")
	k.want("EHLO me\r\nMAIL FROM:<a@x.test>\r\n", "250", "550 5.7.1") // trusted is not admitted
	k.want("XCLIENT ADDR=IPV6:2001:db8::1 PORT=77 LOGIN=alice NAME=host.test\r\n", "220 ")
	k.want("EHLO me\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
	k.want("x: y\r\n.\r\n", "250 ")
	p := b.only(t).env.Peer
	if p.User != "alice" || p.Addr.String() != "[2001:db8::1]:77" || p.Name != "host.test" {
		t.Errorf("peer %+v", p)
	}
}

func TestStrangersMayNotSend(t *testing.T) {
	k := dialTalk(t, "tcp", serve(t, &Server{Handler: &box{}}, "tcp"))
	k.want("", "220 ")
	k.want("EHLO me\r\nMAIL FROM:<a@x.test>\r\n", "250", "550 5.7.1")
}

// GATEWAY 52
func TestAMailThatGoesInACircleIsRefused(t *testing.T) {
	b := &box{}
	s := &Server{Handler: b, LMTP: true, LoopField: "Waxwing-Loop", LoopValue: "gw.test", Limits: Limits{Hops: 20}}
	addr := serve(t, s, "unix")
	for name, c := range map[string]struct{ header, want string }{
		"twenty hops":            {strings.Repeat("Received: by x\r\n", 20), "250"},
		"twenty-one hops":        {strings.Repeat("received : by x\r\n", 21), "554 5.4.6"},
		"own mark":               {"A: b\r\nwaxwing-loop:  gw.test \r\n", "554 5.4.6"},
		"the mark of another":    {"Waxwing-Loop: other.test\r\n", "250"},
		"marks inside the body":  {"A: b\r\n\r\nWaxwing-Loop: gw.test\r\n" + strings.Repeat("Received: by x\r\n", 30), "250"},
		"mark after a long line": {"A: " + strings.Repeat("y", 200000) + "\r\nWaxwing-Loop: gw.test\r\n", "554 5.4.6"},
	} {
		k := dialTalk(t, "unix", addr)
		k.want("", "220 ")
		k.want("LHLO me\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
		k.say(c.header + "\r\nbody\r\n.\r\n")
		if got := k.hear(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %s", name, got, c.want)
		}
	}
}

func TestSizeAndRecipientLimits(t *testing.T) {
	b := &box{}
	k := dialTalk(t, "unix", serve(t, &Server{Handler: b, Limits: Limits{Size: 1000, Recipients: 1}}, "unix"))
	k.want("", "220 ")
	k.want("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nRCPT TO:<c@y.test>\r\nDATA\r\n", "250", "250", "250", "452 4.5.3", "354")
	k.want(strings.Repeat("0123456789\r\n", 100)+".\r\n", "552 5.3.4")
	k.want("MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n", "250", "250", "354")
	k.want(strings.Repeat("0123456789\r\n", 10)+".\r\n", "250")
	if m := b.only(t); len(m.content) != 120 || m.env.Recipients[0].Address != "Postmaster" {
		t.Errorf("%d bytes for %+v", len(m.content), m.env.Recipients)
	}
}

func TestTheOneAnswerOfSMTPHidesNoFailure(t *testing.T) {
	ok, later, never := OK(""), Temporary("4.0.1", ""), Permanent("5.0.1", "")
	for _, c := range []struct {
		in   []Reply
		want string
	}{
		{[]Reply{ok, ok}, "250 2.0.0"}, {[]Reply{ok, never}, "550 5.0.1"}, {[]Reply{never, later, ok}, "451 4.0.1"},
		{[]Reply{ok, {}}, "451 4.3.0 no answer; try again"}, {[]Reply{{Code: 999}}, "451 4.3.0 no answer; try again"}, {[]Reply{{Code: 250, Enhanced: "5.1.1"}}, "250 2.0.0"},
	} {
		if got := together(c.in).String(); got != c.want {
			t.Errorf("%v: %q, want %q", c.in, got, c.want)
		}
	}
}

// GATEWAY 49
func TestAHandlerThatPanicsIsATemporaryFailure(t *testing.T) {
	b := &box{before: func(context.Context) { panic("poison") }}
	k := dialTalk(t, "unix", serve(t, &Server{Handler: b, LMTP: true}, "unix"))
	k.want("", "220 ")
	for range 2 {
		k.want("LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nRCPT TO:<c@y.test>\r\nDATA\r\n", "250", "250", "250", "250", "354")
		k.want("x: y\r\n.\r\n", "451 4.3.0", "451 4.3.0")
	}
	b.before = nil
	b.answer = func(_ *Envelope, r Recipient) Reply {
		if r.Address == "c@y.test" {
			return Permanent("5.7.1", "line one\nline two\x00")
		}
		return OK("")
	}
	k.want("MAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nRCPT TO:<c@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
	k.want("x: y\r\n.\r\n", "250 2.0.0 \r\n", "550-5.7.1 line one\r\n550 5.7.1 line two \r\n")
}

func TestShutdownLetsTransactionsFinishAndTellsQuietPeers(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	b := &box{before: func(context.Context) { entered <- true; <-leave }}
	s := &Server{Handler: b, LMTP: true}
	addr := serve(t, s, "unix")
	busy, quiet, middle := dialTalk(t, "unix", addr), dialTalk(t, "unix", addr), dialTalk(t, "unix", addr)
	for _, k := range []*talk{busy, quiet, middle} {
		k.want("", "220 ")
		k.want("LHLO me\r\n", "250")
	}
	busy.want("MAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "354")
	middle.want("MAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\n", "250", "250")
	busy.say("x: y\r\n.\r\n")
	<-entered
	ended := make(chan error)
	go func() { ended <- s.Shutdown(t.Context()) }()
	quiet.want("", "421 4.3.2")
	quiet.closed()
	leave <- true
	busy.want("", "250 ", "421 4.3.2")
	busy.closed()
	middle.want("DATA\r\n", "354")
	middle.say("x: y\r\n.\r\n")
	<-entered
	leave <- true
	middle.want("", "250 ", "421 4.3.2")
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := len(b.all()); n != 2 {
		t.Errorf("%d mails", n)
	}
}

func TestShutdownCutsOffWhatDoesNotEnd(t *testing.T) {
	b := &box{before: func(ctx context.Context) { <-ctx.Done() }}
	s := &Server{Handler: b, LMTP: true}
	k := dialTalk(t, "unix", serve(t, s, "unix"))
	k.want("", "220 ")
	k.want("LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
	k.say("x: y\r\n.\r\n")
	for s.sem() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Shutdown(ctx); err == nil {
		t.Error("shutdown did not say that it cut something off")
	}
}

func (s *Server) sem() int { return len(s.handling) }

func TestTooManyConnectionsAreToldSo(t *testing.T) {
	s := &Server{Handler: &box{}, Admit: loopback(), Limits: Limits{PerAddress: 2}}
	addr := serve(t, s, "tcp")
	first, second := dialTalk(t, "tcp", addr), dialTalk(t, "tcp", addr)
	first.want("", "220 ")
	second.want("", "220 ")
	dialTalk(t, "tcp", addr).want("", "421 4.3.2")
	first.want("QUIT\r\n", "221 ")
	first.closed()
	for range 100 { // the place is free soon after
		k := dialTalk(t, "tcp", addr)
		if strings.HasPrefix(k.hear(), "220 ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the place did not become free")
}

func TestAPeerThatSaysNothingIsLetGo(t *testing.T) {
	l := Limits{Command: 30 * time.Millisecond, Data: 30 * time.Millisecond}
	addr := serve(t, &Server{Handler: &box{}, Limits: l}, "unix")
	k := dialTalk(t, "unix", addr)
	k.want("", "220 ", "421 4.4.2")
	k.closed()
	k = dialTalk(t, "unix", addr)
	k.want("", "220 ")
	k.want("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
	k.want("half a message", "421 4.4.2")
	k.closed()
}

// GATEWAY 5.4 of the issue: 10,000 slow connections. Here 1,000, each in the middle of a message, and what one of them costs.
func TestSlowConnectionsCostLittle(t *testing.T) {
	const many = 1000
	addr := serve(t, &Server{Handler: &box{}, LMTP: true}, "unix")
	before := memory()
	var all []*talk
	for range many {
		k := dialTalk(t, "unix", addr)
		k.want("", "220 ")
		k.want("LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
		k.say("Subject: slow\r\n")
		all = append(all, k)
	}
	each := int64(memory()-before) / many
	t.Logf("%d bytes for a slow connection, both ends together", each)
	if each > 40<<10 { // the test's own end has a reader of 4 KiB and a deadline
		t.Errorf("a slow connection costs %d bytes", each)
	}
	for _, k := range all {
		k.Close()
	}
}

func memory() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

func TestALargeMessageGoesThroughAPrivateFile(t *testing.T) {
	line := strings.Repeat("x", 76) + "\r\n"
	want := []byte("A: b\r\n\r\n" + strings.Repeat(line, 50000))
	for _, l := range []Limits{{}, {Memory: 1, Spool: 1000}} {
		b := &box{}
		k := dialTalk(t, "unix", serve(t, &Server{Handler: b, SpoolDir: t.TempDir(), Limits: l}, "unix"))
		k.want("", "220 ")
		k.want("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
		fmt.Fprintf(k, "%s.\r\n", want)
		k.want("", "250")
		if !bytes.Equal(b.only(t).content, want) {
			t.Error("content differs")
		}
	}
}

func TestNoRoomIsATemporaryFailure(t *testing.T) {
	b := &box{}
	k := dialTalk(t, "unix", serve(t, &Server{Handler: b, SpoolDir: t.TempDir() + "/missing", Limits: Limits{Spool: 1000}}, "unix"))
	k.want("", "220 ")
	for range 2 {
		k.want("EHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
		io.WriteString(k, strings.Repeat("A: 0123456789\r\n", 1000))
		k.want(".\r\n", "452 4.3.1")
	}
	if len(b.all()) > 0 {
		t.Error("the handler got half a mail")
	}
}
