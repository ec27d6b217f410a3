// Package testmta starts a real Postfix, and a Dovecot to read back with IMAP, for tests of what stands in the mail stream:
//
//	mta := testmta.Start(t, testmta.Options{Inbound: lmtpSocket}) // mail to mta.SMTP passes our filter
//	... the filter hands it on to mta.ReinjectIn ...
//	mails := mta.Wait(t, "alice@corp.test", 1)
//
// Everything lives in a folder of its own and on loopback: own configuration, own queue, free ports. The system's Postfix is not
// touched. When the test program ends, however it ends, the servers stop and the folder goes. Postfix needs root; where
// that or a program is missing, a test is skipped and says so, and fails with CI=true. It is for tests only.
package testmta

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// Options say what stands where.
type Options struct {
	Inbound  string // Unix socket of the LMTP filter for mail to SMTP; empty filters nothing
	Outbound string // the same for mail to Submission
	Milter   string // smtpd_milters of SMTP, as "unix:/path"; empty has none

	Domains []string // delivered to mailboxes here; nil takes corp.test. Mail for others goes to Next
	Next    string   // "[127.0.0.1]:port" for all other domains; empty delivers every domain here
	Main    []string // lines of main.cf, after the others
	Spare   []string // more options "-o name=value" of both re-injection services
}

// MTA is a running Postfix.
type MTA struct {
	Dir         string // everything is in it
	SMTP        string // host:port for mail from outside
	Submission  string // host:port for mail of our people
	ReinjectIn  string // Unix socket of the smtpd behind the inbound filter
	ReinjectOut string // and behind the outbound one
	IMAP        string // host:port of Dovecot; users log in with their address and Password
	Mail        string // folder of the mailboxes: domain/user/Maildir

}

// box is the owner of the mailboxes.
const box = 65534

// Start starts Postfix and waits until it answers.
func Start(t testing.TB, o Options) *MTA {
	t.Helper()
	peer.Need(t, "postqueue", "setsid")
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("Postfix needs root")
		}
		t.Skip("Postfix needs root")
	}
	dir := folder(t, "waxwing-postfix-*")
	m := &MTA{
		Dir: dir, SMTP: "127.0.0.1:" + port(t), Submission: "127.0.0.1:" + port(t), Mail: filepath.Join(dir, "mail"),
		ReinjectIn: filepath.Join(dir, "queue/public/reinject-in"), ReinjectOut: filepath.Join(dir, "queue/public/reinject-out"),
	}
	m.write(t, o)
	for _, d := range []string{"mail", "data", "queue"} {
		must(t, os.Mkdir(filepath.Join(dir, d), 0o755))
	}
	must(t, os.Chown(m.Mail, box, box))
	m.queue(t)
	m.dovecot(t)
	launch(t, dir, "/usr/lib/postfix/sbin/master", "-c", m.conf(), "-d")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("Postfix's log:\n%s", m.Log())
		}
	})
	await(t, "tcp", m.SMTP)
	await(t, "unix", m.ReinjectIn)
	return m
}

// queue makes the folders of Postfix's queue as its own "postfix check" would, which takes seconds.
func (m *MTA) queue(t testing.TB) {
	t.Helper()
	owner, err := user.Lookup("postfix")
	must(t, err)
	uid, err := strconv.Atoi(owner.Uid)
	must(t, err)
	drop, err := user.LookupGroup("postdrop")
	must(t, err)
	gid, err := strconv.Atoi(drop.Gid)
	must(t, err)
	dir := filepath.Join(m.Dir, "queue")
	for _, d := range strings.Fields("active bounce corrupt defer deferred flush hold incoming private saved trace") {
		must(t, os.Mkdir(filepath.Join(dir, d), 0o700))
		must(t, os.Chown(filepath.Join(dir, d), uid, 0))
	}
	for d, mode := range map[string]os.FileMode{"maildrop": 0o730, "public": 0o710} {
		must(t, os.Mkdir(filepath.Join(dir, d), mode))
		must(t, os.Chmod(filepath.Join(dir, d), mode))
		must(t, os.Chown(filepath.Join(dir, d), uid, gid))
	}
	must(t, os.Mkdir(filepath.Join(dir, "pid"), 0o755))
	must(t, os.WriteFile(filepath.Join(m.Dir, "log"), nil, 0o644))
	must(t, os.Chown(filepath.Join(m.Dir, "log"), uid, 0))
	must(t, os.Chown(filepath.Join(m.Dir, "data"), uid, 0))
}

func (m *MTA) lmtp() string { return filepath.Join(m.Dir, "box") }

func (m *MTA) conf() string { return filepath.Join(m.Dir, "conf") }

// folder makes a folder that the servers' users may enter: t.TempDir is closed to them.
func folder(t testing.TB, pattern string) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", pattern)
	must(t, err)
	must(t, os.Chmod(dir, 0o755))
	return dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// port returns a free port.
func port(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	_, p, err := net.SplitHostPort(l.Addr().String())
	must(t, err)
	return p
}

// launch runs a server that stops when the test does. A shell stands between: when its standard input closes, because the test
// ended or its program died, it stops the server by its number and removes the folder.
func launch(t testing.TB, dir string, argv ...string) {
	t.Helper()
	c := exec.Command("/bin/sh", append([]string{"-c", `setsid "$@" </dev/null & p=$!; read x; kill -TERM $p; wait $p; [ -z "$0" ] || rm -rf "$0"`, dir}, argv...)...)
	out := &bytes.Buffer{}
	c.Stdout, c.Stderr = out, out
	c.Dir, c.SysProcAttr = "/", &syscall.SysProcAttr{Setpgid: true}
	in, err := c.StdinPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(func() {
		in.Close()
		c.Wait()
		if t.Failed() && out.Len() > 0 {
			t.Logf("%s said:\n%s", argv[0], out)
		}
	})
}

// await waits until a server greets.
func await(t testing.TB, network, address string) {
	t.Helper()
	var last error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		c, err := net.DialTimeout(network, address, time.Second)
		if err == nil {
			c.SetDeadline(time.Now().Add(5 * time.Second))
			_, err = io.ReadFull(c, make([]byte, 4))
			c.Close()
		}
		if last = err; err == nil {
			return
		}
	}
	t.Fatalf("no server at %s: %v", address, last)
}

// Run runs one of Postfix's commands with this configuration: Run(t, "postqueue", "-f").
func (m *MTA) Run(t testing.TB, command string, args ...string) string {
	t.Helper()
	return string(peer.Run(t, nil, append([]string{command, "-c", m.conf()}, args...)...))
}

// Log returns what Postfix logged so far.
func (m *MTA) Log() string {
	b, err := os.ReadFile(filepath.Join(m.Dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Swaks sends a mail to SMTP with swaks, and fails the test when it is refused. It ends the last line itself.
func (m *MTA) Swaks(t testing.TB, mail []byte, args ...string) {
	t.Helper()
	peer.Need(t, "swaks")
	file := filepath.Join(t.TempDir(), "mail")
	must(t, os.WriteFile(file, bytes.TrimSuffix(mail, []byte("\r\n")), 0o600))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, "swaks", append([]string{"--server", m.SMTP, "--data", "@" + file, "--suppress-data"}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("swaks: %v\n%s", err, out)
	}
}
