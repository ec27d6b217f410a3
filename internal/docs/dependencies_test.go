package docs

import (
	"os"
	"strings"
	"testing"
)

// docs/dependencies.md names every module that our code imports, and none that it does not.
func TestEveryDependencyIsExplained(t *testing.T) {
	page, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(mod)) {
		f := strings.Fields(line)
		if len(f) != 2 || !strings.HasPrefix(f[1], "v") || !strings.Contains(f[0], ".") {
			continue // no requirement, or "// indirect"
		}
		direct++
		name := strings.TrimPrefix(f[0], "github.com/")
		for _, end := range []string{"/v2", "/v3", "/v5"} {
			name = strings.TrimSuffix(name, end)
		}
		if !strings.Contains(string(page), name) && !strings.Contains(string(page), strings.TrimPrefix(name, "golang.org/")) {
			t.Errorf("docs/dependencies.md does not say why %s was chosen", f[0])
		}
	}
	if direct < 10 {
		t.Errorf("only %d direct requirements in go.mod; run: go mod tidy", direct)
	}
}
