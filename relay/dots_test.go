package relay

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"testing"
	"time"
)

// smuggling lists ends of a message that some program or other took for one (SEC Consult, December 2023, and later finds).
// Each hides a second message behind it.
func smuggling() map[string]string {
	const second = "MAIL FROM:<boss@y.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
	all := map[string]string{}
	for name, end := range map[string]string{
		"LF dot LF": "\n.\n", "LF dot CRLF": "\n.\r\n", "CRLF dot LF": "\r\n.\n", "CR dot CR": "\r.\r", "CR dot CRLF": "\r.\r\n",
		"CRLF dot CR": "\r\n.\r", "CRLF dot CR CR LF": "\r\n.\r\r\n", "LF dot CR": "\n.\r", "CR LF NUL dot CRLF": "\r\n\x00.\r\n",
		"CR CRLF dot CR CRLF": "\r\r\n.\r\r\n", "CRLF NUL dot CRLF": "\r\n\x00.\r\n", "LF LF dot LF LF": "\n\n.\n\n", "CR LF dot space CRLF": "\r\n. \r\n",
	} {
		all[name] = "Subject: first\r\n\r\ntext" + end + second + "\r\n.\r\n"
	}
	return all
}

func TestNothingIsSmuggled(t *testing.T) {
	for name, text := range smuggling() {
		for _, lmtp := range []bool{false, true} {
			b := &box{}
			k := dialTalk(t, "unix", serve(t, &Server{Handler: b, LMTP: lmtp}, "unix"))
			k.want("", "220 ")
			hello := map[bool]string{false: "EHLO me\r\n", true: "LHLO me\r\n"}[lmtp]
			k.want(hello+"MAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nDATA\r\n", "250", "250", "250", "354")
			k.say(text)
			got := k.hear()
			// NUL and space are content: the mail is one, with the second inside. Everything else is refused and the line closed.
			if strings.Contains(name, "NUL") || strings.Contains(name, "space") {
				if !strings.HasPrefix(got, "250") || !bytes.Contains(b.only(t).content, []byte("smuggled")) {
					t.Errorf("%s: %q", name, got)
				}
				continue
			}
			if !strings.HasPrefix(got, "554 5.6.0") || len(b.all()) > 0 {
				t.Errorf("%s: %q, %d mails", name, got, len(b.all()))
			}
			k.closed()
		}
	}
}

func TestTheSameInChunks(t *testing.T) {
	b := &box{}
	addr := serve(t, &Server{Handler: b}, "unix")
	send := func(pieces ...string) string {
		k := dialTalk(t, "unix", addr)
		k.want("", "220 ")
		k.want("EHLO me\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\n", "250", "250", "250")
		for i, p := range pieces {
			last := ""
			if i == len(pieces)-1 {
				last = " LAST"
			}
			k.say("BDAT " + strconv.Itoa(len(p)) + last + "\r\n" + p)
			if last == "" {
				k.want("", "250 ")
			}
		}
		return k.hear()
	}
	// RFC 3030 §3: the dot has no meaning.
	if got := send("A: b\r\n\r", "\n.\r\n..\r\n", "", "end\r", "\n"); !strings.HasPrefix(got, "250") {
		t.Fatal(got)
	}
	if got := string(b.only(t).content); got != "A: b\r\n\r\n.\r\n..\r\nend\r\n" {
		t.Errorf("content %q", got)
	}
	for _, bad := range [][]string{{"A: b\n"}, {"A: b\r", "x\r\n"}, {"A: b\r\n\r\nx\r"}, {"A", "\n", "\r\n"}} {
		if got := send(bad...); !strings.HasPrefix(got, "554 5.6.0") {
			t.Errorf("%q: %s", bad, got)
		}
	}
}

