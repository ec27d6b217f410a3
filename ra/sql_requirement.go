package ra

import (
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

func newestRequirement(tx *db.Tx, n Need) (Requirement, error) {
	return load[Requirement](tx, "requirement",
		`SELECT body FROM ra_requirement WHERE subject = $1 AND kind = $2 AND facts = $3 ORDER BY round DESC LIMIT 1`, n.Subject, n.Kind, n.Facts)
}

func requirementByID(tx *db.Tx, id string) (Requirement, error) {
	return load[Requirement](tx, "requirement", `SELECT body FROM ra_requirement WHERE id = $1`, id)
}

func requirementsOf(tx *db.Tx, subject string) ([]Requirement, error) {
	return loadAll[Requirement](tx, `SELECT body FROM ra_requirement WHERE subject = $1 ORDER BY id`, subject)
}

// nullable stores a moment that may be none.
func nullable(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func insertRequirement(tx *db.Tx, r Requirement) error {
	_, err := tx.Exec(`INSERT INTO ra_requirement (id, kind, subject, facts, round, state, expires_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.Kind, r.Subject, r.Facts, r.Round, r.State, nullable(r.Expires), marshal(r))
	return err
}

func updateRequirement(tx *db.Tx, r Requirement) error {
	_, err := tx.Exec(`UPDATE ra_requirement SET state = $2, expires_at = $3, body = $4 WHERE id = $1`, r.ID, r.State, nullable(r.Expires), marshal(r))
	return err
}

// lapsing lists applications that wait with an answer whose time is over.
func lapsing(tx *db.Tx) ([]string, error) {
	return strings1(tx, `SELECT DISTINCT a.id FROM ra_application a JOIN ra_need n ON n.application = a.id
		JOIN ra_requirement r ON r.subject = n.subject AND r.kind = n.kind AND r.facts = n.facts
		WHERE a.state IN ('validated', 'approved', 'in-review', 'collecting') AND r.state = 'satisfied' AND r.expires_at < $1 ORDER BY a.id`, tx.Now)
}

// applicationsOf lists those that ask about a subject, whatever their state.
func applicationsOf(tx *db.Tx, subject string) ([]string, error) {
	return strings1(tx, `SELECT DISTINCT application FROM ra_need WHERE subject = $1 ORDER BY application`, subject)
}

func insertCheck(tx *db.Tx, c CheckRecord) error {
	_, err := tx.Exec(`INSERT INTO ra_check (id, requirement, who, at, body) VALUES ($1, $2, $3, $4, $5)`, c.ID, c.Requirement, c.Who, c.At, marshal(c))
	return err
}

func checksOf(tx *db.Tx, requirement string) ([]CheckRecord, error) {
	return loadAll[CheckRecord](tx, `SELECT body FROM ra_check WHERE requirement = $1 ORDER BY id`, requirement)
}

func domainOwner(tx *db.Tx, domain string) (organisation string, err error) {
	err = tx.Row(`SELECT organisation FROM ra_domain WHERE domain = $1`, domain).Scan(&organisation)
	return organisation, err
}

func setDomainOwner(tx *db.Tx, domain, organisation string) error {
	_, err := tx.Exec(`INSERT INTO ra_domain (domain, organisation) VALUES ($1, $2) ON CONFLICT (domain) DO UPDATE SET organisation = excluded.organisation`, domain, organisation)
	return err
}

func domainsOwned(tx *db.Tx, organisation string) ([]string, error) {
	return strings1(tx, `SELECT domain FROM ra_domain WHERE organisation = $1 ORDER BY domain`, organisation)
}

func organisationByID(tx *db.Tx, id string) (Organisation, error) {
	return load[Organisation](tx, "organisation", `SELECT body FROM ra_organisation WHERE id = $1`, id)
}

func organisationByName(tx *db.Tx, name string) (Organisation, error) {
	return load[Organisation](tx, "organisation", `SELECT body FROM ra_organisation WHERE name = $1`, name)
}

func insertOrganisation(tx *db.Tx, o Organisation) error {
	_, err := tx.Exec(`INSERT INTO ra_organisation (id, name, parent, body) VALUES ($1, $2, $3, $4)`, o.ID, o.Name, o.Parent, marshal(o))
	return err
}

// person is whom certificates are about. What he is called stands in applications only, and is forgotten with them.
type person struct {
	ID, Organisation, Reference, State string
}

func personByReference(tx *db.Tx, organisation, reference string) (p person, err error) {
	err = tx.Row(`SELECT id, organisation, reference, state FROM ra_person WHERE organisation = $1 AND reference = $2`, organisation, reference).
		Scan(&p.ID, &p.Organisation, &p.Reference, &p.State)
	return p, err
}

func personByID(tx *db.Tx, id string) (p person, err error) {
	err = tx.Row(`SELECT id, organisation, reference, state FROM ra_person WHERE id = $1`, id).Scan(&p.ID, &p.Organisation, &p.Reference, &p.State)
	return p, err
}

func insertPerson(tx *db.Tx, p person) error {
	_, err := tx.Exec(`INSERT INTO ra_person (id, organisation, reference, state, created_at) VALUES ($1, $2, $3, $4, $5)`, p.ID, p.Organisation, p.Reference, p.State, tx.Now)
	return err
}

func setPersonState(tx *db.Tx, id, state string) error {
	_, err := tx.Exec(`UPDATE ra_person SET state = $2 WHERE id = $1`, id, state)
	return err
}

func linkPerson(tx *db.Tx, user, person string) error {
	_, err := tx.Exec(`UPDATE ra_user SET person = $2 WHERE id = $1`, user, person)
	return err
}
