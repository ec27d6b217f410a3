package ra

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// AUTHORITY 1: an employee gets a pair; her organisation vouches for her, its domain is proven.
func TestAuthority01AnEmployeeGetsAPairThroughHerOrganisation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.do(func(tx *db.Tx) error {
			_, err := h.VerifyDomain(tx, h.specialist, DomainControl{Organisation: h.acme.ID, Domain: "acme.test", Method: "dns-change", Source: "TXT _waxwing.acme.test"})
			return err
		})
		n := h.sponsored(h.enterprise, "Ada", "Lovelace", "ada@acme.test")
		n.Other, n.Reference = true, "4711"
		p := h.apply(h.enterprise, n)
		h.is(p.ID, Collecting)
		h.check(p.ID, "organization", "authority")
		for _, kind := range []string{"individual", "affiliation"} {
			r := h.need(p.ID, kind)
			h.do(func(tx *db.Tx) error { _, err := h.Attest(tx, h.enterprise, r.ID, "HR 4711"); return err })
		}
		h.is(p.ID, Validated)
		list := h.issue(p.ID)
		if len(list) != 2 || list[0].SPKI == list[1].SPKI || list[0].Credential != list[1].Credential {
			t.Fatalf("a pair of %d certificates", len(list))
		}
		p = h.is(p.ID, Issued)
		if p.Parts[0].Certificate != list[0].ID || p.Parts[1].Certificate != list[1].ID {
			t.Error("the application does not know its certificates")
		}
		h.verify()
	})
}

// AUTHORITY 2: nobody approves what he handed in, checked, or what is about him.
func TestAuthority02SubmitterAndCheckerCannotApprove(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.CA.PublicTrust = true
		p := h.validated()
		h.do(func(tx *db.Tx) error { return h.Take(tx, h.officer, "sven", Grant{Role: Specialist}) })
		h.do(func(tx *db.Tx) error {
			return errors.Join(h.Grant(tx, h.officer, "ada", Grant{Role: Approver}), h.Grant(tx, h.officer, "sven", Grant{Role: Approver}))
		})
		forbidden(t, h.approve(h.actor("ada"), p.ID), "the submitter approves")
		forbidden(t, h.approve(h.actor("sven"), p.ID), "the checker approves")
		forbidden(t, h.approve(h.clerk, p.ID), "a clerk approves")
		if n := h.events("act.forbidden"); n != 3 {
			t.Errorf("%d forbidden acts are logged, want 3", n)
		}
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		h.is(p.ID, Approved)
	})
}

// AUTHORITY 2: with four eyes, one pair of eyes is not enough, and not twice the same.
func TestAuthority02FourEyesAreTwoPeople(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		h.do(func(tx *db.Tx) error {
			p.Approvals = 2
			return updateApplication(tx, p)
		})
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		h.is(p.ID, Validated)
		forbidden(t, h.approve(h.approver, p.ID), "the same approver again")
		if err := h.approve(h.second, p.ID); err != nil {
			t.Fatal(err)
		}
		h.is(p.ID, Approved)
	})
}

// AUTHORITY 3: an amendment voids approvals, and the person is checked anew.
func TestAuthority03AnAmendmentVoidsApprovals(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		p = h.is(p.ID, Approved)
		hash := p.Hash
		subject := p.Subject
		subject.Surname = "King"
		h.do(func(tx *db.Tx) error {
			_, err := h.Amend(tx, h.applicant, p.Ref(), Amendment{Subject: &subject})
			return err
		})
		p = h.is(p.ID, InReview)
		if p.Hash == hash {
			t.Error("the hash is the same")
		}
		var list []Approval
		h.do(func(tx *db.Tx) (err error) { list, err = h.ApprovalsOf(tx, h.approver, p.ID); return err })
		if len(list) != 1 || list[0].Void.IsZero() {
			t.Errorf("the approval still counts: %v", list)
		}
		if h.events("approvals.void") != 1 {
			t.Error("that is not logged")
		}
		if r := h.need(p.ID, "individual"); r.State != ReqSupplied {
			t.Errorf("the identity is %s", r.State)
		}
		h.check(p.ID, "individual")
		h.is(p.ID, Validated)
		if err := h.try(func(tx *db.Tx) error { _, err := h.Approve(tx, h.approver, Ref{ID: p.ID}, hash); return err }); !errors.As(err, new(*Conflict)) {
			t.Errorf("an approval of what was there before: %v", err)
		}
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		h.is(p.ID, Approved)
	})
}

