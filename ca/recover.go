package ca

import "github.com/waxwing-mail/waxwing/db"

// Recover is called when a program starts. Whatever was being issued when another one ended is then either issued or planned; intents
// that are older than Window can no longer be signed, and become Void. It returns them. An order whose program died
// before is prepared again by its Reference at any time.
func (c *CA) Recover(tx *db.Tx, by string) ([]*Certificate, error) {
	list, err := plannedBefore(tx, tx.Now.Add(-Window))
	if err != nil {
		return nil, err
	}
	for _, row := range list {
		if err := c.giveUp(tx, row, by, "its time had passed"); err != nil {
			return nil, err
		}
		row.State = Void
	}
	return list, nil
}

// Stale reports whether there is something for Recover to do.
func Stale(tx *db.Tx) (bool, error) {
	list, err := plannedBefore(tx, tx.Now.Add(-Window))
	return len(list) > 0, err
}

// Points are the names of the steps at which CA.Fault is called, in order. Between Prepare and Issue lies the commit of the caller.
func Points() []string {
	return []string{
		"prepare.begin", "prepare.voided", "prepare.drafted", "prepare.linted", "prepare.reserved", "prepare.addressed", "prepare.recorded",
		"issue.begin", "issue.confirmed", "issue.key", "issue.sign", "issue.verified", "issue.linted", "issue.signed",
		"store.begin", "store.certificate", "store.logged", "store.end", "issue.committed",
	}
}
