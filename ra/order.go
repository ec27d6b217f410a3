package ra

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"crypto/sha256"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

// Order has an approved application issued: the requirements are looked at once more at that moment, missing keys are made by the vault,
// and all certificates of the application are prepared together and issued together. A program that dies in between leaves the
// application issuing; the same call goes on, and gets the certificates that exist. What the authority refuses makes it failed,
// with the list of reasons; it can be amended, or ordered again.
func (a *RA) Order(ctx context.Context, d *db.DB, who Actor, id string) (Application, []*ca.Issued, error) {
	var p Application
	err := a.Do(ctx, d, func(tx *db.Tx) (err error) { p, err = a.begin(tx, who, id); return err })
	if err != nil {
		return p, nil, err
	}
	if p.State == Issued || p.State == Delivering || p.State == Active {
		list, err := a.again(ctx, d, who, p)
		return p, list, err
	}
	if p.State != Issuing { // a requirement lapsed since the approval: that is recorded
		return p, nil, &WrongState{Object: p.name(), State: string(p.State), Event: string(onOrder), Where: []string{string(Approved)}}
	}
	if err := a.fault("order.begun"); err != nil {
		return p, nil, err
	}
	var ready []*ca.Ready
	err = d.Write(ctx, func(tx *db.Tx) (err error) { ready, err = a.prepare(tx, who, p); return err })
	if err == nil {
		err = a.fault("order.prepared")
	}
	var issued []*ca.Issued
	if err == nil {
		issued, err = a.CA.IssueAll(ctx, d, ready)
	}
	if err == nil {
		err = a.fault("order.issued")
	}
	if err == nil {
		err = d.Write(ctx, func(tx *db.Tx) (err error) { p, err = a.finish(tx, who, p.ID, issued); return err })
	}
	if err == nil {
		return p, issued, a.fault("order.done")
	}
	return a.failed(ctx, d, who, p, err)
}

// again returns the certificates of an order that was carried out.
func (a *RA) again(ctx context.Context, d *db.DB, who Actor, p Application) ([]*ca.Issued, error) {
	var ready []*ca.Ready
	if err := d.Write(ctx, func(tx *db.Tx) (err error) { ready, err = a.prepare(tx, who, p); return err }); err != nil {
		return nil, err
	}
	return a.CA.IssueAll(ctx, d, ready)
}

// Points are the names of the steps of Order at which Fault is called; those of the authority (ca.Points) lie between.
func Points() []string {
	return []string{"order.begun", "order.prepared", "order.issued", "order.done"}
}

// fault is for tests that crash.
func (a *RA) fault(point string) error {
	if a.Fault == nil {
		return nil
	}
	return a.Fault(point)
}

// begin moves an application to issuing, with its keys and the name of its credential.
func (a *RA) begin(tx *db.Tx, who Actor, id string) (Application, error) {
	p, err := a.open(tx, who, DoOrder, Ref{ID: id})
	if err != nil || p.State == Issuing {
		return p, err
	}
	list, err := a.answers(tx, p)
	if err != nil {
		return p, err
	}
	if p.State == Failed {
		want, err := a.standing(tx, p, list)
		if err != nil || want != Approved {
			return p, errors.Join(err, a.move(tx, who, &p, onLapse, nil), a.settle(tx, who, &p))
		}
	} else if err := a.settle(tx, who, &p); err != nil {
		return p, err
	}
	if p.State != Approved && p.State != Failed {
		return p, nil
	}
	if p.Credential == "" {
		p.Credential = tx.NewID()
	}
	for i := range p.Parts {
		if err := a.makeKey(tx, who, &p, i); err != nil {
			return p, err
		}
	}
	p.Refusals, p.Reason = nil, ""
	return p, a.move(tx, who, &p, onOrder, details{"credential": p.Credential, "hash": p.Hash})
}

// makeKey has the vault make the key of a part, unless the applicant made it.
func (a *RA) makeKey(tx *db.Tx, who Actor, p *Application, i int) error {
	part := &p.Parts[i]
	if part.Request != nil || part.Key != "" {
		return nil
	}
	if a.Vault == nil {
		return errors.New("this house has no vault to make keys in: waxwing vault init")
	}
	purpose := map[ca.Usage]vault.Purpose{ca.Signing: vault.Signing, ca.Encryption: vault.Encryption, ca.Dual: vault.Dual}[part.Usage]
	key, err := a.Vault.Generate(tx, vault.Spec{Algorithm: vault.Algorithm(part.Algorithm), Purpose: purpose, Owner: "person:" + p.Person, Label: string(part.Usage), By: who.ID})
	if err != nil {
		return fmt.Errorf("make the key to %s: %w", part.Usage, err)
	}
	part.Key, part.Public, part.SPKI = key.ID, key.SPKI, key.Fingerprint()
	return nil
}

