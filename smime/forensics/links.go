package forensics

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// rewriter is a service that puts its own address before links, and how to read the link out of it.
type rewriter struct {
	who  string
	find *regexp.Regexp
	read func(string) string
}

var rewriters = []rewriter{
	{"Microsoft Safe Links", regexp.MustCompile(`https://[a-z0-9.\-]*safelinks\.protection\.outlook\.com/[^\s"'<>]*?url=([^\s"'<>&]+)[^\s"'<>]*`), escaped},
	{"Proofpoint URL Defense", regexp.MustCompile(`https://urldefense(?:\.proofpoint)?\.com/v2/url\?u=([^\s"'<>&]+)[^\s"'<>]*`),
		func(s string) string { return escaped(strings.NewReplacer("-", "%", "_", "/").Replace(s)) }},
	{"Proofpoint URL Defense", regexp.MustCompile(`https://urldefense\.com/v3/__([^\s"'<>]+?)__;[^\s"'<>]*`), func(s string) string { return s }},
	{"Barracuda Link Protection", regexp.MustCompile(`https://linkprotect\.cudasvc\.com/url\?a=([^\s"'<>&]+)[^\s"'<>]*`), escaped},
	{"Cisco Secure Email", regexp.MustCompile(`https?://secure-web\.cisco\.com/[^\s"'<>/]+/([^\s"'<>]+)`), escaped},
}

// escaped undoes percent escapes.
func escaped(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}

// links tries texts with their links as they were before a service replaced them.
func links(s *search, f *form, y yield) {
	for _, p := range texts(f) {
		text := decoded(p)
		if p.Encoding != eml.QuotedPrintable && p.Encoding != eml.Base64 {
			text = f.body(p)
		}
		for _, k := range rewriters {
			was := k.find.ReplaceAllFunc(text, func(link []byte) []byte {
				return []byte(k.read(string(k.find.FindSubmatch(link)[1])))
			})
			if bytes.Equal(was, text) {
				continue
			}
			c := Cause{Code: finding.ForensicsLinks, What: "the links in it were replaced", Who: k.who}
			if p.Encoding != eml.QuotedPrintable && p.Encoding != eml.Base64 {
				replaceBody(f, y, c, p, f.header(p), was)
				continue
			}
			for _, body := range encodedAgain(p, was) {
				replaceBody(f, y, c, p, f.header(p), body)
			}
		}
	}
}
