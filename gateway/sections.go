package gateway

import (
	"strings"

	"github.com/waxwing-mail/waxwing/smime"
)

// sections names the MIME part of each signature as RFC 7281 §3.2.1 does: IMAP's numbers, with a slash where a layer was opened.
func sections(r *smime.Report) map[*smime.SignerReport]string {
	all := map[*smime.SignerReport]string{}
	var walk func(l *smime.Layer, outside string, source int)
	walk = func(l *smime.Layer, outside string, source int) {
		if l.Source != source { // inside something that was opened
			source = l.Source
		}
		section := imapSection(l.Part)
		if l.Kind == smime.KindClearSigned {
			section = join(l.Part, "2") // the signature is the second part (RFC 1847 §2.1)
		}
		for _, s := range l.Signers {
			all[s] = outside + section
		}
		for _, c := range l.Children {
			inside := outside
			if c.Source != source {
				inside = outside + section + "/"
			}
			walk(c, inside, c.Source)
		}
	}
	if r.Root != nil {
		walk(r.Root, "", r.Root.Source)
	}
	return all
}

// imapSection turns our path, in which "1" is the whole message, into IMAP's, in which it is its only part (RFC 3501 §6.4.5).
func imapSection(path string) string {
	if path == "" || path == "1" {
		return "1"
	}
	return strings.TrimPrefix(path, "1.")
}

func join(path, child string) string {
	if path == "" || path == "1" {
		return child
	}
	return strings.TrimPrefix(path, "1.") + "." + child
}
