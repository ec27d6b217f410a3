package testmta

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// Password is that of every user of IMAP.
const Password = "waxwing"

// dovecot starts a Dovecot that keeps the mailboxes of m: LMTP in, IMAP out.
func (m *MTA) dovecot(t testing.TB) {
	t.Helper()
	peer.Need(t, "dovecot")
	dir := folder(t, "waxwing-dovecot-*")
	p := port(t)
	conf := filepath.Join(dir, "dovecot.conf")
	text := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
lmtp_save_to_detail_mailbox = no
recipient_delimiter =
mail_location = maildir:%[2]s/%%d/%%n/Maildir
passdb {
  driver = static
  args = password=%[3]s
}
userdb {
  driver = static
  args = uid=%[4]d gid=%[4]d home=%[2]s/%%d/%%n allow_all_users=yes
}
service lmtp {
  unix_listener %[6]s {
    mode = 0666
  }
}
service imap-login {
  inet_listener imap {
    port = %[5]s
  }
  inet_listener imaps {
    port = 0
  }
}
`, dir, m.Mail, Password, box, p, m.lmtp())
	must(t, os.WriteFile(conf, []byte(text), 0o644))
	launch(t, dir, "dovecot", "-F", "-c", conf)
	t.Cleanup(func() {
		if b, err := os.ReadFile(filepath.Join(dir, "log")); err == nil && t.Failed() {
			t.Logf("Dovecot's log:\n%s", b)
		}
	})
	m.IMAP = "127.0.0.1:" + p
	await(t, "tcp", m.IMAP)
}

// Fetch logs in by IMAP and returns every mail of the inbox, lines ended by CRLF.
func (m *MTA) Fetch(t testing.TB, user string) [][]byte {
	t.Helper()
	c, err := net.Dial("tcp", m.IMAP)
	must(t, err)
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	r := bufio.NewReader(c)
	fmt.Fprintf(c, "a LOGIN \"%s\" \"%s\"\r\nb SELECT INBOX\r\nc FETCH 1:* BODY.PEEK[]\r\nd LOGOUT\r\n", user, Password)
	var all [][]byte
	for {
		line, err := r.ReadString('\n')
		must(t, err)
		var n, size int
		if _, err := fmt.Sscanf(line, "* %d FETCH (BODY[] {%d}", &n, &size); err == nil {
			mail := make([]byte, size)
			_, err := io.ReadFull(r, mail)
			must(t, err)
			all = append(all, mail)
		}
		if strings.HasPrefix(line, "a NO") || strings.HasPrefix(line, "b NO") || strings.HasPrefix(line, "c BAD") {
			t.Fatalf("IMAP: %s", line)
		}
		if strings.HasPrefix(line, "d ") {
			return all
		}
	}
}
