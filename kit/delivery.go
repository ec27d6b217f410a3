package kit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// DefaultLife is how long a link is good.
const DefaultLife = 72 * time.Hour

// State is where a delivery stands.
type State string

// The states. The first two end by themselves.
const (
	Waiting   State = "waiting"   // the link is out
	Opening   State = "opening"   // the kit is being made for the person
	Opened    State = "opened"    // fetched, and the link is used up
	Confirmed State = "confirmed" // the person says that it works
	Expired   State = "expired"   // nobody came in time
	Withdrawn State = "withdrawn" // by an officer, or after too many tries from other accounts
)

// Delivery is one kit that waits for its person. The kit itself is made when it is fetched, and is kept nowhere.
type Delivery struct {
	ID      string    `json:"id"`
	Account string    `json:"account"` // who may fetch it, as the login names people: "user:alice"
	Object  string    `json:"object"`  // what it is about: "credential:01J..."
	Form    Form      `json:"form"`    // proposed; the person may choose another
	State   State     `json:"state"`
	Wrong   int64     `json:"wrong"` // tries from other accounts
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
	Opened  time.Time `json:"opened,omitzero"` // when it was fetched, or its making began
	Closed  time.Time `json:"closed,omitzero"` // when it was confirmed, expired or withdrawn
}

// Deliveries keeps the links.
type Deliveries struct {
	Log  *audit.Log    // required
	Life time.Duration // of a link; zero is DefaultLife
}

// Order is what a delivery is asked for.
type Order struct {
	Account string // required
	Object  string // required
	Form    Form   // empty: Modern
	By      string // who orders it, for the audit; required
}

// Create makes a link and returns its secret part, which is for the mail to the person and is not kept. An older link for the
// same thing that still waits is withdrawn, so that one link counts.
func (s *Deliveries) Create(tx *db.Tx, o Order) (Delivery, string, error) {
	form, err := ParseForm(string(o.Form))
	if err != nil {
		return Delivery{}, "", err
	}
	if o.Account == "" || o.Object == "" || o.By == "" {
		return Delivery{}, "", errors.New("a delivery needs an account, an object, and who orders it")
	}
	old, err := deliveriesOf(tx, o.Object)
	if err != nil {
		return Delivery{}, "", err
	}
	for _, d := range old {
		if (d.State == Waiting || d.State == Opening) && d.Account == o.Account {
			if err := s.close(tx, d, Withdrawn, o.By, "replaced by a new link"); err != nil {
				return Delivery{}, "", err
			}
		}
	}
	life := s.Life
	if life == 0 {
		life = DefaultLife
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	d := Delivery{ID: tx.NewID(), Account: o.Account, Object: o.Object, Form: form, State: Waiting, Created: tx.Now, Expires: tx.Now.Add(life)}
	token := base64.RawURLEncoding.EncodeToString(secret)
	if err := insertDelivery(tx, d, hashOf(token)); err != nil {
		return d, "", err
	}
	return d, token, s.note(tx, d, o.By, "delivery.created", map[string]any{"object": d.Object, "form": d.Form, "expires": d.Expires})
}

// Look is for the page behind the link, before the button. It changes nothing and tells whether the link could still be
// used; a mail scanner that follows links gets no further.
func (s *Deliveries) Look(tx *db.Tx, token string) (*Refusal, error) {
	_, refusal, err := s.find(tx, token)
	return refusal, err
}

// Confirm notes that the person has it working, or uses it.
func (s *Deliveries) Confirm(tx *db.Tx, id, account string) (*Refusal, error) {
	d, ok, err := deliveryByID(tx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok || d.Account != account:
		return refuse(RefusedUnknown), nil
	case d.State != Opened:
		return refuse(RefusedNotOpened), nil
	}
	return nil, s.close(tx, d, Confirmed, account, "")
}

// Withdraw makes a waiting link worthless.
func (s *Deliveries) Withdraw(tx *db.Tx, id, by, why string) error {
	d, ok, err := deliveryByID(tx, id)
	if err != nil {
		return err
	}
	if !ok || d.State != Waiting && d.State != Opening {
		return fmt.Errorf("delivery %s does not wait: it can be withdrawn no more", id)
	}
	return s.close(tx, d, Withdrawn, by, why)
}

// Expire closes up to most links whose time is over, and returns how many: a job calls it. Links are refused after their
// time whether or not it ran.
func (s *Deliveries) Expire(tx *db.Tx, by string, most int) (int, error) {
	list, err := deliveriesOver(tx, most)
	for _, d := range list {
		if err == nil {
			err = s.close(tx, d, Expired, by, "")
		}
	}
	return len(list), err
}

// Of lists the deliveries about an object, the oldest first.
func (s *Deliveries) Of(tx *db.Tx, object string) ([]Delivery, error) {
	return deliveriesOf(tx, object)
}

func (s *Deliveries) close(tx *db.Tx, d Delivery, to State, by, why string) error {
	d.State, d.Closed = to, tx.Now
	if err := updateDelivery(tx, d); err != nil {
		return err
	}
	details := map[string]any{"object": d.Object}
	if why != "" {
		details["why"] = why
	}
	return s.note(tx, d, by, "delivery."+string(to), details)
}

func (s *Deliveries) note(tx *db.Tx, d Delivery, by, what string, details map[string]any) error {
	raw, err := json.Marshal(details)
	if err != nil {
		return err
	}
	_, err = s.Log.Append(tx, audit.Entry{Who: by, What: what, Object: "delivery:" + d.ID, Details: raw})
	return err
}

// hashOf is what is kept of a link. The link has 256 random bits, so that a plain hash is enough.
func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
