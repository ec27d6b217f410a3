package forensics

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// htmlWindow is how far from the tags of body an insertion is looked for.
const htmlWindow = 8 << 10

// htmlInsertions tries an HTML text without what stands before its </body> or after its <body>: gateways insert there,
// not at line ends.
func htmlInsertions(s *search, f *form, p *eml.Part, y yield) {
	if p.Type.Subtype != "html" || p.Encoding == eml.Base64 {
		return
	}
	body, rest, start := f.body(p), f.text[p.BodyRange.End:], int(p.BodyRange.Start)
	lower := lowerASCII(body)
	for _, tag := range []string{"</body", "</html"} {
		end := bytes.LastIndex(lower, []byte(tag))
		if end < 0 {
			continue
		}
		for at, n := end, 0; n < mostFooter && end-at < htmlWindow; n++ {
			if at = bytes.LastIndexByte(body[:at], '<'); at < 0 {
				break
			}
			c := Cause{Code: finding.ForensicsFooter, What: "HTML was inserted at its end: " + quoted(body[at:end]), Who: byList}
			y(f, c.in(p).at(start+at, start+end), start+at, body[end:], rest)
		}
	}
	open := bytes.Index(lower, []byte("<body"))
	if open < 0 {
		return
	}
	end := bytes.IndexByte(body[open:], '>')
	if end < 0 {
		return
	}
	from := open + end + 1
	for at, n := from, 0; n < mostFooter && at-from < htmlWindow && !s.done(); n++ {
		i := bytes.IndexByte(body[at:], '>')
		if i < 0 {
			break
		}
		at += i + 1
		c := Cause{Code: finding.ForensicsBanner, What: "HTML was inserted at its beginning: " + quoted(body[from:at]), Who: byMarker}
		y(f, c.in(p).at(start+from, start+at), start+from, body[at:], rest)
	}
}

// bothTexts tries both texts of an alternative without their last lines, or their first ones.
func bothTexts(s *search, f *form, y yield) {
	list := texts(f)
	if len(list) < 2 || list[0].Parent != list[1].Parent {
		return
	}
	const most = 16
	a, b := list[0], list[1]
	between, rest := f.text[a.BodyRange.End:b.BodyRange.Start], f.text[b.BodyRange.End:]
	for _, x := range cuts(f.body(a), most) {
		for _, z := range cuts(f.body(b), most) {
			c := Cause{Code: finding.ForensicsFooter, What: "text was added to both of its texts: " + quoted(f.body(a)[x:]), Who: byList}
			from := int(a.BodyRange.Start) + x
			y(f, c.in(a.Parent).at(from, int(a.BodyRange.End)), from, between, f.body(b)[:z], rest)
			short, _ := trimEnds(f.body(b)[:z])
			head, _ := trimEnds(f.text[:from])
			y(f, c.in(a.Parent).at(from, int(a.BodyRange.End)), len(head), between, short, rest)
		}
		html := f.body(b)
		end := bytes.LastIndex(lowerASCII(html), []byte("</body"))
		for at, n := end, 0; n < most && at >= 0; n++ {
			if at = bytes.LastIndexByte(html[:at], '<'); at < 0 {
				break
			}
			c := Cause{Code: finding.ForensicsFooter, What: "text was added to both of its texts: " + quoted(f.body(a)[x:]), Who: byList}
			from := int(a.BodyRange.Start) + x
			head, _ := trimEnds(f.text[:from])
			y(f, c.in(a.Parent).at(from, int(a.BodyRange.End)), from, between, html[:at], html[end:], rest)
			y(f, c.in(a.Parent).at(from, int(a.BodyRange.End)), len(head), between, html[:at], html[end:], rest)
		}
	}
}

// mostLines is the longest run of lines that is left out anywhere.
const mostLines = 40

// anyLines leaves out every run of lines, from the end. It takes what is left of the work.
func anyLines(s *search, f *form, y yield) {
	starts := []int{int(f.m.Root.BodyRange.Start)}
	for at := starts[0]; ; {
		n := bytes.Index(f.text[at:], []byte("\r\n"))
		if n < 0 {
			break
		}
		at += n + 2
		starts = append(starts, at)
	}
	if starts[len(starts)-1] != len(f.text) {
		starts = append(starts, len(f.text))
	}
	for to := len(starts) - 1; to > 0 && !s.done(); to-- {
		for from := to - 1; from >= max(0, to-mostLines) && !s.done(); from-- {
			c := Cause{Code: finding.ForensicsLines, What: count(to-from, "line") + " were added: " + quoted(f.text[starts[from]:starts[to]]), Who: byList}
			y(f, c.at(starts[from], starts[to]), starts[from], f.text[starts[to]:])
		}
	}
}

// lowerASCII lowers letters of ASCII alone, so that every byte stays in its place: bytes.ToLower makes some letters longer or shorter.
func lowerASCII(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}
