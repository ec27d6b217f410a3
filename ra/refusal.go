package ra

import (
	"fmt"
	"strings"
)

// Refusal is one thing that stands in the way, and what to do about it.
type Refusal struct {
	Code    string `json:"code"`              // stable: "subject.pseudonym-and-name"
	Section string `json:"section,omitempty"` // where the rule stands: "S/MIME BR §7.1.4.2.2"
	Field   string `json:"field,omitempty"`   // of the application: "givenName"
	Value   string `json:"value,omitempty"`   // what was found there
	What    string `json:"what"`              // in a sentence
	Fix     string `json:"fix"`               // what to do
	Warning bool   `json:"warning,omitempty"` // worth a look, and no obstacle
}

// String is the refusal in one line.
func (r Refusal) String() string {
	s := r.What
	if r.Field != "" {
		s = r.Field + ": " + s
	}
	if r.Section != "" {
		s += " (" + r.Section + ")"
	}
	return s + ": " + r.Fix
}

// Refused is what the applicant has to change. It holds no warnings alone.
type Refused struct{ Refusals []Refusal }

// Error implements error.
func (r *Refused) Error() string {
	lines := make([]string, len(r.Refusals))
	for i, one := range r.Refusals {
		lines[i] = one.String()
	}
	return strings.Join(lines, "; ")
}

// refuse makes a Refused of one refusal.
func refuse(code, section, field, value, what, fix string) error {
	return &Refused{Refusals: []Refusal{{Code: code, Section: section, Field: field, Value: value, What: what, Fix: fix}}}
}

// Forbidden says that somebody may not do something. RA.Do enters it in the log.
type Forbidden struct {
	Verb   Verb
	Who    string // Actor.ID
	Object string // on what: "application:01J..."
	Why    string // the role that is missing, or the duty that is to be kept apart
}

// Error implements error.
func (f *Forbidden) Error() string {
	return fmt.Sprintf("%s may not %s: %s", f.Who, f.Verb, f.Why)
}

// Conflict says that somebody changed an application since it was looked at.
type Conflict struct {
	ID         string
	Seen, Have int64 // the versions
	Changes    []Change
}

// Change is one difference between two versions of an application.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Error implements error.
func (c *Conflict) Error() string {
	fields := make([]string, len(c.Changes))
	for i, one := range c.Changes {
		fields[i] = one.Field
	}
	return fmt.Sprintf("the application %s was changed meanwhile (version %d, you saw %d: %s): look at it again", c.ID, c.Have, c.Seen, strings.Join(fields, ", "))
}

// WrongState says that an act does not fit the state of its object.
type WrongState struct {
	Object string
	State  string
	Event  string
	Where  []string // the states in which it fits
}

// Error implements error.
func (w *WrongState) Error() string {
	return fmt.Sprintf("%s is %s: %q is for what is %s", w.Object, w.State, w.Event, strings.Join(w.Where, ", "))
}
