package ra

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/db"
)

// User is somebody who can act here, with what was granted to him.
type User struct {
	Actor
	Title string `json:"title,omitempty"` // his name for people
}

// AddUser makes somebody known by the name he logs in with. While nobody is a security officer, whoever has the machine may do it: the
// first officer has to come from somewhere.
func (a *RA) AddUser(tx *db.Tx, who Actor, login, title string) (Actor, error) {
	if err := a.mayGrant(tx, who, DoUsers, "user:new"); err != nil {
		return Actor{}, err
	}
	if err := loginName(login); err != nil {
		return Actor{}, err
	}
	w := Actor{ID: "user:" + tx.NewID(), Name: login}
	_, err := tx.Exec(`INSERT INTO ra_user (id, login, name, person) VALUES ($1, $2, $3, '')`, w.ID, login, title)
	if errors.Is(err, db.ErrExists) {
		return w, refuse("user.exists", "", "user", login, "somebody has this name already", "choose another one")
	}
	if err != nil {
		return w, err
	}
	return w, a.log(tx, who.ID, "user.added", w.ID, nil)
}

// loginName refuses names that could be taken for something else.
func loginName(login string) error {
	if login == "" || len(login) > 254 || strings.ContainsAny(login, " \t\r\n:") || login == House.Name || login == Anonymous.Name {
		return refuse("user.name", "", "user", login, "a login name has no blanks and no colon", "take the address, or a short name")
	}
	return nil
}

// mayGrant lets a security officer, and whoever has the machine as long as there is none.
func (a *RA) mayGrant(tx *db.Tx, who Actor, v Verb, name string) error {
	err := who.may(v, object{name: name})
	if err == nil || !strings.HasPrefix(who.ID, "cli:") {
		return err
	}
	n, counted := count(tx, `SELECT count(*) FROM ra_grant WHERE role = $1`, SecurityOfficer)
	if counted != nil {
		return counted
	}
	if n == 0 {
		return nil
	}
	return err
}

// apart are the pairs of roles that one person never has together, whatever the scope (AUTHORITY §4.7).
var apart = [][2]Role{{SecurityOfficer, Approver}, {SecurityOfficer, RecoveryAgent}, {Operator, Specialist}, {Operator, Approver}, {RevocationOfficer, Approver}}

