package milter

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// judge is a handler that keeps what it saw and answers as told.
type judge struct {
	mu      sync.Mutex
	seen    []Message
	content [][]byte
	answer  func(m *Message) Answer
	rcpt    func(r Recipient) Answer
}

func (j *judge) Recipient(_ context.Context, _ *Message, r Recipient) Answer {
	if j.rcpt == nil {
		return Answer{Action: Accept}
	}
	return j.rcpt(r)
}

func (j *judge) Message(_ context.Context, m *Message) Answer {
	content, err := io.ReadAll(io.NewSectionReader(m.Content, 0, m.Content.Size()))
	if err != nil {
		return Answer{}
	}
	j.mu.Lock()
	j.seen, j.content = append(j.seen, *m), append(j.content, content)
	j.mu.Unlock()
	if j.answer == nil {
		return Answer{Action: Accept}
	}
	return j.answer(m)
}

func start(t testing.TB, s *Server, path string) string {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "m")
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return path
}

// mta is the other side, said packet by packet.
type mta struct {
	t testing.TB
	packets
}

func dial(t testing.TB, path string) *mta {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return &mta{t, packets{rw: c, most: 1 << 20}}
}

func (m *mta) say(cmd byte, data ...string) {
	m.t.Helper()
	if err := m.write(cmd, []byte(strings.Join(data, ""))); err != nil {
		m.t.Fatal(err)
	}
}

// hear returns the next answers up to one of the last kind, as "cmd data".
func (m *mta) hear() string {
	m.t.Helper()
	cmd, data, err := m.read()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(fmt.Sprintf("%c %q", cmd, data))
}

func (m *mta) want(all ...string) {
	m.t.Helper()
	for _, w := range all {
		if got := m.hear(); got != w {
			m.t.Fatalf("got %s, want %s", got, w)
		}
	}
}

func offer(version, actions, steps uint32) string {
	b := binary.BigEndian.AppendUint32(nil, version)
	b = binary.BigEndian.AppendUint32(b, actions)
	return string(binary.BigEndian.AppendUint32(b, steps))
}

// modern offers all and takes what is agreed.
func modern(t testing.TB, path string) *mta {
	m := dial(t, path)
	m.say('O', offer(6, 0x1ff, 0x1fffff))
	if got := m.hear(); got[0] != 'O' {
		t.Fatal(got)
	}
	return m
}

// mailOne says a whole mail and leaves the answers to be heard.
func (m *mta) mailOne(body string) {
	m.say('C', "client.test\x004\x04\xd2192.0.2.1\x00")
	m.say('D', "C{daemon_name}\x00mx\x00")
	m.say('H', "helo.test\x00")
	m.say('D', "Mi\x00QID1\x00{auth_authen}\x00alice\x00")
	m.say('M', "<a@x.test>\x00SIZE=10\x00BODY=8BITMIME\x00")
	m.say('R', "<b@y.test>\x00")
	m.say('R', "<c@y.test>\x00NOTIFY=NEVER\x00")
	m.say('L', "Subject\x00 one\n\ttwo\x00")
	m.say('L', "X-Tight\x00no space\x00")
	m.say('N')
	m.say('B', body)
	m.say('E')
}

func TestAMailAsItWasShown(t *testing.T) {
	j := &judge{}
	m := modern(t, start(t, &Server{Handler: j}, ""))
	for i := range 2 {
		m.mailOne("line\r\n")
		m.want(`a ""`)
		got := j.seen[i]
		if string(j.content[i]) != "Subject: one\r\n\ttwo\r\nX-Tight:no space\r\n\r\nline\r\n" {
			t.Errorf("content %q", j.content[i])
		}
		if got.Client.Name != "client.test" || got.Client.Addr.String() != "192.0.2.1:1234" || got.Client.Helo != "helo.test" ||
			got.From != "a@x.test" || !slices.Equal(got.FromArgs, []string{"SIZE=10", "BODY=8BITMIME"}) || len(got.Recipients) != 2 ||
			got.Recipients[1].Args[0] != "NOTIFY=NEVER" || got.Macros["i"] != "QID1" || got.Macros["auth_authen"] != "alice" || got.Macros["daemon_name"] != "mx" {
			t.Errorf("message %+v", got)
		}
		m.say('A')
		m.say('K')
	}
	m.say('C', "other.test\x00U")
	m.say('M', "<>\x00")
	m.say('R', "<b@y.test>\x00")
	m.say('E')
	m.want(`a ""`)
	if last := j.seen[2]; last.Macros["i"] != "" || last.Client.Addr.IsValid() || last.From != "" || string(j.content[2]) != "\r\n" {
		t.Errorf("what was left of the mail before: %+v", last)
	}
}

