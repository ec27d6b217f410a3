package milter

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Action is what becomes of a mail or a recipient.
type Action string

// The actions. The zero value is TempFail.
const (
	TempFail Action = ""       // the client keeps the mail and comes again
	Accept   Action = "accept" // this filter is content; others still see the mail
	Reject   Action = "reject"
	Discard  Action = "discard" // taken and thrown away, without a word to anybody
)

// Op is how a header field is changed.
type Op string

// The operations.
const (
	Add    Op = "add"    // after all others
	Insert Op = "insert" // so that Index fields stand before it; 0 puts it on top
	Change Op = "change" // the Index-th field of that name, from 1
	Delete Op = "delete" // the Index-th field of that name, from 1. Delete the last first: the MTA counts anew after each
)

// Edit changes one header field.
type Edit struct {
	Op    Op
	Index int
	Name  string
	Value string // everything after the colon, as Field.Value: mostly it begins with a space
}

// Answer is what the MTA is to do. Changes are made only where the Action is Accept.
type Answer struct {
	Action   Action
	Code     int    // SMTP code for TempFail and Reject; zero takes the MTA's own words
	Enhanced string // "5.7.1"; needed where Code is given
	Text     string

	Edits      []Edit      // in this order
	Body       io.Reader   // a new body, lines ended by CRLF; nil keeps the old one
	Quarantine string      // why the MTA is to hold the mail; empty does not
	From       *string     // a new sender; nil keeps the old one
	Add        []Recipient // recipients to be added
	Remove     []string    // and removed, as they came
}

// needs returns what the MTA must allow for this answer.
func (a *Answer) needs() Actions {
	var n Actions
	for _, e := range a.Edits {
		if e.Op == Add || e.Op == Insert {
			n |= AddHeaders
		} else {
			n |= ChangeHeaders
		}
	}
	if a.Body != nil {
		n |= ChangeBody
	}
	if a.Quarantine != "" {
		n |= QuarantineMail
	}
	if a.From != nil {
		n |= ChangeFrom
	}
	for _, r := range a.Add {
		n |= AddRecipients
		if len(r.Args) > 0 {
			n |= AddWithArgs
		}
	}
	if len(a.Remove) > 0 {
		n |= DeleteRecipients
	}
	return n
}

// check finds what would not arrive as it was meant.
func (a *Answer) check(may Actions) error {
	if missing := a.needs() &^ may; missing != 0 {
		return fmt.Errorf("the MTA did not allow actions %#x", uint32(missing))
	}
	for _, e := range a.Edits {
		if e.Name == "" || strings.ContainsFunc(e.Name, func(c rune) bool { return c <= ' ' || c == ':' || c >= 0x7f }) {
			return fmt.Errorf("%q is no name of a header field", e.Name)
		}
		// A line end that is no folding would begin another field.
		if strings.Contains(foldable(e.Value), "\n") || strings.ContainsAny(e.Value, "\x00") {
			return errors.New("a value of a header field holds a line end or NUL")
		}
		if e.Index < 0 || (e.Op == Change || e.Op == Delete) && e.Index == 0 {
			return errors.New("the index of a header edit is not valid")
		}
		if e.Op == Change && strings.TrimLeft(e.Value, " \t") == "" {
			return errors.New("an empty value would delete the field") // libmilter: smfi_chgheader
		}
	}
	return nil
}

// foldable takes the folds out of a value.
func foldable(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n ", ""), "\n\t", "")
}

// value is a header value as the protocol wants it: LF folds, and without the first space where the MTA adds one.
func value(s string, a agreed) []byte {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if !a.quiet(leadingSpace) {
		s = strings.TrimPrefix(s, " ")
	}
	return cstring(s)
}

// reply is the data of SMFIR_REPLYCODE, or nil where the MTA's own words do.
func (a *Answer) reply() []byte {
	class := byte('4')
	if a.Action == Reject {
		class = '5'
	}
	code := fmt.Sprint(a.Code)
	if a.Action == Accept || a.Action == Discard || len(code) != 3 || code[0] != class {
		return nil
	}
	enhanced := a.Enhanced
	if enhanced == "" || enhanced[0] != class {
		enhanced = string(class) + ".7.1"
	}
	text := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, a.Text)
	// libmilter: smfi_setreply. A percent sign is doubled.
	text = strings.ReplaceAll(text[:min(len(text), 400)], "%", "%%")
	return cstring(code + " " + enhanced + " " + strings.ToValidUTF8(text, ""))
}

// send carries the answer out.
func (p *packets) send(a *Answer, with agreed) error {
	if a.Action == Accept {
		if err := p.changes(a, with); err != nil {
			return err
		}
	}
	if r := a.reply(); r != nil {
		return p.write(repCode, r)
	}
	switch a.Action {
	case Accept:
		return p.write(repAccept)
	case Reject:
		return p.write(repReject)
	case Discard:
		return p.write(repDiscard)
	}
	return p.write(repTempFail)
}

func (p *packets) changes(a *Answer, with agreed) error {
	for _, e := range a.Edits {
		if err := p.edit(e, with); err != nil {
			return err
		}
	}
	if a.From != nil {
		if err := p.write(repChangeFrom, cstring("<"+*a.From+">")); err != nil {
			return err
		}
	}
	for _, r := range a.Remove {
		if err := p.write(repDeleteRcpt, cstring("<"+r+">")); err != nil {
			return err
		}
	}
	for _, r := range a.Add {
		cmd, args := byte(repAddRcpt), []byte(nil)
		if len(r.Args) > 0 {
			cmd, args = repAddRcptArgs, cstring(strings.Join(r.Args, " "))
		}
		if err := p.write(cmd, cstring("<"+r.Address+">"), args); err != nil {
			return err
		}
	}
	if a.Quarantine != "" {
		if err := p.write(repQuarantine, cstring(a.Quarantine)); err != nil {
			return err
		}
	}
	return p.body(a.Body)
}

func (p *packets) edit(e Edit, with agreed) error {
	name := cstring(e.Name)
	switch e.Op {
	case Add:
		return p.write(repAddHeader, name, value(e.Value, with))
	case Insert:
		return p.write(repInsertHeader, uint32Bytes(uint32(e.Index)), name, value(e.Value, with))
	case Change:
		return p.write(repChangeHeader, uint32Bytes(uint32(e.Index)), name, value(e.Value, with))
	}
	return p.write(repChangeHeader, uint32Bytes(uint32(e.Index)), name, cstring(""))
}

// body sends a new body piece by piece.
func (p *packets) body(r io.Reader) error {
	if r == nil {
		return nil
	}
	buf := make([]byte, bodyPiece)
	for sent := false; ; sent = true {
		n, err := io.ReadFull(r, buf)
		if n > 0 || !sent {
			if err := p.write(repReplaceBody, buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil
		}
		if err != nil {
			return err // the MTA sees the connection break and does not take the mail
		}
	}
}
