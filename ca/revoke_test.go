package ca

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
)

func TestRevocationFollowsTheRulesOfReasons(t *testing.T) {
	h := newHouse(t, nil)
	issuing, _ := h.authority("issuing")
	for _, c := range []struct {
		name, profile string
		reason        pki.Reason
		want          string // code of the refusal; empty: done
	}{
		{"no reason", "mailbox-strict-signing", pki.Unspecified, ""},
		{"superseded", "mailbox-strict-signing", pki.Superseded, ""},
		{"affiliation changed", "sponsor-multipurpose-dual", pki.AffiliationChanged, ""},
		{"a hold of a strict certificate", "mailbox-strict-signing", pki.CertificateHold, "revoke.hold"}, // AUTHORITY 49
		{"a hold of a multipurpose certificate", "mailbox-multipurpose-signing", pki.CertificateHold, ""},
		{"a hold of a private certificate", "mailbox-private-dual", pki.CertificateHold, ""},
		{"removeFromCRL", "mailbox-strict-signing", pki.RemoveFromCRL, "revoke.reason"},
		{"aACompromise", "mailbox-strict-signing", pki.AACompromise, "revoke.reason"},
		{"reason 7", "mailbox-strict-signing", 7, "revoke.reason"},
		{"an authority without a reason", "", pki.Unspecified, "revoke.reason-missing"}, // AUTHORITY 50
		{"a hold of an authority", "", pki.CertificateHold, "revoke.hold"},
		{"an authority", "", pki.CessationOfOperation, ""},
	} {
		var id string
		if c.profile == "" {
			id = h.rowOf(issuing).ID
		} else {
			id = h.person(c.profile).ID
		}
		list, err := h.revoke(RevokeOrder{Certificate: id, Reason: c.reason})
		var no *Refusal
		switch {
		case c.want == "" && (err != nil || len(list) != 1 || list[0].Reason != c.reason || !list[0].Counts()):
			t.Errorf("%s: %v, %v", c.name, list, err)
		case c.want != "" && (!errors.As(err, &no) || !no.Has(c.want)):
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// rowOf is the certificate of an authority as issued.
func (h *house) rowOf(a *Authority) *Certificate {
	h.t.Helper()
	var list []*Certificate
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		list, err = Find(tx, Query{Fingerprint: hexSum(a.Certificate)})
		return err
	})
	if err != nil || len(list) != 1 {
		h.t.Fatalf("%d certificates of %s, %v", len(list), a.Name, err)
	}
	return list[0]
}

func TestWhatIsNotIssuedCannotBeRevoked(t *testing.T) {
	h := newHouse(t, nil)
	r, err := h.prepare(order(t, "mailbox-strict-signing"))
	if err != nil {
		t.Fatal(err)
	}
	var no *Refusal
	if _, err := h.revoke(RevokeOrder{Certificate: r.Certificate().ID}); !errors.As(err, &no) || !no.Has("revoke.not-issued") {
		t.Error(err)
	}
	if _, err := h.revoke(RevokeOrder{Certificate: "01J"}); !errors.As(err, &no) || !no.Has("revoke.unknown") {
		t.Error(err)
	}
	if _, err := h.revoke(RevokeOrder{}); err == nil {
		t.Error("an order about nothing is carried out")
	}
	if _, err := h.revoke(RevokeOrder{Certificate: "x", SPKI: "y"}); err == nil {
		t.Error("an order about two things is carried out")
	}
	if _, err := h.revoke(RevokeOrder{Certificate: h.person("mailbox-strict-signing").ID, Cause: "because"}); !errors.As(err, &no) || !no.Has("revoke.cause") {
		t.Error(err)
	}
}

func TestRevokingAgainChangesNothingButToTheWorse(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, nil)
		row := h.person("mailbox-multipurpose-signing")
		first := h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.CertificateHold})[0]
		c.at = c.at.Add(time.Hour)
		if r := h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.CertificateHold})[0]; !r.Again || r.State != Held {
			t.Errorf("a second hold: %+v", r)
		}
		final := h.mustRevoke(RevokeOrder{Certificate: row.ID, Cause: "superseded"})[0]
		if final.Again || final.State != Revoked || final.Reason != pki.Superseded || !final.Revoked.Equal(first.Revoked) {
			t.Errorf("a hold that becomes final: %+v", final)
		}
		if r := h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.PrivilegeWithdrawn})[0]; !r.Again || r.Reason != pki.Superseded {
			t.Errorf("another reason: %+v", r)
		}
		if r := h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.KeyCompromise})[0]; r.Again || r.Reason != pki.KeyCompromise {
			t.Errorf("a compromise that is found later: %+v", r)
		}
		var no *Refusal
		if _, err := h.release(row.ID); !errors.As(err, &no) || !no.Has("release.not-held") {
			t.Errorf("a release of what is revoked: %v", err)
		}
		want := []string{"certificate.held", "certificate.revoked", "certificate.revoked"}
		if got := h.acts("certificate:" + row.ID); !slices.Equal(got[len(got)-3:], want) {
			t.Errorf("the log has %v", got)
		}
	})
}

