package forensics

import (
	"bytes"
	"fmt"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// preambles are what programs write before the first part.
var preambles = []string{"", "This is a multi-part message in MIME format.\r\n", "This is a multipart message in MIME format.\r\n",
	"This is a multi-part message in MIME format.", "This is a cryptographically signed message in MIME format.\r\n"}

// addedParts tries multiparts without one of their parts, without what stands around the parts, and each part alone.
func addedParts(s *search, f *form, y yield) {
	for p := range f.m.Parts() {
		if !p.IsMultipart() || len(p.Delimiters) <= len(p.Children) {
			continue
		}
		around(f, p, y)
		for i, child := range p.Children {
			if len(p.Children) > 1 {
				from, to := int(p.Delimiters[i].End), int(p.Delimiters[i+1].End)
				if i == len(p.Children)-1 {
					from, to = int(p.Delimiters[i].Start), int(p.Delimiters[i+1].Start) // the close delimiter stays
				}
				c := Cause{Code: finding.ForensicsPartAdded, What: fmt.Sprintf("a part was added: %s", describe(child)),
					Who: "a mailing list that attaches its footer, or a scanner that attaches its report"}
				y(f, c.in(child).at(from, to), from, f.text[to:])
			}
			if p.Parent == nil {
				c := Cause{Code: finding.ForensicsPartAdded, What: fmt.Sprintf("a multipart was put around its part %d, with %s", i+1, count(len(p.Children)-1, "other part")),
					Who: "a mailing list or a gateway that adds a part"}
				y(f, c.in(p), 0, f.text[child.Range.Start:child.Range.End])
			}
		}
	}
}

// around tries other texts before the first part and after the last.
func around(f *form, p *eml.Part, y yield) {
	c := Cause{Code: finding.ForensicsLines, What: "the text before its first part was another", Who: "a program that rebuilds multiparts"}
	had := f.text[p.Preamble.Start:p.Delimiters[0].Start]
	for _, text := range preambles {
		if text != string(had) {
			delimiter := bytes.TrimPrefix(f.text[p.Delimiters[0].Start:], []byte("\r\n"))
			if text != "" {
				text += "\r\n"
			}
			y(f, c.in(p), int(p.BodyRange.Start), []byte(text), delimiter)
		}
	}
	if p.Epilogue.Len() > 0 {
		from, to := int(p.Epilogue.Start), int(p.Epilogue.End)
		c = Cause{Code: finding.ForensicsLines, What: "text was added after its last part: " + quoted(f.text[from:to]), Who: byList}
		y(f, c.in(p).at(from, to), from, f.text[to:])
		short, _ := trimEnds(f.text[:from])
		y(f, c.in(p).at(from, to), len(short), f.text[to:])
	}
}

// describe says what a part is.
func describe(p *eml.Part) string {
	s := p.Type.String()
	if name := p.FileName(); name != "" {
		s += " " + quoted([]byte(name))
	}
	return s
}
