package relay

import (
	"context"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// readable sets how long the content of a message may take: each piece, and all of it.
func (n *session) readable(in *incoming) {
	l := n.srv.limits
	n.wait = l.Data
	n.until = in.began.Add(l.Data + time.Duration(in.size/l.Rate)*time.Second)
}

func (n *session) data(ctx context.Context, arg string) bool {
	switch {
	case arg != "":
		n.fault(Reply{501, "5.5.4", "DATA has no argument"})
		return true
	case n.env == nil:
		n.fault(Reply{503, "5.5.1", "MAIL first"})
		return true
	case n.bdat != nil: // RFC 3030 §3
		n.drop()
		n.fault(Reply{503, "5.5.1", "DATA after BDAT"})
		return true
	case len(n.env.Recipients) == 0:
		// RFC 2920 §3.1: a pipelining client learns of it here. RFC 2033 §4.2: 503.
		n.fault(Reply{503, "5.5.1", "no valid recipients"})
		return true
	}
	in := n.srv.receive(n.env.Size)
	defer in.close()
	n.reply(Reply{354, none, "go ahead, end with a dot"})
	for done := false; !done; {
		if len(n.in.rest()) == 0 {
			n.readable(in)
			if err := n.in.fill(); err != nil {
				n.wait = n.srv.limits.Command
				n.readFault(err)
				return false
			}
		}
		var k int
		k, done = in.lines.feed(n.in.rest())
		n.in.use(k)
	}
	return n.finish(ctx, in)
}

// chunk is BDAT (RFC 3030 §2).
func (n *session) chunk(ctx context.Context, arg string) bool {
	size, last, ok := readChunk(arg)
	if !ok {
		n.drop()
		n.reply(Reply{501, "5.5.4", "BDAT size [LAST] expected"})
		return false // where the next command begins is not known
	}
	refuse := Reply{}
	if n.env == nil || len(n.env.Recipients) == 0 {
		refuse = Reply{503, "5.5.1", "no valid recipients"}
	} else if n.bdat == nil {
		n.bdat = n.srv.receive(n.env.Size)
	}
	// The octets come whatever the answer is.
	for left := size; left > 0; {
		if len(n.in.rest()) == 0 {
			if n.bdat != nil {
				n.readable(n.bdat)
			}
			if err := n.in.fill(); err != nil {
				n.readFault(err)
				return false
			}
		}
		b := n.in.rest()
		b = b[:min(int64(len(b)), left)]
		if n.bdat != nil {
			n.bdat.lines.chunk(b)
		}
		n.in.use(len(b))
		left -= int64(len(b))
	}
	n.wait, n.until = n.srv.limits.Command, time.Time{}
	if refuse.Code != 0 {
		n.fault(refuse)
		return true
	}
	if !last {
		n.reply(OK(strconv.FormatInt(size, 10) + " octets received"))
		return true
	}
	in := n.bdat
	n.bdat = nil
	defer in.close()
	if in.lines.at == afterCR {
		in.lines.bareCR = true
	}
	return n.finish(ctx, in)
}

func readChunk(arg string) (size int64, last, ok bool) {
	f := strings.Fields(arg)
	if len(f) == 0 || len(f) > 2 || len(f) == 2 && !strings.EqualFold(f[1], "LAST") {
		return 0, false, false
	}
	size, err := strconv.ParseInt(f[0], 10, 64)
	return size, len(f) == 2, err == nil && size >= 0 && f[0][0] != '+'
}

// chunk takes content without dots, and sees to the line ends all the same: the next hop may only know DATA.
func (u *unstuffer) chunk(b []byte) {
	u.put(b)
	for i := 0; i < len(b); {
		i = u.line(b, i)
	}
}

// finish asks the handler and answers. Broken content ends the connection: what the peer sends next may be part of an attack.
func (n *session) finish(ctx context.Context, in *incoming) bool {
	n.wait, n.until = n.srv.limits.Command, time.Time{}
	e := n.env
	replies := make([]Reply, len(e.Recipients))
	if v := in.verdict(); !v.Positive() {
		for i := range replies {
			replies[i] = v
		}
	} else {
		copy(replies, n.deliver(ctx, e, in))
	}
	if n.srv.LMTP { // RFC 2033 §4.2: one answer for each recipient
		for _, r := range replies {
			n.reply(r)
		}
	} else {
		n.reply(together(replies))
	}
	n.drop()
	n.forward = Forward{}
	return !in.broken()
}

// together is the one answer of SMTP. What failed for now brings the mail back for all, what failed for good is told
// to the sender: a failure is never hidden behind the success of others.
func together(list []Reply) Reply {
	worst := Reply{}
	for i, r := range list {
		r = r.complete()
		if i == 0 || rank(r) > rank(worst) {
			worst = r
		}
	}
	return worst
}

func rank(r Reply) int {
	switch {
	case r.Positive():
		return 0
	case r.IsPermanent():
		return 1
	}
	return 2
}

// deliver waits for its turn and calls the handler, which may fail in any way.
func (n *session) deliver(ctx context.Context, e *Envelope, in *incoming) (replies []Reply) {
	busy := time.NewTimer(n.srv.limits.Busy)
	defer busy.Stop()
	select {
	case n.srv.handling <- struct{}{}:
		defer func() { <-n.srv.handling }()
	case <-busy.C:
		return n.everybody(Temporary("4.3.2", "busy; try again"))
	case <-ctx.Done():
		return n.everybody(Temporary("4.3.2", "closing; try again"))
	}
	defer func() {
		if p := recover(); p != nil {
			n.srv.Log.Error("handler panics", "panic", p, "ident", e.Forward.Ident, "stack", string(debug.Stack()))
			replies = n.everybody(Temporary("4.3.0", "internal error; try again"))
		}
	}()
	return n.srv.Handler.Deliver(ctx, e, in.spool)
}

func (n *session) everybody(r Reply) []Reply {
	list := make([]Reply, len(n.env.Recipients))
	for i := range list {
		list[i] = r
	}
	return list
}
