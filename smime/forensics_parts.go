package smime

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
)

// parts tries, for each leaf of the covered part, the forms that its body may have had.
func (s *search) parts() {
	m, err := eml.Parse(bytes.NewReader(s.text), limit.New(s.x.Limits))
	if err != nil {
		return // it was parsed before, as a part of something larger
	}
	for p := range m.Parts() {
		if s.done() {
			return
		}
		s.folding(p)
		if len(p.Children) > 0 || p.IsMultipart() {
			continue
		}
		text, err := io.ReadAll(p.Decoded())
		if err != nil {
			return
		}
		s.encoding(p, text)
		s.charset(p, text)
		s.wrapping(p, text)
	}
}

// header returns the header of a part and what separates it from the body.
func (s *search) header(p *eml.Part) string { return string(s.text[p.Range.Start:p.BodyRange.Start]) }

// replace tries the text with another header and body of one part.
func (s *search) replace(a Alteration, p *eml.Part, header string, body []byte) {
	a.Part = p.Path
	s.try(a, s.text[:p.Range.Start], []byte(header), body, s.text[p.BodyRange.End:])
}

// folding tries the header of a part with its fields folded otherwise or not at all.
func (s *search) folding(p *eml.Part) {
	header, body := s.header(p), s.text[p.BodyRange.Start:p.BodyRange.End]
	for _, end := range []string{" ", "", "\r\n ", "\r\n\t"} {
		folded := header
		for _, f := range []string{"\r\n\t", "\r\n        ", "\r\n "} {
			folded = strings.ReplaceAll(folded, f, "\x00")
		}
		folded = strings.ReplaceAll(folded, "\x00", end)
		if folded != header {
			s.replace(Alteration{Kind: AlteredHeader, Detail: "the header of the part was folded differently", By: "a mail server that writes headers anew"}, p, folded, body)
		}
	}
}

// encoding tries the text of a leaf without a transfer encoding: gateways encode what was signed as it is.
func (s *search) encoding(p *eml.Part, text []byte) {
	if p.Encoding != eml.QuotedPrintable && p.Encoding != eml.Base64 {
		return
	}
	by := "a gateway that passes on seven bits only, or a scanner that writes the mail anew"
	was := string(p.Encoding)
	for _, body := range [][]byte{text, crlfBytes(text), append(bytes.TrimRight(crlfBytes(text), "\r\n"), "\r\n"...)} {
		for _, name := range []string{"8bit", "7bit", "binary", ""} {
			a := Alteration{Kind: AlteredEncoding, Detail: fmt.Sprintf("it was signed as %s and became %s", named(name), was), By: by}
			s.replace(a, p, withField(s.header(p), "Content-Transfer-Encoding", name), body)
		}
	}
}

func named(encoding string) string {
	if encoding == "" {
		return "text without an encoding"
	}
	return encoding
}

// charset tries a text that is UTF-8 now in the charsets of the West.
func (s *search) charset(p *eml.Part, text []byte) {
	if !strings.EqualFold(p.Type.Param("charset"), "utf-8") || p.Type.Type != "text" {
		return
	}
	for name, m := range map[string]*charmap.Charmap{"iso-8859-1": charmap.ISO8859_1, "windows-1252": charmap.Windows1252, "iso-8859-15": charmap.ISO8859_15} {
		old, err := m.NewEncoder().Bytes(text)
		if err != nil {
			continue
		}
		for _, label := range []string{name, strings.ToUpper(name)} {
			header := replaceFold(s.header(p), "utf-8", label)
			a := Alteration{Kind: AlteredCharset, Detail: "it was signed in " + name + " and became utf-8", By: "a gateway or a mail server that writes texts anew"}
			s.replace(a, p, header, crlfBytes(old))
			s.replace(a, p, withField(header, "Content-Transfer-Encoding", "8bit"), crlfBytes(old))
			var qp bytes.Buffer
			w := eml.QuotedPrintable.Encode(&qp)
			if _, err := w.Write(old); err == nil && w.Close() == nil {
				s.replace(a, p, withField(header, "Content-Transfer-Encoding", "quoted-printable"), qp.Bytes())
			}
		}
	}
}

// wrapping tries base64 in lines of other lengths.
func (s *search) wrapping(p *eml.Part, text []byte) {
	if p.Encoding != eml.Base64 {
		return
	}
	for _, columns := range []int{76, 72, 64, 60} {
		var b bytes.Buffer
		w := eml.NewBase64Encoder(&b, columns, eml.CRLF)
		if _, err := w.Write(text); err != nil || w.Close() != nil {
			return
		}
		a := Alteration{Kind: AlteredWrapping, Detail: fmt.Sprintf("the base64 had %d columns", columns), By: "a mail server that writes encoded parts anew"}
		s.replace(a, p, s.header(p), b.Bytes())
		s.replace(a, p, s.header(p), bytes.TrimSuffix(b.Bytes(), []byte("\r\n")))
	}
}

func crlfBytes(b []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// withField returns a header with the value of one field replaced; an empty value removes the field.
func withField(header, name, value string) string {
	var out strings.Builder
	drop := false
	for line := range strings.SplitAfterSeq(header, "\n") {
		folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		if folded && drop {
			continue
		}
		label, _, _ := strings.Cut(line, ":")
		if drop = !folded && strings.EqualFold(label, name); !drop {
			out.WriteString(line)
		} else if value != "" {
			out.WriteString(label + ": " + value + "\r\n")
		}
	}
	return out.String()
}

// replaceFold replaces a word without regard to case, once.
func replaceFold(s, old, new string) string {
	i := strings.Index(strings.ToLower(s), old)
	if i < 0 {
		return s
	}
	return s[:i] + new + s[i+len(old):]
}
