package policy

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/internal/vectors"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/smime"
)

var update = flag.Bool("update", false, "make the attack collection anew, with new keys")

// blocks reads a PEM file.
func blocks(t testing.TB, path string) map[string][]byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for b, rest := pem.Decode(raw); b != nil; b, rest = pem.Decode(rest) {
		if found[b.Type] == nil {
			found[b.Type] = b.Bytes
		}
	}
	return found
}

// attacked returns the opener that the collection is meant for.
func attacked(t testing.TB) *smime.Opener {
	t.Helper()
	dir := vectors.Folder(t, "attacks")
	root, err := pki.ParseCertificate(blocks(t, filepath.Join(dir, "root.pem"))["CERTIFICATE"])
	if err != nil {
		t.Fatal(err)
	}
	id := blocks(t, filepath.Join(dir, "bob.pem"))
	bob, err := pki.ParseCertificate(id["CERTIFICATE"])
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(id["PRIVATE KEY"])
	if err != nil {
		t.Fatal(err)
	}
	return &smime.Opener{Trust: chain.NewAnchors(chain.Anchor{Certificate: root}), Now: vectors.Now, Explain: true,
		Keys: cms.KeyList{{Certificate: bob, Private: key}}}
}

// Every attack of the collection, and every honest mail in it, gets the verdict that it deserves.
func TestEveryAttackGetsItsVerdict(t *testing.T) {
	o := attacked(t)
	for _, v := range vectors.Read(t, "attacks") {
		t.Run(v.Name, func(t *testing.T) {
			m, err := eml.Parse(bytes.NewReader(v.Mail), limit.New(limit.Limits{}))
			if err != nil {
				t.Fatal(err)
			}
			r, err := o.Open(context.Background(), m)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			verdict := Judge(r, Settings{})
			if string(verdict.Word) != v.Expect {
				t.Errorf("%s (%s, %v); want %s: %s", verdict.Word, verdict.Reason, verdict.Codes, v.Expect, v.Note)
			}
			found := v.Code == ""
			for _, f := range r.Findings {
				found = found || string(f.Code) == v.Code
			}
			if !found {
				t.Errorf("no %s among %v", v.Code, codesOf(r.Findings))
			}
			if verdict.Word != Genuine && len(r.Verified()) > 0 {
				t.Error("somebody is proven")
			}
		})
	}
}

func codesOf(fs []finding.Finding) (list []finding.Code) {
	for _, f := range fs {
		list = append(list, f.Code)
	}
	return list
}

func TestTheCollectionIsLargeEnough(t *testing.T) {
	words := map[string]int{}
	for _, v := range vectors.Read(t, "attacks") {
		words[v.Expect]++
	}
	total := 0
	for _, w := range Words {
		if words[string(w)] == 0 {
			t.Errorf("no scenario expects %s", w)
		}
		total += words[string(w)]
	}
	if total < 80 {
		t.Errorf("only %d scenarios", total)
	}
}
