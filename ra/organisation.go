package ra

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// Organisation is a legal entity whose people and mailboxes get certificates.
type Organisation struct {
	ID         string `json:"id"`
	Name       string `json:"name"`                 // legal name, as certificates carry it
	Identifier string `json:"identifier,omitempty"` // organizationIdentifier
	Country    string `json:"country,omitempty"`
	State      string `json:"state,omitempty"`
	Locality   string `json:"locality,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	Street     string `json:"street,omitempty"`
	Parent     string `json:"parent,omitempty"` // id of the organisation it is an affiliate of
}

// facts are what a check of the organisation verifies.
func (o Organisation) facts() string {
	return facts(o.Name, o.Identifier, o.Country, o.State, o.Locality, o.PostalCode, o.Street)
}

// fill puts the organisation into a subject, where the subject does not say otherwise.
func (o Organisation) fill(s *ca.Subject) {
	for _, f := range []struct {
		to   *string
		from string
	}{{&s.Organization, o.Name}, {&s.OrganizationIdentifier, o.Identifier}, {&s.Country, o.Country}} {
		if *f.to == "" {
			*f.to = f.from
		}
	}
}

// AddOrganisation makes an organisation known. Nothing is verified by that.
func (a *RA) AddOrganisation(tx *db.Tx, who Actor, o Organisation) (Organisation, error) {
	if err := who.may(DoOrganisation, object{name: "organisation:new", organisation: o.Parent}); err != nil {
		return o, err
	}
	if problems := CheckIdentifier(o.Identifier, o.Country, ""); o.Identifier != "" && obstacle(problems) {
		return o, &Refused{problems}
	}
	if strings.TrimSpace(o.Name) == "" {
		return o, refuse("organisation.nameless", "S/MIME BR §3.2.3", "name", "", "an organisation needs its legal name", "take it from the register in which it stands")
	}
	o.ID = tx.NewID()
	err := insertOrganisation(tx, o)
	if errors.Is(err, db.ErrExists) {
		return o, refuse("organisation.exists", "", "name", o.Name, "there is an organisation of this name", "use it, or add what tells them apart")
	}
	if err != nil {
		return o, err
	}
	return o, a.log(tx, who.ID, "organisation.added", "organisation:"+o.ID, details{"identifier": o.Identifier, "parent": o.Parent})
}

// FindOrganisation finds an organisation by id or name.
func (a *RA) FindOrganisation(tx *db.Tx, idOrName string) (Organisation, error) {
	o, err := organisationByID(tx, idOrName)
	if errors.Is(err, db.ErrNone) {
		return organisationByName(tx, idOrName)
	}
	return o, err
}

// Organisations lists all, by name.
func (a *RA) Organisations(tx *db.Tx) ([]Organisation, error) {
	return loadAll[Organisation](tx, `SELECT body FROM ra_organisation ORDER BY name`)
}

// DomainControl records that an organisation controls all mailboxes of a domain (S/MIME BR §3.2.2.1), by a method of TLS BR §3.2.2.4.
type DomainControl struct {
	Organisation string // id
	Domain       string
	Method       string // "dns-change", "agreed-website-change", ...
	Source       string // what was asked, and the answer
}

// domainMethods are the methods of TLS BR §3.2.2.4 that may be used and need no person at the registrar.
var domainMethods = map[string]string{
	"email-constructed": "TLS BR §3.2.2.4.4", "dns-change": "TLS BR §3.2.2.4.7", "email-caa-contact": "TLS BR §3.2.2.4.13", "email-txt-contact": "TLS BR §3.2.2.4.14",
	"agreed-website-change": "TLS BR §3.2.2.4.18", "acme-http": "TLS BR §3.2.2.4.19", "acme-tls-alpn": "TLS BR §3.2.2.4.20",
}

// VerifyDomain records the control of a domain. It holds for 398 days (S/MIME BR §4.2.1).
func (a *RA) VerifyDomain(tx *db.Tx, who Actor, c DomainControl) (Requirement, error) {
	if err := who.may(DoDomain, object{name: "organisation:" + c.Organisation, organisation: c.Organisation, domains: []string{c.Domain}}); err != nil {
		return Requirement{}, err
	}
	form, err := ca.AddressForm("postmaster@" + c.Domain)
	if err != nil {
		return Requirement{}, refuse("domain.form", "RFC 5890", "domain", c.Domain, err.Error(), "give the name of a domain, as example.org")
	}
	domain := domainOf(form)
	section, ok := domainMethods[c.Method]
	if !ok || c.Source == "" {
		return Requirement{}, refuse("domain.method", "S/MIME BR §3.2.2.1", "method", c.Method, "the method and what it found have to be recorded",
			fmt.Sprintf("name one of %s, and the source", strings.Join(keysSorted(domainMethods), ", ")))
	}
	if _, err := organisationByID(tx, c.Organisation); err != nil {
		return Requirement{}, err
	}
	if owner, err := domainOwner(tx, domain); err == nil && owner != c.Organisation {
		return Requirement{}, refuse("domain.taken", "S/MIME BR §1.3.2.1", "domain", domain, "another organisation has proven control of this domain", "let it give the domain up first")
	} else if err != nil && !errors.Is(err, db.ErrNone) {
		return Requirement{}, err
	}
	if err := setDomainOwner(tx, domain, c.Organisation); err != nil {
		return Requirement{}, err
	}
	n := Need{Kind: "domain", Subject: "domain:" + domain, Facts: facts(c.Organisation)}
	r, err := a.satisfyNext(tx, who, n, answer{method: "domain-control", section: "S/MIME BR §3.2.2.1, " + section, source: c.Method + ": " + c.Source})
	if err != nil {
		return r, err
	}
	return r, a.settleDomain(tx, who, domain)
}

// settleDomain moves the applications with a mailbox in a domain.
func (a *RA) settleDomain(tx *db.Tx, who Actor, domain string) error {
	list, err := strings1(tx, `SELECT DISTINCT n.subject FROM ra_need n JOIN ra_application a ON a.id = n.application
		WHERE n.kind = 'mailbox' AND a.state IN ('collecting', 'in-review')`)
	if err != nil {
		return err
	}
	for _, subject := range list {
		if domainOf(subject) == domain {
			if err := a.settleSubject(tx, who, subject); err != nil {
				return err
			}
		}
	}
	return nil
}

func keysSorted[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
