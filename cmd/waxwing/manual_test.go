package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the pages of the commands")

func TestCommandPagesAreFresh(t *testing.T) {
	root := (&app{}).root()
	for name, want := range map[string]string{"cli.md": markdown(root), "waxwing.1": manPage(root)} {
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

func TestEveryCommandHasAnExample(t *testing.T) {
	for _, c := range every((&app{}).root()) {
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no description", c.CommandPath())
		}
	}
}
