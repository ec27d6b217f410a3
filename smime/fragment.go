package smime

import (
	"bytes"
	"io"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// fragment looks whether HTML that came out of an encryption without integrity stands by itself, as RFC 8551 §6
// asks: it begins and ends as a document does. Half of one is what an EFAIL gadget leaves.
func (x *opening) fragment(l *Layer, p *eml.Part, at place) error {
	if !at.exposed || !p.Type.Is("text/html") {
		return nil
	}
	const window = 1 << 10
	var head, tail []byte
	r, buf := x.guard(p.Decoded()), make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		head = append(head, buf[:min(n, window-len(head))]...)
		tail = append(tail, buf[max(0, n-window):n]...)
		tail = tail[max(0, len(tail)-window):]
		if err == io.EOF {
			break
		}
		if err != nil {
			return x.stops(err)
		}
	}
	head = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n"))
	tail = bytes.ToLower(bytes.TrimRight(tail, " \t\r\n\x00"))
	begins := bytes.HasPrefix(head, []byte("<!doctype")) || bytes.HasPrefix(head, []byte("<html")) ||
		bytes.HasPrefix(head, []byte("<?xml"))
	if !begins || !bytes.HasSuffix(tail, []byte("</html>")) {
		l.note(finding.MIMEFragment)
	}
	return nil
}
