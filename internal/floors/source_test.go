package floors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The ratchet: no function is longer than this, no file either. A test may be a long table.
const (
	longestFunction = 70
	longestTest     = 140
	longestFile     = 300
)

// exceptions are functions and files that may be longer, by name. Make the list shorter, never longer.
var exceptions = map[string]bool{}

// source is one parsed file of the module.
type source struct {
	path string // from the root of the repository
	set  *token.FileSet
	file *ast.File
}

// sources parses every Go file of the module, except generated ones.
func sources(t *testing.T) []source {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var list []source
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil || strings.HasPrefix(string(text), "// Code generated") {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		list = append(list, source{filepath.ToSlash(rel), set, f})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s source) lines(n ast.Node) int {
	return s.set.Position(n.End()).Line - s.set.Position(n.Pos()).Line + 1
}

func TestFunctionsFitAScreen(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || exceptions[s.path+" "+f.Name.Name] {
				continue
			}
			most := longestFunction
			if s.isTest() {
				most = longestTest
			}
			if n := s.lines(f); n > most {
				t.Errorf("%s: %s has %d lines, more than %d", s.path, f.Name.Name, n, most)
			}
		}
		if n := s.lines(s.file); n > longestFile && !s.isTest() && !exceptions[s.path] {
			t.Errorf("%s has %d lines, more than %d: is it still one room?", s.path, n, longestFile)
		}
	}
}

func TestPureRoomsHaveNoClock(t *testing.T) {
	rooms, err := readPlan()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources(t) {
		if s.isTest() || !rooms[filepath.ToSlash(filepath.Dir(s.path))].pure {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
				switch sel.Sel.Name {
				case "Now", "Since", "Until", "After", "Tick", "NewTimer", "NewTicker", "Sleep", "AfterFunc":
					t.Errorf("%s: a pure room asks the clock: time.%s", s.set.Position(n.Pos()), sel.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		dir := filepath.Dir(s.path)
		if _, seen := documented[dir]; !seen && !s.isTest() {
			documented[dir] = false
		}
		if s.file.Doc != nil && !s.isTest() {
			documented[dir] = true
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

func TestEveryExportIsDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no comment", s.set.Position(d.Pos()), name)
			}
		}
	}
}

// undocumented returns the exported names of a declaration that nothing explains.
func undocumented(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && !receiverIsPrivate(d) && !conventional[d.Name.Name] {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					names = append(names, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					names = append(names, spec.Names[0].Name)
				}
			}
		}
	}
	return names
}

// conventional are methods whose meaning every reader of Go knows.
var conventional = map[string]bool{"Error": true, "String": true, "Unwrap": true, "Is": true}

// receiverIsPrivate tells methods of private types, which mostly implement an interface.
func receiverIsPrivate(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return false
	}
	t := f.Recv.List[0].Type
	if p, ok := t.(*ast.StarExpr); ok {
		t = p.X
	}
	id, ok := t.(*ast.Ident)
	return ok && !id.IsExported()
}

// dotted finds an object identifier written in numbers.
var dotted = regexp.MustCompile(`^"[012]\.\d+(\.\d+){3,}"$`)

func TestAlgorithmIdentifiersLiveInAlg(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() || strings.HasPrefix(s.path, "alg/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && dotted.MatchString(l.Value) {
				t.Errorf("%s: %s belongs into package alg", s.set.Position(n.Pos()), l.Value)
			}
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "ObjectIdentifier" && isIdent(sel.X, "asn1") {
				t.Errorf("%s: object identifiers are der.OID, declared in package alg", s.set.Position(n.Pos()))
			}
			return true
		})
	}
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func TestNothingIsLeftForLater(t *testing.T) {
	for _, s := range sources(t) {
		for _, g := range s.file.Comments {
			for _, word := range []string{"TO" + "DO", "FIX" + "ME", "X" + "XX"} {
				if strings.Contains(g.Text(), word) {
					t.Errorf("%s: %s: fix it or list it under Limits in the README", s.set.Position(g.Pos()), word)
				}
			}
		}
	}
}
