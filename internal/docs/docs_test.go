package docs

import (
	"flag"
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
	for name, want := range map[string]string{"findings.md": Findings(), "verdicts.md": Verdicts(), "algorithms.md": Algorithms(), "lint.md": Lint(), "keys.md": Keys(), "rfc.md": rfcs} {
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
