package ca

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// RevokeOrder asks to revoke one certificate, or all of a key.
type RevokeOrder struct {
	Certificate string     // id of the certificate; empty: SPKI says which
	SPKI        string     // SHA-256 of a SubjectPublicKeyInfo, hexadecimal: every certificate with this key
	Reason      pki.Reason // as it will stand in the CRL; see Causes
	Cause       string     // name of a Cause, which gives the reason if Reason is zero; empty: none
	Known       time.Time  // since when the cause is known: a revocation after its deadline is entered as late; zero: now
	Invalid     time.Time  // when the key was lost (RFC 5280 §5.3.2); zero: not known
	By          string     // who does it, for the log; required
	Report      string     // what led to it, such as "report:01J..."; empty: nothing that has a name
}

// Revoke revokes, or holds, certificates from the moment of the transaction on. The lists and answers that say so are made next:
// see BuildCRLs and Responder. A *Refusal says why it must not be done.
//
// A compromised key is compromised in every certificate that has it (S/MIME BR §6.1.2): with the reason keyCompromise all of them
// are revoked, and the key is blocked for ever. What is revoked already stays as it is, except that a hold becomes final and
// that every reason may become keyCompromise; Again tells.
func (c *CA) Revoke(tx *db.Tx, o RevokeOrder) ([]*Revocation, error) {
	var no Refusal
	if err := o.complete(&no); err != nil {
		return nil, err
	}
	targets, err := o.targets(tx, &no)
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		if err := mayRevoke(tx, t, o, &no); err != nil {
			return nil, err
		}
	}
	if err := no.err(); err != nil {
		return nil, err
	}
	var list []*Revocation
	for _, t := range targets {
		r, err := c.revokeOne(tx, t, o)
		if err != nil {
			return nil, fmt.Errorf("revoke the certificate %s: %w", t.ID, err)
		}
		list = append(list, r)
	}
	if key := o.compromised(targets); key != "" {
		source := "revoked as compromised"
		if o.Report != "" {
			source = o.Report
		}
		if _, err := c.Block(tx, BlockedKey{SPKI: key, Source: source, By: o.By}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// complete fills in the reason of a cause.
func (o *RevokeOrder) complete(no *Refusal) error {
	if o.By == "" || (o.Certificate == "") == (o.SPKI == "") {
		return errors.New("ca: revoke: say who does it, and name either a certificate or a key")
	}
	if o.Cause == "" {
		return nil
	}
	cause, ok := CauseNamed(o.Cause)
	if !ok {
		no.add(Problem{Code: "revoke.cause", Section: "S/MIME BR §4.9.1.1", Field: "cause", What: fmt.Sprintf("%q is no cause", o.Cause), Advice: "see `waxwing ca revoke --help` for the causes"})
	}
	if o.Reason == pki.Unspecified {
		o.Reason = cause.Reason
	}
	return nil
}

// targets are the certificates meant.
func (o *RevokeOrder) targets(tx *db.Tx, no *Refusal) ([]*Certificate, error) {
	if o.Certificate == "" {
		return issuedWithKey(tx, o.SPKI)
	}
	one, err := Get(tx, o.Certificate)
	switch {
	case errors.Is(err, db.ErrNone):
		no.add(Problem{Code: "revoke.unknown", Field: "certificate", What: "there is no certificate " + o.Certificate, Advice: "find it with `waxwing cert find`"})
		return nil, nil
	case err != nil:
		return nil, err
	case one.State != Valid:
		no.add(Problem{Code: "revoke.not-issued", Field: "certificate", What: fmt.Sprintf("the certificate %s is %s: it was never signed", one.ID, one.State), Advice: "leave it: it can never be used"})
		return nil, nil
	case o.Reason == pki.KeyCompromise || o.Reason == pki.CACompromise:
		return issuedWithKey(tx, one.SPKI) // S/MIME BR §6.1.2
	}
	return []*Certificate{one}, nil
}

// compromised is the key that nobody may use again, if the order says so.
func (o *RevokeOrder) compromised(targets []*Certificate) string {
	switch {
	case o.Reason != pki.KeyCompromise && o.Reason != pki.CACompromise:
		return ""
	case o.SPKI != "":
		return o.SPKI
	case len(targets) > 0:
		return targets[0].SPKI
	}
	return ""
}

// revokeOne writes the decision about one certificate.
func (c *CA) revokeOne(tx *db.Tx, t *Certificate, o RevokeOrder) (*Revocation, error) {
	before, err := revocationOf(tx, t.ID)
	if err != nil {
		return nil, err
	}
	if before.Counts() && !o.worsens(before) {
		before.Again = true
		return before, nil
	}
	r := &Revocation{Certificate: t.ID, Authority: t.Authority, Shard: t.Shard, Serial: t.Serial, State: Revoked, Reason: o.reasonFor(t),
		Revoked: tx.Now, Decided: tx.Now, Invalid: o.Invalid, By: o.By, Report: o.Report}
	what := "certificate.revoked"
	if r.Reason == pki.CertificateHold {
		r.State, what = Held, "certificate.held"
	}
	if before.Counts() {
		r.Revoked = before.Revoked
	}
	if err := putRevocation(tx, r, t.NotAfter); err != nil {
		return nil, err
	}
	return r, c.enterStatus(tx, what, r, o)
}

// worsens reports whether an order changes what was decided before.
func (o *RevokeOrder) worsens(before *Revocation) bool {
	if before.State == Held {
		return o.Reason != pki.CertificateHold
	}
	grave := func(r pki.Reason) bool { return r == pki.KeyCompromise || r == pki.CACompromise }
	return grave(o.Reason) && !grave(before.Reason)
}

// Release takes a hold back. What was revoked for good stays so.
func (c *CA) Release(tx *db.Tx, certificate, by string) (*Revocation, error) {
	r, err := revocationOf(tx, certificate)
	if err != nil {
		return nil, err
	}
	if r == nil || r.State != Held {
		no := Refusal{}
		no.add(Problem{Code: "release.not-held", Section: "RFC 5280 §5.3.1", Field: "certificate", What: "the certificate " + certificate + " is not on hold", Advice: "only a hold can be taken back; issue a new certificate"})
		return nil, no.err()
	}
	t, err := Get(tx, certificate)
	if err != nil {
		return nil, err
	}
	r.State, r.Decided, r.By = Released, tx.Now, by
	if err := putRevocation(tx, r, t.NotAfter); err != nil {
		return nil, err
	}
	return r, c.enterStatus(tx, "certificate.released", r, RevokeOrder{By: by})
}

// enterStatus writes the act into the log.
func (c *CA) enterStatus(tx *db.Tx, what string, r *Revocation, o RevokeOrder) error {
	facts := struct {
		Serial    string     `json:"serial"`
		Authority string     `json:"authority"`
		Reason    string     `json:"reason"`
		Cause     string     `json:"cause,omitempty"`
		Invalid   *time.Time `json:"invalidityDate,omitempty"`
		Report    string     `json:"report,omitempty"`
		Late      bool       `json:"late,omitempty"`
	}{Serial: r.Serial, Authority: r.Authority, Reason: r.Reason.String(), Cause: o.Cause, Report: r.Report}
	if !r.Invalid.IsZero() {
		facts.Invalid = &r.Invalid
	}
	if cause, ok := CauseNamed(o.Cause); ok && !o.Known.IsZero() {
		must, _ := cause.Deadline(o.Known)
		facts.Late = tx.Now.After(must)
	}
	details, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: o.By, What: what, Object: "certificate:" + r.Certificate, Details: details})
	return err
}
