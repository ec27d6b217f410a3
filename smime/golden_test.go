package smime

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func toJSON(t testing.TB, r *Report) string {
	t.Helper()
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

func wantEmpty(t testing.TB, dir string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil || len(list) > 0 {
		t.Errorf("%d files are left in %s: %v", len(list), dir, err)
	}
}

// fleeting are the values that differ from run to run because keys are made anew.
var fleeting = regexp.MustCompile(`"(serial|sha256|id|start|end)": ("[^"]*"|\d+)|serial [0-9a-f]+|key [0-9a-f]{40}`)

// wantGolden compares a report with the one kept in testdata.
func wantGolden(t *testing.T, name string, r *Report) {
	t.Helper()
	got := fleeting.ReplaceAllStringFunc(toJSON(t, r), func(s string) string {
		if m := regexp.MustCompile(`^"(\w+)"`).FindStringSubmatch(s); m != nil {
			return `"` + m[1] + `": "*"`
		}
		return "*"
	})
	path := filepath.Join("testdata", "report", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./smime -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("the report differs from %s:\n%s", path, got)
	}
}

func TestReportsAreAsTheyWere(t *testing.T) {
	s := newStory(t)
	for name, mail := range map[string]string{
		"plain":            s.mail,
		"clear":            s.clear(s.mail, s.alice),
		"signed-encrypted": s.encrypt(s.opaque(s.mail, s.alice), gcm, s.bob),
		"cbc":              s.encrypt(s.mail, cbc, s.bob),
		"impostor":         s.clear(s.mail, s.person("mallory@example.net")),
		"footer":           withFooter(s.clear(s.mail, s.alice)),
	} {
		t.Run(name, func(t *testing.T) { wantGolden(t, name, s.open(mail)) })
	}
}
