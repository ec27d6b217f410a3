package ra

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// Evidence is what somebody saw: the facts of a document or of a source. Number is personal and goes into the sealed half of the log.
type Evidence struct {
	Kind    string    `json:"kind"`             // name of an EvidenceKind
	Issuer  string    `json:"issuer,omitempty"` // who made the document
	Number  string    `json:"-"`                // of the document
	Issued  time.Time `json:"issued,omitzero"`  // its date
	Expires time.Time `json:"expires,omitzero"` // the last moment at which it holds; required where the kind says Valid
	Source  string    `json:"source,omitempty"` // where it was looked up: address of a register, telephone number and where that was found
	File    string    `json:"file,omitempty"`   // id of a document that was uploaded
	LEI     LEIRecord `json:"lei,omitzero"`     // for the kind lei
}

// CheckRecord is one step of a check, kept for ever (S/MIME BR §5.4.1).
type CheckRecord struct {
	ID          string    `json:"id"`
	Requirement string    `json:"requirement"`
	Who         string    `json:"who"`
	At          time.Time `json:"at"`
	Result      string    `json:"result"` // noted, satisfied, rejected
	Evidence    Evidence  `json:"evidence"`
	Note        string    `json:"note,omitempty"`
}

// The results of a check.
const (
	Noted   = "noted" // a step of several
	Passed  = "satisfied"
	Refuses = "rejected"
)

// answer is how a requirement was satisfied.
type answer struct {
	method, section, source string
	until                   time.Time // the evidence itself bounds the answer; zero: it does not
	document                string
}

// satisfy records an answer: it holds for as long as the section allows, and not longer than the evidence.
func (a *RA) satisfy(tx *db.Tx, who Actor, r Requirement, w answer) (Requirement, error) {
	r.State, r.Satisfied, r.Checker, r.Reason = ReqSatisfied, tx.Now, who.ID, ""
	r.Method, r.Section, r.Source, r.BR = w.method, w.section, w.source, BR
	r.Expires = time.Time{}
	if k := kinds[r.Kind]; k.Reuse > 0 {
		r.Expires = tx.Now.Add(k.Reuse)
	}
	if !w.until.IsZero() && (r.Expires.IsZero() || w.until.Before(r.Expires)) {
		r.Expires = w.until
	}
	if w.document != "" && !slices.Contains(r.Documents, w.document) {
		r.Documents = append(r.Documents, w.document)
	}
	d := details{"kind": r.Kind, "method": r.Method, "section": r.Section, "br": r.BR, "round": r.Round}
	if !r.Expires.IsZero() {
		d["expires"] = r.Expires
	}
	return r, errors.Join(updateRequirement(tx, r), a.log(tx, who.ID, "requirement.satisfied", r.name(), d))
}

// satisfyNext answers a need anew, even if an answer holds: the new one holds longer.
func (a *RA) satisfyNext(tx *db.Tx, who Actor, n Need, w answer) (Requirement, error) {
	r, err := a.round(tx, n)
	if err != nil {
		return r, err
	}
	if r.State == ReqSatisfied || r.State == ReqRejected {
		if r, err = a.ask(tx, n, r.Round+1); err != nil {
			return r, err
		}
	}
	return a.satisfy(tx, who, r, w)
}

