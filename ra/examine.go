package ra

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// Quota is how many applications one submitter may have under way, unless he applies for an organisation.
const Quota = 20

// examine is what the machine finds in an application, before a person sees it.
func (a *RA) examine(tx *db.Tx, who Actor, p Application) ([]Refusal, error) {
	list := examineSubject(p.Type, p.Subject, p.Addresses)
	org, err := a.examineOrganisation(tx, who, p)
	if err != nil {
		return nil, err
	}
	keys, err := a.examineKeys(tx, p)
	if err != nil {
		return nil, err
	}
	others, err := a.examineOthers(tx, p)
	if err != nil {
		return nil, err
	}
	list = append(append(append(list, org...), keys...), others...)
	if obstacle(list) {
		return list, nil // the authority would say the same again, in its own words
	}
	more, err := a.preview(tx, p)
	return append(list, more...), err
}

// examineSubject looks at attributes against the type of certificate (S/MIME BR §7.1.4.2.2): AUTHORITY 7 to 12.
func examineSubject(t ca.Type, s ca.Subject, addresses []string) []Refusal {
	var list []Refusal
	add := func(code, section, field, value, what, fix string) {
		list = append(list, Refusal{Code: code, Section: "S/MIME BR " + section, Field: field, Value: value, What: what, Fix: fix})
	}
	person := s.GivenName + s.Surname + s.Pseudonym
	switch t {
	case ca.Mailbox:
		for _, f := range [][2]string{{"givenName", s.GivenName}, {"surname", s.Surname}, {"pseudonym", s.Pseudonym}, {"title", s.Title}, {"organizationName", s.Organization},
			{"organizationIdentifier", s.OrganizationIdentifier}, {"organizationalUnitName", s.OrganizationalUnit}, {"countryName", s.Country}, {"localityName", s.Locality},
			{"stateOrProvinceName", s.State}, {"streetAddress", s.Street}, {"postalCode", s.PostalCode}} {
			if f[1] != "" {
				add("subject.not-in-mailbox", "§7.1.4.2.3", f[0], f[1], "a mailbox-validated certificate says nothing but the mailbox", "leave it away, or apply for an individual or sponsor profile, which says who the person is")
			}
		}
	case ca.Organization:
		if person != "" {
			add("subject.not-in-organization", "§7.1.4.2.4", "surname", person, "an organization-validated certificate names no person", "leave the name away, or apply for a sponsor profile")
		}
	case ca.Individual:
		if s.Organization+s.OrganizationIdentifier+s.OrganizationalUnit != "" {
			add("subject.not-in-individual", "§7.1.4.2.6", "organizationName", s.Organization, "an individual-validated certificate names no organisation", "leave it away, or apply for a sponsor profile")
		}
	}
	if t == ca.Sponsor || t == ca.Individual {
		switch {
		case s.Pseudonym != "" && s.GivenName+s.Surname != "":
			add("subject.pseudonym-and-name", "§7.1.4.2.2f", "pseudonym", s.Pseudonym, "a pseudonym never stands beside a name", "choose one of them")
		case person == "":
			add("subject.nobody", "§7.1.4.2.2e", "surname", "", "the common name alone does not say who it is", "give givenName and surname, or a pseudonym; who has one name only gives it as surname")
		case s.Surname == "" && s.Pseudonym == "":
			add("subject.single-name", "§7.1.4.2.2e", "givenName", s.GivenName, "a person's only name is a surname", "give it as surname, or add the surname")
		}
	}
	list = append(list, examineNames(t, s, addresses)...)
	return append(list, examinePlace(s)...)
}

