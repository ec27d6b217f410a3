package forensics

import (
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// Cause is one change that happened to a signed part.
type Cause struct {
	Code      finding.Code `json:"code"`
	Part      string       `json:"part,omitempty"`      // MIME part inside the signed one, which is "1"
	What      string       `json:"what"`                // what would have to be undone
	Who       string       `json:"who"`                 // the kind of system that does this
	Where     eml.Range    `json:"where,omitzero"`      // what was added or changed, in the part as received; zero: all over it
	Suspected bool         `json:"suspected,omitempty"` // it is not proven: undoing it does not give what was signed
}

// Finding returns the cause as a finding.
func (c Cause) Finding() finding.Finding {
	return finding.New(c.Code).Because("%s", c.String())
}

// String says the cause for people.
func (c Cause) String() string {
	var b strings.Builder
	if c.Part != "" && c.Part != "1" {
		b.WriteString("part " + c.Part + ": ")
	}
	b.WriteString(c.What)
	if c.Who != "" {
		b.WriteString(" (" + c.Who + ")")
	}
	return b.String()
}

// at returns the cause with its place.
func (c Cause) at(from, to int) Cause {
	c.Where = eml.Range{Start: int64(from), End: int64(to)}
	return c
}

// in returns the cause with its part.
func (c Cause) in(p *eml.Part) Cause {
	c.Part = p.Path
	return c
}

// clipped shortens a text from a message for people.
func clipped(b []byte) string {
	const most = 120
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(b), "?")), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
