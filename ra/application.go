package ra

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// Idle is how long an application may lie before it expires.
const Idle = 30 * 24 * time.Hour

// Kind says why somebody applies.
type Kind string

// The kinds of application.
const (
	New     Kind = "new"
	Renew   Kind = "renew"   // the same subject, what has lapsed is asked for again
	Rekey   Kind = "rekey"   // as renew, with new keys
	Modify  Kind = "modify"  // another subject for the same credential
	Replace Kind = "replace" // after a revocation
)

// Application is one request for a credential: one certificate, or a pair of them for signing and encryption.
type Application struct {
	ID           string     `json:"id"`
	Version      int64      `json:"version"` // grows with each change
	Kind         Kind       `json:"kind"`
	State        State      `json:"state"`
	Before       State      `json:"before,omitempty"` // of one on hold: where it was
	Profile      string     `json:"profile"`          // as asked for: the name of one profile, or of a pair without -signing and -encryption
	Type         ca.Type    `json:"type"`
	Parts        []Part     `json:"parts"` // one for each certificate
	Subject      ca.Subject `json:"subject"`
	Addresses    []string   `json:"addresses"`              // as certificates carry them
	Organisation string     `json:"organisation,omitempty"` // id
	Person       string     `json:"person"`                 // id of whom it is about
	Submitter    string     `json:"submitter"`              // Actor.ID
	Channel      string     `json:"channel"`                // web, cli, acme, csv, ...
	Once         string     `json:"once,omitempty"`
	Terms        string     `json:"terms,omitempty"`    // version of the subscriber agreement that was accepted
	Approvals    int        `json:"approvals"`          // how many distinct people must approve
	Hash         string     `json:"hash,omitempty"`     // of what an approval binds
	Replaces     string     `json:"replaces,omitempty"` // credential
	Credential   string     `json:"credential,omitempty"`
	Reason       string     `json:"reason,omitempty"`   // of the last hold, request for changes, rejection or failure
	Refusals     []Refusal  `json:"refusals,omitempty"` // what the machine found
	Editors      []string   `json:"editors,omitempty"`  // Actor.IDs of those who wrote its subject
	Created      time.Time  `json:"created"`
	Changed      time.Time  `json:"changed"`
}

// Part is one certificate of an application.
type Part struct {
	Profile     string   `json:"profile"` // "name@version"
	Usage       ca.Usage `json:"usage"`
	Request     []byte   `json:"request,omitempty"`     // PKCS#10 in DER; nil: the vault makes the key
	Algorithm   string   `json:"algorithm,omitempty"`   // of a key that the vault makes
	SPKI        string   `json:"spki,omitempty"`        // SHA-256 of the SubjectPublicKeyInfo, hexadecimal
	Public      []byte   `json:"public,omitempty"`      // SubjectPublicKeyInfo of a key that the vault made
	Key         string   `json:"key,omitempty"`         // its id in the vault
	Certificate string   `json:"certificate,omitempty"` // id in ca
}

// Ref names an application as it was seen: verbs refuse with *Conflict if it was changed since.
type Ref struct {
	ID      string
	Version int64 // 0: as it is now
}

// Ref names this state of the application.
func (p Application) Ref() Ref { return Ref{ID: p.ID, Version: p.Version} }

func (p Application) name() string { return "application:" + p.ID }

// object is the application as the matrix sees it.
func (p Application) object() object {
	return object{name: p.name(), organisation: p.Organisation, profile: p.Profile, domains: domainsOf(p.Addresses), submitter: p.Submitter, person: p.Person}
}

