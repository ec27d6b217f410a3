package testmta

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Mails returns the mails in the mailbox of an address, oldest first, as Postfix wrote them: lines end with LF.
func (m *MTA) Mails(t testing.TB, address string) [][]byte {
	t.Helper()
	user, domain, _ := strings.Cut(address, "@")
	files, err := filepath.Glob(filepath.Join(m.Mail, domain, user, "Maildir", "*", "*"))
	must(t, err)
	files = slices.DeleteFunc(files, func(f string) bool {
		dir := filepath.Base(filepath.Dir(f))
		return dir != "new" && dir != "cur"
	})
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	var all [][]byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		all = append(all, b)
	}
	return all
}

// Wait waits until a mailbox has n mails, and returns them.
func (m *MTA) Wait(t testing.TB, address string, n int) [][]byte {
	t.Helper()
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if all := m.Mails(t, address); len(all) >= n {
			return all
		}
	}
	t.Fatalf("%s has %d mails, want %d; queue:\n%s", address, len(m.Mails(t, address)), n, m.Run(t, "postqueue", "-p"))
	return nil
}

// Drained waits until the queue is empty.
func (m *MTA) Drained(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if strings.Contains(m.Run(t, "postqueue", "-p"), "Mail queue is empty") {
			return
		}
	}
	t.Fatalf("the queue does not get empty:\n%s", m.Run(t, "postqueue", "-p"))
}

// Flush makes Postfix try everything in its queue now.
func (m *MTA) Flush(t testing.TB) {
	t.Helper()
	m.Run(t, "postqueue", "-f")
}
