package smime

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// twins lists letters that read as a Latin one, after case folding and compatibility decomposition.
// It is a selection of the single-letter entries of Unicode's confusables.txt (UTS #39 §4) for the
// scripts that domain registries admit, and of the Cyrillic and Greek letters that browsers treat
// as twins when they decide how to show a domain.
const twins = `a а ɑ α ⍺ ᴀ
b ь Ƅ ƅ ʙ в
c с ϲ ᴄ ⅽ ⲥ
d ԁ ɗ ⅾ ժ
e е ҽ є ℮ ᴇ
f ғ ꞙ ք
g ɡ ց ԍ ɢ
h һ հ н ʜ
i і ι ı ɩ ɪ
j ј ϳ ʝ յ
k к κ ĸ ᴋ
l ӏ ן ו ا ǀ ⅼ ʟ
m м ⅿ ᴍ ṃ
n п ո ռ η ɴ
o о ο օ σ ჿ ס ഠ ဝ ᴏ ০ ੦ ૦ ଠ ୦ ๐ ໐ ٥ ۵
p р ρ ⲣ ᴘ
q ԛ գ զ
r г ᴦ ⲅ ʀ
s ѕ ꜱ ƽ
t т τ ᴛ
u υ ս ʋ ᴜ
v ν ѵ ט ᴠ ⅴ
w ԝ ѡ ա ɯ ω ш ᴡ
x х χ × ⅹ
y у γ ү ყ ɣ ʏ
z ᴢ ʐ
3 з ӡ ʒ
6 б
- ‐ ‑ ‒ – — − ー`

// letters maps each twin to its Latin letter.
var letters = sync.OnceValue(func() map[rune]rune {
	m := map[rune]rune{}
	for _, line := range strings.Split(twins, "\n") {
		fields := strings.Fields(line)
		for _, t := range fields[1:] {
			for _, r := range t {
				m[r] = rune(fields[0][0])
			}
		}
	}
	return m
})

// skeleton returns text with every twin replaced by its Latin letter, lowered and without
// characters that cannot be seen (UTS #39 §4). Accents stay.
func skeleton(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.ToLower(norm.NFKC.String(s))) {
		if invisible(r) || bidiControl(r) {
			continue
		}
		if l, ok := letters()[r]; ok {
			r = l
		}
		b.WriteRune(r)
	}
	return b.String()
}

// blur goes further than skeleton, for comparing two names: accents go, and so do the differences
// between letters, digits and pairs that a hurried reader takes for each other.
func blur(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(skeleton(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return hurried().Replace(b.String())
}

var hurried = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "5", "s")
})

// invisible tells characters that leave no mark: zero-width ones, fillers, controls.
// The joiners U+200C and U+200D shape Persian, Indic scripts and emoji, so a caller that looks at
// names rather than addresses excuses them there.
func invisible(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return false // white space of a folded field
	case r < 0x20 || r >= 0x7F && r < 0xA0:
		return true
	case r == 0xAD || r == 0x34F || r == 0x115F || r == 0x1160 || r == 0x17B4 || r == 0x17B5 || r == 0x3164 || r == 0xFFA0:
		return true
	case r >= 0x180B && r <= 0x180E || r >= 0x200B && r <= 0x200D || r >= 0x2060 && r <= 0x2064 || r == 0xFEFF:
		return true
	case r >= 0xFFF9 && r <= 0xFFFB || r >= 0xE0000 && r <= 0xE007F || r == 0x2028 || r == 0x2029:
		return true
	}
	return false
}

// bidiControl tells the explicit formatting characters of UAX #9 §2 that change the order of what follows.
func bidiControl(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r >= 0x206A && r <= 0x206F
}

// bidiMark tells the marks that keep order at the edge of right-to-left text; harmless in names.
func bidiMark(r rune) bool { return r == 0x200E || r == 0x200F || r == 0x61C }
