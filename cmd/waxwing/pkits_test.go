package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// TestPathCommandAnswersPKITS runs every case of PKITS through the command, as a script would.
func TestPathCommandAnswersPKITS(t *testing.T) {
	dir := peer.Vectors(t, "pkits")
	table, err := os.ReadFile(filepath.Join(dir, "EXPECT.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	rows := strings.Split(strings.TrimSpace(string(table)), "\n")[1:]
	for _, row := range rows {
		f := strings.Split(row, "\t")
		argv := []string{"path", "--json", "--purpose", "any", "--revocation", "hard", "--trust-store", "none", "--no-network"}
		certs := strings.Split(f[8], ",")
		argv = append(argv, "--trust-anchor", filepath.Join(dir, "certs", certs[0]+".crt"))
		for _, c := range certs[1 : len(certs)-1] {
			argv = append(argv, "--untrusted", filepath.Join(dir, "certs", c+".crt"))
		}
		for _, c := range strings.Split(f[9], ",") {
			argv = append(argv, "--crl", filepath.Join(dir, "crls", c+".crl"))
		}
		for i, flag := range []string{"--require-explicit-policy", "--inhibit-policy-mapping", "--inhibit-any-policy"} {
			if f[4+i] == "true" {
				argv = append(argv, flag)
			}
		}
		for _, p := range strings.Split(f[3], ",") {
			if n, ok := strings.CutPrefix(p, "NIST-test-policy-"); ok {
				argv = append(argv, "--policy", "2.16.840.1.101.3.2.1.48."+n)
			}
		}
		var out, errOut bytes.Buffer
		a := &app{in: strings.NewReader(""), out: &out, err: &errOut, now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }}
		code := a.run(t.Context(), append(argv, filepath.Join(dir, "certs", certs[len(certs)-1]+".crt")))
		want := exitGood
		if dsa := f[0] == "4.1.4" || f[0] == "4.1.5"; f[2] != "valid" || dsa { // DSA is refused: see the README of the vectors
			want = exitNotAcceptable
		}
		var answer struct {
			OK   bool `json:"ok"`
			Exit int  `json:"exit"`
		}
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil || answer.Exit != code || answer.OK != (code == 0) {
			t.Errorf("%s %s: %v in %s%s", f[0], f[1], err, out.Bytes(), errOut.Bytes())
		}
		if code != want {
			t.Errorf("%s %s: exit code %d, want %d: %s", f[0], f[1], code, want, errOut.Bytes())
			continue
		}
		right++
	}
	t.Logf("%d of %d right", right, len(rows))
}
