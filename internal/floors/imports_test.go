package floors

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/waxwing-mail/waxwing/"

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
}

// packages lists every package of the module, for linux and without tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	c := exec.Command("go", "list", "-json=ImportPath,Dir,Imports", "./...")
	c.Dir = "../.."
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestImportsRunDownstairs(t *testing.T) {
	rooms, err := readPlan()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		r, ok := rooms[name]
		if !ok {
			t.Errorf("%s has no floor: give it one in floors.txt", name)
			continue
		}
		for _, i := range p.Imports {
			other, ours := strings.CutPrefix(i, module)
			if !ours {
				continue
			}
			if o := rooms[other]; o.floor >= r.floor {
				t.Errorf("%s (floor %g) imports %s (floor %g)", name, r.floor, other, o.floor)
			}
		}
	}
}

// outside lists what a pure package may not import. Types for addresses and texts are no network.
var outside = []string{"net", "net/http", "net/smtp", "net/rpc", "os", "os/exec", "os/signal", "os/user", "database/sql",
	"log", "log/slog", "log/syslog", "syscall", "io/ioutil", "math/rand", "math/rand/v2"}

func TestPureRoomsTouchNothingOutside(t *testing.T) {
	rooms, err := readPlan()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		r := rooms[name]
		if !r.pure {
			continue
		}
		for _, i := range p.Imports {
			if slices.Contains(outside, i) && !slices.Contains(r.except, i) {
				t.Errorf("%s is pure and imports %s", name, i)
			}
		}
	}
}

func TestOnlyTestsImportTestHelp(t *testing.T) {
	// Rooms that are for tests only: one a line.
	helping := []string{
		"internal/peer",
		"internal/testca",
		"internal/testdb",
		"internal/testmta",
		"internal/testtoken",
		"internal/vectors",
	}
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			help := i == "testing" || slices.Contains(helping, strings.TrimPrefix(i, module))
			if help && !slices.Contains(helping, strings.TrimPrefix(p.ImportPath, module)) {
				t.Errorf("%s imports %s outside its tests", p.ImportPath, i)
			}
		}
	}
}
