package ca

import "strings"

// Problem is one reason for which an order is refused.
type Problem struct {
	Code    string `json:"code"`              // stable: "key.other-holder", or the name of a lint rule
	Section string `json:"section,omitempty"` // the rule that is broken
	Field   string `json:"field,omitempty"`   // of the order: "subject.surname", "key"
	What    string `json:"what"`              // what is wrong, with the value
	Advice  string `json:"advice,omitempty"`  // what to do
}

// Refusal is why an order is refused: all reasons that could be found.
type Refusal struct{ Problems []Problem }

func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString("the order is refused")
	for i, p := range r.Problems {
		b.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0])
		b.WriteString(p.String())
	}
	return b.String()
}

// String is the problem in one line.
func (p Problem) String() string {
	s := p.Code
	if p.Section != "" {
		s += " (" + p.Section + ")"
	}
	if p.Field != "" {
		s += ": " + p.Field
	}
	s += ": " + p.What
	if p.Advice != "" {
		s += " - " + p.Advice
	}
	return s
}

// Has reports whether a code is among the reasons.
func (r *Refusal) Has(code string) bool {
	for _, p := range r.Problems {
		if p.Code == code {
			return true
		}
	}
	return false
}

// err is the refusal as an error, or nil if there is no reason.
func (r *Refusal) err() error {
	if r == nil || len(r.Problems) == 0 {
		return nil
	}
	return r
}

func (r *Refusal) add(p Problem) { r.Problems = append(r.Problems, p) }
