package ra

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

// goodLEI and its neighbour whose check digits are wrong.
const goodLEI, badLEI = "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"

// AUTHORITY 6: which LEI data may be relied upon.
func TestAuthority06OnlyALiveCorroboratedLEICounts(t *testing.T) {
	for _, c := range []struct {
		record LEIRecord
		want   []string
	}{
		{LEIRecord{LEI: goodLEI, Registration: "ISSUED", Entity: "ACTIVE", Validation: "FULLY_CORROBORATED"}, nil},
		{LEIRecord{LEI: goodLEI, Registration: "ISSUED", Entity: "ACTIVE", Validation: "PARTIALLY_CORROBORATED"}, []string{"lei.validation"}},
		{LEIRecord{LEI: goodLEI, Registration: "LAPSED", Entity: "ACTIVE", Validation: "FULLY_CORROBORATED"}, []string{"lei.registration"}},
		{LEIRecord{LEI: goodLEI, Registration: "LAPSED", Entity: "INACTIVE", Validation: "ENTITY_SUPPLIED_ONLY"}, []string{"lei.registration", "lei.entity", "lei.validation"}},
		{LEIRecord{LEI: badLEI, Registration: "ISSUED", Entity: "ACTIVE", Validation: "FULLY_CORROBORATED"}, []string{"identifier.lei-checksum"}},
		{LEIRecord{LEI: strings.ToLower(goodLEI)}, []string{"identifier.lei-checksum"}},
	} {
		list := c.record.Check()
		if len(list) != len(c.want) {
			t.Errorf("%+v: %v", c.record, list)
			continue
		}
		for _, code := range c.want {
			hasCode(t, list, code)
		}
	}
	each(t, func(t *testing.T, h *house) {
		p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
		r := h.need(p.ID, "organization")
		check := func(validation string) Requirement {
			h.do(func(tx *db.Tx) (err error) {
				r, err = h.Check(tx, h.specialist, h.need2(tx, p.ID, "organization"), CheckRecord{Result: Passed, Evidence: Evidence{Kind: "lei", Source: "search.gleif.org",
					LEI: LEIRecord{LEI: goodLEI, Registration: "ISSUED", Entity: "ACTIVE", Validation: validation}}})
				return err
			})
			return r
		}
		if r := check("PARTIALLY_CORROBORATED"); r.State != ReqRejected || !strings.Contains(r.Reason, "§3.2.3.2.1") {
			t.Errorf("%s: %s", r.State, r.Reason)
		}
		if r := check("FULLY_CORROBORATED"); r.State != ReqSatisfied {
			t.Errorf("%s: %s", r.State, r.Reason)
		}
	})
}

// AUTHORITY 7: organizationIdentifier beside the country.
func TestAuthority07SchemesOfOrganizationIdentifiers(t *testing.T) {
	for _, c := range []struct{ identifier, country, want string }{
		{"NTRGB-12345678", "DE", "identifier.country"},
		{"VATEL-123456789", "GR", ""},
		{"VATEL-123456789", "EL", "identifier.country"},
		{"NTRDE-HRB12345", "DE", "identifier.euid"},
		{"NTRDE-DER3306.HRB12345", "DE", ""},
		{"NTRUS+CA-12345", "US", ""},
		{"PSDBE-NBB-1234.567.890", "BE", ""},
		{"LEIXG-" + goodLEI, "DE", ""},
		{"LEIXG-" + badLEI, "DE", "identifier.lei-checksum"},
		{"LEIDE-" + goodLEI, "DE", "identifier.lei-country"},
		{"GOVDE+BY", "DE", ""}, {"GOVDE-1", "DE", "identifier.gov"},
		{"INTXG", "CH", ""}, {"INTCH", "CH", "identifier.int"},
		{"NTRDE", "DE", "identifier.reference"}, {"HRB 12345", "DE", "identifier.form"}, {"", "DE", "identifier.form"},
	} {
		list := CheckIdentifier(c.identifier, c.country, "")
		if c.want == "" && len(list) > 0 {
			t.Errorf("%s in %s: %v", c.identifier, c.country, list)
		}
		if c.want != "" {
			hasCode(t, list, c.want)
		}
		if c.want == "identifier.euid" && obstacle(list) {
			t.Error("a register number that is no EUID is refused; it is worth a warning")
		}
	}
}

