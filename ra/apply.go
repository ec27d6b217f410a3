package ra

import (
	"errors"
	"slices"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// NewApplication is what somebody applies for.
type NewApplication struct {
	Kind         Kind       // "": new
	Profile      string     // name of one profile, or of a pair: "sponsor-strict" for sponsor-strict-signing and -encryption. Required
	Subject      ca.Subject // what is left empty of the organisation is filled in
	Addresses    []string   // at least one
	Organisation string     // id or name; "": none
	Other        bool       // it is about somebody else than the actor
	Person       string     // id of whom; "": the actor, or whoever Reference names
	Reference    string     // of the person at its organisation, as the number of an employee
	Requests     [][]byte   // PKCS#10 in DER, one for each certificate in the order of the pair; none: the vault makes the keys
	Algorithm    string     // of keys that the vault makes; "": P-256
	Terms        string     // version of the agreement that is accepted; "": not yet
	Channel      string     // "": cli
	Once         string     // of one submitter: the same value is the same application; "": always a new one
	Replaces     string     // id of the credential that is renewed or replaced
}

// Apply writes an application as a draft. With the same Once it returns the one that is there (a form sent twice is one application).
func (a *RA) Apply(tx *db.Tx, who Actor, n NewApplication) (Application, error) {
	if n.Once != "" {
		p, err := applicationOnce(tx, who.ID, n.Once)
		if !errors.Is(err, db.ErrNone) {
			return p, err
		}
	}
	p := Application{ID: tx.NewID(), Version: 0, Kind: n.Kind, State: Draft, Profile: n.Profile, Subject: n.Subject, Submitter: who.ID, Channel: n.Channel,
		Once: n.Once, Terms: n.Terms, Replaces: n.Replaces, Editors: []string{who.ID}, Created: tx.Now}
	if p.Kind == "" {
		p.Kind = New
	}
	if p.Channel == "" {
		p.Channel = "cli"
	}
	if err := a.fill(tx, &p, n); err != nil {
		return p, err
	}
	v := DoApply
	if n.Other {
		v = DoApplyFor
	}
	if err := who.may(v, p.object()); err != nil {
		return p, err
	}
	if err := a.whom(tx, who, &p, n); err != nil {
		return p, err
	}
	p.Version, p.Changed = 1, tx.Now
	if err := errors.Join(insertApplication(tx, p), insertRevision(tx, p, who.ID, "apply"), replaceAddresses(tx, p)); err != nil {
		return p, err
	}
	return p, a.logPersonal(tx, who.ID, "application.created", p.name(), p.Person,
		details{"profile": p.Profile, "kind": p.Kind, "channel": p.Channel, "person": p.Person}, p.personal())
}

// personal is what the log seals: it may have to be forgotten.
func (p Application) personal() map[string]any {
	return map[string]any{"subject": p.Subject, "addresses": p.Addresses}
}

// fill takes over what is asked for, in the forms that certificates have.
func (a *RA) fill(tx *db.Tx, p *Application, n NewApplication) error {
	var problems []Refusal
	for _, address := range n.Addresses {
		form, err := ca.AddressForm(address)
		if err != nil {
			problems = append(problems, Refusal{Code: "address.form", Section: "RFC 9598 §3, RFC 5321 §4.1.2", Field: "addresses", Value: address, What: err.Error(), Fix: "give the address as the mail system has it"})
			continue
		}
		if !slices.Contains(p.Addresses, form) {
			p.Addresses = append(p.Addresses, form)
		}
	}
	if len(n.Addresses) == 0 {
		problems = append(problems, Refusal{Code: "address.none", Section: "S/MIME BR §7.1.4.2.1", Field: "addresses", What: "a certificate for mail needs an address", Fix: "give at least one"})
	}
	if len(problems) > 0 {
		return &Refused{problems}
	}
	if n.Organisation != "" {
		o, err := a.FindOrganisation(tx, n.Organisation)
		if err != nil {
			return noneIs(err, refuse("organisation.unknown", "S/MIME BR §3.2.3", "organisation", n.Organisation, "this organisation is not known here", "add it first: waxwing ra organisation add"))
		}
		p.Organisation = o.ID
	}
	if err := a.parts(tx, p, n); err != nil {
		return err
	}
	if p.Type == ca.Organization || p.Type == ca.Sponsor {
		if o, err := organisationByID(tx, p.Organisation); err == nil {
			o.fill(&p.Subject)
		}
	}
	return a.requests(p, n)
}

// whom finds or makes the person that an application is about.
func (a *RA) whom(tx *db.Tx, who Actor, p *Application, n NewApplication) error {
	switch {
	case n.Person != "":
		known, err := personByID(tx, n.Person)
		if err != nil {
			return noneIs(err, refuse("person.unknown", "", "person", n.Person, "this person is not known here", "leave the id away for somebody new"))
		}
		if !n.Other && known.ID != who.Person {
			return &Forbidden{Verb: DoApply, Who: who.ID, Object: "person:" + known.ID, Why: "it is about another person"}
		}
		p.Person = known.ID
		return nil
	case !n.Other && who.Person != "":
		p.Person = who.Person
		return nil
	case n.Reference != "" && n.Other:
		known, err := personByReference(tx, p.Organisation, n.Reference)
		if !errors.Is(err, db.ErrNone) {
			p.Person = known.ID
			return err
		}
	}
	made := person{ID: tx.NewID(), Organisation: p.Organisation, Reference: n.Reference, State: "active"}
	p.Person = made.ID
	if err := insertPerson(tx, made); err != nil {
		return err
	}
	if n.Other {
		return nil
	}
	return linkPerson(tx, who.ID, made.ID)
}

// Amendment replaces parts of an application. What is nil stays.
type Amendment struct {
	Subject   *ca.Subject
	Addresses []string
	Requests  [][]byte
	Terms     string // version of the agreement that is accepted; "": as before
}

// Amend changes an application. Approvals become void, because they were of something else, and what rested upon the old facts is to
// be checked anew: the papers are there already (AUTHORITY 3).
func (a *RA) Amend(tx *db.Tx, who Actor, r Ref, m Amendment) (Application, error) {
	p, err := a.open(tx, who, DoAmend, r)
	if err != nil {
		return p, err
	}
	old, before := p.State, p
	n := NewApplication{Profile: p.Profile, Addresses: p.Addresses, Organisation: p.Organisation, Requests: m.Requests, Algorithm: p.algorithm()}
	if m.Addresses != nil {
		n.Addresses = m.Addresses
	}
	if m.Requests == nil {
		n.Requests = p.requestsOf()
	}
	if m.Subject != nil {
		p.Subject = *m.Subject
	}
	p.Addresses, p.Parts = nil, nil
	if err := a.fill(tx, &p, n); err != nil {
		return p, err
	}
	if m.Terms != "" {
		p.Terms = m.Terms
	}
	if !slices.Contains(p.Editors, who.ID) {
		p.Editors = append(p.Editors, who.ID)
	}
	p.Refusals = nil
	d := details{"fields": fieldsOf(Difference(before, p))}
	if err := a.move(tx, who, &p, onAmend, d); err != nil {
		return p, err
	}
	if err := errors.Join(replaceAddresses(tx, p), a.logPersonal(tx, who.ID, "application.text", p.name(), p.Person, details{"version": p.Version}, p.personal())); err != nil {
		return p, err
	}
	if old == Draft || old == RefusedState || old == Changes {
		return p, nil
	}
	if problems, err := a.examine(tx, who, p); err != nil || obstacle(problems) {
		return p, errors.Join(err, refusedBy(problems))
	}
	return p, a.question(tx, who, &p, before)
}

// fieldsOf names the fields that changed, and not what is in them: that is personal.
func fieldsOf(list []Change) []string {
	fields := []string{}
	for _, c := range list {
		fields = append(fields, c.Field)
	}
	return fields
}

// question asks what the application needs now, hands papers of the former questions on, and settles it.
func (a *RA) question(tx *db.Tx, who Actor, p *Application, before Application) error {
	asked, err := a.asked(tx, *p)
	if err != nil {
		return err
	}
	units, err := a.unitsOf(tx, *p)
	if err != nil {
		return err
	}
	old, err := needsOf(tx, p.ID)
	if err != nil {
		return err
	}
	needs := p.needs(asked, units)
	if err := replaceNeeds(tx, p.ID, needs); err != nil {
		return err
	}
	for _, n := range needs {
		if err := a.carry(tx, n, old); err != nil {
			return err
		}
	}
	if err := a.declare(tx, who, *p, needs); err != nil {
		return err
	}
	return a.settle(tx, who, p)
}

// carry gives the papers of a former question of the same kind and subject to a new one, to be checked again.
func (a *RA) carry(tx *db.Tx, n Need, old []Need) error {
	now, err := a.round(tx, n)
	if err != nil || now.State != ReqOpen {
		return err
	}
	for _, o := range old {
		if o.Kind != n.Kind || o.Subject != n.Subject || o.Facts == n.Facts || kinds[o.Kind].Auto {
			continue
		}
		was, err := newestRequirement(tx, o)
		if err != nil {
			return noneIs(err, nil)
		}
		if was.State == ReqOpen {
			continue
		}
		now.State, now.Documents, now.Suppliers = ReqSupplied, was.Documents, was.Suppliers
		return updateRequirement(tx, now)
	}
	return nil
}

// declare answers what the applicant answers by his own act: that he accepts the agreement, and that he asks for exactly this.
func (a *RA) declare(tx *db.Tx, who Actor, p Application, needs []Need) error {
	for _, n := range needs {
		if n.Kind != "agreement" && n.Kind != "request" {
			continue
		}
		r, err := a.round(tx, n)
		if err != nil {
			return err
		}
		if r.holds(tx.Now) || n.Kind == "agreement" && p.Terms != Terms {
			continue
		}
		source := "agreement " + p.Terms + " accepted in application " + p.ID
		if n.Kind == "request" {
			source = "submitted by " + who.ID + " through " + p.Channel
		}
		if _, err := a.satisfy(tx, who, r, answer{method: "declaration", section: kinds[n.Kind].Section, source: source}); err != nil {
			return err
		}
	}
	return nil
}
