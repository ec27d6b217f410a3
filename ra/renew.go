package ra

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// Renewal is how a credential is renewed. The zero value renews it with new keys of the vault.
type Renewal struct {
	Kind     Kind     // "": renew; rekey and replace may come before the last third
	Requests [][]byte // PKCS#10 in DER, one for each certificate; none: the vault makes the keys
	Terms    string   // version of the agreement that is accepted
	Channel  string
}

// RenewFrom is the first moment at which a credential may be renewed without a reason: its last third begins.
func (c Credential) RenewFrom() time.Time {
	return c.NotAfter.Add(-c.NotAfter.Sub(c.Since) / 3).Truncate(time.Second)
}

// Renew applies for the successor of a credential: the same person, subject and addresses. Because requirements are shared, it asks
// only for what has lapsed (AUTHORITY 45). The old credential works until it ends.
func (a *RA) Renew(tx *db.Tx, who Actor, credential string, n Renewal) (Application, error) {
	c, err := a.credential(tx, who, DoRenew, credential)
	if err != nil {
		return Application{}, err
	}
	if n.Kind == "" {
		n.Kind = Renew
	}
	switch {
	case c.State == CredentialRevoked && n.Kind != Replace:
		return Application{}, refuse("renew.revoked", "S/MIME BR §4.7", "credential", c.ID, "it was revoked", "apply for one in its place: --kind replace")
	case c.State == CredentialSuperseded:
		return Application{}, refuse("renew.superseded", "S/MIME BR §4.7", "credential", c.ID, "there is a newer one: "+c.Successor, "renew that one")
	case n.Kind == Renew && tx.Now.Before(c.RenewFrom()):
		return Application{}, refuse("renew.early", "S/MIME BR §4.6.1", "credential", c.ID, "it is good until "+c.NotAfter.Format(time.DateOnly), "renew it from "+c.RenewFrom().Format(time.DateOnly)+" on; for new keys: --kind rekey")
	}
	old, err := applicationByID(tx, c.Application)
	if err != nil {
		return old, err
	}
	known, err := personByID(tx, c.Person)
	if err != nil {
		return old, err
	}
	if known.State != "active" {
		return old, refuse("renew.left", "S/MIME BR §4.6.1", "person", c.Person, "the person is "+known.State, "apply anew")
	}
	p := Application{ID: tx.NewID(), Version: 1, Kind: n.Kind, State: Draft, Profile: old.Profile, Subject: old.Subject, Organisation: old.Organisation, Person: old.Person,
		Submitter: who.ID, Channel: n.Channel, Terms: n.Terms, Replaces: c.ID, Editors: []string{who.ID}, Created: tx.Now, Changed: tx.Now}
	if who.ID == House.ID {
		p.Submitter, p.Editors = old.Submitter, nil // the clock applies for him
	}
	if p.Channel == "" {
		p.Channel = "cli"
	}
	if p.Terms == "" {
		p.Terms = old.Terms
	}
	if err := a.fill(tx, &p, NewApplication{Profile: old.Profile, Addresses: c.Addresses, Organisation: old.Organisation, Requests: n.Requests, Algorithm: old.algorithm()}); err != nil {
		return p, err
	}
	if err := errors.Join(insertApplication(tx, p), insertRevision(tx, p, who.ID, "renew"), replaceAddresses(tx, p)); err != nil {
		return p, err
	}
	if err := a.log(tx, who.ID, "application.created", p.name(), details{"profile": p.Profile, "kind": p.Kind, "replaces": c.ID, "person": p.Person}); err != nil {
		return p, err
	}
	return a.Submit(tx, who, p.Ref())
}

// carried are the approvals of the application that is renewed, if this one asks for exactly the same with other keys: what they were
// about did not change. Only with RA.CarryApprovals.
func (a *RA) carried(tx *db.Tx, p Application) ([]Approval, error) {
	if !a.CarryApprovals || p.Kind != Renew || p.Replaces == "" {
		return nil, nil
	}
	c, err := credentialByID(tx, p.Replaces)
	if err != nil || c.State == CredentialRevoked {
		return nil, noneIs(err, nil)
	}
	old, err := applicationByID(tx, c.Application)
	if err != nil {
		return nil, err
	}
	same := old.Subject == p.Subject && slices.Equal(old.Addresses, p.Addresses) && slices.EqualFunc(old.Parts, p.Parts, func(x, y Part) bool { return x.Profile == y.Profile })
	if !same || tx.Now.Sub(c.Since) > kinds["individual"].Reuse {
		return nil, nil
	}
	return a.valid(tx, old)
}

// notices are how many days before the end people are reminded.
var notices = []int64{60, 30, 14, 7, 1}

// Notice is a reminder that is due.
type Notice struct {
	Credential Credential `json:"credential"`
	Days       int64      `json:"days"` // which of 60, 30, 14, 7, 1 it is
}

// Notices lists the reminders that are due: for each credential that ends, has no successor, and was not reminded, the latest one.
func (a *RA) Notices(tx *db.Tx) ([]Notice, error) {
	ending, err := loadAll[Credential](tx, `SELECT body FROM ra_credential WHERE state = 'valid' AND not_after > $1 AND not_after <= $2 ORDER BY not_after, id`,
		tx.Now, tx.Now.Add(time.Duration(notices[0])*day))
	if err != nil {
		return nil, err
	}
	var list []Notice
	for _, c := range ending {
		due := notices[0]
		for _, n := range notices {
			if c.NotAfter.Sub(tx.Now) <= time.Duration(n)*day {
				due = n
			}
		}
		sent, err := count(tx, `SELECT count(*) FROM ra_notice WHERE credential = $1 AND days <= $2`, c.ID, due)
		if err != nil {
			return nil, err
		}
		if sent == 0 {
			list = append(list, Notice{Credential: c, Days: due})
		}
	}
	return list, nil
}

// Reminded records that a reminder was sent: it does not come again.
func (a *RA) Reminded(tx *db.Tx, who Actor, n Notice) error {
	if err := who.may(DoRemind, n.Credential.object("")); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO ra_notice (credential, days, sent_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, n.Credential.ID, n.Days, tx.Now); err != nil {
		return err
	}
	return a.log(tx, who.ID, "notice.sent", n.Credential.name(), details{"days": n.Days})
}

// NoticeText is what a reminder says, in plain text.
func (n Notice) NoticeText() string {
	return fmt.Sprintf("Your certificate for %s ends on %s.\n\nRenew it: waxwing request renew %s\nOnly what has to be confirmed again is asked for. Your old mail stays readable.\n",
		n.Credential.Addresses[0], n.Credential.NotAfter.Format(time.DateOnly), n.Credential.ID)
}
