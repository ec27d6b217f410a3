// Package testtoken gives tests a token: SoftHSM2 behind p11-kit's server, both from Debian, in the test's temporary folder.
//
//	k := testtoken.Start(t)
//	uri := k.URI("ca")              // pkcs11:token=waxwing;object=ca?pin-source=...&x-socket=...
//	k.Stop()                        // and the token is gone
//
// Where they are not installed the test is skipped, and fails with CI=true. It is for tests only.
package testtoken

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/p11rpc"
	"github.com/waxwing-mail/waxwing/internal/peer"
)

// Label and PIN are those of the token.
const (
	Label = "waxwing test"
	PIN   = "927-tulip-pin"
)

// module is where Debian has SoftHSM2.
const module = "/usr/lib/softhsm/libsofthsm2.so"

// Token is a token with a server in front of it.
type Token struct {
	Socket  string // of the server
	PINFile string

	t       testing.TB
	env     []string
	process *exec.Cmd
}

// Start makes a token and starts its server, which ends with the test.
func Start(t testing.TB) *Token {
	t.Helper()
	peer.Need(t, "softhsm2-util", "p11-kit")
	dir, err := os.MkdirTemp("", "token") // short: the name of a socket has at most 107 bytes
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	k := &Token{Socket: filepath.Join(dir, "s"), PINFile: filepath.Join(dir, "pin"), t: t}
	tokens, conf := filepath.Join(dir, "tokens"), filepath.Join(dir, "softhsm2.conf")
	must(t, os.Mkdir(tokens, 0o700))
	must(t, os.WriteFile(conf, []byte("directories.tokendir = "+tokens+"\nobjectstore.backend = file\nlog.level = ERROR\n"), 0o600))
	must(t, os.WriteFile(k.PINFile, []byte(PIN+"\n"), 0o600))
	k.env = append(os.Environ(), "SOFTHSM2_CONF="+conf)
	c := exec.Command("softhsm2-util", "--init-token", "--free", "--label", Label, "--pin", PIN, "--so-pin", "12345678")
	c.Env = k.env
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("softhsm2-util: %v\n%s", err, out)
	}
	k.Restart()
	t.Cleanup(k.Stop)
	return k
}

// URI names an object on the token.
func (k *Token) URI(object string) string {
	return p11rpc.URI{Token: Label, Object: object, PINSource: k.PINFile, Socket: k.Socket}.String()
}

// Stop ends the server.
func (k *Token) Stop() {
	if k.process == nil {
		return
	}
	// The server has a process for each connection, all in the group that it leads.
	syscall.Kill(-k.process.Process.Pid, syscall.SIGTERM)
	done := make(chan struct{})
	go func() { k.process.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		syscall.Kill(-k.process.Process.Pid, syscall.SIGKILL)
		<-done
	}
	k.process = nil
	os.Remove(k.Socket)
}

// Restart starts the server again.
func (k *Token) Restart() {
	k.t.Helper()
	k.process = exec.Command("p11-kit", "server", "--foreground", "--name", k.Socket, "--provider", module, "pkcs11:token="+"waxwing%20test")
	k.process.Env, k.process.SysProcAttr = k.env, &syscall.SysProcAttr{Setpgid: true}
	must(k.t, k.process.Start())
	for range 200 {
		if c, err := net.Dial("unix", k.Socket); err == nil {
			c.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	k.t.Fatal("p11-kit's server does not listen")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
