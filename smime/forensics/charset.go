package forensics

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// western is a charset of the West.
type western struct {
	name string
	m    *charmap.Charmap
}

var westerns = []western{{"iso-8859-1", charmap.ISO8859_1}, {"windows-1252", charmap.Windows1252}, {"iso-8859-15", charmap.ISO8859_15}}

// charsets tries texts in the charset that they may have been signed in.
func charsets(s *search, f *form, y yield) {
	for _, p := range leaves(f) {
		now := strings.ToLower(p.Type.Param("charset"))
		if p.Type.Type != "text" || now == "" {
			continue
		}
		text := decoded(p)
		for _, w := range westerns {
			switch now {
			case "utf-8", "utf8":
				if old, err := w.m.NewEncoder().Bytes(text); err == nil {
					recoded(f, y, p, now, w.name, old)
				}
			case w.name:
				if old, err := w.m.NewDecoder().Bytes(text); err == nil {
					recoded(f, y, p, now, "utf-8", old)
				}
			}
		}
		if isASCII(text) {
			for _, name := range []string{"us-ascii", "utf-8", "iso-8859-1", "windows-1252"} {
				c := Cause{Code: finding.ForensicsCharset, What: "its charset was called " + name + ", not " + now, Who: byRewrite}
				for _, header := range labels(f.header(p), name) {
					replaceBody(f, y, c, p, header, f.body(p))
				}
			}
		}
	}
}

func isASCII(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r > 127 })
}

// recoded tries a text in another charset, in each transfer encoding.
func recoded(f *form, y yield, p *eml.Part, now, was string, old []byte) {
	c := Cause{Code: finding.ForensicsCharset, What: "it was signed in " + was + " and became " + now, Who: byRewrite}
	for _, header := range labels(f.header(p), was) {
		for _, e := range []eml.Encoding{p.Encoding, eml.EightBit, eml.QuotedPrintable, eml.Base64} {
			head := header
			if e != p.Encoding {
				head = withField(header, "Content-Transfer-Encoding", string(e))
			}
			switch e {
			case eml.QuotedPrintable, eml.Base64:
				body := encode(e, old, 76)
				replaceBody(f, y, c, p, head, body)
				replaceBody(f, y, c, p, head, bytes.TrimSuffix(body, []byte("\r\n")))
			default:
				replaceBody(f, y, c, p, head, crlf(old))
			}
		}
	}
}

// labels returns a header with another charset, in lower and upper case.
func labels(header, name string) []string {
	return []string{charsetCase(charsetIs.ReplaceAllString(header, "${1}"+name), strings.ToLower),
		charsetCase(charsetIs.ReplaceAllString(header, "${1}"+name), strings.ToUpper)}
}

// characters tries spaces, tabs and no-break spaces that were turned into each other.
func characters(s *search, f *form, y yield) {
	c := Cause{Code: finding.ForensicsCharacters, Who: "webmail, an editor, or a copy through a clipboard"}
	for _, p := range texts(f) {
		body := f.body(p)
		for _, k := range []struct{ what, old, new string }{
			{"tabs became eight spaces", "        ", "\t"}, {"tabs became four spaces", "    ", "\t"}, {"spaces became tabs", "\t", "        "},
			{"tabs became single spaces", "\t", " "},
			{"spaces became no-break spaces", "\u00a0", " "}, {"spaces became no-break spaces", "=C2=A0", " "}, {"spaces became no-break spaces", "=A0", " "},
			{"spaces became no-break spaces", "&nbsp;", " "}, {"spaces became no-break spaces", "\xa0", " "},
		} {
			if bytes.Contains(body, []byte(k.old)) {
				c.What = k.what
				replaceBody(f, y, c, p, f.header(p), bytes.ReplaceAll(body, []byte(k.old), []byte(k.new)))
			}
		}
		if tabs := untabbed(body); !bytes.Equal(tabs, body) {
			c.What = "tabs became spaces up to the next eighth column"
			replaceBody(f, y, c, p, f.header(p), tabs)
		}
	}
}

// untabbed writes spaces that end at an eighth column as a tab, at the beginnings of lines.
func untabbed(body []byte) []byte {
	lines := bytes.SplitAfter(body, []byte("\r\n"))
	for i, line := range lines {
		text := bytes.TrimLeft(line, " ")
		if n := len(line) - len(text); n >= 8 {
			lines[i] = append(bytes.Repeat([]byte("\t"), n/8), line[n-n%8:]...)
		}
	}
	return bytes.Join(lines, nil)
}
