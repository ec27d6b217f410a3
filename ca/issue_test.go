package ca

import (
	"errors"
	"fmt"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/lint"
	"github.com/waxwing-mail/waxwing/pki"
)

func TestEveryProfileIssuesWhatLints(t *testing.T) {
	for name, h := range map[string]*house{"private": newHouse(t, nil), "public": publicHouse(t)} {
		for _, p := range Builtin() {
			if !p.Type.subscriber() {
				continue
			}
			if name == "public" && p.Generation == Private {
				var no *Refusal
				if _, err := h.issue(order(t, p.Name)); !errors.As(err, &no) || !no.Has("smime.policy.one") {
					t.Errorf("a house bound by the S/MIME BR issues by %s: %v", p.Name, err)
				}
				continue
			}
			for _, kind := range []string{"P-256", "P-384", "P-521", "RSA 2048", "Ed25519"} {
				if kind == "Ed25519" && p.Usage != Signing {
					continue
				}
				o := order(t, p.Name)
				o.Request, o.Holder = csr(t, kind), "person:"+kind[:3]
				_, c := h.mustIssue(o)
				for _, r := range lint.Certificate(c, lint.Options{Regime: map[string]lint.Regime{"public": lint.ByContent, "private": lint.Private}[name]}) {
					// Our domain of tests is none of the public name system.
					if r.Status == lint.Fail && r.Severity != lint.Notice && r.Name != "smime.san.public" {
						t.Errorf("%s %s %s: %s %s: %s", name, p.Name, kind, r.Severity, r.Name, r.Detail)
					}
				}
			}
		}
	}
}

func TestAnOrderBecomesACertificateThatIsFound(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h := open(t, d, nil)
		o := order(t, "sponsor-strict-signing")
		o.Addresses, o.Credential = []string{"Ada@ACME.test", "用户@例子.test"}, "credential:1"
		out, c := h.mustIssue(o)
		issuer, err := pki.ParseCertificate(out.Chain[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := c.CheckSignatureFrom(issuer, alg.Allow{}); err != nil {
			t.Error(err)
		}
		if len(out.Chain) != 2 || out.State != Valid || out.Again {
			t.Errorf("chain of %d, state %s", len(out.Chain), out.State)
		}
		for what, q := range map[string]Query{
			"serial": {Serial: fmt.Sprintf("%X", c.Serial)}, "address": {Address: "ada@acme.TEST"}, "international": {Address: "用户@xn--fsqu00a.test"},
			"fingerprint": {Fingerprint: out.Fingerprint}, "key": {SPKI: out.SPKI}, "holder": {Holder: o.Holder}, "credential": {Credential: "credential:1"},
			"reference": {Reference: o.Reference, State: Valid},
		} {
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				list, err := Find(tx, q)
				if err == nil && (len(list) != 1 || list[0].ID != out.ID) {
					t.Errorf("by %s: %d found", what, len(list))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		again, err := h.issue(o)
		if err != nil || !again.Again || again.Serial != out.Serial {
			t.Errorf("the same reference got another certificate: %v", err)
		}
		o.Request = csr(t, "P-256")
		var no *Refusal
		if _, err := h.issue(o); !errors.As(err, &no) || !no.Has("order.reference-used") {
			t.Errorf("the same reference for another key: %v", err)
		}
	})
}
