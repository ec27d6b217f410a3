package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/vectors"
)

// attackExits are the exit codes that go with a verdict.
var attackExits = map[string][]int{
	"genuine": {exitGood}, "unsigned": {exitNotSigned}, "unreadable": {exitNoDecrypt, exitMalformed},
	"altered": {exitNotAcceptable}, "impostor": {exitNotAcceptable}, "untrusted": {exitNotAcceptable},
	"revoked": {exitNotAcceptable}, "expired": {exitNotAcceptable},
}

// TestVerifyAnswersTheAttacks runs every scenario of the attack collection through the command, as a script would: the
// word, the reason's code and the exit code are those of the library.
func TestVerifyAnswersTheAttacks(t *testing.T) {
	dir := vectors.Folder(t, "attacks")
	argv := []string{"verify", "--json", "--trust-store", "none", "--no-network", "--trust-anchor",
		filepath.Join(dir, "root.pem"), "-k", filepath.Join(dir, "bob.pem")}
	for _, v := range vectors.Read(t, "attacks") {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			var out, errOut bytes.Buffer
			a := &app{in: bytes.NewReader(v.Mail), out: &out, err: &errOut, now: func() time.Time { return vectors.Now }}
			code := a.run(t.Context(), argv)
			var answer struct {
				Exit    int `json:"exit"`
				Verdict struct {
					Word string `json:"verdict"`
				} `json:"judgement"`
			}
			if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
				t.Fatalf("%v: %s%s", err, out.Bytes(), errOut.Bytes())
			}
			if answer.Verdict.Word != v.Expect {
				t.Errorf("%s: verdict %s, want %s", v.Note, answer.Verdict.Word, v.Expect)
			}
			if code != answer.Exit || !slices.Contains(attackExits[v.Expect], code) {
				t.Errorf("%s: exit code %d (told: %d), want one of %v", v.Note, code, answer.Exit, attackExits[v.Expect])
			}
			if v.Code != "" && !bytes.Contains(out.Bytes(), []byte(`"`+v.Code+`"`)) {
				t.Errorf("%s: nothing says %s", v.Note, v.Code)
			}
		})
	}
}
