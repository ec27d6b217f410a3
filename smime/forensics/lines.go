package forensics

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/finding"
)

// replaced yields the text with every old piece replaced, where there is one.
func replaced(f *form, y yield, c Cause, old, new string) {
	if at := bytes.Index(f.text, []byte(old)); at >= 0 {
		y(f, c.at(at, at+len(old)), at, bytes.ReplaceAll(f.text[at:], []byte(old), []byte(new)))
	}
}

// lineEnds tries line ends that were multiplied or of other kinds. LF alone is tried with every form.
func lineEnds(s *search, f *form, y yield) {
	c := Cause{Code: finding.ForensicsLineEnds, Who: "a program that writes in text mode what has line ends already"}
	c.What = "its line ends were CR CR LF"
	replaced(f, y, c, "\r\n", "\r\r\n")
	c.What = "its line ends became CR CR LF"
	replaced(f, y, c, "\r\r\n", "\r\n")
	c.What = "an empty line was added after every line"
	replaced(f, y, c, "\r\n\r\n", "\r\n")
	c.Who = "software of the old Macintosh kind"
	c.What = "its line ends were bare CR"
	replaced(f, y, c, "\r\n", "\r")
	if bytes.Contains(bytes.ReplaceAll(f.text, []byte("\r\n"), nil), []byte("\r")) {
		all := bytes.ReplaceAll(bytes.ReplaceAll(f.text, []byte("\r\n"), []byte("\r")), []byte("\r"), []byte("\r\n"))
		c.What = "some of its line ends became bare CR"
		y(f, c, 0, all)
	}
}

// finalLines tries other numbers of line ends at the end of each text inside.
func finalLines(s *search, f *form, y yield) {
	for p := range f.m.Parts() {
		if p.Range.End == int64(len(f.text)) && len(p.Children) == 0 || len(p.Children) > 0 && !p.Closed {
			continue // tried with every form
		}
		text, had := trimEnds(f.text[:p.BodyRange.End])
		for n := range mostEnds + 1 {
			if n != had {
				c := Cause{Code: finding.ForensicsFinalLine, What: "it was signed with " + count(n, "line end") + " at its end",
					Who: "a program that rebuilds multiparts"}
				y(f, c.in(p), len(text), bytes.Repeat([]byte("\r\n"), n), f.text[p.BodyRange.End:])
			}
		}
	}
}

// fromLines tries lines that begin with "From " as mailbox files quote them.
func fromLines(s *search, f *form, y yield) {
	c := Cause{Code: finding.ForensicsFromLine, Who: "a mailbox file or an old mail server"}
	c.What = `"From " at the beginning of a line became ">From "`
	replaced(f, y, c, "\n>From ", "\nFrom ")
	c.What = `">From " at the beginning of a line became "From "`
	replaced(f, y, c, "\nFrom ", "\n>From ")
	c.What = `">>From " lost or gained a quote`
	if bytes.Contains(f.text, []byte("\n>>From ")) {
		y(f, c, 0, bytes.ReplaceAll(bytes.ReplaceAll(f.text, []byte("\n>From "), []byte("\nFrom ")), []byte("\n>>From "), []byte("\n>From ")))
	}
	c.What = `"From " at the beginning of a line became "=46rom "`
	replaced(f, y, c, "\n=46rom ", "\nFrom ")
	replaced(f, y, c, "\nFrom ", "\n=46rom ")
}

// dots tries what SMTP does to lines that begin with a dot (RFC 5321 §4.5.2).
func dots(s *search, f *form, y yield) {
	c := Cause{Code: finding.ForensicsDots, Who: "a program that speaks SMTP by itself, or delivers from a spool file"}
	c.What = "dots at the beginning of lines are doubled"
	replaced(f, y, c, "\n..", "\n.")
	c.What = "dots at the beginning of lines were doubled before signing, or undoubled twice"
	replaced(f, y, c, "\n.", "\n..")
}

// whiteSpace tries white space at the ends of lines.
func whiteSpace(s *search, f *form, y yield) {
	c := Cause{Code: finding.ForensicsTrailingSpace, Who: "a mail server or an editor that trims lines"}
	c.What = `the line "-- " lost its space`
	replaced(f, y, c, "\n--\r\n", "\n-- \r\n")
	head := int(f.m.Root.BodyRange.Start)
	trimmed := trimLines(f.text[head:])
	c.Who, c.What = "a mail server that pads lines", "white space was added at the ends of lines"
	if !bytes.Equal(trimmed, f.text[head:]) {
		y(f, c, head, trimmed)
	}
	if all := trimLines(f.text[:head]); len(all) != head {
		y(f, c, 0, all, f.text[head:])
		y(f, c, 0, all, trimmed)
	}
	c.Who, c.What = "a mail server or an editor that trims lines", "every line lost a space at its end"
	y(f, c, head, bytes.ReplaceAll(f.text[head:], []byte("\r\n"), []byte(" \r\n")))
}

// trimLines returns a text without white space at the ends of lines.
func trimLines(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for line := range bytes.SplitAfterSeq(b, []byte("\r\n")) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		out = append(out, bytes.TrimRight(text, " \t")...)
		if ended {
			out = append(out, "\r\n"...)
		}
	}
	return out
}