// AUTHORITY 9 to 12: what each type of certificate may say.
func TestAuthority09To12AttributesOfEachType(t *testing.T) {
	ada := []string{"ada@acme.test"}
	long := "a-very-long-name-of-a-mailbox-that-nobody-types-twice@" + strings.Repeat("long.", 4) + "acme.test"
	for _, c := range []struct {
		name  string
		t     ca.Type
		s     ca.Subject
		at    []string
		want  string
		teach string
	}{
		{"AUTHORITY 9: a mailbox with a name", ca.Mailbox, ca.Subject{GivenName: "Ada"}, ada, "subject.not-in-mailbox", "individual or sponsor"},
		{"a mailbox alone", ca.Mailbox, ca.Subject{}, ada, "", ""},
		{"a mailbox with its address as name", ca.Mailbox, ca.Subject{CommonName: "ada@acme.test"}, ada, "", ""},
		{"a mailbox with another address as name", ca.Mailbox, ca.Subject{CommonName: "eve@acme.test"}, ada, "subject.other-address", "addresses"},
		{"AUTHORITY 10: only a common name", ca.Individual, ca.Subject{CommonName: "Ada Lovelace"}, ada, "subject.nobody", "pseudonym"},
		{"AUTHORITY 10: pseudonym and surname", ca.Individual, ca.Subject{Pseudonym: "Countess", Surname: "Lovelace"}, ada, "subject.pseudonym-and-name", "one of them"},
		{"a pseudonym", ca.Individual, ca.Subject{Pseudonym: "Countess"}, ada, "", ""},
		{"AUTHORITY 11: one name is a surname", ca.Individual, ca.Subject{Surname: "Madonna"}, ada, "", ""},
		{"AUTHORITY 11: one name as given name", ca.Individual, ca.Subject{GivenName: "Madonna"}, ada, "subject.single-name", "surname"},
		{"AUTHORITY 12: a long address as common name", ca.Mailbox, ca.Subject{CommonName: long}, []string{long}, "subject.cn-long", "nothing is cut off"},
		{"AUTHORITY 12: a long address without", ca.Mailbox, ca.Subject{}, []string{long}, "", ""},
		{"an individual of an organisation", ca.Individual, ca.Subject{Surname: "Lovelace", Organization: "ACME GmbH"}, ada, "subject.not-in-individual", "sponsor"},
		{"an organisation with a surname", ca.Organization, ca.Subject{Organization: "ACME GmbH", Surname: "Lovelace"}, ada, "subject.not-in-organization", "sponsor"},
		{"a town without country", ca.Individual, ca.Subject{Surname: "Lovelace", Locality: "London"}, ada, "subject.place", "countryName"},
		{"a street without town", ca.Individual, ca.Subject{Surname: "Lovelace", Country: "GB", Street: "1 Long Rd"}, ada, "subject.street", "localityName"},
		{"a dot", ca.Individual, ca.Subject{Surname: "Lovelace", Title: "."}, ada, "subject.empty-words", "leave it away"},
	} {
		list := examineSubject(c.t, c.s, c.at)
		if c.want == "" {
			if len(list) > 0 {
				t.Errorf("%s: %v", c.name, list)
			}
			continue
		}
		hasCode(t, list, c.want)
		if !strings.Contains((&Refused{list}).Error(), c.teach) {
			t.Errorf("%s does not say %q: %v", c.name, c.teach, list)
		}
	}
}

// AUTHORITY 12, 11: what the table accepts is issued.
func TestAuthority12ALongAddressIsIssuedWithoutACommonName(t *testing.T) {
	h := one(t)
	long := "a-very-long-name-of-a-mailbox-that-nobody-types-twice@mail.acme.test"
	p := h.apply(h.applicant, NewApplication{Profile: "mailbox-strict-dual", Addresses: []string{long}, Requests: [][]byte{csr(t)}})
	h.prove(h.actor("ada"), p.ID, long)
	cert, err := h.issue(p.ID)[0].Parsed()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(cert.Subject.String(), "CN=") || cert.Emails()[0].Address != long {
		t.Errorf("subject %s, address %v", cert.Subject, cert.Emails())
	}
}