func domainsOf(addresses []string) []string {
	var list []string
	for _, a := range addresses {
		if d := domainOf(a); !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

// domainOf is what stands after the last @, in lower case.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// bound is what an approval binds, in the order in which it is hashed.
type bound struct {
	Subject      ca.Subject `json:"subject"`
	Addresses    []string   `json:"addresses"`
	Keys         []string   `json:"keys"`
	Profiles     []string   `json:"profiles"`
	Requirements []string   `json:"requirements"`
}

// hash is over what an approver saw: subject, addresses, keys, versions of the profiles, and the checks they rest upon.
func (p Application) hash(requirements []string) string {
	b := bound{Subject: p.Subject, Addresses: p.Addresses, Requirements: requirements}
	for _, part := range p.Parts {
		key := part.SPKI
		if part.Request == nil {
			key = "made by the vault: " + part.Algorithm // it is made for this application alone, when it is ordered
		}
		b.Keys = append(b.Keys, key)
		b.Profiles = append(b.Profiles, part.Profile)
	}
	sum := sha256.Sum256([]byte(marshal(b)))
	return hex.EncodeToString(sum[:])
}

// Get returns an application to somebody who may read it.
func (a *RA) Get(tx *db.Tx, who Actor, id string) (Application, error) {
	p, err := applicationByID(tx, id)
	if err != nil {
		return p, err
	}
	return p, who.may(DoRead, p.object())
}

// open reads an application for an act: the actor may do it, and nobody changed what he saw.
func (a *RA) open(tx *db.Tx, who Actor, v Verb, r Ref) (Application, error) {
	p, err := applicationByID(tx, r.ID)
	if err != nil {
		return p, err
	}
	if err := who.may(v, p.object()); err != nil {
		return p, err
	}
	if r.Version != 0 && r.Version != p.Version {
		return p, conflict(tx, p, r.Version)
	}
	return p, nil
}

// conflict tells what changed since a version.
func conflict(tx *db.Tx, p Application, seen int64) error {
	c := &Conflict{ID: p.ID, Seen: seen, Have: p.Version}
	old, err := revision(tx, p.ID, seen)
	if err != nil {
		return fmt.Errorf("version %d of application %s: %w", seen, p.ID, err)
	}
	c.Changes = Difference(old, p)
	return c
}

// Difference is what differs between two versions of an application, field by field.
func Difference(old, now Application) []Change {
	was, is := flat(old), flat(now)
	var list []Change
	for _, field := range keysOf(was, is) {
		if was[field] != is[field] && field != "version" && field != "changed" {
			list = append(list, Change{Field: field, Old: was[field], New: is[field]})
		}
	}
	return list
}

func flat(p Application) map[string]string {
	var m map[string]json.RawMessage
	out := map[string]string{}
	var walk func(prefix, body string)
	walk = func(prefix, body string) {
		m = nil
		if json.Unmarshal([]byte(body), &m) != nil {
			out[strings.TrimSuffix(prefix, ".")] = strings.Trim(body, `"`)
			return
		}
		for k, v := range m {
			walk(prefix+k+".", string(v))
		}
	}
	walk("", marshal(p))
	return out
}

func keysOf(maps ...map[string]string) []string {
	var list []string
	for _, m := range maps {
		for k := range m {
			if !slices.Contains(list, k) {
				list = append(list, k)
			}
		}
	}
	slices.Sort(list)
	return list
}

// move lets an event happen to an application, writes its next version, and enters it in the log.
func (a *RA) move(tx *db.Tx, who Actor, p *Application, e Event, d details) error {
	next, err := p.State.after(e, p.name())
	if err != nil {
		return err
	}
	if d == nil {
		d = details{}
	}
	d["from"], d["to"] = string(p.State), string(next)
	p.State = next
	return a.save(tx, who, p, e, d)
}

// save writes the next version of an application.
func (a *RA) save(tx *db.Tx, who Actor, p *Application, e Event, d details) error {
	p.Version++
	p.Changed = tx.Now
	if err := updateApplication(tx, *p); err != nil {
		return err
	}
	if err := insertRevision(tx, *p, who.ID, string(e)); err != nil {
		return err
	}
	return a.log(tx, who.ID, "application."+past[e], p.name(), d)
}

// past is what the log calls an event that happened.
var past = map[Event]string{
	onSubmit: "submitted", onRefuse: "refused", onAccept: "accepted", onSupplied: "supplied", onMissing: "incomplete", onSatisfy: "validated",
	onLapse: "lapsed", onRequest: "changes-requested", onAmend: "amended", onHold: "held", onRelease: "released", onApproved: "approved",
	onReject: "rejected", onWithdraw: "withdrawn", onExpire: "expired", onOrder: "ordered", onFail: "failed", onIssue: "issued",
	onDeliver: "delivering", onConfirm: "confirmed", onDecline: "declined", onRevoke: "revoked",
}

// details are what the log says of an act. There is no personal data in them.
type details map[string]any

func (a *RA) log(tx *db.Tx, who, what, object string, d details) error {
	_, err := a.Log.Append(tx, audit.Entry{Who: who, What: what, Object: object, Details: []byte(marshal(d))})
	return err
}

// logPersonal enters an act together with personal data, which is sealed under the key of the person, so that it can be forgotten.
func (a *RA) logPersonal(tx *db.Tx, who, what, object, person string, d details, personal any) error {
	e := audit.Entry{Who: who, What: what, Object: object, Details: []byte(marshal(d))}
	if a.Log.Keys != nil && person != "" {
		e.Document, e.Personal = "person:"+person, []byte(marshal(personal))
	}
	_, err := a.Log.Append(tx, e)
	return err
}