// Grant gives a role. Some roles exclude each other, nobody gives himself one, and an auditor has no other.
func (a *RA) Grant(tx *db.Tx, who Actor, login string, g Grant) error {
	to, err := a.Actor(tx, login)
	if err != nil {
		return err
	}
	if err := a.mayGrant(tx, who, DoGrant, to.ID); err != nil {
		return err
	}
	no := func(why string) error { return &Forbidden{Verb: DoGrant, Who: who.ID, Object: to.ID, Why: why} }
	if !slices.Contains(Roles, g.Role) || g.Role == System || g.Role == Applicant {
		return refuse("grant.role", "", "role", string(g.Role), "this role cannot be granted", "see docs/authority-matrix.md; everybody is an applicant")
	}
	if to.ID == who.ID {
		return no("nobody gives himself a role")
	}
	if g.Role == EnterpriseRA && g.Scope.Organisation == "" {
		return refuse("grant.scope", "S/MIME BR §1.3.2.1", "organisation", "", "an Enterprise RA is one of an organisation", "name it: --organisation NAME")
	}
	for _, old := range to.Grants {
		if old == g {
			return nil
		}
		if (old.Role == Auditor) != (g.Role == Auditor) {
			return no("an auditor has no other role")
		}
		for _, pair := range apart {
			if pair == [2]Role{old.Role, g.Role} || pair == [2]Role{g.Role, old.Role} {
				return no("one person is never both " + string(pair[0]) + " and " + string(pair[1]))
			}
		}
	}
	_, err = tx.Exec(`INSERT INTO ra_grant (id, user_id, role, organisation, domain, profile, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.NewID(), to.ID, g.Role, g.Scope.Organisation, g.Scope.Domain, g.Scope.Profile, who.ID, tx.Now)
	if err != nil {
		return err
	}
	return a.log(tx, who.ID, "role.granted", to.ID, details{"role": g.Role, "scope": g.Scope})
}

// Take takes a role back, in every scope that the grant names.
func (a *RA) Take(tx *db.Tx, who Actor, login string, g Grant) error {
	to, err := a.Actor(tx, login)
	if err != nil {
		return err
	}
	if err := who.may(DoGrant, object{name: to.ID}); err != nil {
		return err
	}
	n, err := tx.Exec(`DELETE FROM ra_grant WHERE user_id = $1 AND role = $2 AND organisation = $3 AND domain = $4 AND profile = $5`,
		to.ID, g.Role, g.Scope.Organisation, g.Scope.Domain, g.Scope.Profile)
	if err != nil {
		return err
	}
	if n == 0 {
		return refuse("grant.none", "", "role", string(g.Role), "there is no such grant", "see: waxwing ra user list")
	}
	return a.log(tx, who.ID, "role.taken", to.ID, details{"role": g.Role, "scope": g.Scope})
}

// Users lists who can act here.
func (a *RA) Users(tx *db.Tx, who Actor) ([]User, error) {
	if err := a.mayGrant(tx, who, DoUsers, "users"); err != nil {
		return nil, err
	}
	var list []User
	err := tx.Each(func(scan scanner) error {
		var u User
		err := scan(&u.ID, &u.Name, &u.Title, &u.Person)
		list = append(list, u)
		return err
	}, `SELECT id, login, name, person FROM ra_user ORDER BY login`)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Grants, err = grantsOf(tx, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Question selects applications for Queue. What is empty selects nothing away.
type Question struct {
	States  []State // none: all that wait for somebody
	Person  string
	Profile string
	After   string // id: the next page begins behind it
	Limit   int    // 0: 100
}

// Queue lists the applications that an actor may see as a member of the house, oldest first.
func (a *RA) Queue(tx *db.Tx, who Actor, q Question) ([]Application, error) {
	if err := who.has(DoQueue); err != nil {
		return nil, err
	}
	return a.list(tx, q, func(p Application) bool { return who.may(DoQueue, p.object()) == nil })
}

// Mine lists what an actor applied for, and what is about him.
func (a *RA) Mine(tx *db.Tx, who Actor) ([]Application, error) {
	states := []State{}
	for _, t := range transitions {
		states = append(states, t.From, t.To)
	}
	slices.Sort(states)
	return a.list(tx, Question{States: slices.Compact(states)}, func(p Application) bool { return p.object().ownedBy(who) })
}

// list reads the applications in pages, so that a long history costs no memory.
func (a *RA) list(tx *db.Tx, q Question, mine func(Application) bool) ([]Application, error) {
	if q.Limit == 0 {
		q.Limit = 100
	}
	if len(q.States) == 0 {
		q.States = []State{Draft, Submitted, Collecting, InReview, Changes, OnHold, Validated, Approved, Issuing, Failed}
	}
	marks, args := []string{}, []any{q.After}
	for i, s := range q.States {
		marks, args = append(marks, fmt.Sprintf("$%d", i+2)), append(args, string(s))
	}
	const page = 500
	query := `SELECT body FROM ra_application WHERE id > $1 AND state IN (` + strings.Join(marks, ", ") + fmt.Sprintf(`) ORDER BY id LIMIT %d`, page)
	var list []Application
	for {
		some, err := loadAll[Application](tx, query, args...)
		if err != nil {
			return nil, err
		}
		for _, p := range some {
			args[0] = p.ID
			if q.Person != "" && q.Person != p.Person || q.Profile != "" && q.Profile != p.Profile || !mine(p) {
				continue
			}
			if list = append(list, p); len(list) == q.Limit {
				return list, nil
			}
		}
		if len(some) < page {
			return list, nil
		}
	}
}

// has returns a *Forbidden unless the actor has a verb in some scope.
func (w Actor) has(v Verb) error {
	for r := range matrix[v] {
		if w.Has(r) {
			return nil
		}
	}
	return &Forbidden{Verb: v, Who: w.ID, Object: "applications", Why: "this takes the role " + strings.Join(Allowed(v), " or ")}
}
