package forensics

import (
	"bytes"
	"context"
	"fmt"
	"hash"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

// search tries forms of a part until one has the digest that was signed.
type search struct {
	ctx    context.Context
	h      *alg.Hash
	want   []byte
	limits limit.Limits
	work   int // bytes that may still be hashed
	found  []Cause
	fits   bool // a form has the digest
	buffer [32 << 10]byte
}

// done tells whether the search is over.
func (s *search) done() bool { return s.fits || s.work <= 0 || s.ctx.Err() != nil }

// form is a text to be tried, with the causes that were undone already.
type form struct {
	text   []byte // canonical: CRLF
	m      *eml.Message
	causes []Cause
	states map[int][2]hash.Hash // digests of the text up to an offset: with CRLF and with LF
}

// form makes the index of a text and the states of its digest where parts begin.
func (s *search) form(text []byte, causes []Cause) (*form, error) {
	m, err := eml.Parse(bytes.NewReader(text), limit.New(s.limits))
	if err != nil {
		return nil, err
	}
	return &form{text: text, m: m, causes: causes, states: map[int][2]hash.Hash{}}, nil
}

// header returns the header of a part and what separates it from the body.
func (f *form) header(p *eml.Part) string { return string(f.text[p.Range.Start:p.BodyRange.Start]) }

// body returns the body of a part.
func (f *form) body(p *eml.Part) []byte { return f.text[p.BodyRange.Start:p.BodyRange.End] }

// mostStates is how many states of digests are kept for one form.
const mostStates = 512

// state returns the digests of the text up to an offset.
func (s *search) state(f *form, to int) (crlf, lf hash.Hash) {
	if k, ok := f.states[to]; ok {
		return clone(k[0]), clone(k[1])
	}
	from := 0
	for at := range f.states {
		if at <= to && at > from {
			from = at
		}
	}
	if k, ok := f.states[from]; ok {
		crlf, lf = clone(k[0]), clone(k[1])
	} else {
		crlf, lf = s.h.New(), s.h.New()
	}
	s.feed(crlf, lf, f.text[from:to])
	if a, b := clone(crlf), clone(lf); a != nil && b != nil && len(f.states) < mostStates {
		f.states[to] = [2]hash.Hash{a, b}
	}
	return crlf, lf
}

// clone copies the state of a digest; nil where it cannot be copied.
func clone(h hash.Hash) hash.Hash {
	if c, ok := h.(hash.Cloner); ok {
		if k, err := c.Clone(); err == nil {
			return k
		}
	}
	return nil
}

// feed hashes a piece in both forms.
func (s *search) feed(crlf, lf hash.Hash, piece []byte) {
	s.work -= 2 * len(piece)
	crlf.Write(piece)
	for len(piece) > 0 {
		out := s.buffer[:0]
		for len(piece) > 0 && len(out) < cap(out) {
			n := len(piece)
			if i := bytes.Index(piece, []byte("\r\n")); i >= 0 {
				n = i
			}
			n = min(n, cap(out)-len(out))
			out, piece = append(out, piece[:n]...), piece[n:]
			if bytes.HasPrefix(piece, []byte("\r\n")) {
				piece = piece[1:]
			}
		}
		lf.Write(out)
	}
}

// mostEnds is the largest number of line ends that a text is tried with at its end.
const mostEnds = 4

// try hashes a form, with CRLF and with LF and with other numbers of line ends at its end, and keeps the causes when
// one is what was signed.
func (s *search) try(f *form, c Cause, from int, pieces ...[]byte) {
	if s.done() {
		return
	}
	s.work -= 512
	ends, n := 0, 0
	for len(pieces) > 0 {
		last := len(pieces) - 1
		cut, n := trimEnds(pieces[last])
		ends += n
		pieces = append(pieces[:last:last], cut)
		if len(cut) > 0 {
			break
		}
		pieces = pieces[:last]
	}
	if len(pieces) == 0 {
		var cut []byte
		cut, n = trimEnds(f.text[:from])
		ends, from = ends+n, len(cut)
	}
	crlf, lf := s.state(f, from)
	for _, p := range pieces {
		s.feed(crlf, lf, p)
	}
	for n := range mostEnds + 1 {
		if bytes.Equal(crlf.Sum(nil), s.want) {
			s.keep(f, c, ends, n, "\r\n")
		} else if bytes.Equal(lf.Sum(nil), s.want) {
			s.keep(f, c, ends, n, "\n")
		}
		crlf.Write([]byte("\r\n"))
		lf.Write([]byte("\n"))
	}
}

// trimEnds returns a text without the line ends at its end, and their number.
func trimEnds(b []byte) ([]byte, int) {
	n := 0
	for bytes.HasSuffix(b, []byte("\r\n")) {
		b, n = b[:len(b)-2], n+1
	}
	return b, n
}

// keep notes what was found. had is how many line ends the form had at its end, n how many were signed.
func (s *search) keep(f *form, c Cause, had, n int, end string) {
	if s.fits {
		return
	}
	s.fits = true
	s.found = append(s.found, f.causes...)
	s.found = append(s.found, c)
	if end == "\n" {
		s.found = append(s.found, Cause{Code: finding.ForensicsLineEnds, What: "it was signed with bare line feeds",
			Who: "software that signs a file as it lies on a Unix disk"})
	}
	if had != n && !slices.ContainsFunc(s.found, cutsEnd) {
		s.found = append(s.found, Cause{Code: finding.ForensicsFinalLine, What: fmt.Sprintf("it was signed with %s at its end, not %d", count(n, "line end"), had),
			Who: "a mailing list, a gateway or a program that rebuilds multiparts"})
	}
}

// cutsEnd tells causes that say already how the text ended.
func cutsEnd(c Cause) bool {
	return c.Code == finding.ForensicsFooter || c.Code == finding.ForensicsLines
}

// count says a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
