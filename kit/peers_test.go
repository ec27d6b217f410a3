package kit_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// try is one kit given to one program: a folder of its own with kit.p12, password (a line), root.pem, and the mails that its keys open.
type try struct {
	t     *testing.T
	dir   string
	keys  int
	root  []byte // DER
	mails [][]byte
	text  string // the password
}

func (y *try) path(name string) string { return filepath.Join(y.dir, name) }

func (y *try) write(name string, data []byte) string {
	y.t.Helper()
	if err := os.WriteFile(y.path(name), data, 0o600); err != nil {
		y.t.Fatal(err)
	}
	return y.path(name)
}

// run runs a program and logs what it complains about.
func (y *try) run(stdin []byte, argv ...string) ([]byte, bool) {
	y.t.Helper()
	out, errOut, err := peer.Try(y.t, stdin, argv...)
	if err != nil {
		y.t.Logf("%s: %v\n%s%s", argv[0], err, out, errOut)
	}
	return out, err == nil
}

// sealed is the CMS inside a mail.
func (y *try) sealed(mail []byte) []byte {
	y.t.Helper()
	_, body, _ := strings.Cut(string(mail), "\r\n\r\n")
	raw, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		y.t.Fatal(err)
	}
	return raw
}

var reads = []byte("The answer is 42.")

// program opens a kit, and then the mails with what it took out of it. decrypts is nil for those that read no mail.
type program struct {
	name     string
	needs    []string
	opens    func(*try) bool
	decrypts func(*try) int // how many of the mails
}

var programs = []program{
	{"OpenSSL 3.0", []string{"openssl"}, opensslOpens, opensslDecrypts},
	{"NSS (Thunderbird)", []string{"pk12util", "certutil", "cmsutil"}, nssOpens, nssDecrypts},
	{"gpgsm 2.2", []string{"gpgsm"}, gpgsmOpens, gpgsmDecrypts},
	{"GnuTLS", []string{"certtool"}, gnutlsOpens, nil},
	{"Java 17", []string{"keytool"}, javaOpens, nil},
}

func opensslOpens(y *try) bool {
	out, ok := y.run(nil, "openssl", "pkcs12", "-in", y.path("kit.p12"), "-passin", "file:"+y.path("password"), "-nodes")
	y.write("openssl.pem", out)
	return ok && bytes.Count(out, []byte("BEGIN PRIVATE KEY")) == y.keys
}

// opensslDecrypts gives every mail to every key, as nothing pairs them for it.
func opensslDecrypts(y *try) (n int) {
	pem, err := os.ReadFile(y.path("openssl.pem"))
	if err != nil {
		y.t.Fatal(err)
	}
	keys := regexp.MustCompile(`(?s)-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n`).FindAll(pem, -1)
	for _, mail := range y.mails {
		for _, key := range keys {
			out, _, err := peer.Try(y.t, mail, "openssl", "cms", "-decrypt", "-inkey", y.write("one.key", key))
			if err == nil && bytes.Contains(out, reads) {
				n++
				break
			}
		}
	}
	return n
}

func nssOpens(y *try) bool {
	db := "sql:" + y.dir
	pw := y.write("dbpassword", []byte("database password\n"))
	peer.Run(y.t, nil, "certutil", "-N", "-d", db, "-f", pw)
	if _, ok := y.run(nil, "pk12util", "-i", y.path("kit.p12"), "-d", db, "-k", pw, "-w", y.path("password")); !ok {
		return false
	}
	keys := peer.Run(y.t, nil, "certutil", "-K", "-d", db, "-f", pw)
	if bytes.Count(keys, []byte("\n<")) != y.keys {
		y.t.Logf("%s", keys)
		return false
	}
	// Trusting the root is the person's act; the chain came with the kit.
	list := peer.Run(y.t, nil, "certutil", "-L", "-d", db)
	root := regexp.MustCompile(`(?m)^(.*Kit Root.*?)\s+[a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*\s*$`).FindSubmatch(list)
	if root == nil {
		y.t.Logf("no root in\n%s", list)
		return false
	}
	peer.Run(y.t, nil, "certutil", "-M", "-d", db, "-f", pw, "-n", string(root[1]), "-t", ",C,")
	own := regexp.MustCompile(`(?m)^(.*[a-z].*?)\s+u,u,u\s*$`).FindAllSubmatch(list, -1)
	usage := "-uR" // the first name is a signer's, but in history kits
	if bytes.Contains(own[0][1], []byte("signing")) {
		usage = "-uS"
	}
	_, ok := y.run(nil, "certutil", "-V", usage, "-b", "261125120000Z", "-d", db, "-f", pw, "-n", string(own[0][1]))
	return ok
}

func nssDecrypts(y *try) (n int) {
	for i, mail := range y.mails {
		in := y.write(fmt.Sprintf("mail%d.p7m", i), y.sealed(mail))
		if out, ok := y.run(nil, "cmsutil", "-D", "-d", "sql:"+y.dir, "-f", y.path("dbpassword"), "-i", in); ok && bytes.Contains(out, reads) {
			n++
		}
	}
	return n
}

// gpgsmHome is a short path, as the agent's socket needs one.
func gpgsmHome(y *try) string {
	if home, err := os.ReadFile(y.path("gpgsm.home")); err == nil {
		return string(home)
	}
	home, err := os.MkdirTemp("/tmp", "wx")
	if err != nil {
		y.t.Fatal(err)
	}
	y.t.Cleanup(func() {
		exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		os.RemoveAll(home)
	})
	for name, text := range map[string]string{"gpg-agent.conf": "allow-loopback-pinentry\n", "gpgsm.conf": "disable-crl-checks\ndisable-dirmngr\n"} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			y.t.Fatal(err)
		}
	}
	y.write("gpgsm.home", []byte(home))
	return home
}

func (y *try) gpgsm(args ...string) []string {
	return append([]string{"gpgsm", "--homedir", gpgsmHome(y), "--batch", "--no-tty", "--yes", "--pinentry-mode", "loopback", "--passphrase-fd", "0"}, args...)
}

func gpgsmOpens(y *try) bool {
	files, err := filepath.Glob(y.path("kit*.p12"))
	if err != nil {
		y.t.Fatal(err)
	}
	for _, f := range files {
		if _, ok := y.run([]byte(y.text+"\n"), y.gpgsm("--import", f)...); !ok {
			return false
		}
	}
	out := peer.Run(y.t, nil, "gpgsm", "--homedir", gpgsmHome(y), "--batch", "--with-colons", "--list-secret-keys")
	return bytes.Contains(out, []byte("crs:"))
}

func gpgsmDecrypts(y *try) (n int) {
	for i, mail := range y.mails {
		in := y.write(fmt.Sprintf("gpgsm%d.p7m", i), y.sealed(mail))
		if out, ok := y.run([]byte(y.text+"\n"), y.gpgsm("--decrypt", in)...); ok && bytes.Contains(out, reads) {
			n++
		}
	}
	return n
}

func gnutlsOpens(y *try) bool {
	out, ok := y.run(nil, "certtool", "--p12-info", "--inder", "--infile", y.path("kit.p12"), "--password", y.text)
	return ok && bytes.Count(out, []byte("PRIVATE KEY-----\n")) >= 2*y.keys
}

func javaOpens(y *try) bool {
	out, ok := y.run(nil, "keytool", "-J-Dfile.encoding=UTF-8", "-J-Dsun.jnu.encoding=UTF-8", "-list", "-storetype", "PKCS12", "-keystore", y.path("kit.p12"), "-storepass:file", y.path("password"))
	return ok && bytes.Count(out, []byte("PrivateKeyEntry")) == y.keys
}
