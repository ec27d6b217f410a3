package smime

import (
	"strings"
	"unicode"
)

// scriptSet is the names of the scripts that a label is written in.
type scriptSet map[string]bool

// scriptsOf returns the scripts that a label is written in, without the common and inherited ones.
func scriptsOf(label string) scriptSet {
	set := scriptSet{}
	for _, r := range label {
		if name := scriptOf(r); name != "" {
			set[name] = true
		}
	}
	return set
}

// scriptOf names the script of a letter; "" for digits, punctuation, marks and what is not assigned.
func scriptOf(r rune) string {
	switch {
	case r < 0x80:
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return ""
	case unicode.Is(unicode.Common, r) || unicode.Is(unicode.Inherited, r):
		return ""
	}
	for _, name := range [...]string{"Latin", "Cyrillic", "Greek", "Han", "Hiragana", "Katakana", "Arabic", "Hebrew"} {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

// mixed tells a label that no language writes: more than the "highly restrictive" level of
// UTS #39 §5.2 allows, which is one script, or Latin with the scripts of Chinese, Japanese or Korean.
func (s scriptSet) mixed() bool {
	if len(s) <= 1 {
		return false
	}
	for _, allowed := range [...]string{"Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul"} {
		if s.within(strings.Fields(allowed)) {
			return false
		}
	}
	return true
}

func (s scriptSet) within(allowed []string) bool {
	n := 0
	for _, a := range allowed {
		if s[a] {
			n++
		}
	}
	return n == len(s)
}

// mixedScripts returns the first label of a domain, or word of a local part, that mixes scripts.
func mixedScripts(s string) (label string, mixed bool) {
	for _, label := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(".-_+@ ", r) }) {
		if scriptsOf(label).mixed() {
			return label, true
		}
	}
	return "", false
}

// latinTwin returns how a domain reads when it is taken for Latin, if a label that is not written in
// Latin consists of twins only. A domain whose ending is in the same script deceives nobody: a
// Cyrillic name under .рф is what it seems.
func latinTwin(domain string) (reading string, is bool) {
	labels := strings.Split(unicodeDomain(domain), ".")
	ending := scriptsOf(labels[len(labels)-1])
	for _, label := range labels[:len(labels)-1] {
		s := scriptsOf(label)
		if len(s) == 0 || s["Latin"] || sameScripts(s, ending) {
			continue
		}
		if isASCII(skeleton(label)) {
			return skeleton(unicodeDomain(domain)), true
		}
	}
	return "", false
}

func sameScripts(a, b scriptSet) bool {
	for name := range a {
		if !b[name] {
			return false
		}
	}
	return true
}
