package kit_test

import (
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/kit"
)

func TestEveryClientHasShortInstructionsForAPerson(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range kit.Clients() {
		if seen[c.ID] || c.Title == "" || len(c.Steps) < 3 || c.Write == "" || c.Read == "" || c.Old == "" {
			t.Errorf("%q stands twice or lacks something", c.ID)
		}
		seen[c.ID] = true
		named := false
		for _, s := range c.Steps {
			named = named || strings.Contains(s.Do+s.See, ".Organisation")
		}
		in := kit.Instructions{Address: "bob@example.net", Organisation: "Trust <Us>"}
		for _, f := range []func(kit.Instructions) (string, error){c.Text, c.Markdown} {
			page, err := f(in)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(page, "{{") || strings.Contains(page, "alice") || !strings.Contains(page, "bob@example.net") {
				t.Errorf("the page for %s is not filled:\n%s", c.ID, page)
			}
			if named != strings.Contains(page, "Trust <Us>") {
				t.Errorf("the page for %s does not name the authority as it is", c.ID)
			}
			if lines := strings.Count(page, "\n"); lines > 60 {
				t.Errorf("the page for %s has %d lines", c.ID, lines)
			}
		}
		if again, err := kit.ClientByID(c.ID); err != nil || again.Title != c.Title {
			t.Errorf("%s is not found: %v", c.ID, err)
		}
		if _, err := kit.ParseForm(string(c.Form)); err != nil {
			t.Error(err)
		}
	}
	if _, err := kit.ClientByID("pine"); err == nil || !strings.Contains(err.Error(), "thunderbird") {
		t.Errorf("%v", err)
	}
}
