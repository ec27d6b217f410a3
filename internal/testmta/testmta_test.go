package testmta

import (
	"bytes"
	"testing"
)

func TestAMailGoesThroughPostfixAndComesBackByIMAP(t *testing.T) {
	m := Start(t, Options{})
	m.Swaks(t, []byte("From: a@x.test\r\nSubject: hello\r\n\r\n.dot\r\ntext\r\n"), "--from", "a@x.test", "--to", "alice@corp.test")
	if mail := m.Wait(t, "alice@corp.test", 1)[0]; !bytes.HasSuffix(mail, []byte("\n\n.dot\ntext\n")) {
		t.Errorf("delivered %q", mail)
	}
	m.Drained(t)
	all := m.Fetch(t, "alice@corp.test")
	if len(all) != 1 || !bytes.HasSuffix(all[0], []byte("\r\n\r\n.dot\r\ntext\r\n")) {
		t.Errorf("fetched %q", all)
	}
}
