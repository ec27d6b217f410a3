package main

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/waxwing-mail/waxwing/keyfile"
)

// full is a house after a full run, and the secrets that were in it.
type full struct {
	*session
	house   string
	told    string              // what the demo printed
	secrets map[string][]string // by name, in the forms in which they could show themselves
}

// newFull plays the demo, and then makes kits on the command line.
func newFull(t *testing.T) *full {
	f := &full{session: newSession(t), secrets: map[string][]string{}}
	f.house = filepath.Join(f.dir, "house")
	var out bytes.Buffer
	s := &stage{tell: &teller{app: &app{out: &out, now: time.Now}, p: &painter{}}, now: time.Now()}
	err := s.play(t.Context(), f.house)
	if closed := s.close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	f.told = out.String()
	link := regexp.MustCompile(`/kit/(\S+)`).FindStringSubmatch(f.told)
	if link == nil {
		t.Fatal("the demo showed no link")
	}
	code := string(demoCode.Find(s.post.mails[0].Raw))
	f.secrets["the link to the kit"] = forms([]byte(link[1]))
	f.secrets["the code to the mailbox"] = append(forms([]byte(code)), strings.ReplaceAll(code, "-", ""))
	f.secrets["the number of the passport"] = forms([]byte("C01X00T47"))
	f.kit("the demo's kit", s.kit.File, s.kit.Password.Reveal())
	f.kek()
	f.desk()
	return f
}

// desk issues and makes kits with commands.
func (f *full) desk() {
	in := func(name string) string { return filepath.Join(f.dir, name) }
	for _, profile := range []string{"mailbox-strict-encryption", "mailbox-strict-signing"} {
		f.run(0, "ca", "issue", "--profile", profile, "--address", "dora@example.org", "--key", "RSA-2048", "-o", in(profile+".pem"))
	}
	for _, form := range []string{"modern", "compatible", "history"} {
		f.run(0, "kit", "make", "--for", "dora@example.org", "--form", form, "--json", "-o", in(form+".p12"), "--password-out", in(form+".txt"))
		f.run(0, "kit", "show", "--json", "--password-file", in(form+".txt"), in(form+".p12"))
		file, err := os.ReadFile(in(form + ".p12"))
		password, err2 := os.ReadFile(in(form + ".txt"))
		if err != nil || err2 != nil {
			f.Fatal(err, err2)
		}
		if form == "modern" {
			f.kit("Dora's kit", file, strings.TrimSpace(string(password)))
			continue
		}
		f.secrets["the password of the "+form+" kit"] = passwordForms(strings.TrimSpace(string(password)))
	}
	f.run(0, "key", "new", "--email", "pki@example.org", "-o", in("pki.pem"))
	f.run(0, "kit", "make", "--for", "dora@example.org", "--form", "apple", "--signer", in("pki.pem"), "-o", in("dora.mobileconfig"), "--password-out", in("apple.txt"))
	f.run(0, "audit", "list", "--json")
	f.run(0, "vault", "list", "--json")
	f.run(1, "kit", "show", "--password-file", f.file("typo", "aaaaa-bbbbb-ccccc-ddddd-eeeee\n"), in("modern.p12"))
}

// kit notes the password of a kit, and the numbers of the keys in it.
func (f *full) kit(name string, file []byte, password string) {
	f.Helper()
	b, err := keyfile.Read(file, keyfile.Options{Password: []byte(password)})
	if err != nil || len(b.Keys) != 2 {
		f.Fatalf("%s: %d keys, %v", name, len(b.Keys), err)
	}
	f.secrets["the password of "+name] = passwordForms(password)
	for _, k := range b.Keys {
		f.secrets[k.Name+" of "+name] = forms(numbers(f.T, k))
	}
}

func passwordForms(password string) []string {
	return append(forms([]byte(password)), strings.ReplaceAll(password, "-", ""))
}

// kek notes the key of the vault.
func (f *full) kek() {
	f.Helper()
	text, err := os.ReadFile(filepath.Join(f.house, "vault.key"))
	if err != nil {
		f.Fatal(err)
	}
	lines := strings.Fields(string(text))
	key, err := base64.StdEncoding.DecodeString(lines[len(lines)-1])
	if err != nil {
		f.Fatal(err)
	}
	f.secrets["the key of the vault"] = forms(key)
}

