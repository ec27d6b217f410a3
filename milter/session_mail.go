package milter

import (
	"context"
	"maps"
	"runtime/debug"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// begin is SMFIC_MAIL.
func (n *session) begin(data []byte) error {
	list, err := cstrings(data)
	from, args, ok := unbracket(list)
	if err != nil || !ok {
		return errPacket
	}
	n.drop()
	n.mail = &mail{spool: eml.NewSpool(eml.SpoolOptions{Dir: n.srv.SpoolDir, Memory: n.srv.limits.Spool})}
	n.mail.Message = Message{Client: n.client, From: from, FromArgs: args, Macros: maps.Clone(n.macros)}
	maps.Copy(n.mail.Macros, n.next)
	n.next = nil
	return nil
}

func (n *session) rcpt(ctx context.Context, data []byte) error {
	list, err := cstrings(data)
	address, args, ok := unbracket(list)
	if err != nil || !ok || n.mail == nil {
		return errPacket
	}
	r := Recipient{address, args}
	if n.srv.AskRecipients {
		a := n.ask(func() Answer { return n.srv.Handler.Recipient(ctx, &n.mail.Message, r) })
		if a.Action != Accept {
			a.Edits = nil
			return n.wire.send(&a, n.with)
		}
	}
	if len(n.mail.Recipients) >= n.srv.limits.Recipients {
		n.mail.full = true
		return n.goOn(nil, quietRcpt)
	}
	n.mail.Recipients = append(n.mail.Recipients, r)
	return n.goOn(nil, quietRcpt)
}

// field is SMFIC_HEADER. Folds come as LF.
func (n *session) field(data []byte) error {
	list, err := cstrings(data)
	if err != nil || len(list) != 2 || n.mail == nil || n.mail.body {
		return errPacket
	}
	name, value := list[0], strings.ReplaceAll(strings.ReplaceAll(list[1], "\r\n", "\n"), "\n", "\r\n")
	if !n.with.quiet(leadingSpace) {
		value = " " + value // the MTA ate one, and will put one back
	}
	if n.mail.header += len(name) + len(value) + 3; n.mail.header > n.srv.limits.Header {
		n.mail.full = true
		return nil
	}
	n.mail.Header = append(n.mail.Header, Field{name, value})
	return n.write([]byte(name + ":" + value + "\r\n"))
}

func (n *session) headerEnd() error {
	if n.mail == nil || n.mail.body {
		return errPacket
	}
	n.mail.body = true
	return n.write([]byte("\r\n"))
}

// write keeps content; what goes wrong is told at the end.
func (n *session) write(b []byte) error {
	m := n.mail
	if m.full = m.full || m.spool.Size()+int64(len(b)) > n.srv.limits.Size; m.full || m.fault != nil {
		return nil
	}
	_, m.fault = m.spool.Write(b)
	return nil
}

// piece is SMFIC_BODY.
func (n *session) piece(data []byte) error {
	if n.mail == nil || !n.mail.body {
		return errPacket
	}
	if err := n.write(data); err != nil {
		return err
	}
	if n.mail.full && n.with.quiet(maySkip) && !n.with.quiet(quietBody) {
		return n.wire.write(repSkip)
	}
	return n.goOn(nil, quietBody)
}

// end is SMFIC_BODYEOB: the handler is asked, and the answer carried out.
func (n *session) end(ctx context.Context, data []byte) error {
	m := n.mail
	if m == nil {
		return errPacket
	}
	if !m.body { // a mail without empty line
		if err := n.headerEnd(); err != nil {
			return err
		}
	}
	if err := n.write(data); err != nil {
		return err
	}
	defer n.drop()
	a := n.judge(ctx, m)
	if a.Action == Accept {
		if err := a.check(n.with.actions); err != nil {
			n.srv.Log.Error("an answer that cannot be carried out", "err", err, "id", m.Macros["i"])
			a = Answer{}
		}
	}
	return n.wire.send(&a, n.with)
}

func (n *session) judge(ctx context.Context, m *mail) Answer {
	switch {
	case m.full:
		return Answer{Action: Reject, Code: 552, Enhanced: "5.3.4", Text: "message larger than the limits of the filter"}
	case m.fault != nil:
		n.srv.Log.Error("spool", "err", m.fault)
		return Answer{Code: 452, Enhanced: "4.3.1", Text: "no room for the message; try again later"}
	}
	m.Content = m.spool
	result := make(chan Answer, 1)
	go func() {
		n.srv.handling <- struct{}{}
		defer func() { <-n.srv.handling }()
		result <- n.ask(func() Answer { return n.srv.Handler.Message(ctx, &m.Message) })
	}()
	tick := time.NewTicker(n.srv.limits.Progress)
	defer tick.Stop()
	for {
		select {
		case a := <-result:
			return a
		case <-tick.C:
			if n.wire.write(repProgress) != nil {
				tick.Stop() // the MTA is gone; the handler must return before its content does
			}
		}
	}
}

// ask calls the handler, which may fail in any way.
func (n *session) ask(f func() Answer) (a Answer) {
	defer func() {
		if p := recover(); p != nil {
			n.srv.Log.Error("handler panics", "panic", p, "stack", string(debug.Stack()))
			a = Answer{Code: 451, Enhanced: "4.3.0", Text: "internal error; try again"}
		}
	}()
	return f()
}
