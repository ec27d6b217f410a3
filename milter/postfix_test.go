package milter_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/testmta"
	"github.com/waxwing-mail/waxwing/milter"
	"github.com/waxwing-mail/waxwing/relay"
)

// changer does what the subject of a mail asks for.
type changer struct {
	mu   sync.Mutex
	seen map[string]*milter.Message
	raw  map[string][]byte
}

func (c *changer) Recipient(_ context.Context, _ *milter.Message, r milter.Recipient) milter.Answer {
	if strings.HasPrefix(r.Address, "never@") {
		return milter.Answer{Action: milter.Reject, Code: 550, Enhanced: "5.7.1", Text: "cannot be encrypted"}
	}
	return milter.Answer{Action: milter.Accept}
}

func (c *changer) Message(_ context.Context, m *milter.Message) milter.Answer {
	subject := ""
	for _, f := range m.Header {
		if f.Name == "Subject" {
			subject = strings.TrimSpace(f.Value)
		}
	}
	raw, err := io.ReadAll(io.NewSectionReader(m.Content, 0, m.Content.Size()))
	if err != nil {
		return milter.Answer{}
	}
	c.mu.Lock()
	c.seen[subject], c.raw[subject] = m, raw
	c.mu.Unlock()
	switch subject {
	case "reject":
		return milter.Answer{Action: milter.Reject, Code: 550, Enhanced: "5.7.1", Text: "altered 100%"}
	case "later":
		return milter.Answer{}
	case "hold":
		return milter.Answer{Action: milter.Accept, Quarantine: "looks forged"}
	case "header":
		return milter.Answer{Action: milter.Accept, Edits: []milter.Edit{
			{Op: milter.Delete, Index: 2, Name: "X-Mark"}, {Op: milter.Delete, Index: 1, Name: "X-Mark"},
			{Op: milter.Change, Index: 1, Name: "Subject", Value: "  [tag] header"},
			{Op: milter.Insert, Index: 0, Name: "Authentication-Results", Value: " gw.test;\r\n\tsmime=pass"},
			{Op: milter.Insert, Index: 0, Name: "X-First", Value: "tight"}, {Op: milter.Add, Name: "X-Last", Value: " end"}}}
	case "body":
		return milter.Answer{Action: milter.Accept, Body: strings.NewReader(strings.Repeat("new body\r\n.\r\n", 20000))}
	}
	return milter.Answer{Action: milter.Accept}
}

func TestPostfixDoesWhatTheFilterSays(t *testing.T) {
	dir, err := os.MkdirTemp("/tmp", "waxwing-milter-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o755)
	socket := filepath.Join(dir, "m.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	os.Chmod(socket, 0o666)
	c := &changer{seen: map[string]*milter.Message{}, raw: map[string][]byte{}}
	s := &milter.Server{Handler: c, AskRecipients: true, Macros: map[milter.Stage]string{milter.AtEndOfMessage: "i {mail_addr}"},
		Actions: milter.AddHeaders | milter.ChangeHeaders | milter.ChangeBody | milter.QuarantineMail}
	go s.Serve(l)
	t.Cleanup(func() { s.Shutdown(context.Background()) })
	m := testmta.Start(t, testmta.Options{Milter: "unix:" + socket})

	next := &relay.Client{Network: "tcp", Address: m.SMTP, Hello: "sender.test", Security: relay.TLSNone}
	t.Cleanup(func() { next.Close() })
	const head = "From: a@x.test\r\nX-Odd:\t two  spaces \r\nX-Mark: one\r\nX-Fold: a\r\n b\r\nX-Mark: two\r\nSubject: "
	send := func(subject, to string) string {
		t.Helper()
		e := &relay.Envelope{From: "a@x.test", Recipients: []relay.Recipient{{Address: to}}}
		mail := head + subject + "\r\n\r\n.body\r\nof " + subject + "\r\n"
		return next.Send(t.Context(), e, strings.NewReader(mail))[0].Reply.String()
	}
	for subject, want := range map[string]string{"reject": "550 5.7.1 altered 100%", "later": "451 4.7.1 ", "hold": "250 ", "header": "250 ", "body": "250 ", "plain": "250 "} {
		if got := send(subject, subject+"@corp.test"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", subject, got)
		}
	}
	if got := send("plain", "never@corp.test"); got != "550 5.7.1 cannot be encrypted" {
		t.Error(got)
	}
	plain := m.Wait(t, "plain@corp.test", 1)[0]
	c.mu.Lock()
	raw := c.raw["plain"]
	seen := c.seen["plain"]
	c.mu.Unlock()
	// What the filter saw is what was sent, header byte for byte, but for what Postfix adds to it.
	if !bytes.HasPrefix(raw, []byte(head+"plain\r\n")) || !bytes.HasSuffix(raw, []byte("\r\n\r\n.body\r\nof plain\r\n")) {
		t.Errorf("the filter saw %q", raw)
	}
	if !bytes.HasSuffix(plain, []byte("\n\n.body\nof plain\n")) {
		t.Errorf("delivered %q", plain)
	}
	if seen.Macros["i"] == "" || seen.Macros["mail_addr"] != "a@x.test" || seen.Client.Helo != "sender.test" || seen.From != "a@x.test" {
		t.Errorf("the filter was told %+v", seen)
	}
	header := string(m.Wait(t, "header@corp.test", 1)[0])
	for _, want := range []string{"\nX-First:tight\nAuthentication-Results: gw.test;\n\tsmime=pass\n", "\nSubject:  [tag] header\n", "\nX-Last: end\n", "\nX-Odd:\t two  spaces \n"} {
		if !strings.Contains(header, want) {
			t.Errorf("%q is not in %q", want, header)
		}
	}
	if strings.Contains(header, "X-Mark") {
		t.Errorf("a forged mark is left: %q", header)
	}
	if body := m.Wait(t, "body@corp.test", 1)[0]; !bytes.HasSuffix(body, []byte("\n\n"+strings.Repeat("new body\n.\n", 20000))) {
		t.Errorf("the body of %d bytes was not replaced", len(body))
	}
	if queue := m.Run(t, "postqueue", "-p"); !strings.Contains(queue, "hold@corp.test") || len(m.Mails(t, "hold@corp.test")) > 0 {
		t.Errorf("the mail is not held: %s", queue)
	}
}
