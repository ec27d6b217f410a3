package ca

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/lint"
)

// Window is how long after Prepare a certificate may be signed. What was not signed by then is given up by Recover.
const Window = 10 * time.Minute

// Ready is one certificate that may be signed: looked at, and recorded as planned. It is good for one Issue, for as long as Window.
type Ready struct {
	row   *Certificate
	b     *blueprint // nil if the Reference has a certificate
	draft *draftCertificate
	used  atomic.Bool
	chain [][]byte // above the certificate
}

// Certificate is the row as planned, or the certificate that the same Reference got before.
func (r *Ready) Certificate() *Certificate { return r.row }

// Prepare checks an order against its profile, builds what would be signed, lints it, reserves the serial number and records the
// intent. A *Refusal lists what is wrong with the order. If the order's Reference has a certificate, Ready carries it and Issue returns
// it; if it has an intent that was not carried out, that one becomes Void.
func (c *CA) Prepare(tx *db.Tx, o Order) (*Ready, error) {
	if err := c.fault("prepare.begin"); err != nil {
		return nil, err
	}
	again, err := c.settle(tx, &o)
	if err != nil || again != nil {
		return again, err
	}
	at, err := steadyNow(tx)
	if err != nil {
		return nil, err
	}
	b, err := c.draft(tx, &o, at)
	if err != nil {
		return nil, err
	}
	if err := c.fault("prepare.drafted"); err != nil {
		return nil, err
	}
	draft, err := b.write()
	if err != nil {
		return nil, err
	}
	if err := c.lookTwice(b, draft, latest(at, b.template.NotBefore)); err != nil {
		return nil, err
	}
	if err := c.fault("prepare.linted"); err != nil {
		return nil, err
	}
	return c.record(tx, b, draft)
}

// record writes the intent: the number, the bytes and whose they are (S/MIME BR §4.3.1.2; AUTHORITY §4.2: there must be a record of
// what was planned even if the power fails).
func (c *CA) record(tx *db.Tx, b *blueprint, draft *draftCertificate) (*Ready, error) {
	o := b.order
	row := &Certificate{ID: tx.NewID(), Authority: b.authority.ID, Serial: fmt.Sprintf("%040x", b.template.Serial), State: Planned, Shard: b.shard, DER: draft.raw,
		SPKI: b.key.hash, Profile: b.profile.Ref(), Holder: o.Holder, Credential: o.Credential, Reference: o.Reference, By: o.By,
		NotBefore: b.template.NotBefore, NotAfter: b.template.NotAfter, Planned: tx.Now}
	text, err := draft.lintRecord(tx.Now)
	if err != nil {
		return nil, err
	}
	if err := insertCertificate(tx, row, hexSum(draft.tbs), text); err != nil {
		return nil, fmt.Errorf("reserve the serial number %s: %w", row.Serial, err)
	}
	if err := c.fault("prepare.reserved"); err != nil {
		return nil, err
	}
	for _, a := range b.addresses {
		if err := insertAddress(tx, addressKey(a), row.ID); err != nil {
			return nil, err
		}
	}
	if err := c.fault("prepare.addressed"); err != nil {
		return nil, err
	}
	if err := c.enter(tx, row, "certificate.planned", row.By, o.Approvers); err != nil {
		return nil, err
	}
	ready := &Ready{row: row, b: b, draft: draft, chain: chainOf(b.authority, b.issuer == nil)}
	return ready, c.fault("prepare.recorded")
}

