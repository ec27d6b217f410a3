package relay

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/waxwing-mail/waxwing/eml"
)

// fit decides what the next hop cannot carry, recipient by recipient, and returns the envelope to be said to it.
// Nothing is converted: what cannot go as it is fails for good.
func (t *transaction) fit(l *link) (*Envelope, error) {
	e := *t.e
	if e.From != "" && checkAddress(e.From) != nil {
		t.rest(Permanent("5.1.7", "the sender's address cannot stand in a command"))
	}
	for i, r := range e.Recipients {
		if checkAddress(r.Address) != nil || !isXtext(r.Notify) || !plainParameter(r.ORcpt) {
			t.decide(i, Result{Reply: Permanent("5.1.3", "the address or its parameters cannot stand in a command")})
		}
	}
	if !isXtext(e.EnvID) || !isXtext(e.Ret) || !isXtext(e.Body) {
		t.rest(Permanent("5.5.4", "a parameter of the envelope cannot stand in a command"))
	}
	if n, err := strconv.ParseInt(l.has["SIZE"], 10, 64); err == nil && n > 0 && t.m.Size() > n {
		// RFC 1870 §6.3
		t.rest(Permanent("5.3.4", fmt.Sprintf("message of %d octets, the next hop takes %d", t.m.Size(), n)))
	}
	if e.RequireTLS && (!l.offers("REQUIRETLS") || l.tls == nil || l.client.Security != TLSVerify) {
		// RFC 8689 §4.2.1
		t.rest(Permanent("5.7.30", "REQUIRETLS was asked for, and the next hop does not offer it over a verified connection"))
	}
	if err := t.fitContent(l, &e); err != nil {
		return nil, err
	}
	return &e, nil
}

func plainParameter(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// fitContent is about 8BITMIME (RFC 6152 §3) and SMTPUTF8 (RFC 6531 §3.2).
func (t *transaction) fitContent(l *link, e *Envelope) error {
	utf8, eight := l.offers("SMTPUTF8"), l.offers("8BITMIME")
	if utf8 && eight {
		for _, r := range e.Recipients {
			e.SMTPUTF8 = e.SMTPUTF8 || !isASCII(r.Address)
		}
		return nil
	}
	headerEight, bodyEight, err := eightBit(t.m)
	if err != nil {
		return err
	}
	const text = "SMTPUTF8 is needed, and the next hop does not offer it"
	if !utf8 {
		e.SMTPUTF8 = false
		if !isASCII(e.From) || headerEight && t.e.SMTPUTF8 {
			t.rest(Permanent("5.6.7", text))
		}
		for i, r := range e.Recipients {
			if !isASCII(r.Address) || !isASCII(r.ORcpt) {
				t.decide(i, Result{Reply: Permanent("5.6.7", text)})
			}
		}
	}
	if !eight && (bodyEight || headerEight) {
		t.rest(Permanent("5.6.3", "the message has 8-bit content, and the next hop does not offer 8BITMIME"))
	}
	return nil
}

// eightBit tells where a message has octets above 127. The header ends at the first empty line.
func eightBit(m eml.Source) (header, body bool, err error) {
	buf := largeWindows.Get().(*[]byte)
	defer func() { clear(*buf); largeWindows.Put(buf) }()
	inBody, tail := false, ""
	r := io.NewSectionReader(m, 0, m.Size())
	for {
		n, err := r.Read(*buf)
		b := (*buf)[:n]
		if !inBody {
			// The empty line may lie across two pieces.
			joined := append([]byte(tail), b...)
			end := bytes.Index(joined, []byte("\r\n\r\n"))
			if end >= 0 {
				inBody = true
				header = header || !isASCII(string(joined[:end]))
				b = joined[end:]
			} else {
				header = header || !isASCII(string(b))
				tail = string(joined[max(0, len(joined)-3):])
				b = nil
			}
		}
		body = body || !isASCII(string(b))
		if err == io.EOF {
			return header, body, nil
		}
		if err != nil {
			return false, false, err
		}
	}
}