func TestChunksAndDataDoNotMix(t *testing.T) {
	k := dialTalk(t, "unix", serve(t, &Server{Handler: &box{}, Limits: Limits{Size: 100}}, "unix"))
	k.want("", "220 ")
	k.want("EHLO me\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nBDAT 3\r\nabcRCPT TO:<c@y.test>\r\nDATA\r\nNOOP\r\n", "250", "250", "250", "250", "503", "503", "250")
	k.want("MAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nBDAT 3\r\nabcRSET\r\nBDAT 1 LAST\r\nxNOOP\r\n", "250", "250", "250", "250", "503", "250")
	k.want("MAIL FROM:<a@x.test>\r\nRCPT TO:<b@y.test>\r\nBDAT 200 LAST\r\n"+strings.Repeat("0123456\r\n", 22)+"\r\n", "250", "250", "552 5.3.4")
}

// inPieces feeds data in pieces whose sizes are the bytes of cuts, and returns what came out and how much was used.
func inPieces(data, cuts []byte, u *unstuffer) (used int, done bool) {
	for used < len(data) && !done {
		n := len(data) - used
		if len(cuts) > 0 {
			n = min(n, int(cuts[0])+1)
			cuts = cuts[1:]
		}
		var k int
		k, done = u.feed(data[used : used+n])
		used += k
		if !done && k != n {
			panic("feed left bytes")
		}
	}
	return used, done
}

// plainReading is the slow and obvious way to read DATA: byte for byte.
func plainReading(data []byte) (content []byte, bareLF, bareCR bool, used int, done bool) {
	start := true // of a line
	for i := 0; i < len(data); i++ {
		c := data[i]
		if start && c == '.' {
			if bytes.HasPrefix(data[i:], []byte(".\r\n")) {
				return content, bareLF, bareCR, i + 3, true
			}
			start = false
			continue
		}
		content = append(content, c)
		start = c == '\n' && i > 0 && data[i-1] == '\r'
		bareLF = bareLF || c == '\n' && !start
		bareCR = bareCR || i > 0 && data[i-1] == '\r' && c != '\n'
	}
	return content, bareLF, bareCR, len(data), false
}

func FuzzUnstuffing(f *testing.F) {
	for _, text := range smuggling() {
		f.Add([]byte(text), []byte{0, 0, 0, 3, 1})
	}
	f.Add([]byte(".\r\n"), []byte{0, 0})
	f.Add([]byte("a\r\n..\r\n.\r\r\n.x\r\n.\r\nQUIT\r\n"), []byte{0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data, cuts []byte) {
		var out bytes.Buffer
		u := unstuffer{w: &out}
		used, done := inPieces(data, cuts, &u)
		want, bareLF, bareCR, wantUsed, wantDone := plainReading(data)
		if done != wantDone || used != wantUsed || u.bareLF != bareLF {
			t.Fatalf("done %v used %d LF %v, want %v %d %v", done, used, u.bareLF, wantDone, wantUsed, bareLF)
		}
		if done && u.bareCR != bareCR {
			t.Fatalf("CR %v, want %v", u.bareCR, bareCR)
		}
		if done && !bytes.Equal(out.Bytes(), want) {
			t.Fatalf("content %q, want %q", out.Bytes(), want)
		}
	})
}

func FuzzStuffingComesBack(f *testing.F) {
	f.Add([]byte("a\r\n.\r\n..\r\n"), []byte{0, 1, 0})
	f.Add([]byte(""), []byte{})
	f.Fuzz(func(t *testing.T, data, cuts []byte) {
		var wire bytes.Buffer
		s := stuffer{w: &wire}
		for rest := data; len(rest) > 0; {
			n := len(rest)
			if len(cuts) > 0 {
				n = min(n, int(cuts[0])+1)
				cuts = cuts[1:]
			}
			if _, err := s.Write(rest[:n]); err != nil {
				return
			}
			rest = rest[n:]
		}
		end, err := s.end()
		if err != nil {
			return
		}
		wire.Write(end)
		var out bytes.Buffer
		u := unstuffer{w: &out}
		used, done := u.feed(wire.Bytes())
		want := data
		if len(data) > 0 && !bytes.HasSuffix(data, []byte("\r\n")) {
			want = append(bytes.Clone(data), "\r\n"...)
		}
		if !done || used != wire.Len() || u.bareCR || u.bareLF || !bytes.Equal(out.Bytes(), want) {
			t.Fatalf("%q came back as %q", data, out.Bytes())
		}
	})
}

