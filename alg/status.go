package alg

import "fmt"

// Status says whether an algorithm may be used.
type Status uint8

// The statuses. Reading asks Allow; writing takes only what is Current.
const (
	Unknown     Status = iota // not in the table
	Current                   // in use
	Discouraged               // signatures and digests with SHA-1: only with Allow.SHA1
	Legacy                    // broken or too short: only with Allow.Legacy
	Later                     // has a name here and no implementation yet
	Refused                   // has a name here and will have no implementation
)

// String returns the status as one word.
func (s Status) String() string {
	switch s {
	case Current:
		return "current"
	case Discouraged:
		return "discouraged"
	case Legacy:
		return "legacy"
	case Later:
		return "not yet implemented"
	case Refused:
		return "never implemented"
	}
	return "unknown"
}

// Allow is what a reader puts up with. The zero value takes current algorithms only.
type Allow struct {
	SHA1   bool // signatures over SHA-1 (--allow-sha1)
	Legacy bool // 3DES, RC2, DES, MD5, DSA, and SHA-1 too (--allow-legacy)
}

// Check returns nil when an algorithm may be used and otherwise why not:
// *NotAllowedError when a flag would help, *UnsupportedError when none does.
func (a Allow) Check(e Entry) error {
	switch {
	case e.Status == Current,
		e.Status == Discouraged && (a.SHA1 || a.Legacy),
		e.Status == Legacy && a.Legacy:
		return nil
	case e.Status == Discouraged:
		return &NotAllowedError{Algorithm: e.Name, Status: e.Status, Flag: "--allow-sha1"}
	case e.Status == Legacy:
		return &NotAllowedError{Algorithm: e.Name, Status: e.Status, Flag: "--allow-legacy"}
	}
	return &UnsupportedError{Algorithm: e.String(), Status: e.Status}
}

// NotAllowedError says that an algorithm is too old to be used unasked.
type NotAllowedError struct {
	Algorithm string
	Status    Status // Discouraged or Legacy
	Flag      string // the flag that allows it
}

func (e *NotAllowedError) Error() string {
	return fmt.Sprintf("%s is no longer safe and is read only with %s", e.Algorithm, e.Flag)
}

// UnsupportedError says that an algorithm, or the way it is used here, is not implemented.
type UnsupportedError struct {
	Algorithm string // its name, or its dotted identifier
	Status    Status // Unknown, Later or Refused
	Use       string // as what it stood there, such as "signature"; may be empty
}

func (e *UnsupportedError) Error() string {
	if e.Use != "" {
		return fmt.Sprintf("%s is not supported as %s algorithm", e.Algorithm, e.Use)
	}
	return fmt.Sprintf("%s is not supported", e.Algorithm)
}

// ParamsError says that the parameters of an algorithm are malformed or not acceptable.
type ParamsError struct {
	Algorithm string
	Reason    string
}

func (e *ParamsError) Error() string {
	return fmt.Sprintf("parameters of %s: %s", e.Algorithm, e.Reason)
}
