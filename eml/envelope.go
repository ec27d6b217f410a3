package eml

import "bytes"

// byteOrderMark is U+FEFF in UTF-8, which some editors put before everything.
var byteOrderMark = []byte("\xEF\xBB\xBF")

// readEnvelope returns where the header begins: behind a byte order mark and the "From " line of an mbox file
// (RFC 4155). It notes how the first line ends.
func (p *parser) readEnvelope() (int64, error) {
	data, err := p.w.from(0, 2*longestLine)
	if err != nil {
		return 0, err
	}
	if i := bytes.IndexByte(data, '\n'); i == 0 || i > 0 && data[i-1] != '\r' {
		p.msg.lineEnd = "\n"
	}
	off := 0
	if bytes.HasPrefix(data, byteOrderMark) {
		off = len(byteOrderMark)
	}
	if isFromLine(data[off:]) {
		if i := bytes.IndexByte(data[off:], '\n'); i >= 0 {
			off += i + 1
		}
	}
	p.msg.Envelope = Range{0, int64(off)}
	return int64(off), nil
}

// isFromLine tells whether a header begins with the line of an mbox file, quoted or not. "From :" is the field From, with
// the white space before the colon that RFC 5322 §4.5 still has.
func isFromLine(p []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(p[:min(len(p), longestLine)], ">"), []byte("From "))
	return ok && !bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte(":"))
}