// places are the texts in which there must be no secret: every file of the house but the one with the vault's key, and what the
// commands printed.
func (f *full) places() map[string]string {
	f.Helper()
	list := map[string]string{"what was printed, and the arguments": f.seen.String()}
	err := filepath.WalkDir(f.house, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "vault.key" {
			return err
		}
		raw, err := os.ReadFile(path)
		list[path] = string(raw)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return list
}

// structures are how a private key begins, whatever its number: PEM; PKCS #8 and SEC 1 of P-256, P-384 and Ed25519; of RSA the private exponent
// behind the public one, whose length has two octets, or one where it happens to be short.
var structures = []string{"PRIVATE KEY-----", "\x02\x01\x01\x04\x20", "\x02\x01\x01\x04\x30", "\x06\x03\x2b\x65\x70\x04\x22\x04\x20",
	"\x02\x03\x01\x00\x01\x02\x82", "\x02\x03\x01\x00\x01\x02\x81"}

// texts are the base64 of SEC 1 at its three alignments.
var texts = []string{"AgEBBC", "IBAQQg", "CAQEEI", "AgEBBD", "IBAQQw", "CAQEEM"}

// After a full run no key, password, link or number of a paper is in the database, in the log, in what was printed, or in an
// argument.
func TestNoSecretIsLeftAnywhereAfterAFullRun(t *testing.T) {
	f := newFull(t)
	places := f.places()
	all := ""
	for place, text := range places {
		all += text
		for what, forms := range f.secrets {
			for i, form := range forms {
				if strings.Contains(text, form) {
					t.Errorf("%s is in %s, in form %d", what, place, i)
				}
			}
		}
		for _, s := range slices.Concat(structures, texts) {
			if strings.Contains(text, s) {
				t.Errorf("there is a private key in %s: it has %q", place, s)
			}
		}
	}
	// What was searched had something in it, and a secret would have been found.
	for _, want := range []string{"key.exported", "certificate.issued", "delivery.opened", "passport.png"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is nowhere: the database was not among what was searched", want)
		}
	}
	if !strings.Contains(f.told, f.secrets["the password of the demo's kit"][0]) {
		t.Error("the password was not shown, and would not have been found")
	}
	if len(f.secrets) < 11 {
		t.Errorf("only %d secrets were looked for", len(f.secrets))
	}
}

// The structures that are looked for are those of real keys.
func TestThePrivateKeysThatAreLookedForLookLikeThat(t *testing.T) {
	for _, kind := range []string{"p256", "p384", "rsa2048", "ed25519"} {
		key, err := newKey(nil, kind)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := keyfile.MarshalPKCS8(key, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(structures, func(s string) bool { return bytes.Contains(raw, []byte(s)) }) {
			t.Errorf("a key of kind %s would not be found", kind)
		}
		text := base64.StdEncoding.EncodeToString(raw)
		if kind[0] == 'p' && !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(text, s) }) {
			t.Errorf("a key of kind %s in base64 would not be found", kind)
		}
	}
}

// Every file of a house is its owner's alone.
func TestNothingInAHouseIsReadableByOthers(t *testing.T) {
	f := newFull(t)
	for path := range f.places() {
		info, err := os.Stat(path)
		if err != nil {
			continue // what was printed is no file
		}
		if dir, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm()&0o077 != 0 && dir.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %04o", path, info.Mode().Perm())
		}
	}
	for _, name := range []string{"modern.p12", "modern.txt", "dora.mobileconfig"} {
		if info, err := os.Stat(filepath.Join(f.dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// A password in an argument is seen by everybody on the machine: no flag takes one, only files that hold one.
func TestNoFlagTakesASecret(t *testing.T) {
	secret := regexp.MustCompile(`pass|pin$|secret|phrase|code`)
	file := regexp.MustCompile(`-(file|out)$`)
	looked := 0
	for _, c := range every((&app{}).root()) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !secret.MatchString(f.Name) || f.Value.Type() == "bool" {
				return
			}
			if looked++; !file.MatchString(f.Name) {
				t.Errorf("%s --%s takes a secret as an argument", c.CommandPath(), f.Name)
			}
		})
	}
	if looked == 0 {
		t.Error("no flag was looked at")
	}
}
