package forensics

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

var (
	placeholder = regexp.MustCompile(`(?i)(attachment|file|part|object|content)\b.{0,120}\b(removed|deleted|stripped|quarantined|blocked|replaced)|` +
		`(removed|deleted|stripped|quarantined|blocked|replaced)\b.{0,60}\b(attachment|virus|malware|file)|virus.{0,40}(found|detected)|` +
		`(anhang|datei)\b.{0,80}\b(entfernt|gel.scht|blockiert)`)
	placeholderName = regexp.MustCompile(`(?i)^(deleted\d*|removed.*|attachment.?(removed|deleted|warning).*|.*virus.?warning.*|quarantine.*|.*\.removed)(\.(txt|html?))?$`)
	footerMark      = regexp.MustCompile(`(?im)^_{20,}|mailing list\s*$|^.*unsubscribe.*$|mailman/listinfo|this (e-?mail|message)( and any)?.{0,60}confidential`)
	bannerMark      = regexp.MustCompile(`(?im)^\s*(<[^>]*>)*\s*(\[external\]|\*?external e?-?mail|caution:|warning: this (e-?mail|message)|this (e-?mail|message) originated (from )?outside)`)
)

// byMachines are fields in headers of parts that only systems on the way add.
var byMachines = []string{"X-MIME-Autoconverted", "X-Antivirus", "X-Virus-Scanned", "X-Content-Filtered-By", "X-Mailman-Part", "X-Kaspersky", "X-Removed"}

// suspicions returns what looks like a change where none could be proven.
func suspicions(f *form) (list []Cause) {
	intact, damaged, open := 0, 0, []*eml.Part{}
	for p := range f.m.Parts() {
		for _, name := range byMachines {
			if field, ok := p.Header.Lookup(name); ok {
				c := Cause{Code: finding.ForensicsMark, What: "its header has " + field.Name + ": " + quoted([]byte(field.Value())), Who: "a scanner or a mail server"}
				list = append(list, c.in(p).at(int(field.Range.Start), int(field.Range.End)))
			}
		}
		if len(p.Children) > 0 || p.IsMultipart() {
			continue
		}
		switch why, checked := damage(p); {
		case why != "":
			damaged++
			list = append(list, Cause{Code: finding.ForensicsPartDamaged, What: why, Who: "a system that replaced or damaged the content of this part"}.in(p))
		case checked:
			intact++
		default:
			open = append(open, p)
		}
		list = append(list, marks(f, p)...)
	}
	if damaged == 0 && intact > 0 && len(open) == 1 {
		list = append(list, Cause{Code: finding.ForensicsPartDamaged, Who: "unknown",
			What: fmt.Sprintf("the change is in this part or in a header: %s", count(intact, "other part")+" fit their checksums")}.in(open[0]))
	}
	for i := range list {
		list[i].Suspected = true
	}
	return list
}

// mostRead is how much of a text is looked at for marks.
const mostRead = 64 << 10

// marks looks for words that systems on the way add.
func marks(f *form, p *eml.Part) (list []Cause) {
	note := func(code finding.Code, what, who string) {
		list = append(list, Cause{Code: code, What: what, Who: who}.in(p).at(int(p.Range.Start), int(p.Range.End)))
	}
	name := p.FileName()
	if placeholderName.MatchString(name) {
		note(finding.ForensicsPartReplaced, "it is called "+quoted([]byte(name)), "a virus scanner or a filter of attachments")
		return list
	}
	if p.Type.Type != "text" {
		return nil
	}
	text := decoded(p)
	if m := placeholder.Find(text[:min(len(text), 2<<10)]); m != nil && len(text) < 8<<10 && (p.Parent != nil || len(text) < 2<<10) {
		note(finding.ForensicsPartReplaced, "it says "+quoted(m), "a virus scanner or a filter of attachments")
	}
	if m := bannerMark.Find(text[:min(len(text), mostRead)]); m != nil {
		note(finding.ForensicsMark, "it has a banner: "+quoted(m), byMarker)
	}
	if m := footerMark.Find(text[max(0, len(text)-mostRead):]); m != nil {
		note(finding.ForensicsMark, "it has a footer: "+quoted(m), byList)
	}
	return list
}

// damage compares a part with what its header says about it: Content-MD5 (RFC 1864) and the size in
// Content-Disposition (RFC 2183 §2.7). checked tells that a checksum fits.
func damage(p *eml.Part) (why string, checked bool) {
	text := decoded(p)
	if said, err := base64.StdEncoding.DecodeString(p.Header.Get("Content-MD5")); err == nil && len(said) == alg.MD5.Size {
		if !bytes.Equal(alg.MD5.Sum(text), said) && !bytes.Equal(alg.MD5.Sum(crlf(text)), said) {
			return "its content does not fit its Content-MD5", false
		}
		return "", true
	}
	if size, err := strconv.Atoi(strings.TrimSpace(p.Disposition().Param("size"))); err == nil && p.Type.Type != "text" && size != len(text) {
		return fmt.Sprintf("it has %d bytes and says it has %d", len(text), size), false
	}
	if p.Encoding == eml.Base64 {
		d := eml.NewBase64Decoder(p.Body())
		if _, err := io.Copy(io.Discard, d); err == nil && (d.Junk > 0 || d.AfterPadding || d.Incomplete) {
			return "its base64 is broken", false
		}
	}
	return "", false
}
