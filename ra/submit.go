package ra

import (
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

// Submit hands an application in. The machine looks first: what cannot be accepted comes back as a state with its list of refusals,
// and no person is bothered. An application that was submitted before is returned as it is.
func (a *RA) Submit(tx *db.Tx, who Actor, r Ref) (Application, error) {
	p, err := a.open(tx, who, DoSubmit, r)
	if err != nil {
		return p, err
	}
	if p.State.reviewed() {
		return p, nil // AUTHORITY 14: sent twice
	}
	before := p
	if err := a.move(tx, who, &p, onSubmit, nil); err != nil {
		return p, err
	}
	problems, err := a.examine(tx, who, p)
	if err != nil {
		return p, err
	}
	p.Refusals = problems
	if obstacle(problems) {
		codes := []string{}
		for _, one := range problems {
			codes = append(codes, one.Code)
		}
		return p, a.move(tx, House, &p, onRefuse, details{"codes": codes})
	}
	if err := a.move(tx, House, &p, onAccept, nil); err != nil {
		return p, err
	}
	return p, a.question(tx, who, &p, before)
}

// Withdraw ends an application at its owner's wish.
func (a *RA) Withdraw(tx *db.Tx, who Actor, r Ref) (Application, error) {
	p, err := a.open(tx, who, DoWithdraw, r)
	if err != nil {
		return p, err
	}
	_, voided := voidApprovals(tx, p.ID)
	return p, errors.Join(voided, a.move(tx, who, &p, onWithdraw, nil))
}

// Confirm says that the owner has his credential and that it is right.
func (a *RA) Confirm(tx *db.Tx, who Actor, r Ref) (Application, error) {
	p, err := a.open(tx, who, DoConfirm, r)
	if err != nil {
		return p, err
	}
	return p, a.move(tx, who, &p, onConfirm, nil)
}

// Decline says that the owner does not want what was issued (S/MIME BR §4.4.1): it is to be revoked.
func (a *RA) Decline(tx *db.Tx, who Actor, r Ref, reason string) (Application, error) {
	p, err := a.open(tx, who, DoConfirm, r)
	if err != nil {
		return p, err
	}
	p.Reason = reason
	return p, a.move(tx, who, &p, onDecline, nil)
}

// Expire ends an application that nobody touched for Idle.
func (a *RA) expire(tx *db.Tx, p *Application) error {
	if tx.Now.Sub(p.Changed) < Idle {
		return nil
	}
	return a.move(tx, House, p, onExpire, details{"idle_since": p.Changed})
}

// Tend does what time demands: applications that lay too long expire, and answers that ended are asked for again. It returns how many
// applications it touched. It is for the job that runs every hour.
func (a *RA) Tend(tx *db.Tx) (int, error) {
	idle, err := strings1(tx, `SELECT id FROM ra_application WHERE changed_at <= $1
		AND state IN ('draft', 'refused', 'collecting', 'in-review', 'changes', 'validated', 'approved') ORDER BY id`, tx.Now.Add(-Idle))
	if err != nil {
		return 0, err
	}
	for _, id := range idle {
		p, err := applicationByID(tx, id)
		if err != nil {
			return 0, err
		}
		if err := a.expire(tx, &p); err != nil {
			return 0, err
		}
	}
	lapsed, err := lapsing(tx)
	if err != nil {
		return 0, err
	}
	for _, id := range lapsed {
		p, err := applicationByID(tx, id)
		if err != nil {
			return 0, err
		}
		if err := a.settle(tx, House, &p); err != nil {
			return 0, err
		}
	}
	return len(idle) + len(lapsed), nil
}