// prepare makes the orders and has them looked at.
func (a *RA) prepare(tx *db.Tx, who Actor, p Application) ([]*ca.Ready, error) {
	approved, err := a.approvers(tx, p)
	if err != nil {
		return nil, err
	}
	var ready []*ca.Ready
	for _, part := range p.Parts {
		o := p.order(part, who.ID)
		for _, one := range approved {
			o.Approvers = append(o.Approvers, one.Who)
		}
		r, err := a.CA.Prepare(tx, o)
		if err != nil {
			return nil, err
		}
		ready = append(ready, r)
	}
	return ready, nil
}

// order is what the authority is asked for. Its reference makes it the same order for ever.
func (p Application) order(part Part, by string) ca.Order {
	return ca.Order{Profile: part.Profile, Subject: p.Subject, Addresses: p.Addresses, SPKI: part.Public, Request: part.Request, Own: part.Request == nil,
		Holder: "person:" + p.Person, Credential: "credential:" + p.Credential, Reference: p.name() + "/" + string(part.Usage), By: by}
}

// finish records what was issued.
func (a *RA) finish(tx *db.Tx, who Actor, id string, issued []*ca.Issued) (Application, error) {
	p, err := applicationByID(tx, id)
	if err != nil || p.State == Issued {
		return p, err
	}
	c := Credential{ID: p.Credential, Application: p.ID, Person: p.Person, Organisation: p.Organisation, Profile: p.Profile, Addresses: p.Addresses, State: CredentialValid, Since: tx.Now}
	certificates := []string{}
	for i, one := range issued {
		p.Parts[i].Certificate = one.ID
		certificates = append(certificates, one.ID)
		if c.NotAfter.IsZero() || one.NotAfter.Before(c.NotAfter) {
			c.NotAfter = one.NotAfter
		}
	}
	c.Certificates = certificates
	if err := insertCredential(tx, c); err != nil {
		return p, err
	}
	if err := a.supersede(tx, p); err != nil {
		return p, err
	}
	return p, a.move(tx, who, &p, onIssue, details{"credential": c.ID, "certificates": certificates})
}

// failed records why it was not issued. What a crash or a cut connection ended stays issuing, and is ordered again by the next call.
func (a *RA) failed(ctx context.Context, d *db.DB, who Actor, p Application, cause error) (Application, []*ca.Issued, error) {
	var no *ca.Refusal
	if !errors.As(cause, &no) {
		return p, nil, cause
	}
	err := d.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		now, err := applicationByID(tx, p.ID)
		if err != nil || now.State != Issuing {
			return err
		}
		codes := []string{}
		for _, one := range no.Problems {
			codes = append(codes, one.Code)
		}
		now.Refusals, now.Reason = refusals(no), "the authority refused the order"
		p = now
		return a.move(tx, who, &p, onFail, details{"codes": codes})
	})
	return p, nil, errors.Join(cause, err)
}

// refusals are the authority's reasons in this room's form.
func refusals(no *ca.Refusal) []Refusal {
	var list []Refusal
	for _, p := range no.Problems {
		list = append(list, Refusal{Code: p.Code, Section: p.Section, Field: p.Field, What: p.What, Fix: p.Advice})
	}
	return list
}

// Waiting lists what is to be ordered: approved, or left issuing by a program that died. It is for a job.
func (a *RA) Waiting(tx *db.Tx) ([]string, error) {
	return strings1(tx, `SELECT id FROM ra_application WHERE state IN ('approved', 'issuing') ORDER BY id`)
}

// preview asks the authority what it would say now. Keys that the vault would make are stood in for.
func (a *RA) preview(tx *db.Tx, p Application) ([]Refusal, error) {
	var list []Refusal
	for _, part := range p.Parts {
		if part.Request == nil {
			spki, err := standIn(part)
			if err != nil {
				return nil, err
			}
			part.Public = spki
		}
		o := p.order(part, House.ID)
		o.Reference += "/preview"
		for i := range p.Approvals {
			o.Approvers = append(o.Approvers, fmt.Sprintf("preview:%d", i))
		}
		_, err := a.CA.Preview(tx, o, tx.Now)
		var no *ca.Refusal
		if errors.As(err, &no) {
			for _, one := range refusals(no) {
				if !has(list, one.Code, one.Field) {
					list = append(list, one)
				}
			}
		} else if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func has(list []Refusal, code, field string) bool {
	for _, r := range list {
		if r.Code == code && r.Field == field {
			return true
		}
	}
	return false
}

// standIn is a public key that nobody keeps.
func standIn(part Part) ([]byte, error) {
	if strings.HasPrefix(part.Algorithm, "Ed25519") {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return alg.MarshalPublicKey(public)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return alg.MarshalPublicKey(key.Public())
}

// fingerprint is the SHA-256 of a SubjectPublicKeyInfo in hexadecimal digits.
func fingerprint(spki []byte) string {
	sum := sha256.Sum256(spki)
	return hex.EncodeToString(sum[:])
}
