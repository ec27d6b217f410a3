package ra

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

func (h *house) credential1(id string) (c Credential) {
	h.t.Helper()
	h.do(func(tx *db.Tx) (err error) { c, err = credentialByID(tx, id); return err })
	return c
}

// AUTHORITY 45: at two thirds of its life a renewal asks for the mailbox alone.
func TestAuthority45ARenewalAsksForWhatHasLapsedAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		h.issue(p.ID)
		c := h.credential1(h.app(p.ID).Credential)
		renew := func() (n Application, err error) {
			err = h.try(func(tx *db.Tx) (err error) { n, err = h.Renew(tx, h.applicant, c.ID, Renewal{}); return err })
			return n, err
		}
		_, err := renew()
		refusedFor(t, err, "renew.early")
		h.now = c.RenewFrom()
		n, err := renew()
		if err != nil {
			t.Fatal(err)
		}
		h.is(n.ID, Collecting)
		var open []string
		h.do(func(tx *db.Tx) error {
			list, err := h.answers(tx, h.app2(tx, n.ID))
			for _, r := range list {
				if r.State != ReqSatisfied {
					open = append(open, r.Kind)
				}
			}
			return err
		})
		if len(open) != 1 || open[0] != "mailbox" {
			t.Fatalf("it asks for %v", open)
		}
		h.prove(h.applicant, n.ID, "ada@acme.test")
		h.is(n.ID, Validated) // and a person approves, unless CarryApprovals is set
		list := h.issue(n.ID)
		old := h.credential1(c.ID)
		if old.State != CredentialSuperseded || old.Successor != h.app(n.ID).Credential {
			t.Errorf("the old credential is %s", old.State)
		}
		if overlap := old.NotAfter.Sub(list[0].NotBefore); overlap < 14*day {
			t.Errorf("they overlap for %s", overlap)
		}
		h.do(func(tx *db.Tx) error {
			s, err := ca.Status(tx, old.Certificates[0])
			if s != nil {
				t.Error("the old certificate is revoked")
			}
			return err
		})
		_, err = renew()
		refusedFor(t, err, "renew.superseded")
	})
}

// With CarryApprovals, a renewal in which nothing changed is approved by those who approved it before.
func TestApprovalsCarryOnOnlyWhenNothingChanged(t *testing.T) {
	h := one(t)
	p := h.validated()
	h.issue(p.ID)
	c := h.credential1(h.app(p.ID).Credential)
	h.now, h.CarryApprovals = c.RenewFrom(), true
	var n Application
	h.do(func(tx *db.Tx) (err error) { n, err = h.Renew(tx, h.applicant, c.ID, Renewal{}); return err })
	h.prove(h.applicant, n.ID, "ada@acme.test")
	h.is(n.ID, Approved)
	s := n.Subject
	s.Title = "Countess"
	h.do(func(tx *db.Tx) error {
		_, err := h.Amend(tx, h.applicant, Ref{ID: n.ID}, Amendment{Subject: &s})
		return err
	})
	h.check(n.ID, "individual")
	h.is(n.ID, Validated)
}

func TestRemindersAreDueOnceEach(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		h.issue(p.ID)
		c := h.credential1(h.app(p.ID).Credential)
		var got []int64
		for left := 70; left >= 0; left-- {
			h.now = c.NotAfter.Add(-time.Duration(left) * day)
			for range 2 {
				h.do(func(tx *db.Tx) error {
					list, err := h.Notices(tx)
					for _, n := range list {
						if err == nil {
							got = append(got, n.Days)
							err = h.Reminded(tx, House, n)
						}
					}
					return err
				})
			}
		}
		if want := []int64{60, 30, 14, 7, 1}; len(got) != len(want) || got[0] != 60 || got[4] != 1 {
			t.Errorf("reminded at %v, want %v", got, want)
		}
	})
}

// AUTHORITY 46: who leaves loses what he had from his organisation, at once; the keys that decrypt stay.
func TestAuthority46ALeaverLosesHisCredentials(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.ownDomain()
		n := h.sponsored(h.enterprise, "Ada", "Lovelace", "ada@acme.test")
		n.Other, n.Reference = true, "4711"
		p := h.apply(h.enterprise, n)
		h.check(p.ID, "organization", "authority", "individual", "affiliation")
		issued := h.issue(p.ID)
		n.Addresses = []string{"ada.l@acme.test"}
		open := h.apply(h.enterprise, n)
		if open.Person != p.Person {
			t.Error("the same reference is another person")
		}
		var list []Credential
		for range 2 { // events come twice
			h.do(func(tx *db.Tx) (err error) {
				again, err := h.Leave(tx, h.enterprise, "ACME GmbH", "4711")
				list = append(list, again...)
				return err
			})
		}
		if len(list) != 1 || list[0].State != CredentialRevoked {
			t.Fatalf("revoked: %v", list)
		}
		h.is(open.ID, Withdrawn)
		h.is(p.ID, Revoked)
		h.do(func(tx *db.Tx) error {
			for _, c := range issued {
				s, err := ca.Status(tx, c.ID)
				if err != nil {
					return err
				}
				if !s.Counts() || s.Reason != pki.AffiliationChanged {
					t.Errorf("certificate %s: %+v", c.ID, s)
				}
			}
			_, err := h.Renew(tx, h.enterprise, list[0].ID, Renewal{Kind: Replace})
			refusedFor(t, err, "renew.left")
			return nil
		})
		for _, part := range h.app(p.ID).Parts {
			if part.Usage == ca.Encryption && part.Key == "" {
				t.Error("the key is forgotten")
			}
		}
		forbidden(t, h.try(func(tx *db.Tx) error { _, err := h.Leave(tx, h.helpdesk, "ACME GmbH", "4711"); return err }), "the helpdesk lets somebody leave")
	})
}