// S/MIME BR §6.1.2.
func TestACompromisedKeyIsRevokedInEveryCertificateAndBlocked(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h := open(t, d, nil)
		o := order(t, "mailbox-strict-dual")
		one, _ := h.mustIssue(o)
		o.Reference += "/renewed"
		two, _ := h.mustIssue(o)
		other := h.person("mailbox-strict-dual")
		list := h.mustRevoke(RevokeOrder{Certificate: one.ID, Reason: pki.KeyCompromise})
		got := []string{list[0].Certificate, list[len(list)-1].Certificate}
		if !slices.Contains(got, one.ID) || !slices.Contains(got, two.ID) || len(list) != 2 {
			t.Fatalf("%d revoked", len(list))
		}
		err := h.d.Read(t.Context(), func(tx *db.Tx) error {
			if r, err := Status(tx, other.ID); err != nil || r != nil {
				t.Errorf("somebody else is revoked too: %+v, %v", r, err)
			}
			b, err := Blocked(tx, one.SPKI)
			if err == nil && b.By != "user:ann" {
				t.Errorf("%+v", b)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		h.mustHaveAct("key:"+one.SPKI, "key.blocked")
		o.Reference += "/again"
		var no *Refusal
		if _, err := h.issue(o); !errors.As(err, &no) || !no.Has("key.blocked") { // AUTHORITY 18
			t.Errorf("a blocked key is certified: %v", err)
		}
		if list := h.mustRevoke(RevokeOrder{SPKI: other.SPKI, Reason: pki.Superseded}); len(list) != 1 || list[0].Certificate != other.ID {
			t.Errorf("by key: %v", list)
		}
	})
}

func TestEveryCauseHasADeadlineAndAReasonThatMayBeUsed(t *testing.T) {
	known := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range Causes() {
		must, should := c.Deadline(known)
		if should.After(must) || must.Sub(known) > 7*day || !slices.Contains(Reasons(c.Section == "§4.9.1.2"), c.Reason) || c.What == "" {
			t.Errorf("%+v", c)
		}
	}
	if c, ok := CauseNamed("key-compromise"); !ok || c.Within != day {
		t.Errorf("%+v", c)
	}
}

func TestALateRevocationIsEnteredAsLate(t *testing.T) {
	h := newHouse(t, nil)
	for _, c := range []struct {
		age  time.Duration
		late bool
	}{{23 * time.Hour, false}, {25 * time.Hour, true}} {
		row := h.person("mailbox-strict-signing")
		h.mustRevoke(RevokeOrder{Certificate: row.ID, Cause: "subscriber-request", Known: now.Add(-c.age)})
		var details string
		err := h.d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.Row(`SELECT details FROM audit_entry WHERE object = $1 AND what = 'certificate.revoked'`, "certificate:"+row.ID).Scan(&details)
		})
		if err != nil || strings.Contains(details, `"late":true`) != c.late {
			t.Errorf("after %v: %s, %v", c.age, details, err)
		}
	}
}

func TestReasonsHaveNames(t *testing.T) {
	for _, r := range append(Reasons(false), Reasons(true)...) {
		if got, ok := ReasonNamed(r.String()); !ok || got != r {
			t.Errorf("%v: %v", r, got)
		}
	}
	if _, ok := ReasonNamed("reason 7"); ok {
		t.Error("reason 7 is used")
	}
}
