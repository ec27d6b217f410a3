package alg

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
)

// declared is an identifier of an oid_*.go file, with the dotted form beside it.
type declared struct {
	name, dotted string
	oid          der.OID
}

// declaredOIDs reads the identifiers out of the source.
func declaredOIDs(t *testing.T) []declared {
	t.Helper()
	files, err := filepath.Glob("oid_*.go")
	if err != nil || len(files) < 6 {
		t.Fatalf("%v, %v", files, err)
	}
	var all []declared
	for _, file := range files {
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			lit, ok := v.Values[0].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: %s is no literal", file, v.Names[0])
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, declared{v.Names[0].Name, strings.TrimSpace(v.Comment.Text()), der.OID(s)})
			return true
		})
	}
	return all
}

func TestEveryIdentifierIsWhatItsCommentSays(t *testing.T) {
	names := make(map[der.OID]string)
	all := declaredOIDs(t)
	for _, d := range all {
		if want, err := der.ParseOID(d.dotted); err != nil || want != d.oid {
			t.Errorf("%s is %v, its comment says %s (%v)", d.name, d.oid, d.dotted, err)
		}
		// RFC 8551 §2.5.2, RFC 4262 §2: the attribute and the extension have the same identifier.
		if other, twice := names[d.oid]; twice && d.oid != OIDSMIMECapabilities {
			t.Errorf("%s and %s are both %v", d.name, other, d.oid)
		}
		names[d.oid] = d.name
	}
	if len(all) < 300 {
		t.Errorf("only %d identifiers were found", len(all))
	}
	for oid := range table {
		if names[oid] == "" {
			t.Errorf("%s is in the table and has no name in oid_*.go", Name(oid))
		}
	}
}
