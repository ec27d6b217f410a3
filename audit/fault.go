package audit

import "fmt"

// Fault is the first thing in the log that is not as it was written.
type Fault struct {
	First, Last int64  // the bad entry is one of these: mostly the same
	What        string // in a sentence
}

// Error implements error.
func (f *Fault) Error() string {
	if f.First == f.Last {
		return fmt.Sprintf("audit: entry %d: %s", f.First, f.What)
	}
	return fmt.Sprintf("audit: entry %d to %d: %s", f.First, f.Last, f.What)
}

func faultAt(seq int64, format string, args ...any) error {
	return &Fault{First: seq, Last: seq, What: fmt.Sprintf(format, args...)}
}