func TestAnOldMTAThatWaitsForEachAnswer(t *testing.T) {
	j := &judge{answer: func(*Message) Answer {
		return Answer{Action: Accept, Edits: []Edit{{Op: Add, Name: "X", Value: " y"}}}
	}}
	m := dial(t, start(t, &Server{Handler: j, Actions: AddHeaders}, ""))
	m.say('O', offer(2, 0x1f, 0x7f))
	m.want(`O "\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x00"`)
	for _, c := range []string{"Cx\x00U", "Hme\x00", "M<a@x.test>\x00", "R<b@y.test>\x00", "LSubject\x00one\x00", "N", "Bbody\r\n"} {
		m.say(c[0], c[1:])
		m.want(`c ""`)
	}
	m.say('E')
	m.want(`h "X\x00y\x00"`, `a ""`)
	if got := string(j.content[0]); got != "Subject: one\r\n\r\nbody\r\n" {
		t.Errorf("content %q", got)
	}
}

func TestEachAnswerOnTheWire(t *testing.T) {
	from := "new@x.test"
	all := AddHeaders | ChangeBody | AddRecipients | DeleteRecipients | ChangeHeaders | QuarantineMail | ChangeFrom | AddWithArgs
	for name, c := range map[string]struct {
		a    Answer
		want []string
	}{
		"nothing":                  {Answer{}, []string{`t ""`}},
		"reject":                   {Answer{Action: Reject}, []string{`r ""`}},
		"reject with a reason":     {Answer{Action: Reject, Code: 554, Enhanced: "5.7.1", Text: "100%\r\nno"}, []string{`y "554 5.7.1 100%%  no\x00"`}},
		"a code of the wrong kind": {Answer{Action: Reject, Code: 250}, []string{`r ""`}},
		"later":                    {Answer{Code: 451, Text: "later"}, []string{`y "451 4.7.1 later\x00"`}},
		"discard":                  {Answer{Action: Discard, Edits: []Edit{{Op: Add, Name: "X", Value: " y"}}}, []string{`d ""`}},
		"header": {Answer{Action: Accept, Edits: []Edit{{Op: Insert, Name: "A", Value: " one\r\n two"}, {Op: Change, Index: 2, Name: "B", Value: "x"}, {Op: Delete, Index: 1, Name: "C"}, {Op: Add, Name: "D", Value: " z"}}},
			[]string{`i "\x00\x00\x00\x00A\x00 one\n two\x00"`, `m "\x00\x00\x00\x02B\x00x\x00"`, `m "\x00\x00\x00\x01C\x00\x00"`, `h "D\x00 z\x00"`, `a ""`}},
		"envelope":        {Answer{Action: Accept, From: &from, Add: []Recipient{{"n@y.test", nil}, {"m@y.test", []string{"NOTIFY=NEVER"}}}, Remove: []string{"b@y.test"}}, []string{`e "<new@x.test>\x00"`, `- "<b@y.test>\x00"`, `+ "<n@y.test>\x00"`, `2 "<m@y.test>\x00NOTIFY=NEVER\x00"`, `a ""`}},
		"quarantine":      {Answer{Action: Accept, Quarantine: "odd"}, []string{`q "odd\x00"`, `a ""`}},
		"an empty body":   {Answer{Action: Accept, Body: strings.NewReader("")}, []string{`b ""`, `a ""`}},
		"a body":          {Answer{Action: Accept, Body: strings.NewReader("new\r\n")}, []string{`b "new\r\n"`, `a ""`}},
		"an added field":  {Answer{Action: Accept, Edits: []Edit{{Op: Add, Name: "X", Value: " y\r\nBcc: z"}}}, []string{`t ""`}},
		"no field name":   {Answer{Action: Accept, Edits: []Edit{{Op: Add, Name: "X:", Value: " y"}}}, []string{`t ""`}},
		"an empty change": {Answer{Action: Accept, Edits: []Edit{{Op: Change, Index: 1, Name: "X", Value: " "}}}, []string{`t ""`}},
	} {
		j := &judge{answer: func(*Message) Answer { return c.a }}
		m := modern(t, start(t, &Server{Handler: j, Actions: all}, ""))
		m.mailOne("x\r\n")
		for _, w := range c.want {
			if got := m.hear(); got != w {
				t.Errorf("%s: got %s, want %s", name, got, w)
			}
		}
	}
	j := &judge{answer: func(*Message) Answer { return Answer{Action: Accept, Body: strings.NewReader("x")} }}
	m := modern(t, start(t, &Server{Handler: j}, "")) // the server did not ask for ChangeBody
	m.mailOne("x\r\n")
	m.want(`t ""`)
}