func FuzzCommands(f *testing.F) {
	f.Add([]byte("EHLO x\r\nMAIL FROM:<a@b> SIZE=3\r\nRCPT TO:<c@d> NOTIFY=NEVER\r\nBDAT 3 LAST\r\nabcQUIT\r\n"))
	f.Add([]byte("LHLO x\r\nXFORWARD NAME=+2B IDENT=x\r\nXCLIENT ADDR=1.2.3.4\r\nLHLO y\r\nMAIL FROM:<@a:\"b c\"@d>\r\n"))
	f.Add([]byte("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n..\r\n.\r\nMAIL FROM:<ä@x> SMTPUTF8\r\nNOOP\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b := &box{}
		s := &Server{Handler: b, LMTP: bytes.Contains(text, []byte("LHLO")), Limits: Limits{Size: 1 << 16}}
		s.once.Do(s.start)
		c := &canned{Reader: bytes.NewReader(text)}
		newSession(s, c).run(s.ctx)
		for line := range strings.SplitAfterSeq(c.out.String(), "\r\n") {
			if line != "" && (len(line) < 6 || len(line) > 512 || line[0] < '2' || line[0] > '5' || !strings.HasSuffix(line, "\r\n")) {
				t.Fatalf("answer %q", line)
			}
		}
		for _, m := range b.all() {
			for _, r := range m.env.Recipients {
				if checkAddress(r.Address) != nil {
					t.Fatalf("recipient %q", r.Address)
				}
			}
		}
		if s.memory.Load() != s.limits.Memory {
			t.Fatal("memory was not given back")
		}
	})
}

// canned is a connection whose other end said all it has to say.
type canned struct {
	*bytes.Reader
	out bytes.Buffer
}

func (c *canned) Write(b []byte) (int, error)      { return c.out.Write(b) }
func (c *canned) Close() error                     { return nil }
func (c *canned) LocalAddr() net.Addr              { return &net.UnixAddr{} }
func (c *canned) RemoteAddr() net.Addr             { return &net.UnixAddr{} }
func (c *canned) SetDeadline(time.Time) error      { return nil }
func (c *canned) SetReadDeadline(time.Time) error  { return nil }
func (c *canned) SetWriteDeadline(time.Time) error { return nil }

// data10M is a mail of 10 MB in lines of 76, as it goes over the wire.
func data10M() []byte {
	return []byte("A: b\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n", 10<<20/78) + ".\r\n")
}

func BenchmarkUnstuff(b *testing.B) {
	wire := data10M()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		u := unstuffer{w: io.Discard}
		for off := 0; off < len(wire); {
			n, _ := u.feed(wire[off:min(off+largeWindow, len(wire))])
			off += n
		}
	}
}

func BenchmarkUnstuffTextproto(b *testing.B) {
	wire := data10M()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		io.Copy(io.Discard, textproto.NewReader(bufio.NewReader(bytes.NewReader(wire))).DotReader())
	}
}

func BenchmarkStuff(b *testing.B) {
	wire := data10M()
	wire = wire[:len(wire)-3]
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		s := stuffer{w: io.Discard}
		for off := 0; off < len(wire); off += largeWindow {
			s.Write(wire[off:min(off+largeWindow, len(wire))])
		}
	}
}

func BenchmarkStuffTextproto(b *testing.B) {
	wire := data10M()
	wire = wire[:len(wire)-3]
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		w := textproto.NewWriter(bufio.NewWriter(io.Discard)).DotWriter()
		w.Write(wire)
		w.Close()
	}
}
