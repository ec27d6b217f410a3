package eml

import "github.com/waxwing-mail/waxwing/finding"

// Fault is one way in which a message, a field or an encoding departs from the standards.
type Fault struct {
	Code   finding.Code
	Part   string // path of the part, as in Part.Path; empty where the text stood alone
	Range  Range  // in the source; for text that stood alone, in that text
	Detail string // the value, where it helps
	Count  int    // how often in this part; Range is the first
}

// Finding returns the fault as a finding about its part.
func (f Fault) Finding() finding.Finding {
	n := finding.New(f.Code).At(f.Part)
	n.Detail = f.Detail
	return n
}
