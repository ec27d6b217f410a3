package eml

import (
	"fmt"
	"strings"
	"testing"
)

// told shows a list in one line: addresses, then what is hidden, then the number of faults.
func told(l AddressList) string {
	var s []string
	for _, a := range l.Addresses {
		one := a.Addr()
		if a.Name != "" {
			one = a.Name + " <" + one + ">"
		}
		if a.Group != "" {
			one = a.Group + ":" + one
		}
		s = append(s, one)
	}
	for _, h := range l.Hidden {
		s = append(s, fmt.Sprintf("{%s in %s}", h.Address.Addr(), h.Place))
	}
	if n := len(l.Faults); n > 0 {
		s = append(s, "!")
	}
	return strings.Join(s, " ")
}

func TestAddressListsByTheGrammar(t *testing.T) {
	for value, want := range map[string]string{
		"":                                 "",
		"a@b.c":                            "a@b.c",
		"a@b.c, d@e.f":                     "a@b.c d@e.f",
		"<a@b.c>":                          "a@b.c",
		"Alice <a@b.c>":                    "Alice <a@b.c>",
		"Alice B. Cooper <a@b.c>":          "Alice B. Cooper <a@b.c>",
		`"Cooper, Alice" <a@b.c>`:          "Cooper, Alice <a@b.c>",
		`"Alice \"Al\" \\" <a@b.c>`:        `Alice "Al" \ <a@b.c>`,
		"\"Alice\r\n Cooper\"\r\n <a@b.c>": "Alice Cooper <a@b.c>",
		"=?utf-8?Q?J=C3=BCrgen?= <a@b.c>":  "Jürgen <a@b.c>",
		"=?utf-8?Q?J=C3=BC?= =?utf-8?Q?rgen?= X <a@b.c>": "Jürgen X <a@b.c>",
		"=?utf-8?Q?Doe, J?= <a@b.c>":                     "Doe, J <a@b.c>",
		`"=?utf-8?Q?J=C3=BCrgen?=" <a@b.c>`:              "Jürgen <a@b.c>",
		"Jürgen <jürgen@bücher.example>":                 "Jürgen <jürgen@bücher.example>",
		"J\xfcrgen <a@b.c>":                              "Jürgen <a@b.c>",
		`"a b"@c.d`:                                      `"a b"@c.d`,
		`"a.b"@c.d`:                                      "a.b@c.d",
		`"a\"b"@c.d`:                                     `"a\"b"@c.d`,
		`""@c.d`:                                         `""@c.d`,
		`a."b c".d@e.f`:                                  `"a.b c.d"@e.f`,
		"a . b @ c . d":                                  "a.b@c.d",
		"a@b(comment).c":                                 "a@b.c",
		"a(x)@(y)b.c (Alice)":                            "a@b.c",
		"a@[192.0.2.1]":                                  "a@[192.0.2.1]",
		"a@[IPv6:2001:db8::1]":                           "a@[IPv6:2001:db8::1]",
		", a@b.c, , d@e.f,":                              "a@b.c d@e.f",
		"Team: a@b.c, Al <d@e.f>;":                       "Team:a@b.c Team:Al <d@e.f>",
		"Team: a@b.c;, d@e.f":                            "Team:a@b.c d@e.f",
		"undisclosed-recipients:;":                       "",
		`"A: B": a@b.c;`:                                 "A: B:a@b.c",
		"a@localhost":                                    "a@localhost",
		"o'neil+x=y@b.c":                                 "o'neil+x=y@b.c",
		"(a (nested) comment) a@b.c":                     "a@b.c",
		"a@b.c (Al \\) x)":                               "a@b.c",
	} {
		if got := told(ParseAddressList(value)); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}

// STANDARDS item 18: nothing that a mail program might show as the sender is lost.
func TestAddressListsOfForgersAndFaultySoftware(t *testing.T) {
	for value, want := range map[string]string{
		`"bob@good.example" <eve@evil.example>`:                           "bob@good.example <eve@evil.example> {bob@good.example in display name}",
		"bob@good.example <eve@evil.example>":                             "bob@good.example <eve@evil.example> {bob@good.example in display name} !",
		`"Bob <bob@good.example>" <eve@evil.example>`:                     "Bob <bob@good.example> <eve@evil.example> {bob@good.example in display name}",
		"=?utf-8?Q?bob=40good.example?= <eve@evil.example>":               "bob@good.example <eve@evil.example> {bob@good.example in display name}",
		"=?utf-8?Q?bob@good.example?= <eve@evil.example>":                 "bob@good.example <eve@evil.example> {bob@good.example in display name} !",
		"bob\uFF20good.example <eve@evil.example>":                        "bob＠good.example <eve@evil.example> {bob@good.example in display name}",
		`"b` + "\u200B" + `ob@good.example" <eve@evil.example>`:           "b\u200Bob@good.example <eve@evil.example> {bob@good.example in display name}",
		"Bob (bob@good.example) <eve@evil.example>":                       "Bob <eve@evil.example> {bob@good.example in comment}",
		"eve@evil.example (bob@good.example)":                             "eve@evil.example {bob@good.example in comment}",
		"eve@evil.example (=?utf-8?Q?bob=40good.example?=)":               "eve@evil.example {bob@good.example in comment}",
		"bob@good.example, eve@evil.example":                              "bob@good.example eve@evil.example",
		"bob@good.example eve@evil.example":                               "bob@good.example eve@evil.example !",
		"<bob@good.example> <eve@evil.example>":                           "bob@good.example eve@evil.example !",
		"<bob@good.example> eve@evil.example":                             "bob@good.example eve@evil.example !",
		"<bob@good.example, eve@evil.example>":                            "bob@good.example eve@evil.example !",
		"bob@good.example@evil.example":                                   `"bob@good.example"@evil.example {bob@good.example in local part} !`,
		`"bob@good.example"@evil.example`:                                 `"bob@good.example"@evil.example {bob@good.example in local part}`,
		"<bob@good.example@evil.example>":                                 `"bob@good.example"@evil.example {bob@good.example in local part} !`,
		"bob@good.example: eve@evil.example;":                             "bob@good.example:eve@evil.example {bob@good.example in group name} !",
		"\"bob@good.example\": eve@evil.example;":                         "bob@good.example:eve@evil.example {bob@good.example in group name}",
		"Bob <bob@good.example":                                           "Bob <bob@good.example> !",
		`"Bob <bob@good.example>`:                                         `"Bob <bob@good.example> !`,
		"(Bob <bob@good.example>":                                         `(Bob <bob@good.example> !`,
		"Bob bob@good.example":                                            "Bob <bob@good.example> !",
		"Doe, John <john@good.example>":                                   "John <john@good.example> !",
		"Bob <> (bob@good.example)":                                       "{bob@good.example in comment} !",
		"Bob <bob>":                                                       "!",
		"bob":                                                             "!",
		"@good.example":                                                   "!",
		"bob@":                                                            "!",
		"<@relay.example:bob@good.example>":                               "bob@good.example !",
		"<mailto:bob@good.example>":                                       "bob@good.example !",
		"bob@good.example;eve@evil.example":                               "bob@good.example eve@evil.example !",
		"Team: bob@good.example":                                          "Team:bob@good.example !",
		"A: B: bob@good.example;;":                                        "B:bob@good.example !",
		"bob@good.example .evil.example":                                  "bob@good.example.evil.example",
		"bob@good.example\x00.evil.example":                               "bob@good.example\x00.evil.example !",
		"bob@good.example, eve@evil.example\x00":                          "bob@good.example eve@evil.example\x00 !",
		"=?utf-8?Q?bob=40good.example=00?=@evil.example":                  "=?utf-8?Q?bob=40good.example=00?=@evil.example {bob@good.example in encoded word} !",
		"=?utf-8?b?Ym9iQGdvb2QuZXhhbXBsZQ==?=@evil.example":               "=?utf-8?b?Ym9iQGdvb2QuZXhhbXBsZQ==?=@evil.example {bob@good.example in encoded word} !",
		"bob@=?utf-8?Q?good.example?=":                                    "bob@=?utf-8?Q?good.example?= {bob@good.example in encoded word} !",
		"=?utf-8?Q?=22bob=40good.example=22_=3Cx=3E?= <eve@evil.example>": `"bob@good.example" <x> <eve@evil.example> {bob@good.example in display name}`,
		"<john doe@good.example>":                                         `"john doe"@good.example !`,
		"[List] Bob <bob@good.example>":                                   "[List] Bob <bob@good.example> !",
		"Sales @ Good <eve@evil.example>":                                 "Sales @ Good <eve@evil.example> !",
		"Bob\\, B <bob@good.example>":                                     "B <bob@good.example> !",
	} {
		if got := told(ParseAddressList(value)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", value, got, want)
		}
	}
}

func TestAddressesKnowTheirPlaceInTheText(t *testing.T) {
	value := "Alice <a@b.c> (x),  d@e.f"
	list := ParseAddressList(value).Addresses
	if len(list) != 2 || list[0].Raw != "Alice <a@b.c> (x)" || list[1].Raw != "d@e.f" || list[0].Comments[0] != "x" {
		t.Fatalf("%+v", list)
	}
	for _, a := range list {
		if value[a.Range.Start:a.Range.End] != a.Raw {
			t.Errorf("%s is not at %s", a.Raw, a.Range)
		}
	}
}

func TestGroupsAreToldEvenIfEmpty(t *testing.T) {
	if got := ParseAddressList("=?utf-8?Q?J=C3=BCrgen?=:;, B (c@d.e):;"); fmt.Sprint(got.Groups) != "[Jürgen B]" || told(got) != "{c@d.e in comment}" {
		t.Error(got)
	}
}

// hostileAddresses are texts that a careless reader takes quadratic time for.
func hostileAddresses(n int) map[string]string {
	r := strings.Repeat
	return map[string]string{
		"open comments": r("(", n), "open comments and addresses": r("(a@b.c,", n/8), "closed comments": r("(", n/2) + r(")", n/2),
		"open quotes": r(`"\`, n/2), "quotes": r(`"`, n), "open literals": r("[", n), "angles": r("<", n), "angles and commas": r("<,", n/2),
		"ats": r("@", n), "ats and letters": r("a@", n/2), "dots": r("a.", n/2), "spaced dots": r("a . ", n/4),
		"words": r("=?a?q?", n/6), "words that end": r("=?a?q?", n/6) + "?=", "whole words": r("=?utf-8?q?a?= ", n/14), "colons": r("a:", n/2),
		"semicolons": r(";", n), "hidden": `"` + r("a@b.c ", n/6) + `" <a@b.c>`, "one local part": r("a", n) + "@b.c", "phrase": r("a ", n/2) + "<b@c.d>",
		"comments in a domain": "a@b" + r("(x)", n/3), "comments before an address": r("(x)", n/3) + "a@b", "routes": "<" + r("@a,", n/3) + ":b@c.d>",
		"backslashes": r(`\`, n), "nested groups": r("a:b@c,", n/6), "closing": r(">)]", n/3), "addresses": r("a@b,", n/4), "NUL": r("\x00", n),
	}
}

// What takes more than linear time here does not end within the time of the tests.
func TestHostileAddressListsTakeLinearTime(t *testing.T) {
	for name, value := range hostileAddresses(longestAddressField) {
		l := ParseAddressList(value)
		if len(l.Addresses) > mostAddresses || len(l.Hidden) > mostHidden || len(l.Faults) > mostAddressFaults {
			t.Errorf("%s: %d addresses, %d hidden, %d faults", name, len(l.Addresses), len(l.Hidden), len(l.Faults))
		}
	}
	if l := ParseAddressList(strings.Repeat("a@b.c,", 1<<20)); len(l.Addresses) != mostAddresses || len(l.Faults) == 0 {
		t.Errorf("%d addresses, %v", len(l.Addresses), l.Faults)
	}
}

func FuzzParseAddressList(f *testing.F) {
	for _, s := range []string{"a@b.c", `"a" <b@c.d>, e: f@g.h;`, "=?utf-8?q?a?=@b.c (d(e)f)", "<@a,@b:c@d.e>", "a@[1.2.3.4]"} {
		f.Add(s)
	}
	for _, s := range hostileAddresses(60) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := ParseAddressList(s)
		for _, a := range l.Addresses {
			if s[a.Range.Start:a.Range.End] != a.Raw || a.Domain == "" {
				t.Errorf("%q: %+v", s, a)
			}
		}
		if len(l.Faults) > 0 || strings.Contains(s, "=?") {
			return
		}
		// What was read without a fault is written so that it is read again.
		raw, err := AppendAddressField(nil, "To", l.Addresses)
		if err != nil {
			return
		}
		again := ParseAddressList(Field{Name: "To", Raw: raw}.Value())
		for i, a := range l.Addresses {
			if len(again.Addresses) != len(l.Addresses) || again.Addresses[i].Local != a.Local || len(again.Faults) > 0 {
				t.Errorf("%q: %+v, then %q: %+v", s, l, raw, again)
				break
			}
		}
	})
}
