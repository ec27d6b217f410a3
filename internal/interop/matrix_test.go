package interop

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/interop.md")

// cell is one meeting of two programs.
type cell string

// The outcomes.
const (
	works  cell = "yes"
	cannot cell = "no" // the peer cannot do it, which the row's note says
	broken cell = "**fails**"
)

// row is one combination of algorithms and forms.
type row struct {
	name  string
	cells []cell
	note  string
}

// table is a part of the matrix.
type table struct {
	title   string
	columns []string
	rows    []row
}

func (tb *table) add(name, note string, cells ...cell) {
	tb.rows = append(tb.rows, row{name, cells, note})
}

func (tb *table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n| | %s | |\n|---|%s---|\n", tb.title, strings.Join(tb.columns, " | "), strings.Repeat("---|", len(tb.columns)))
	for _, r := range tb.rows {
		cells := make([]string, len(r.cells))
		for i, c := range r.cells {
			cells[i] = string(c)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.name, strings.Join(cells, " | "), r.note)
	}
	return b.String()
}

// keep compares the matrix with docs/interop.md, or writes it, and fails for every cell that fails.
func keep(t *testing.T, tables ...*table) {
	t.Helper()
	var b strings.Builder
	b.WriteString("<!-- Made by `go test ./internal/interop -update`. Do not edit. -->\n\n# Interoperability\n\n" +
		"Who opens whose mail, as the tests find it with Debian 12's OpenSSL 3.0 and gpgsm 2.2. *no* is what the peer cannot do.\n")
	for _, tb := range tables {
		b.WriteString(tb.String())
		for _, r := range tb.rows {
			for i, c := range r.cells {
				if c == broken {
					t.Errorf("%s: %s: %s fails", tb.title, r.name, tb.columns[i])
				}
			}
		}
	}
	t.Log(b.String())
	const path = "../../docs/interop.md"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old, err := os.ReadFile(path); err != nil || string(old) != b.String() {
		t.Errorf("docs/interop.md says something else; look at the difference, then: go test ./internal/interop -update")
	}
}
