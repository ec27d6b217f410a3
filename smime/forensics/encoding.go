package forensics

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

const (
	bySevenBit = "a mail server that passes on seven bits only, or a scanner that writes the mail anew"
	byRewrite  = "a gateway or a groupware that writes mails anew"
)

// decoded returns the body of a leaf without its transfer encoding.
func decoded(p *eml.Part) []byte {
	text, err := io.ReadAll(p.Decoded())
	if err != nil {
		return nil // the text is in memory, so there is none
	}
	return text
}

// leaves returns the parts that hold no others.
func leaves(f *form) (list []*eml.Part) {
	for p := range f.m.Parts() {
		if len(p.Children) == 0 && !p.IsMultipart() {
			list = append(list, p)
		}
	}
	return list
}

// crlf returns a text with CRLF line ends.
func crlf(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// encode writes a text in an encoding, base64 in lines of columns.
func encode(e eml.Encoding, text []byte, columns int) []byte {
	var b bytes.Buffer
	w := e.Encode(&b)
	if e == eml.Base64 {
		w = eml.NewBase64Encoder(&b, columns, eml.CRLF)
	}
	if _, err := w.Write(text); err != nil || w.Close() != nil {
		return nil // a buffer takes everything
	}
	return b.Bytes()
}

// encodedAgain returns the bodies that a text may have had in the encoding of the part.
func encodedAgain(p *eml.Part, text []byte) [][]byte {
	if p.Encoding == eml.QuotedPrintable {
		body := encode(p.Encoding, text, 0)
		return [][]byte{body, bytes.TrimSuffix(body, []byte("=\r\n"))}
	}
	body := encode(eml.Base64, text, columnsOf(p))
	return [][]byte{body, bytes.TrimSuffix(body, []byte("\r\n"))}
}

// columnsOf returns the length of the lines of a base64 body.
func columnsOf(p *eml.Part) int {
	line := make([]byte, 80)
	n, _ := p.Body().Read(line)
	i := bytes.IndexByte(line[:n], '\r')
	if i < 4 || i%4 != 0 {
		return 76
	}
	return i
}

// encodings tries each leaf in the encodings that it may have been signed in: another one, or none.
func encodings(s *search, f *form, y yield) {
	for _, p := range leaves(f) {
		text := decoded(p)
		if p.Encoding == eml.QuotedPrintable || p.Encoding == eml.Base64 {
			plain(s, f, p, text, y)
		}
		for _, to := range []eml.Encoding{eml.QuotedPrintable, eml.Base64} {
			if to == p.Encoding || s.done() {
				continue
			}
			c := Cause{Code: finding.ForensicsEncoding, What: fmt.Sprintf("it was signed as %s and became %s", to, p.Encoding), Who: byRewrite}
			for _, body := range [][]byte{encode(to, text, 76), bytes.TrimSuffix(encode(to, text, 76), []byte("\r\n")), encode(to, append(text[:len(text):len(text)], "\r\n"...), 76)} {
				replaceBody(f, y, c, p, withField(f.header(p), "Content-Transfer-Encoding", string(to)), body)
			}
		}
	}
}

// plain tries a leaf without an encoding.
func plain(s *search, f *form, p *eml.Part, text []byte, y yield) {
	var bodies [][]byte
	short, _ := trimEnds(crlf(text))
	for _, b := range [][]byte{crlf(text), short, append(short[:len(short):len(short)], "\r\n"...), text} {
		if len(bodies) == 0 || !bytes.Equal(b, bodies[0]) {
			bodies = append(bodies, b)
		}
	}
	header := f.header(p)
	marked := ""
	if auto := withField(header, "X-MIME-Autoconverted", ""); auto != header {
		marked = auto
	}
	for _, name := range []string{"8bit", "7bit", "", "binary"} {
		said := name
		if name == "" {
			said = "text without an encoding"
		}
		c := Cause{Code: finding.ForensicsEncoding, What: fmt.Sprintf("it was signed as %s and became %s", said, p.Encoding), Who: bySevenBit}
		for _, body := range bodies {
			if s.done() {
				return
			}
			replaceBody(f, y, c, p, withField(header, "Content-Transfer-Encoding", name), body)
			if marked != "" {
				replaceBody(f, y, c, p, withField(marked, "Content-Transfer-Encoding", name), body)
			}
		}
	}
}

// replaceBody yields the text with another header and body of one part.
func replaceBody(f *form, y yield, c Cause, p *eml.Part, header string, body []byte) {
	was := f.header(p)
	from := int(p.Range.Start)
	if header == was {
		y(f, c.in(p).at(int(p.BodyRange.Start), int(p.BodyRange.End)), int(p.BodyRange.Start), body, f.text[p.BodyRange.End:])
		return
	}
	y(f, c.in(p).at(from, int(p.BodyRange.End)), from, []byte(header), body, f.text[p.BodyRange.End:])
}

// wrappings tries encoded bodies in lines of other lengths.
func wrappings(s *search, f *form, y yield) {
	for _, p := range leaves(f) {
		c := Cause{Code: finding.ForensicsRewrapped, Who: "a mail server that writes encoded parts anew"}
		switch p.Encoding {
		case eml.Base64:
			text := decoded(p)
			for _, columns := range []int{76, 72, 64, 60, 48, 80} {
				c.What = fmt.Sprintf("its base64 had %d columns", columns)
				body := encode(eml.Base64, text, columns)
				replaceBody(f, y, c, p, f.header(p), body)
				replaceBody(f, y, c, p, f.header(p), bytes.TrimSuffix(body, []byte("\r\n")))
			}
			c.What = "its base64 was one line"
			replaceBody(f, y, c, p, f.header(p), bytes.ReplaceAll(f.body(p), []byte("\r\n"), nil))
		case eml.QuotedPrintable:
			c.What = "its quoted-printable had other line breaks"
			text := decoded(p)
			for _, body := range encodedAgain(p, text) {
				replaceBody(f, y, c, p, f.header(p), body)
			}
			joined := bytes.ReplaceAll(f.body(p), []byte("=\r\n"), nil)
			replaceBody(f, y, c, p, f.header(p), joined)
			for _, columns := range []int{76, 75, 74, 72} {
				replaceBody(f, y, c, p, f.header(p), softBroken(joined, columns))
			}
			c.What = "its quoted-printable had digits of the other case"
			replaceBody(f, y, c, p, f.header(p), hexCase(f.body(p), strings.ToUpper))
			replaceBody(f, y, c, p, f.header(p), hexCase(f.body(p), strings.ToLower))
		}
	}
}
