package ca

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// StoredProfile is a version of a profile in the database.
type StoredProfile struct {
	Profile
	Added   time.Time `json:"added"`
	Retired time.Time `json:"retired,omitzero"` // zero: not
}

// Holds reports whether the version may be used at a moment.
func (s StoredProfile) Holds(at time.Time) bool {
	return !at.Before(s.From) && (s.Until.IsZero() || at.Before(s.Until)) && (s.Retired.IsZero() || at.Before(s.Retired))
}

// AddProfile stores a profile as the next version of its name. Versions that exist never change. The version is entered in the log.
func (c *CA) AddProfile(tx *db.Tx, p Profile, who string) (Profile, error) {
	if err := p.Check(); err != nil {
		return p, err
	}
	last, err := lastVersion(tx, p.Name)
	if err != nil {
		return p, err
	}
	p.Version = last + 1
	body, err := json.Marshal(p)
	if err != nil {
		return p, err
	}
	if err := insertProfile(tx, p, string(body)); err != nil {
		return p, err
	}
	details, err := json.Marshal(map[string]string{"sha256": hexSum(body)})
	if err != nil {
		return p, err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: who, What: "profile.added", Object: "profile:" + p.Ref(), Details: details})
	return p, err
}

// AddBuiltin stores the profiles that every house begins with, where their name is not there yet.
func (c *CA) AddBuiltin(tx *db.Tx, who string) error {
	for _, p := range Builtin() {
		if last, err := lastVersion(tx, p.Name); err != nil || last > 0 {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := c.AddProfile(tx, p, who); err != nil {
			return err
		}
	}
	return nil
}

// RetireProfile ends the use of one version; what was issued by it stays as it is.
func (c *CA) RetireProfile(tx *db.Tx, ref, who string) error {
	s, err := GetProfile(tx, ref, time.Time{})
	if err != nil {
		return err
	}
	if err := retireProfile(tx, s.Profile); err != nil {
		return err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: who, What: "profile.retired", Object: "profile:" + s.Ref()})
	return err
}

// GetProfile finds "name@version", whether or not it holds, or for a bare name the newest version that holds at a moment (zero: now).
// db.ErrNone if there is none.
func GetProfile(tx *db.Tx, ref string, at time.Time) (*StoredProfile, error) {
	name, version, exact := strings.Cut(ref, "@")
	if exact {
		n, err := strconv.Atoi(version)
		if err != nil {
			return nil, fmt.Errorf("the profile %q is not of the form name@version: %w", ref, db.ErrNone)
		}
		return profileVersion(tx, name, n)
	}
	if at.IsZero() {
		at = tx.Now
	}
	list, err := profileVersions(tx, name)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if s.Holds(at) {
			return s, nil
		}
	}
	return nil, db.ErrNone
}

// Profiles lists all versions of all profiles, or of one name: by name, the newest version first.
func Profiles(tx *db.Tx, name string) ([]*StoredProfile, error) { return profileVersions(tx, name) }

// usableProfile is the profile of an order, or the problem with it.
func usableProfile(tx *db.Tx, ref string, at time.Time) (*StoredProfile, *Problem, error) {
	s, err := GetProfile(tx, ref, at)
	switch {
	case errors.Is(err, db.ErrNone):
		return nil, &Problem{Code: "profile.unknown", Field: "profile", What: fmt.Sprintf("no profile %q holds now", ref), Advice: "choose one of: waxwing ca profiles"}, nil
	case err != nil:
		return nil, nil, err
	case !s.Holds(at):
		return nil, &Problem{Code: "profile.ended", Field: "profile", What: fmt.Sprintf("the profile %s does not hold on %s", s.Ref(), at.Format(time.DateOnly)), Advice: "order by the newest version: leave @version out"}, nil
	}
	return s, nil, nil
}
