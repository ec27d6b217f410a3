package forensics

import (
	"bytes"
	"fmt"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// flowed tries texts with their lines joined or marked as flowing.
func flowed(s *search, f *form, y yield) {
	for _, p := range texts(f) {
		if p.Encoding == eml.Base64 {
			continue
		}
		body := f.body(p)
		c := Cause{Code: finding.ForensicsRewrapped, What: "a mail server broke long lines and marked the places with !", Who: "a mail server with a limit for lines"}
		if joined := bytes.ReplaceAll(body, []byte("!\r\n "), nil); !bytes.Equal(joined, body) {
			replaceBody(f, y, c, p, f.header(p), joined)
		}
		c.What = "lines of some 1,000 characters were broken"
		for _, space := range []string{"", " "} {
			if joined := joinLong(body, space); !bytes.Equal(joined, body) {
				replaceBody(f, y, c, p, f.header(p), joined)
			}
		}
		c.Who = "webmail, a mailing list or an editor that wraps text"
		for _, width := range []int{72, 76, 78, 80, 74, 70} {
			if joined := joinWrapped(body, width); !bytes.Equal(joined, body) {
				c.What = fmt.Sprintf("its paragraphs were wrapped at %d columns", width)
				replaceBody(f, y, c, p, f.header(p), joined)
			}
		}
		if p.Type.Param("format") == "flowed" {
			c = Cause{Code: finding.ForensicsTrailingSpace, What: "the spaces at the ends of flowing lines were removed", Who: "a mail server or an editor that trims lines"}
			for _, least := range []int{40, 60, 66, 1} {
				replaceBody(f, y, c, p, f.header(p), markFlowed(body, least))
			}
		}
	}
}

// leastBroken is the shortest line that is taken for one that was broken because a mail server allows no longer ones
// (RFC 5321 §4.5.3.1.6).
const leastBroken = 900

// joinLong joins lines that were broken where they reached a limit.
func joinLong(body []byte, by string) []byte {
	var out []byte
	for line := range bytes.SplitAfterSeq(body, []byte("\r\n")) {
		if text, ended := bytes.CutSuffix(line, []byte("\r\n")); ended && len(text) >= leastBroken {
			out = append(append(out, text...), by...)
			continue
		}
		out = append(out, line...)
	}
	return out
}

// joinWrapped joins lines of which the next one's first word would not have fit.
func joinWrapped(body []byte, width int) []byte {
	lines := bytes.SplitAfter(body, []byte("\r\n"))
	var out []byte
	for i, line := range lines {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		if ended && i+1 < len(lines) && len(bytes.TrimSpace(text)) > 0 {
			next := bytes.TrimSuffix(lines[i+1], []byte("\r\n"))
			word, _, _ := bytes.Cut(next, []byte(" "))
			if len(word) > 0 && len(text)+1+len(word) > width {
				out = append(append(out, bytes.TrimRight(text, " ")...), ' ')
				continue
			}
		}
		out = append(out, line...)
	}
	return out
}

// markFlowed adds a space to lines that flow into the next one (RFC 3676 §4.2).
func markFlowed(body []byte, least int) []byte {
	lines := bytes.SplitAfter(body, []byte("\r\n"))
	var out []byte
	for i, line := range lines {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		flows := ended && len(text) >= least && i+1 < len(lines) && len(bytes.TrimSpace(lines[i+1])) > 0 && !bytes.HasSuffix(text, []byte(" "))
		if flows {
			out = append(append(out, text...), " \r\n"...)
			continue
		}
		out = append(out, line...)
	}
	return out
}
