package lint

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
)

// readPEM reads a certificate; files of zlint carry the text of openssl before it.
func readPEM(t testing.TB, path string) *pki.Certificate {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		t.Fatalf("%s: no PEM", path)
	}
	c, err := pki.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

// sameAs finds the rule that zlint knows under a name; those of the S/MIME BR come first.
func sameAs(name string) string {
	for _, prefix := range []string{"smime.", ""} {
		for _, r := range Rules() {
			if strings.HasPrefix(r.Name, prefix) && slices.Contains(r.Same, name) {
				return r.Name
			}
		}
	}
	return ""
}

// statusOf applies one rule.
func statusOf(c *pki.Certificate, name string, o Options) (Result, bool) {
	for _, r := range Certificate(c, o) {
		if r.Name == name {
			return r, true
		}
	}
	return Result{}, false
}

// differences are the rows in which we mean to answer otherwise, with the reason.
var differences = func() map[string]string {
	list := map[string]string{}
	for _, k := range []string{"mld44", "mld65", "mld87", "mlk512", "mlk768", "mlk1024"} {
		list["smime/sm1_alg_"+k+"_eff1_pqf0.pem e_invalid_legacy_spki_algoid"] =
			"zlint 3.7.3 registers the later list under the name of the earlier one; before 2025-08-22 these keys were not allowed (S/MIME BR 1.0.10 §7.1.3.1)"
	}
	return list
}()

func TestTheTableOfZlintIsReproduced(t *testing.T) {
	dir := filepath.Join(peer.Vectors(t), "zlint")
	table, err := os.ReadFile(filepath.Join(dir, "EXPECT-smime.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]Status{"Pass": Pass, "Error": Fail, "Warn": Fail, "NA": NotApplicable, "NE": NotEffective}
	rows, same := 0, 0
	for _, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		path := filepath.Join(dir, cells[0])
		if !strings.HasPrefix(cells[0], "smime/") {
			path = filepath.Join("testdata/zlint", cells[0])
		}
		rows++
		rule := sameAs(cells[1])
		if rule == "" {
			t.Errorf("no rule is the same as %s", cells[1])
			continue
		}
		got, _ := statusOf(readPEM(t, path), rule, Options{})
		if _, meant := differences[cells[0]+" "+cells[1]]; meant == (got.Status == words[cells[2]]) {
			t.Errorf("%s %s: %s is %s (%s), zlint says %s", cells[0], cells[1], rule, got.Status, got.Detail, cells[2])
			continue
		}
		same++
	}
	t.Logf("%d of %d rows", same, rows)
}
