package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/internal/testtoken"
	"github.com/waxwing-mail/waxwing/keyfile"
)

// session runs commands in this process and keeps everything that others could see: the arguments, and what was printed.
type session struct {
	*testing.T
	dir  string
	seen bytes.Buffer
}

func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{T: t, dir: t.TempDir()}
	t.Setenv("WAXWING_HOME", filepath.Join(s.dir, "house"))
	return s
}

// run runs one command that must end with a code, and returns its standard output.
func (s *session) run(code int, argv ...string) string {
	s.Helper()
	var out, err bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &err, now: time.Now}
	if got := a.run(context.Background(), argv); got != code {
		s.Fatalf("%v: exit %d, want %d\n%s", argv, got, code, err.String())
	}
	s.seen.WriteString(strings.Join(argv, "\x00") + "\n" + out.String() + err.String())
	return out.String()
}

// id runs a command with --json and returns the id in its answer.
func (s *session) id(argv ...string) string {
	s.Helper()
	text := []byte(s.run(0, append(argv, "--json")...))
	if list := []json.RawMessage(nil); json.Unmarshal(text, &list) == nil && len(list) == 1 {
		text = list[0]
	}
	var d struct{ ID string }
	if err := json.Unmarshal(text, &d); err != nil || d.ID == "" {
		s.Fatalf("%v: %v: %s", argv, err, text)
	}
	return d.ID
}

func (s *session) file(name, text string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// forms are those in which a secret could show itself.
func forms(raw []byte) []string {
	return []string{string(raw), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw)}
}

// After a run of everything that the vault does, no secret is in the database, in what was printed, in the audit log, or in an argument.
func TestNoSecretOfTheVaultIsLeftAnywhere(t *testing.T) {
	peer.Need(t, "softhsm2-util", "p11-kit")
	token := testtoken.Start(t)
	s := newSession(t)
	phrase := "correct horse battery staple"
	secrets := map[string][]string{"the passphrase": {phrase}, "the PIN": {testtoken.PIN}}
	people := testca.Root(t, "Officers")
	for _, name := range []string{"alice", "bob", "carol"} {
		people.Issue(testca.Person(name+"@example.org")).Files(s.dir, name)
	}
	in := func(name string) string { return filepath.Join(s.dir, name) }

	s.run(0, "vault", "init")
	kek, err := os.ReadFile(in("house/vault.key"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(kek))
	first, err := base64.StdEncoding.DecodeString(lines[len(lines)-1])
	if err != nil {
		t.Fatal(err)
	}
	secrets["the first key of the vault"] = forms(first)
	key := s.id("vault", "generate", "--purpose", "encryption", "--owner", "person:ada", "--algorithm", "RSA-2048")
	s.id("vault", "import", in("alice.key"), "--purpose", "signing", "--owner", "person:alice")
	s.id("vault", "generate", "--purpose", "authority", "--owner", "ca:root", "--token", token.URI("root"))
	circle := s.id("vault", "circle", "found", "recovery", "--threshold", "2", "--officer", "user:alice="+in("alice.pem"), "--officer", "user:bob="+in("bob.pem"))
	s.run(0, "vault", "escrow", key, "--circle", circle)
	for _, o := range []string{"alice", "bob"} {
		s.run(0, "vault", "circle", "share", circle, "--officer", "user:"+o, "-o", in(o+".p7m"))
		s.run(0, "vault", "circle", "open", in(o+".p7m"), "--key", in(o+".id.pem"), "-o", in(o+".share"))
		text, err := os.ReadFile(in(o + ".share"))
		var share struct{ Value []byte }
		if err != nil || json.Unmarshal(text, &share) != nil || len(share.Value) != 32 {
			t.Fatalf("%s: %v", text, err)
		}
		secrets["the share of "+o] = forms(share.Value)
	}
	s.run(0, "vault", "recover", key, "--circle", circle, "--share", in("alice.share"), "--share", in("bob.share"), "--to", in("carol.pem"), "--by", "user:legal", "--case", "case:1", "-o", in("key.p7m"))
	s.run(0, "vault", "circle", "open", in("key.p7m"), "--key", in("carol.id.pem"), "-o", in("key.pem"))
	for name, file := range map[string]string{"the recovered key": "key.pem", "the imported key": "alice.key"} {
		text, err := os.ReadFile(in(file))
		if err != nil {
			t.Fatal(err)
		}
		b, err := keyfile.Read(text, keyfile.Options{})
		if err != nil || len(b.Keys) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		secrets[name] = forms(numbers(t, b.Keys[0]))
	}
	s.run(0, "vault", "rotate", "--kek", "passphrase:"+s.file("phrase", phrase+"\n"))
	s.run(0, "vault", "show")
	s.run(0, "vault", "show", key)
	s.run(0, "vault", "list", "--json")
	s.run(1, "vault", "generate", "--purpose", "authority", "--owner", "ca:root", "--token", "pkcs11:object=x?pin-source="+s.file("pin", "0000\n")+"&x-socket="+token.Socket)

	places := map[string]string{"what was printed and the arguments": s.seen.String()}
	list, err := filepath.Glob(in("house/waxwing.db*"))
	if err != nil || len(list) == 0 {
		t.Fatal("no database", err)
	}
	for _, path := range append(list, in("key.p7m"), in("alice.p7m")) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		places[path] = string(raw)
	}
	for place, text := range places {
		for what, forms := range secrets {
			if n := slices.IndexFunc(forms, func(f string) bool { return strings.Contains(text, f) }); n >= 0 {
				t.Errorf("%s is in %s, in form %d", what, place, n)
			}
		}
	}
	if !strings.Contains(places[list[0]], "key.recovered") && !strings.Contains(strings.Join(values(places), ""), "key.recovered") {
		t.Error("the audit log was not among what was searched")
	}
}

func values(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// Keys on a token, from the command line.
func TestTheVaultUsesATokenFromTheCommandLine(t *testing.T) {
	token := testtoken.Start(t)
	s := newSession(t)
	s.run(0, "vault", "init")
	if out := s.run(0, "vault", "token", "show", token.URI("")); !strings.Contains(out, testtoken.Label) || !strings.Contains(out, "ECDSA") {
		t.Errorf("the token: %s", out)
	}
	s.id("vault", "generate", "--purpose", "authority", "--owner", "ca:root", "--algorithm", "P-384", "--token", token.URI("root"))
	s.run(1, "vault", "token", "adopt", token.URI("root"), "--purpose", "authority", "--owner", "ca:root") // it is there already
	s.run(1, "vault", "token", "adopt", token.URI("none"), "--purpose", "authority", "--owner", "ca:root")
	if out := s.run(0, "vault", "list"); !strings.Contains(out, "on a token") {
		t.Errorf("the list: %s", out)
	}
	s.id("vault", "generate", "--purpose", "encryption", "--owner", "vault:kek", "--algorithm", "RSA-2048", "--token", token.URI("kek"))
	s.run(0, "vault", "rotate", "--kek", token.URI("kek"))
	if out := s.run(0, "vault", "show"); !strings.Contains(out, "from a token") {
		t.Errorf("the state: %s", out)
	}
	token.Stop()
	s.run(1, "vault", "list")
	token.Restart()
	s.run(0, "vault", "list")
}

// numbers are the secret ones of a key.
func numbers(t *testing.T, k keyfile.Key) []byte {
	t.Helper()
	switch p := k.Private.(type) {
	case *ecdsa.PrivateKey:
		raw, err := p.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	case *rsa.PrivateKey:
		return p.Primes[0].Bytes()
	}
	t.Fatalf("a key of type %T", k.Private)
	return nil
}
