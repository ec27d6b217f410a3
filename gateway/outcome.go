package gateway

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/policy"
)

// Mail is a mail as a wire brings it.
type Mail struct {
	From       string
	Recipients []string
	Content    eml.Source // lines ended by CRLF
	Arrived    time.Time  // the moment of judgement; required
	Ident      string     // the MTA's queue id, for people who look for it
}

// Action is what becomes of a mail for some recipients.
type Action string

// The actions. The zero value is Defer.
const (
	Defer   Action = ""        // the MTA keeps it and comes again
	Deliver Action = "deliver" // hand it on
	Refuse  Action = "refuse"  // for good; the MTA tells the sender
)

// Outcome is what is to happen to one mail. A wire carries it out; it decides nothing.
type Outcome struct {
	Bodies  []*Body        // each recipient is in exactly one
	Verdict policy.Verdict // of the form that was opened farthest
	Why     []finding.Code
}

// Body is the mail for some recipients.
type Body struct {
	For      []string
	Action   Action
	Enhanced string // for Refuse and Defer: RFC 3463
	Reply    string

	Verdict policy.Verdict
	Add     [][]byte // header fields to put on top, in this order
	Remove  []int    // indexes of header fields of the mail as it came that go

	// Opened is the mail decrypted, or nil. A bounce of it must not carry its content back: RET=HDRS (RFC 3461 §4.3).
	Opened *eml.Spool

	Made *eml.Spool // the mail as it was made for them; nil where it goes as it came, with Add and Remove

	mail *eml.Message
}

// WriteTo writes the mail as these recipients get it.
func (b *Body) WriteTo(w io.Writer) (int64, error) {
	if b.Made != nil {
		return io.Copy(w, b.Made.Reader())
	}
	if b.Opened == nil {
		e := eml.NewEdit(b.mail.Root)
		for _, i := range b.Remove {
			e.Remove(i)
		}
		for i := len(b.Add) - 1; i >= 0; i-- {
			e.Prepend(b.Add[i])
		}
		return e.WriteTo(w)
	}
	n, err := io.Copy(w, bytes.NewReader(bytes.Join(b.Add, nil)))
	if err != nil {
		return n, err
	}
	k, err := io.Copy(w, b.Opened.Reader())
	return n + k, err
}

// Close forgets what was decrypted and made.
func (o *Outcome) Close() error {
	var err error
	for _, b := range o.Bodies {
		for _, s := range []*eml.Spool{b.Opened, b.Made} {
			if s != nil {
				err = errors.Join(err, s.Close())
			}
		}
	}
	return err
}
