package kit

import (
	"fmt"
	"strings"
	"text/template"
)

// Client is a mail program, and how a person gets a kit into it.
type Client struct {
	ID    string // "thunderbird": name of the page, and for commands
	Title string
	Form  Form     // that opens there
	Other []string // flags of `waxwing kit make` beside the form
	Steps []Step
	Old   string   // how old mail becomes readable
	Write string   // how a mail is signed and encrypted
	Read  string   // what a good signature looks like
	Know  []string // limits, and what goes wrong
}

// Step is one thing to do, and what the person sees then. Both are templates over Instructions.
type Step struct{ Do, See string }

// Instructions is what the steps are filled with.
type Instructions struct {
	File         string // name of the kit's file
	Address      string
	Organisation string // whose authority it is
}

// Clients lists the programs, the most common first.
func Clients() []Client { return append(append([]Client{}, desktops...), devices...) }

// ClientByID finds a program by its name for commands.
func ClientByID(id string) (Client, error) {
	var known []string
	for _, c := range Clients() {
		if c.ID == id {
			return c, nil
		}
		known = append(known, c.ID)
	}
	return Client{}, fmt.Errorf("there are no instructions for %q; there are for %s", id, strings.Join(known, ", "))
}

// Sample is what a page for everybody is filled with.
var Sample = Instructions{File: "alice@example.org.p12", Address: "alice@example.org", Organisation: "Example Org"}

// command is how the kit for this program is made.
func (c Client) command(address string) string {
	return strings.Join(append([]string{"waxwing kit make --for", address, "--form", string(c.Form)}, c.Other...), " ")
}

// Text writes the page for one person as plain text, to go with the kit.
func (c Client) Text(i Instructions) (string, error) { return c.fill(textPage, i) }

// Markdown writes the page as Markdown.
func (c Client) Markdown(i Instructions) (string, error) { return c.fill(markdownPage, i) }

// fill fills the steps, and then the page.
func (c Client) fill(page string, i Instructions) (string, error) {
	if i.File == "" {
		i.File = fileName(i.Address, c.Form)
	}
	filled := c
	filled.Steps = nil
	for _, s := range c.Steps {
		do, err := expand(s.Do, i)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c.ID, err)
		}
		see, err := expand(s.See, i)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c.ID, err)
		}
		filled.Steps = append(filled.Steps, Step{do, see})
	}
	return expand(page, map[string]any{"Client": filled, "In": i, "Command": c.command(i.Address)})
}

func expand(text string, data any) (string, error) {
	t, err := template.New("").Funcs(template.FuncMap{"inc": func(n int) int { return n + 1 }}).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, data)
	return b.String(), err
}

const textPage = `{{.Client.Title}}
{{.In.File}} for {{.In.Address}}

{{range $n, $s := .Client.Steps}}{{inc $n}}. {{$s.Do}}
{{with $s.See}}   You see: {{.}}
{{end}}{{end}}
To write: {{.Client.Write}}
To read: {{.Client.Read}}
Old mail: {{.Client.Old}}
{{range .Client.Know}}
* {{.}}{{end}}
`

const markdownPage = `# {{.Client.Title}}

The kit: ` + "`{{.Command}}`" + `

## Setting up

{{range $n, $s := .Client.Steps}}{{inc $n}}. {{$s.Do}}
{{with $s.See}}   *You see:* {{.}}
{{end}}{{end}}
## Every day

* **Write:** {{.Client.Write}}
* **Read:** {{.Client.Read}}
* **Old mail:** {{.Client.Old}}
{{if .Client.Know}}
## Good to know
{{range .Client.Know}}
* {{.}}{{end}}
{{end}}`