// AUTHORITY 47: who has the private key needs nobody's consent; the pair goes as one.
func TestAuthority47ThePrivateKeyRevokesThePair(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		n := h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test")
		n.Requests = [][]byte{csrOf(t, key), csr(t)}
		p := h.apply(h.applicant, n)
		h.applicant = h.actor("ada")
		h.check(p.ID, "organization", "authority", "individual", "affiliation")
		h.prove(h.applicant, p.ID, "ada@acme.test")
		issued := h.issue(p.ID)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		var r Report
		h.do(func(tx *db.Tx) (err error) {
			r, _, err = h.ReportKey(tx, ca.KeyReport{Private: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), By: Anonymous.ID})
			return err
		})
		if r.Credential != h.app(p.ID).Credential || r.Decision != "revoke" {
			t.Errorf("the report: %+v", r)
		}
		h.is(p.ID, Revoked)
		h.do(func(tx *db.Tx) error {
			for i, want := range []pki.Reason{pki.KeyCompromise, pki.Superseded} {
				s, err := ca.Status(tx, issued[i].ID)
				if err != nil {
					return err
				}
				if !s.Counts() || s.Reason != want {
					t.Errorf("certificate %d: %+v, want %v", i, s, want)
				}
			}
			return nil
		})
		n.Addresses = []string{"ada2@acme.test"}
		again := h.apply(h.applicant, n)
		h.is(again.ID, RefusedState) // the key is blocked
	})
}

// AUTHORITY 48: the owner revokes, by login or by code.
func TestAuthority48TheOwnerRevokes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		h.issue(p.ID)
		id := h.app(p.ID).Credential
		eve := h.user("eve")
		forbidden(t, h.try(func(tx *db.Tx) error { _, err := h.Revoke(tx, eve, id, "", ""); return err }), "a stranger revokes")
		var code string
		h.do(func(tx *db.Tx) (err error) { code, err = h.RevocationCode(tx, h.applicant, id); return err })
		by := func(code string) error {
			return h.try(func(tx *db.Tx) error { _, err := h.RevokeByCode(tx, id, code, ""); return err })
		}
		refusedFor(t, by("AAAA"), "revoke.code")
		refusedFor(t, h.try(func(tx *db.Tx) error { _, err := h.Revoke(tx, h.revoker, id, "boredom", ""); return err }), "revoke.cause")
		if err := by(strings.ToLower(code)); err != nil {
			t.Fatal(err)
		}
		if c := h.credential1(id); c.State != CredentialRevoked || c.Reason != "subscriber-request" {
			t.Errorf("%s for %s", c.State, c.Reason)
		}
		h.is(p.ID, Revoked)
		h.do(func(tx *db.Tx) error { _, err := h.Revoke(tx, h.applicant, id, "", ""); return err }) // twice is once
	})
}

// AUTHORITY 53: the clocks of a report: first findings in 24 hours, escalation after 12, the decision in its time.
func TestAuthority53TheClocksOfAReport(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		issued := h.issue(p.ID)
		var weak, stolen Report
		h.do(func(tx *db.Tx) (err error) {
			if weak, err = h.Report(tx, Anonymous, NewReport{Certificate: issued[0].ID, Cause: "misuse", Text: "spam; eve@evil.test"}); err != nil {
				return err
			}
			stolen, err = h.Report(tx, Anonymous, NewReport{Certificate: issued[1].ID, Cause: "key-compromise", Text: "it is on a wiki"})
			return err
		})
		if weak.Escalate != h.now.Add(12*time.Hour) || weak.Findings != h.now.Add(24*time.Hour) || weak.Deadline != h.now.Add(5*day) || stolen.Deadline != h.now.Add(day) {
			t.Errorf("clocks: %+v %+v", weak, stolen)
		}
		h.do(func(tx *db.Tx) error {
			list, err := h.Reports(tx, h.revoker)
			if len(list) != 2 || list[0].ID != stolen.ID {
				t.Error("the most urgent is not the first")
			}
			return err
		})
		forbidden(t, h.try(func(tx *db.Tx) error { _, err := h.Triage(tx, h.approver, weak.ID, "looked at it"); return err }), "an approver judges a report")
		h.do(func(tx *db.Tx) error { _, err := h.Triage(tx, h.revoker, weak.ID, "it was signed with it"); return err })
		h.do(func(tx *db.Tx) error {
			_, err := h.Decide(tx, h.revoker, weak.ID, false, "", "it was he himself")
			return err
		})
		h.is(p.ID, Issued)
		h.now = h.now.Add(25 * time.Hour)
		h.do(func(tx *db.Tx) error {
			_, err := h.Decide(tx, h.revoker, stolen.ID, true, "", "seen there")
			return err
		})
		h.is(p.ID, Revoked)
		if err := h.try(func(tx *db.Tx) error {
			_, err := h.Decide(tx, h.revoker, stolen.ID, false, "", "after all")
			return err
		}); err == nil {
			t.Error("a decision is taken back")
		}
		var late bytes.Buffer
		h.do(func(tx *db.Tx) error {
			late.Reset()
			return tx.Each(func(scan scanner) error {
				var details string
				err := scan(&details)
				late.WriteString(details)
				return err
			}, `SELECT details FROM audit_entry WHERE what = 'report.decided'`)
		})
		if strings.Count(late.String(), `"late":true`) != 1 {
			t.Errorf("the log does not tell what was late: %s", late.String())
		}
	})
}
