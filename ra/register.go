package ra

import (
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

// Register returns the user with a login name, and makes him known if he is not: everybody may apply, and has no other right by that. A
// face calls it for whoever logged in.
func (a *RA) Register(tx *db.Tx, login, title string) (Actor, error) {
	w, err := userByLogin(tx, login)
	if err == nil {
		return a.Actor(tx, login)
	}
	if !errors.Is(err, db.ErrNone) {
		return w, err
	}
	if err := loginName(login); err != nil {
		return w, err
	}
	w = Actor{ID: "user:" + tx.NewID(), Name: login}
	if _, err := tx.Exec(`INSERT INTO ra_user (id, login, name, person) VALUES ($1, $2, $3, '')`, w.ID, login, title); err != nil {
		return w, err
	}
	return w, a.log(tx, w.ID, "user.registered", w.ID, nil)
}