func TestALongBodyGoesInPieces(t *testing.T) {
	body := strings.Repeat("0123456789abc\r\n", 20000)
	j := &judge{answer: func(*Message) Answer { return Answer{Action: Accept, Body: strings.NewReader(body)} }}
	m := modern(t, start(t, &Server{Handler: j, Actions: ChangeBody}, ""))
	m.mailOne("x\r\n")
	var got []byte
	for {
		cmd, data, err := m.read()
		if err != nil {
			t.Fatal(err)
		}
		if cmd == 'a' {
			break
		}
		if cmd != 'b' || len(data) > bodyPiece {
			t.Fatalf("%c with %d bytes", cmd, len(data))
		}
		got = append(got, data...)
	}
	if string(got) != body {
		t.Errorf("%d bytes of %d", len(got), len(body))
	}
}

func TestRecipientsAreAskedForWhereTheServerSaysSo(t *testing.T) {
	j := &judge{rcpt: func(r Recipient) Answer {
		if r.Address == "b@y.test" {
			return Answer{Action: Reject, Code: 550, Enhanced: "5.7.1", Text: "cannot be encrypted"}
		}
		return Answer{Action: Accept}
	}}
	m := modern(t, start(t, &Server{Handler: j, AskRecipients: true}, ""))
	m.mailOne("x\r\n")
	m.want(`y "550 5.7.1 cannot be encrypted\x00"`, `c ""`, `a ""`)
	if r := j.seen[0].Recipients; len(r) != 1 || r[0].Address != "c@y.test" {
		t.Errorf("recipients %v", r)
	}
}

func TestTheMTAIsToldToBePatient(t *testing.T) {
	go1 := make(chan bool)
	j := &judge{answer: func(*Message) Answer { <-go1; return Answer{Action: Accept} }}
	m := modern(t, start(t, &Server{Handler: j, Limits: Limits{Progress: 10 * time.Millisecond}}, ""))
	m.mailOne("x\r\n")
	m.want(`p ""`, `p ""`)
	close(go1)
	for got := m.hear(); got != `a ""`; got = m.hear() {
		if got != `p ""` {
			t.Fatal(got)
		}
	}
}