// AUTHORITY 4: a passport must be valid when it is checked, and only then.
func TestAuthority04APassportIsValidWhenItIsChecked(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
		h.applicant = h.actor("ada")
		r := h.need(p.ID, "individual")
		e := h.evidence("individual")
		e.Expires = h.now.Add(-day)
		h.do(func(tx *db.Tx) (err error) {
			r, err = h.Check(tx, h.specialist, r.ID, CheckRecord{Result: Passed, Evidence: e})
			return err
		})
		if r.State != ReqRejected || !strings.Contains(r.Reason, "§3.2.4.2") {
			t.Fatalf("%s: %s", r.State, r.Reason)
		}
		h.do(func(tx *db.Tx) (err error) {
			r, err = h.Supply(tx, h.clerk, r.ID, "", "came with a new one")
			return err
		})
		e.Expires = h.now.Add(50 * day)
		h.do(func(tx *db.Tx) (err error) {
			r, err = h.Check(tx, h.specialist, r.ID, CheckRecord{Result: Passed, Evidence: e})
			return err
		})
		h.check(p.ID, "organization", "authority", "affiliation")
		h.now = h.now.Add(20 * day)
		h.do(func(tx *db.Tx) error {
			_, err := h.Hold(tx, h.specialist, Ref{ID: p.ID}, "waits for the mailbox")
			return err
		})
		h.now = h.now.Add(80 * day)
		h.do(func(tx *db.Tx) error { _, err := h.Release(tx, h.specialist, Ref{ID: p.ID}); return err })
		h.prove(h.applicant, p.ID, "ada@acme.test")
		h.is(p.ID, Validated)
		h.issue(p.ID)
	})
}

// AUTHORITY 5: 825 days to the second.
func TestAuthority05AnIdentityLasts825DaysToTheSecond(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		at := h.now
		for _, c := range []struct {
			after time.Duration
			want  bool
		}{{825 * day, true}, {825*day + time.Second, false}, {826 * day, false}} {
			h.now = at.Add(c.after)
			r := h.need(p.ID, "individual")
			if r.holds(h.now) != c.want {
				t.Errorf("after %s it holds: %v", c.after, !c.want)
			}
		}
		if r := h.need(p.ID, "individual"); r.State != ReqOpen || r.Round != 2 {
			t.Errorf("it is not asked anew: %s, round %d", r.State, r.Round)
		}
		if h.events("requirement.expired") == 0 {
			t.Error("that is not logged")
		}
	})
}

// What an approval rests upon is looked at again when it is ordered.
func TestAnOrderLooksAtTheRequirementsOnceMore(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.Add(30*day + time.Second) // the proof of the mailbox
		_, list, err := h.Order(t.Context(), h.d, h.approver, p.ID)
		if !errors.As(err, new(*WrongState)) || list != nil {
			t.Fatalf("ordered without the mailbox: %v", err)
		}
		h.is(p.ID, Collecting)
		h.prove(h.applicant, p.ID, "ada@acme.test")
		h.is(p.ID, Validated)
		h.issue(p.ID)
	})
}

