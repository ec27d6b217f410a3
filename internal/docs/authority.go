package docs

import (
	"strings"

	"github.com/waxwing-mail/waxwing/ra"
)

// AuthorityMatrix is docs/authority-matrix.md: which role may do what, and how far.
func AuthorityMatrix() string {
	var b strings.Builder
	b.WriteString(made + "# Who may do what\n\n" +
		"Each verb is a call of package `ra`, whatever button or command leads to it. *own*: what one handed in or what is about oneself. *scope*: what lies in the\n" +
		"organisation, domain and profile of the grant. *any*: everything. Nothing: not at all. Beyond this table nobody decides about himself, about what he handed in\n" +
		"or wrote, or about what he checked, whatever his roles are.\n\n| verb |")
	for _, r := range ra.Roles {
		b.WriteString(" " + string(r) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(ra.Roles)) + "\n")
	for _, v := range ra.Verbs() {
		b.WriteString("| " + string(v) + " |")
		for _, r := range ra.Roles {
			b.WriteString(" " + string(ra.Matrix(v, r)) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}
