package ra

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// RequirementState is where a requirement stands.
type RequirementState string

// The states of a requirement.
const (
	ReqOpen      RequirementState = "open"      // nobody gave anything
	ReqSupplied  RequirementState = "supplied"  // there is something to check
	ReqChecking  RequirementState = "checking"  // somebody has begun
	ReqSatisfied RequirementState = "satisfied" //
	ReqRejected  RequirementState = "rejected"  // what was given does not do; Reason says why
	ReqExpired   RequirementState = "expired"   // may no longer be relied upon
)

// Need is one question that an application asks: of whom, and about which facts. The answer is shared with every other application
// that asks the same.
type Need struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject"` // "mailbox:ada@example.org", "person:01J...", "organisation:01J...", "application:01J..."
	Facts   string `json:"facts"`   // hash of what is to be verified, so that another surname is another question
}

// Requirement is one row of the ledger: a question and where its answer stands. An answer that ended stays; the next round is a new row.
type Requirement struct {
	ID string `json:"id"`
	Need
	Round     int64            `json:"round"`
	State     RequirementState `json:"state"`
	Satisfied time.Time        `json:"satisfiedAt,omitzero"`
	Expires   time.Time        `json:"expiresAt,omitzero"` // the last moment it may be relied upon; zero: without end
	Section   string           `json:"section,omitempty"`
	Method    string           `json:"method,omitempty"` // name of an EvidenceKind
	BR        string           `json:"br,omitempty"`
	Source    string           `json:"source,omitempty"` // where the checker looked
	Checker   string           `json:"checker,omitempty"`
	Suppliers []string         `json:"suppliers,omitempty"` // Actor.IDs
	Documents []string         `json:"documents,omitempty"`
	Reason    string           `json:"reason,omitempty"`
	Created   time.Time        `json:"created"`
}

func (r Requirement) name() string { return "requirement:" + r.ID }

// holds tells whether the answer may be relied upon at a moment. The last second still counts (S/MIME BR §6.3.2: inclusive).
func (r Requirement) holds(at time.Time) bool {
	return r.State == ReqSatisfied && (r.Expires.IsZero() || !at.After(r.Expires))
}

// facts hashes what is to be verified.
func facts(values ...string) string {
	sum := sha256.Sum256([]byte(marshal(values)))
	return hex.EncodeToString(sum[:])
}

// needs are the questions of an application. agreement and request are about the person and the application as it is written now.
func (p Application) needs(asked []string, units []Organisation) []Need {
	var list []Need
	s := p.Subject
	org := "organisation:" + p.Organisation
	for _, kind := range asked {
		switch kind {
		case "mailbox":
			for _, address := range p.Addresses {
				list = append(list, Need{kind, "mailbox:" + address, ""})
			}
		case "organization":
			list = append(list, Need{kind, org, facts(s.Organization, s.OrganizationIdentifier, s.Country, s.State, s.Locality, s.PostalCode, s.Street)})
		case "authority":
			list = append(list, Need{kind, org, ""})
		case "individual":
			list = append(list, Need{kind, "person:" + p.Person, facts(s.GivenName, s.Surname, s.Pseudonym, s.SerialNumber, s.Title)})
		case "affiliation":
			list = append(list, Need{kind, "person:" + p.Person, facts(p.Organisation)})
		case "agreement":
			list = append(list, Need{kind, "person:" + p.Person, facts(Terms)})
		case "request":
			list = append(list, Need{kind, p.name(), p.hash(nil)})
		}
	}
	for _, u := range units { // S/MIME BR §7.1.4.2.2c: a unit is an affiliate, verified like the organisation itself
		list = append(list, Need{"organization", "organisation:" + u.ID, u.facts()})
	}
	return list
}

// round returns the newest row for a need, made now if there is none. An answer whose time is over is marked, and asked anew.
func (a *RA) round(tx *db.Tx, n Need) (Requirement, error) {
	r, err := newestRequirement(tx, n)
	if errors.Is(err, db.ErrNone) {
		return a.ask(tx, n, 1)
	}
	if err != nil || r.State != ReqSatisfied || r.holds(tx.Now) {
		return r, err
	}
	r.State = ReqExpired
	if err := updateRequirement(tx, r); err != nil {
		return r, err
	}
	if err := a.log(tx, House.ID, "requirement.expired", r.name(), details{"kind": r.Kind, "expired": r.Expires}); err != nil {
		return r, err
	}
	return a.ask(tx, n, r.Round+1)
}

func (a *RA) ask(tx *db.Tx, n Need, round int64) (Requirement, error) {
	r := Requirement{ID: tx.NewID(), Need: n, Round: round, State: ReqOpen, Section: kinds[n.Kind].Section, Created: tx.Now}
	return r, insertRequirement(tx, r)
}

// answers returns the requirement that counts for each need of an application: for a mailbox in a domain that its organisation has
// proven, that proof (S/MIME BR §3.2.2.1).
func (a *RA) answers(tx *db.Tx, p Application) ([]Requirement, error) {
	needs, err := needsOf(tx, p.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Requirement, 0, len(needs))
	for _, n := range needs {
		r, err := a.round(tx, n)
		if err != nil {
			return nil, err
		}
		if n.Kind == "mailbox" && r.State != ReqSatisfied {
			d, ok, err := a.domainAnswer(tx, p.Organisation, n.Subject)
			if err != nil {
				return nil, err
			}
			if ok {
				r = d
			}
		}
		if !slices.ContainsFunc(list, func(o Requirement) bool { return o.ID == r.ID }) {
			list = append(list, r)
		}
	}
	return list, nil
}

// domainAnswer finds a proof of the whole domain that still holds and is the organisation's own.
func (a *RA) domainAnswer(tx *db.Tx, organisation, mailbox string) (Requirement, bool, error) {
	domain := domainOf(mailbox)
	if organisation == "" {
		return Requirement{}, false, nil
	}
	owner, err := domainOwner(tx, domain)
	if err != nil || owner != organisation {
		return Requirement{}, false, noneIs(err, nil)
	}
	r, err := newestRequirement(tx, Need{Kind: "domain", Subject: "domain:" + domain, Facts: facts(organisation)})
	return r, err == nil && r.holds(tx.Now), noneIs(err, nil)
}

// Requirements returns the requirements of an application as they stand, to somebody who may see checks; an applicant sees his own
// without who checked.
func (a *RA) Requirements(tx *db.Tx, who Actor, id string) ([]Requirement, error) {
	p, err := a.Get(tx, who, id)
	if err != nil {
		return nil, err
	}
	list, err := a.answers(tx, p)
	if err != nil || who.may(DoReadChecks, p.object()) == nil {
		return list, err
	}
	for i := range list {
		list[i].Checker, list[i].Source, list[i].Suppliers = "", "", nil
	}
	return list, nil
}