// requirement opens a requirement for an act: the actor has the verb for one of the applications that ask.
func (a *RA) requirement(tx *db.Tx, who Actor, v Verb, id string) (Requirement, []Application, error) {
	r, err := requirementByID(tx, id)
	if err != nil {
		return r, nil, err
	}
	ids, err := applicationsOf(tx, r.Subject)
	if err != nil {
		return r, nil, err
	}
	var list []Application
	var refused error
	for _, one := range ids {
		p, err := applicationByID(tx, one)
		if err != nil {
			return r, nil, err
		}
		if err := who.may(v, p.object()); err != nil {
			refused = err
			continue
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		if refused == nil {
			refused = &Forbidden{Verb: v, Who: who.ID, Object: r.name(), Why: "no application asks for it"}
		}
		return r, nil, refused
	}
	return r, list, nil
}

// Check records what a specialist found. A paper that does not hold any more rejects the requirement, whatever the result says.
func (a *RA) Check(tx *db.Tx, who Actor, requirement string, c CheckRecord) (Requirement, error) {
	return a.judge(tx, who, DoCheck, requirement, c)
}

// Attest records what an Enterprise RA knows of its own people (S/MIME BR §3.2.4.1(5)): never a mailbox or a domain.
func (a *RA) Attest(tx *db.Tx, who Actor, requirement string, reference string) (Requirement, error) {
	if reference == "" {
		return Requirement{}, refuse("attest.reference", "S/MIME BR §3.2.4.1", "reference", "", "the record has to be found again", "give its reference, as the number of the employee")
	}
	return a.judge(tx, who, DoAttest, requirement, CheckRecord{Result: Passed, Evidence: Evidence{Kind: "enterprise-record", Source: reference, Issued: tx.Now}})
}

// Vouch records that a sponsor says that somebody belongs to the organisation.
func (a *RA) Vouch(tx *db.Tx, who Actor, requirement string, text string) (Requirement, error) {
	r, err := requirementByID(tx, requirement)
	if err == nil && r.Kind != "affiliation" {
		err = refuse("vouch.kind", "S/MIME BR §3.2.8", "requirement", r.Kind, "a sponsor vouches for affiliation only", "leave it to a specialist")
	}
	if err != nil {
		return r, err
	}
	return a.judge(tx, who, DoVouch, requirement, CheckRecord{Result: Passed, Note: text, Evidence: Evidence{Kind: "enterprise-record", Source: "sponsor " + who.ID, Issued: tx.Now}})
}

func (a *RA) judge(tx *db.Tx, who Actor, v Verb, id string, c CheckRecord) (Requirement, error) {
	r, asking, err := a.requirement(tx, who, v, id)
	if err != nil {
		return r, err
	}
	if err := checkDuty(r, who, v, asking); err != nil {
		return r, err
	}
	if kinds[r.Kind].Auto {
		return r, refuse("check.automatic", kinds[r.Kind].Section, "requirement", r.Kind, "nobody answers this by hand", "the applicant answers it himself: waxwing request proof, waxwing request submit")
	}
	if r.State == ReqSatisfied || r.State == ReqExpired {
		return r, &WrongState{Object: r.name(), State: string(r.State), Event: string(v), Where: []string{string(ReqOpen), string(ReqSupplied), string(ReqChecking), string(ReqRejected)}}
	}
	problems, err := a.weigh(tx, r, &c)
	if err != nil {
		return r, err
	}
	c.ID, c.Requirement, c.Who, c.At = tx.NewID(), r.ID, who.ID, tx.Now
	if len(problems) > 0 {
		c.Result, c.Note = Refuses, strings.TrimSpace(c.Note+" "+(&Refused{problems}).Error())
	}
	if c.Result == Refuses && c.Note == "" {
		return r, note(v, "")
	}
	if err := insertCheck(tx, c); err != nil {
		return r, err
	}
	if err := a.logPersonal(tx, who.ID, "requirement.checked", r.name(), strings.TrimPrefix(r.Subject, "person:"), details{"kind": r.Kind, "result": c.Result, "evidence": c.Evidence.Kind},
		map[string]any{"number": c.Evidence.Number, "issuer": c.Evidence.Issuer, "note": c.Note}); err != nil {
		return r, err
	}
	return a.conclude(tx, who, r, c)
}

// conclude writes the result of a check and moves the applications that ask.
func (a *RA) conclude(tx *db.Tx, who Actor, r Requirement, c CheckRecord) (Requirement, error) {
	var err error
	switch c.Result {
	case Noted:
		r.State = ReqChecking
		err = updateRequirement(tx, r)
	case Refuses:
		r.State, r.Reason, r.Checker = ReqRejected, c.Note, who.ID
		err = errors.Join(updateRequirement(tx, r), a.log(tx, who.ID, "requirement.rejected", r.name(), details{"kind": r.Kind}))
	case Passed:
		k := evidenceKinds[c.Evidence.Kind]
		w := answer{method: k.Name, section: k.Section, source: c.Evidence.Source, document: c.Evidence.File}
		if k.Bounds {
			w.until = c.Evidence.Expires
		}
		if old := c.Evidence.Issued.Add(kinds[r.Kind].Reuse); k.Aged && !c.Evidence.Issued.IsZero() && (w.until.IsZero() || old.Before(w.until)) {
			w.until = old // S/MIME BR §4.2.1: nor may the data be older
		}
		r, err = a.satisfy(tx, who, r, w)
	default:
		err = fmt.Errorf("the result of a check is %s, %s or %s, not %q", Noted, Passed, Refuses, c.Result)
	}
	if err != nil {
		return r, err
	}
	return r, a.settleSubject(tx, who, r.Subject)
}

// weigh says why evidence does not do, though somebody says that it does. An error is a mistake of the checker.
func (a *RA) weigh(tx *db.Tx, r Requirement, c *CheckRecord) ([]Refusal, error) {
	if c.Result != Passed {
		return nil, nil
	}
	e := c.Evidence
	k, ok := evidenceKinds[e.Kind]
	if !ok || !slices.Contains(k.Answers, r.Kind) {
		var fit []string
		for _, one := range EvidenceKinds() {
			if slices.Contains(one.Answers, r.Kind) {
				fit = append(fit, one.Name)
			}
		}
		return nil, refuse("evidence.kind", kinds[r.Kind].Section, "evidence", e.Kind, "it does not answer "+kinds[r.Kind].What, "take one of "+strings.Join(fit, ", "))
	}
	if e.Source == "" && e.File == "" {
		return nil, refuse("evidence.source", "S/MIME BR §5.4.1", "source", "", "the record has to say where it was seen", "give the source, or the id of the document")
	}
	if k.Valid && e.Expires.IsZero() {
		return nil, refuse("evidence.validity", k.Section, "expires", "", "a "+k.What+" says until when it holds", "give that day")
	}
	var list []Refusal
	if k.Valid && tx.Now.After(e.Expires) { // AUTHORITY 4: valid when it is checked; later is no matter
		list = append(list, Refusal{Code: "evidence.expired", Section: "S/MIME BR §3.2.4.2", Field: "expires", Value: e.Expires.Format(time.DateOnly), What: "the " + k.What + " holds no longer", Fix: "ask for one that is valid"})
	}
	if k.Aged && !e.Issued.IsZero() && tx.Now.Sub(e.Issued) > kinds[r.Kind].Reuse {
		list = append(list, Refusal{Code: "evidence.old", Section: "S/MIME BR §4.2.1", Field: "issued", Value: e.Issued.Format(time.DateOnly), What: fmt.Sprintf("it is older than %d days", int(kinds[r.Kind].Reuse/day)), Fix: "ask for a newer one"})
	}
	if e.Kind == "lei" {
		list = append(list, e.LEI.Check()...)
	}
	return list, nil
}
