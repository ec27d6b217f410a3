package docs

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/kit"
)

// Clients are the pages of instructions under docs/clients, by their file names.
func Clients() (map[string]string, error) {
	pages := map[string]string{}
	var index strings.Builder
	index.WriteString(made + "# How a kit gets into a mail program\n\nOne page a program, as a person sees it. `waxwing kit instructions PROGRAM` prints the same for one address.\n" +
		"Which program opened which kit in the tests is in [kits](../kits.md); the others were not tried here.\n\n| program | form of the kit | it protects by |\n|---|---|---|\n")
	for _, c := range kit.Clients() {
		text, err := c.Markdown(kit.Sample)
		if err != nil {
			return nil, err
		}
		pages["clients/"+c.ID+".md"] = made + text
		fmt.Fprintf(&index, "| [%s](%s.md) | `%s` | %s |\n", c.Title, c.ID, c.Form, c.Form.Protection())
	}
	pages["clients/README.md"] = index.String()
	return pages, nil
}
