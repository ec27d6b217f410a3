package docs

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the pages")

func TestPagesAreFresh(t *testing.T) {
	rfcs, err := RFCs("../..")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := Clients()
	if err != nil {
		t.Fatal(err)
	}
	scenarios, err := Scenarios("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"findings.md": Findings(), "verdicts.md": Verdicts(), "algorithms.md": Algorithms(), "lint.md": Lint(), "keys.md": Keys(), "authority-matrix.md": AuthorityMatrix(), "authority-scenarios.md": scenarios, "rfc.md": rfcs} {
		pages[name] = want
	}
	for name, want := range pages {
		path := filepath.Join("../../docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/%s is stale; run: make docs", name)
		}
	}
}

func TestScenarioNumbersAreRead(t *testing.T) {
	for text, want := range map[string]string{"7": "[7]", "4, 5": "[4 5]", "8 to 12 and 34": "[8 9 10 11 12 34]", "51 and 48": "[51 48]", "11 and 12, and 34": "[11 12 34]"} {
		if got := fmt.Sprint(numbers(text)); got != want {
			t.Errorf("%q is %s, not %s", text, got, want)
		}
	}
}
