package kit_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/kit"
)

func TestAGeneratedPasswordHas120BitsInReadableGroups(t *testing.T) {
	const random, alphabet = 24, 32
	if bits := random * math.Log2(alphabet); bits < 120 {
		t.Errorf("%.1f bits", bits)
	}
	form := regexp.MustCompile(`^[a-kmnp-z2-9]{5}(-[a-kmnp-z2-9]{5}){4}$`)
	seen, used := map[string]bool{}, map[rune]bool{}
	for range 500 {
		p, err := kit.NewPassword()
		if err != nil {
			t.Fatal(err)
		}
		if text := p.Reveal(); !form.MatchString(text) || len(text) > 31 || seen[text] {
			t.Errorf("%q", text)
		}
		seen[p.Reveal()] = true
		for _, r := range p.Reveal() {
			used[r] = true
		}
	}
	if len(used) != alphabet+1 {
		t.Errorf("%d characters are used, want 32 and the hyphen", len(used))
	}
}

func TestATypingErrorInAGeneratedPasswordIsNoticed(t *testing.T) {
	p, err := kit.NewPassword()
	if err != nil {
		t.Fatal(err)
	}
	text := p.Reveal()
	for i := range text {
		if text[i] == '-' {
			continue
		}
		for _, c := range "abcdefghijkmnpqrstuvwxyz23456789" {
			wrong := text[:i] + string(c) + text[i+1:]
			if _, err := kit.Typed(wrong); (wrong != text) != errors.Is(err, kit.ErrTyping) {
				t.Fatalf("%q for %q: %v", wrong, text, err)
			}
		}
	}
	bare := strings.ReplaceAll(text, "-", "")
	for i := range bare[1:] {
		wrong := bare[:i] + bare[i+1:i+2] + bare[i:i+1] + bare[i+2:]
		if _, err := kit.Typed(wrong); (wrong != bare) != errors.Is(err, kit.ErrTyping) {
			t.Fatalf("%q for %q: %v", wrong, bare, err)
		}
	}
	for _, other := range []string{strings.ToUpper(text), bare, strings.ReplaceAll(text, "-", " "), " " + text + "\n", strings.ReplaceAll(text, "-", "–")} {
		if got, err := kit.Typed(other); err != nil || got.Reveal() != text {
			t.Errorf("%q is not taken for the password: %v", other, err)
		}
	}
	if got, err := kit.Typed("Grüße an alle"); err != nil || got.Reveal() != "Grüße an alle" || got.Generated() {
		t.Errorf("a person's own password becomes %q, %v", got.Reveal(), err)
	}
}

// AUTHORITY 40: umlauts are handled, and what is beyond U+FFFF is refused with the reason.
func TestAPasswordThatACallerBringsIsTakenOrRefusedWithTheReason(t *testing.T) {
	for _, c := range []struct{ name, text, want, reason string }{
		{"umlauts", "Grüße an Ölförderer", "Grüße an Ölförderer", ""},
		{"umlauts in parts become whole", "Gru\u0308\u00dfe an alle", "Grüße an alle", ""},
		{"Chinese of the first plane", "密码密码密码密码密码密码", "密码密码密码密码密码密码", ""},
		{"emoji", "correct horse \U0001F40E", "", "U+1F40E"},
		{"rare Chinese beyond the first plane", "correct horse \U00020000", "", "RFC 7292 Appendix B.1"},
		{"a control", "correct\thorse battery", "", "U+0009"},
		{"a blank at the end", "correct horse ", "", "blank"},
		{"short", "horse", "", "5 characters"},
		{"empty", "", "", "0 characters"},
		{"Latin-1", "gr\xfc\xdfe an alle Leute", "", "UTF-8"},
	} {
		p, err := kit.OwnPassword(c.text)
		if c.reason == "" {
			if err != nil || p.Reveal() != c.want || p.Generated() {
				t.Errorf("%s: %q, %v", c.name, p.Reveal(), err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v, want a reason with %q", c.name, err, c.reason)
		} else if c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: the error tells the password", c.name)
		}
	}
}

func TestAPasswordDoesNotPrintItself(t *testing.T) {
	p := own(t, "correct horse battery")
	k := kit.Kit{Password: *p}
	for _, text := range []string{fmt.Sprint(*p), fmt.Sprintf("%v %+v %#v %s", *p, *p, *p, *p), fmt.Sprintf("%v %+v %#v", k, k, k)} {
		if strings.Contains(text, "horse") {
			t.Errorf("%s", text)
		}
	}
}
