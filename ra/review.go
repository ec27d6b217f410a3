package ra

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// ClaimTime is how long a reviewer has a file for himself.
const ClaimTime = 15 * time.Minute

// Claim takes a file for a while, so that two do not do the same work. It returns who has it and until when; if somebody else does,
// nothing is changed, and he can still act: the version tells then (AUTHORITY 15).
func (a *RA) Claim(tx *db.Tx, who Actor, id string) (holder string, until time.Time, err error) {
	if _, err := a.open(tx, who, DoClaim, Ref{ID: id}); err != nil {
		return "", until, err
	}
	holder, until, err = claimOf(tx, id)
	if err != nil || holder != "" && holder != who.ID && until.After(tx.Now) {
		return holder, until, err
	}
	until = tx.Now.Add(ClaimTime)
	return who.ID, until, setClaim(tx, id, who.ID, until)
}

// note is the reason of an act: it is for the applicant to read, and required.
func note(v Verb, text string) error {
	if strings.TrimSpace(text) == "" {
		return refuse("note.missing", "S/MIME BR §4.2.2", "note", "", "the applicant has to be told why", "say what is wrong, and what he can do")
	}
	return nil
}

// RequestChanges asks the applicant to change something.
func (a *RA) RequestChanges(tx *db.Tx, who Actor, r Ref, text string) (Application, error) {
	return a.remark(tx, who, DoRequest, r, onRequest, text)
}

// Reject ends an application with a reason that teaches.
func (a *RA) Reject(tx *db.Tx, who Actor, r Ref, text string) (Application, error) {
	p, err := a.open(tx, who, DoReject, r)
	if err != nil {
		return p, err
	}
	if err := duty(p, who, DoReject, nil); err != nil {
		return p, err
	}
	return a.remark(tx, who, DoReject, r, onReject, text)
}

// Hold sets an application aside. It does not expire there.
func (a *RA) Hold(tx *db.Tx, who Actor, r Ref, text string) (Application, error) {
	return a.remark(tx, who, DoHold, r, onHold, text)
}

// Release takes an application from hold and puts it where its requirements say.
func (a *RA) Release(tx *db.Tx, who Actor, r Ref) (Application, error) {
	p, err := a.open(tx, who, DoRelease, r)
	if err != nil {
		return p, err
	}
	if err := a.move(tx, who, &p, onRelease, nil); err != nil {
		return p, err
	}
	return p, a.settle(tx, who, &p)
}

// remark moves an application for a reason. Approvals do not outlive it.
func (a *RA) remark(tx *db.Tx, who Actor, v Verb, r Ref, e Event, text string) (Application, error) {
	p, err := a.open(tx, who, v, r)
	if err != nil {
		return p, err
	}
	if err := note(v, text); err != nil {
		return p, err
	}
	p.Reason = text
	if _, err := voidApprovals(tx, p.ID); err != nil {
		return p, err
	}
	if err := a.move(tx, who, &p, e, nil); err != nil {
		return p, err
	}
	return p, a.logPersonal(tx, who.ID, "application.reason", p.name(), p.Person, details{"event": string(e)}, map[string]string{"reason": text})
}

// Approve says that what the application asks for may be issued. It binds the hash of what the approver saw: seen must be it, or
// empty for what is there now. The last of the approvals that the profile wants makes the application approved.
func (a *RA) Approve(tx *db.Tx, who Actor, r Ref, seen string) (Application, error) {
	p, err := a.open(tx, who, DoApprove, r)
	if err != nil {
		return p, err
	}
	list, err := a.answers(tx, p)
	if err != nil {
		return p, err
	}
	if err := duty(p, who, DoApprove, list); err != nil {
		return p, err
	}
	if err := a.settle(tx, who, &p); err != nil {
		return p, err
	}
	if p.State != Validated {
		return p, &WrongState{Object: p.name(), State: string(p.State), Event: string(DoApprove), Where: []string{string(Validated)}}
	}
	if seen != "" && seen != p.Hash {
		return p, conflict(tx, p, p.Version)
	}
	given, err := a.valid(tx, p)
	if err != nil {
		return p, err
	}
	if slices.ContainsFunc(given, func(o Approval) bool { return o.Who == who.ID || who.Person != "" && o.Person == who.Person }) {
		return p, &Forbidden{Verb: DoApprove, Who: who.ID, Object: p.name(), Why: "he approved it already, and the profile wants different people"}
	}
	one := Approval{Who: who.ID, Person: who.Person, Hash: p.Hash, At: tx.Now}
	err = errors.Join(insertApproval(tx, p.ID, one), a.log(tx, who.ID, "approval.given", p.name(), details{"hash": p.Hash, "version": p.Version}))
	if err != nil {
		return p, err
	}
	return p, a.settle(tx, who, &p)
}

// ApprovalsOf lists who approved, with the approvals that became void.
func (a *RA) ApprovalsOf(tx *db.Tx, who Actor, id string) ([]Approval, error) {
	p, err := a.Get(tx, who, id)
	if err != nil {
		return nil, err
	}
	if err := who.may(DoReadChecks, p.object()); err != nil {
		return nil, err
	}
	return approvalsOf(tx, id)
}