// settle looks for what was made of the same order before.
func (c *CA) settle(tx *db.Tx, o *Order) (*Ready, error) {
	if o.Reference == "" {
		return nil, nil // draft refuses it
	}
	before, err := byReference(tx, o.Reference)
	if errors.Is(err, db.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if before.State == Planned {
		return nil, c.giveUp(tx, before, o.By, "the order was prepared anew")
	}
	if no := c.differs(o, before); no != nil {
		return nil, no
	}
	a, err := GetAuthority(tx, before.Authority)
	if err != nil {
		return nil, err
	}
	return &Ready{row: before, chain: chainOf(a, before.isOf(a))}, nil
}

// differs refuses another key or holder under a Reference that has its certificate.
func (c *CA) differs(o *Order, before *Certificate) error {
	no := &Refusal{}
	key, readable := c.readKey(o, &Refusal{})
	if !readable || key.hash != before.SPKI || o.Holder != before.Holder {
		no.add(Problem{Code: "order.reference-used", Field: "reference", What: fmt.Sprintf("%q has the certificate %s already, for another key or holder", o.Reference, before.Serial), Advice: "name another order otherwise"})
	}
	return no.err()
}

// isOf reports whether the certificate is the authority's own.
func (c *Certificate) isOf(a *Authority) bool { return c.Holder == "authority:"+a.ID }

// giveUp makes an intent void: its number is never used.
func (c *CA) giveUp(tx *db.Tx, row *Certificate, by, why string) error {
	if err := voidCertificate(tx, row.ID); err != nil {
		return err
	}
	details, err := json.Marshal(map[string]string{"authority": row.Authority, "serial": row.Serial, "why": why})
	if err != nil {
		return err
	}
	if _, err := c.Log.Append(tx, audit.Entry{Who: by, What: "certificate.void", Object: "certificate:" + row.ID, Details: details}); err != nil {
		return err
	}
	return c.fault("prepare.voided")
}

// enter writes an act on a certificate into the log: names of rows and hashes, nothing personal.
func (c *CA) enter(tx *db.Tx, row *Certificate, what, who string, approvers []string) error {
	details, err := json.Marshal(struct {
		Authority   string   `json:"authority"`
		Serial      string   `json:"serial"`
		Profile     string   `json:"profile"`
		Reference   string   `json:"reference"`
		Fingerprint string   `json:"sha256,omitempty"`
		SPKI        string   `json:"spki_sha256"`
		Approvers   []string `json:"approvers,omitempty"`
	}{row.Authority, row.Serial, row.Profile, row.Reference, row.Fingerprint, row.SPKI, approvers})
	if err != nil {
		return err
	}
	_, err = c.Log.Append(tx, audit.Entry{Who: who, What: what, Object: "certificate:" + row.ID, Details: details})
	return err
}

// chainOf is what stands above a certificate of an authority.
func chainOf(a *Authority, self bool) [][]byte {
	if self || a.Certificate == nil {
		return nil
	}
	return append([][]byte{a.Certificate}, a.Chain...)
}

// steadyNow is the moment of the transaction, or that of the last intent if the clock went back by less than an hour since: a
// certificate is not backdated because a clock was set right.
func steadyNow(tx *db.Tx) (time.Time, error) {
	last, err := lastPlanned(tx)
	if err != nil {
		return time.Time{}, err
	}
	if last.After(tx.Now) && last.Sub(tx.Now) < time.Hour {
		return last, nil
	}
	return tx.Now, nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Preview is what an order would lead to.
type Preview struct {
	DER      []byte        // the linting certificate: what would be signed, with a dummy signature
	Profile  string        // "name@version"
	Lint     []lint.Result // what failed without being refused
	Policies []string      // of the certificate, dotted
}

// Preview prepares an order as of a moment (zero: now) without recording anything. A *Refusal says what is wrong with it then.
func (c *CA) Preview(tx *db.Tx, o Order, at time.Time) (*Preview, error) {
	if at.IsZero() {
		at = tx.Now
	}
	b, err := c.draft(tx, &o, at)
	if err != nil {
		return nil, err
	}
	draft, err := b.write()
	if err != nil {
		return nil, err
	}
	if err := c.lookTwice(b, draft, latest(at, b.template.NotBefore)); err != nil {
		return nil, err
	}
	p := &Preview{DER: draft.raw, Profile: b.profile.Ref(), Lint: draft.lint}
	list, err := b.policies(b.public)
	for _, x := range list {
		p.Policies = append(p.Policies, x.ID.String())
	}
	return p, err
}
