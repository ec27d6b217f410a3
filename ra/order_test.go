package ra

import (
	"errors"
	"slices"
	"testing"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

var errCrash = errors.New("the power fails")

// crashAt lets the power fail once, at a step.
func crashAt(point string, hit *bool) func(string) error {
	return func(at string) error {
		if at != point || *hit {
			return nil
		}
		*hit = true
		return errCrash
	}
}

// AUTHORITY 35: wherever the power fails, the same order gets its pair, and no number is used twice.
func TestAuthority35TheSameOrderGetsItsPairAfterACrashAnywhere(t *testing.T) {
	h := one(t)
	for i, point := range append(Points(), ca.Points()...) {
		login := "user" + string(rune('a'+i))
		address := login + "@acme.test"
		p := h.apply(h.user(login), h.sponsored(h.user(login+"x"), "Ada", "Lovelace", address))
		h.check(p.ID, "organization", "authority", "individual", "affiliation")
		h.prove(h.actor(login), p.ID, address)
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		hit := false
		h.Fault, h.CA.Fault = crashAt(point, &hit), crashAt(point, &hit)
		_, _, err := h.Order(t.Context(), h.d, h.approver, p.ID)
		h.Fault, h.CA.Fault = nil, nil
		if hit != errors.Is(err, errCrash) {
			t.Errorf("%s: hit %v, %v", point, hit, err)
		}
		if !hit && point != "prepare.voided" { // nothing was planned before, so nothing becomes void
			t.Errorf("%s is never reached", point)
		}
		if state := h.app(p.ID).State; state != Issuing && state != Issued {
			t.Errorf("%s leaves the application %s", point, state)
		}
		_, list, err := h.Order(t.Context(), h.d, House, p.ID)
		if err != nil || len(list) != 2 {
			t.Errorf("%s: ordered again: %d certificates, %v", point, len(list), err)
			continue
		}
		p = h.is(p.ID, Issued)
		if p.Parts[0].Certificate != list[0].ID || p.Parts[1].Certificate != list[1].ID {
			t.Errorf("%s: the application has other certificates", point)
		}
		h.do(func(tx *db.Tx) error {
			found, err := ca.Find(tx, ca.Query{Holder: "person:" + p.Person, State: ca.Valid})
			if len(found) != 2 {
				t.Errorf("%s: %d certificates were issued", point, len(found))
			}
			return err
		})
	}
	serials := map[string]bool{}
	h.do(func(tx *db.Tx) error {
		for after := ""; ; {
			list, err := ca.Find(tx, ca.Query{After: after})
			if err != nil || len(list) == 0 {
				return err
			}
			for _, c := range list {
				if serials[c.Serial] {
					t.Errorf("the number %s is used twice", c.Serial)
				}
				serials[c.Serial], after = true, c.ID
			}
		}
	})
	h.verify()
}

// What the authority refuses makes the application failed, with the reasons; it can be ordered again.
func TestWhatTheAuthorityRefusesIsToldAndRepeated(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		if err := h.approve(h.approver, p.ID); err != nil {
			t.Fatal(err)
		}
		h.do(func(tx *db.Tx) error { // the address no longer fits a certificate
			p := h.app2(tx, p.ID)
			p.Approvals = 0
			return updateApplication(tx, p)
		})
		h.do(func(tx *db.Tx) error { _, err := voidApprovals(tx, p.ID); return err })
		_, _, err := h.Order(t.Context(), h.d, h.approver, p.ID)
		if !errors.As(err, new(*ca.Refusal)) {
			t.Fatalf("an order without approval: %v", err)
		}
		p = h.is(p.ID, Failed)
		if !slices.ContainsFunc(p.Refusals, func(r Refusal) bool { return r.Code == "order.approvals" }) {
			t.Errorf("the reasons are %v", p.Refusals)
		}
		h.do(func(tx *db.Tx) error { p.Approvals = 1; return updateApplication(tx, p) })
		if _, _, err := h.Order(t.Context(), h.d, h.approver, p.ID); !errors.As(err, new(*WrongState)) {
			t.Fatalf("ordered again without approval: %v", err)
		}
		h.is(p.ID, Validated)
		h.issue(p.ID)
	})
}

// AUTHORITY 21: Ed25519 signs and does not encrypt.
func TestAuthority21AnEd25519KeySignsOnly(t *testing.T) {
	h := one(t)
	apply := func(login, profile string) Application {
		return h.apply(h.user(login), NewApplication{Profile: profile, Addresses: []string{login + "@acme.test"}, Algorithm: "Ed25519"})
	}
	h.is(apply("dual", "mailbox-strict-dual").ID, RefusedState)
	p := apply("sign", "mailbox-strict-signing")
	h.prove(h.actor("sign"), p.ID, "sign@acme.test")
	cert, err := h.issue(p.ID)[0].Parsed()
	if err != nil || cert.KeyUsage.String() != "digitalSignature" {
		t.Errorf("usage %v, %v", cert.KeyUsage, err)
	}
}

// The keys of a request are those of the certificates, and their owner proved that he has them.
func TestKeysOfTheApplicant(t *testing.T) {
	h := one(t)
	n := h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test")
	n.Requests = [][]byte{csr(t), csr(t)}
	p := h.apply(h.applicant, n)
	ada := h.actor("ada")
	h.check(p.ID, "organization", "authority", "individual", "affiliation")
	h.prove(ada, p.ID, "ada@acme.test")
	list := h.issue(p.ID)
	for i, c := range list {
		if c.SPKI != p.Parts[i].SPKI || p.Parts[i].Key != "" {
			t.Errorf("certificate %d has another key", i)
		}
	}
	n.Requests = n.Requests[:1]
	refusedFor(t, h.try(func(tx *db.Tx) error { _, err := h.Apply(tx, ada, n); return err }), "request.count")
}