// AUTHORITY 8: a unit is an affiliate with its papers.
func TestAuthority08AUnitIsAnAffiliate(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test")
		n.Subject.OrganizationalUnit = "IT Department"
		p := h.apply(h.applicant, n)
		h.is(p.ID, RefusedState)
		hasCode(t, p.Refusals, "subject.unit")
		h.do(func(tx *db.Tx) error {
			_, err := h.AddOrganisation(tx, h.clerk, Organisation{Name: "ACME Rockets GmbH", Identifier: "NTRDE-DER3306.HRB54321", Country: "DE", Parent: h.acme.ID})
			return err
		})
		s := p.Subject
		s.OrganizationalUnit = "ACME Rockets GmbH"
		who := h.actor("ada")
		h.do(func(tx *db.Tx) error {
			p, err := h.Amend(tx, who, Ref{ID: p.ID}, Amendment{Subject: &s})
			if err == nil {
				_, err = h.Submit(tx, who, p.Ref())
			}
			return err
		})
		h.is(p.ID, Collecting)
		h.check(p.ID, "authority", "individual", "affiliation")
		h.prove(who, p.ID, "ada@acme.test")
		h.is(p.ID, Collecting) // neither organisation is checked
		for range 2 {
			h.do(func(tx *db.Tx) error {
				list, err := h.answers(tx, h.app(p.ID))
				for _, r := range list {
					if err == nil && r.Kind == "organization" && r.State != ReqSatisfied {
						_, err = h.Check(tx, h.specialist, r.ID, CheckRecord{Result: Passed, Evidence: h.evidence("organization")})
						return err
					}
				}
				return err
			})
		}
		h.is(p.ID, Validated)
		h.issue(p.ID)
	})
}

// AUTHORITY 16: an Enterprise RA stays in its organisation and its domains.
func TestAuthority16AnEnterpriseRAStaysInItsScope(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.do(func(tx *db.Tx) error {
			_, err := h.VerifyDomain(tx, h.specialist, DomainControl{Organisation: h.acme.ID, Domain: "acme.test", Method: "dns-change", Source: "TXT"})
			return err
		})
		var xyz Organisation
		h.do(func(tx *db.Tx) (err error) {
			xyz, err = h.AddOrganisation(tx, h.clerk, Organisation{Name: "XYZ Co.", Identifier: "NTRUS+CA-1234", Country: "US"})
			return err
		})
		n := h.sponsored(h.enterprise, "Bob", "Builder", "bob@acme.test")
		n.Other, n.Organisation = true, xyz.ID
		forbidden(t, h.try(func(tx *db.Tx) error { _, err := h.Apply(tx, h.enterprise, n); return err }), "another organisation")
		n.Organisation, n.Subject.Organization = h.acme.ID, "XYZ Co."
		p := h.apply(h.enterprise, n)
		hasCode(t, p.Refusals, "organisation.other")
		n.Subject.Organization, n.Addresses = "", []string{"bob@evil.test"}
		p = h.apply(h.enterprise, n)
		h.is(p.ID, RefusedState)
		hasCode(t, p.Refusals, "enterprise.domain")
		p = h.apply(h.enterprise, NewApplication{Profile: "mailbox-strict", Addresses: []string{"bob@evil.test"}, Organisation: h.acme.ID, Other: true, Reference: "2"})
		h.is(p.ID, Collecting)
		r := h.need(p.ID, "mailbox")
		for who, f := range map[string]func(tx *db.Tx) error{
			"attests": func(tx *db.Tx) error { _, err := h.Attest(tx, h.enterprise, r.ID, "he is Bob"); return err },
			"checks": func(tx *db.Tx) error {
				_, err := h.Check(tx, h.enterprise, r.ID, CheckRecord{Result: Passed})
				return err
			},
			"verifies": func(tx *db.Tx) error {
				_, err := h.VerifyDomain(tx, h.enterprise, DomainControl{Organisation: h.acme.ID, Domain: "evil.test", Method: "dns-change", Source: "TXT"})
				return err
			},
		} {
			if err := h.try(f); err == nil {
				t.Errorf("an Enterprise RA %s a mailbox", who)
			}
		}
		h.is(p.ID, Collecting)
		h.prove(h.enterprise, p.ID, "bob@evil.test") // the code goes to Bob, who gives it on
		h.is(p.ID, Validated)
	})
}

