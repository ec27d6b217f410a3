package ra

import (
	"errors"
	"time"

	"github.com/waxwing-mail/waxwing/db"
)

// CredentialState is where a credential stands.
type CredentialState string

// The states of a credential.
const (
	CredentialValid      CredentialState = "valid"
	CredentialSuperseded CredentialState = "superseded" // there is a newer one; this one still works until it ends
	CredentialRevoked    CredentialState = "revoked"
)

// Credential is what a person has: one certificate, or one to sign and one to encrypt, that are issued, renewed and revoked as one.
type Credential struct {
	ID           string          `json:"id"`
	Application  string          `json:"application"`
	Person       string          `json:"person"`
	Organisation string          `json:"organisation,omitempty"`
	Profile      string          `json:"profile"`
	Addresses    []string        `json:"addresses"`
	Certificates []string        `json:"certificates"` // ids in ca
	State        CredentialState `json:"state"`
	Since        time.Time       `json:"since"`
	NotAfter     time.Time       `json:"notAfter"` // of the certificate that ends first
	Successor    string          `json:"successor,omitempty"`
	Reason       string          `json:"reason,omitempty"` // of a revocation
	Code         string          `json:"code,omitempty"`   // hash of the revocation code
}

func (c Credential) name() string { return "credential:" + c.ID }

func (c Credential) object(submitter string) object {
	return object{name: c.name(), organisation: c.Organisation, profile: c.Profile, domains: domainsOf(c.Addresses), submitter: submitter, person: c.Person}
}

func insertCredential(tx *db.Tx, c Credential) error {
	_, err := tx.Exec(`INSERT INTO ra_credential (id, application, person, organisation, state, not_after, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Application, c.Person, c.Organisation, c.State, c.NotAfter, marshal(c))
	return err
}

func updateCredential(tx *db.Tx, c Credential) error {
	_, err := tx.Exec(`UPDATE ra_credential SET state = $2, body = $3 WHERE id = $1`, c.ID, c.State, marshal(c))
	return err
}

func credentialByID(tx *db.Tx, id string) (Credential, error) {
	return load[Credential](tx, "credential", `SELECT body FROM ra_credential WHERE id = $1`, id)
}

func credentialsOf(tx *db.Tx, person string) ([]Credential, error) {
	return loadAll[Credential](tx, `SELECT body FROM ra_credential WHERE person = $1 ORDER BY id`, person)
}

// credential opens a credential for an act.
func (a *RA) credential(tx *db.Tx, who Actor, v Verb, id string) (Credential, error) {
	c, err := credentialByID(tx, id)
	if err != nil {
		return c, err
	}
	p, err := applicationByID(tx, c.Application)
	if err != nil {
		return c, err
	}
	return c, who.may(v, c.object(p.Submitter))
}

// Credential returns a credential to somebody who may read its application.
func (a *RA) Credential(tx *db.Tx, who Actor, id string) (Credential, error) {
	return a.credential(tx, who, DoRead, id)
}

// Credentials lists those of a person, as far as the actor may read them, the oldest first.
func (a *RA) Credentials(tx *db.Tx, who Actor, person string) ([]Credential, error) {
	all, err := credentialsOf(tx, person)
	var list []Credential
	for _, c := range all {
		p, err := applicationByID(tx, c.Application)
		if err != nil {
			return nil, err
		}
		if who.may(DoRead, c.object(p.Submitter)) == nil {
			list = append(list, c)
		}
	}
	return list, err
}

// Delivered says that the kit of a credential waits for its owner.
func (a *RA) Delivered(tx *db.Tx, who Actor, r Ref, delivery string) (Application, error) {
	p, err := a.open(tx, who, DoOrder, r)
	if err != nil {
		return p, err
	}
	return p, a.move(tx, who, &p, onDeliver, details{"delivery": delivery})
}

// supersede marks the credential that a new one takes the place of. It goes on until it ends, so that mails under way can be read and
// verified.
func (a *RA) supersede(tx *db.Tx, p Application) error {
	if p.Replaces == "" {
		return nil
	}
	old, err := credentialByID(tx, p.Replaces)
	if err != nil || old.State != CredentialValid {
		return noneIs(err, nil)
	}
	old.State, old.Successor = CredentialSuperseded, p.Credential
	return errors.Join(updateCredential(tx, old), a.log(tx, House.ID, "credential.superseded", old.name(), details{"successor": p.Credential}))
}
