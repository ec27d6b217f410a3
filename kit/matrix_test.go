package kit_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/kit"
)

var update = flag.Bool("update", false, "write docs/kits.md")

const umlauts = "Grüße an Ölförderer"

// AUTHORITY 40: every kit is opened by every program, and mail encrypted to its certificates is read with what came out of it.
func TestKitsAreOpenedByOtherPrograms(t *testing.T) {
	for _, p := range programs {
		peer.Need(t, p.needs...)
	}
	var b strings.Builder
	b.WriteString(matrixHead)
	for _, p := range programs {
		fmt.Fprintf(&b, " %s |", p.name)
	}
	b.WriteString("\n|---|---|---|" + strings.Repeat("---|", len(programs)) + "\n")
	const pair, both = "a pair and two old ones", "one for both uses and two old ones"
	for _, k := range []struct {
		keys     string
		kind     testca.KeyKind
		dual     bool
		form     kit.Form
		password string
	}{
		{"RSA, " + pair, testca.RSA, false, kit.Modern, ""},
		{"RSA, " + pair, testca.RSA, false, kit.Compatible, ""},
		{"RSA, " + pair, testca.RSA, false, kit.History, ""},
		{"RSA, " + both, testca.RSA, true, kit.Modern, ""},
		{"RSA, " + both, testca.RSA, true, kit.Compatible, ""},
		{"P-256, " + pair, testca.P256, false, kit.Modern, ""},
		{"P-256, " + pair, testca.P256, false, kit.Compatible, ""},
		{"RSA, " + pair, testca.RSA, false, kit.Modern, umlauts},
		{"RSA, " + pair, testca.RSA, false, kit.Compatible, umlauts},
	} {
		fmt.Fprintf(&b, "| %s | %s | %s |", k.keys, k.form, passwordName(k.password))
		for _, cell := range cells(t, newPerson(t, k.kind, k.dual), k.form, k.password) {
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| RSA, %s, a file for each key | compatible | generated | | | %s | | |\n", pair, eachForGPGSM(t))
	b.WriteString(matrixFoot)
	keep(t, b.String())
}

func passwordName(text string) string {
	if text == "" {
		return "generated"
	}
	return "with umlauts"
}

// cells gives one kit to every program.
func cells(t *testing.T, p *person, f kit.Form, password string) (list []string) {
	o := kit.Options{Form: f}
	if password != "" {
		o.Password = own(t, password)
	}
	k := p.make(t, o)
	mails := [][]byte{mailTo(t, p.current.Certificate)}
	for _, e := range p.old {
		mails = append(mails, mailTo(t, e.Certificate))
	}
	if n := opens(t, k.File, k.Password.Reveal(), mails); n != len(mails) {
		t.Errorf("we read %d of %d with our own %s kit", n, len(mails), f)
	}
	keys := 0
	for _, i := range k.Items {
		if i.Key {
			keys++
		}
	}
	for _, g := range programs {
		y := &try{t: t, dir: t.TempDir(), keys: keys, root: p.root.Certificate.Raw, mails: mails, text: k.Password.Reveal()}
		y.write("kit.p12", k.File)
		y.write("password", []byte(y.text+"\n"))
		switch {
		case !g.opens(y):
			list = append(list, "no")
		case g.decrypts == nil:
			list = append(list, "opens")
		default:
			list = append(list, fmt.Sprintf("opens, reads %d of %d", g.decrypts(y), len(mails)))
		}
	}
	return list
}

// eachForGPGSM gives gpgsm a kit for each key.
func eachForGPGSM(t *testing.T) string {
	p := newPerson(t, testca.RSA, false)
	list, err := (&kit.Maker{Keys: p.keys}).MakeEach(t.Context(), p.contents, kit.Options{Form: kit.Compatible, Now: testca.Now, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	y := &try{t: t, dir: t.TempDir(), text: list[0].Password.Reveal()}
	for i, k := range list {
		y.write(fmt.Sprintf("kit%d.p12", i), k.File)
	}
	for _, e := range append(p.old, p.current) {
		y.mails = append(y.mails, mailTo(t, e.Certificate))
	}
	if !gpgsmOpens(y) {
		return "no"
	}
	return fmt.Sprintf("opens, reads %d of %d", gpgsmDecrypts(y), len(y.mails))
}

const matrixHead = "<!-- Made by `go test ./kit -update`. Do not edit. -->\n\n# Kits\n\n" +
	"Which program opens which kit, as the tests find it with Debian 12's programs. *reads n of m*: of m mails, one for each encryption\n" +
	"key that the person ever had, the program decrypted n with the keys that it took out of the kit.\n\n" +
	"A kit always has the whole chain and every old encryption key.\n\n" +
	"| keys | form | password |"

const matrixFoot = "\n## Notes\n\n" +
	"* A generated password has 29 characters, letters and digits. With characters outside of ASCII Java opens no PKCS#12 file at all, and what\n" +
	"  others make of them depends on how they were typed. Characters beyond U+FFFF, such as emoji, are refused (RFC 7292 Appendix B.1).\n" +
	"* gpgsm 2.2 (Kleopatra, KMail) does not read PBES2 with HMAC-SHA-256, takes the first key of a file only, no EC key, and no password of more\n" +
	"  than 31 characters. Give it RSA keys, the compatible form, and a file for each key: `waxwing kit make --form compatible --each`.\n" +
	"* NSS 3.87 imports EC keys, but its S/MIME does not decrypt mail for them (ECDH). Where people use a Thunderbird of that\n" +
	"  age, issue RSA for encryption.\n" +
	"* Not tried, because they do not run here: Windows, Apple's `security import`, iOS, Android, OpenSSL 1.1.1 and 3.5, Java 8. What their\n" +
	"  makers say decided which form docs/clients recommends.\n"

// keep compares the matrix with docs/kits.md, or writes it.
func keep(t *testing.T, text string) {
	t.Helper()
	t.Log(text)
	const path = "../docs/kits.md"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old, err := os.ReadFile(path); err != nil || string(old) != text {
		t.Errorf("docs/kits.md says something else; look at the difference, then: go test ./kit -update")
	}
}
