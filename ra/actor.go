package ra

import (
	"strings"

	"github.com/waxwing-mail/waxwing/db"
)

// Role is what somebody is at this house. docs/authority-matrix.md says which verbs it gives.
type Role string

// The roles.
const (
	Applicant         Role = "applicant"          // applies for himself; everybody has it
	Sponsor           Role = "sponsor"            // vouches that somebody belongs to an organisation
	Clerk             Role = "clerk"              // collects papers and asks for changes
	Specialist        Role = "specialist"         // checks requirements and records the sources
	Approver          Role = "approver"           // approves and rejects what others checked
	EnterpriseRA      Role = "enterprise-ra"      // applies and attests for its own organisation (S/MIME BR §1.3.2.1)
	RevocationOfficer Role = "revocation-officer" // judges reports, decides revocations
	RecoveryAgent     Role = "recovery-agent"     // approves one share of a key recovery
	SecurityOfficer   Role = "security-officer"   // keys, profiles, who has which role
	Operator          Role = "operator"           // runs the machines
	Auditor           Role = "auditor"            // reads everything, writes nothing
	Helpdesk          Role = "helpdesk"           // tells people where their application stands, sends reminders again
	System            Role = "system"             // the house itself: clocks and jobs
)

// Roles is every role, in the order of the matrix.
var Roles = []Role{Applicant, Sponsor, Clerk, Specialist, Approver, EnterpriseRA, RevocationOfficer, RecoveryAgent, SecurityOfficer, Operator, Auditor, Helpdesk, System}

// Scope limits a grant. An empty field limits nothing.
type Scope struct {
	Organisation string `json:"organisation,omitempty"` // id
	Domain       string `json:"domain,omitempty"`       // of mailboxes, in lower case and A-labels; its subdomains are not meant
	Profile      string `json:"profile,omitempty"`      // name
}

// Grant is one role in one scope.
type Grant struct {
	Role  Role  `json:"role"`
	Scope Scope `json:"scope"`
}

// Actor is who does something. RA.Actor makes one of the users that the house knows; a face has made sure that it is him.
type Actor struct {
	ID     string  `json:"id"`               // as the audit log names him: "user:01J...", "system"
	Name   string  `json:"name"`             // by which he logs in
	Person string  `json:"person,omitempty"` // the person he is, so that nobody decides about himself; "" if unknown
	Grants []Grant `json:"grants,omitempty"`
}

// House is the actor of clocks and jobs.
var House = Actor{ID: "system", Name: "system", Grants: []Grant{{Role: System}}}

// Has tells whether the actor has a role in any scope.
func (w Actor) Has(r Role) bool {
	for _, g := range w.Grants {
		if g.Role == r {
			return true
		}
	}
	return r == Applicant && w.ID != "" && w.ID != House.ID
}

// covers tells whether everything that the object touches lies in the scope.
func (s Scope) covers(o object) bool {
	if s.Organisation != "" && s.Organisation != o.organisation {
		return false
	}
	if s.Profile != "" && s.Profile != o.profile {
		return false
	}
	if s.Domain == "" {
		return true
	}
	for _, d := range o.domains {
		if d != s.Domain {
			return false
		}
	}
	return len(o.domains) > 0
}

// object is what an act is about, as far as the matrix asks.
type object struct {
	name         string // for the log: "application:01J..."
	organisation string
	profile      string
	domains      []string
	submitter    string // Actor.ID
	person       string
}

// ownedBy tells whether the object is the actor's own.
func (o object) ownedBy(w Actor) bool {
	return w.ID != "" && o.submitter == w.ID || w.Person != "" && o.person == w.Person
}

// may returns a *Forbidden unless the matrix lets the actor do it.
func (w Actor) may(v Verb, o object) error {
	var near []string
	for _, r := range Roles {
		reach, ok := matrix[v][r]
		if !ok || !w.Has(r) {
			continue
		}
		if reach == Any || reach == Own && o.ownedBy(w) {
			return nil
		}
		for _, g := range w.Grants {
			if reach == InScope && g.Role == r && g.Scope.covers(o) {
				return nil
			}
		}
		near = append(near, string(r)+" "+string(reach))
	}
	why := "this takes the role " + strings.Join(Allowed(v), " or ")
	if len(near) > 0 {
		why = "it lies outside of what was granted (" + strings.Join(near, ", ") + ")"
	}
	return &Forbidden{Verb: v, Who: w.ID, Object: o.name, Why: why}
}

// Actor returns the user with a login name and all that was granted to him. A name that is not known is an error.
func (a *RA) Actor(tx *db.Tx, login string) (Actor, error) {
	w, err := userByLogin(tx, login)
	if err != nil {
		return Actor{}, noneIs(err, refuse("user.unknown", "", "user", login, "nobody has this name here", "waxwing ra user add NAME"))
	}
	w.Grants, err = grantsOf(tx, w.ID)
	return w, err
}
