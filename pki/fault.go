package pki

import "fmt"

// Fault is something odd in an encoding, noted while reading went on.
type Fault struct {
	Where  string // the field: "serialNumber", "extension 2.5.29.17"
	What   string // what is odd, with the values
	Broken bool   // the meaning is lost or ambiguous: a validator must refuse the object
}

func (f Fault) String() string { return f.Where + ": " + f.What }

// Error makes a Fault usable as the reason of a refusal.
func (f Fault) Error() string { return f.String() }

// maxFaults bounds what one object's faults cost; hostile input could have one an element.
const maxFaults = 100

// faults collects what a reader notes.
type faults []Fault

func (f *faults) odd(where, format string, args ...any) {
	if len(*f) < maxFaults {
		*f = append(*f, Fault{Where: where, What: fmt.Sprintf(format, args...)})
	}
}

// broken notes a fault that matters. The first one is kept even beyond the bound.
func (f *faults) broken(where, format string, args ...any) {
	if len(*f) >= maxFaults {
		if _, have := f.firstBroken(); have {
			return
		}
	}
	*f = append(*f, Fault{Where: where, What: fmt.Sprintf(format, args...), Broken: true})
}

// firstBroken returns the first fault that a validator must not pass over.
func (f faults) firstBroken() (Fault, bool) {
	for _, x := range f {
		if x.Broken {
			return x, true
		}
	}
	return Fault{}, false
}
