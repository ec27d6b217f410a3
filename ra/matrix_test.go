package ra

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// published reads docs/authority-matrix.md: for each verb, how far each role may go.
func published(t *testing.T) map[Verb]map[Role]Reach {
	t.Helper()
	page, err := os.ReadFile("../docs/authority-matrix.md")
	if err != nil {
		t.Fatal(err)
	}
	var roles []string
	table := map[Verb]map[Role]Reach{}
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if roles == nil {
			roles = cells
			continue
		}
		row := map[Role]Reach{}
		for i, c := range cells[1:] {
			row[Role(roles[i+1])] = Reach(c)
		}
		table[Verb(cells[0])] = row
	}
	return table
}

// situation is where a thing lies, seen from somebody with a grant.
type situation struct {
	name           string
	scope          Scope
	thing          object
	inScope, isOwn bool
}

func situations() []situation {
	acme, evil := "org-acme", "org-evil"
	thing := object{name: "application:1", organisation: acme, profile: "sponsor-strict", domains: []string{"acme.test"}, submitter: "user:other", person: "person-other"}
	own := thing
	own.submitter = "user:me"
	self := thing
	self.person = "person-me"
	two := thing
	two.domains = []string{"acme.test", "evil.test"}
	none := thing
	none.domains = nil
	return []situation{
		{"no limit", Scope{}, thing, true, false},
		{"own, out of scope", Scope{Organisation: evil}, own, false, true},
		{"about oneself, out of scope", Scope{Organisation: evil}, self, false, true},
		{"same organisation", Scope{Organisation: acme}, thing, true, false},
		{"another organisation", Scope{Organisation: evil}, thing, false, false},
		{"same domain", Scope{Domain: "acme.test"}, thing, true, false},
		{"another domain", Scope{Domain: "evil.test"}, thing, false, false},
		{"one of two domains", Scope{Domain: "acme.test"}, two, false, false},
		{"no domain", Scope{Domain: "acme.test"}, none, false, false},
		{"same organisation, another domain", Scope{Organisation: acme, Domain: "evil.test"}, thing, false, false},
		{"another profile", Scope{Profile: "mailbox-strict"}, thing, false, false},
		{"same profile", Scope{Profile: "sponsor-strict"}, thing, true, false},
	}
}

// AUTHORITY 61: every verb, role and scope, by the published page.
func TestNobodyMayMoreOrLessThanThePublishedMatrixSays(t *testing.T) {
	table := published(t)
	if len(table) != len(Verbs()) {
		t.Errorf("the page has %d verbs, the code %d", len(table), len(Verbs()))
	}
	cases := 0
	for verb, row := range table {
		if len(row) != len(Roles) || !slices.Contains(Verbs(), verb) {
			t.Errorf("%s: the page and the code differ", verb)
		}
		for _, role := range Roles {
			for _, s := range situations() {
				cases++
				who := Actor{ID: "user:me", Person: "person-me", Grants: []Grant{{Role: role, Scope: s.scope}}}
				if role == System {
					who.ID = House.ID
				}
				want := row[role] == Any || row[role] == InScope && s.inScope
				if role != System { // everybody is an applicant, the house is not
					want = want || row[Applicant] == Own && s.isOwn
				}
				err := who.may(verb, s.thing)
				var no *Forbidden
				if err != nil && !errors.As(err, &no) || (err == nil) != want {
					t.Errorf("%s by %s, %s: %v, want allowed %v", verb, role, s.name, err, want)
				}
			}
		}
	}
	if cases < 1000 {
		t.Errorf("only %d cases", cases)
	}
	t.Logf("%d cases", cases)
}
