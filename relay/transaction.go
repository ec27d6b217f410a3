package relay

import (
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// batch is how many RCPT commands go out before answers are read, so that neither side waits for the other's buffers.
const batch = 100

// transaction is one message on its way out.
type transaction struct {
	e       *Envelope
	m       eml.Source
	results []Result
	decided []bool
}

func newTransaction(e *Envelope, m eml.Source) *transaction {
	return &transaction{e: e, m: m, results: make([]Result, len(e.Recipients)), decided: make([]bool, len(e.Recipients))}
}

func (t *transaction) decide(i int, r Result) {
	if !t.decided[i] {
		t.results[i], t.decided[i] = r, true
	}
}

// rest gives every recipient without a result this one.
func (t *transaction) rest(r Reply) {
	for i := range t.results {
		t.decide(i, Result{Reply: r})
	}
}

func (t *transaction) pending() []int {
	var list []int
	for i, d := range t.decided {
		if !d {
			list = append(list, i)
		}
	}
	return list
}

// broke is a connection that ended before the message was complete: the next hop has nothing.
func (t *transaction) broke(err error) error {
	text := "connection to the next hop broke before the message was complete: "
	if errors.Is(err, os.ErrDeadlineExceeded) {
		text = "the next hop did not answer in time: "
	}
	t.rest(Temporary("4.4.2", text+err.Error()))
	return err
}

// run carries the transaction out. An error means that the link is of no more use.
func (t *transaction) run(l *link) error {
	e, err := t.fit(l)
	if err != nil {
		return t.broke(err)
	}
	if len(t.pending()) == 0 {
		return nil
	}
	if err := t.forward(l); err != nil {
		if l.used && !errors.As(err, new(Reply)) {
			return errStale
		}
		return t.broke(err)
	}
	accepted, err := t.envelope(l, e)
	if errors.Is(err, errStale) {
		return err
	}
	if err != nil {
		return t.broke(err)
	}
	if len(accepted) == 0 {
		return l.need("RSET\r\n")
	}
	return t.content(l, accepted)
}

// forward tells the XFORWARD attributes. That the next hop does not want them is no reason not to send.
func (t *transaction) forward(l *link) error {
	if !l.client.Forward || t.e.Forward == (Forward{}) {
		return nil
	}
	for _, line := range t.e.Forward.commands(l.has["XFORWARD"]) {
		if _, err := l.ask(line); err != nil {
			return err
		}
	}
	return nil
}

// envelope says MAIL and RCPT, together where the next hop pipelines (RFC 2920), and returns who was accepted.
func (t *transaction) envelope(l *link, e *Envelope) (accepted []int, err error) {
	todo := t.pending()
	pipelining := l.offers("PIPELINING")
	text := e.mailLine(l.has, t.m.Size())
	if !pipelining {
		if r, err := l.ask(text); err != nil || !r.Positive() {
			return nil, t.mailFailed(l, r, err)
		}
		l.used, text = true, ""
	}
	mail := pipelining
	for len(todo) > 0 {
		now := todo[:min(len(todo), batch)]
		if !pipelining {
			now = todo[:1]
		}
		todo = todo[len(now):]
		var b strings.Builder
		b.WriteString(text)
		for _, i := range now {
			b.WriteString(t.e.Recipients[i].rcptLine(l.has))
		}
		text = ""
		if err := l.say(b.String()); err != nil {
			if mail && l.used {
				return nil, errStale
			}
			return nil, err
		}
		if mail {
			r, err := l.hear(l.client.Command)
			if err != nil || !r.Positive() {
				return nil, t.mailRefused(l, r, err, len(now))
			}
			mail, l.used = false, true
		}
		for _, i := range now {
			r, err := l.hear(l.client.Command)
			if err != nil {
				return nil, err
			}
			if r.Positive() {
				accepted = append(accepted, i)
			} else {
				t.decide(i, Result{Reply: r})
			}
		}
	}
	return accepted, nil
}

// mailRefused reads the answers to the RCPTs that were sent along with a refused MAIL.
func (t *transaction) mailRefused(l *link, r Reply, err error, rcpts int) error {
	if err == nil && r.Code != 421 {
		for range rcpts {
			if _, err := l.hear(l.client.Command); err != nil {
				break
			}
		}
	}
	return t.mailFailed(l, r, err)
}

// mailFailed: a link that was closed while idle is stale, not a failure of this mail.
func (t *transaction) mailFailed(l *link, r Reply, err error) error {
	if l.used && (err != nil || r.Code == 421) {
		return errStale
	}
	if err != nil {
		return err
	}
	t.rest(r)
	if r.Code == 421 {
		return r
	}
	return nil
}

// content sends the message and reads the answers.
func (t *transaction) content(l *link, accepted []int) error {
	r, err := l.ask("DATA\r\n")
	if err != nil {
		return t.broke(err)
	}
	if r.Code != 354 {
		if r.Positive() {
			r = Temporary("4.5.0", "the next hop answered DATA with "+r.String())
		}
		t.rest(r)
		return r // the link may be in any state
	}
	end, err := t.write(l)
	if err != nil {
		var bare errBareLine
		if errors.As(err, &bare) {
			t.rest(Permanent("5.6.0", err.Error()))
			return err // without the end the next hop throws away what it has
		}
		return t.broke(err)
	}
	l.raw.SetWriteDeadline(time.Now().Add(l.client.Data))
	if _, err := l.conn.Write(end); err != nil {
		return t.unknown(err)
	}
	if !l.client.LMTP {
		r, err := l.hear(l.client.Done)
		if err != nil {
			return t.unknown(err)
		}
		t.rest(r)
		return closing(r)
	}
	for _, i := range accepted { // RFC 2033 §4.2: in the order of the RCPTs
		r, err = l.hear(l.client.Done)
		if err != nil {
			return t.unknown(err)
		}
		t.decide(i, Result{Reply: r})
	}
	return closing(r)
}

func closing(r Reply) error {
	if r.Code == 421 {
		return r
	}
	return nil
}

// unknown: the message went out whole, the answer did not come.
func (t *transaction) unknown(err error) error {
	r := Temporary("4.4.2", "the connection broke before the next hop answered; it may have the message: "+err.Error())
	for i := range t.results {
		t.decide(i, Result{Reply: r, Unknown: true})
	}
	return err
}

// write sends the content but for its end.
func (t *transaction) write(l *link) (end []byte, err error) {
	buf := largeWindows.Get().(*[]byte)
	defer func() { clear(*buf); largeWindows.Put(buf) }()
	s := stuffer{w: &deadlineWriter{l}}
	for off := int64(0); off < t.m.Size(); {
		n, err := t.m.ReadAt((*buf)[:min(int64(len(*buf)), t.m.Size()-off)], off)
		if n == 0 && err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if _, err := s.Write((*buf)[:n]); err != nil {
			return nil, err
		}
		off += int64(n)
	}
	return s.end()
}

// deadlineWriter gives the next hop time for each piece.
type deadlineWriter struct{ l *link }

func (w *deadlineWriter) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	w.l.raw.SetWriteDeadline(time.Now().Add(w.l.client.Data))
	return w.l.conn.Write(b)
}
