package smime

import (
	"bytes"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// Alteration is a change that, undone, gives back what was signed. It never makes a signature good; it tells what
// happened on the way.
type Alteration struct {
	Kind   AlterationKind `json:"kind"`
	Part   string         `json:"part,omitempty"`   // MIME part inside the covered one
	Detail string         `json:"detail,omitempty"` // what would have to be undone
	By     string         `json:"by"`               // the kind of system that does this
}

// AlterationKind is a kind of change.
type AlterationKind string

// The kinds of changes that are looked for.
const (
	AlteredLineEnds      AlterationKind = "line-ends"         // signed over bare LF
	AlteredFinalLine     AlterationKind = "final-line-end"    // a line end at the end was added or removed
	AlteredTrailingSpace AlterationKind = "trailing-space"    // white space at the ends of lines was added or removed
	AlteredFromLine      AlterationKind = "from-line"         // "From " became ">From "
	AlteredLines         AlterationKind = "lines-added"       // a footer, a banner, a disclaimer
	AlteredEncoding      AlterationKind = "transfer-encoding" // 8bit became quoted-printable or base64
	AlteredWrapping      AlterationKind = "rewrapped"         // base64 or text was broken into other lines
	AlteredCharset       AlterationKind = "charset"           // the text was written anew in another charset
	AlteredHeader        AlterationKind = "header-folding"    // a field of the part was folded differently
)

// String says the change for people.
func (a Alteration) String() string {
	s := string(a.Kind)
	if a.Part != "" {
		s += " in part " + a.Part
	}
	if a.Detail != "" {
		s += ": " + a.Detail
	}
	return s + " (" + a.By + ")"
}

// mostExplained is the largest covered part that a change is looked for in.
const mostExplained = 4 << 20

// explain looks for the change that broke a signature over a covered part, when Opener.Explain asks for it.
func (x *opening) explain(r *SignerReport, g *cms.Signer, k cms.Check, covered *eml.Part) error {
	if !x.Explain || k.DigestOK || k.Digest == nil || g.Attributes == nil || covered == nil || covered.Range.Len() > mostExplained {
		return nil
	}
	var text bytes.Buffer
	if _, err := io.Copy(&text, x.guard(covered.Canonical())); err != nil {
		return x.stops(err)
	}
	s := &search{x: x, h: k.Digest, want: g.Attributes.MessageDigest, text: text.Bytes(), work: mostHashed}
	if s.run(); s.found == nil {
		return x.ctx.Err()
	}
	r.Alteration = s.found
	r.note(finding.New(finding.SignatureChange).Because("%s", s.found))
	return nil
}

// mostHashed is how many bytes are hashed in the search for a change.
const mostHashed = 512 << 20

// search tries forms of a text until one has the digest that was signed.
type search struct {
	x     *opening
	h     *alg.Hash
	want  []byte
	text  []byte // canonical: CRLF
	work  int    // bytes that may still be hashed
	found *Alteration
}

// done tells whether the search is over.
func (s *search) done() bool { return s.found != nil || s.work <= 0 || s.x.ctx.Err() != nil }

// try hashes the pieces of a form and keeps the alteration when they are what was signed.
func (s *search) try(a Alteration, pieces ...[]byte) {
	if s.done() {
		return
	}
	sum := s.h.New()
	for _, p := range pieces {
		sum.Write(p)
		s.work -= len(p)
	}
	s.work -= 256
	if bytes.Equal(sum.Sum(nil), s.want) {
		s.found = &a
	}
}

// run tries the changes that are seen most first.
func (s *search) run() {
	s.lineEnds()
	s.spaces()
	s.parts()
	s.lines()
}

func (s *search) lineEnds() {
	lf := bytes.ReplaceAll(s.text, []byte("\r\n"), []byte("\n"))
	s.try(Alteration{Kind: AlteredLineEnds, Detail: "it was signed with bare line feeds", By: "software that signs a file as it lies on a Unix disk"}, lf)
	by := "a mailing list or a gateway"
	bare := bytes.TrimRight(s.text, "\r\n")
	for n := range 4 {
		s.try(Alteration{Kind: AlteredFinalLine, Detail: fmt.Sprintf("it ended with %d line ends", n), By: by}, bare, bytes.Repeat([]byte("\r\n"), n))
	}
}

// spaces tries white space at the ends of lines, and what mailboxes do to lines that begin with "From ".
func (s *search) spaces() {
	s.try(Alteration{Kind: AlteredFromLine, Detail: `">From " was "From "`, By: "a mailbox file or an old mail server"},
		bytes.ReplaceAll(s.text, []byte("\n>From "), []byte("\nFrom ")))
	by := "a mail server or an editor that trims lines"
	s.try(Alteration{Kind: AlteredTrailingSpace, Detail: `the line "-- " lost its space`, By: by},
		bytes.ReplaceAll(s.text, []byte("\n--\r\n"), []byte("\n-- \r\n")))
	lines := bytes.SplitAfter(s.text, []byte("\r\n"))
	trimmed := make([][]byte, 0, 2*len(lines))
	for _, l := range lines {
		text, ended := bytes.CutSuffix(l, []byte("\r\n"))
		trimmed = append(trimmed, bytes.TrimRight(text, " \t"))
		if ended {
			trimmed = append(trimmed, []byte("\r\n"))
		}
	}
	s.try(Alteration{Kind: AlteredTrailingSpace, Detail: "white space was added at the ends of lines", By: "a mail server that pads lines"}, trimmed...)
}

// mostLinesAdded is the longest run of lines that is taken for a footer or banner.
const mostLinesAdded = 60

// lines leaves out every run of lines: footers first, from the end, then banners.
func (s *search) lines() {
	starts := []int{0}
	for i := 0; ; {
		n := bytes.Index(s.text[i:], []byte("\r\n"))
		if n < 0 {
			break
		}
		i += n + 2
		starts = append(starts, i)
	}
	if starts[len(starts)-1] != len(s.text) {
		starts = append(starts, len(s.text))
	}
	for to := len(starts) - 1; to > 0 && !s.done(); to-- {
		for from := to - 1; from >= max(0, to-mostLinesAdded) && !s.done(); from-- {
			s.without(starts[from], starts[to])
		}
	}
}

// without tries the text without a run of lines, and without the line end before it.
func (s *search) without(from, to int) {
	head, tail := s.text[:from], s.text[to:]
	a := Alteration{Kind: AlteredLines, Detail: fmt.Sprintf("%d lines were added: %q", bytes.Count(s.text[from:to], []byte("\r\n")),
		clipped(string(bytes.TrimSpace(s.text[from:to])))), By: "a mailing list or a gateway that adds a footer or a banner"}
	s.try(a, head, tail)
	s.try(a, bytes.TrimSuffix(head, []byte("\r\n")), tail)
}