func TestLimitsAndFaults(t *testing.T) {
	for name, c := range map[string]struct {
		l    Limits
		dir  string
		want string
	}{
		"too large":           {Limits{Size: 50}, "", `y "552 5.3.4 message larger than the limits of the filter\x00"`},
		"too much header":     {Limits{Header: 10}, "", `y "552 5.3.4 message larger than the limits of the filter\x00"`},
		"too many recipients": {Limits{Recipients: 1}, "", `y "552 5.3.4 message larger than the limits of the filter\x00"`},
		"no room":             {Limits{Spool: 10}, "/missing/folder", `y "452 4.3.1 no room for the message; try again later\x00"`},
	} {
		m := modern(t, start(t, &Server{Handler: &judge{}, SpoolDir: c.dir, Limits: c.l}, ""))
		m.mailOne(strings.Repeat("x\r\n", 20))
		if got := m.hear(); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	j := &judge{answer: func(*Message) Answer { panic("poison") }}
	m := modern(t, start(t, &Server{Handler: j}, ""))
	m.mailOne("x\r\n")
	m.want(`y "451 4.3.0 internal error; try again\x00"`)
}

func TestWhatIsNotTheProtocolEndsTheConnection(t *testing.T) {
	path := start(t, &Server{Handler: &judge{}, Limits: Limits{Packet: 1000}}, "")
	for name, say := range map[string]string{
		"a packet beyond the limit": "\x7f\xff\xff\xffO", "an empty packet": "\x00\x00\x00\x00O", "an old version": "\x00\x00\x00\x0dO" + offer(1, 0, 0),
		"a short offer": "\x00\x00\x00\x02O1", "a mail before the offer": "\x00\x00\x00\x05M<>\x00\x00", "nonsense": "GET / HTTP/1.1\r\n\r\n",
	} {
		m := dial(t, path)
		if _, err := io.WriteString(m.rw, say); err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.read(); err == nil {
			t.Errorf("%s: answered", name)
		} else if err != io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]string{
		"header without mail": "LA\x00b\x00", "body before the header's end": "Bx", "a string without end": "M<a@x.test>", "macros without value": "DMi\x00",
		"an address that is none": "Cx\x004\x00\x19nowhere\x00", "a command nobody knows": "Zx", "end without mail": "E",
	} {
		m := modern(t, path)
		m.say(c[0], c[1:])
		if _, _, err := m.read(); err == nil {
			t.Errorf("%s: answered", name)
		} else if err != io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShutdownFinishesTheMailInHand(t *testing.T) {
	s := &Server{Handler: &judge{}}
	path := start(t, s, "")
	quiet, busy := modern(t, path), modern(t, path)
	busy.say('M', "<>\x00")
	busy.say('R', "<b@y.test>\x00")
	busy.say('U', "x\x00")
	time.Sleep(50 * time.Millisecond)
	ended := make(chan error)
	go func() { ended <- s.Shutdown(t.Context()) }()
	if got := quiet.hear(); got != "EOF" {
		t.Error(got)
	}
	busy.say('E')
	busy.want(`a ""`, "EOF")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func FuzzPackets(f *testing.F) {
	var seed bytes.Buffer
	m := &mta{f, packets{rw: &seed, most: 1 << 20}}
	m.say('O', offer(6, 0x1ff, 0x1fffff))
	m.mailOne("body\r\n")
	m.say('Q')
	f.Add(seed.Bytes())
	f.Add([]byte("\x00\x00\x00\x0dO" + offer(2, 0x1f, 0x7f) + "\x00\x00\x00\x04M<>\x00\x00\x00\x00\x01E"))
	f.Fuzz(func(t *testing.T, text []byte) {
		j := &judge{}
		s := &Server{Handler: j, Actions: 0xff, Limits: Limits{Packet: 1 << 16, Size: 1 << 16}}
		s.once.Do(s.start)
		a, b := net.Pipe()
		go func() { io.Copy(io.Discard, a) }()
		go func() { a.Write(text); a.Close() }()
		newSession(s, b).run(s.ctx)
		b.Close()
		for i, m := range j.seen {
			if len(j.content[i]) > 1<<16 || strings.ContainsAny(m.From, "\x00") {
				t.Fatalf("%+v", m)
			}
		}
	})
}
