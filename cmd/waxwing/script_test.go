package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/server"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"waxwing": func() {
		signal.Ignore(syscall.SIGPIPE)
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now}
		code := a.run(ctx, os.Args[1:])
		stop()
		os.Exit(code)
	}})
}

// TestStories runs testdata/script/*.txt. Each story finds an authority and people in its folder: root.pem; alice, bob (P-256) and
// carol (RSA) as NAME.pem, NAME.key and NAME.id.pem.
func TestStories(t *testing.T) {
	peer.Need(t, "openssl", "git")
	root := testca.Root(t, "Example Trust")
	issuing := root.Issue(testca.Authority("Example Issuing CA"))
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Condition:           condition,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "truncate": truncate, "flip": flip, "leftovers": leftovers, "home": home, "acts": acts, "postgres": postgres(t), "tamper": tamper},
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			root.Files(e.WorkDir, "root")
			for name, k := range map[string]testca.KeyKind{"alice": testca.P256, "bob": testca.P256, "carol": testca.RSA} {
				issuing.Issue(testca.Person(name+"@example.org").With(testca.Key(k))).Files(e.WorkDir, name)
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "mail.eml"), []byte(storyMail), 0o644)
		},
	})
}

// TestREADMEExamples runs the commands of the README, in their order.
func TestREADMEExamples(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(readme), "\n")
	if len(lines) < 8 || !strings.Contains(strings.Join(lines[:8], "\n"), "go run ./cmd/waxwing demo") {
		t.Error("the first command stands after line 8")
	}
	script := ""
	for _, line := range lines {
		if command, _, _ := strings.Cut(line, "#"); strings.HasPrefix(command, "waxwing ") {
			script += "exec " + command + "\n"
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "readme.txt"), []byte(script+"-- mail.eml --\n"+storyMail), 0o644); err != nil {
		t.Fatal(err)
	}
	if strings.Count(script, "\n") < 8 {
		t.Errorf("only these commands were found:\n%s", script)
	}
	testscript.Run(t, testscript.Params{Dir: dir, RequireExplicitExec: true, Setup: func(e *testscript.Env) error {
		e.Setenv("HOME", e.WorkDir)
		return nil
	}})
}

const storyMail = "From: Alice <alice@example.org>\nTo: Bob <bob@example.org>\nSubject: Hello\nMIME-Version: 1.0\n" +
	"Content-Type: text/plain; charset=us-ascii\n\nDear Bob,\n\nthe answer is 42.\n\nAlice\n"

// exits runs a command and compares its exit code: exits CODE waxwing ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = "-1"
		if e, ok := err.(interface{ ExitCode() int }); ok {
			code = itoa(e.ExitCode())
		}
	}
	if (code == args[0]) == neg {
		ts.Fatalf("%v exits with %s, want %s", args[1:], code, args[0])
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// home makes the home of an authority: home DIR
func home(ts *testscript.TestScript, _ bool, args []string) {
	h, err := server.Create(context.Background(), server.Options{Dir: ts.MkAbs(args[0])})
	ts.Check(err)
	ts.Check(h.Close())
}

// truncate cuts a file to a part: truncate FILE TENTHS
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data[:len(data)*int(args[1][0]-'0')/10], 0o600))
}

// flip changes one byte near the middle of a file: flip FILE
func flip(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	i := len(data) / 2
	for data[i] == '\n' || data[i] == '\r' {
		i++
	}
	if data[i] == 'A' {
		data[i] = 'B'
	} else {
		data[i] = 'A'
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// leftovers fails when a temporary or half-written file is left.
func leftovers(ts *testscript.TestScript, _ bool, _ []string) {
	for _, pattern := range []string{".tmp/*", ".*.part", "*.part", "out*"} {
		found, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(found) > 0 {
			ts.Fatalf("left behind: %v", found)
		}
	}
}
