package ra

import (
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

func userByLogin(tx *db.Tx, login string) (w Actor, err error) {
	err = tx.Row(`SELECT id, login, person FROM ra_user WHERE login = $1`, login).Scan(&w.ID, &w.Name, &w.Person)
	return w, err
}

func grantsOf(tx *db.Tx, user string) (list []Grant, err error) {
	err = tx.Each(func(scan scanner) error {
		var g Grant
		err := scan(&g.Role, &g.Scope.Organisation, &g.Scope.Domain, &g.Scope.Profile)
		list = append(list, g)
		return err
	}, `SELECT role, organisation, domain, profile FROM ra_grant WHERE user_id = $1 ORDER BY id`, user)
	return list, err
}

func applicationByID(tx *db.Tx, id string) (Application, error) {
	return load[Application](tx, "application", `SELECT body FROM ra_application WHERE id = $1`, id)
}

func applicationOnce(tx *db.Tx, submitter, once string) (Application, error) {
	return load[Application](tx, "application", `SELECT body FROM ra_application WHERE submitter = $1 AND once = $2`, submitter, once)
}

func revision(tx *db.Tx, id string, version int64) (Application, error) {
	return load[Application](tx, "application", `SELECT body FROM ra_revision WHERE application = $1 AND version = $2`, id, version)
}

func insertApplication(tx *db.Tx, p Application) error {
	_, err := tx.Exec(`INSERT INTO ra_application (id, version, state, profile, organisation, person, submitter, once, replaces, changed_at, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Version, p.State, p.Profile, p.Organisation, p.Person, p.Submitter, p.Once, p.Replaces, p.Changed, marshal(p))
	return err
}

func updateApplication(tx *db.Tx, p Application) error {
	_, err := tx.Exec(`UPDATE ra_application SET version = $2, state = $3, profile = $4, organisation = $5, person = $6, changed_at = $7, body = $8 WHERE id = $1`,
		p.ID, p.Version, p.State, p.Profile, p.Organisation, p.Person, p.Changed, marshal(p))
	return err
}

func insertRevision(tx *db.Tx, p Application, who, event string) error {
	_, err := tx.Exec(`INSERT INTO ra_revision (application, version, at, who, event, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, p.Version, tx.Now, who, event, marshal(p))
	return err
}

func replaceAddresses(tx *db.Tx, p Application) error {
	if _, err := tx.Exec(`DELETE FROM ra_address WHERE application = $1`, p.ID); err != nil {
		return err
	}
	for _, a := range p.Addresses {
		if _, err := tx.Exec(`INSERT INTO ra_address (application, address) VALUES ($1, $2) ON CONFLICT DO NOTHING`, p.ID, a); err != nil {
			return err
		}
	}
	return nil
}

func replaceNeeds(tx *db.Tx, id string, needs []Need) error {
	if _, err := tx.Exec(`DELETE FROM ra_need WHERE application = $1`, id); err != nil {
		return err
	}
	for _, n := range needs {
		if _, err := tx.Exec(`INSERT INTO ra_need (application, kind, subject, facts) VALUES ($1, $2, $3, $4)`, id, n.Kind, n.Subject, n.Facts); err != nil {
			return err
		}
	}
	return nil
}

func needsOf(tx *db.Tx, id string) (list []Need, err error) {
	err = tx.Each(func(scan scanner) error {
		var n Need
		err := scan(&n.Kind, &n.Subject, &n.Facts)
		list = append(list, n)
		return err
	}, `SELECT kind, subject, facts FROM ra_need WHERE application = $1 ORDER BY kind, subject, facts`, id)
	return list, err
}

// needing lists the applications that share a need and may be moved by it.
func needing(tx *db.Tx, subject string) ([]string, error) {
	return strings1(tx, `SELECT DISTINCT a.id FROM ra_application a JOIN ra_need n ON n.application = a.id
		WHERE n.subject = $1 AND a.state IN ('collecting', 'in-review', 'validated', 'approved') ORDER BY a.id`, subject)
}

func claimOf(tx *db.Tx, id string) (who string, until time.Time, err error) {
	err = tx.Row(`SELECT who, until_at FROM ra_claim WHERE application = $1`, id).Scan(&who, db.Moment(&until))
	return who, until, noneIs(err, nil)
}

func setClaim(tx *db.Tx, id, who string, until time.Time) error {
	_, err := tx.Exec(`INSERT INTO ra_claim (application, who, until_at) VALUES ($1, $2, $3)
		ON CONFLICT (application) DO UPDATE SET who = excluded.who, until_at = excluded.until_at`, id, who, until)
	return err
}

// Approval is that one person approved what has this hash.
type Approval struct {
	Who    string    `json:"who"`
	Person string    `json:"person,omitempty"` // who he is, so that one person with two names counts once
	Hash   string    `json:"hash"`
	At     time.Time `json:"at"`
	Void   time.Time `json:"void,omitzero"` // since when it does not count, because the application was changed
}

func insertApproval(tx *db.Tx, application string, p Approval) error {
	_, err := tx.Exec(`INSERT INTO ra_approval (id, application, who, person, hash, at) VALUES ($1, $2, $3, $4, $5, $6)`, tx.NewID(), application, p.Who, p.Person, p.Hash, p.At)
	return err
}

func approvalsOf(tx *db.Tx, application string) (list []Approval, err error) {
	err = tx.Each(func(scan scanner) error {
		var p Approval
		err := scan(&p.Who, &p.Person, &p.Hash, db.Moment(&p.At), db.Moment(&p.Void))
		list = append(list, p)
		return err
	}, `SELECT who, person, hash, at, void_at FROM ra_approval WHERE application = $1 ORDER BY id`, application)
	return list, err
}

func voidApprovals(tx *db.Tx, application string) (int64, error) {
	return tx.Exec(`UPDATE ra_approval SET void_at = $2 WHERE application = $1 AND void_at IS NULL`, application, tx.Now)
}
