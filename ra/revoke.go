package ra

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// Revoke ends a credential: all its certificates, as one, for a cause of ca.Causes. Its owner may, the Enterprise RA of its organisation,
// and a revocation officer. What the certificates decrypt can be read for ever.
func (a *RA) Revoke(tx *db.Tx, who Actor, credential, cause, text string) (Credential, error) {
	c, err := a.credential(tx, who, DoRevoke, credential)
	if err != nil {
		var own error
		if c, own = a.credential(tx, who, DoRevokeOwn, credential); own != nil {
			return c, err
		}
		if cause == "" {
			cause = "subscriber-request"
		}
	}
	return a.revoke(tx, who, c, cause, text, "")
}

// revoke does it, whoever decided.
func (a *RA) revoke(tx *db.Tx, who Actor, c Credential, cause, text, report string) (Credential, error) {
	if c.State == CredentialRevoked {
		return c, nil
	}
	if _, ok := ca.CauseNamed(cause); !ok {
		var names []string
		for _, one := range ca.Causes() {
			names = append(names, one.Name)
		}
		return c, refuse("revoke.cause", "S/MIME BR §4.9.1.1", "cause", cause, "this is no cause to revoke for", "take one of "+strings.Join(names, ", "))
	}
	for _, id := range c.Certificates {
		_, err := a.CA.Revoke(tx, ca.RevokeOrder{Certificate: id, Cause: cause, By: who.ID, Report: report})
		var no *ca.Refusal
		if errors.As(err, &no) {
			return c, &Refused{refusals(no)}
		}
		if err != nil {
			return c, err
		}
	}
	return a.revoked(tx, who, c, cause, text)
}

// revoked records that the certificates of a credential are revoked.
func (a *RA) revoked(tx *db.Tx, who Actor, c Credential, cause, text string) (Credential, error) {
	c.State, c.Reason = CredentialRevoked, cause
	if err := updateCredential(tx, c); err != nil {
		return c, err
	}
	if err := a.logPersonal(tx, who.ID, "credential.revoked", c.name(), c.Person, details{"cause": cause, "certificates": c.Certificates}, map[string]string{"text": text}); err != nil {
		return c, err
	}
	p, err := applicationByID(tx, c.Application)
	if err != nil {
		return c, err
	}
	if _, err := p.State.after(onRevoke, p.name()); err != nil {
		return c, nil // it went on, as an application that was erased did
	}
	return c, a.move(tx, who, &p, onRevoke, details{"cause": cause})
}

// codeContext makes the hash of a revocation code one of its own.
func codeDigest(code string) string {
	sum := sha256.Sum256([]byte("waxwing revocation code " + code))
	return hex.EncodeToString(sum[:])
}

// RevocationCode makes the code by which the owner can revoke without logging in, as when his device is lost: 160 bits, shown once, the
// last one counts.
func (a *RA) RevocationCode(tx *db.Tx, who Actor, credential string) (string, error) {
	c, err := a.credential(tx, who, DoRevokeOwn, credential)
	if err != nil {
		return "", err
	}
	random := make([]byte, 20)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	code := base32.StdEncoding.EncodeToString(random)
	c.Code = codeDigest(code)
	return spell(code), errors.Join(updateCredential(tx, c), a.log(tx, who.ID, "credential.code", c.name(), nil))
}

// RevokeByCode revokes a credential for whoever has its code.
func (a *RA) RevokeByCode(tx *db.Tx, credential, code, cause string) (Credential, error) {
	c, err := credentialByID(tx, credential)
	if err != nil && !errors.Is(err, db.ErrNone) {
		return Credential{}, err
	}
	if c.Code == "" || subtle.ConstantTimeCompare([]byte(c.Code), []byte(codeDigest(unspell(code)))) != 1 {
		return Credential{}, refuse("revoke.code", "S/MIME BR §3.4", "code", "", "this is not the code of this credential", "compare it with what you got with the kit, or log in")
	}
	if cause == "" {
		cause = "subscriber-request"
	}
	return a.revoke(tx, Actor{ID: "code:" + c.ID, Name: "revocation code"}, c, cause, "by revocation code", "")
}

// Leave is for somebody who left his organisation: everything he has from it is revoked, what he applied for ends, and nobody vouches for
// him any more. His keys that decrypt stay in the vault (AUTHORITY 46). It may be said twice.
func (a *RA) Leave(tx *db.Tx, who Actor, organisation, reference string) ([]Credential, error) {
	o, err := a.FindOrganisation(tx, organisation)
	if err != nil {
		return nil, err
	}
	if err := who.may(DoLeave, object{name: "organisation:" + o.ID, organisation: o.ID}); err != nil {
		return nil, err
	}
	left, err := personByReference(tx, o.ID, reference)
	if err != nil {
		return nil, noneIs(err, refuse("person.unknown", "", "reference", reference, "nobody has this reference at "+o.Name, "take the one from the application"))
	}
	if err := setPersonState(tx, left.ID, "left"); err != nil {
		return nil, err
	}
	all, err := credentialsOf(tx, left.ID)
	if err != nil {
		return nil, err
	}
	var list []Credential
	for _, c := range all {
		if c.Organisation != o.ID || c.State == CredentialRevoked {
			continue
		}
		if c, err = a.revoke(tx, who, c, "affiliation-ended", "left", ""); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, errors.Join(a.endAffiliation(tx, who, left.ID, o.ID), a.log(tx, who.ID, "person.left", "person:"+left.ID, details{"organisation": o.ID, "credentials": len(list)}))
}

// endAffiliation ends what rested upon somebody belonging to an organisation.
func (a *RA) endAffiliation(tx *db.Tx, who Actor, personID, organisation string) error {
	r, err := newestRequirement(tx, Need{Kind: "affiliation", Subject: "person:" + personID, Facts: facts(organisation)})
	if err == nil && r.State == ReqSatisfied {
		r.State, r.Reason = ReqExpired, "he left"
		if err := updateRequirement(tx, r); err != nil {
			return err
		}
	} else if noneIs(err, nil) != nil {
		return err
	}
	open, err := loadAll[Application](tx, `SELECT body FROM ra_application WHERE person = $1 AND organisation = $2 ORDER BY id`, personID, organisation)
	if err != nil {
		return err
	}
	for _, p := range open {
		if _, err := p.State.after(onWithdraw, p.name()); err != nil {
			continue
		}
		p.Reason = "the person left the organisation"
		if err := a.move(tx, who, &p, onWithdraw, nil); err != nil {
			return err
		}
	}
	return nil
}