// A domain that one organisation has proven does not answer for another one, and its proof ends after 398 days.
func TestADomainAnswersForItsOrganisationAlone(t *testing.T) {
	h := one(t)
	control := DomainControl{Organisation: h.acme.ID, Domain: "ACME.test", Method: "dns-change", Source: "TXT"}
	verify := func() error {
		return h.try(func(tx *db.Tx) error { _, err := h.VerifyDomain(tx, h.specialist, control); return err })
	}
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	control.Method = "a hunch"
	refusedFor(t, verify(), "domain.method")
	var other Organisation
	h.do(func(tx *db.Tx) (err error) {
		other, err = h.AddOrganisation(tx, h.clerk, Organisation{Name: "Other"})
		return err
	})
	control.Method, control.Organisation = "dns-change", other.ID
	refusedFor(t, verify(), "domain.taken")

	p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
	if r := h.need(p.ID, "domain"); r.State != ReqSatisfied {
		t.Errorf("the domain is %s", r.State)
	}
	h.now = h.now.Add(398*day + time.Second)
	if r := h.need(p.ID, "mailbox"); r.State != ReqOpen {
		t.Errorf("the mailbox is %s after the proof of the domain ended", r.State)
	}
}

// AUTHORITY 18, 19: keys and requests are refused with a code of their own.
func TestAuthority19RequestsThatCannotBeTaken(t *testing.T) {
	h := one(t)
	good := csr(t)
	broken := append([]byte(nil), good...)
	broken[len(broken)-1] ^= 1
	for _, c := range []struct {
		name string
		raw  []byte
		code string
	}{
		{"not a request", []byte("hello"), "request.malformed"},
		{"trailing bytes", append(append([]byte(nil), good...), 0), "request.malformed"},
		{"an indefinite length", append([]byte{0x30, 0x80}, good[4:]...), "request.malformed"},
		{"a signature that is broken", broken, "request.possession"},
		{"5 MB", make([]byte, 5<<20), "request.large"},
	} {
		err := h.try(func(tx *db.Tx) error {
			_, err := h.Apply(tx, h.applicant, NewApplication{Profile: "mailbox-strict-dual", Addresses: []string{"ada@acme.test"}, Requests: [][]byte{c.raw}})
			return err
		})
		var no *Refused
		if !errors.As(err, &no) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		hasCode(t, no.Refusals, c.code)
	}
	// AUTHORITY 18: the key of another person, and one key for both purposes.
	p := h.apply(h.applicant, NewApplication{Profile: "mailbox-strict-dual", Addresses: []string{"ada@acme.test"}, Requests: [][]byte{good}})
	h.prove(h.actor("ada"), p.ID, "ada@acme.test")
	h.issue(p.ID)
	p = h.apply(h.user("eve"), NewApplication{Profile: "mailbox-strict-dual", Addresses: []string{"eve@acme.test"}, Requests: [][]byte{good}})
	hasCode(t, p.Refusals, "key.other-holder")
	same := csr(t)
	p = h.apply(h.actor("eve"), NewApplication{Profile: "mailbox-strict", Addresses: []string{"eve@acme.test"}, Requests: [][]byte{same, same}})
	hasCode(t, p.Refusals, "key.twice")
}

// need2 is the newest round of a requirement inside a transaction.
func (h *house) need2(tx *db.Tx, id, kind string) string {
	h.t.Helper()
	list, err := h.answers(tx, h.app2(tx, id))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range list {
		if r.Kind == kind {
			return r.ID
		}
	}
	h.t.Fatalf("no %s", kind)
	return ""
}

func (h *house) app2(tx *db.Tx, id string) Application {
	h.t.Helper()
	p, err := applicationByID(tx, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func FuzzReadList(f *testing.F) {
	f.Add([]byte("email;given\r\nada@acme.test;Ada\r\n"))
	f.Add([]byte("\xff\xfee\x00m\x00a\x00i\x00l\x00\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := readList(data)
		if err != nil && !errors.As(err, new(*Refused)) {
			t.Errorf("an error that teaches nothing: %v", err)
		}
		for _, row := range list {
			for _, cell := range row.cells {
				if len(row.problems) == 0 && formula(cell) {
					t.Errorf("a formula is taken: %q", cell)
				}
			}
		}
	})
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF"), "a.pdf")
	f.Add([]byte("\x89PNG\r\n\x1a\n"), "a.png")
	f.Add([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "a.heic")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if _, err := inspect(strings.NewReader(string(data)), name, int64(len(data))); err != nil && !errors.As(err, new(*Refused)) {
			t.Errorf("an error that teaches nothing: %v", err)
		}
	})
}