// examineNames looks at commonName and emailAddress.
func examineNames(t ca.Type, s ca.Subject, addresses []string) []Refusal {
	var list []Refusal
	if len(s.CommonName) > 64 { // RFC 5280 A.1 ub-common-name
		list = append(list, Refusal{Code: "subject.cn-long", Section: "RFC 5280 A.1", Field: "commonName", Value: s.CommonName,
			What: fmt.Sprintf("it has %d characters, 64 fit", len([]rune(s.CommonName))), Fix: "leave the common name away: the address stands in subjectAltName; nothing is cut off"})
	}
	for _, f := range [][2]string{{"emailAddress", s.Email}, {"commonName", s.CommonName}} {
		if !strings.Contains(f[1], "@") {
			continue
		}
		form, err := ca.AddressForm(f[1])
		if err != nil || !contains(addresses, form) {
			list = append(list, Refusal{Code: "subject.other-address", Section: "S/MIME BR §7.1.4.2.1", Field: f[0], Value: f[1], What: "an address in the subject must be one of the addresses", Fix: "add it to the addresses, or leave it away"})
		}
	}
	if t == ca.Mailbox && s.CommonName != "" && !strings.Contains(s.CommonName, "@") {
		list = append(list, Refusal{Code: "subject.not-in-mailbox", Section: "S/MIME BR §7.1.4.2.2a", Field: "commonName", Value: s.CommonName, What: "in a mailbox-validated certificate it is an address", Fix: "leave it away"})
	}
	return list
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// examinePlace looks at the address and at values that say nothing.
func examinePlace(s ca.Subject) []Refusal {
	var list []Refusal
	if s.Country == "" && s.State+s.Locality+s.PostalCode != "" {
		list = append(list, Refusal{Code: "subject.place", Section: "S/MIME BR §7.1.4.2.2", Field: "localityName", Value: s.Locality + s.State, What: "a place needs its country", Fix: "add countryName"})
	}
	if s.Street != "" && s.State+s.Locality == "" {
		list = append(list, Refusal{Code: "subject.street", Section: "S/MIME BR §7.1.4.2.2", Field: "streetAddress", Value: s.Street, What: "a street needs its town", Fix: "add localityName"})
	}
	if s.OrganizationIdentifier != "" {
		list = append(list, CheckIdentifier(s.OrganizationIdentifier, s.Country, s.Organization)...)
	}
	for field, v := range map[string]string{"givenName": s.GivenName, "surname": s.Surname, "organizationName": s.Organization, "title": s.Title, "organizationalUnitName": s.OrganizationalUnit, "localityName": s.Locality} {
		if v != "" && (strings.Trim(v, ".- ") == "" || strings.EqualFold(v, "n/a")) {
			list = append(list, Refusal{Code: "subject.empty-words", Section: "S/MIME BR §7.1.4.2", Field: field, Value: v, What: "it says nothing", Fix: "leave it away"})
		}
	}
	return list
}

// examineOrganisation looks at what is said of an organisation, and at who says it: AUTHORITY 8, 16.
func (a *RA) examineOrganisation(tx *db.Tx, who Actor, p Application) ([]Refusal, error) {
	if p.Type != ca.Organization && p.Type != ca.Sponsor {
		return nil, nil
	}
	if p.Organisation == "" {
		return []Refusal{{Code: "organisation.none", Section: "S/MIME BR §3.2.3", Field: "organisation", What: "this profile names an organisation", Fix: "say which: --organisation NAME"}}, nil
	}
	o, err := organisationByID(tx, p.Organisation)
	if err != nil {
		return nil, err
	}
	var list []Refusal
	for _, f := range [][3]string{{"organizationName", p.Subject.Organization, o.Name}, {"organizationIdentifier", p.Subject.OrganizationIdentifier, o.Identifier}} {
		if f[1] != f[2] {
			list = append(list, Refusal{Code: "organisation.other", Section: "S/MIME BR §1.3.2.1, §3.2.3", Field: f[0], Value: f[1], What: "it is not that of the organisation for which is applied, " + o.Name, Fix: "write " + f[2] + ", or apply for the other organisation with its own papers"})
		}
	}
	if p.Submitter == who.ID && who.Has(EnterpriseRA) && !who.Has(Clerk) {
		for _, d := range domainsOf(p.Addresses) {
			owner, err := domainOwner(tx, d)
			if noneIs(err, nil) != nil {
				return nil, err
			}
			if owner != p.Organisation {
				list = append(list, Refusal{Code: "enterprise.domain", Section: "S/MIME BR §1.3.2.1", Field: "addresses", Value: d, What: "an Enterprise RA applies for mailboxes in the domains of its organisation only", Fix: "let the domain be verified for " + o.Name + ", or apply for a mailbox profile, which its owner confirms himself"})
			}
		}
	}
	if p.Subject.OrganizationalUnit != "" {
		units, err := a.unitsOf(tx, p)
		if err != nil {
			return nil, err
		}
		if len(units) == 0 {
			list = append(list, Refusal{Code: "subject.unit", Section: "S/MIME BR §7.1.4.2.2c", Field: "organizationalUnitName", Value: p.Subject.OrganizationalUnit, What: "a unit is the legal name of an affiliate, and not of a department", Fix: "leave it away, or add the affiliate with its papers: waxwing ra organisation add --parent " + o.ID})
		}
	}
	return list, nil
}

// unitsOf finds the affiliate that stands as organizationalUnitName; a department is none.
func (a *RA) unitsOf(tx *db.Tx, p Application) ([]Organisation, error) {
	if p.Subject.OrganizationalUnit == "" {
		return nil, nil
	}
	u, err := organisationByName(tx, p.Subject.OrganizationalUnit)
	if err != nil || u.Parent != p.Organisation {
		return nil, noneIs(err, nil)
	}
	return []Organisation{u}, nil
}

// examineKeys looks whether a key is somebody else's.
func (a *RA) examineKeys(tx *db.Tx, p Application) ([]Refusal, error) {
	var list []Refusal
	for i, part := range p.Parts {
		if part.Request == nil {
			continue
		}
		if _, err := readRequest(part.Request); err != nil {
			return nil, err
		}
		others, err := ca.Find(tx, ca.Query{SPKI: part.SPKI})
		if err != nil {
			return nil, err
		}
		for _, o := range others {
			if o.Holder != "person:"+p.Person {
				list = append(list, Refusal{Code: "key.other-holder", Section: "S/MIME BR §6.1.1.3", Field: "request", Value: part.SPKI, What: "this key is certified for somebody else", Fix: "make a key of your own"})
				break
			}
		}
		for _, other := range p.Parts[:i] {
			if other.SPKI == part.SPKI {
				list = append(list, Refusal{Code: "key.twice", Section: "S/MIME BR §7.1.2.3e", Field: "request", Value: part.SPKI, What: "signing and encryption have one key", Fix: "make two keys, or apply for a dual profile"})
			}
		}
	}
	return list, nil
}

// examineOthers looks at what else its submitter has under way.
func (a *RA) examineOthers(tx *db.Tx, p Application) ([]Refusal, error) {
	n, err := count(tx, `SELECT count(*) FROM ra_application WHERE submitter = $1 AND state IN ('collecting', 'in-review', 'changes', 'on-hold')`, p.Submitter)
	if err != nil {
		return nil, err
	}
	if n >= Quota && p.Channel != "csv" {
		return []Refusal{{Code: "quota", Field: "submitter", Value: fmt.Sprint(n), What: fmt.Sprintf("%d applications are under way", n), Fix: "finish or withdraw some first, or let your organisation import a list"}}, nil
	}
	twin, err := strings1(tx, `SELECT a.id FROM ra_application a WHERE a.person = $1 AND a.profile = $2 AND a.id <> $3 AND a.replaces = $4
		AND a.state IN ('collecting', 'in-review', 'changes', 'on-hold', 'validated', 'approved', 'issuing', 'failed')
		AND EXISTS (SELECT 1 FROM ra_address x JOIN ra_address y ON y.address = x.address WHERE x.application = a.id AND y.application = $3) LIMIT 1`,
		p.Person, p.Profile, p.ID, p.Replaces)
	if err != nil || len(twin) == 0 {
		return nil, err
	}
	return []Refusal{{Code: "duplicate", Field: "addresses", Value: twin[0], What: "the same is under way already", Fix: "look at it: waxwing request status " + twin[0] + ", or withdraw one of them"}}, nil
}