// AUTHORITY 15: two reviewers open one file.
func TestAuthority15TwoReviewersOfOneFile(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
		var holder string
		var until time.Time
		claim := func(who Actor) {
			t.Helper()
			h.do(func(tx *db.Tx) (err error) { holder, until, err = h.Claim(tx, who, p.ID); return err })
		}
		if claim(h.clerk); holder != h.clerk.ID {
			t.Error("the first does not get it")
		}
		if claim(h.specialist); holder != h.clerk.ID || !until.After(h.now) {
			t.Error("the second does not see who has it")
		}
		h.now = h.now.Add(ClaimTime + time.Second)
		if claim(h.specialist); holder != h.specialist.ID {
			t.Error("a claim does not end")
		}
		seen := h.app(p.ID).Ref()
		h.do(func(tx *db.Tx) error {
			_, err := h.RequestChanges(tx, h.clerk, seen, "the surname is misspelt")
			return err
		})
		err := h.try(func(tx *db.Tx) error { _, err := h.Hold(tx, h.specialist, seen, "waits"); return err })
		var c *Conflict
		if !errors.As(err, &c) || c.Have <= c.Seen {
			t.Fatalf("want a conflict, got %v", err)
		}
		fields := ""
		for _, one := range c.Changes {
			fields += one.Field + ":" + one.Old + "->" + one.New + " "
		}
		if !strings.Contains(fields, "state:collecting->changes") || !strings.Contains(fields, "reason:->the surname is misspelt") {
			t.Errorf("the difference says %s", fields)
		}
	})
}

// AUTHORITY 14: a form sent twice is one application.
func TestAuthority14AFormSentTwiceIsOneApplication(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test")
		n.Once = "form 17"
		first, second := h.apply(h.applicant, n), h.apply(h.actor("ada"), n)
		if first.ID != second.ID || second.State != Collecting {
			t.Errorf("%s and %s", first.ID, second.ID)
		}
		n.Once = "form 18"
		if p := h.apply(h.actor("ada"), n); p.State != RefusedState {
			t.Errorf("the same once more is %s", p.State)
		} else {
			hasCode(t, p.Refusals, "duplicate")
		}
	})
}

func TestAnIdleApplicationExpiresAfter30Days(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
		for _, c := range []struct {
			after time.Duration
			want  State
		}{{Idle - time.Second, Collecting}, {Idle, Expired}} {
			h.now = start.Add(c.after)
			h.do(func(tx *db.Tx) error { _, err := h.Tend(tx); return err })
			h.is(p.ID, c.want)
		}
	})
}

func TestHoldChangesRejectWithdraw(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		step := func(want State, f func(tx *db.Tx) error) {
			t.Helper()
			h.do(f)
			h.is(p.ID, want)
		}
		r := Ref{ID: p.ID}
		step(OnHold, func(tx *db.Tx) error { _, err := h.Hold(tx, h.approver, r, "the press asks"); return err })
		step(Validated, func(tx *db.Tx) error { _, err := h.Release(tx, h.approver, r); return err })
		step(Changes, func(tx *db.Tx) error { _, err := h.RequestChanges(tx, h.clerk, r, "the title is wrong"); return err })
		s := p.Subject
		s.Title = "Countess"
		step(Changes, func(tx *db.Tx) error { _, err := h.Amend(tx, h.applicant, r, Amendment{Subject: &s}); return err })
		step(InReview, func(tx *db.Tx) error { _, err := h.Submit(tx, h.applicant, r); return err })
		err := h.try(func(tx *db.Tx) error { _, err := h.Reject(tx, h.approver, r, " "); return err })
		refusedFor(t, err, "note.missing")
		step(Rejected, func(tx *db.Tx) error { _, err := h.Reject(tx, h.approver, r, "no such title"); return err })
		err = h.try(func(tx *db.Tx) error { _, err := h.Withdraw(tx, h.applicant, r); return err })
		if !errors.As(err, new(*WrongState)) {
			t.Errorf("withdrawing what is rejected: %v", err)
		}
	})
}

func TestEveryStateIsReachedAndEveryEventNamed(t *testing.T) {
	reached := map[State]bool{Draft: true}
	for range transitions {
		for _, tr := range transitions {
			if reached[tr.From] {
				reached[tr.To] = true
			}
		}
	}
	seen := map[[2]string]bool{}
	for _, tr := range transitions {
		if !reached[tr.From] || !reached[tr.To] {
			t.Errorf("%s is never reached", tr.From)
		}
		if key := [2]string{string(tr.From), string(tr.On)}; seen[key] {
			t.Errorf("%v leads to two states", key)
		} else {
			seen[key] = true
		}
		if past[tr.On] == "" {
			t.Errorf("the log has no word for %s", tr.On)
		}
	}
}
