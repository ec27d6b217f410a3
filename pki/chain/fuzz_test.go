package chain_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// FuzzVerify takes certificates, lists and answers one behind the other: the first certificate is the leaf, all others
// and all lists and answers are at hand. Only the anchor of PKITS is trusted, so nobody can be good whom NIST did not sign.
func FuzzVerify(f *testing.F) {
	dir := peer.Vectors(f, "pkits")
	read := func(folder, name, ext string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, folder, name+ext))
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	table, err := os.ReadFile(filepath.Join(dir, "EXPECT.tsv"))
	if err != nil {
		f.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		row := strings.Split(line, "\t")
		if i%5 != 0 { // the corpus grows by itself
			continue
		}
		certs := strings.Split(row[8], ",")
		var seed []byte
		for k := len(certs) - 1; k > 0; k-- {
			seed = append(seed, read("certs", certs[k], ".crt")...)
		}
		for _, c := range strings.Split(row[9], ",") {
			seed = append(seed, read("crls", c, ".crl")...)
		}
		f.Add(seed, "hard", i%2 == 0)
	}
	signed := map[string]bool{}
	files, _ := filepath.Glob(filepath.Join(dir, "certs", "*.crt"))
	for _, path := range files {
		c := must[*pki.Certificate](f)(pki.ParseCertificate(read("certs", strings.TrimSuffix(filepath.Base(path), ".crt"), ".crt")))
		signed[string(c.RawTBS)] = true
	}
	root := must[*pki.Certificate](f)(pki.ParseCertificate(read("certs", "TrustAnchorRootCertificate", ".crt")))
	trusted := chain.NewAnchors(chain.Anchor{Certificate: root})
	f.Fuzz(func(t *testing.T, objects []byte, revocation string, mail bool) {
		r := chain.Request{Anchors: trusted, Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
			Revocation: chain.Revocation(revocation), Purpose: chain.Any}
		if mail {
			r.Purpose = chain.SMIMESign
		}
		var e chain.AtHand
		for len(objects) > 0 {
			_, rest, err := der.Parse(objects)
			if err != nil {
				break
			}
			raw := objects[:len(objects)-len(rest)]
			objects = rest
			if c, err := pki.ParseCertificate(raw); err == nil {
				r.Pool = append(r.Pool, c)
			} else if l, err := pki.ParseCRL(raw); err == nil {
				e.Lists = append(e.Lists, l)
			} else if o, err := pki.ParseOCSPResponse(raw); err == nil {
				e.Answers = append(e.Answers, o)
			}
		}
		if len(r.Pool) == 0 {
			return
		}
		r.Leaf, r.Evidence = r.Pool[0], e
		judge := func() *chain.Result {
			r.Budget = limit.New(limit.Limits{PublicKey: 60, Elements: 100_000})
			return chain.Verify(t.Context(), r)
		}
		one, two := judge(), judge()
		if one.OK != two.OK || !reflect.DeepEqual(codes(one), codes(two)) {
			t.Fatalf("judged twice: %v, %v", codes(one), codes(two))
		}
		if one.OK == (len(one.Failures) > 0) || len(one.Path) == 0 || !bytes.Equal(one.Path[0].Raw, r.Leaf.Raw) {
			t.Fatalf("OK %v with %d failures, a path of %d", one.OK, len(one.Failures), len(one.Path))
		}
		if one.OK && !signed[string(r.Leaf.RawTBS)] {
			t.Fatal("somebody is good whom the authority never signed")
		}
	})
}
