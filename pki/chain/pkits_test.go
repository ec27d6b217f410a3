package chain_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// pkitsRow is one line of the table of NIST's Public Key Interoperability Test Suite.
type pkitsRow struct {
	test, name                     string
	valid, explicit, mapping, any_ bool
	policies, result               []string
	certs, crls                    []string
}

func readPKITS(t *testing.T, dir string) (rows []pkitsRow) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "EXPECT.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	split := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		f := strings.Split(line, "\t")
		rows = append(rows, pkitsRow{test: f[0], name: f[1], valid: f[2] == "valid", policies: split(f[3]), explicit: f[4] == "true",
			mapping: f[5] == "true", any_: f[6] == "true", result: split(f[7]), certs: split(f[8]), crls: split(f[9])})
	}
	return rows
}

func readCert(t *testing.T, path string) *pki.Certificate {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pki.ParseCertificate(data)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

// policyOID reads "NIST-test-policy-N".
func policyOID(t *testing.T, name string) der.OID {
	t.Helper()
	if name == "any" || name == "anyPolicy" {
		return alg.OIDAnyPolicy
	}
	id, err := der.ParseOID("2.16.840.1.101.3.2.1.48." + strings.TrimPrefix(name, "NIST-test-policy-"))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// request is the row as a question.
func (row pkitsRow) request(t *testing.T, dir string) chain.Request {
	t.Helper()
	var path []*pki.Certificate
	for _, name := range row.certs {
		path = append(path, readCert(t, filepath.Join(dir, "certs", name+".crt")))
	}
	var lists []*pki.CRL
	for _, name := range row.crls {
		data, err := os.ReadFile(filepath.Join(dir, "crls", name+".crl"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := pki.ParseCRL(data)
		if err != nil {
			t.Logf("%s %s: %v", row.test, name, err)
			continue
		}
		lists = append(lists, l)
	}
	r := chain.Request{Leaf: path[len(path)-1], Pool: path[1:], Anchors: chain.NewAnchors(chain.Anchor{Certificate: path[0]}),
		Evidence: chain.AtHand{Lists: lists}, Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Purpose: chain.Any, Revocation: chain.Hard}
	r.Policies = chain.PolicyInputs{RequireExplicit: row.explicit, InhibitMapping: row.mapping, InhibitAny: row.any_}
	for _, p := range row.policies {
		if p != "any" {
			r.Policies.User = append(r.Policies.User, policyOID(t, p))
		}
	}
	return r
}

// The 249 cases of NIST's suite. DSA is legacy here, and refusing 4.1.4 and 4.1.5 is the right answer (README of the vectors); TestPKITSWithDSA allows
// it. In 4.14.30 a list is all there is to say about its own signer; it is accepted, see endorse.
func TestPKITS(t *testing.T) {
	dir := peer.Vectors(t, "pkits")
	right := 0
	rows := readPKITS(t, dir)
	for _, row := range rows {
		got := chain.Verify(t.Context(), row.request(t, dir))
		refusedDSA := (row.test == "4.1.4" || row.test == "4.1.5") && !got.OK
		if got.OK == row.valid || refusedDSA {
			row.compare(t, got)
			right++
			continue
		}
		t.Errorf("%s %s: got %v, want %v: %v; %+v", row.test, row.name, got.OK, row.valid, got.Failures, got.Revocation)
	}
	if right != 249 {
		t.Errorf("%d of %d right, want 249", right, len(rows))
	}
}

// compare compares the user-constrained policy set with the one that the suite states.
func (row pkitsRow) compare(t *testing.T, got *chain.Result) {
	t.Helper()
	if !got.OK || len(row.result) == 0 {
		return
	}
	var want []der.OID
	for _, p := range row.result {
		want = append(want, policyOID(t, p))
	}
	slices.Sort(want)
	if !slices.Equal(want, got.Policies) {
		t.Errorf("%s: policies %v, want %v", row.test, got.Policies, want)
	}
}
