package eml

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEncodedWordsAreDecoded(t *testing.T) {
	for value, want := range map[string]string{
		"":                               "",
		"plain":                          "plain",
		"=?utf-8?Q?J=C3=BCrgen?=":        "Jürgen",
		"=?UTF-8?b?SsO8cmdlbg==?=":       "Jürgen",
		"=?UTF-8?B?SsO8cmdlbg?=":         "Jürgen",
		"=?iso-8859-1?q?J=FCrgen?=":      "Jürgen",
		"=?iso-8859-1*de?q?J=FCrgen?=":   "Jürgen",
		"=?windows-1252?q?=80_x?=":       "€ x",
		"=?us-ascii?q?a_b?=":             "a b",
		"=?koi8-r?B?8NLJ18XU?=":          "Привет",
		"=?gb2312?B?xOO6ww==?=":          "你好",
		"=?iso-2022-jp?B?GyRCJCIbKEI=?=": "あ",
		"=?euc-kr?B?vsiz5w==?=":          "안녕",
		"=?big5?B?p0GmbkA=?=":            "你好@",
		"=?ibm850?q?=81?=":               "ü",
		// RFC 2047 §8
		"(=?ISO-8859-1?Q?a?=)":                            "(a)",
		"(=?ISO-8859-1?Q?a?= b)":                          "(a b)",
		"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)":         "(ab)",
		"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)":        "(ab)",
		"(=?ISO-8859-1?Q?a?=\r\n   =?ISO-8859-1?Q?b?=)":   "(ab)",
		"(=?ISO-8859-1?Q?a_b?=)":                          "(a b)",
		"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)":        "(a b)",
		"=?utf-8?Q?a?= x =?utf-8?Q?b?=":                   "a x b",
		"x =?utf-8?Q?a?=":                                 "x a",
		"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=":                 "ü", // a character cut in two
		"=?utf-8?B?w7w=?==?utf-8?B?w7w=?=":                "üü",
		"=?utf-8?Q?a b?=":                                 "a b",
		"Re:=?utf-8?Q?a?=:b":                              "Re:a:b",
		"=?utf-8?Q??=x":                                   "x",
		"=?utf-8?Q?=?=":                                   "=",
		"=?utf-8?Q?=4?= =?utf-8?Q?=ZZ?=":                  "=4=ZZ",
		"=?utf-8?Q?a=?=":                                  "a=",
		"=?utf-8?Q?really??=":                             "really?",
		"=?klingon?Q?a?=":                                 "=?klingon?Q?a?=",
		"=?utf-7?Q?a?=":                                   "=?utf-7?Q?a?=",
		"=?utf-8?X?a?=":                                   "=?utf-8?X?a?=",
		"=?utf-8?Q?open":                                  "=?utf-8?Q?open",
		"=?utf-8?Q?open =?utf-8?Q?b?=":                    "=?utf-8?Q?open b",
		"=??Q?a?=":                                        "=??Q?a?=",
		"=?utf-8?Q?=FF?=":                                 "ÿ",
		"J\xfcrgen":                                       "Jürgen",
		"=?klingon?Q?a?= =?utf-8?Q?b?=":                   "=?klingon?Q?a?= b",
		"=?iso-8859-1?B?4Q==?= =?utf-8?B?w6k=?=":          "áé",
		"=?utf-8?B?####?=":                                "",
		strings.Repeat("=?utf-8?Q?x?= ", 3) + "=?utf-8?Q": "xxx =?utf-8?Q",
	} {
		if got := DecodeWords(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func texts() []string {
	return []string{"", "plain text", "Jürgen", "a Jürgen b", "  a  ", "two  spaces é", "é  two spaces", "Здравствуйте, как дела сегодня утром?",
		"你好，世界", "=?utf-8?Q?a?=", "what =? is ?= this", "tab\té", "\u0007bell", strings.Repeat("é", 200), strings.Repeat("long ", 100) + "é",
		"é" + strings.Repeat(" long", 100), strings.Repeat("x", 2000), "a" + strings.Repeat(" ", 2000) + "b", "é" + strings.Repeat(" ", 2000) + "b",
		"emoji 👩‍👩‍👧 family", "quote \" and \\ backslash é", "!#$%&'*+-/=?^_`{|}~é"}
}

func TestEncodedWordsComeBack(t *testing.T) {
	for _, s := range texts() {
		e := EncodeWords(s)
		if got := DecodeWords(e); got != s {
			t.Errorf("%q: came back as %q through %q", s, got, e)
		}
		if plainText(s) && !strings.Contains(s, "=?") && e != s {
			t.Errorf("%q was encoded as %q", s, e)
		}
		for _, w := range strings.Fields(e) {
			if strings.HasPrefix(w, "=?") && len(w) > longestWord {
				t.Errorf("a word of %d: %q", len(w), w)
			}
		}
	}
}

// What takes more than linear time here does not end within the time of the tests.
func TestHostileWordsTakeLinearTime(t *testing.T) {
	r, n := strings.Repeat, 4<<20
	for name, s := range map[string]string{
		"open": r("=?a?q?", n/6), "open, then an end": r("=?a?q?", n/6) + "?=", "marks": r("=?", n/2), "unknown": r("=?x?q?a?= ", n/10),
		"whole": r("=?utf-8?q?a?=", n/13), "apart": r("=?utf-8?q?a?= =?iso-8859-2?q?a?=", n/32), "spaces": "=?utf-8?q?a?=" + r(" ", n) + "=?utf-8?q?a?=", "stateful": r("=?iso-2022-jp?B?GyRCJCIbKEI=?=", n/30),
	} {
		if got := DecodeWords(s); got == "" {
			t.Errorf("%s: nothing is left", name)
		}
		if strings.Contains(s, "a?= ") {
			EncodeWords(s)
		}
	}
}

func FuzzDecodeWords(f *testing.F) {
	for _, s := range append(texts(), "=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "=?iso-2022-jp?B?GyRCJCIbKEI=?=", "=?a?b?c?=", "=?utf-16?b?AAA=?=") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d := DecodeWords(s); !utf8.ValidString(d) {
			t.Errorf("%q: %q", s, d)
		}
		if utf8.ValidString(s) {
			if e := EncodeWords(s); DecodeWords(e) != s || strings.ContainsAny(e, "\r\n\x00") {
				t.Errorf("%q: came back as %q through %q", s, DecodeWords(e), e)
			}
		}
	})
}
