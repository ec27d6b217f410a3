package ra

import (
	"slices"

	"github.com/waxwing-mail/waxwing/db"
)

// settle moves an application to where its requirements and approvals put it: collecting, in review, validated or approved.
func (a *RA) settle(tx *db.Tx, who Actor, p *Application) error {
	if !p.State.reviewed() {
		return nil
	}
	list, err := a.answers(tx, *p)
	if err != nil {
		return err
	}
	if err := a.rebind(tx, who, p, list); err != nil {
		return err
	}
	want, err := a.standing(tx, *p, list)
	if err != nil {
		return err
	}
	for p.State != want {
		if err := a.move(tx, who, p, toward(p.State, want), nil); err != nil {
			return err
		}
	}
	return nil
}

// rebind makes the hash new, and voids the approvals of another one.
func (a *RA) rebind(tx *db.Tx, who Actor, p *Application, list []Requirement) error {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	slices.Sort(ids)
	h := p.hash(ids)
	if h == p.Hash {
		return nil
	}
	p.Hash = h
	n, err := voidApprovals(tx, p.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		if err := a.log(tx, who.ID, "approvals.void", p.name(), details{"approvals": n, "hash": h}); err != nil {
			return err
		}
	}
	return updateApplication(tx, *p)
}

// standing is the state that requirements and approvals lead to.
func (a *RA) standing(tx *db.Tx, p Application, list []Requirement) (State, error) {
	satisfied := true
	for _, r := range list {
		switch {
		case r.State == ReqOpen || r.State == ReqRejected:
			return Collecting, nil
		case !r.holds(tx.Now):
			satisfied = false
		}
	}
	if !satisfied {
		return InReview, nil
	}
	approved, err := a.approvers(tx, p)
	if err != nil || len(approved) < p.Approvals {
		return Validated, err
	}
	return Approved, nil
}

// valid are the approvals that count: of this hash, not void, one a person.
func (a *RA) valid(tx *db.Tx, p Application) ([]Approval, error) {
	all, err := approvalsOf(tx, p.ID)
	var list []Approval
	for _, one := range all {
		same := func(o Approval) bool { return o.Who == one.Who || o.Person != "" && o.Person == one.Person }
		if one.Void.IsZero() && one.Hash == p.Hash && !slices.ContainsFunc(list, same) {
			list = append(list, one)
		}
	}
	return list, err
}

// approvers are the approvals that count for a state: its own, or those that a renewal carries on.
func (a *RA) approvers(tx *db.Tx, p Application) ([]Approval, error) {
	own, err := a.valid(tx, p)
	if err != nil || len(own) >= p.Approvals {
		return own, err
	}
	carried, err := a.carried(tx, p)
	if len(carried) >= p.Approvals {
		return carried, err
	}
	return own, err
}

// order of the states that settle moves between.
var order = []State{Collecting, InReview, Validated, Approved}

// toward is the event that leads one step nearer.
func toward(from, want State) Event {
	i, j := slices.Index(order, from), slices.Index(order, want)
	switch {
	case i < j:
		return []Event{onSupplied, onSatisfy, onApproved}[i]
	case from == InReview:
		return onMissing
	}
	return onLapse
}

// settleSubject moves every application that asks about a subject.
func (a *RA) settleSubject(tx *db.Tx, who Actor, subject string) error {
	list, err := needing(tx, subject)
	if err != nil {
		return err
	}
	for _, id := range list {
		p, err := applicationByID(tx, id)
		if err != nil {
			return err
		}
		if err := a.settle(tx, who, &p); err != nil {
			return err
		}
	}
	return nil
}
