// Package ra is the desk where people apply for certificates: it collects their papers, has them checked by one person and approved
// by another, and orders from ca what was approved.
//
//	house := &ra.RA{Log: log, Vault: vault, CA: authority}
//	err := house.Do(ctx, d, func(tx *db.Tx) error {
//		app, err := house.Apply(tx, ada, ra.NewApplication{Profile: "sponsor-strict", Subject: subject})
//		if err != nil {
//			return err
//		}
//		app, err = house.Submit(tx, ada, app.Ref())
//		return err
//	})
//
// Everything is one verb on RA, in the caller's transaction, with the Actor who does it: a button, a command and an API call end in
// the same verb. Who may do what is one table (Matrix), which states follow which another (Transitions), how long a check may be relied
// upon a third (Kinds). What a person must change comes back as *Refused, a list with section, field and remedy; what somebody
// may not do as *Forbidden; what somebody else changed meanwhile as *Conflict with the difference.
//
// The verbs that cannot live in one transaction take the database: Do, Order, Upload, SendProof, Import.
//
// It never sees a private key, knows no protocol of the net, sends no mail itself and renders no document that somebody uploaded.
//
// S/MIME Baseline Requirements of the CA/Browser Forum §1.3.2, §3.2, §4.1 to §4.4, §4.9, §5.4; RFC 2986 (requests).
package ra

import (
	"context"
	"errors"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

// RA is the desk. Its fields are set before use and not changed.
type RA struct {
	Log   *audit.Log // every act is entered here; required
	Vault Vault      // wraps the keys of documents and makes keys; nil refuses documents, and takes only keys that applicants made
	CA    *ca.CA     // issues what was approved; required
	From  string     // the address that mails of this desk come from; "" refuses mailbox proofs by mail
	Name  string     // how this desk calls itself in mails; "" is Waxwing

	// CarryApprovals lets the approvals of a credential count for its renewal, if nothing changes but the keys. Without it each renewal is
	// approved by people again.
	CarryApprovals bool

	// Fault is called at the steps of Order by their names (see Points); an error ends it there. nil: never. It is for tests that crash.
	Fault func(point string) error
}

// Vault wraps the keys of documents, and makes keys for people. *vault.Vault is one.
type Vault interface {
	// Wrap seals a key; context must be given again to Unwrap.
	Wrap(key []byte, context string) ([]byte, error)
	// Unwrap opens what Wrap sealed.
	Unwrap(wrapped []byte, context string) ([]byte, error)
	// Generate makes a key and keeps it.
	Generate(tx *db.Tx, s vault.Spec) (vault.Key, error)
}

// Do runs f as one writing transaction. What was forbidden is entered in the log all the same: the refused act leaves nothing else.
func (a *RA) Do(ctx context.Context, d *db.DB, f func(tx *db.Tx) error) error {
	err := d.Write(ctx, f)
	var no *Forbidden
	if !errors.As(err, &no) {
		return err
	}
	return errors.Join(err, d.Write(ctx, func(tx *db.Tx) error {
		return a.log(tx, no.Who, "act.forbidden", no.Object, details{"verb": string(no.Verb), "why": no.Why})
	}))
}
