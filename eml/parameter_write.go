package eml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parameterForms writes a parameter: as a token, quoted, or in the form of RFC 2231 where it has other characters
// than ASCII or is long, then in as many pieces as it needs.
func parameterForms(p Param) []string {
	const most = 60
	plain := plainText(p.Value)
	switch {
	case plain && isToken(p.Value) && len(p.Name)+len(p.Value) < niceLine-4:
		return []string{p.Name + "=" + p.Value}
	case plain && len(p.Name)+len(p.Value) < niceLine-6:
		return []string{p.Name + "=" + quote(p.Value)}
	case plain && p.Name == "boundary": // which must be found by every reader
		return []string{p.Name + "=" + quote(p.Value)}
	}
	var forms []string
	value := strings.ToValidUTF8(p.Value, "\uFFFD")
	piece := "utf-8''"
	for i := 0; i < len(value); {
		_, n := utf8.DecodeRuneInString(value[i:])
		piece += percent(value[i : i+n])
		i += n
		if len(piece) > most && i < len(value) {
			forms = append(forms, fmt.Sprintf("%s*%d*=%s", p.Name, len(forms), piece))
			piece = ""
		}
	}
	if len(forms) == 0 {
		return []string{p.Name + "*=" + piece}
	}
	return append(forms, fmt.Sprintf("%s*%d*=%s", p.Name, len(forms), piece))
}

// percent writes the attribute-chars of RFC 2231 §7 as they are and others as %XX.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c > ' ' && c < 0x7f && !strings.ContainsRune(`*'%()<>@,;:\"/[]?=`, rune(c)) {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
