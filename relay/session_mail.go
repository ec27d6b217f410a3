package relay

import (
	"context"
	"strings"
)

// after cuts "FROM:" or "TO:" off, with the blanks that many programs put after it.
func after(arg, word string) (string, bool) {
	if len(arg) < len(word) || !strings.EqualFold(arg[:len(word)], word) {
		return "", false
	}
	return strings.TrimLeft(arg[len(word):], " "), true
}

func (n *session) mail(arg string) {
	r := n.startMail(arg)
	if r.Positive() {
		n.reply(r)
		return
	}
	n.drop()
	n.fault(r)
}

func (n *session) startMail(arg string) Reply {
	switch {
	case n.peer.Helo == "":
		return Reply{503, "5.5.1", "say hello first"}
	case n.env != nil:
		return Reply{503, "5.5.1", "a transaction is open"}
	case !n.admitted() && n.srv.Accounts != nil:
		return Reply{530, "5.7.0", "authentication required"}
	case !n.admitted():
		return Reply{550, "5.7.1", "you may not send mail here"}
	}
	text, ok := after(arg, "FROM:")
	address, params, err := readPath(text)
	if !ok || err != nil {
		return Reply{501, "5.5.4", "MAIL FROM:<address> expected"}
	}
	e := &Envelope{Peer: n.peer, From: address, Forward: n.forward}
	o := offer{requireTLS: n.peer.TLS != nil, auth: n.srv.Accounts != nil || n.trusted(), size: n.srv.limits.Size}
	if bad := e.mailParams(params, o); bad != nil {
		return *bad
	}
	if address != "" {
		if err := checkAddress(address); err != nil {
			return Reply{553, "5.1.7", err.Error()}
		}
	}
	if !e.SMTPUTF8 && !isASCII(address) {
		return Reply{553, "5.6.7", "SMTPUTF8 needed for this address"} // RFC 6531 §3.4
	}
	n.env = e
	return Reply{250, "2.1.0", "sender ok"}
}

func (n *session) rcpt(ctx context.Context, arg string) {
	r, to := n.readRecipient(arg)
	if r.Positive() {
		r = n.ask(ctx, to)
	}
	if !r.Positive() {
		n.reply(r)
		if r.Code/100 == 5 && r.Code != 550 { // an unknown recipient is no fault of the peer
			n.faults++
		}
		return
	}
	n.env.Recipients = append(n.env.Recipients, to)
	n.reply(r)
}

func (n *session) readRecipient(arg string) (Reply, Recipient) {
	var to Recipient
	switch {
	case n.env == nil:
		return Reply{503, "5.5.1", "MAIL first"}, to
	case n.bdat != nil:
		return Reply{503, "5.5.1", "the message has begun"}, to
	case len(n.env.Recipients) >= n.srv.limits.Recipients:
		return Reply{452, "4.5.3", "too many recipients in one message; bring the others in the next"}, to
	}
	text, ok := after(arg, "TO:")
	address, params, err := readPath(text)
	if !ok || err != nil {
		return Reply{501, "5.5.4", "RCPT TO:<address> expected"}, to
	}
	to.Address = address
	if bad := to.rcptParams(params); bad != nil {
		return *bad, to
	}
	if err := checkAddress(address); err != nil || address == "" {
		return Reply{553, "5.1.3", "address not valid"}, to
	}
	if !n.env.SMTPUTF8 && !isASCII(address) {
		return Reply{553, "5.6.7", "SMTPUTF8 needed for this address"}, to
	}
	return Reply{250, "2.1.5", "recipient ok"}, to
}

// ask asks the handler, which may fail in any way.
func (n *session) ask(ctx context.Context, to Recipient) (r Reply) {
	defer func() {
		if p := recover(); p != nil {
			n.srv.Log.Error("handler panics at a recipient", "panic", p)
			r = Temporary("4.3.0", "internal error; try again")
		}
	}()
	return n.srv.Handler.Recipient(ctx, n.env, to).complete()
}
