package ra

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
	sumdb "golang.org/x/mod/sumdb/note"
)

func schema() []db.Migration { return slices.Concat(audit.Schema, vault.Schema, ca.Schema, Schema) }

// house is a whole authority for tests, with the people of AUTHORITY §5.
type house struct {
	*RA
	t        *testing.T
	d        *db.DB
	now      time.Time
	verifier sumdb.Verifiers

	officer, applicant, clerk, specialist, approver, second, enterprise, sponsor, revoker, auditor, helpdesk, operator Actor
	acme                                                                                                               Organisation
}

// start is when the tests begin.
var start = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// each runs a test with a house on each engine.
func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) { f(t, newHouse(t, d)) })
}

// one runs a test on SQLite alone: for what does not depend on the engine.
func one(t *testing.T) *house {
	t.Helper()
	return newHouse(t, testdb.Open(t, filepath.Join(t.TempDir(), "waxwing.db"), schema()...))
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, d: d, now: start}
	d.Clock = func() time.Time { return h.now }
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := audit.NewSigner("lab.test/audit", private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := sumdb.NewVerifier(signer.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	h.verifier = sumdb.VerifierList(verifier)
	log := &audit.Log{Origin: "lab.test/audit", Signer: signer}
	v, err := vault.Create(t.Context(), d, vault.File(filepath.Join(t.TempDir(), "vault.key")), log)
	if err != nil {
		t.Fatal(err)
	}
	log.Keys = v
	authority := &ca.CA{Log: log, Keys: v, PublicTrust: true}
	h.RA = &RA{Log: log, Vault: v, CA: authority, From: "ra@lab.test", Name: "Lab"}
	_, _, err = authority.Init(t.Context(), d, ca.InitOptions{By: "cli:root", Approvers: []string{"user:one", "user:two"}, Organization: "Lab", Country: "DE", URL: "http://pki.lab.test",
		Generate: func(tx *db.Tx, algorithm, owner, label string) (string, []byte, error) {
			k, err := v.Generate(tx, vault.Spec{Algorithm: vault.Algorithm(algorithm), Purpose: vault.Authority, Owner: owner, Label: label, By: "cli:root"})
			return k.ID, k.SPKI, err
		}})
	if err != nil {
		t.Fatal(err)
	}
	h.people()
	return h
}

// people hires everybody.
func (h *house) people() {
	root := Actor{ID: "cli:root", Name: "root"}
	h.do(func(tx *db.Tx) error {
		if _, err := h.AddUser(tx, root, "olga", "Olga Officer"); err != nil {
			return err
		}
		return h.Grant(tx, root, "olga", Grant{Role: SecurityOfficer})
	})
	h.officer = h.actor("olga")
	h.clerk, h.specialist = h.hire("clara", Clerk, Scope{}), h.hire("sven", Specialist, Scope{})
	h.approver, h.second = h.hire("anna", Approver, Scope{}), h.hire("axel", Approver, Scope{})
	h.do(func(tx *db.Tx) (err error) {
		h.acme, err = h.AddOrganisation(tx, h.clerk, Organisation{Name: "ACME GmbH", Identifier: "NTRDE-DER3306.HRB12345", Country: "DE"})
		return err
	})
	in := Scope{Organisation: h.acme.ID}
	h.enterprise, h.sponsor = h.hire("erna", EnterpriseRA, in), h.hire("spock", Sponsor, in)
	h.revoker, h.auditor = h.hire("rolf", RevocationOfficer, Scope{}), h.hire("audrey", Auditor, Scope{})
	h.helpdesk, h.operator = h.hire("hilda", Helpdesk, Scope{}), h.hire("oskar", Operator, Scope{})
	h.applicant = h.user("ada")
}

func (h *house) user(login string) Actor {
	h.t.Helper()
	h.do(func(tx *db.Tx) error { _, err := h.AddUser(tx, h.officer, login, login); return err })
	return h.actor(login)
}

func (h *house) hire(login string, r Role, s Scope) Actor {
	h.t.Helper()
	h.user(login)
	h.do(func(tx *db.Tx) error { return h.Grant(tx, h.officer, login, Grant{Role: r, Scope: s}) })
	return h.actor(login)
}

// actor logs in again, as every request does.
func (h *house) actor(login string) (w Actor) {
	h.t.Helper()
	h.do(func(tx *db.Tx) (err error) { w, err = h.Actor(tx, login); return err })
	return w
}

// do writes, and nothing may go wrong.
func (h *house) do(f func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.Do(h.t.Context(), h.d, f); err != nil {
		h.t.Fatal(err)
	}
}

// try writes, and returns what went wrong.
func (h *house) try(f func(tx *db.Tx) error) error { return h.Do(h.t.Context(), h.d, f) }

// state reads an application as it is now.
func (h *house) app(id string) (p Application) {
	h.t.Helper()
	if err := h.d.Read(h.t.Context(), func(tx *db.Tx) (err error) { p, err = applicationByID(tx, id); return err }); err != nil {
		h.t.Fatal(err)
	}
	return p
}

// is checks a state.
func (h *house) is(id string, want State) Application {
	h.t.Helper()
	p := h.app(id)
	if p.State != want {
		h.t.Fatalf("the application is %s, want %s (%v)", p.State, want, p.Refusals)
	}
	return p
}

// mailboxFor applies for a mailbox profile.
func (h *house) apply(who Actor, n NewApplication) Application {
	h.t.Helper()
	var p Application
	n.Terms = Terms
	h.do(func(tx *db.Tx) (err error) {
		if p, err = h.Apply(tx, who, n); err != nil {
			return err
		}
		p, err = h.Submit(tx, who, p.Ref())
		return err
	})
	return p
}

func (h *house) sponsored(who Actor, given, surname, address string) NewApplication {
	return NewApplication{Profile: "sponsor-strict", Organisation: h.acme.ID, Subject: ca.Subject{GivenName: given, Surname: surname}, Addresses: []string{address}}
}

// requirements of an application by kind.
func (h *house) need(id, kind string) Requirement {
	h.t.Helper()
	var found Requirement
	h.do(func(tx *db.Tx) error {
		p, err := applicationByID(tx, id)
		if err != nil {
			return err
		}
		list, err := h.answers(tx, p)
		for _, r := range list {
			if r.Kind == kind {
				found = r
			}
		}
		return err
	})
	if found.ID == "" {
		h.t.Fatalf("application %s does not ask for %s", id, kind)
	}
	return found
}

// evidenceFor is good evidence for a requirement.
func (h *house) evidence(kind string) Evidence {
	switch kind {
	case "individual":
		return Evidence{Kind: "passport", Issuer: "DE", Number: "C01X00T47", Expires: h.now.AddDate(5, 0, 0), Source: "seen in the office"}
	case "organization":
		return Evidence{Kind: "register", Issued: h.now, Source: "https://www.unternehmensregister.de"}
	}
	return Evidence{Kind: "reliable-contact", Source: "called +49 30 1234, number from the register"}
}

// check lets the specialist check what is open of these kinds.
func (h *house) check(id string, kinds ...string) {
	h.t.Helper()
	for _, kind := range kinds {
		r := h.need(id, kind)
		if r.State == ReqSatisfied {
			continue
		}
		h.do(func(tx *db.Tx) error {
			_, err := h.Check(tx, h.specialist, r.ID, CheckRecord{Result: Passed, Evidence: h.evidence(kind)})
			return err
		})
	}
}

// mailed is a Mailer that keeps what it got.
type mailed struct{ list []Mail }

func (m *mailed) Send(_ context.Context, one Mail) error {
	m.list = append(m.list, one)
	return nil
}

var spelled = regexp.MustCompile(`[A-Z2-7]{4}(-[A-Z2-7]{4}){7}`)

// prove goes the way of a proof by mail.
func (h *house) prove(who Actor, id, address string) {
	h.t.Helper()
	m := &mailed{}
	if err := h.SendProof(h.t.Context(), h.d, m, who, id, address); err != nil {
		h.t.Fatal(err)
	}
	code := spelled.Find(m.list[0].Raw)
	h.do(func(tx *db.Tx) error {
		_, no, err := h.Answer(tx, who, id, string(code))
		if no != nil {
			return no
		}
		return err
	})
}

func (h *house) approve(who Actor, id string) error {
	h.t.Helper()
	return h.try(func(tx *db.Tx) error { _, err := h.Approve(tx, who, Ref{ID: id}, ""); return err })
}

// validated brings a sponsor application to be approved.
func (h *house) validated() Application {
	h.t.Helper()
	p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
	h.applicant = h.actor("ada")
	h.check(p.ID, "organization", "authority", "individual", "affiliation")
	h.prove(h.applicant, p.ID, "ada@acme.test")
	return h.is(p.ID, Validated)
}

// issued brings an application all the way.
func (h *house) issue(id string) []*ca.Issued {
	h.t.Helper()
	if h.app(id).State == Validated {
		if err := h.approve(h.approver, id); err != nil {
			h.t.Fatal(err)
		}
	}
	_, list, err := h.Order(h.t.Context(), h.d, h.approver, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

func forbidden(t *testing.T, err error, what string) {
	t.Helper()
	var no *Forbidden
	if !errors.As(err, &no) {
		t.Fatalf("%s: want forbidden, got %v", what, err)
	}
}

// refusedFor checks that an error refuses with a code, and teaches.
func refusedFor(t *testing.T, err error, code string) {
	t.Helper()
	var no *Refused
	if !errors.As(err, &no) {
		t.Fatalf("want a refusal %s, got %v", code, err)
	}
	hasCode(t, no.Refusals, code)
}

func hasCode(t *testing.T, list []Refusal, code string) {
	t.Helper()
	for _, r := range list {
		if r.What == "" || r.Fix == "" {
			t.Errorf("%s does not teach", r.Code)
		}
		if r.Code == code {
			return
		}
	}
	t.Fatalf("want %s among %v", code, list)
}

// events counts the entries of the log about an act.
func (h *house) events(what string) int {
	h.t.Helper()
	n := 0
	err := h.d.Read(h.t.Context(), func(tx *db.Tx) error {
		return audit.List(tx, audit.Query{}, func(e audit.Entry) error {
			if e.What == what {
				n++
			}
			return nil
		})
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// verify checks the whole log.
func (h *house) verify() {
	h.t.Helper()
	if err := h.d.Read(h.t.Context(), func(tx *db.Tx) error { _, err := h.Log.Verify(tx, h.verifier); return err }); err != nil {
		h.t.Fatal(err)
	}
}

// csr is a request for a new key.
func csr(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return csrOf(t, key)
}

func csrOf(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	name, err := pki.NameFromText("CN=ignored")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := pki.CreateRequest(pki.RequestTemplate{Subject: name}, key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// upload brings a document.
func (h *house) upload(who Actor, id, name string, data []byte) (Document, error) {
	return h.Upload(h.t.Context(), h.d, who, NewDocument{Application: id, Name: name, Size: int64(len(data))}, bytes.NewReader(data))
}
